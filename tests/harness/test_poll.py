"""Looking at many runs, and for the run that a lost call started, against the pretend Harness."""

import pytest

from bot.core.errors import HarnessTrouble, Trouble
from bot.core.execution import Execution, ExecutionRef, Status
from bot.core.stages import StageGroup
from bot.demo.harness import Fault, PretendHarness
from bot.harness import poll
from bot.ports import Examined, Lost, Started, Unreadable
from tests.harness.conftest import reaching
from tests.harness.shop import open_shop


@pytest.fixture
def shop(harness):
    return open_shop(harness)


async def test_a_hundred_runs_are_one_request(harness, firstgen, shop):
    """Aliases make one request of a hundred reads (facts 1.1)."""
    runs = [harness.world.start(shop.release, by=harness.bot_key, ago=600) for _ in range(100)]
    seen = await firstgen.poll([shop.ref(run) for run in runs])
    assert len(harness.requests) == 1
    assert set(seen) == {run.id for run in runs}
    assert all(isinstance(run, Execution) and run.status is Status.FAILED for run in seen.values())


async def test_a_run_that_is_gone_spoils_nothing(harness, firstgen, shop):
    """One failing alias is one unreadable run; the others still carry data (facts 1.1)."""
    run = harness.world.start(shop.release, by=harness.bot_key, ago=600)
    gone = ExecutionRef("-" * 22, shop.app.id)
    seen = await firstgen.poll([gone, shop.ref(run)])
    assert seen[gone.id] == Unreadable(Trouble.NOT_FOUND)
    assert isinstance(seen[run.id], Execution)


async def test_a_null_without_an_error_is_unreadable(harness, firstgen, shop, clock):
    """Null tells nothing about the run (facts 1.4)."""
    run = harness.world.start(shop.release, by=harness.bot_key, ago=600)
    harness.faults.arm(Fault.NULL, on="execution")
    assert await firstgen.poll([shop.ref(run)]) == {run.id: Unreadable(Trouble.STRANGE)}


async def test_no_runs_are_no_request(harness, firstgen):
    """Nothing to look at costs nothing."""
    assert await firstgen.poll([]) == {}
    assert not harness.requests


async def test_a_failing_request_is_trouble(harness, firstgen, shop):
    """Nothing is known of any run then; what was known of their staleness stays known."""
    refs = [shop.ref(harness.world.start(shop.release, by=shop.dana)) for _ in range(2)]
    await firstgen.poll(refs)
    harness.faults.arm(Fault.FEATURE_OFF, times=2)
    with pytest.raises(HarnessTrouble):
        await firstgen.poll(refs)
    harness.faults.disarm()
    harness.requests.clear()
    await firstgen.poll(refs)
    assert harness.requests[0].names == ("approvalDetails",) * 2


async def test_watched_runs_of_people_are_refreshed_in_one_request(harness, firstgen, shop):
    """Runs that go stale are refreshed together before they are looked at (ruling 9)."""
    runs = [harness.world.start(shop.release, by=shop.dana) for _ in range(3)]
    refs = [shop.ref(run) for run in runs]
    await firstgen.poll(refs)
    harness.requests.clear()
    seen = await firstgen.poll(refs)
    assert [len(r.fields) for r in harness.requests] == [3, 3]
    assert harness.requests[0].names == ("approvalDetails",) * 3
    assert all(isinstance(run, Execution) and run.stages for run in seen.values())


async def test_runs_of_people_are_refreshed_however_many_calls_ask_for_them(
    harness, firstgen, shop
):
    """Whoever looks at more than a hundred asks in several calls; none makes another forget."""
    refs = [shop.ref(harness.world.start(shop.release, by=shop.dana)) for _ in range(150)]
    for _ in range(2):
        harness.requests.clear()
        for some in (refs[:100], refs[100:]):
            await firstgen.poll(some)
    asked = [request.names for request in harness.requests]
    assert asked == [(name,) * n for n in (100, 50) for name in ("approvalDetails", "execution")]


async def test_a_run_is_remembered_until_its_end_or_until_there_are_too_many(clock, monkeypatch):
    """Ended runs go at once; of those that nobody asks for any longer no end is ever seen."""
    time = [1_711_612_790.0]
    harness = PretendHarness(now=lambda: time[0], quota=0)
    shop = open_shop(harness)
    refs = [shop.ref(harness.world.start(shop.release, by=shop.dana)) for _ in range(2)]
    async with reaching(harness, clock) as firstgen:
        await firstgen.poll(refs)
        time[0] += 600
        await firstgen.poll(refs[:1])
        assert firstgen._polls._stale == {refs[1].id}
        monkeypatch.setattr(poll, "MOST_REMEMBERED", 0)
        await firstgen.poll(refs[:1])
        assert firstgen._polls._stale == set()


async def _lost(harness, firstgen, shop, by, stage="STAGE 2", fault=Fault.DROPPED_AFTER):
    """Resume a run and lose the answer; give the old run as examined, and the new one's id."""
    run = harness.world.start(shop.release, by=by, ago=600)
    old = await firstgen.examine(shop.ref(run), until=None)
    assert isinstance(old, Examined)
    harness.faults.arm(fault, on="resumeExecution")
    until = firstgen._clock.monotonic() + 8
    answer = await firstgen.resume(shop.ref(run), StageGroup(0, stage, ()), until=until)
    assert isinstance(answer, Lost)
    return old, run


async def test_a_lost_resume_is_found_and_proven_by_its_reused_rows(clock):
    """The new run's reused rows carry the old workflow runs (traps 4, 15; ruling 11)."""
    harness = PretendHarness(quota=0, with_rest=False)
    shop = open_shop(harness)
    async with reaching(harness, clock) as firstgen:
        since = firstgen._clock.now() - 1
        old, _run = await _lost(harness, firstgen, shop, harness.bot_key)
        (found,) = await firstgen.successors(old.execution, old.root, since, frozenset())
    (done,) = harness.world.resumes
    assert found.run == ExecutionRef(done.new, shop.app.id)
    assert (found.proven, found.by_api_key) == (True, True)
    assert found.created_at >= since
    assert done.new in found.url


async def test_a_resume_of_the_first_stage_is_proven_by_rest(harness, firstgen, shop):
    """Where no row is reused, the REST view names the chain (ruling 11)."""
    since = firstgen._clock.now() - 1
    old, _run = await _lost(harness, firstgen, shop, harness.bot_key, stage="Sign-off")
    (found,) = await firstgen.successors(old.execution, old.root, since, frozenset())
    assert found.proven


async def test_another_run_of_the_key_is_a_candidate_only(harness, firstgen, shop):
    """A fresh run of the same pipeline proves nothing; known runs are left out (ruling 11)."""
    since = firstgen._clock.now() - 1
    old, _run = await _lost(harness, firstgen, shop, harness.bot_key, fault=Fault.DROPPED)
    other = harness.world.start(shop.release, by=harness.bot_key)
    by_hand = harness.world.start(shop.release, by=shop.dana)
    found = await firstgen.successors(old.execution, old.root, since, frozenset({by_hand.id}))
    assert [(s.run.id, s.proven, s.by_api_key) for s in found] == [(other.id, False, True)]


async def test_a_run_of_another_chain_is_no_candidate(harness, firstgen, shop):
    """A resume of another run of the same pipeline is certainly not ours."""
    since = firstgen._clock.now() - 1
    old, _run = await _lost(harness, firstgen, shop, harness.bot_key, fault=Fault.DROPPED)
    stranger = harness.world.start(shop.release, by=harness.bot_key, ago=900)
    stranger.refresh()
    until = firstgen._clock.monotonic() + 8
    started = await firstgen.resume(shop.ref(stranger), StageGroup(1, "STAGE 2", ()), until=until)
    assert isinstance(started, Started)
    assert await firstgen.successors(old.execution, old.root, since, frozenset()) == ()


async def test_a_run_resumed_in_harness_own_pages_is_found_and_proven(clock):
    """A person's resume is stale until refreshed; it is refreshed, and its rows prove it."""
    harness = PretendHarness(quota=0, with_rest=False)
    shop = open_shop(harness)
    async with reaching(harness, clock) as firstgen:
        since = firstgen._clock.now() - 1
        old, _ = await _lost(harness, firstgen, shop, harness.bot_key)
        new = harness.world.runs[harness.world.resumes[0].new]
        new.starter, new.stored = shop.dana, []
        harness.requests.clear()
        (found,) = await firstgen.successors(old.execution, old.root, since, frozenset())
    assert (found.proven, found.by_api_key) == (True, False)
    asked = [r.names[0] for r in harness.requests if not r.names[0].startswith("rest")]
    assert asked == ["executions", "approvalDetails", "execution"]


async def test_rows_that_the_list_already_shows_prove_it_in_one_request(harness, firstgen, shop):
    """When somebody has opened the new run's page, its rows stand in the list."""
    since = firstgen._clock.now() - 1
    old, _ = await _lost(harness, firstgen, shop, harness.bot_key)
    harness.world.runs[harness.world.resumes[0].new].refresh()
    harness.requests.clear()
    (found,) = await firstgen.successors(old.execution, old.root, since, frozenset())
    assert found.proven
    assert [r.names for r in harness.requests] == [("executions",)]


async def test_a_list_that_cannot_be_read_is_trouble(harness, firstgen, shop):
    """An empty answer is not "nothing was started"."""
    since = firstgen._clock.now() - 1
    old, _ = await _lost(harness, firstgen, shop, harness.bot_key)
    for fault in (Fault.NULL, Fault.GENERIC_ERROR):
        harness.faults.arm(fault, on="executions", times=9)
        with pytest.raises(HarnessTrouble):
            await firstgen.successors(old.execution, old.root, since, frozenset())
        harness.faults.disarm()
