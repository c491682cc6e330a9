"""Asking Harness: a place in the budget, one request, one line in the log, and patience.

Reads are retried with back-off. A person's read ends at its *until*, whatever happens; a read in
the background has no end of its own and sits out a rate limit, during which nothing else is asked
in the background either (ruling 8). What may be asked only once goes through ``once``.
"""

import random
from collections.abc import Callable
from typing import TypeVar

import structlog

from bot.core.errors import HarnessTrouble, Trouble
from bot.harness.answers import Answer
from bot.harness.budget import Budget
from bot.harness.complaints import HttpTrouble
from bot.harness.documents import Question
from bot.harness.transport import Wire
from bot.harness.write_guard import WriteGuard
from bot.ports import Clock
from bot.ports.pulse import Pulse

T = TypeVar("T")

_TRIES = {
    Trouble.UNREACHABLE: 4,
    Trouble.TIMEOUT: 4,
    Trouble.GATEWAY: 4,
    Trouble.SERVER: 3,
    Trouble.STRANGE: 2,
    Trouble.RATE_LIMITED: 3,
    Trouble.FORBIDDEN: 2,  # right after the key's groups were changed the next call passes (1.4)
}
_BACKGROUND_TRIES_OF_A_429 = 12
_PERSON_TRY = 5.0
_BACKGROUND_TRY = 30.0
_FIRST_PAUSE = 0.25
_PAUSE_AFTER_429 = 1.5
_BACKGROUND_PAUSE_AFTER_429 = 15.0
_LONGEST_PAUSE = 60.0


class Reader:
    """Asks questions over a ``Wire`` within a ``Budget``."""

    def __init__(
        self, wire: Wire, budget: Budget, clock: Clock, pulse: Pulse | None = None
    ) -> None:
        self._wire = wire
        self._budget = budget
        self._clock = clock
        self._pulse = pulse or Pulse("harness")
        self._log = structlog.get_logger("bot.harness")
        self._quiet_until = 0.0

    async def ask(
        self, question: Question, read: Callable[[Answer], T], *, until: float | None
    ) -> T:
        """Ask until *read* makes sense of the answer; raise the last ``HarnessTrouble``.

        *read* raises ``HarnessTrouble`` for an answer that does not tell what was asked.
        """
        tries = 0
        while True:
            tries += 1
            try:
                return read(await self.once(question, until=until))
            except HarnessTrouble as trouble:
                pause = self._pause(trouble, tries, until)
                if pause is None:
                    raise
            await self._clock.sleep(pause)

    async def once(
        self, question: Question, *, until: float | None, guard: WriteGuard | None = None
    ) -> Answer:
        """Send one request; with a *guard* it may take all the time there is until *until*."""
        if until is None:
            await self._clock.sleep(max(0.0, self._quiet_until - self._clock.monotonic()))
        await self._budget.take(until)
        begun = self._clock.monotonic()
        seconds = _BACKGROUND_TRY
        if until is not None:
            seconds = until - begun if guard else min(until - begun, _PERSON_TRY)
        if seconds <= 0:
            raise HarnessTrouble(Trouble.TIMEOUT, "no time was left to ask")
        try:
            answer = await self._wire.post(question, seconds=seconds, guard=guard)
        except HarnessTrouble as trouble:
            self._note(question, until, begun, trouble)
            raise
        self._note(question, until, begun, answer)
        return answer

    def _pause(self, trouble: HarnessTrouble, tries: int, until: float | None) -> float | None:
        """Say how long to wait before the next try; ``None``: there is none."""
        limited = trouble.kind is Trouble.RATE_LIMITED
        most = _TRIES.get(trouble.kind, 1)
        if limited and until is None:
            most = _BACKGROUND_TRIES_OF_A_429
        if tries >= most:
            return None
        first = _FIRST_PAUSE
        if limited:
            first = _PAUSE_AFTER_429 if until is not None else _BACKGROUND_PAUSE_AFTER_429
        spread = random.uniform(1.0, 1.25)  # noqa: S311 - apart from each other, not secret
        pause = min(first * 2.0 ** (tries - 1), _LONGEST_PAUSE) * spread
        if until is not None and self._clock.monotonic() + pause >= until:
            return None
        return pause

    def _note(
        self, question: Question, until: float | None, begun: float, came: Answer | HarnessTrouble
    ) -> None:
        now = self._clock.monotonic()
        log = self._log.bind(
            what=question.what,
            priority="background" if until is None else "person",
            ms=round((now - begun) * 1000),
        )
        match came:
            case HarnessTrouble(kind=kind, detail=detail):
                self._pulse.ill(str(kind))
                status = came.status if isinstance(came, HttpTrouble) else None
                if kind is Trouble.RATE_LIMITED:
                    self._quiet_until = now + _BACKGROUND_PAUSE_AFTER_429
                log.warning("harness did not answer", trouble=str(kind), status=status, why=detail)
            case Answer(complaints=()):
                self._pulse.well()
                log.info("harness answered", status=200)
            case Answer(complaints=found):
                self._pulse.well()
                log.info(
                    "harness answered with errors",
                    status=200,
                    errors=len(found),
                    trouble=str(found[0].trouble),
                )
