"""Clicks, cards by run, the audit trail, budgets, seen events and notes, on both databases."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text

from bot.core.attempt import Event, move
from bot.core.audit import Broken, Intact, verify
from bot.core.card import CardState, Door
from bot.ports import Claimed, Record, Taken
from bot.store.open import open_trail
from tests.store.values import a_card, an_attempt

OPEN = frozenset({CardState.OPEN})

# --------------------------------------------------------------------------------------- clicks


async def test_a_click_is_noted_once(store):
    """A redelivery is told from the first, before and after its answer."""
    assert await store.receive("c1", "{}", 5)
    assert not await store.receive("c1", "{}", 6)
    await store.answered("c1")
    assert not await store.receive("c1", "{}", 7)
    assert await store.unanswered() == ()


async def test_clicks_of_a_dead_process_come_to_the_next_once(world):
    """Whoever pressed is told: the survivor gets each unanswered body, oldest first, once."""
    store = await world.replica()
    for n, click in enumerate("abc"):
        await store.receive(click, f"body {click}", 10 - n)
    await store.answered("b")
    heir = await world.heir()
    assert await heir.unanswered() == ["body c", "body a"]
    assert await heir.unanswered() == ()


async def test_a_click_that_kills_its_readers_is_given_up(world):
    """A survivor that dies while telling hands the click on, but not without end."""
    store = await world.replica()
    await store.receive("poison", "body", 1)
    taken = []
    for _ in range(5):
        if world.on_sqlite:
            store = await world.heir()
        else:  # die young: the others notice when the lease has run out
            await world.later(7)
            store = await world.replica()
        taken.append(await store.unanswered())
    assert taken == [["body"], ["body"], ["body"], (), ()]


# ---------------------------------------------------------------------------------------- cards


async def test_a_card_comes_back_as_it_was_written(store):
    """Every field of the card and of its run survives."""
    card = a_card(asked_by="U7", thread_ts="1.1", next_look=9)
    await store.add_card(card)
    assert await store.card("card-1") == card
    assert await store.card("card-2") is None


async def test_an_alert_adds_no_card_where_there_is_one(store):
    """One card per run from all alert doors; a command always adds its own (rulings 4, 18)."""
    alert = a_card("alert", door=Door.ALERT)
    command = a_card("command")
    assert await store.add_card(alert, only=True)
    assert not await store.add_card(replace(alert, id="alert-2"), only=True)
    assert await store.add_card(command)
    assert not await store.add_card(a_card("event", door=Door.EVENT), only=True)
    assert await store.add_card(a_card("other", "run-2"), only=True)
    assert await store.cards_of("run-1") == [alert, command]


async def test_adding_a_card_again_changes_nothing(store):
    """A repeated write, after its answer was lost, is recognised by the card's id."""
    assert await store.add_card(a_card(created_at=1), only=True)
    assert await store.add_card(a_card(created_at=1, channel="C2"), only=True)
    assert [card.channel for card in await store.cards_of("run-1")] == ["C1"]


async def test_open_cards_come_when_they_are_due(store):
    """Due is: open, with a next look, and that has come; the longest due first."""
    for n, (look, state) in enumerate(
        [
            (20, CardState.OPEN),
            (10, CardState.OPEN),
            (0, CardState.OPEN),
            (99, CardState.OPEN),
            (10, CardState.TAKEN),
        ]
    ):
        await store.add_card(a_card(f"c{n}", state=state, next_look=look))
    assert [card.id for card in await store.due_cards(OPEN, 50, 9)] == ["c1", "c0"]
    assert [card.id for card in await store.due_cards(OPEN, 50, 1)] == ["c1"]


@pytest.mark.postgres
async def test_of_many_alerts_at_once_one_makes_the_card(postgres_world):
    """Two replicas, twenty alerts of one run and a command: one alert card at most."""
    a, b = await postgres_world.replica(), await postgres_world.replica()
    added = await asyncio.gather(
        *(
            (a, b)[n % 2].add_card(a_card(f"alert-{n}", door=Door.ALERT), only=True)
            for n in range(20)
        )
    )
    assert sum(added) == 1
    assert len(await a.cards_of("run-1")) == 1


@pytest.mark.postgres
async def test_one_replica_keeps_open_cards_true(postgres_world):
    """The eldest looks for all; the others save Harness the question."""
    a, b = await postgres_world.replica(), await postgres_world.replica()
    await a.add_card(a_card(next_look=1))
    assert len(await a.due_cards(OPEN, 9, 9)) == 1
    assert await b.due_cards(OPEN, 9, 9) == ()
    await a.leave()
    await b.beat()
    assert len(await b.due_cards(OPEN, 9, 9)) == 1


# ---------------------------------------------------------------------------------------- audit


async def test_the_trail_is_written_read_and_whole(world):
    """Records come back in order with all their facts, and the chain verifies."""
    store = await world.replica()
    await store.record("clicked", {"who": "U1", "odd": {2, 1}, "text": "☠ \x00 \ud800"})
    await store.record("resumed", {"run": {"id": "r", 3: None}})
    records = [record async for record in store.trail()]
    assert [(r.seq, r.what) for r in records] == [(1, "clicked"), (2, "resumed")]
    assert records[1].facts == {"run": {"id": "r", "3": None}}
    assert verify(records) == Intact(2, records[1].hash)
    async with open_trail(world.url, clock=world.clock) as beside:
        assert [record async for record in beside] == records
    async with open_trail(world.url, clock=world.clock, since=world.clock.now() + 1) as beside:
        assert [record async for record in beside] == []


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("UPDATE audit SET facts = '[7]' WHERE seq = 2", Broken(2, "Its content was altered.")),
        ("UPDATE audit SET facts = 'spoiled' WHERE seq = 2", Broken(2, "Its content was altered.")),
        ("UPDATE audit SET at = at + 1 WHERE seq = 1", Broken(1, "Its content was altered.")),
        ("DELETE FROM audit WHERE seq = 2", Broken(2, "It is missing: record 3 comes next.")),
        (
            "UPDATE audit SET prev = hash WHERE seq = 3",
            Broken(3, "It does not follow the record before it."),
        ),
    ],
)
async def test_altering_the_trail_shows(store, sql, found):
    """A changed, spoiled or missing record is named by its number."""
    for n in range(4):
        await store.record("said", {"n": n})
    async with store._db.write() as connection:
        await connection.execute(text(sql))
    assert verify([record async for record in store.trail()]) == found


async def test_a_long_trail_is_read_in_pages_while_others_write(store):
    """Reading holds up nobody, and sees each record once."""
    async with store._db.write() as connection:
        await connection.execute(
            text("INSERT INTO audit VALUES (:n, 0, 'x', '{}', '', '')"),
            [{"n": n} for n in range(1, 1201)],
        )
    numbers = []
    async for record in store.trail():
        numbers.append(record.seq)
        if record.seq == 700:
            await asyncio.wait_for(store.record("meanwhile", {}), 5)
    assert numbers == list(range(1, 1202))


@pytest.mark.postgres
async def test_two_replicas_write_one_chain(postgres_world):
    """Forty records at once from two replicas stand in one unbroken chain."""
    stores = [await postgres_world.replica(), await postgres_world.replica()]
    await asyncio.gather(*(stores[n % 2].record("said", {"n": n}) for n in range(40)))
    records = [record async for record in stores[0].trail()]
    assert verify(records) == Intact(40, records[-1].hash)
    assert sorted(record.facts["n"] for record in records) == list(range(40))


# --------------------------------------------------------------------- budgets, events and notes


async def test_a_budget_is_never_exceeded_in_any_minute(world):
    """The places of a minute are counted across restarts; waiting tells how long."""
    store = await world.replica()
    for _ in range(2):
        assert await store.take_request("graphql", 3) == 0.0
    await world.later(40)
    assert await store.take_request("graphql", 3) == 0.0
    assert await store.take_request("graphql", 3) == pytest.approx(21, abs=1)
    assert await store.take_request("rest", 3) == 0.0
    store = await world.heir() if world.on_sqlite else await world.replica()
    assert await store.take_request("graphql", 3) == pytest.approx(21, abs=1)
    await world.later(22)
    assert [await store.take_request("graphql", 3) == 0.0 for _ in range(3)] == [True, True, False]


async def test_a_smaller_budget_counts_what_was_taken_before(world):
    """After a change of the setting the wait is until fewer than the new limit are left."""
    store = await world.replica()
    for _ in range(4):
        await store.take_request("graphql", 9)
        await world.later(10)
    assert await store.take_request("graphql", 2) == pytest.approx(61 - 20, abs=1)


async def test_a_clock_that_was_set_back_does_not_block_for_ever(world):
    """Places in a far future are forgotten; near ones still count."""
    store = await world.replica()
    await store.take_request("graphql", 1)
    await world.later(-30)
    assert await store.take_request("graphql", 1) == pytest.approx(91, abs=1)
    await world.later(-3600)
    assert await store.take_request("graphql", 1) == 0.0


@pytest.mark.postgres
async def test_replicas_share_a_budget(postgres_world):
    """Of forty requests at once on two replicas twenty find a place."""
    stores = [await postgres_world.replica(), await postgres_world.replica()]
    waits = await asyncio.gather(*(stores[n % 2].take_request("graphql", 20) for n in range(40)))
    assert waits.count(0.0) == 20


async def test_an_event_is_seen_once_until_it_is_forgotten(world):
    """The id of an event is known for as long as asked, per kind."""
    store = await world.replica()
    assert not await store.seen("event", "e1", 100)
    assert await store.seen("event", "e1", 100)
    assert not await store.seen("alert", "e1", 100)
    await world.later(101)
    assert not await store.seen("event", "e1", 100)
    assert await store.seen("event", "e1", 100)


async def test_notes_are_kept_changed_and_found_by_prefix(store):
    """Small settings, such as a muted channel."""
    await store.set_note("mute:C1", "1")
    await store.set_note("mute:C2", "2")
    await store.set_note("mute:C1", "3")
    await store.set_note("other_%", "4")
    assert await store.notes("mute:") == {"mute:C1": "3", "mute:C2": "2"}
    await store.set_note("mute:C1", None)
    assert await store.note("mute:C1") is None
    assert await store.note("other_%") == "4"


async def test_old_things_are_forgotten_and_the_record_is_not(world):
    """Clicks, seen events and places go with time; cards and the trail stay."""
    store = await world.replica()
    await store.add_card(a_card())
    await store.record("said", {})
    await store.receive("c", "{}", world.clock.now())
    await store.answered("c")
    await store.seen("event", "e", 5)
    await store.take_request("graphql", 5)
    assert await store.prune() == 0
    await world.later(8 * 86_400)
    assert await store.prune() == 3
    assert await store.prune() == 0
    assert await store.card("card-1")
    assert len([record async for record in store.trail()]) == 1


# ----------------------------------------------------------------- records written with their facts


async def whats(store):
    """List what the trail says happened."""
    return [record.what async for record in store.trail()]


async def test_a_record_stands_and_falls_with_its_fact(store):
    """A move that was not ours to make leaves no record of it; one that was made always does."""
    await store.add_card(a_card())
    attempt = an_attempt()
    assert isinstance(await store.claim(attempt, Record("claimed", {"n": 1})), Claimed)
    assert isinstance(await store.claim(an_attempt("rival"), Record("claimed", {"n": 2})), Taken)
    calling = move(attempt, Event.CALL)
    assert await store.advance(attempt, calling, record=Record("calling", {}))
    assert not await store.advance(attempt, calling, record=Record("calling again", {}))
    assert await store.save_card(a_card(state=CardState.TAKEN), record=Record("taken", {}))
    assert not await store.save_card(a_card(), was=CardState.OPEN, record=Record("no", {}))
    assert await whats(store) == ["claimed", "calling", "taken"]
