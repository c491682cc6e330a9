"""Which user groups would grant a right, and who is in them: a hint for a refusal, no more.

One background request, so that it takes no place in the budget that a person could need. The first
hundred groups are looked at; a page that a corrupt group spoils gives no hint. A group whose ALL is
not confirmed (ruling 21) is named after those that are sure: REST is not asked for a hint.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.core.errors import HarnessTrouble, Trouble
from bot.core.permission import Target, could
from bot.core.rights import HarnessUser
from bot.harness import documents
from bot.harness.answers import Answer
from bot.harness.complaints import judge
from bot.harness.firstgen_wire import Json, read_list, read_part, read_text
from bot.harness.reader import Reader
from bot.harness.rights_wire import read_group, read_user
from bot.ports import Granting


async def granting(reader: Reader, target: Target) -> Sequence[Granting]:
    """List the groups each of which alone would grant *target*, the surest first."""
    nodes = await reader.ask(documents.who_could(), _read, until=None)
    groups = [(read_group(node), node) for node in nodes]
    sure = [(g, node) for g, node in groups if could(g, target)]
    perhaps = [(g, node) for g, node in groups if could(g, target, trusting=True)]
    ordered = sure + [one for one in perhaps if one not in sure]
    return tuple(Granting(g.name or g.id, tuple(_active(node))) for g, node in ordered)


def _read(answer: Answer) -> list[Json]:
    found = answer.under("userGroups")
    if found:
        raise judge(found)
    nodes = read_part(answer.data, "userGroups").get("nodes")
    if not isinstance(nodes, list):
        raise HarnessTrouble(Trouble.STRANGE, "the user groups could not be read")
    return [read_part(node) for node in nodes]


def _active(group: Json) -> Iterator[str]:
    """Give the e-mails of members who could use the right now."""
    for node in read_list(group, "users", "nodes"):
        user = _user(node)
        if user and user.email and user.email_verified and not (user.disabled or user.locked):
            yield user.email


def _user(node: Any) -> HarnessUser | None:
    found = read_part(node)
    return read_user(found, (), complete=True) if read_text(found.get("id")) else None
