"""Harness FirstGen behind the port ``Deployments``.

Each method is a story of its own file; this one puts them together over one open session, one
budget for GraphQL and one window for REST.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from bot.core.errors import HarnessTrouble, Trouble
from bot.core.execution import Environments, Execution, ExecutionRef, WorkflowRun
from bot.core.permission import Target
from bot.core.stages import StageGroup
from bot.harness import alert_links, documents, links
from bot.harness.answers import Answer
from bot.harness.budget import Budget, MemoryWindow, Window
from bot.harness.environments import environments_of
from bot.harness.event_rules import SECONDS, EventRules
from bot.harness.examine import Examination
from bot.harness.granting import granting
from bot.harness.many import Glanced, Many
from bot.harness.poll import Polls
from bot.harness.reader import Reader
from bot.harness.rest import REQUESTS_PER_MINUTE as REST_REQUESTS_PER_MINUTE
from bot.harness.rest import Rest
from bot.harness.resume import Resumes
from bot.harness.rights import Rights
from bot.harness.successors import Successors
from bot.harness.superseded import Superseded
from bot.harness.sweep import Sweep, Wanted
from bot.harness.transport import Address, open_wire
from bot.ports import (
    ClickReading,
    Clock,
    Examined,
    Granting,
    Located,
    NoView,
    ResumeAnswer,
    Successor,
    Unanswered,
    Unreadable,
)
from bot.ports.pulse import Pulse

_GREETING = 15.0


class FirstGen:
    """The port's methods; see there for what each promises."""

    def __init__(self, account: str, reader: Reader, rest: Rest, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._reader = reader
        self._rest = rest
        self._successors = Successors(reader, rest)
        self._superseded = Superseded(reader, rest)
        self._examination = Examination(reader, rest, self._successors)
        self._rights = Rights(reader, rest)
        self._polls = Polls(reader)
        self._resumes = Resumes(reader, clock)
        self._many = Many(reader)
        self._sweep = Sweep(reader)

    def locate(self, text: str) -> Located:
        return links.locate(text, self._account)

    def locate_alert(self, text: str) -> Located:
        return alert_links.locate(text, self._account)

    async def glance(self, refs: Sequence[ExecutionRef]) -> Mapping[str, Glanced]:
        return await self._many.glance(refs)

    async def read_ended(
        self, runs: Sequence[Execution]
    ) -> Mapping[str, Examined | WorkflowRun | Unreadable]:
        return await self._many.read(runs)

    async def described(self, environments: Environments) -> Environments:
        return await self._many.described(environments)

    async def ended_badly(
        self, since: int, *, wanted: Wanted, named: bool, most: int
    ) -> Sequence[ExecutionRef]:
        return await self._sweep.ended_badly(since, wanted=wanted, named=named, most=most)

    async def examine(self, ref: ExecutionRef, *, until: float | None) -> Examined | WorkflowRun:
        return await self._examination.examine(ref, until=until)

    async def read_for_click(
        self, ref: ExecutionRef, email: str, *, until: float, with_environments: bool = False
    ) -> ClickReading:
        scope = ref.scope if with_environments else ""
        return await self._rights.read_for_click(ref, email, until=until, application=scope)

    async def environments_in(
        self, ref: ExecutionRef, *, until: float | None
    ) -> Environments | NoView | Unanswered:
        return await self._rest.environments(ref, until=until)

    async def who_could(self, target: Target) -> Sequence[Granting]:
        return await granting(self._reader, target)

    async def environments_of(self, scope: str, *, until: float) -> Environments:
        return await environments_of(self._reader, scope, until=until)

    async def resume(self, ref: ExecutionRef, group: StageGroup, *, until: float) -> ResumeAnswer:
        return await self._resumes.resume(ref, group, until=until)

    async def poll(self, refs: Sequence[ExecutionRef]) -> Mapping[str, Execution | Unreadable]:
        return await self._polls.poll(refs)

    async def successors(
        self, old: Execution, root: str, since: int, known: frozenset[str]
    ) -> Sequence[Successor]:
        return await self._successors.since(old, root, since, known)

    async def superseded(self, olds: Sequence[Execution]) -> Mapping[str, Successor]:
        return await self._superseded.among(olds)

    async def make_event_rule(self, application: str, url: str, token: str) -> str:
        """Make the rule that posts an application's failures to *url*; give its id.

        For ``doctor``, not a story's. Raises ``HarnessTrouble``.
        """
        until = self._clock.monotonic() + SECONDS
        return await EventRules(self._reader, until).make(application, url, token)

    async def hello(self) -> None:
        until = self._clock.monotonic() + _GREETING
        await self._reader.ask(documents.hello(), _greeted, until=until)


def _greeted(answer: Answer) -> None:
    """Any GraphQL answer shows that address and key work, unless it is about the key itself."""
    for complaint in answer.complaints:
        if complaint.trouble in {Trouble.BAD_KEY, Trouble.RATE_LIMITED, Trouble.FEATURE_OFF}:
            raise HarnessTrouble(complaint.trouble, complaint.text)


@asynccontextmanager
async def open_firstgen(
    address: Address,
    *,
    clock: Clock,
    window: Window,
    requests_per_minute: int,
    pulse: Pulse | None = None,
) -> AsyncIterator[FirstGen]:
    """Open the one session to Harness; *window* counts requests, for all replicas if shared."""
    both = MemoryWindow(clock, window)
    graphql = Budget(both, clock, name="graphql", limit=requests_per_minute)
    rest_budget = Budget(both, clock, name="rest", limit=REST_REQUESTS_PER_MINUTE)
    async with open_wire(address) as wire:
        reader = Reader(wire, graphql, clock, pulse)
        rest = Rest(wire, rest_budget, clock)
        try:
            yield FirstGen(address.account, reader, rest, clock)
        finally:
            await rest.close()
