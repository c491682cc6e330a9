"""A row of the table: what was measured, what is aimed at, what was seen."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One figure."""

    what: str
    aim: str
    seen: str

    def __str__(self) -> str:
        """Write it as a row of Markdown."""
        return f"| {self.what} | {self.aim} | {self.seen} |"
