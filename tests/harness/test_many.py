"""Reading many runs for alerts, sweeping, and event rules, against the pretend Harness."""

import pytest

from bot.core.errors import HarnessTrouble
from bot.core.execution import (
    Environment,
    Environments,
    EnvironmentType,
    Execution,
    ExecutionRef,
    Status,
    WorkflowRun,
)
from bot.demo.harness import Fault
from bot.harness import checkup, event_rules, many, sweep
from bot.harness.reader import Reader
from bot.ports import Examined, Unreadable
from tests.harness.shop import open_shop
from tests.harness.test_documents import schema  # noqa: F401 -- the fixture


@pytest.fixture
def shop(harness):
    return open_shop(harness)


def everything(_name, _identity):
    return True


async def test_a_glance_tells_ends_and_workflows_in_one_request(harness, firstgen, shop):
    """A run that ended, one that goes on, a workflow's, and one that is not there."""
    ended = harness.world.start(shop.release, by=harness.bot_key, ago=600)
    fresh = harness.world.start(shop.release, by=shop.dana)
    harness.world.tick()
    flow = ExecutionRef(ended.rows[0].workflow_execution_id, shop.app.id)
    gone = ExecutionRef("-" * 22, shop.app.id)
    seen = await firstgen.glance([shop.ref(ended), shop.ref(fresh), flow, gone])
    assert len(harness.requests) == 1
    assert seen[ended.id].ended
    assert seen[ended.id].status is Status.FAILED
    assert not seen[fresh.id].ended
    assert seen[flow.id] == WorkflowRun(flow, shop.ref(ended))
    assert isinstance(seen[gone.id], Unreadable)


async def test_runs_of_people_are_refreshed_together_and_then_read(harness, firstgen, shop):
    """Ruling 9: one aliased refresh, then reads of 25 each, with fresh stages."""
    runs = [harness.world.start(shop.release, by=shop.dana, ago=600) for _ in range(30)]
    seen = await firstgen.glance([shop.ref(run) for run in runs])
    harness.requests.clear()
    read = await firstgen.read_ended([run for run in seen.values() if isinstance(run, Execution)])
    assert [len(r.fields) for r in harness.requests] == [30, 25, 5]
    assert harness.requests[0].names == ("approvalDetails",) * 30
    assert all(isinstance(found, Examined) for found in read.values())
    assert all(found.execution.stages for found in read.values())
    assert {e.name for f in read.values() for e in f.environments.known} == {"prod-eu", "staging"}


async def test_environments_are_described_once(harness, firstgen, shop):
    """Ids from an event get names and types by one request, and by none the next time."""
    bare = Environments((Environment(shop.prod.id), Environment("A" * 22)), complete=True)
    for requests in (1, 2):  # the one that is not there is asked for again
        full = await firstgen.described(bare)
        assert full.known[0] == Environment(shop.prod.id, "prod-eu", EnvironmentType.PROD)
        assert full.known[1] == Environment("A" * 22)
        assert full.complete
        assert len(harness.requests) == requests
    await firstgen.described(Environments((Environment(shop.prod.id),), complete=True))
    assert len(harness.requests) == 2


async def test_a_sweep_finds_bad_ends_since_a_moment_oldest_first(harness, firstgen, shop):
    """By the time of the end; good ends, running runs and lone workflows are left out."""
    now = harness.world.now()
    old = harness.world.start(shop.release, by=harness.bot_key, ago=900)
    runs = [harness.world.start(shop.release, by=harness.bot_key, ago=a) for a in (100, 300, 200)]
    harness.world.start(shop.release, by=harness.bot_key)
    harness.world.workflow_run(shop.app, "alone", harness.bot_key)
    harness.world.tick()
    since = int((now - 600) * 1000)
    found = await firstgen.ended_badly(since, wanted=everything, named=False, most=200)
    assert [ref.id for ref in found] == [runs[1].id, runs[2].id, runs[0].id]
    assert old.id not in {ref.id for ref in found}
    assert len(harness.requests) == 1


async def test_a_sweep_is_bounded_and_pages(harness, firstgen, shop):
    """The newest of too many; a small request first, then hundreds."""
    runs = [harness.world.start(shop.release, by=harness.bot_key, ago=60 + n) for n in range(150)]
    harness.world.tick()
    found = await firstgen.ended_badly(0, wanted=everything, named=False, most=120)
    assert len(found) == 120
    assert found[-1].id == runs[0].id
    assert len(harness.requests) == 2


async def test_where_harness_demands_applications_they_are_named(harness, firstgen, shop):
    """One of its flags makes the filter mandatory (facts 2.1)."""
    run = harness.world.start(shop.release, by=harness.bot_key, ago=60)
    harness.world.tick()
    text = "Invalid request: Application Id filter is required"
    harness.faults.arm(Fault.TEXT, on="executions", text=text)
    found = await firstgen.ended_badly(0, wanted=everything, named=False, most=9)
    assert found == (shop.ref(run),)
    assert harness.requests[-1].variables["filters"][-1] == {"applicationId": shop.app.id}


async def test_an_event_rule_is_made_once(harness, shop):
    """By the application's name or id, with the token in its header; twice changes nothing."""
    from bot.harness.budget import Budget, MemoryWindow
    from bot.harness.transport import Address, open_wire
    from tests.harness.clocks import SkippingClock

    clock = SkippingClock()
    async with harness.serving() as url, open_wire(Address(url, harness.account, harness.key)) as w:
        reader = Reader(w, Budget(MemoryWindow(clock), clock, name="graphql", limit=0), clock)
        rules = event_rules.EventRules(reader, clock.monotonic() + 60)
        where = "https://bot.example/harness/events"
        first = await rules.make("Storefront", where, "secret-token")
        assert await rules.make(shop.app.id, where, "secret-token") == first
        (rule,) = harness.world.event_rules
        assert (rule.id, rule.url, rule.events) == (first, where, ("pipeline_end",))
        assert rule.headers == {"Authorization": "Bearer secret-token"}
        with pytest.raises(HarnessTrouble, match="another address"):
            await rules.make(shop.app.id, "https://other.example/", "secret-token")


def test_the_documents_of_single_stories_are_valid(schema):  # noqa: F811
    """One unknown field fails a whole request (trap 7); the printed mutation is valid, too."""
    from graphql import parse, validate

    questions = [
        event_rules.create("a", "https://x", "t").text,
        event_rules._FIND,
        event_rules._BY_NAME,
        event_rules.mutation_text(),
        sweep._ENDED_BADLY,
        sweep._APPLICATIONS,
        many._ENVIRONMENTS,
        *(question.text for question in (checkup._RUNS, checkup._USERS, checkup._GROUPS)),
        checkup._GROUP,
    ]
    for text in questions:
        assert validate(schema, parse(text)) == []


def test_the_printed_mutation_has_no_token():
    """It is meant for a terminal."""
    assert "HARNESS_EVENTS_TOKEN" in event_rules.mutation_text("app", "https://x")
