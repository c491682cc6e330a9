"""The organisation's own rules, which can only narrow what Harness allows.

Every rule here is one more condition: ``permission.decide`` comes first, and a policy that says
nothing lets everything pass that Harness allows. There is no rule that turns a check off. How the
file is written is told in ``policy_file``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.attempt import Presser
from bot.core.execution import Environments, Execution
from bot.core.stages import StageGroup

WEEK = 7 * 24 * 60
"""Minutes of a week, counted from Monday 00:00."""


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of the week as it was written, and the minutes of the week that it means."""

    text: str
    spans: tuple[tuple[int, int], ...]
    """From a minute up to, not including, another."""

    def hold(self, minute: int) -> bool:
        """Whether *minute* of the week lies in it."""
        return any(begin <= minute < end for begin, end in self.spans)


@dataclass(frozen=True, slots=True)
class Limits:
    """Conditions on a resume; ``None`` is no condition, and a list is everything allowed.

    Applications, pipelines and stages are names or ids, ``*`` standing for any letters; channels
    are Slack's ids.
    """

    applications: tuple[str, ...] | None = None
    pipelines: tuple[str, ...] | None = None
    stages: tuple[str, ...] | None = None
    channels: tuple[str, ...] | None = None
    hours: tuple[Hours, ...] | None = None
    reason: bool = False
    """A reason must be typed."""
    second_person: bool = False
    """Somebody else must agree."""


@dataclass(frozen=True, slots=True)
class Where:
    """Which failed runs an alert rule is about; ``None`` is all."""

    applications: tuple[str, ...] | None = None
    pipelines: tuple[str, ...] | None = None
    environments: tuple[str, ...] | None = None
    production: bool = False
    """Only runs that use, or may use, production."""

    def fits(self, execution: Execution, environments: Environments) -> bool:
        """Whether *execution* is one of them; an environment that is hidden has no name."""
        names = [name for e in environments.known for name in (e.name, e.id)]
        return (
            _listed(self.applications, (execution.application, execution.ref.scope))
            and _listed(self.pipelines, (execution.pipeline, execution.pipeline_id))
            and _listed(self.environments, names)
            and (not self.production or may_be_production(environments))
        )


@dataclass(frozen=True, slots=True)
class Route:
    """Failures that arrive by event or by sweep, and the channel that they belong to."""

    where: Where
    channel: str


@dataclass(frozen=True, slots=True)
class Alerts:
    """What is said of failures by itself."""

    production: bool = False
    """Only of runs that use, or may use, production."""
    quiet: tuple[Hours, ...] = ()
    """When failures from events and sweeps are kept, to be told together afterwards."""
    good_ends: bool = False
    """Whether an alert's thread gets a line when the run ended well after all."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy file; the default is a file that says nothing."""

    timezone: str = "UTC"
    """The IANA name of the zone in which hours are meant."""
    people: Mapping[str, str] = field(default_factory=dict)
    """Slack user id → Harness e-mail, for those whose addresses differ."""
    key_groups: tuple[str, ...] = ()
    """The user groups of the bot's own key, for ``doctor`` (ruling 27)."""
    only: Limits = Limits()
    """For every resume."""
    production: Limits = Limits()
    """In addition, for a run that uses, or may use, production."""
    second_person_minutes: int = 30
    """How long the second person's yes lives."""
    alerts: Alerts = Alerts()
    routes: tuple[Route, ...] = ()
    mutes: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class Second:
    """The second person's yes, bound to one run and one stage group. *at* is epoch ms."""

    by: Presser
    execution: str
    key: int
    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants to resume, where and when."""

    execution: Execution
    group: StageGroup
    environments: Environments
    channel: str
    presser: Presser
    minute: int
    """The minute of the week, from Monday 00:00, in the policy's time zone."""
    now: int
    """Epoch milliseconds."""
    reason: str = ""
    second: Second | None = None


class Edge(StrEnum):
    """Which condition was not met. The last two can be met: by typing, by asking somebody."""

    APPLICATION = "application"
    PIPELINE = "pipeline"
    STAGE = "stage"
    CHANNEL = "channel"
    HOURS = "hours"
    REASON = "reason"
    SECOND_PERSON = "second person"


@dataclass(frozen=True, slots=True)
class Within:
    """The policy has nothing against it."""


@dataclass(frozen=True, slots=True)
class Outside:
    """The policy is against it: *why*, and what it would allow instead, as it was written."""

    why: Edge
    allowed: tuple[str, ...] = ()


def narrow(policy: Policy, request: Request) -> Within | Outside:
    """Say whether *request* meets every condition; else the first that it does not meet.

    What cannot be changed by the person comes first; a reason and a second person come last.
    """
    limits = [policy.only]
    if may_be_production(request.environments):
        limits.append(policy.production)
    edges = [edge for limit in limits for edge in _edges(limit, request, policy)]
    if not edges:
        return Within()
    order = list(Edge)
    return min(edges, key=lambda edge: order.index(edge.why))


def route(policy: Policy, execution: Execution, environments: Environments) -> str:
    """Give the channel of the first route that fits a failed run; empty when none does."""
    fitting = (r.channel for r in policy.routes if r.where.fits(execution, environments))
    return next(fitting, "")


def muted(policy: Policy, execution: Execution, environments: Environments) -> bool:
    """Whether a failed run is muted: nothing is said of it unless somebody asks."""
    return any(where.fits(execution, environments) for where in policy.mutes)


def offered(policy: Policy, run: Execution) -> bool:
    """Whether anybody at all may resume a run, as far as its names decide."""
    return concerns(policy, run.application, run.ref.scope) and _listed(
        policy.only.pipelines, (run.pipeline, run.pipeline_id)
    )


def concerns(policy: Policy, *names: str) -> bool:
    """Whether the bot resumes anything of an application at all, by its name and its id."""
    return _listed(policy.only.applications, names)


def quiet_until(policy: Policy, minute: int) -> int:
    """Say for how many minutes from *minute* of the week on it stays quiet; 0: it is not."""
    for ahead in range(WEEK + 1):
        if not any(hours.hold((minute + ahead) % WEEK) for hours in policy.alerts.quiet):
            return ahead
    return 0  # quiet all week long would mean never


def may_be_production(environments: Environments) -> bool:
    """Whether a run uses production, or may: where that is not known, the stricter holds."""
    return not environments.complete or bool(environments.production())


def _edges(limits: Limits, request: Request, policy: Policy) -> Iterator[Outside]:
    run = request.execution
    named = (
        (Edge.APPLICATION, limits.applications, (run.application, run.ref.scope)),
        (Edge.PIPELINE, limits.pipelines, (run.pipeline, run.pipeline_id)),
        (Edge.STAGE, limits.stages, (request.group.name,)),
        (Edge.CHANNEL, limits.channels, (request.channel,)),
    )
    for edge, allowed, names in named:
        if not _listed(allowed, names):
            yield Outside(edge, allowed or ())
    hours = limits.hours
    if hours is not None and not any(h.hold(request.minute) for h in hours):
        yield Outside(Edge.HOURS, (*(h.text for h in hours), policy.timezone))
    if limits.reason and not request.reason.strip():
        yield Outside(Edge.REASON)
    if limits.second_person and not _seconded(request, policy.second_person_minutes):
        yield Outside(Edge.SECOND_PERSON)


def _listed(patterns: tuple[str, ...] | None, names: Iterable[str]) -> bool:
    """Whether a name matches; a name that is not known matches nothing, not even ``*``."""
    if patterns is None:
        return True
    expressions = [".*".join(map(re.escape, pattern.split("*"))) for pattern in patterns]
    known = [name for name in names if name]
    return any(re.fullmatch(e, name, re.DOTALL) for e in expressions for name in known)


def _seconded(request: Request, minutes: int) -> bool:
    """Whether a second person said yes to just this, lately.

    It is neither the presser nor whoever started the run; without an e-mail that cannot be told.
    """
    second = request.second
    if second is None or not second.by.user_id or not second.by.email:
        return False
    said_to = (second.execution, second.key, second.name)
    if said_to != (request.execution.ref.id, request.group.key, request.group.name):
        return False
    if not 0 <= request.now - second.at <= minutes * 60_000:
        return False
    presser = request.presser
    theirs = {second.by.user_id, second.by.email.lower(), second.by.harness_id} - {""}
    involved = {presser.user_id, presser.email.lower(), presser.harness_id}
    return theirs.isdisjoint(involved | {request.execution.cause.email.lower()})
