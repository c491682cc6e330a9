"""Two REST views that know more than GraphQL, used where they answer and done without elsewhere.

``GET /api/executions/{id}`` refreshes a run's stages and knows its environments and its chain of
resumes; ``GET /api/userGroups/{id}`` shows a group as it is stored (facts 2.3, 5.2, 5.4). Both are
undocumented, so nothing here is ever trouble for the caller: anything odd is ``None``, and an
address that is not there is not asked again for some minutes. They have a window of their own.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import structlog

from bot.core.errors import HarnessTrouble, Trouble
from bot.core.execution import Environment, Environments, ExecutionRef
from bot.harness.budget import Budget
from bot.harness.firstgen_wire import Json, read_environments, read_text, read_time
from bot.harness.together import Together
from bot.harness.transport import Wire
from bot.ports import Clock, NoView, Unanswered

REQUESTS_PER_MINUTE = 40
_FOR_RIGHTS = 10
"""Places of a minute that reading runs leaves to permission checks: a run can be read without REST,
but a grant that REST does not confirm does not count (ruling 21), and a press would be refused."""

_PERSON_TRY = 2.5
_BACKGROUND_TRY = 15.0
_ABSENT_FOR = 300.0
_SLOW_FOR = 30.0
_OK, _TOO_MANY, _SERVER_ERROR = 200, 429, 500


@dataclass(frozen=True, slots=True)
class RawExecution:
    """What only the REST view of an execution knows."""

    application: str
    environments: Environments
    root: str
    """The first run of its chain; empty when it was never resumed."""
    latest: bool | None
    """Whether it is the latest of its chain; ``None`` when it does not say."""
    ended_at: int | None

    @property
    def superseded(self) -> bool:
        """Whether a later run of its chain exists; a run without a chain is its own latest."""
        return bool(self.root) and self.latest is False


def read_raw(node: Json, execution: str) -> RawExecution | None:
    """Read the REST view; one of another run is none."""
    if read_text(node.get("uuid")) not in {execution, ""}:
        return None
    latest = node.get("latestPipelineResume")
    return RawExecution(
        application=read_text(node.get("appId")),
        environments=_environments(node),
        root=read_text(node.get("pipelineResumeId")),
        latest=latest if isinstance(latest, bool) else None,
        ended_at=read_time(node.get("endTs")),
    )


def _environments(node: Json) -> Environments:
    """Join the environments with the bare ids; complete only if Harness gave a list at all."""
    listed, ids = node.get("environments"), node.get("envIds")
    described = read_environments(listed if isinstance(listed, list) else [])
    seen = {environment.id for environment in described}
    named = [i for i in ids if isinstance(i, str) and i] if isinstance(ids, list) else []
    bare = tuple(Environment(i) for i in dict.fromkeys(named) if i not in seen)
    complete = isinstance(ids, list) or isinstance(listed, list)
    return Environments(described + bare, complete=complete)


class Rest:
    """Asks the two views."""

    def __init__(self, wire: Wire, budget: Budget, clock: Clock) -> None:
        self._wire = wire
        self._budget = budget
        self._clock = clock
        self._log = structlog.get_logger("bot.harness")
        self._absent: dict[str, float] = {}
        """Until when a view is not asked."""
        self._not_there: dict[str, float] = {}
        """Until when, because it does not exist; else it is slow or limited."""
        self._groups: Together[Json | None] = Together()

    async def execution(self, ref: ExecutionRef, *, until: float | None) -> RawExecution | None:
        """Read a run, which makes Harness refresh its stages; ``None``: do without."""
        query = {"appId": ref.scope} if ref.scope else {}
        node = await self._resource("executions", ref.id, query, until=until, leave=_FOR_RIGHTS)
        return None if node is None else read_raw(node, ref.id)

    async def environments(
        self, ref: ExecutionRef, *, until: float | None
    ) -> Environments | NoView | Unanswered:
        """List all environments of a run; in the background only where a place is free at once."""
        query = {"appId": ref.scope} if ref.scope else {}
        wait, leave = (_PERSON_TRY, 0) if until is not None else (0.0, _FOR_RIGHTS)
        node = await self._resource(
            "executions", ref.id, query, until=until, leave=leave, wait=wait
        )
        raw = None if node is None else read_raw(node, ref.id)
        if raw is not None and raw.environments.complete:
            return raw.environments
        missing = self._not_there.get("executions", 0.0) > self._clock.monotonic()
        return NoView() if missing else Unanswered()

    async def user_group(self, group: str, *, until: float | None) -> Json | None:
        """Read a user group as it is stored; ``None``: do without. A crowd reads it together."""
        node = await self._groups.ask(
            group, lambda: self._resource("userGroups", group, {}, until=until)
        )
        return node if node is not None and node.get("uuid", group) == group else None

    async def close(self) -> None:
        """End what nobody waits for any more."""
        await self._groups.close()

    async def _resource(
        self,
        view: str,
        identity: str,
        query: dict[str, str],
        *,
        until: float | None,
        leave: int = 0,
        wait: float = _PERSON_TRY,
    ) -> Json | None:
        if not identity or self._absent.get(view, 0.0) > self._clock.monotonic():
            return None
        begun = self._clock.monotonic()
        seconds = _BACKGROUND_TRY if until is None else min(until - begun, _PERSON_TRY)
        try:
            # Nobody waits long for a place, not even the background: all can do without.
            await self._budget.take(begun + min(seconds, wait), leave=leave)
            status, body = await self._wire.get(
                f"/api/{view}/{quote(identity, safe='')}", query, seconds=max(seconds, 0.0)
            )
        except HarnessTrouble as trouble:
            if trouble.kind is Trouble.TIMEOUT:
                self._absent[view] = self._clock.monotonic() + _SLOW_FOR
            self._note(view, until, begun, trouble=str(trouble.kind))
            return None
        self._note(view, until, begun, status=status)
        envelope = _envelope(body)
        if pause := _pause(status, envelope):
            self._absent[view] = self._clock.monotonic() + pause
        if pause == _ABSENT_FOR:
            self._not_there[view] = self._absent[view]
        resource = envelope.get("resource") if envelope else None
        return resource if status == _OK and isinstance(resource, Mapping) else None

    def _note(self, view: str, until: float | None, begun: float, **came: object) -> None:
        self._log.info(
            "harness rest answered",
            what=view,
            priority="background" if until is None else "person",
            ms=round((self._clock.monotonic() - begun) * 1000),
            **came,
        )


def _pause(status: int, envelope: dict[str, Any] | None) -> float:
    """Say for how long not to ask again: a run or group that is not there is no reason to stop."""
    if status == _TOO_MANY or status >= _SERVER_ERROR:
        return _SLOW_FOR
    refused = status in {401, 405} or 300 <= status < 400  # noqa: PLR2004
    own_words = envelope is not None and ("responseMessages" in envelope or status == _OK)
    return _ABSENT_FOR if refused or not own_words else 0.0


def _envelope(body: bytes) -> dict[str, Any] | None:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None
