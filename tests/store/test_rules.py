"""The store against a plain model, in any order of events that hypothesis can think of."""

import asyncio
import itertools

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


class Model(RuleBasedStateMachine):
    """What was handed over, tried, delivered and overtaken, as a person would keep the books."""

    def __init__(self):
        super().__init__()
        self.loop = asyncio.Runner()
        self.clock = SteeredClock()
        self.opening = open_store("sqlite://", clock=self.clock)
        self.store = self.run(self.opening.__aenter__())
        self.numbers = itertools.count()
        self.posted = set()
        self.said = {}  # key: (number, lane, kind)
        self.tried, self.ended, self.overtaken = set(), set(), set()
        self.leased = []
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
        new = key not in self.said
        self.run(self.store.save_card(a_card(card), [a_say(key, kind, card)]))
        if not new:
            return
        lane = (card, kind in EDITS)
        if kind in EDITS:
            self.overtaken |= {k for k in self.waiting() if self.said[k][1] == lane}
        if kind is SayKind.FINAL:
            self.overtaken |= {
                k
                for k in self.waiting() - self.tried
                if self.said[k][1] == (card, False) and self.said[k][2] is SayKind.LINE
            }
        self.said[key] = (number, lane, kind)

    def waiting(self):
        leased = {due.say.key for due in self.leased}
        return set(self.said) - self.ended - self.overtaken - leased

    @rule(limit=st.integers(1, 4))
    def lease(self, limit):
        """Whatever is handed out is the first of its lane, has its place, and was not overtaken."""
        for due in self.run(self.store.next_due(limit)):
            number, lane, kind = self.said[due.say.key]
            assert due.say.kind is kind
            assert due.say.key not in self.ended | self.overtaken
            before = {k for k, (n, where, _) in self.said.items() if where == lane and n < number}
            assert before <= self.ended | self.overtaken
            assert lane not in {self.said[other.say.key][1] for other in self.leased}
            assert kind is SayKind.CARD or lane[0] in self.posted
            assert due.tries == 0 or due.say.key in self.tried
            self.tried.add(due.say.key)
            self.leased.append(due)

    @hypothesis.stateful.precondition(lambda self: self.leased)
    @rule(data=st.data(), how=st.sampled_from(["sent", "put off", "unsure", "gone", "too slow"]))
    def deliver(self, data, how):
        """Slack takes it, asks to wait, is silent, or refuses it for ever; or we are too slow."""
        due = data.draw(st.sampled_from(self.leased))
        number, lane, kind = self.said[due.say.key]
        if how == "too slow":
            self.clock.shift += 61_000
            self.leased.clear()  # all leases have run out: next time they come back unsure
            return
        self.leased.remove(due)
        if how == "sent" or kind is SayKind.CARD:
            self.run(self.store.sent(due, "1.0"))
            self.ended.add(due.say.key)
            if kind is SayKind.CARD:
                self.posted.add(lane[0])
        elif how == "gone":
            self.run(self.store.give_up(due, "is_archived"))
            self.ended.add(due.say.key)
        else:
            self.run(self.store.put_off(due, 20, unsure=how == "unsure"))
            if lane[1] and any(where == lane and n > number for n, where, _ in self.said.values()):
                self.overtaken.add(due.say.key)

    @rule(seconds=st.integers(1, 50))
    def time_passes(self, seconds):
        self.clock.shift += seconds * 1000
        # Leases of a minute may run out in several steps; the books follow the slowest reading.
        if seconds > 25:
            self.clock.shift += 61_000
            self.leased.clear()

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
    def nothing_is_lost(self):
        """What was said and neither ended nor overtaken is still in the outbox."""
        open_rows = sum(self.run(self.store.counts()).outbox.values())
        certain = set(self.said) - self.ended - self.overtaken
        assert open_rows >= len({k for k in certain if self.said[k][2] is SayKind.FINAL})
        assert open_rows <= len(set(self.said) - self.ended)


Model.TestCase.settings = hypothesis.settings(
    max_examples=30, stateful_step_count=40, deadline=None
)
TestTheStoreAgainstTheModel = Model.TestCase
