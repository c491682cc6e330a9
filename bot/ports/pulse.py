"""How a service has been answering, from the last real calls; ``/readyz`` and metrics read it."""

from dataclasses import dataclass


@dataclass(slots=True)
class Pulse:
    """The last word on one service: mutable, written by its adapter alone."""

    name: str
    answered: bool = False
    """Whether it ever answered since the start."""
    trouble: str = ""
    """What went wrong the last time, in one word; empty while all is well."""

    def well(self) -> None:
        """Note a good answer."""
        self.answered = True
        self.trouble = ""

    def ill(self, trouble: str) -> None:
        """Note a failure; *trouble* is a word, never a payload."""
        self.trouble = trouble
