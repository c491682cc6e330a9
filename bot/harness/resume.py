"""The one call that changes anything: ``resumeExecution``, made at most once.

Whatever comes back is sorted into what certainly happened, what certainly did not, and what nobody
knows (ruling 10). There is no idempotency key, so nothing here is ever repeated (facts 3.7, 3.8).
"""

import structlog

from bot.core.errors import HarnessTrouble, Trouble
from bot.core.execution import ExecutionRef
from bot.core.stages import StageGroup
from bot.harness import documents
from bot.harness.answers import Answer
from bot.harness.complaints import (
    BEFORE_ANYTHING,
    CERTAIN_STATUSES,
    OK,
    HttpTrouble,
    judge_resume,
)
from bot.harness.firstgen_wire import read_part, read_text
from bot.harness.reader import Reader
from bot.harness.stage_name import pattern_for
from bot.harness.write_guard import WriteGuard
from bot.ports import Clock, Lost, NotSent, RefusalKind, Refused, ResumeAnswer, Started


class Resumes:
    """Makes the call."""

    def __init__(self, reader: Reader, clock: Clock) -> None:
        self._reader = reader
        self._clock = clock
        self._log = structlog.get_logger("bot.harness")

    async def resume(self, ref: ExecutionRef, group: StageGroup, *, until: float) -> ResumeAnswer:
        """Resume *ref* from *group*, once, by *until*; all that happens is a value."""
        if not ref.scope or not group.name:
            return Refused(RefusalKind.OTHER, "The application or the stage has no name.")
        question = documents.resume(ref.scope, ref.id, pattern_for(group.name))
        guard = WriteGuard(self._clock, until)
        try:
            answer = await self._reader.once(question, until=until, guard=guard)
        except HarnessTrouble as trouble:
            return self._from_trouble(trouble, guard, until)
        except Exception:  # noqa: BLE001 - logged; a bug of ours is a lost answer too
            self._log.exception("harness resume broke", sent=guard.reached)
            return Lost("an error of the bot's own") if guard.reached else NotSent()
        return _from_answer(answer, ref)

    def _from_trouble(
        self, trouble: HarnessTrouble, guard: WriteGuard, until: float
    ) -> ResumeAnswer:
        if not guard.reached:
            late = self._clock.monotonic() >= until
            if late or trouble.kind in {Trouble.OWN_BUDGET, Trouble.TIMEOUT}:
                return NotSent()
            return Refused(RefusalKind.TROUBLE, str(trouble))
        if isinstance(trouble, HttpTrouble):
            filtered = trouble.status == OK and trouble.kind in BEFORE_ANYTHING
            if filtered or trouble.status in CERTAIN_STATUSES:
                kind = BEFORE_ANYTHING.get(trouble.kind, RefusalKind.TROUBLE)
                return Refused(kind, trouble.detail)
        return Lost(str(trouble))


def _from_answer(answer: Answer, old: ExecutionRef) -> ResumeAnswer:
    payload = answer.data.get("resumeExecution")
    execution = read_part(payload, "execution")
    if (run := read_text(execution.get("id"))) and run != old.id:
        return Started(ExecutionRef(run, old.scope), read_text(execution.get("executionUrl")))
    if payload is None and answer.complaints:
        return judge_resume(answer.complaints)
    return Lost("null without errors" if payload is None else "no new execution in the answer")
