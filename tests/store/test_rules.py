"""The store against a plain model, in any order of events that hypothesis can think of."""

import asyncio
import itertools
from collections import Counter
from dataclasses import dataclass

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.core.attempt import LIVE, TRANSITIONS, State, move
from bot.ports import Claimed, SayKind
from bot.store.open import open_store
from bot.store.outbox import EDITS
from tests.store.values import a_card, a_say, an_attempt
from tests.store.world import SteeredClock

CARDS = ("card-1", "card-2")
RUNS = ("run-1", "run-2")


@dataclass
class Row:
    """A row of the outbox, as a person would keep the books."""

    number: int
    key: str
    card: str
    kind: SayKind
    rank: int
    state: str = "pending"
    unsure: bool = False
    tries: int = 0
    free_at: int = 0

    @property
    def lane(self):
        return (self.card, self.kind in EDITS)

    @property
    def open(self):
        return self.state in {"pending", "sending"}


class FrozenClock(SteeredClock):
    """Time passes only when the model says so."""

    def now(self):
        return 1_000_000 + self.shift


class Model(RuleBasedStateMachine):
    """The books and the store, told the same things."""

    def __init__(self):
        super().__init__()
        self.loop = asyncio.Runner()
        self.clock = FrozenClock()
        self.opening = open_store("sqlite://", clock=self.clock)
        self.store = self.run(self.opening.__aenter__())
        self.numbers = itertools.count()
        self.posted, self.rows, self.leased = set(), {}, []
        self.attempts = {}
        for card in CARDS:
            self.run(self.store.add_card(a_card(card)))
            self.say(card, SayKind.CARD, None)

    def run(self, coroutine):
        return self.loop.run(coroutine)

    def teardown(self):
        self.run(self.opening.__aexit__(None, None, None))
        self.loop.close()

    # ----------------------------------------------------------------------------------- words

    @rule(
        card=st.sampled_from(CARDS),
        kind=st.sampled_from([kind for kind in SayKind if kind is not SayKind.CARD]),
        again=st.none() | st.integers(0, 30),
    )
    def say(self, card, kind, again):
        """Say something new, or (with *again*) use a key a second time."""
        number = next(self.numbers)
        key = str(number if again is None else again)
        self.run(self.store.save_card(a_card(card), [a_say(key, kind, card)]))
        if key in self.rows:
            return
        new = Row(number, key, card, kind, list(SayKind).index(kind))
        waiting = [row for row in self.rows.values() if row.state == "pending" and row.card == card]
        if kind in EDITS:
            for row in waiting:
                if row.lane == new.lane:
                    row.state = "dropped"
                    new.rank = min(new.rank, row.rank)
                    new.free_at = max(new.free_at, row.free_at)
        elif kind is SayKind.FINAL:
            for row in waiting:
                news = row.kind is SayKind.LINE and not row.unsure
                if news or row.rank == list(SayKind).index(SayKind.PROGRESS):
                    row.state = "dropped"
        self.rows[key] = new

    def heads(self):
        """List what can be sent now or later: the first of each lane, if its place is known."""
        firsts = {}
        for row in self.rows.values():
            if row.open:
                firsts.setdefault(row.lane, row)
        known = [r for r in firsts.values() if r.card in self.posted or r.kind is SayKind.CARD]
        return sorted(known, key=lambda row: (row.rank, row.number))

    @rule(limit=st.integers(1, 4))
    def lease(self, limit):
        """What is handed out is the head of each free lane, the most urgent first."""
        expected = [row for row in self.heads() if row.free_at <= self.clock.now()][:limit]
        found = self.run(self.store.next_due(limit))
        for row in expected:
            row.unsure |= row.state == "sending"
        assert [(due.say.key, due.say.kind, due.unsure, due.tries) for due in found] == [
            (row.key, row.kind, row.unsure, row.tries) for row in expected
        ]
        for row in expected:
            row.state, row.free_at, row.tries = "sending", self.clock.now() + 60_000, row.tries + 1
        again = {due.say.key for due in found}
        self.leased = [due for due in self.leased if due.say.key not in again] + list(found)

    @hypothesis.stateful.precondition(lambda self: self.leased)
    @rule(data=st.data(), how=st.sampled_from(["sent", "put off", "unsure", "gone"]))
    def deliver(self, data, how):
        """Slack takes it, asks to wait, is silent, or refuses it for ever."""
        due = data.draw(st.sampled_from(self.leased))
        row = self.rows[due.say.key]
        self.leased.remove(due)
        if how == "sent" or row.kind is SayKind.CARD:
            self.run(self.store.sent(due, "1.0"))
            row.state = "sent"
            if row.kind is SayKind.CARD:
                self.posted.add(row.card)
        elif how == "gone":
            self.run(self.store.give_up(due, "is_archived"))
            row.state = "dead"
        else:
            self.run(self.store.put_off(due, 20, unsure=how == "unsure"))
            behind = [
                other
                for other in self.rows.values()
                if other.open and other.lane == row.lane and other.number > row.number
            ]
            row.free_at = self.clock.now() + 20_000
            if row.kind in EDITS and behind:
                row.state = "dropped"
                for other in behind:
                    other.free_at, other.rank = row.free_at, min(other.rank, row.rank)
            else:
                row.state, row.unsure = "pending", how == "unsure"

    @rule(seconds=st.integers(1, 70))
    def time_passes(self, seconds):
        self.clock.shift += seconds * 1000

    # -------------------------------------------------------------------------------- attempts

    @rule(execution=st.sampled_from(RUNS))
    def claim(self, execution):
        """A claim wins exactly when nobody holds or has used up the run."""
        name = f"attempt-{next(self.numbers)}"
        used = LIVE | {State.SUCCEEDED, State.FAILED, State.LEFT}
        free = not any(
            a.execution.id == execution and a.state in used for a in self.attempts.values()
        )
        outcome = self.run(self.store.claim(an_attempt(name, execution)))
        assert isinstance(outcome, Claimed) == free
        if isinstance(outcome, Claimed):
            assert outcome.attempt.number == 1 + len(self.attempts)
            self.attempts[name] = outcome.attempt

    @hypothesis.stateful.precondition(lambda self: self.attempts)
    @rule(data=st.data(), stale=st.booleans())
    def advance(self, data, stale):
        """A legal move from the present state is made; one from a state that is gone is not."""
        attempt = data.draw(st.sampled_from(list(self.attempts.values())))
        if not TRANSITIONS[attempt.state]:
            return
        event = data.draw(st.sampled_from(list(TRANSITIONS[attempt.state])))
        after = move(attempt, event)
        assert self.run(self.store.advance(attempt, after))
        self.attempts[attempt.id] = after
        if stale:
            assert not self.run(self.store.advance(attempt, after))

    @invariant()
    def one_live_attempt_a_run(self):
        found = self.run(self.store.lineage("run-1"))
        assert found == sorted(self.attempts.values(), key=lambda a: a.number)
        for execution in RUNS:
            assert sum(a.execution.id == execution and a.state in LIVE for a in found) <= 1

    @invariant()
    def the_books_agree(self):
        """What is open, of which kind, and how long until something can be sent."""
        kept = Counter(row.kind for row in self.rows.values() if row.open)
        assert self.run(self.store.counts()).outbox == kept
        waits = [max(0, row.free_at - self.clock.now()) / 1000 for row in self.heads()]
        assert self.run(self.store.seconds_to_next()) == min(waits, default=None)


Model.TestCase.settings = hypothesis.settings(
    max_examples=20, stateful_step_count=40, deadline=None
)
TestTheStoreAgainstTheModel = Model.TestCase
