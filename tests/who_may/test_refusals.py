"""A refusal helps: what is missing, who was looked up, who could, and a button to ask them."""

import pytest

from bot.demo.harness import (
    Fault,
    deployment,
    everything,
    in_envs,
    only,
    stage,
    workflow,
)
from bot.demo.slack import Message, Person, Refused, Slow
from tests.e2e.world import World, until, words

DEPLOY = "Resume Checkout Release from Deploy"


async def refused(world: World, person: Person, card: Message) -> Message:
    """Let *person* press; give the refusal."""
    await world.refusal(person, card, DEPLOY)
    return person.ephemerals()[-1]


async def test_a_refusal_says_what_is_missing_and_who_could(world: World) -> None:
    """Permission, environment, Harness user, groups that grant it, and people in the channel."""
    admins = world.harness.world.user_group("Admins", everything())
    world.harness.world.user("ann@example.com", "Ann Admin", admins)
    world.harness.world.user("far@example.com", "Far Away", admins)
    ann = world.slack.person("Ann Admin", email="ann@example.com")
    far = world.slack.person("Far Away", email="far@example.com")
    world.ops.members.append(ann)
    run = world.failed_run()
    async with world.bot():
        card = await world.card(run)
        said = words(await refused(world, world.eve, card))
        assert "Deployments: Execute Pipeline" in said
        assert "prod-eu (production)" in said
        assert "eve@example.com" in said
        assert "*Deployers*" in said
        assert "*Admins*" in said
        assert f"<@{world.dana.id}>" in said
        assert f"<@{ann.id}>" in said
        assert far.id not in said, "only people in the channel are named"
        assert "Developers" not in said
        assert world.resumes_of(run) == []


async def test_ask_them_posts_the_request_in_the_thread_once(world: World, audit) -> None:
    """The button posts one line that mentions them; they press the card's ordinary buttons."""
    run = world.failed_run()
    async with world.bot():
        card = await world.card(run)
        ephemeral = await refused(world, world.eve, card)
        await world.eve.presses(ephemeral, "Ask them")
        await world.slack.until(lambda: card.thread, 5)
        line = card.thread[-1].text
        assert f"<@{world.eve.id}> may not resume" in line
        assert f"asks <@{world.dana.id}>" in line
        assert "They were asked" in await world.whispered(world.eve, 2)

        await world.eve.presses(ephemeral, "Ask them")
        assert "asked already" in await world.whispered(world.eve, 3)
        again = await refused(world, world.eve, card)
        await world.eve.presses(again, "Ask them")
        assert "asked already" in await world.whispered(world.eve, 5)
        assert len(card.thread) == 1

        await world.dana.presses(card, DEPLOY)
        await until(lambda: world.resumes_of(run) == ["Deploy"], world)
        before = len(world.eve.ephemerals())
        await world.eve.presses(ephemeral, "Ask them")
        assert "was first" in await world.whispered(world.eve, before + 1)
    assert [r["asked"] for r in audit("others asked")] == [[world.dana.id]]


async def test_the_button_works_after_a_restart(world: World) -> None:
    """Whom to ask is in the store."""
    async with world.bot():
        card = await world.card(world.failed_run())
        ephemeral = await refused(world, world.eve, card)
    async with world.bot():
        await world.eve.presses(ephemeral, "Ask them")
        await world.slack.until(lambda: card.thread, 5)


@pytest.mark.parametrize("trouble", ["slow", "broken", "slack", "nobody", "no scope"])
async def test_a_hint_that_cannot_be_had_never_holds_up_the_refusal(
    world: World, trouble: str
) -> None:
    """Whatever goes wrong with the hint, the refusal comes within eight seconds."""
    run = world.failed_run()
    async with world.bot():
        card = await world.card(run)
        match trouble:
            case "slow":
                world.harness.faults.arm(Fault.HANG, on="userGroups")
            case "broken":
                world.harness.faults.arm(Fault.GENERIC_ERROR, on="userGroups", times=9)
            case "slack":
                world.slack.faults.arm("users.lookupByEmail", Slow(9.0), times=9)
            case "nobody":
                world.slack.faults.arm("users.lookupByEmail", Refused("users_not_found"), times=9)
            case _:
                world.slack.scopes -= {"channels:read", "groups:read"}
        said = words(await refused(world, world.eve, card))
        assert "prod-eu (production)" in said
        assert ("*Deployers*" in said) is (trouble in {"nobody", "no scope", "slack"})
        assert (f"<@{world.dana.id}>" in said) is (trouble == "no scope")


async def test_nobody_is_named_who_could_not_press(world: World) -> None:
    """Guests, deactivated people, and disabled or locked Harness users are not named."""
    boss = world.harness.world.user_group("Bosses", deployment(only(world.shop)))
    hidden = []
    for name, slack, harness in (
        ("guest", {"standing": "guest"}, {}),
        ("gone", {"standing": "deleted"}, {}),
        ("disabled", {}, {"disabled": True}),
        ("locked", {}, {"locked": True}),
        ("pending", {}, {"pending": True}),
    ):
        email = f"{name}@example.com"
        hidden.append(world.slack.person(name, email=email, **slack))
        world.ops.members.append(hidden[-1])
        world.harness.world.user(email, name, boss, **harness)
    wrong = world.harness.world.user_group("Dev only", deployment(envs=in_envs(world.dev)))
    world.harness.world.user("dev@example.com", "Dev Only", wrong)
    hidden.append(world.slack.person("Dev Only", email="dev@example.com"))
    world.ops.members.append(hidden[-1])
    async with world.bot():
        said = words(await refused(world, world.eve, await world.card(world.failed_run())))
        assert f"<@{world.dana.id}>" in said
        assert [person.name for person in hidden if person.id in said] == []


@pytest.mark.parametrize("door", ["button", "menu", "shortcut's card"])
async def test_every_refusal_by_every_door(world: World, door: str) -> None:
    """Strangers, guests, unknown and unverified people are refused wherever they press."""
    states = {"disabled": "is disabled", "locked": "is locked", "pending": "is not verified"}
    group = world.harness.world.user_group("Would do", deployment())
    people = []
    for state, said in states.items():
        person = world.slack.person(state, email=f"{state}@example.com")
        world.harness.world.user(f"{state}@example.com", state, group, **{state: True})
        people.append((person, said))
    stranger = world.slack.person("Connie", email="dana@example.com", standing="stranger")
    people += [
        (stranger, "another workspace"),
        (world.guest, "guest"),
        (world.nobody, "no user with your e-mail"),
        (world.eve, "may not execute"),
    ]
    world.ops.members += [person for person, _ in people if person not in world.ops.members]
    names = [f"Step {n}" for n in range(1, 8 if door == "menu" else 3)]
    stages = [stage(name, workflow(name, world.prod, seconds=1)) for name in names[:-1]]
    last = stage(names[-1], workflow(names[-1], world.prod, seconds=1, ends=("FAILED",)))
    run = world.failed_run(world.harness.world.pipeline(world.shop, "Long", *stages, last))
    async with world.bot():
        if door == "shortcut's card":
            link = f"look: http://h/#/account/{world.harness.account}/app/x/pipeline-execution/"
            message = world.dana.says(
                world.ops, f"{link}{run.id}/workflow-execution/undefined/details"
            )
            await world.dana.shortcut(message, "resume_from_message")
            await world.slack.until(lambda: message.thread, 10)
            card = message.thread[-1]
        else:
            card = await world.card(run)
        for person, why in people:
            before = len(person.ephemerals())
            if door == "menu":
                await person.chooses(card, option="↺ Step 1")
            else:
                await person.presses(card, "Resume Long from Step 1")
            await world.slack.until(lambda: len(person.ephemerals()) > before, 8)  # noqa: B023
            assert why in words(person.ephemerals()[-1]), person
        assert world.resumes_of(run) == []
