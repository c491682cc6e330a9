"""Reading a run and a person's rights for a click: one request, and closed on any doubt.

The usual click is one GraphQL request. More are made only when a person is in over a hundred user
groups, or when one corrupt group spoils the whole page (facts 5.4), or when a grant claims all
applications without proof and the REST view is asked to confirm it (ruling 21).
"""

import asyncio
from dataclasses import dataclass, replace

from bot.core.errors import HarnessTrouble, Trouble
from bot.core.execution import Environments, Execution, ExecutionRef
from bot.core.rights import HarnessUser, UserGroup
from bot.harness import documents
from bot.harness.answers import Answer, execution_under
from bot.harness.complaints import judge
from bot.harness.environments import read_beside
from bot.harness.firstgen_wire import Json, is_workflow, read_execution, read_part
from bot.harness.reader import Reader
from bot.harness.rest import Rest
from bot.harness.rights_wire import confirm, doubtful, read_page, read_user
from bot.ports import ClickReading

_PAGE = 100
_MOST_GROUPS = 2000
_MOST_CONFIRMED = 10

_NO_USER = "User does not exist"


@dataclass(frozen=True, slots=True)
class _Page:
    """One page of groups, and whether there are more."""

    groups: tuple[UserGroup, ...]
    more: bool | None


class _Corrupt:
    """A page that one group of it spoils."""


@dataclass(frozen=True, slots=True)
class _Reading:
    execution: Execution
    user: Json | None
    page: _Page | _Corrupt
    environments: Environments | None


class Rights:
    """Reads what a click decides on."""

    def __init__(self, reader: Reader, rest: Rest) -> None:
        self._reader = reader
        self._rest = rest

    async def read_for_click(
        self, ref: ExecutionRef, email: str, *, until: float, application: str = ""
    ) -> ClickReading:
        """Read the run and the rights of the user of *email*; any doubt is ``HarnessTrouble``.

        With an *application* its environments come along in the same request.
        """
        reading = await self._reader.ask(
            documents.click(ref.id, email, application),
            lambda answer: _read_click(answer, ref),
            until=until,
        )
        around = reading.environments
        if reading.user is None:
            return ClickReading(reading.execution, None, around)
        groups, complete = await self._all_groups(reading.page, email, until)
        user = read_user(reading.user, groups, complete=complete)
        confirmed = await self.confirm_groups(user, until=until)
        return ClickReading(reading.execution, confirmed, around)

    async def confirm_groups(self, user: HarnessUser, *, until: float) -> HarnessUser:
        """Compare grants for all applications with the stored groups, all at once (ruling 21)."""
        asked = [group for group in user.groups if doubtful(group)][:_MOST_CONFIRMED]
        raws = await asyncio.gather(*(self._rest.user_group(g.id, until=until) for g in asked))
        sure = {
            id(group): confirm(group, raw)
            for group, raw in zip(asked, raws, strict=True)
            if raw is not None
        }
        return replace(user, groups=tuple(sure.get(id(group), group) for group in user.groups))

    async def _all_groups(
        self, page: _Page | _Corrupt, email: str, until: float
    ) -> tuple[tuple[UserGroup, ...], bool]:
        """Page on to the last group; say also whether these are all."""
        groups: tuple[UserGroup, ...] = ()
        while len(groups) < _MOST_GROUPS:
            if isinstance(page, _Corrupt):
                return groups + await self._one_by_one(email, len(groups), until), True
            groups += page.groups
            if not page.groups or not (page.more or len(page.groups) == _PAGE):
                return groups, page.more is False
            page = await self._reader.ask(
                documents.group_page(email, len(groups)),
                lambda answer: _read_groups(answer, "userByEmail"),
                until=until,
            )
        return groups, False

    async def _one_by_one(self, email: str, offset: int, until: float) -> tuple[UserGroup, ...]:
        """Read pages of a single group each, so that a corrupt one is the only one missing."""
        groups: list[UserGroup] = []
        while len(groups) < _MOST_GROUPS:
            pages = await self._reader.ask(
                documents.single_groups(email, offset + len(groups)), _read_singles, until=until
            )
            for page in pages:
                if isinstance(page, _Corrupt):
                    groups.append(UserGroup(id="", name="", readable=False))
                elif page.groups:
                    groups.extend(page.groups)
                else:
                    return tuple(groups)
        raise HarnessTrouble(Trouble.STRANGE, "the user groups have no end")


def _read_click(answer: Answer, ref: ExecutionRef) -> _Reading:
    node = execution_under(answer, "execution")
    if is_workflow(node):
        raise HarnessTrouble(Trouble.STRANGE, "a workflow's execution in place of a pipeline's")
    execution = read_execution(node, ref)
    user = answer.data.get("userByEmail")
    found = answer.under("userByEmail")
    if user is None and found and all(_NO_USER in c.text for c in found):
        return _Reading(execution, None, _Corrupt(), read_beside(answer))
    page = _read_groups(answer, "userByEmail")
    return _Reading(execution, read_part(user), page, read_beside(answer))


def _read_groups(answer: Answer, name: str) -> _Page | _Corrupt:
    """Read the page under *name*; complaints about anything but a corrupt page are trouble."""
    found = answer.under(name)
    user = answer.data.get(name)
    if found:
        inside = all(c.path[:2] == (name, "userGroups") for c in found)
        if user is not None and inside and all(c.trouble is Trouble.SERVER for c in found):
            return _Corrupt()
        raise judge(found)
    return _Page(*read_page(read_part(user).get("userGroups")))


def _read_singles(answer: Answer) -> tuple[_Page | _Corrupt, ...]:
    pages = tuple(_read_groups(answer, f"g{n}") for n in range(documents.GROUPS_AT_ONCE))
    if all(isinstance(page, _Corrupt) for page in pages):
        raise HarnessTrouble(Trouble.SERVER, "no user group could be read")
    return pages
