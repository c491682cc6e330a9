"""What Harness says a person may do: user, user groups and their grants, as read for one decision.

The values keep what the service showed, including what it hides or misreports (facts 5.4); judging
them is the work of ``permission.decide``.
"""

from dataclasses import dataclass
from enum import StrEnum


class AppFilterKind(StrEnum):
    """Which applications a grant is about (facts 5.1)."""

    ALL = "ALL"
    SELECTED = "SELECTED"
    EXCLUDE_SELECTED = "EXCLUDE_SELECTED"


@dataclass(frozen=True, slots=True)
class AppFilter:
    """A grant's applications; an ``ALL`` without ids may hide an emptied SELECTED (ruling 21)."""

    kind: AppFilterKind = AppFilterKind.ALL
    ids: frozenset[str] = frozenset()
    confirmed: bool = False
    """Whether the raw group, read over REST, agrees that it really is what *kind* says."""


@dataclass(frozen=True, slots=True)
class ElementFilter:
    """Which pipelines or workflows a deployment grant is restricted to."""

    element: str
    """``PIPELINE`` or ``WORKFLOW``."""
    everything: bool = False
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DeploymentFilter:
    """Which environments a DEPLOYMENT grant is about.

    *types* ``None`` with ids means just these ids; an empty set without ids means none at all;
    both empty never means all (facts 5.4).
    """

    types: frozenset[str] | None
    """Of ``PRODUCTION_ENVIRONMENTS`` and ``NON_PRODUCTION_ENVIRONMENTS``; ``None`` when absent."""
    env_ids: frozenset[str] = frozenset()
    elements: tuple[ElementFilter, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """One application permission of a user group."""

    type: str
    """``ALL``, ``DEPLOYMENT``, ``PIPELINE`` …; only the first two can let anybody execute."""
    actions: frozenset[str]
    apps: AppFilter
    deployments: DeploymentFilter | None = None


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A Harness user group; *readable* is ``False`` for one that the service could not show."""

    id: str
    name: str
    grants: tuple[Grant, ...] = ()
    readable: bool = True


@dataclass(frozen=True, slots=True)
class HarnessUser:
    """The Harness user found by e-mail; ``None`` in a field means that the service did not say."""

    id: str
    email: str
    groups: tuple[UserGroup, ...]
    groups_complete: bool
    """``False``: there are groups that were not read."""
    disabled: bool | None = None
    locked: bool | None = None
    email_verified: bool | None = None
