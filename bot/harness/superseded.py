"""Which of many runs were resumed since, for cards that nobody has pressed (ruling 17).

One request lists the later runs of all their pipelines. A later run whose reused rows are an old
run's continues it (facts 4.4); where rows prove nothing, as for a resume from the first stage, the
REST view of the old run says whether it is still the latest of its chain.
"""

from collections.abc import Mapping, Sequence

from bot.core.execution import Execution, ExecutionRef
from bot.core.lineage import Successor
from bot.harness import documents
from bot.harness.answers import Answer
from bot.harness.firstgen_wire import Json, read_part, read_text, read_time
from bot.harness.reader import Reader
from bot.harness.rest import Rest
from bot.harness.successors import read_nodes, read_successor, reuses


class Superseded:
    """Looks at open cards' runs together."""

    def __init__(self, reader: Reader, rest: Rest) -> None:
        self._reader = reader
        self._rest = rest

    async def among(self, olds: Sequence[Execution]) -> Mapping[str, Successor]:
        """Tell which of *olds* have a proven successor, by the ids of the old runs."""
        asked = [old for old in olds if old.pipeline_id and old.ref.scope and old.created_at]
        if not asked:
            return {}
        later = await self._later(asked)
        found: dict[str, Successor] = {}
        for old in asked:
            nodes = [node for node in later if _after(node, old)]
            node = next((node for node in nodes if reuses(node, old)), None)
            if node is None and nodes:
                node = await self._by_chain(old, nodes)
            if node is not None:
                found[old.ref.id] = read_successor(node, old, proven=True)
        return found

    async def _later(self, olds: Sequence[Execution]) -> list[Json]:
        """List the runs that came after the oldest of *olds* in each application."""
        pipelines: dict[str, set[str]] = {}
        since: dict[str, int] = {}
        for old in olds:
            scope, created = old.ref.scope, old.created_at or 0
            pipelines.setdefault(scope, set()).add(old.pipeline_id)
            since[scope] = min(since.get(scope, created), created)
        question = documents.later(
            [(scope, sorted(ids), since[scope]) for scope, ids in pipelines.items()]
        )

        def read(answer: Answer) -> list[Json]:
            parts = range(len(pipelines))
            return [node for part in parts for node in read_nodes(answer, f"l{part}")]

        return await self._reader.ask(question, read, until=None)

    async def _by_chain(self, old: Execution, nodes: list[Json]) -> Json | None:
        """Ask the REST view of *old*; the newest run of its chain is the one to link to."""
        raw = await self._rest.execution(old.ref, until=None)
        if raw is None or not raw.superseded:
            return None
        for node in nodes:
            ref = ExecutionRef(read_text(node.get("id")), old.ref.scope)
            other = await self._rest.execution(ref, until=None)
            if other is not None and other.root == raw.root and other.latest:
                return node
        return None


def _after(node: Json, old: Execution) -> bool:
    made = read_time(node.get("createdAt")) or 0
    same = read_text(read_part(node, "pipeline").get("id")) == old.pipeline_id
    return same and made > (old.created_at or 0) and read_text(node.get("id")) != old.ref.id
