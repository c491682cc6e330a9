"""What ``doctor`` finds: one thing, good or bad or not to be seen, and how to mend it."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a thing stands."""

    GOOD = "ok"
    WRONG = "WRONG"
    UNSEEN = "look"
    """The service cannot be asked; a person must look."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of ``doctor``: what was looked at, what was seen, and the remedy."""

    verdict: Verdict
    what: str
    seen: str
    remedy: str = ""

    def line(self) -> str:
        """Write it as one line."""
        remedy = f" → {self.remedy}" if self.remedy else ""
        return f"{self.verdict:<5}  {self.what}: {self.seen}{remedy}"


def good(what: str, seen: str) -> Finding:
    """All is well with it."""
    return Finding(Verdict.GOOD, what, seen)


def wrong(what: str, seen: str, remedy: str) -> Finding:
    """Something is wrong with it."""
    return Finding(Verdict.WRONG, what, seen, remedy)


def unseen(what: str, seen: str, remedy: str) -> Finding:
    """It cannot be asked for."""
    return Finding(Verdict.UNSEEN, what, seen, remedy)
