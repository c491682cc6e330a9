"""Verifying the audit trail as it is read: however long it is, it is never held whole."""

import gc
from collections.abc import AsyncIterator
from dataclasses import replace

from bot.core.audit import NOTHING, AuditRecord, Broken, Intact, append, verify
from bot.trail import _verified


async def written(count: int, *, altered: int = 0) -> AsyncIterator[AuditRecord]:
    """Give records one by one and keep none but the last."""
    last = None
    for seq in range(1, count + 1):
        last = append(last, at=seq, what="said", facts={"n": seq})
        yield replace(last, at=0) if seq == altered else last


async def test_a_long_trail_is_not_held_whole() -> None:
    """Of a thousand records no more than a few are there at once."""
    most = 0

    async def watched() -> AsyncIterator[AuditRecord]:
        nonlocal most
        async for record in written(1000):
            if record.seq % 100 == 0:
                most = max(most, sum(isinstance(each, AuditRecord) for each in gc.get_objects()))
            yield record

    verdict = await _verified(watched())

    assert isinstance(verdict, Intact)
    assert verdict.count == 1000
    assert most < 10


async def test_it_is_read_no_further_than_to_the_first_altered_record() -> None:
    """What follows an altered record proves nothing any more."""
    records = written(10, altered=4)

    assert await _verified(records) == Broken(4, "Its content was altered.")
    assert (await anext(records)).seq == 5


async def test_piece_by_piece_it_is_the_same_verdict() -> None:
    """Whatever was cut out, moved or altered, folding finds what reading at once finds."""
    records = [record async for record in written(6)]
    spoilt = replace(records[2], facts={})
    trails = [[], records, records[1:], records[:2] + records[3:], [*records[:2], spoilt]]
    trails.append([records[1], records[0], *records[2:]])
    for trail in trails:

        async def told(trail: list[AuditRecord] = trail) -> AsyncIterator[AuditRecord]:
            for record in trail:
                yield record

        assert await _verified(told()) == verify(trail)
    assert verify([]) == NOTHING
