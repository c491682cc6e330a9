"""The environments of an application, for runs that do not show their own (ruling 22)."""

from dataclasses import dataclass

from bot.core.errors import HarnessTrouble, Trouble
from bot.core.execution import Environment, Environments
from bot.harness import documents
from bot.harness.answers import Answer
from bot.harness.complaints import judge
from bot.harness.firstgen_wire import read_environments, read_part
from bot.harness.reader import Reader

_MOST = 2000


async def environments_of(reader: Reader, scope: str, *, until: float) -> Environments:
    """List them all, a page of a hundred at a time."""
    found: tuple[Environment, ...] = ()
    while len(found) < _MOST:
        page = await reader.ask(
            documents.environments(scope, len(found)), read_environment_page, until=until
        )
        found += page.found
        if not page.more or not page.found:
            return Environments(found, complete=page.more is False)
    return Environments(found)


@dataclass(frozen=True, slots=True)
class EnvironmentPage:
    """One page of environments; *more* is ``None`` when it cannot be told that these are whole."""

    found: tuple[Environment, ...]
    more: bool | None


def read_environment_page(answer: Answer) -> EnvironmentPage:
    """Read the page under ``application``; raises ``HarnessTrouble`` for anything less."""
    if found := answer.under("application"):
        raise judge(found)
    page = read_part(answer.data, "application", "environments")
    nodes = page.get("nodes")
    if not isinstance(nodes, list):
        raise HarnessTrouble(Trouble.FORBIDDEN, "the key may not read the application")
    environments = read_environments(nodes)
    more = read_part(page, "pageInfo").get("hasMore")
    whole = isinstance(more, bool) and len(environments) == len(nodes)
    return EnvironmentPage(environments, more if whole else None)


def read_beside(answer: Answer) -> Environments | None:
    """Read the page that a click brought along, complete or not; ``None`` when it is not there."""
    try:
        page = read_environment_page(answer)
    except HarnessTrouble:
        return None
    return Environments(page.found, complete=page.more is False)
