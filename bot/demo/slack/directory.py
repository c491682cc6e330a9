"""The methods about who is who: auth.test, users.*, bots.info, team.info."""

from __future__ import annotations

from bot.demo.slack.calls import Method, RefusedError, Request, paged
from bot.demo.slack.changes import Json
from bot.demo.slack.model import Member


def auth_test(request: Request) -> Json:
    """Say whose token this is."""
    workspace = request.workspace
    enterprise = workspace.enterprise or {}
    grid = {"enterprise_id": enterprise["id"]} if enterprise else {}
    return grid | {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "team_id": workspace.team_id,
        "user": workspace.bot.name,
        "user_id": workspace.bot.id,
        "bot_id": workspace.app.bot_id,
        "is_enterprise_install": False,
    }


def api_test(request: Request) -> Json:
    """Echo the arguments, or fail with the error that was asked for."""
    shown = {key: value for key, value in request.arguments.items() if key != "token"}
    if "error" in shown:
        raise RefusedError(str(shown["error"]), args=shown)
    return {"args": shown}


def _shown(request: Request, member: Member) -> Json:
    return member.as_json(with_email="users:read.email" in request.workspace.scopes)


def info(request: Request) -> Json:
    """Describe one user."""
    return {"user": _shown(request, request.user())}


def lookup_by_email(request: Request) -> Json:
    """Find a full or guest member by address, letter case aside."""
    email = request.need("email").lower()
    for member in request.workspace.members.values():
        stranger = member.team_id != member.home_team_id
        if (member.email or "").lower() == email and member.standing != "deleted" and not stranger:
            return {"user": _shown(request, member)}
    raise RefusedError("users_not_found")


def list_users(request: Request) -> Json:
    """List everybody, deleted people and bots too."""
    everybody = [_shown(request, member) for member in request.workspace.members.values()]
    return paged(request, everybody, "members", 1000)


def bot_info(request: Request) -> Json:
    """Describe one bot."""
    app = request.workspace.apps.get(request.need("bot"))
    if app is None:
        raise RefusedError("bot_not_found")
    bot = {"id": app.bot_id, "deleted": False, "name": app.name, "app_id": app.app_id}
    if app.user is not None:
        bot["user_id"] = app.user.id
    return {"bot": bot}


def team_info(request: Request) -> Json:
    """Describe the workspace."""
    workspace = request.workspace
    return {"team": {"id": workspace.team_id, "name": workspace.name, "domain": workspace.domain}}


DIRECTORY = {
    "api.test": Method(api_test, tier=4, token="none"),
    "auth.test": Method(auth_test, tier=9),
    "users.info": Method(info, ("users:read",), tier=4),
    "users.lookupByEmail": Method(lookup_by_email, ("users:read.email",)),
    "users.list": Method(list_users, ("users:read",), tier=2),
    "bots.info": Method(bot_info, ("users:read",)),
    "team.info": Method(team_info, ("team:read",)),
}
