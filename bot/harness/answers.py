"""A GraphQL answer, and how much of an execution in it must be whole."""

from dataclasses import dataclass
from typing import Any

from bot.core.errors import HarnessTrouble, Trouble
from bot.harness.complaints import Complaint, judge
from bot.harness.firstgen_wire import Json


@dataclass(frozen=True, slots=True)
class Answer:
    """A GraphQL answer: what there is of the data, and the complaints beside it."""

    data: dict[str, Any]
    complaints: tuple[Complaint, ...] = ()

    def under(self, *fields: str) -> tuple[Complaint, ...]:
        """List the complaints that concern *fields*."""
        return tuple(c for c in self.complaints if c.under(*fields))


_BESIDE_THE_POINT = frozenset(
    {"application", "pipeline", "cause", "memberExecutions", "executionUrl", "failureDetails"}
)
"""Fields of an execution that may fail alone; the rest decides what may be resumed."""


def execution_under(answer: Answer, name: str) -> Json:
    """Give the execution that *answer* holds under *name*, whole in all that decisions rest on."""
    node = answer.data.get(name)
    found = answer.under(name)
    if not isinstance(node, dict):
        raise judge(found) if found else HarnessTrouble(Trouble.STRANGE, "null without a reason")
    decisive = tuple(c for c in found if not _BESIDE_THE_POINT & set(c.path[1:2]))
    if decisive:
        raise judge(decisive)
    return node
