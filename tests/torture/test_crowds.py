"""Many people at once, and a process that wakes up too late: still one resume for each run."""

import asyncio

import pytest

from tests.torture import storms
from tests.torture.arena import mark, opened
from tests.torture.processes import replicas, until
from tests.torture.score import score

pytestmark = pytest.mark.timeout(180)  # real processes, on a machine that may be busy

PEOPLE = 24


@pytest.mark.postgres
async def test_of_a_crowd_over_two_replicas_one_wins_each_run(tmp_path, postgres_url):
    """Two dozen people press different buttons on two cards: one resume, the others hear of it."""
    async with opened(tmp_path, postgres_url, people=PEOPLE) as arena:
        async with replicas(arena.replica("one"), arena.replica("two")) as both:
            runs = await storms.everybody_at_once(arena, both, runs=2)
            assert await arena.rest(60)
        resumes = [resume.old for resume in arena.harness.world.resumes]
        assert sorted(resumes) == sorted(run.id for run in runs)
        assert all(click.accepted for click in arena.clicks)
        for run in runs:
            winner = await _winner(arena, run)
            losers = [c for c in arena.clicks if c.run is run and c.person.id != winner]
            assert len(losers) == PEOPLE - 1
            for click in losers:
                mine = [text for text in click.told if f"<@{winner}>" in text]
                assert mine, (click.person, click.told)
        assert (await score(arena, kills=0)).faults == {}


async def _winner(arena, run) -> str:
    ((facts,),) = await arena.books.ask(
        f"SELECT facts FROM attempt WHERE execution_id = '{run.id}'"
    )
    return facts.partition('"presser":{"user_id":"')[2].partition('"')[0]


@pytest.mark.postgres
async def test_a_process_that_wakes_up_right_before_the_call_does_not_make_it(
    tmp_path, postgres_url
):
    """Frozen where the request is written, woken after its claim was given up: nothing is sent."""
    async with opened(tmp_path, postgres_url) as arena:
        sleeper = arena.replica("sleeper", FREEZE_AT_CALL="1")
        async with replicas(sleeper):
            run = arena.failed_run()
            card = await arena.card(run)
            await arena.click(card, run)
            await until(lambda: sleeper.frozen, 20)
            async with replicas(arena.replica("survivor")) as (survivor,):
                states: list[tuple[str]] = []
                async with asyncio.timeout(40):
                    while states != [("not found",)]:
                        states = await arena.books.ask("SELECT state FROM attempt")
                        await asyncio.sleep(0.2)
                assert await arena.rest(30)

                sleeper.thaw()
                await until(lambda: b"new id" in sleeper.log.read_bytes(), 20)
                await sleeper.kill()

                calls = [r for r in arena.harness.requests if "resumeExecution" in r.names]
                assert calls == []
                assert arena.harness.world.resumes == []
                assert mark(card.thread[-1]).startswith("final:")

                await arena.click(card, run)
                assert await arena.rest(60)
                assert [r.old for r in arena.harness.world.resumes] == [run.id]
                assert survivor.process is not None
        assert (await score(arena, kills=1)).faults == {}
