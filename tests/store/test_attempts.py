"""Claims and fenced moves, on both databases."""

import asyncio
import collections
from dataclasses import replace

import pytest

from bot.core.attempt import LIVE, Event, Progress, State, move
from bot.core.execution import ExecutionRef
from bot.ports import Claimed, SayKind, Taken
from bot.store.replicas import Alive, LeaseLost
from tests.store.values import a_card, a_say, an_attempt

RUN = ExecutionRef("run-2", "app")


async def claimed(store, *args, **changes):
    found = await store.claim(an_attempt(*args, **changes))
    assert isinstance(found, Claimed)
    return found.attempt


async def running(store, attempt, run="run-2"):
    calling = move(attempt, Event.CALL)
    assert await store.advance(attempt, calling)
    after = replace(move(calling, Event.STARTED), run=ExecutionRef(run, "app"), next_look=5)
    assert await store.advance(calling, after)
    return after


async def test_an_attempt_comes_back_as_it_was_written(store):
    """Every field survives, whatever characters a person or Harness put into it."""
    attempt = an_attempt(
        correlation="c",
        lost="nul \x00 and \ud800 and ☠",
        progress=Progress("RUNNING", (("a", "b"),)),
    )
    found = await store.claim(attempt)
    expected = replace(attempt, lost="nul \x00 and ? and ☠")
    assert await store.attempt(attempt.id) == expected
    assert found == Claimed(attempt)


async def test_the_second_claim_learns_who_holds_the_first(store):
    """A run has one live attempt; the loser sees the winner's."""
    first = await claimed(store)
    assert await store.claim(an_attempt("attempt-2")) == Taken(first)
    assert await store.attempt("attempt-2") is None


async def test_a_claim_that_is_repeated_is_still_ours(store):
    """When the answer to a claim was lost on the way from the database, it can be asked again."""
    first = await claimed(store)
    assert await store.claim(first) == Claimed(first)


@pytest.mark.parametrize("event", [Event.REFUSED, Event.CANCELLED, Event.NOT_FOUND])
async def test_an_attempt_that_did_not_resume_sets_the_run_free(store, event):
    """Refused, cancelled or not found: the next person may, as attempt number two."""
    first = await claimed(store)
    path = {
        Event.CANCELLED: [event],
        Event.REFUSED: [Event.CALL, event],
        Event.NOT_FOUND: [Event.CALL, Event.ANSWER_LOST, event],
    }
    for step in path[event]:
        after = move(first, step)
        assert await store.advance(first, after)
        first = after
    assert await store.attempt_on("run-1") is None
    assert (await claimed(store, "attempt-2")).number == 2


@pytest.mark.parametrize("event", [Event.ENDED_WELL, Event.ENDED_BADLY, Event.TOO_OLD])
async def test_a_run_that_was_resumed_is_never_claimed_again(store, event):
    """Once a resume went through, its run is not the latest of its chain any more."""
    attempt = await running(store, await claimed(store))
    ended = move(attempt, event)
    assert await store.advance(attempt, ended)
    assert await store.claim(an_attempt("attempt-2")) == Taken(ended)
    assert await store.attempt_on("run-1") == ended


async def test_a_lineage_counts_its_attempts(store):
    """Attempts on the runs of one chain are numbered from 1 and found by the chain's root."""
    first = await running(store, await claimed(store))
    await store.advance(first, ended := move(first, Event.ENDED_BADLY))
    second = await claimed(store, "attempt-2", "run-2")
    other = await claimed(store, "attempt-3", "run-9", root="run-9")
    assert [a.number for a in (first, second, other)] == [1, 2, 1]
    assert await store.lineage("run-1") == [ended, second]
    assert await store.attempt_that_started("run-2") == ended
    assert await store.attempt_that_started("run-1") is None
    assert await store.runs_started(first.claimed_at - 1) == {"run-2"}
    assert await store.runs_started(first.claimed_at) == frozenset()
    assert (await store.counts()).attempts == {"failed": 1, "claimed": 2}


async def test_a_move_from_a_state_that_is_gone_changes_nothing(store):
    """Who saw an old state is told so, and neither cards nor words are written."""
    await store.add_card(a_card())
    attempt = await claimed(store)
    calling = move(attempt, Event.CALL)
    assert await store.advance(attempt, calling)
    taken = replace(a_card(), attempt="x")
    assert not await store.advance(
        attempt, move(attempt, Event.CANCELLED), cards=[taken], says=[a_say("k", SayKind.CARD)]
    )
    assert await store.attempt(attempt.id) == calling
    assert (await store.card("card-1")).attempt == ""
    assert await store.next_due(9) == ()


async def test_a_fact_its_cards_and_its_words_are_written_together(store):
    """When one of them cannot be written, none is."""
    await store.add_card(a_card())
    attempt = await claimed(store)
    with pytest.raises(LookupError):
        await store.advance(
            attempt,
            move(attempt, Event.CALL),
            cards=[replace(a_card(), attempt=attempt.id)],
            says=[a_say("k", SayKind.CARD), a_say("k2", card="never added")],
        )
    assert (await store.attempt(attempt.id)).state is State.CLAIMED
    assert (await store.card("card-1")).attempt == ""
    assert await store.next_due(9) == ()


async def test_one_run_cannot_be_the_answer_to_two_attempts(store):
    """Of two lost calls that find the same run, the second is told to look on."""
    await running(store, await claimed(store), "run-2")
    calling = move(other := await claimed(store, "b", "run-b"), Event.CALL)
    await store.advance(other, calling)
    assert not await store.advance(calling, replace(move(calling, Event.STARTED), run=RUN))
    assert (await store.attempt("b")).state is State.CALLING


async def test_due_attempts_come_oldest_look_first(store):
    """Only those in the asked states, and only when their time has come."""
    for n, look in enumerate([30, 10, 20, 99]):
        await claimed(store, f"a{n}", f"run-{n}", next_look=look)
    due = await store.due(frozenset({State.CLAIMED}), 50, 2)
    assert [a.id for a in due] == ["a1", "a2"]
    assert await store.due(frozenset({State.RUNNING}), 50, 9) == []
    assert await store.adopted() == ()


async def test_what_a_dead_process_left_in_the_middle_comes_to_the_next(world):
    """After a crash the successor takes over calls without an answer, until it has moved them."""
    store = await world.replica()
    mid_claim = await claimed(store, "a", "run-a")
    attempt = await claimed(store, "b", "run-b")
    mid_call = move(attempt, Event.CALL)
    await store.advance(attempt, mid_call)
    followed = await running(store, await claimed(store, "c", "run-c"), "run-c2")

    heir = await world.heir()
    assert await heir.adopted() == [mid_claim, mid_call]
    assert await heir.due(LIVE, 10, 9) == [mid_claim, mid_call, followed]
    lost = move(mid_call, Event.ANSWER_LOST)
    assert await heir.advance(mid_call, lost)
    assert await heir.adopted() == [mid_claim]
    fresh = await claimed(heir, "d", "run-d")
    assert fresh not in await heir.adopted()


@pytest.mark.postgres
async def test_a_frozen_replica_that_wakes_up_can_change_nothing(postgres_world):
    """Its rows were adopted: the call that it was about to make is not permitted any more."""
    frozen = await postgres_world.replica()
    attempt = await claimed(frozen)
    await postgres_world.later(7)
    survivor = await postgres_world.replica()
    assert await survivor.adopted() == [attempt]
    assert not await frozen.advance(attempt, move(attempt, Event.CALL))
    assert await survivor.advance(attempt, cancelled := move(attempt, Event.CANCELLED))
    late = await claimed(frozen, "late", "run-late")  # it does not know yet that it is nobody
    assert await survivor.beat() == Alive(1)
    assert await survivor.adopted() == [late]
    assert await survivor.attempt(attempt.id) == cancelled


@pytest.mark.postgres
async def test_a_clock_that_is_set_back_revives_nobody(postgres_world):
    """A dead replica's lease does not last until the clock has caught up; a living one renews."""
    dead = await postgres_world.replica()
    attempt = await claimed(dead)
    await postgres_world.later(-7200)
    survivor = await postgres_world.replica()
    assert await survivor.adopted() == [attempt]
    assert await survivor.beat() == Alive()


@pytest.mark.postgres
async def test_a_lost_lease_is_noticed_and_a_new_id_taken(postgres_world):
    """The replica comes back as somebody else, and takes over what it left itself."""
    store = await postgres_world.replica()
    attempt = await claimed(store)
    assert await store.beat() == Alive()
    await postgres_world.later(5)
    assert await store.beat() == Alive()
    await postgres_world.later(5)
    assert await store.beat() == Alive()
    await postgres_world.later(7)
    assert await store.beat() == LeaseLost()
    before = store._me.id
    await store.rejoin()
    assert store._me.id != before
    assert await store.adopted() == [attempt]
    assert await store.beat() == Alive()


@pytest.mark.postgres
async def test_the_living_keep_their_rows(postgres_world):
    """A new replica adopts nothing from one whose lease holds, and all from one that left."""
    first = await postgres_world.replica()
    await claimed(first)
    second = await postgres_world.replica()
    assert await second.beat() == Alive(0)
    assert (first.eldest, second.eldest) == (True, False)
    await first.leave()
    assert await second.beat() == Alive(1)
    assert second.eldest


@pytest.mark.postgres
async def test_more_orphans_than_one_transaction_takes_come_with_the_next_beats(postgres_world):
    """Five hundred at a time, by two survivors at once, each row to one of them."""
    dead = await postgres_world.replica()
    await claimed(dead)
    await postgres_world.ask(
        "INSERT INTO attempt SELECT 'x' || n, 'e' || n, 1, root, n, card, 'running', owner, NULL,"
        " 0, 0, facts FROM attempt, generate_series(1, 1200) n"
    )
    a, b = await postgres_world.replica(), await postgres_world.replica()
    await dead.leave()
    beats = [beat.adopted for _ in range(2) for beat in await asyncio.gather(a.beat(), b.beat())]
    assert sum(beats) == 1201
    assert max(beats) == 500


@pytest.mark.postgres
async def test_of_fifty_claims_on_two_replicas_one_wins(postgres_world):
    """Fifty clicks on each of twenty runs at once over two replicas: twenty claims, 980 losers."""
    stores = [await postgres_world.replica(), await postgres_world.replica()]
    outcomes = await asyncio.gather(
        *(
            stores[n % 2].claim(an_attempt(f"{run}-{n}", run, root=run))
            for n in range(50)
            for run in [f"run-{r}" for r in range(20)]
        )
    )
    winners = collections.Counter(
        o.attempt.execution.id for o in outcomes if isinstance(o, Claimed)
    )
    assert winners == {f"run-{r}": 1 for r in range(20)}
    held = {o.attempt.execution.id: o.attempt for o in outcomes if isinstance(o, Claimed)}
    losers = [o.by for o in outcomes if isinstance(o, Taken)]
    assert len(losers) == 980
    assert all(by == held[by.execution.id] for by in losers)
