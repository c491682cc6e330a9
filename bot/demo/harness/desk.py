"""One GraphQL request's desk: who asks, what they may see, and how lists are paged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.demo.harness import texts
from bot.demo.harness.people import READ_USERS, ApiKey
from bot.demo.harness.plan import Application
from bot.demo.harness.runs import Run, WorkflowRun
from bot.demo.harness.texts import Refusal
from bot.demo.harness.world import World

View = dict[str, Any]
T = TypeVar("T")
_PAGE = 100


@dataclass(slots=True)
class Desk:
    """Serve one request of one key.

    `to_refresh` holds the runs whose snapshot this request stores. It is stored only after the
    whole request, because fields of one request must not count on each other (facts 3.6).
    """

    world: World
    key: ApiKey
    pause: float = 0.0
    to_refresh: list[Run] = field(default_factory=list)

    def demand_apps(self) -> None:
        """Refuse a key without any application right."""
        if not self.key.grants:
            raise Refusal(texts.ACCESS_DENIED)

    def demand_users(self) -> None:
        """Refuse a key without the literal right to read users and groups (facts 5.3)."""
        if not self.key.holds(READ_USERS):
            raise Refusal(texts.MAY_NOT_READ_USERS)

    def find(self, execution_id: str) -> Run | WorkflowRun:
        """Find a visible execution; unknown and forbidden are the same (facts 1.4)."""
        self.demand_apps()
        world = self.world
        run = world.runs.get(execution_id) or world.engine.workflow_runs.get(execution_id)
        if run is None or not self.key.sees(run.app.id):
            raise Refusal(texts.UNKNOWN_EXECUTION)
        return run

    def app(self, app_id: str) -> Application:
        """Find a visible application."""
        for app in self.world.applications:
            if app.id == app_id and self.key.sees(app.id):
                return app
        raise Refusal(texts.ACCESS_DENIED)


def page(
    items: Sequence[T],
    view: Callable[[T], View],
    limit: int = _PAGE,
    offset: int | None = None,
) -> View:
    """Cut a list into a connection: at most 100, `hasMore` true when something is left."""
    start = offset or 0
    if limit < 0 or start < 0:
        raise Refusal(texts.NEGATIVE_LIMIT)
    size = min(limit, _PAGE)
    return {
        "nodes": [view(item) for item in items[start : start + size]],
        "pageInfo": {
            "total": len(items),
            "hasMore": start + size < len(items),
            "limit": size,
            "offset": start,
        },
    }


def ms(seconds: float | None) -> int | None:
    """Write a time as Harness does: epoch milliseconds."""
    return None if seconds is None else int(seconds * 1000)
