"""How users and user groups look through GraphQL, with the lies that it tells (facts 5.4)."""

from bot.demo.harness import texts
from bot.demo.harness.desk import Desk, View, page
from bot.demo.harness.people import AppFilter, EnvFilter, Grant, User, UserGroup
from bot.demo.harness.texts import Refusal, ServerFault

_ENV_TYPES = {"PROD": "PRODUCTION_ENVIRONMENTS", "NON_PROD": "NON_PRODUCTION_ENVIRONMENTS"}
_PIPELINE_TYPES = {"PROD": "PRODUCTION_PIPELINES", "NON_PROD": "NON_PRODUCTION_PIPELINES"}
_WORKFLOW_TYPES = {"PROD": "PRODUCTION_WORKFLOWS", "NON_PROD": "NON_PRODUCTION_WORKFLOWS"}


def user_view(desk: Desk, user: User) -> View:
    """Show a user; a pending one looks like anybody whose e-mail is not verified."""

    def groups(_info: object, limit: int, offset: int | None = None) -> View:
        desk.demand_users()
        return page(user.groups, lambda one: group_view(desk, one), limit, offset)

    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "externalUserId": None,
        "isDisabled": user.disabled,
        "isUserLocked": user.locked,
        "isPasswordExpired": False,
        "isEmailVerified": user.verified,
        "isTwoFactorAuthenticationEnabled": False,
        "isImportedFromIdentityProvider": False,
        "userGroups": groups,
    }


def group_view(desk: Desk, group: UserGroup) -> View:
    """Show a user group; a corrupt permission breaks the page that the group is on."""

    def users(_info: object, limit: int, offset: int | None = None) -> View:
        members = [user for user in desk.world.users if group in user.groups]
        return page(members, lambda one: user_view(desk, one), limit, offset)

    grants = None if group.grants is None else [_grant_view(desk, one) for one in group.grants]
    account = None if group.account is None else {"accountPermissionTypes": list(group.account)}
    return {
        "id": group.id,
        "name": group.name,
        "description": None,
        "isSSOLinked": group.sso,
        "importedByScim": False,
        "ssoSetting": {
            "__typename": "SAMLSettings",
            "ssoProviderId": "saml",
            "groupName": group.name,
        }
        if group.sso
        else None,
        "users": users,
        "permissions": None
        if grants is None and account is None
        else {"accountPermissions": account, "appPermissions": grants},
        "notificationSettings": {"sendNotificationToMembers": True, "groupEmailAddresses": []},
    }


def user_by(desk: Desk, member: str, value: str) -> View:
    """Answer `userByEmail`, `userByName` and `user`; disabled and pending ones are found too."""
    desk.demand_users()
    wanted = value.lower() if member == "email" else value
    for user in desk.world.users:
        if getattr(user, member) == wanted:
            return user_view(desk, user)
    raise Refusal(texts.UNKNOWN_USER)


def users(
    desk: Desk,
    limit: int,
    offset: int | None,
    filters: list[dict[str, bool]] | None,
) -> View:
    """Answer `users`, which leaves out disabled ones unless they are asked for."""
    desk.demand_users()
    all_of_them = any(one and one["includeDisabled"] for one in filters or ())
    found = [user for user in desk.world.users if all_of_them or not user.disabled]
    return page(found, lambda one: user_view(desk, one), limit, offset)


def group_by(desk: Desk, member: str, value: str) -> View:
    """Answer `userGroup` and `userGroupByName`."""
    desk.demand_users()
    for group in desk.world.groups:
        if getattr(group, member) == value:
            return group_view(desk, group)
    raise Refusal(texts.UNKNOWN_GROUP)


def groups(desk: Desk, limit: int, offset: int | None) -> View:
    """Answer `userGroups`; one corrupt group breaks the whole page."""
    desk.demand_users()
    return page(desk.world.groups, lambda one: group_view(desk, one), limit, offset)


def _grant_view(desk: Desk, grant: Grant) -> View:
    view: View = {
        "permissionType": grant.type,
        "actions": list(grant.actions),
        "applications": _apps_view(desk, grant.apps),
    }
    envs = grant.envs
    if grant.type in {"DEPLOYMENT", "ENV", "PIPELINE", "WORKFLOW"} and envs is None:
        message = "NullPointerException"
        raise ServerFault(message)
    if envs is None:
        return view
    match grant.type:
        case "DEPLOYMENT":
            elements = _elements_view(grant)
            view["deployments"] = {
                **_envs_view(envs, _ENV_TYPES),
                "executableElementFilter": elements,
            }
        case "PIPELINE":
            view["pipelines"] = _envs_view(envs, _PIPELINE_TYPES)
        case "WORKFLOW":
            view["workflows"] = _envs_view(envs, _WORKFLOW_TYPES)
        case "ENV":
            view["environments"] = _envs_view(envs, _ENV_TYPES)
        case "SERVICE":
            view["services"] = {"filterType": "ALL"}
        case _:
            pass
    return view


def _apps_view(desk: Desk, stored: AppFilter | None) -> View:
    """Show an application filter: without ids it always reads ALL, whatever is stored."""
    ids = stored.ids if stored else ()
    if "SPG_GRAPHQL_VERIFY_APPLICATION_FROM_USER_GROUP" in desk.world.flags:
        alive = {app.id for app in desk.world.applications}
        ids = tuple(one for one in ids if one in alive)
    if stored is None or stored.kind == "ALL" or not ids:
        return {"filterType": "ALL", "appIds": None}
    return {"filterType": stored.kind, "appIds": list(ids)}


def _envs_view(stored: EnvFilter, names: dict[str, str]) -> View:
    """Show an environment filter: SELECTED without ids reads as an empty list of types."""
    types = [names[one] for one in stored.types if one in names]
    ids = list(stored.ids) if "SELECTED" in stored.types and stored.ids else None
    return {"filterTypes": types if types or not ids else None, "envIds": ids}


def _elements_view(grant: Grant) -> View | None:
    if grant.elements is None:
        return None
    ids = list(grant.elements.ids)
    return {
        "executableElementType": grant.elements.type,
        "executableElementFilterType": None if ids else "ALL",
        "ids": ids or None,
    }
