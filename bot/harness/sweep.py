"""Finding the runs that ended badly since a moment: one small request, whatever told of them.

The filter names the raw words of the database (facts 2.1), and the time is that of the end, so a
run that took days is found when it fails. Harness shows at most a hundred at a time, newest first.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.core.errors import HarnessTrouble, Trouble
from bot.core.execution import ExecutionRef
from bot.harness.answers import Answer
from bot.harness.complaints import judge
from bot.harness.documents import MOST_AT_ONCE, Question
from bot.harness.firstgen_wire import Json, read_list, read_part, read_text, read_time
from bot.harness.reader import Reader

BAD = ("FAILED", "ERROR", "ABORTED", "REJECTED", "EXPIRED")
_SMALL = 25
"""Runs in the first request; the next ones are asked for in hundreds."""

_ENDED_BADLY = """query EndedBadly($filters: [ExecutionFilter], $limit: Int!, $offset: Int!) {
  executions(limit: $limit, offset: $offset, filters: $filters) {
    pageInfo { hasMore }
    nodes { __typename id endedAt application { id name } }
  }
}"""

_APPLICATIONS = """query Applications($offset: Int!) {
  applications(limit: 100, offset: $offset) { pageInfo { hasMore } nodes { id name } }
}"""

Wanted = Callable[[str, str], bool]
"""Whether an application is concerned, by its name and its id."""


class Sweep:
    """Asks for bad ends; remembers which applications to name in the question."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._applications: tuple[str, ...] = ()

    async def ended_badly(
        self, since: int, *, wanted: Wanted, named: bool, most: int
    ) -> tuple[ExecutionRef, ...]:
        """List the runs that ended badly after *since* (epoch ms), oldest end first.

        With *named* the question names the applications that are *wanted*, so that Harness sends
        nothing else; it does so too where Harness demands it (facts 2.1). Of more than *most* the
        newest are given.
        """
        if named and not self._applications:
            self._applications = await self._wanted(wanted)
            if not self._applications:
                return ()
        try:
            found = await self._pages(since, most)
        except HarnessTrouble as trouble:
            if "Application Id filter" not in trouble.detail or self._applications:
                raise
            self._applications = await self._wanted(wanted)
            found = await self._pages(since, most)
        fitting = [node for node in found if _fits(node, wanted)]
        fitting.sort(key=lambda node: read_time(node.get("endedAt")) or 0)
        return tuple(_ref(node) for node in fitting)[-most:]

    async def _pages(self, since: int, most: int) -> list[Json]:
        found: list[Json] = []
        limit = _SMALL
        while len(found) < most:
            question = _ended_badly(since, self._applications, limit, len(found))
            page, more = await self._reader.ask(question, _page, until=None)
            found += page
            if not more or not page:
                break
            limit = MOST_AT_ONCE
        return found

    async def _wanted(self, wanted: Wanted) -> tuple[str, ...]:
        """Find the ids of the applications that are concerned, once; forgotten at a restart."""
        ids: list[str] = []
        offset = 0
        while True:
            question = Question("applications", _APPLICATIONS, {"offset": offset})
            page, more = await self._reader.ask(question, _applications, until=None)
            ids += [i for i, name in page if wanted(name, i)]
            offset += len(page)
            if not more or not page:
                return tuple(ids)


def _ended_badly(since: int, applications: tuple[str, ...], limit: int, offset: int) -> Question:
    filters: list[dict[str, Any]] = [
        {"status": {"operator": "IN", "values": list(BAD)}},
        {"endTime": {"operator": "AFTER", "value": max(0, since)}},
    ]
    if len(applications) == 1:
        filters.append({"applicationId": applications[0]})
    elif applications:
        filters.append({"application": {"operator": "IN", "values": list(applications)}})
    variables = {"filters": filters, "limit": limit, "offset": offset}
    return Question("sweep", _ENDED_BADLY, variables)


def _page(answer: Answer) -> tuple[list[Json], bool]:
    page = read_part(answer.data, "executions")
    nodes = page.get("nodes")
    if not isinstance(nodes, list):
        if answer.complaints:
            raise judge(answer.complaints)
        raise HarnessTrouble(Trouble.STRANGE, "no list of executions")
    found = [node for node in nodes if isinstance(node, Mapping)]
    return found, bool(read_part(page, "pageInfo").get("hasMore"))


def _applications(answer: Answer) -> tuple[list[tuple[str, str]], bool]:
    if answer.data.get("applications") is None and answer.complaints:
        raise judge(answer.complaints)
    nodes = read_list(answer.data, "applications", "nodes")
    found = [
        (read_text(read_part(n).get("id")), read_text(read_part(n).get("name"))) for n in nodes
    ]
    more = bool(read_part(answer.data, "applications", "pageInfo").get("hasMore"))
    return found, more


def _fits(node: Json, wanted: Wanted) -> bool:
    application = read_part(node, "application")
    pipelines = node.get("__typename") != "WorkflowExecution"
    name, identity = read_text(application.get("name")), read_text(application.get("id"))
    return pipelines and bool(read_text(node.get("id"))) and wanted(name, identity)


def _ref(node: Json) -> ExecutionRef:
    return ExecutionRef(
        read_text(node.get("id")), read_text(read_part(node, "application").get("id"))
    )
