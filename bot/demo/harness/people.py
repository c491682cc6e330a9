"""Users, user groups and API keys, and the rule by which Harness grants (facts 5.1)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from bot.demo.harness.plan import Application, Environment

AppFilterKind = Literal["ALL", "SELECTED", "EXCLUDE_SELECTED"]
READ_USERS = "READ_USERS_AND_GROUPS"
OVERRIDE_FREEZE = "ALLOW_DEPLOYMENTS_DURING_FREEZE"
EVERY_ACTION = (
    "CREATE",
    "READ",
    "UPDATE",
    "DELETE",
    "EXECUTE_PIPELINE",
    "EXECUTE_WORKFLOW",
    "ROLLBACK_WORKFLOW",
    "ABORT_WORKFLOW",
)


@dataclass(frozen=True, slots=True)
class AppFilter:
    """Which applications a permission speaks of, as stored."""

    kind: AppFilterKind = "ALL"
    ids: tuple[str, ...] = ()

    def holds(self, app_id: str) -> bool:
        """Tell whether the application is meant."""
        if self.kind == "ALL":
            return True
        return (app_id in self.ids) is (self.kind == "SELECTED")


@dataclass(frozen=True, slots=True)
class EnvFilter:
    """Which environments a permission speaks of, as stored: types, and ids when SELECTED."""

    types: tuple[str, ...] = ("PROD", "NON_PROD")
    ids: tuple[str, ...] = ()

    def holds(self, environment: Environment) -> bool:
        """Tell whether the environment is meant."""
        selected = "SELECTED" in self.types and environment.id in self.ids
        return selected or environment.type in self.types


@dataclass(frozen=True, slots=True)
class ElementFilter:
    """Which pipelines or workflows a permission speaks of; no ids means all."""

    type: str = "PIPELINE"
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """One application permission of a user group, exactly as stored.

    `envs` None on a DEPLOYMENT permission is the corrupt group that breaks a page (facts 5.4).
    """

    type: str
    actions: tuple[str, ...]
    apps: AppFilter | None = AppFilter()
    envs: EnvFilter | None = EnvFilter()
    elements: ElementFilter | None = None

    def touches(self, app_id: str) -> bool:
        """Tell whether the permission is about the application; no filter is every application."""
        return self.apps is None or self.apps.holds(app_id)


def only(*apps: Application) -> AppFilter:
    """Choose these applications; none at all is the filter that GraphQL reports as ALL."""
    return AppFilter("SELECTED", tuple(app.id for app in apps))


def all_but(*apps: Application) -> AppFilter:
    """Choose every application except these."""
    return AppFilter("EXCLUDE_SELECTED", tuple(app.id for app in apps))


def in_envs(*environments: Environment) -> EnvFilter:
    """Choose these environments; none at all covers nothing."""
    return EnvFilter(("SELECTED",), tuple(environment.id for environment in environments))


def deployment(
    apps: AppFilter | None = None,
    envs: EnvFilter | None = None,
    *,
    actions: Iterable[str] = ("READ", "EXECUTE_PIPELINE", "EXECUTE_WORKFLOW"),
    elements: ElementFilter | None = None,
) -> Grant:
    """Grant deployments: by default of all applications, to all environments."""
    return Grant("DEPLOYMENT", tuple(actions), apps or AppFilter(), envs or EnvFilter(), elements)


def everything(apps: AppFilter | None = None) -> Grant:
    """Grant all permission types, which ignores environments."""
    return Grant("ALL", EVERY_ACTION, apps or AppFilter(), None)


def reading(*types: str, apps: AppFilter | None = None) -> tuple[Grant, ...]:
    """Grant READ on these entity types."""
    return tuple(Grant(kind, ("READ",), apps or AppFilter()) for kind in types)


@dataclass(eq=False, slots=True)
class UserGroup:
    """A user group with its stored permissions; `grants` None is a group without app rights."""

    id: str
    name: str
    grants: tuple[Grant, ...] | None = ()
    account: tuple[str, ...] | None = ()
    sso: bool = False


@dataclass(eq=False, slots=True)
class User:
    """A person as Harness knows them."""

    id: str
    name: str
    email: str
    groups: list[UserGroup] = field(default_factory=list)
    disabled: bool = False
    locked: bool = False
    verified: bool = True
    pending: bool = False


@dataclass(eq=False, slots=True)
class ApiKey:
    """An API key; its rights are those of all its user groups together."""

    id: str
    name: str
    secret: str = field(repr=False)
    groups: list[UserGroup] = field(default_factory=list)
    legacy: bool = False

    @property
    def grants(self) -> list[Grant]:
        """List the application permissions of all groups."""
        return [grant for group in self.groups for grant in group.grants or ()]

    def holds(self, account_permission: str) -> bool:
        """Tell whether some group holds exactly this account permission."""
        return any(account_permission in (group.account or ()) for group in self.groups)

    def sees(self, app_id: str) -> bool:
        """Tell whether any permission speaks of the application."""
        return any(grant.touches(app_id) for grant in self.grants)

    def reads(self, entity: str, app_id: str) -> bool:
        """Tell whether the key may READ an entity type (`PIPELINE`, `ENV`…) of the application."""
        return any(
            grant.type in {entity, "ALL"} and "READ" in grant.actions and grant.touches(app_id)
            for grant in self.grants
        )


def executing(grants: Iterable[Grant], app_id: str) -> list[Grant]:
    """Keep the permissions that let somebody execute pipelines of the application."""
    return [
        grant
        for grant in grants
        if grant.type in {"DEPLOYMENT", "ALL"}
        and "EXECUTE_PIPELINE" in grant.actions
        and grant.touches(app_id)
    ]


def may_execute(
    grants: Iterable[Grant],
    app_id: str,
    environments: Iterable[Environment],
) -> bool:
    """Decide by Harness's own rule: a fitting grant, and every environment in some such grant."""
    fitting = executing(grants, app_id)
    return bool(fitting) and all(
        any(
            grant.type == "ALL" or (grant.envs is not None and grant.envs.holds(environment))
            for grant in fitting
        )
        for environment in environments
    )
