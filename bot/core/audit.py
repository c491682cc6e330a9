"""The audit trail: records chained by their hashes, so that none can be altered unseen.

Each record's hash covers the hash of the one before it. Whoever changes, removes or inserts a
record must recompute every later hash; whoever noted the last hash elsewhere sees that. Only
records cut off at the end leave no trace in the chain itself: compare ``Intact.head`` for those.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

GENESIS = "0" * 64
"""What the first record names as the hash before it."""


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One thing that happened; *at* is epoch milliseconds, *facts* plain JSON."""

    seq: int
    """From 1, without a gap."""
    at: int
    what: str
    facts: Mapping[str, Any]
    prev: str
    hash: str


@dataclass(frozen=True, slots=True)
class Intact:
    """Nobody altered the records; *head* is the last hash, worth noting elsewhere."""

    count: int
    head: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The chain does not hold from the record *seq* on; *why* is a sentence."""

    seq: int
    why: str


def append(
    last: AuditRecord | None, *, at: int, what: str, facts: Mapping[str, object]
) -> AuditRecord:
    """Make the record that follows *last*; values that JSON does not know become their text."""
    seq = last.seq + 1 if last else 1
    prev = last.hash if last else GENESIS
    plain: dict[str, Any] = json.loads(json.dumps(facts, default=str))
    return AuditRecord(seq, at, what, plain, prev, _hash(prev, seq, at, what, plain))


NOTHING = Intact(0, GENESIS)
"""What stands before the first record."""


def verify(records: Iterable[AuditRecord], before: Intact = NOTHING) -> Intact | Broken:
    """Check that *records*, in order what follows *before*, are what was once written."""
    seq, head = before.count, before.head
    for record in records:
        if record.seq != seq + 1:
            return Broken(seq + 1, f"It is missing: record {record.seq} comes next.")
        if record.prev != head:
            return Broken(record.seq, "It does not follow the record before it.")
        if record.hash != _hash(record.prev, record.seq, record.at, record.what, record.facts):
            return Broken(record.seq, "Its content was altered.")
        seq, head = record.seq, record.hash
    return Intact(seq, head)


def canonical(value: object) -> str:
    """Write plain JSON in the one way that is hashed: sorted keys, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def parse(text: str) -> Mapping[str, Any]:
    """Read what ``canonical`` wrote; text that somebody spoiled comes back as what it is not."""
    try:
        facts = json.loads(text)
    except ValueError:
        return {"unreadable": text}
    return facts if isinstance(facts, dict) else {"unreadable": text}


def _hash(prev: str, seq: int, at: int, what: str, facts: Mapping[str, Any]) -> str:
    text = canonical({"prev": prev, "seq": seq, "at": at, "what": what, "facts": facts})
    return sha256(text.encode()).hexdigest()
