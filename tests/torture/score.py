"""The score after the storm: what was lost, doubled, left open or said twice. Zeros are the aim."""

import asyncio
import json
import sys
from collections import Counter
from dataclasses import dataclass, fields
from typing import Any

from tests.torture.arena import Arena, Click, everything_said, mark
from tests.torture.processes import ROOT

ENDED_WITHOUT_RUN = ("refused", "cancelled", "not found")


@dataclass(frozen=True)
class Score:
    """Counted from what Harness did, what Slack shows and what the books say."""

    kills: int
    clicks: int
    accepted: int
    """Presses that were acknowledged, so the bot answers for them."""
    resumes: int
    """What Harness resumed."""
    resumed: int
    """Accepted presses on runs that were resumed, by this press or by another."""
    told: int
    """Accepted presses that resumed nothing, whose people were told so."""
    lost: int
    """Accepted presses that neither resumed the run nor were told why not."""
    doubled: int
    """Runs that were resumed more often than attempts say."""
    unfinished: int
    """Attempts that did not come to an end, or without exactly one last line."""
    untruthful: int
    """Attempts whose end is not what happened in Harness."""
    repeated: int
    """Messages that Slack shows twice."""
    audit: int
    """1 when the audit trail does not verify."""

    @property
    def faults(self) -> dict[str, int]:
        """Everything that should be zero and is not."""
        bad = ("lost", "doubled", "unfinished", "untruthful", "repeated", "audit")
        return {name: getattr(self, name) for name in bad if getattr(self, name)}

    def __add__(self, other: "Score") -> "Score":
        return Score(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


async def score(arena: Arena, *, kills: int) -> Score:
    """Count, once everything is at rest."""
    attempts = [json.loads(f) for (f,) in await arena.books.ask("SELECT facts FROM attempt")]
    resumes = Counter(resume.old for resume in arena.harness.world.resumes)
    new_runs = {resume.new: resume.old for resume in arena.harness.world.resumes}
    marks = Counter(mark(m) for m in everything_said(arena) if mark(m) not in {"", "whisper"})
    accepted = [click for click in arena.clicks if click.accepted]
    resumed = [click for click in accepted if resumes[click.run.id]]
    others = [click for click in accepted if not resumes[click.run.id]]
    told = [click for click in others if click.told or _ended_in_words(arena, click, attempts)]
    # Who asks twice gets two cards that say the same; lines are never the same.
    texts = Counter(
        (m.channel.id, m.thread_ts, m.text)
        for m in everything_said(arena)
        if mark(m).startswith(("line:", "final:"))
    )
    return Score(
        kills=kills,
        clicks=len(arena.clicks),
        accepted=len(accepted),
        resumes=sum(resumes.values()),
        resumed=len(resumed),
        told=len(told),
        lost=len(others) - len(told),
        doubled=sum(count - 1 for count in resumes.values() if count > 1),
        unfinished=sum(1 for a in attempts if marks[f"final:{a['id']}"] != 1),
        untruthful=sum(1 for a in attempts if not _true(arena, a, attempts, new_runs)),
        repeated=sum(count - 1 for count in (*marks.values(), *texts.values())),
        audit=0 if await _audit_verifies(arena) else 1,
    )


def _true(
    arena: Arena, attempt: dict[str, Any], attempts: list[dict[str, Any]], runs: dict[str, str]
) -> bool:
    """Whether Harness did what the attempt says: no run at all, or this one with this end."""
    old, state = attempt["execution"]["id"], attempt["state"]
    if state in ENDED_WITHOUT_RUN:
        answered = [a for a in attempts if a["run"] and a["execution"]["id"] == old]
        return list(runs.values()).count(old) <= len(answered)
    run = (attempt["run"] or {}).get("id")
    if runs.get(run) != old:
        return False
    ended = arena.harness.world.runs[run].status
    return bool((state == "succeeded") == (ended == "SUCCESS"))


def _ended_in_words(arena: Arena, click: Click, attempts: list[dict[str, Any]]) -> bool:
    """Whether the thread says that the person's attempt came to nothing."""
    mine = [
        a
        for a in attempts
        if a["execution"]["id"] == click.run.id and a["presser"]["user_id"] == click.person.id
    ]
    said = {mark(m) for m in everything_said(arena)}
    return any(f"final:{a['id']}" in said for a in mine)


async def _audit_verifies(arena: Arena) -> bool:
    run = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "audit",
        "--verify",
        env=arena.environment | {"PYTHONPATH": str(ROOT)},
        cwd=arena.folder,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await run.communicate()
    return run.returncode == 0 and out.startswith(b"intact")
