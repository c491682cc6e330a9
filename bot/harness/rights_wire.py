"""Reading FirstGen's users, groups and grants, with the traps of facts 5.4 kept visible.

Rights are a union over groups, so what is left out can only refuse. A shape that could be read as
more than was granted is trouble, or is dropped.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.core.errors import HarnessTrouble, Trouble
from bot.core.rights import (
    AppFilter,
    AppFilterKind,
    DeploymentFilter,
    ElementFilter,
    Grant,
    HarnessUser,
    UserGroup,
)
from bot.harness.firstgen_wire import Json, read_list, read_part, read_text

_EXECUTE = "EXECUTE_PIPELINE"
_DEPLOYING = frozenset({"ALL", "DEPLOYMENT"})
_RAW_TYPES = {"ALL_APP_ENTITIES": "ALL"}
"""The raw group's own word for GraphQL's ALL."""


def read_user(node: Json, groups: tuple[UserGroup, ...], *, complete: bool) -> HarnessUser:
    """Read the user; *groups* were read from as many pages as there are."""
    identity = read_text(node.get("id"))
    if not identity:
        raise HarnessTrouble(Trouble.STRANGE, "a user without an id")
    return HarnessUser(
        id=identity,
        email=read_text(node.get("email")),
        groups=groups,
        groups_complete=complete,
        disabled=_flag(node.get("isDisabled")),
        locked=_flag(node.get("isUserLocked")),
        email_verified=_flag(node.get("isEmailVerified")),
    )


def read_page(node: Any) -> tuple[tuple[UserGroup, ...], bool | None]:
    """Read one page of groups and whether there are more; a page with holes is trouble."""
    nodes = node.get("nodes") if isinstance(node, Mapping) else None
    if not isinstance(nodes, list) or not all(isinstance(n, Mapping) for n in nodes):
        raise HarnessTrouble(Trouble.STRANGE, "the user groups could not be read whole")
    return tuple(read_group(n) for n in nodes), _flag(read_part(node, "pageInfo").get("hasMore"))


def read_group(node: Json) -> UserGroup:
    """Read a group; one without application rights has null where the grants would be."""
    listed = read_list(node, "permissions", "appPermissions")
    grants = tuple(grant for item in listed if (grant := _grant(item)) is not None)
    return UserGroup(read_text(node.get("id")), read_text(node.get("name")), grants)


def _grant(node: Any) -> Grant | None:
    found = read_part(node)
    apps = _apps(found.get("applications"))
    if apps is None:
        return None
    return Grant(
        type=read_text(found.get("permissionType")),
        actions=_names(found.get("actions")),
        apps=apps,
        deployments=_deployments(found.get("deployments")),
    )


def _apps(node: Any) -> AppFilter | None:
    """Read the application filter; one of a kind not known here grants nothing."""
    found = read_part(node)
    ids = _names(found.get("appIds"))
    match found.get("filterType"):
        case None | "ALL":
            # Null is Harness's own "all". Ids beside ALL contradict it: believe the narrower.
            return AppFilter(AppFilterKind.SELECTED if ids else AppFilterKind.ALL, ids)
        case "SELECTED":
            return AppFilter(AppFilterKind.SELECTED, ids)
        case "EXCLUDE_SELECTED":
            return AppFilter(AppFilterKind.EXCLUDE_SELECTED, ids)
        case _:
            return None


def _deployments(node: Any) -> DeploymentFilter | None:
    if not isinstance(node, Mapping):
        return None
    types = node.get("filterTypes")
    elements = node.get("executableElementFilter")
    return DeploymentFilter(
        types=_names(types) if isinstance(types, list) else None,
        env_ids=_names(node.get("envIds")),
        elements=tuple(
            ElementFilter(
                element=read_text(element.get("executableElementType")),
                everything=element.get("executableElementFilterType") == "ALL",
                ids=_names(element.get("ids")),
            )
            for element in (elements if isinstance(elements, list) else [elements])
            if isinstance(element, Mapping)
        ),
    )


def _names(listed: Any) -> frozenset[str]:
    found = listed if isinstance(listed, list) else []
    return frozenset(name for name in found if isinstance(name, str))


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def doubtful(group: UserGroup) -> bool:
    """Whether a grant of *group* that lets somebody execute claims all applications unproven."""
    return any(_claims_all(grant) for grant in group.grants)


def _claims_all(grant: Grant) -> bool:
    return (
        grant.type in _DEPLOYING
        and _EXECUTE in grant.actions
        and grant.apps.kind is AppFilterKind.ALL
        and not grant.apps.confirmed
    )


def confirm(group: UserGroup, raw: Json) -> UserGroup:
    """Compare each doubtful grant with the *raw* group of REST (ruling 21).

    A grant is matched by its type and actions. It is confirmed when every raw grant like it is for
    all applications; when there is just one like it, that one's filter is taken; else it stays
    doubtful.
    """
    permissions = [read_part(item) for item in read_list(raw, "appPermissions")]
    return replace(
        group,
        grants=tuple(
            replace(grant, apps=_confirmed(grant, permissions)) if _claims_all(grant) else grant
            for grant in group.grants
        ),
    )


def _confirmed(grant: Grant, permissions: list[Json]) -> AppFilter:
    alike = [_raw_apps(p) for p in permissions if _is_like(p, grant)]
    if alike and all(a is not None and a.kind is AppFilterKind.ALL for a in alike):
        return replace(grant.apps, confirmed=True)
    if len(alike) == 1 and alike[0] is not None:
        return alike[0]
    return grant.apps


def _is_like(permission: Json, grant: Grant) -> bool:
    word = read_text(permission.get("permissionType"))
    return _RAW_TYPES.get(word, word) == grant.type and (
        _names(permission.get("actions")) == grant.actions
    )


def _raw_apps(permission: Json) -> AppFilter | None:
    if "appFilter" in permission and permission["appFilter"] is None:
        return AppFilter(AppFilterKind.ALL, confirmed=True)  # null is all (facts 5.1)
    found = read_part(permission, "appFilter")
    word = read_text(found.get("filterType"))
    if word not in set(AppFilterKind):
        return None
    return AppFilter(AppFilterKind(word), _names(found.get("ids")), confirmed=True)
