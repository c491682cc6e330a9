"""The click: who may, what Harness answers, and that it is asked exactly once."""

import asyncio
import time

import pytest

from bot.demo.harness import Fault, Run, deployment, in_envs, stage, workflow
from bot.demo.harness import texts as harness_says
from bot.demo.harness.plan import Pipeline
from bot.demo.slack import Html, Message, Person, RateLimited, Refused, Slow, Status
from tests.e2e.world import World, buttons, ended, lines, told, until, words

pytestmark = pytest.mark.asyncio(loop_scope="module")

DEPLOY = "Resume Checkout Release from Deploy"
WHOLE = ["Resume Checkout Release from Sign-off", DEPLOY]


async def demand_untouched(shop: World, run: Run, card: Message, before: list[dict]) -> None:  # type: ignore[type-arg]
    """See that nothing happened, on the card or in Harness, and that the right person may go on."""
    assert shop.resumes_of(run) == []
    assert card.blocks == before
    assert card.thread == []


async def demand_resumed(shop: World, run: Run, card: Message, stages: list[str]) -> None:
    """See the resume through to its end: asked once, buttons gone, told in the thread."""
    await until(lambda: ended(card), shop)
    assert shop.resumes_of(run) == stages
    await until(lambda: buttons(card) == [], shop)


async def test_a_button_resumes_its_stage_once(shop: World) -> None:
    """The first button restarts the first stage; the card names who pressed it and what."""
    run = shop.failed_run()
    card = await shop.card(run)

    await shop.dana.presses(card, WHOLE[0])

    await demand_resumed(shop, run, card, ["Sign-off"])
    assert shop.dana.id in words(card)
    assert "Sign-off" in words(card)


async def test_a_menu_option_resumes_its_stage_once(shop: World) -> None:
    """Choosing an option of the menu is a click like that on a button."""
    stages = [stage(f"Group {n}", workflow("W", shop.dev, seconds=1)) for n in range(1, 8)]
    stages.append(stage("Last", workflow("W", shop.dev, seconds=1, ends=("FAILED", "SUCCESS"))))
    run = shop.failed_run(shop.harness.world.pipeline(shop.shop, "Long", *stages))
    card = await shop.card(run)

    receipt = await shop.dana.chooses(card, option="↺ Group 2 (W)")

    assert receipt.acked
    await demand_resumed(shop, run, card, ["Group 2"])


async def test_production_asks_again_and_no_means_no(shop: World) -> None:
    """Before production a dialog names the environment; who says no has done nothing."""
    run = shop.failed_run()
    card = await shop.card(run)
    dialogs = [e["confirm"] for b in card.blocks for e in b.get("elements", []) if "confirm" in e]

    await shop.dana.presses(card, DEPLOY, answer=False)

    assert len(dialogs) == 2
    assert all("prod-eu" in words_of(dialog) for dialog in dialogs)
    await demand_untouched(shop, run, card, card.blocks)


def words_of(dialog: dict) -> str:  # type: ignore[type-arg]
    """Give what a confirm dialog says."""
    return " ".join(str(dialog[part]["text"]) for part in ("title", "text", "confirm", "deny"))


# ── who may not ────────────────────────────────────────────────────────────────────────────────


def stranger(shop: World, kind: str) -> Person:
    """Make somebody whom the bot must refuse."""
    world, slack = shop.harness.world, shop.slack
    mail = f"{kind.replace(' ', '-')}@example.com"
    match kind:
        case "unknown to Harness":
            return shop.nobody
        case "guest" | "stranger":
            person = slack.person("Odd", email=mail, standing=kind)  # type: ignore[arg-type]
        case "without e-mail":
            person = slack.person("No Mail", email=None)
        case _:
            person = slack.person("Odd", email=mail)
    if kind in {"guest", "stranger"}:
        world.user(mail, "Odd", world.user_group("All", deployment()))
    elif kind == "disabled":
        world.user(mail, "Odd", world.user_group("All", deployment())).disabled = True
    elif kind == "unverified":
        world.user(mail, "Odd", world.user_group("All", deployment())).verified = False
    elif kind == "wrong environment":
        world.user(mail, "Odd", world.user_group("Dev", deployment(envs=in_envs(shop.dev))))
    elif kind == "wrong application":
        other = world.application("Other")
        from bot.demo.harness import only

        world.user(mail, "Odd", world.user_group("Others", deployment(only(other))))
    elif kind == "no groups":
        world.user(mail, "Odd")
    if person not in shop.ops.members:
        slack.invite(shop.ops, person)
    return person


REFUSED = {
    "unknown to Harness": "Harness",
    "disabled": "disabled",
    "unverified": "verif",
    "no groups": "group",
    "wrong environment": "prod-eu",
    "wrong application": "Storefront",
    "without e-mail": "e-mail",
    "guest": "guest",
    "stranger": "another workspace",
}


@pytest.mark.parametrize("kind", REFUSED)
async def test_who_may_not_is_told_why_and_nothing_changes(shop: World, kind: str) -> None:
    """The refusal is for the one person and helps; the card keeps its buttons."""
    run = shop.failed_run()
    card = await shop.card(run)
    before = card.blocks

    said = await shop.refusal(stranger(shop, kind), card, DEPLOY)

    assert REFUSED[kind] in said, said
    await demand_untouched(shop, run, card, before)


SLACK_FAULTS = {
    "ratelimited": RateLimited(30),
    "down": Status(503),
    "html": Html(),
    "slow": Slow(5),
    "user_not_found": Refused("user_not_found"),
    "missing_scope": Refused("missing_scope"),
}


@pytest.mark.parametrize("fault", SLACK_FAULTS)
async def test_a_person_whom_slack_does_not_tell_is_refused(shop: World, fault: str) -> None:
    """Nobody is let through because a look-up failed; the person reads what failed within 8 s."""
    run = shop.failed_run()
    card = await shop.card(run)
    before = card.blocks
    shop.slack.faults.arm("users.info", SLACK_FAULTS[fault], times=9)

    said = await shop.refusal(shop.dana, card, DEPLOY)

    assert "Slack did not tell" in said
    await demand_untouched(shop, run, card, before)


# ── what Harness refuses ───────────────────────────────────────────────────────────────────────


REFUSALS = {
    "empty application": harness_says.EMPTY_APP,
    "no run": harness_says.no_run("x"),
    "not authorized": harness_says.NOT_AUTHORIZED,
    "not the application": harness_says.NOT_THE_APP,
    "no stage": harness_says.no_stage("Deploy"),
    "seems invalid": harness_says.SEEMS_INVALID,
    "workflow": harness_says.workflow_run("x"),
    "status": harness_says.not_resumable("x"),
    "empty": harness_says.NO_STAGES,
    "artifacts": harness_says.ARTIFACTS,
    "no pipeline": harness_says.NO_PIPELINE,
    "modified": harness_says.MODIFIED,
    "added": harness_says.workflow_added("Deploy"),
    "removed": harness_says.workflow_removed("Deploy", "EU"),
    "changed": harness_says.workflow_changed("Deploy", "EU"),
    "incomplete": harness_says.incomplete("Deploy"),
    "environment": harness_says.NOT_THE_ENVIRONMENT,
    "limit": harness_says.USAGE_LIMIT,
    "triggered": harness_says.ALREADY_TRIGGERED,
    "master freeze": harness_says.MASTER_FREEZE,
    "freeze": harness_says.frozen(["Xmas"]),
    "freezes": harness_says.frozen(["Xmas", "Easter"]),
}
HTTP_REFUSALS = [
    Fault.MANAGER_429,
    Fault.CDN_429,
    Fault.BAD_KEY,
    Fault.BAD_KEY_GRAPHQL,
    Fault.FEATURE_OFF,
    Fault.NOT_WHITELISTED,
    Fault.MIGRATED_TO_NEXTGEN,
    Fault.MIGRATED_TO_CLUSTER,
]


async def demand_second_press(shop: World, run: Run, card: Message) -> None:
    """See that the card has its buttons again, and that the second press works."""
    await until(lambda: buttons(card) == WHOLE, shop)
    assert shop.resumes_of(run) == []
    shop.harness.faults.disarm()
    await shop.dana.presses(card, DEPLOY)
    await demand_resumed(shop, run, card, ["Deploy"])


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_a_refusal_of_harness_frees_the_run(shop: World, refusal: str) -> None:
    """The presser and the thread read Harness's words; the buttons return; a second press works."""
    run = shop.failed_run()
    card = await shop.card(run)
    shop.harness.faults.arm(Fault.TEXT, on="resumeExecution", text=REFUSALS[refusal])

    said = await shop.refusal(shop.dana, card, DEPLOY)

    assert REFUSALS[refusal].removeprefix("Invalid request: ").split(":")[0][:30] in said
    await until(lambda: told(card, "Not resumed"), shop)
    await demand_second_press(shop, run, card)


async def test_a_run_that_was_resumed_elsewhere_is_not_offered_again(shop: World) -> None:
    """The refusal that it is not the latest closes the card: pressing again could never work."""
    run = shop.failed_run()
    card = await shop.card(run)
    text = harness_says.not_latest(run.id)
    shop.harness.faults.arm(Fault.TEXT, on="resumeExecution", text=text)

    said = await shop.refusal(shop.dana, card, DEPLOY)

    assert "latest" in said
    await until(lambda: buttons(card) == [], shop)


async def test_a_freeze_that_leaves_a_rejected_run_is_told_as_what_it_is(shop: World) -> None:
    """Under a flag Harness refuses and stores a REJECTED run all the same: nobody is misled."""
    run = shop.failed_run()
    card = await shop.card(run)
    shop.harness.world.flags.add("SPG_SAVE_REJECTED_BY_FREEZE_WINDOWS")
    freeze = shop.harness.world.freeze("Xmas", shop.prod)

    said = await shop.refusal(shop.dana, card, DEPLOY)

    assert "freeze" in said.lower()
    await until(lambda: told(card, "Not resumed"), shop)
    assert told(card, "Harness refused because a deployment freeze is on")
    assert not told(card, "no clear answer")
    assert not told(card, "the resume had worked")
    freeze.active = False
    shop.harness.world.flags.clear()
    await demand_second_press(shop, run, card)


# ── what nobody knows ──────────────────────────────────────────────────────────────────────────


LOST_WITH_EFFECT: dict[str, tuple[Fault, dict[str, object]]] = {
    "dropped": (Fault.DROPPED_AFTER, {}),
    "null": (Fault.NULL_AFTER, {}),
    "generic": (Fault.GENERIC_ERROR_AFTER, {}),
    "truncated": (Fault.TRUNCATED, {}),
    "time-out": (Fault.HANG_AFTER, {"seconds": 12.0}),
}
LOST_WITHOUT: dict[str, tuple[Fault, dict[str, object]]] = {
    "dropped": (Fault.DROPPED, {}),
    "null": (Fault.NULL, {}),
    "generic": (Fault.GENERIC_ERROR, {}),
    "502": (Fault.BAD_GATEWAY, {}),
    "503": (Fault.BAD_GATEWAY, {"status": 503}),
    "500": (Fault.SERVER_ERROR, {}),
    "not JSON": (Fault.NOT_JSON, {}),
    "unknown words": (Fault.TEXT, {"text": "The moon is full."}),
}


@pytest.mark.parametrize("lost", LOST_WITH_EFFECT)
@pytest.mark.parametrize("name", ["Deploy", "Sign-off"])
async def test_a_lost_answer_is_looked_for_and_followed(shop: World, lost: str, name: str) -> None:
    """The call took effect and nobody heard: the new run is found and told to its end."""
    run = shop.failed_run()
    card = await shop.card(run)
    fault, how = LOST_WITH_EFFECT[lost]
    shop.harness.faults.arm(fault, on="resumeExecution", **how)  # type: ignore[arg-type]

    said = await shop.refusal(shop.dana, card, f"Resume Checkout Release from {name}")

    assert "not known" in said
    await until(lambda: told(card, "The new run was found"), shop)
    await demand_resumed(shop, run, card, [name])
    shop.harness.faults.release()


@pytest.mark.parametrize("lost", LOST_WITHOUT)
async def test_a_call_that_came_to_nothing_is_given_up_after_the_looks(
    shop: World, lost: str
) -> None:
    """Nothing was started and nobody heard: the looks find nothing, and a person decides anew."""
    run = shop.failed_run()
    card = await shop.card(run)
    fault, how = LOST_WITHOUT[lost]
    shop.harness.faults.arm(fault, on="resumeExecution", **how)  # type: ignore[arg-type]

    said = await shop.refusal(shop.dana, card, DEPLOY)

    assert "not known" in said
    assert buttons(card) == []
    await until(lambda: told(card, "No new run was found"), shop, 20)
    assert calls_of(shop, run) == 1, "the bot itself never calls twice"
    await shop.slack.until(
        lambda: any("started nothing" in words(m) for m in shop.dana.ephemerals(shop.ops)), 5
    )
    await demand_second_press(shop, run, card)


def calls_of(shop: World, run: Run) -> int:
    """Count the mutations that reached Harness for *run*."""
    asked = [r for r in shop.harness.requests if "resumeExecution" in r.names]
    return sum(r.variables["input"]["pipelineExecutionId"] == run.id for r in asked)


async def test_while_the_answer_is_lost_nobody_else_can_resume(shop: World) -> None:
    """A run whose fate is unknown is claimed: another press is told who was first."""
    run = shop.failed_run()
    card = await shop.card(run)
    shop.harness.faults.arm(Fault.DROPPED_AFTER, on="resumeExecution")
    shop.harness.faults.arm(Fault.BAD_GATEWAY, on="executions", times=5)
    await shop.refusal(shop.dana, card, DEPLOY)

    await shop.dana.presses(card, DEPLOY, stale=True)

    await shop.slack.until(lambda: len(shop.dana.ephemerals(shop.ops)) > 1, 8)
    assert "was first" in words(shop.dana.ephemerals(shop.ops)[-1])
    shop.harness.faults.disarm()
    await demand_resumed(shop, run, card, ["Deploy"])


# ── the price ──────────────────────────────────────────────────────────────────────────────────


async def test_a_click_costs_one_read_and_one_call(shop: World) -> None:
    """The run and the rights travel in one request; the mutation is the other."""
    run = shop.failed_run()
    card = await shop.card(run)
    before = len(shop.harness.requests)

    await shop.dana.presses(card, DEPLOY)

    await shop.slack.until(lambda: told(card, "resumed from"), 10)
    background = ({"execution"}, {"executions"}, {"approvalDetails"})  # other tests' runs
    since = [set(r.names) for r in shop.harness.requests[before:]]
    asked = [names for names in since if names not in background]
    assert len(asked) == 2
    assert {"execution", "userByEmail"} <= asked[0]
    assert asked[1] == {"resumeExecution"}
    await demand_resumed(shop, run, card, ["Deploy"])


async def test_a_pipeline_that_was_changed_meanwhile_is_refused_in_words(shop: World) -> None:
    """Harness's own check of the definition speaks through the bot."""
    pipeline: Pipeline = shop.checkout()
    run = shop.failed_run(pipeline)
    card = await shop.card(run)
    added = stage("Sign-off", *pipeline.stages[0].elements, workflow("Extra", shop.dev))
    pipeline.stages = (shop.harness.world.with_ids(added), *pipeline.stages[1:])

    said = await shop.refusal(shop.dana, card, DEPLOY)

    assert "was changed" in said
    assert shop.resumes_of(run) == []
    await until(lambda: buttons(card) == WHOLE, shop)


async def test_twenty_people_at_once_are_one_resume(shop: World) -> None:
    """A crowd presses in the same moment: one wins, each other one reads who."""
    people = [shop.slack.person(f"P {n}", email=f"crowd{n}@example.com") for n in range(20)]
    group = shop.harness.world.groups[0]
    for n, person in enumerate(people):
        shop.slack.invite(shop.ops, person)
        shop.harness.world.user(f"crowd{n}@example.com", f"P {n}", group)
    run = shop.failed_run()
    card = await shop.card(run)

    await asyncio.gather(*(person.presses(card, WHOLE[n % 2]) for n, person in enumerate(people)))

    await until(lambda: sum(bool(p.ephemerals(shop.ops)) for p in people) == 19, shop)
    for person in people:
        assert all("was first" in words(said) for said in person.ephemerals(shop.ops))
    await until(lambda: ended(card), shop)
    assert len(shop.resumes_of(run)) == 1
    assert len(set(lines(card))) == len(lines(card))


# ── trouble; it comes last, because for a while after a 429 the bot asks nothing of its own ─────


@pytest.mark.parametrize("fault", HTTP_REFUSALS, ids=lambda fault: fault.name)
async def test_a_call_that_was_turned_away_frees_the_run(shop: World, fault: Fault) -> None:
    """A 301, 400, 401, 403 or 429 did certainly nothing: the buttons return."""
    run = shop.failed_run()
    card = await shop.card(run)
    shop.harness.faults.arm(fault, on="resumeExecution")

    said = await shop.refusal(shop.dana, card, DEPLOY)

    assert "not resumed" in said
    await until(lambda: told(card, "Not resumed"), shop)
    await until(lambda: buttons(card) == WHOLE, shop)
    shop.harness.faults.disarm()
    await shop.dana.presses(card, DEPLOY)
    await until(lambda: shop.resumes_of(run) == ["Deploy"], shop)


READ_FAULTS: dict[str, tuple[Fault, dict[str, object]]] = {
    "manager 429": (Fault.MANAGER_429, {}),
    "CDN 429": (Fault.CDN_429, {}),
    "401": (Fault.BAD_KEY, {}),
    "401 like GraphQL": (Fault.BAD_KEY_GRAPHQL, {}),
    "feature off": (Fault.FEATURE_OFF, {}),
    "not whitelisted": (Fault.NOT_WHITELISTED, {}),
    "403 nextgen": (Fault.MIGRATED_TO_NEXTGEN, {}),
    "301": (Fault.MIGRATED_TO_CLUSTER, {}),
    "502": (Fault.BAD_GATEWAY, {}),
    "504": (Fault.BAD_GATEWAY, {"status": 504}),
    "500": (Fault.SERVER_ERROR, {}),
    "not JSON": (Fault.NOT_JSON, {}),
    "truncated": (Fault.TRUNCATED, {}),
    "dropped": (Fault.DROPPED, {}),
    "time-out": (Fault.HANG, {"seconds": 10.0}),
    "generic text": (Fault.GENERIC_ERROR, {"on": "execution"}),
    "generic text for the person": (Fault.GENERIC_ERROR, {"on": "userByEmail"}),
    "null run": (Fault.NULL, {"on": "execution"}),
    "null person": (Fault.NULL, {"on": "userByEmail"}),
    "partial groups": (Fault.PARTIAL, {"on": "userByEmail", "part": "userGroups"}),
    "partial stages": (Fault.PARTIAL, {"on": "execution", "part": "pipelineStageExecutions"}),
    "access denied": (Fault.TEXT, {"on": "execution", "text": harness_says.UNKNOWN_EXECUTION}),
    "may not read users": (
        Fault.TEXT,
        {"on": "userByEmail", "text": harness_says.MAY_NOT_READ_USERS},
    ),
}


@pytest.mark.parametrize("fault", READ_FAULTS)
async def test_a_click_that_cannot_be_decided_is_refused_in_time(shop: World, fault: str) -> None:
    """Whatever keeps the bot from reading the run or the rights, the answer is no, within 8 s."""
    run = shop.failed_run()
    card = await shop.card(run)
    before = card.blocks
    kind, how = READ_FAULTS[fault]
    shop.harness.faults.arm(kind, times=50, **how)  # type: ignore[arg-type]
    begun = time.monotonic()

    said = await shop.refusal(shop.dana, card, DEPLOY)

    assert time.monotonic() - begun < 8
    assert len(said) > 30
    assert "Something went wrong in the bot" not in said
    await demand_untouched(shop, run, card, before)
    shop.harness.faults.disarm()
