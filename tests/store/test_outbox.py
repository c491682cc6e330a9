"""What is said, in which order, and once, on both databases."""

import asyncio
import time
from dataclasses import replace

import pytest

from bot.core.attempt import Event, move
from bot.core.card import CardState, Door
from bot.ports import Place, SayKind
from tests.store.values import a_card, a_say, an_attempt

CARD, LINE, FINAL = SayKind.CARD, SayKind.LINE, SayKind.FINAL
SETTLE, PROGRESS = SayKind.SETTLE, SayKind.PROGRESS


async def posted(store, *ids, ts="1.0"):
    """Add cards that Slack already has."""
    for name in ids:
        await store.add_card(a_card(name, ts=ts))


async def say(store, *says):
    await store.save_card(await store.card(says[0].card), says)


async def next_keys(store, limit=9):
    return [due.say.key for due in await store.next_due(limit)]


async def drain(store):
    """Deliver everything that can be delivered, one at a time, and give the keys in order."""
    keys = []
    while due := await store.next_due(1):
        keys.append(due[0].say.key)
        await store.sent(due[0], f"9.{len(keys)}")
    return keys


async def test_a_card_is_posted_and_its_ts_is_remembered(store):
    """The first thing said about a card is the card; its ts comes back with it ever after."""
    card = a_card()
    assert await store.add_card(card, [a_say("k", CARD)])
    [due] = await store.next_due(9)
    assert (due.place, due.ts, due.tries, due.unsure) == (Place("C1"), "", 0, False)
    assert due.say == a_say("k", CARD)
    assert abs(due.since - time.time() * 1000) < 5_000
    await store.sent(due, "7.7")
    assert await store.card("card-1") == replace(card, ts="7.7")
    assert await store.next_due(9) == ()


async def test_lines_wait_for_their_thread_and_edits_for_their_card(store):
    """Nothing goes under a card, or into it, that Slack does not have yet."""
    await store.add_card(
        a_card(), [a_say("card", CARD), a_say("line"), a_say("edit", SETTLE), a_say("end", FINAL)]
    )
    assert await next_keys(store) == ["card"]
    assert await store.seconds_to_next() == pytest.approx(60, abs=2)
    assert await store.next_due(9) == ()


async def test_a_thread_is_strictly_in_order(store):
    """One message at a time, each after the one before it, under the thread's ts."""
    await posted(store, "card-1", ts="5.5")
    await say(store, a_say("1"), a_say("2"), a_say("3"))
    [first] = await store.next_due(9)
    assert (first.say.key, first.place) == ("1", Place("C1", "5.5"))
    assert await store.next_due(9) == ()
    await store.sent(first, "5.6")
    assert await drain(store) == ["2", "3"]


async def test_a_put_off_line_holds_up_its_thread_and_no_other(world):
    """Slack asked to wait: what follows in that thread waits as well."""
    store = await world.replica()
    await posted(store, "card-1", "card-2")
    await say(store, a_say("1"), a_say("2"))
    [due] = await store.next_due(9)
    await store.put_off(due, 30, unsure=False)
    await say(store, a_say("other", card="card-2"))
    assert await drain(store) == ["other"]
    assert await store.seconds_to_next() == pytest.approx(30, abs=2)
    await world.later(31)
    assert await store.seconds_to_next() == 0
    [again] = await store.next_due(9)
    assert (again.say.key, again.tries, again.unsure) == ("1", 1, False)
    assert again.since == due.since


async def test_between_threads_the_urgent_goes_first(store):
    """Final lines, then what removes buttons, then cards, news, and progress (ruling 15)."""
    cards = {"p": PROGRESS, "l": LINE, "c": CARD, "s": SETTLE, "f": FINAL}
    for name, kind in cards.items():
        await store.add_card(a_card(name, ts="" if kind is CARD else "1"))
        await say(store, a_say(name, kind, card=name))
    assert (await store.counts()).outbox == dict.fromkeys(cards.values(), 1)
    assert await drain(store) == ["f", "s", "c", "l", "p"]


async def test_the_same_key_is_said_once_for_ever(store):
    """Saying it again is ignored, also after it was sent, and drops nothing on its way."""
    await posted(store, "card-1")
    await say(store, a_say("end", FINAL))
    assert await drain(store) == ["end"]
    await say(store, a_say("line"), a_say("end", FINAL))
    assert await drain(store) == ["line"]


async def test_a_final_line_overtakes_news_that_nobody_has_seen(store):
    """Unsent lines of its thread go, and progress; what may have arrived stays, and cards."""
    await posted(store, "card-1", "card-2")
    again = a_card("card-3", door=Door.AGAIN, thread="card-1")
    await say(store, a_say("maybe"), a_say("unsent"), a_say("p", PROGRESS))
    await say(store, a_say("elsewhere", card="card-2"), a_say("p2", PROGRESS, card="card-2"))
    maybe = next(due for due in await store.next_due(9) if due.say.key == "maybe")
    await store.put_off(maybe, 0, unsure=True)
    await store.add_card(again, [a_say("again", CARD, card="card-3")])
    await say(store, a_say("end", FINAL), a_say("after", LINE))
    left = await drain(store)
    assert "unsent" not in left
    assert [key for key in left if key in {"maybe", "again", "end", "after"}] == [
        "maybe", "again", "end", "after",
    ]  # fmt: skip


async def test_unsent_progress_goes_when_the_end_is_told(store):
    """A card that is about to show its end is not first edited to show the middle."""
    await posted(store, "card-1", "card-2")
    await say(store, a_say("p", PROGRESS))
    await say(store, a_say("p2", PROGRESS, card="card-2"))
    await say(store, a_say("end", FINAL))
    assert await drain(store) == ["end", "p2"]


async def test_the_card_of_the_next_attempt_goes_into_the_same_thread(store):
    """A run that failed again gets its card under the first one, after the line that says so."""
    await store.add_card(a_card(), [a_say("first", CARD)])
    again = a_card("card-2", door=Door.AGAIN, thread="card-1")
    await say(store, a_say("end", FINAL))
    await store.add_card(again, [a_say("again", CARD, card="card-2")])
    await say(store, a_say("more", card="card-2"))
    places = []
    while due := await store.next_due(1):
        places.append((due[0].say.key, due[0].place.thread_ts))
        await store.sent(due[0], f"{len(places)}.0")
    assert places == [("first", ""), ("end", "1.0"), ("again", "1.0"), ("more", "1.0")]


async def test_an_alerts_card_and_lines_go_under_the_alert(store):
    """With a thread of its own given, nothing has to wait for a card (ruling 13)."""
    await store.add_card(a_card(thread_ts="3.3", door=Door.ALERT), [a_say("c", CARD), a_say("l")])
    for key in ("c", "l"):
        [due] = await store.next_due(9)
        assert (due.say.key, due.place) == (key, Place("C1", "3.3"))
        await store.sent(due, "4.4")


async def test_a_newer_edit_replaces_older_ones_and_inherits_their_urgency(store):
    """Of five states of a card the last is shown; one that removes buttons stays urgent."""
    await posted(store, "card-1", "card-2")
    await say(store, a_say("line", card="card-2"))
    await say(store, a_say("s", SETTLE), a_say("p1", PROGRESS), a_say("p2", PROGRESS))
    assert await drain(store) == ["p2", "line"]


async def test_an_edit_on_its_way_is_not_replaced_but_followed(world):
    """Two edits of a card never race; a put-off one gives way to the newer, which waits for it."""
    store = await world.replica()
    await posted(store, "card-1")
    await say(store, a_say("p1", PROGRESS))
    [due] = await store.next_due(9)
    await say(store, a_say("p2", PROGRESS))
    assert await store.next_due(9) == ()
    await store.put_off(due, 20, unsure=False)
    assert await store.next_due(9) == ()
    assert await store.seconds_to_next() == pytest.approx(20, abs=2)
    await say(store, a_say("p3", PROGRESS))
    assert await store.next_due(9) == ()
    await world.later(21)
    assert await drain(store) == ["p3"]


async def test_a_sender_that_died_leaves_a_doubt(world):
    """What was being sent in a crash comes back unsure, with the time where looking starts."""
    store = await world.replica()
    await posted(store, "card-1")
    await say(store, a_say("1"), a_say("2"))
    [due] = await store.next_due(9)
    heir = await world.heir()
    [again] = await heir.next_due(9)
    assert (again.say, again.unsure, again.tries, again.since) == (due.say, True, 1, due.since)
    await heir.sent(again, "1.1")
    assert await drain(heir) == ["2"]


async def test_a_lease_that_ran_out_leaves_a_doubt(world):
    """A sender that takes more than a minute may find its row with another."""
    store = await world.replica()
    await posted(store, "card-1")
    await say(store, a_say("1"))
    [slow] = await store.next_due(9)
    await world.later(61)
    [again] = await store.next_due(9)
    assert again.unsure
    await store.sent(slow, "1.1")
    await store.put_off(again, 0, unsure=True)
    assert await drain(store) == []


@pytest.mark.parametrize("leased", [True, False])
async def test_a_clock_that_is_set_back_holds_nothing_up(world, leased):
    """What was put off or leased before a jump of hours is due at once after it."""
    store = await world.replica()
    await posted(store, "card-1")
    await say(store, a_say("1"))
    [due] = await store.next_due(9)
    if not leased:
        await store.put_off(due, 30, unsure=False)
    await world.later(-7200)
    assert await store.seconds_to_next() == 0
    [again] = await store.next_due(9)
    assert again.unsure == leased


async def test_a_place_that_is_gone_ends_the_row(store):
    """What can never arrive is not tried again, and does not hold up what follows."""
    await posted(store, "card-1")
    await say(store, a_say("1"), a_say("2"))
    [due] = await store.next_due(9)
    await store.give_up(due, "is_archived")
    assert await drain(store) == ["2"]


async def test_a_card_that_cannot_be_posted_takes_its_edits_along_but_not_the_end(store):
    """No thread without its last line: it is handed out, for its sender to find another way."""
    await store.add_card(a_card(), [a_say("card", CARD), a_say("line"), a_say("edit", SETTLE)])
    [due] = await store.next_due(9)
    await store.give_up(due, "channel_not_found")
    assert await store.next_due(9) == ()
    await say(store, a_say("late", SETTLE), a_say("end", FINAL, to="U1"))
    [end] = await store.next_due(9)
    assert (end.say.key, end.say.to, end.place) == ("end", "U1", Place("C1"))
    await store.give_up(end, "channel_not_found")
    assert await store.seconds_to_next() is None


async def test_the_sender_wakes_at_once(store):
    """Words that are handed over in this process do not wait for the next poll."""
    await posted(store, "card-1")
    await store.wait_for_work(0.01)  # adding the card woke it
    waiting = asyncio.create_task(store.wait_for_work(30))
    attempt = (await store.claim(an_attempt())).attempt
    await store.advance(attempt, move(attempt, Event.CALL), says=[a_say("1")])
    await asyncio.wait_for(waiting, 5)
    await store.wait_for_work(0.01)
    assert await next_keys(store) == ["1"]


async def test_a_card_is_saved_with_its_words_and_keeps_its_ts(store):
    """State, attempt and next look change; the ts that Slack gave is never overwritten."""
    await posted(store, "card-1", ts="6.6")
    card = await store.card("card-1")
    taken = replace(card, state=CardState.TAKEN, attempt="a", next_look=0, ts="")
    await store.save_card(taken, [a_say("edit", SETTLE)])
    assert await store.card("card-1") == replace(taken, ts="6.6")
    [due] = await store.next_due(9)
    assert due.ts == "6.6"


@pytest.mark.postgres
async def test_two_senders_share_the_work_without_overlap(postgres_world):
    """Each row goes to one of two replicas, and each thread stays in order."""
    a, b = await postgres_world.replica(), await postgres_world.replica()
    cards = [f"card-{n}" for n in range(12)]
    await posted(a, *cards)
    for card in cards:
        await say(a, *(a_say(f"{card} {n}", card=card) for n in range(4)))
    sent = []

    async def send(store):
        while True:
            due = await store.next_due(3)
            if not due and await store.seconds_to_next() is None:
                return
            for row in due:
                sent.append(row.say.key)
                await store.sent(row, "1")

    await asyncio.gather(send(a), send(b))
    assert len(sent) == len(set(sent)) == 48
    for card in cards:
        assert [key for key in sent if key.startswith(f"{card} ")] == [
            f"{card} {n}" for n in range(4)
        ]
