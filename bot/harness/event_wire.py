"""What an event rule of Harness posts, read into a value (facts 7.3); pure, unknown things ignored.

Nothing in it is trusted but which run to look at; what it says of environments is only heard
(``flows.whole`` says when it counts).
"""

import re
from collections.abc import Mapping
from typing import Any

from bot.core.errors import HarnessTrouble
from bot.core.execution import NEGATIVE, Environment, Environments, ExecutionRef
from bot.harness.firstgen_wire import read_list, read_part, read_status, read_text
from bot.ports.events import Event, Ignored, RunFailed, Tried

_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_MOST_ENVIRONMENTS = 200
_LONGEST = 200


def read_event(body: Any) -> Event | None:
    """Read a payload; ``None``: it is no event at all."""
    whole = read_part(body)
    event_id, kind = _kept(read_text(whole.get("id"))), read_text(whole.get("eventType"))
    data = whole.get("data")
    if not event_id.strip() or len(event_id) > _LONGEST or not kind:
        return None
    if kind == "TEST":
        return Tried(event_id)
    if not isinstance(data, Mapping):
        return None
    if kind not in {"pipeline_end", "workflow_end"}:
        return Ignored(event_id, "it tells of no end")
    return _end(event_id, kind, data)


def _end(event_id: str, kind: str, data: Mapping[str, Any]) -> RunFailed | Ignored:
    if not _ended_badly(data.get("status")):
        return Ignored(event_id, "it tells of no bad end")
    run = read_text(read_part(data, "pipelineExecution").get("id"))
    if kind == "pipeline_end":
        run = run or read_text(data.get("executionId"))
    if not _ID.fullmatch(run):
        return Ignored(event_id, "it names no run of a pipeline")
    scope = read_text(read_part(data, "application").get("id"))
    whole = kind == "pipeline_end" and isinstance(data.get("environments"), list)
    return RunFailed(
        id=event_id,
        run=ExecutionRef(run, scope if _ID.fullmatch(scope) else ""),
        environments=_environments(data) if whole else Environments(),
    )


def _kept(text: str) -> str:
    """Give *text* as a database takes it: JSON may smuggle in halves of characters."""
    return text.encode(errors="replace").decode().replace("\x00", "?")


def _ended_badly(word: Any) -> bool:
    try:
        return isinstance(word, str) and read_status(word) in NEGATIVE
    except HarnessTrouble:
        return True  # a word that is not known yet: the look at the run decides


def _environments(data: Mapping[str, Any]) -> Environments:
    """All environments of the run, by their ids (facts 7.3); an odd or empty list is not whole."""
    ids = [read_text(read_part(node).get("id")) for node in read_list(data, "environments")]
    whole = 0 < len(ids) <= _MOST_ENVIRONMENTS and all(_ID.fullmatch(i) for i in ids)
    known = tuple(Environment(i) for i in dict.fromkeys(ids) if _ID.fullmatch(i))
    return Environments(known[:_MOST_ENVIRONMENTS], complete=whole)
