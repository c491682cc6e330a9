"""Examining a run over a socket, against the pretend Harness."""

import pytest

from bot.core.errors import HarnessTrouble, Trouble
from bot.core.execution import CauseKind, ExecutionRef, Status, WorkflowRun
from bot.core.stages import Resumable, assess
from bot.demo.harness import Fault, PretendHarness
from bot.demo.harness.people import deployment, reading
from bot.ports import Examined, Found
from tests.harness.conftest import reaching
from tests.harness.shop import open_shop


async def examined(firstgen, ref, until=None) -> Examined:
    found = await firstgen.examine(ref, until=until)
    assert isinstance(found, Examined)
    return found


async def test_a_failed_run_comes_with_all_that_a_card_shows(harness, firstgen):
    """Application, pipeline, cause, times, reason, link, stages and every environment are read."""
    shop = open_shop(harness)
    run = harness.world.start(shop.release, by=shop.dana, ago=600)
    found = await examined(firstgen, ExecutionRef(run.id))
    execution = found.execution
    assert execution.ref == shop.ref(run)
    assert (execution.application, execution.pipeline) == ("Storefront", "Checkout Release")
    assert execution.pipeline_id == shop.release.id
    assert execution.status is Status.FAILED
    assert execution.cause.kind is CauseKind.PERSON
    assert execution.cause.email == "dana@example.com"
    assert execution.failure
    assert execution.ended
    assert run.id in execution.url
    assert {e.name for e in found.environments.known} == {"prod-eu", "staging"}
    assert found.environments.complete
    assert (found.root, found.superseded, found.latest) == (run.id, False, None)


async def test_the_stale_list_of_a_run_started_by_a_person_is_refreshed_over_rest(
    harness, firstgen
):
    """A person's run shows an empty list until somebody refreshes it (trap 8): we do, over REST."""
    shop = open_shop(harness)
    run = harness.world.start(shop.release, by=shop.dana, ago=600)
    found = await examined(firstgen, shop.ref(run))
    offered = assess(found.execution)
    assert isinstance(offered, Resumable)
    assert [g.label for g in offered.offered] == [
        "Sign-off (Deploy staging)",
        "STAGE 2 (Deploy EU, Deploy US)",
    ]
    asked = [r.names for r in harness.requests]
    assert asked == [("execution",), ("rest:executions",), ("execution",)]


async def test_without_rest_approval_details_refresh_in_an_earlier_request(clock):
    """Where REST is not there, approvalDetails refreshes; "no approval" is no trouble (trap 8)."""
    harness = PretendHarness(quota=0, with_rest=False)
    shop = open_shop(harness)
    run = harness.world.start(shop.release, by=shop.dana, ago=600)
    async with reaching(harness, clock) as firstgen:
        found = await examined(firstgen, shop.ref(run))
        assert isinstance(assess(found.execution), Resumable)
        assert [r.names for r in harness.requests] == [
            ("execution",),
            ("approvalDetails",),
            ("execution",),
        ]
        assert {e.name for e in found.environments.known} == {"prod-eu", "staging"}
        assert not found.environments.complete
        harness.requests.clear()
        await examined(firstgen, shop.ref(run))
        assert "rest:executions" not in [r.names[0] for r in harness.requests]


async def test_a_run_of_the_key_is_read_once(harness, firstgen):
    """Harness refreshes runs that no person started, so one GraphQL read is enough."""
    shop = open_shop(harness)
    run = harness.world.start(shop.release, by=harness.bot_key, ago=600)
    found = await examined(firstgen, shop.ref(run))
    assert found.execution.cause.kind is CauseKind.API_KEY
    assert [r.names for r in harness.requests] == [("execution",), ("rest:executions",)]


async def test_a_trigger_is_named(harness, firstgen):
    """A run that a trigger started says so."""
    shop = open_shop(harness)
    trigger = harness.world.trigger(shop.app, "on-merge")
    run = harness.world.start(shop.release, by=trigger, ago=600)
    found = await examined(firstgen, shop.ref(run))
    assert (found.execution.cause.kind, found.execution.cause.name) == (
        CauseKind.TRIGGER,
        "on-merge",
    )


async def test_a_workflow_is_followed_to_its_pipeline(harness, firstgen):
    """The first link of an alert is the workflow's; its cause names the pipeline (trap 36)."""
    shop = open_shop(harness)
    run = harness.world.start(shop.release, by=shop.dana, ago=600)
    inner = run.row("Deploy EU").workflow_execution_id
    found = await examined(firstgen, ExecutionRef(inner))
    assert found.execution.ref == shop.ref(run)


async def test_a_workflow_by_itself_is_said_to_be_one(harness, firstgen):
    """A workflow that ran outside a pipeline comes back as what it is."""
    shop = open_shop(harness)
    alone = harness.world.workflow_run(shop.app, "Deploy checkout", shop.dana)
    found = await firstgen.examine(ExecutionRef(alone.id), until=None)
    assert found == WorkflowRun(ExecutionRef(alone.id, shop.app.id), None)


async def test_an_unknown_id_is_not_found(firstgen, clock):
    """Unknown and forbidden cannot be told apart (trap 19), and are not asked for twice."""
    with pytest.raises(HarnessTrouble) as told:
        await firstgen.examine(ExecutionRef("A" * 22), until=clock.monotonic() + 8)
    assert told.value.kind is Trouble.NOT_FOUND


async def test_a_resumed_run_points_to_the_latest_of_its_chain(harness, firstgen):
    """The REST view knows that a run was resumed, and leads to the latest run of the chain."""
    shop = open_shop(harness)
    run = harness.world.start(shop.release, by=harness.bot_key, ago=600)
    found = await examined(firstgen, shop.ref(run))
    group = next(g for g in assess(found.execution).offered if g.name == "STAGE 2")
    started = await firstgen.resume(
        found.execution.ref, group, until=firstgen._clock.monotonic() + 8
    )
    old = await examined(firstgen, shop.ref(run))
    assert old.superseded
    assert old.latest == started.run
    harness.world.abort(harness.world.runs[started.run.id])
    new = await examined(firstgen, started.run)
    assert (new.root, new.superseded) == (run.id, False)


async def test_an_application_that_the_key_may_not_read_is_known_from_rest(harness, firstgen):
    """A null application (trap 20) is looked up elsewhere, since no resume works without it."""
    shop = open_shop(harness)
    run = harness.world.start(shop.release, by=shop.dana, ago=600)
    for _ in range(2):
        harness.faults.arm(Fault.PARTIAL, on="execution", text="User not authorized: ACCESS_DENIED")
    found = await examined(firstgen, ExecutionRef(run.id))
    assert found.execution.ref == shop.ref(run)
    assert found.execution.application == ""


async def test_an_application_that_nobody_names_is_trouble_with_a_reason(clock):
    """Without the application's id there is nothing to offer, and the reason says so."""
    harness = PretendHarness(quota=0, with_rest=False)
    shop = open_shop(harness)
    run = harness.world.start(shop.release, by=shop.dana, ago=600)
    harness.faults.arm(Fault.PARTIAL, on="execution", text="User not authorized: ACCESS_DENIED")
    async with reaching(harness, clock) as firstgen:
        with pytest.raises(HarnessTrouble, match="application") as told:
            await firstgen.examine(ExecutionRef(run.id), until=clock.monotonic() + 8)
    assert told.value.kind is Trouble.FORBIDDEN


async def test_a_preparing_run_is_neither_ended_nor_trouble(harness, firstgen):
    """A null status is PREPARING (trap 9)."""
    shop = open_shop(harness)
    harness.world.prepare_seconds = 60
    run = harness.world.start(shop.release, by=harness.bot_key)
    found = await examined(firstgen, shop.ref(run))
    assert found.execution.status is Status.PREPARING
    assert not found.execution.ended


async def test_an_aborting_run_has_not_ended(harness, firstgen):
    """ABORTED without an end is still aborting (trap 10)."""
    shop = open_shop(harness)
    run = harness.world.start(shop.release, by=harness.bot_key)
    harness.world.abort(run, lingers=None)
    found = await examined(firstgen, shop.ref(run))
    assert found.execution.status is Status.ABORTED
    assert not found.execution.ended
    harness.world.abort_done(run)
    found = await examined(firstgen, shop.ref(run))
    assert found.execution.ended


async def test_a_read_is_retried_while_there_is_time(harness, firstgen, clock):
    """A gateway's page, a dropped connection and a 500 pass, and nobody notices (ruling 8)."""
    shop = open_shop(harness)
    run = harness.world.start(shop.release, by=harness.bot_key, ago=600)
    for fault in (Fault.BAD_GATEWAY, Fault.DROPPED, Fault.SERVER_ERROR):
        harness.faults.arm(fault, on="execution")
        found = await examined(firstgen, shop.ref(run), until=clock.monotonic() + 8)
        assert found.execution.ref == shop.ref(run)


async def test_a_person_never_waits_longer_than_until(harness, firstgen, clock):
    """However often Harness fails, a person is told in time (ruling 8)."""
    shop = open_shop(harness)
    run = harness.world.start(shop.release, by=harness.bot_key, ago=600)
    harness.faults.arm(Fault.MANAGER_429, on="execution", times=99)
    begun = clock.monotonic()
    with pytest.raises(HarnessTrouble) as told:
        await firstgen.examine(shop.ref(run), until=begun + 8)
    assert told.value.kind is Trouble.RATE_LIMITED
    assert clock.monotonic() - begun < 8


async def test_a_hanging_harness_ends_at_until(harness, firstgen, clock):
    """A server that never answers costs a person no more than their time."""
    shop = open_shop(harness)
    run = harness.world.start(shop.release, by=harness.bot_key, ago=600)
    harness.faults.arm(Fault.HANG, on="execution", times=99)
    with pytest.raises(HarnessTrouble) as told:
        await firstgen.examine(shop.ref(run), until=clock.monotonic() + 0.3)
    assert told.value.kind is Trouble.TIMEOUT


async def test_the_background_sits_out_a_rate_limit(harness, firstgen, clock):
    """Only background reads wait until a 429 is over (ruling 8)."""
    shop = open_shop(harness)
    run = harness.world.start(shop.release, by=harness.bot_key, ago=600)
    harness.faults.arm(Fault.MANAGER_429, on="execution", times=4)
    found = await examined(firstgen, shop.ref(run))
    assert found.execution.ref == shop.ref(run)
    assert sum(clock.slept) > 60


async def test_a_right_that_was_just_given_works_at_the_second_call(harness, firstgen, clock):
    """Right after a change of the key's groups the first call is denied (trap 29)."""
    shop = open_shop(harness)
    run = harness.world.start(shop.release, by=harness.bot_key, ago=600)
    harness.faults.arm(Fault.TEXT, on="execution", text="User not authorized: ACCESS_DENIED")
    found = await examined(firstgen, shop.ref(run), until=clock.monotonic() + 8)
    assert found.execution.ref == shop.ref(run)
    harness.faults.arm(Fault.NULL, on="execution")
    found = await examined(firstgen, shop.ref(run), until=clock.monotonic() + 8)
    assert found.execution.ref == shop.ref(run)


async def test_environments_of_an_application_are_read_to_the_last_page(harness, firstgen, clock):
    """Connections stop at a hundred and say hasMore only when asked (trap 18)."""
    shop = open_shop(harness)
    for n in range(120):
        harness.world.environment(shop.app, f"env-{n}", prod=False)
    found = await firstgen.environments_of(shop.app.id, until=clock.monotonic() + 8)
    assert (len(found.known), found.complete) == (122, True)


async def test_hello_needs_no_right(clock):
    """The greeting tells a wrong key from a weak one."""
    harness = PretendHarness(quota=0)
    harness.bot_key.groups = []
    async with reaching(harness, clock) as firstgen:
        await firstgen.hello()
    async with reaching(harness, clock, key="wrong") as firstgen:
        with pytest.raises(HarnessTrouble) as told:
            await firstgen.hello()
    assert told.value.kind is Trouble.BAD_KEY


async def test_a_weak_key_that_reads_no_environments_leaves_them_unknown(clock):
    """Environments that the key may not see are not taken for none (trap 15)."""
    harness = PretendHarness(quota=0, with_rest=False)
    shop = open_shop(harness)
    run = harness.world.start(shop.release, by=shop.dana, ago=600)
    group = harness.world.user_group("Weak", deployment(), *reading("PIPELINE", "SERVICE"))
    harness.bot_key.groups = [group]
    async with reaching(harness, clock) as firstgen:
        found = await examined(firstgen, shop.ref(run))
    assert not found.environments.complete


async def test_a_server_without_approval_details_is_done_without(clock):
    """An older server refuses the field (facts 8); what it shows is used as it is."""
    harness = PretendHarness(quota=0, with_rest=False)
    shop = open_shop(harness)
    run = harness.world.start(shop.release, by=shop.dana, ago=600)
    words = "Validation error of type FieldUndefined: Field 'approvalDetails' is undefined"
    harness.faults.arm(Fault.TEXT, on="approvalDetails", text=words)
    async with reaching(harness, clock) as firstgen:
        found = await examined(firstgen, shop.ref(run))
    assert found.execution.ref == shop.ref(run)


async def test_a_refresh_that_fails_for_now_is_trouble(clock):
    """A list that may be stale is not shown as if it were the truth (trap 26)."""
    harness = PretendHarness(quota=0, with_rest=False)
    shop = open_shop(harness)
    run = harness.world.start(shop.release, by=shop.dana, ago=600)
    harness.faults.arm(Fault.BAD_GATEWAY, on="approvalDetails", times=99)
    async with reaching(harness, clock) as firstgen:
        with pytest.raises(HarnessTrouble) as told:
            await firstgen.examine(shop.ref(run), until=clock.monotonic() + 8)
    assert told.value.kind is Trouble.GATEWAY


async def test_links_are_located_for_our_account(harness, firstgen):
    """The adapter knows which account is ours (ruling 5)."""
    shop = open_shop(harness)
    run = harness.world.start(shop.release, by=shop.dana)
    assert firstgen.locate(f"<{harness.world.link(run)}|x>") == Found(shop.ref(run))
