"""The policy file at the click: every rule refuses with what it allows instead, by every door."""

import json
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from bot.demo.harness import stage, workflow
from bot.flows.pace import Pace
from tests.e2e.world import World, until, words
from tests.who_may.drawn import Drawn

DEPLOY = "Resume Checkout Release from Deploy"


def another_day() -> str:
    """Name a day of the week on which it is not now, in any time zone."""
    return (datetime.now(UTC) + timedelta(days=3)).strftime("%a").lower()


REFUSED = {
    "application": ('[only]\napplications = ["Back Office", "Pay*"]', "Back Office, Pay"),
    "pipeline": ('[only]\npipelines = ["Nightly"]', "allows only: Nightly"),
    "stage": ('[only]\nstages = ["Sign-off"]', "resume from Deploy; it allows only: Sign-off"),
    "channel": ('[only]\nchannels = ["C0ELSEWHERE"]', "only from <#C0ELSEWHERE>"),
    "hours": (
        f'[only]\ntimezone = "Asia/Tokyo"\nhours = ["{another_day()} 09:00-10:00"]',
        f"{another_day()} 09:00-10:00 (time zone Asia/Tokyo)",
    ),
    "production's channel": ('[production]\nchannels = ["C0PRODOPS"]', "only from <#C0PRODOPS>"),
    "production's hours": (
        f'[production]\nhours = ["{another_day()} 09:00-10:00"]',
        f"{another_day()} 09:00-10:00 (time zone UTC)",
    ),
}


@pytest.mark.parametrize("rule", REFUSED)
async def test_each_rule_refuses_a_press_and_says_what_it_allows(
    world: World, policy, audit, rule: str
) -> None:
    """Who may resume by Harness is refused by the policy file, in words; nothing changes."""
    text, allowed = REFUSED[rule]
    run = world.failed_run()
    async with world.bot(**policy(text)):
        card = await world.card(run)
        before = card.blocks
        said = await world.refusal(world.dana, card, DEPLOY)

    assert "was not resumed" in said
    assert allowed in said.replace("\u200b", "")
    assert world.resumes_of(run) == []
    assert card.blocks == before
    assert [record["slack_user"] for record in audit("outside the policy")] == [world.dana.id]


async def test_the_menu_is_no_way_round(world: World, policy) -> None:
    """A choice in the menu is held to the policy like a press on a button."""
    names = [f"Step {n}" for n in range(1, 8)]
    stages = [stage(name, workflow(f"w {name}", world.dev, seconds=1)) for name in names[:-1]]
    last = stage(names[-1], workflow("w last", world.dev, seconds=1, ends=("FAILED", "SUCCESS")))
    run = world.failed_run(world.harness.world.pipeline(world.shop, "Long", *stages, last))
    async with world.bot(**policy('[only]\nstages = ["Step 2", "Step 7"]')):
        card = await world.card(run)
        await world.dana.chooses(card, option="↺ Step 1 (w Step 1)")
        said = await world.whispered(world.dana)
        assert "resume from Step 1; it allows only: Step 2, Step 7" in said
        assert world.resumes_of(run) == []

        await world.dana.chooses(card, option="↺ Step 2 (w Step 2)")
        await until(lambda: world.resumes_of(run) == ["Step 2"], world)


async def test_what_the_policy_allows_needs_harness_all_the_same(world: World, policy) -> None:
    """A policy that names everything lets nobody past whom Harness would refuse."""
    everything = '[only]\napplications = ["*"]\npipelines = ["*"]\nstages = ["*"]\n'
    everything += 'hours = ["mon-sun 00:00-24:00"]\n'
    run = world.failed_run()
    async with world.bot(**policy(everything)):
        card = await world.card(run)
        assert "You may not resume" in await world.refusal(world.eve, card, DEPLOY)
        assert "no user with your e-mail" in await world.refusal(world.nobody, card, DEPLOY)
        assert "guest" in await world.refusal(world.guest, card, DEPLOY)
        assert world.resumes_of(run) == []

        await world.dana.presses(card, DEPLOY)
        await until(lambda: world.resumes_of(run) == ["Deploy"], world)


async def test_rules_for_production_leave_other_runs_alone(world: World, policy) -> None:
    """A run that uses no production is held to the common rules only."""
    flow = workflow("Smoke", world.dev, seconds=1, ends=("FAILED", "SUCCESS"))
    run = world.failed_run(world.harness.world.pipeline(world.shop, "Dev", stage("Smoke", flow)))
    async with world.bot(**policy('[production]\nchannels = ["C0PRODOPS"]\nreason = true')):
        card = await world.card(run)
        await world.eve.presses(card, "Resume Dev from Smoke")
        await until(lambda: world.resumes_of(run) == ["Smoke"], world)
        await until(lambda: world.eve.id in words(card), world)


async def test_people_whose_addresses_differ_are_mapped(world: World, policy) -> None:
    """The policy file's map leads to another Harness user, whose rights decide."""
    run = world.failed_run()
    async with world.bot(**policy(f'[people]\n{world.nobody.id} = "eve@example.com"')):
        card = await world.card(run)
        said = await world.refusal(world.nobody, card, DEPLOY)
        assert "eve@example.com" in said
        assert "prod-eu (production)" in said


@pytest.mark.parametrize("seed", range(3))
async def test_no_policy_lets_anybody_past_whom_harness_refuses(
    world: World, policy, seed: int
) -> None:
    """Under random policy files and random rights, who is resumed for may in Harness as well."""
    dice = Random(seed)
    drawn = Drawn(world, dice)
    lines = ["[only]"]
    patterns = {
        "applications": ["*", "Store*", drawn.place.apps[0].id],
        "pipelines": ["*", "Pipe *", "*e*"],
        "stages": ["Go", "*"],
        "channels": [drawn.channel.id],
        "hours": ["mon-sun 00:00-24:00"],
    }
    for key, allowed in patterns.items():
        if dice.random() < 0.7:
            lines.append(f"{key} = {json.dumps(dice.sample(allowed, 1))}")
    lines += ["[people]", f'U0NOBODY = "{drawn.user.email}"']
    lines += ["[production]", f"channels = {json.dumps([drawn.channel.id, 'C0OTHER'])}"]
    resumed = 0
    async with world.bot(pace=Pace(hint_seconds=0.0, post_seconds=0.0), **policy("\n".join(lines))):
        for _ in range(15):
            pipeline, allowed = drawn.world()
            said = await drawn.verdict(world.failed_run(pipeline))
            assert said or allowed, (said, drawn.user)
            resumed += not said
    assert resumed, "a policy that allows nothing shows nothing"
