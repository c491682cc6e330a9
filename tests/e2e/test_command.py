"""``/resume``: every form in which a run can be named, and every reason for no card."""

from collections.abc import Callable

import pytest

from bot.demo.harness import Fault, Pipeline, Run, approval, stage, workflow
from bot.demo.slack import Channel
from tests.e2e.world import World, buttons, words

pytestmark = pytest.mark.asyncio(loop_scope="module")

WHOLE = ["Resume Checkout Release from Sign-off", "Resume Checkout Release from Deploy"]


def base(world: World, run: Run) -> str:
    """Give the part of Harness's links that all of them share."""
    return f"/#/account/{world.harness.account}/app/{run.app.id}"


def in_pipeline(world: World, run: Run) -> str:
    """Give the fragment that leads to a pipeline's run."""
    return f"{base(world, run)}/pipeline-execution/{run.id}/workflow-execution"


FORMS: dict[str, Callable[[World, Run], str]] = {
    "id": lambda _, run: run.id,
    "id with spaces": lambda _, run: f"   {run.id}  ",
    "id in backticks": lambda _, run: f"`{run.id}`",
    "id in quotes": lambda _, run: f"“{run.id}”",
    "executionUrl": lambda world, run: world.harness.world.link(run),
    "vanity host": lambda world, run: (
        f"https://acme.example.com{in_pipeline(world, run)}/undefined/details"
    ),
    "gratis": lambda world, run: (
        f"https://app.harness.io/gratis{in_pipeline(world, run)}/undefined/details"
    ),
    "wrapped by Slack": lambda world, run: f"<{world.harness.world.link(run)}>",
    "wrapped with its text": lambda world, run: (
        f"<{world.harness.world.link(run)}|Checkout Release>"
    ),
    "in a sentence": lambda world, run: f"please look at {world.harness.world.link(run)}, thanks",
    "workflow in its pipeline": lambda world, run: (
        f"https://app.harness.io{in_pipeline(world, run)}/{deployment(run)}/details"
    ),
    "workflow's own link": lambda world, run: (
        f"https://app.harness.io{base(world, run)}/env/{world.prod.id}"
        f"/executions/{deployment(run)}/details"
    ),
    "build workflow's link": lambda world, run: (
        f"https://app.harness.io{base(world, run)}/env/build/executions/{deployment(run)}/details"
    ),
    "workflow's id": lambda _, run: deployment(run),
}


def deployment(run: Run) -> str:
    """Give the id of a workflow's run inside the pipeline's."""
    found = run.row("Deploy EU").workflow_execution_id
    assert found is not None
    return found


@pytest.mark.parametrize("form", FORMS)
async def test_every_form_of_a_run_leads_to_its_card(shop: World, form: str) -> None:
    """An id or a link, in whatever dress, is answered with the card of the pipeline's run."""
    run = shop.failed_run()

    await shop.asks(shop.dana, f"/resume {FORMS[form](shop, run)}")

    card = (await shop.slack.until(lambda: shop.ops.messages, 10))[0]
    assert buttons(card) == WHOLE
    assert shop.dana.ephemerals(shop.ops) == []


@pytest.mark.parametrize("first", ["-", "_", "--", "__"])
async def test_an_id_may_begin_like_an_option(shop: World, first: str) -> None:
    """Ids are URL-safe base64: one that begins with - or _ is an id like any other."""
    run = shop.failed_run()
    run.id = first + run.id[len(first) :]
    shop.harness.world.runs[run.id] = run

    card = await shop.card(run)

    assert buttons(card) == WHOLE


@pytest.mark.parametrize("text", ["", "help", "HELP", "   "])
async def test_help_is_for_the_one_person(shop: World, text: str) -> None:
    """Nothing or ``help`` is answered with how the command is used, to the one person."""
    said = await shop.answer(shop.dana, text)

    assert "/resume" in said
    assert "execution id" in said


@pytest.mark.parametrize("text", ["checkout", "abc def", "<!channel>", "x" * 2000, "-h", "1" * 21])
async def test_what_is_no_id_is_said_to_be_none(shop: World, text: str) -> None:
    """A text that names no execution is quoted back harmlessly, with what can be typed."""
    said = await shop.answer(shop.dana, text)

    assert "neither the id of an execution" in said
    assert "<!channel>" not in said


async def test_an_unknown_id_is_said_to_be_unknown(shop: World) -> None:
    """An id that Harness does not show may be wrong or hidden: both are said."""
    said = await shop.answer(shop.dana, "A" * 22)

    assert "no execution" in said
    assert "no access" in said


async def test_a_link_into_another_account_is_refused(shop: World) -> None:
    """The bot works for one account; a link into another says so before anything is read."""
    asked = len(shop.harness.requests)
    run = shop.failed_run()
    link = shop.harness.world.link(run).replace(shop.harness.account, "another_account_here_22")

    said = await shop.answer(shop.dana, link)

    assert "another Harness account" in said
    assert len(shop.harness.requests) == asked


async def test_a_workflow_outside_a_pipeline_cannot_be_resumed(shop: World) -> None:
    """The run of a workflow alone, by id or by link, is refused with what to use instead."""
    alone = shop.harness.world.workflow_run(shop.shop, "Deploy EU", shop.trigger)
    link = (
        f"https://app.harness.io/#/account/{shop.harness.account}/app/{shop.shop.id}"
        f"/env/{shop.prod.id}/executions/{alone.id}/details"
    )

    for text in (alone.id, link):
        assert "outside a pipeline" in await shop.answer(shop.dana, text)


def started(shop: World, element: object, **how: object) -> Run:
    """Start a run of one element, long ago."""
    pipeline = shop.harness.world.pipeline(shop.shop, "Lonely", stage("Only", element))  # type: ignore[arg-type]
    return shop.failed_run(pipeline, **how)


def preparing(shop: World) -> Run:
    """Give a run whose status is null in GraphQL."""
    shop.harness.world.prepare_seconds = 1e9
    run = started(shop, workflow("W", shop.dev))
    shop.harness.world.prepare_seconds = 0.0
    return run


def paused(shop: World) -> Run:
    """Give a run that waits for runtime inputs."""
    run = started(shop, workflow("W", shop.dev, seconds=None))
    shop.harness.world.ask_inputs(run.rows[0])
    return run


def waiting(shop: World) -> Run:
    """Give a run that waits for a manual intervention."""
    run = started(shop, workflow("W", shop.dev, seconds=None))
    shop.harness.world.wait(run.rows[0])
    return run


def aborting(shop: World) -> Run:
    """Give a run that is ABORTED in GraphQL and has not ended."""
    run = started(shop, workflow("W", shop.dev, seconds=None))
    shop.harness.world.abort(run, lingers=None)
    return run


def unprepared(shop: World) -> Run:
    """Give a run that failed before anything of it started."""
    run = started(shop, workflow("W", shop.dev), held=True)
    shop.harness.world.fail_preparing(run)
    return run


def empty(shop: World) -> Run:
    """Give a run whose pipeline has no stages at all."""
    run = shop.failed_run(shop.harness.world.pipeline(shop.shop, "Empty"), held=True)
    shop.harness.world.fail_preparing(run)
    return run


STATES: dict[str, tuple[Callable[[World], Run], str]] = {
    "succeeded": (lambda shop: started(shop, workflow("W", shop.dev, seconds=1)), "did not fail"),
    "running": (lambda shop: started(shop, workflow("W", shop.dev, seconds=None)), "still running"),
    "queued": (
        lambda shop: started(shop, workflow("W", shop.dev, seconds=None), held=True),
        "still running",
    ),
    "preparing": (preparing, "still running"),
    "waiting for an approval": (lambda shop: started(shop, approval("Approve")), "approval"),
    "paused": (paused, "paused"),
    "waiting for a decision": (waiting, "waits for"),
    "aborting": (aborting, "abort"),
    "failed while preparing": (unprepared, "start"),
    "no stages": (empty, "stage"),
}


@pytest.mark.parametrize("state", STATES)
async def test_a_run_that_cannot_be_resumed_is_refused_with_the_reason(
    shop: World, state: str
) -> None:
    """Succeeded, still going, waiting or empty: the one person is told why there is no card."""
    make, reason = STATES[state]
    run = make(shop)

    said = await shop.answer(shop.dana, run.id)

    assert "cannot be resumed" in said
    assert reason in said.lower()


async def test_not_the_latest_of_a_chain_leads_to_the_latest(shop: World) -> None:
    """A run that was resumed in Harness itself is refused with the link to its latest run."""
    run = shop.failed_run()
    later = await shop.resumed_elsewhere(run)

    said = await shop.answer(shop.dana, run.id)

    assert "only the latest" in said.lower()
    assert later.id in said


@pytest.mark.parametrize("standing", ["guest", "single_channel_guest", "stranger", "bot"])
async def test_only_full_members_see_runs(shop: World, standing: str) -> None:
    """A card shows a run's details: guests, strangers and bots are told that it is not for them."""
    outsider = shop.slack.person("Odd One", email="odd@example.com", standing=standing)  # type: ignore[arg-type]
    shop.slack.invite(shop.ops, outsider)
    run = shop.failed_run()

    said = await shop.answer(outsider, run.id)

    assert "full members of this workspace only" in said
    kind = {"stranger": "another workspace", "bot": "Bots"}.get(standing, "guest")
    assert kind in said
    read = [r for r in shop.harness.requests if run.id in str(r.variables) + r.path]
    assert read == [], "nothing is read for an outsider"


@pytest.mark.parametrize("kind", ["public", "private"])
async def test_a_channel_without_the_bot_is_told_how_to_invite_it(shop: World, kind: str) -> None:
    """Where the bot is not a member the answer comes through the command's own way back."""
    elsewhere = shop.slack.channel(f"{kind}-room", members=[shop.dana], bot=False, kind=kind)  # type: ignore[arg-type]
    before = len(shop.dana.ephemerals(elsewhere))

    receipt = await shop.dana.types(elsewhere, f"/resume {shop.failed_run().id}")

    assert receipt.acked
    await shop.slack.until(lambda: len(shop.dana.ephemerals(elsewhere)) > before, 10)
    said = words(shop.dana.ephemerals(elsewhere)[-1])
    assert "/invite" in said
    assert shop.slack.bot.id in said
    assert elsewhere.log == []


async def test_direct_messages_between_people_are_told_to_use_a_channel(shop: World) -> None:
    """In a conversation that the bot is not part of, the command is sent to a channel."""
    between = Channel(
        id="D0BETWEEN",
        name="",
        kind="im",
        team_id=shop.slack.team_id,
        members=[shop.dana, shop.eve],
    )
    shop.slack.channels[between.id] = between

    receipt = await shop.dana.types(between, f"/resume {shop.failed_run().id}")

    assert receipt.acked
    await shop.slack.until(lambda: shop.dana.ephemerals(between), 10)
    assert "belongs in a channel" in words(shop.dana.ephemerals(between)[-1])


async def test_a_run_that_a_person_started_is_refreshed_first(shop: World) -> None:
    """Harness shows a browser-started run as it was when last looked at: the card is not stale."""
    person = shop.harness.world.user("ui@example.com", "Ursula Interface")
    run = shop.failed_run(unapproved(shop), by=person)
    assert run.stored == [], "the pretender shows nothing before somebody refreshes"

    assert buttons(await shop.card(run)) == ["Resume Plain from STAGE 1"]


def unapproved(shop: World) -> Pipeline:
    """Make a pipeline without an approval, whose runs nothing refreshes by the way."""
    return shop.harness.world.pipeline(
        shop.shop, "Plain", stage(None, workflow("Deploy", shop.dev, seconds=1, ends="FAILED"))
    )


async def test_a_stale_run_is_refreshed_without_the_undocumented_view(shop: World) -> None:
    """When REST does not answer, the documented query refreshes."""
    person = shop.harness.world.user("ui2@example.com", "Uwe Interface")
    run = shop.failed_run(unapproved(shop), by=person)
    shop.harness.faults.arm(Fault.BAD_GATEWAY, on="rest:executions", times=5)

    assert buttons(await shop.card(run)) == ["Resume Plain from STAGE 1"]


TROUBLES = {
    Fault.MANAGER_429: "used up",
    Fault.CDN_429: "used up",
    Fault.BAD_KEY: "API key",
    Fault.BAD_KEY_GRAPHQL: "API key",
    Fault.FEATURE_OFF: "switched off",
    Fault.NOT_WHITELISTED: "allow-list",
    Fault.MIGRATED_TO_NEXTGEN: "switched off",
    Fault.MIGRATED_TO_CLUSTER: "HARNESS_URL",
    Fault.BAD_GATEWAY: "gateway",
    Fault.SERVER_ERROR: "failed",
    Fault.NOT_JSON: "again in a minute",
    Fault.GENERIC_ERROR: "failed",
    Fault.DROPPED: "cannot reach",
}


@pytest.mark.parametrize("fault", TROUBLES, ids=lambda fault: fault.name)
async def test_trouble_with_harness_is_told_apart(shop: World, fault: Fault) -> None:
    """Each way in which Harness fails to answer has its own sentence, within ten seconds."""
    shop.harness.faults.arm(fault, times=20)

    said = await shop.answer(shop.dana, shop.failed_run().id)

    assert TROUBLES[fault] in said
