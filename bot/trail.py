"""``resume-bot audit``: print the audit trail for people and programs, or verify it."""

import csv
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import TextIO

from bot.clock import SystemClock
from bot.core.audit import NOTHING, AuditRecord, Broken, Intact, verify
from bot.settings import BadSettings, TrailSettings
from bot.store.open import open_trail

INTACT, BROKEN = 0, 1


async def print_trail(
    settings: TrailSettings, *, since: str | None, style: str, check: bool, out: TextIO
) -> int:
    """Write the trail to *out*, or with *check* a sentence on whether it is intact; exit code."""
    begin = 0 if since is None or check else moment(since)
    url = settings.database_url.get_secret_value()
    async with open_trail(url, clock=SystemClock(), since=begin) as records:
        if check:
            return _verdict(await _verified(records), out)
        await (_csv if style == "csv" else _jsonl)(records, out)
    return INTACT


def moment(text: str) -> int:
    """Read ``2026-11-23`` or ``2026-11-23T08:00Z`` as epoch ms, UTC where no zone is given."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise BadSettings((f"--since: {text!r} is no day or moment such as 2026-11-23",)) from None
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=UTC)
    return int(parsed.timestamp() * 1000)


async def _verified(records: AsyncIterator[AuditRecord]) -> Intact | Broken:
    """Check record by record, so that a long trail does not fill memory."""
    intact = NOTHING
    async for record in records:
        verdict = verify((record,), intact)
        if isinstance(verdict, Broken):
            return verdict
        intact = verdict
    return intact


def _verdict(verdict: Intact | Broken, out: TextIO) -> int:
    match verdict:
        case Broken(seq, why):
            out.write(f"ALTERED at record {seq}: {why}\n")
            return BROKEN
        case Intact(count, head):
            out.write(f"intact: {count} records, the last hash is {head}\n")
            return INTACT


async def _jsonl(records: AsyncIterator[AuditRecord], out: TextIO) -> None:
    async for record in records:
        out.write(json.dumps(_row(record) | {"facts": record.facts}, ensure_ascii=False) + "\n")


async def _csv(records: AsyncIterator[AuditRecord], out: TextIO) -> None:
    writer = csv.writer(out)
    writer.writerow(["seq", "at", "what", "facts", "prev", "hash"])
    async for record in records:
        row = _row(record) | {"facts": json.dumps(record.facts, ensure_ascii=False)}
        writer.writerow(
            [_inert(str(row[k])) for k in ("seq", "at", "what", "facts")]
            + [
                record.prev,
                record.hash,
            ]
        )


def _row(record: AuditRecord) -> dict[str, object]:
    at = datetime.fromtimestamp(record.at / 1000, UTC).isoformat(timespec="milliseconds")
    return {
        "seq": record.seq,
        "at": at,
        "what": record.what,
        "facts": None,
        "prev": record.prev,
        "hash": record.hash,
    }


def _inert(cell: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@"} else cell
