"""Harness's own rule on who may execute a pipeline, because Harness checks only the bot's key.

The rule (facts 5.1): over the union of all application permissions of all groups of a person, one
lets them execute pipelines of the application, and for every environment that the run uses one
that does so covers the environment. Different groups may cover different environments.

Whatever is not known counts against the person: a hidden filter, an unread group, a flag that was
not said. One function decides, ``decide``; everything but ``Allowed`` is no.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.core.execution import Environment, Environments, EnvironmentType
from bot.core.rights import AppFilter, AppFilterKind, Grant, HarnessUser, UserGroup


@dataclass(frozen=True, slots=True)
class Target:
    """What a person wants to execute."""

    application: str
    """The application's id; empty is refused."""
    pipeline: str
    """The pipeline's id; empty counts as one that no list of ids contains."""
    environments: Environments
    """The run's environments."""
    all_environments: Environments | None = None
    """Every environment of the application, asked for when the run's are not known (ruling 22)."""


class Refusal(StrEnum):
    """Why a person may not; the sentences are in ``render``."""

    NO_USER = "no user"
    DISABLED = "disabled"
    LOCKED = "locked"
    UNVERIFIED = "unverified"
    """The e-mail is not verified: the invitation may still be open (facts 5.4)."""
    STATE_UNKNOWN = "state unknown"
    """Harness did not say whether the user is disabled, locked or verified."""
    APPLICATION_UNKNOWN = "application unknown"
    NO_GRANT = "no grant"
    """No group lets them execute any pipeline of the application."""
    OTHER_PIPELINES = "other pipelines"
    """Groups let them execute pipelines of the application, but not this one."""
    ENVIRONMENTS = "environments"
    """Environments of the run are not covered."""
    ENVIRONMENTS_UNKNOWN = "environments unknown"
    """The run's environments are not known, and not all of the application's are covered."""
    UNCONFIRMED = "unconfirmed"
    """Groups would grant it, but whether they say what they mean is not confirmed (ruling 21)."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """The person may; *groups* names the user groups that say so, for the record."""

    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Denied:
    """The person may not, and what is missing."""

    why: Refusal
    environments: tuple[Environment, ...] = ()
    """The environments that no group covers, where they are known one by one."""
    types: tuple[EnvironmentType, ...] = ()
    """The kinds of environment that no group covers whole, where the run's are not known."""
    unconfirmed: tuple[str, ...] = ()
    """Groups that would have granted it, had the service confirmed them (ruling 21)."""
    unread: tuple[str, ...] = ()
    """Groups that the service could not show: the right may be in one of them."""
    more_groups: bool = False
    """Whether the person has further groups that were not read at all."""


Decision = Allowed | Denied


def decide(user: HarnessUser | None, target: Target) -> Decision:
    """Decide whether *user*, as Harness shows them now, may execute *target*.

    Unread groups do not refuse by themselves: a group can only add rights, so what the others
    grant stands. When the others do not suffice, the refusal says what was not read.
    """
    if user is None:
        return Denied(Refusal.NO_USER)
    if (state := _state(user)) is not None:
        return Denied(state)
    if not target.application:
        return Denied(Refusal.APPLICATION_UNKNOWN)
    denied = _lacking(user.groups, target)
    if denied is None:
        return Allowed(_names(group for group, _ in _counting(user.groups, target)))
    doubtful = doubted(user, target)
    return replace(
        denied,
        why=Refusal.UNCONFIRMED if doubtful else denied.why,
        unconfirmed=_names(doubtful),
        unread=_names(group for group in user.groups if not group.readable),
        more_groups=not user.groups_complete,
    )


def doubted(user: HarnessUser, target: Target) -> tuple[UserGroup, ...]:
    """List the groups whose confirmation over REST would turn a refusal into a yes (ruling 21).

    Empty when the confirmed grants suffice already, and when confirming everything would not help.
    """
    if _lacking(user.groups, target) is None:
        return ()
    if _lacking(user.groups, target, trusting=True) is not None:
        return ()
    sure = [grant for _, grant in _counting(user.groups, target)]
    hopeful = _counting(user.groups, target, trusting=True)
    return tuple(dict.fromkeys(group for group, grant in hopeful if grant not in sure))


def could(group: UserGroup, target: Target, *, trusting: bool = False) -> bool:
    """Whether *group* alone would grant *target*; *trusting*: if its ALL was confirmed."""
    return bool(target.application) and _lacking((group,), target, trusting=trusting) is None


def _state(user: HarnessUser) -> Refusal | None:
    if user.disabled:
        return Refusal.DISABLED
    if user.locked:
        return Refusal.LOCKED
    if user.disabled is None or user.locked is None or user.email_verified is None:
        return Refusal.STATE_UNKNOWN
    return None if user.email_verified is True else Refusal.UNVERIFIED


def _names(groups: Iterable[UserGroup]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(group.name or group.id for group in groups))


# ── which grants count ─────────────────────────────────────────────────────────────────────────


def _counting(
    groups: Iterable[UserGroup], target: Target, *, trusting: bool = False
) -> Iterator[tuple[UserGroup, Grant]]:
    """Give the grants that let their group execute this pipeline, somewhere or other."""
    for group, grant in _executing(groups, target.application, trusting=trusting):
        if _for_pipeline(grant, target.pipeline):
            yield group, grant


def _executing(
    groups: Iterable[UserGroup], application: str, *, trusting: bool
) -> Iterator[tuple[UserGroup, Grant]]:
    for group in groups:
        for grant in group.grants if group.readable else ():
            # EXECUTE and EXECUTE_WORKFLOW are other rights; account permissions imply nothing.
            executes = grant.type in {"ALL", "DEPLOYMENT"} and "EXECUTE_PIPELINE" in grant.actions
            if executes and _contains(grant.apps, application, trusting=trusting):
                yield group, grant


def _contains(apps: AppFilter, application: str, *, trusting: bool) -> bool:
    match apps.kind:
        case AppFilterKind.ALL:
            # ALL that shows no ids may be a SELECTED whose applications are gone (facts 5.4).
            return bool(apps.ids) or apps.confirmed or trusting
        case AppFilterKind.SELECTED:
            return application in apps.ids
        case AppFilterKind.EXCLUDE_SELECTED:
            return application not in apps.ids


def _for_pipeline(grant: Grant, pipeline: str) -> bool:
    """Enforce the element filter also where the server's feature flag for it is off (facts 5.1)."""
    if grant.type == "ALL":
        return True
    if grant.deployments is None:  # the server cannot store this: the answer is damaged
        return False
    elements = grant.deployments.elements
    return not elements or any(
        e.element == "PIPELINE" and (e.everything or (bool(pipeline) and pipeline in e.ids))
        for e in elements
    )


# ── which environments they cover ──────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Reach:
    """The environments that a set of grants covers together."""

    everything: bool
    types: frozenset[EnvironmentType]
    ids: frozenset[str]

    def covers(self, environment: Environment) -> bool:
        if self.everything or environment.id in self.ids:
            return True
        if environment.type is None:
            return not self.missing_types()
        return environment.type in self.types

    def missing_types(self) -> tuple[EnvironmentType, ...]:
        if self.everything:
            return ()
        return tuple(kind for kind in EnvironmentType if kind not in self.types)


_TYPES = {
    "PRODUCTION_ENVIRONMENTS": EnvironmentType.PROD,
    "NON_PRODUCTION_ENVIRONMENTS": EnvironmentType.NON_PROD,
}


def _reach(grants: Iterable[Grant]) -> _Reach:
    everything, types, ids = False, set[EnvironmentType](), set[str]()
    for grant in grants:
        if grant.type == "ALL":
            everything = True
        elif grant.deployments is not None:
            named = grant.deployments.types or ()  # no types and no ids is none, never all
            types.update(_TYPES[name] for name in named if name in _TYPES)
            ids.update(grant.deployments.env_ids)
    return _Reach(everything, frozenset(types), frozenset(ids))


def _lacking(
    groups: Iterable[UserGroup], target: Target, *, trusting: bool = False
) -> Denied | None:
    """Say what these groups together do not grant; ``None`` when they grant all of it."""
    groups = tuple(groups)
    grants = [grant for _, grant in _counting(groups, target, trusting=trusting)]
    if not grants:
        near = any(_executing(groups, target.application, trusting=trusting))
        return Denied(Refusal.OTHER_PIPELINES if near else Refusal.NO_GRANT)
    reach = _reach(grants)
    demanded = _demanded(target)
    if demanded is None:
        types = reach.missing_types()
        return Denied(Refusal.ENVIRONMENTS_UNKNOWN, types=types) if types else None
    missing = tuple(e for e in demanded if not reach.covers(e))
    if not missing:
        return None
    known = target.environments.complete
    return Denied(
        Refusal.ENVIRONMENTS if known else Refusal.ENVIRONMENTS_UNKNOWN, environments=missing
    )


def _demanded(target: Target) -> tuple[Environment, ...] | None:
    """List the environments that must be covered; ``None``: all there may be (ruling 22).

    The application's own list stands in for the run's only if it can be all of it: complete, not
    empty (a key without the right to read environments sees none), and with no known one missing.
    """
    known, everything = target.environments, target.all_environments
    if known.complete:
        return known.known
    if everything is None or not everything.complete or not everything.known:
        return None
    listed = {environment.id for environment in everything.known}
    if any(environment.id not in listed for environment in known.known):
        return None
    return everything.known
