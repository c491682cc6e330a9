"""The views.* methods: modals that a trigger opens, and the Home tab."""

from __future__ import annotations

import secrets

from bot.demo.slack.blocks import check_view, view_is_too_large
from bot.demo.slack.calls import Method, RefusedError, Request
from bot.demo.slack.changes import Json
from bot.demo.slack.model import Member, View
from bot.demo.slack.records import TRIGGER_SECONDS
from bot.demo.slack.state import Workspace

MOST_MODALS = 3


def checked_view(view: object, kind: str) -> Json:
    """Return a view of the wanted kind, or refuse it in Slack's words."""
    if not isinstance(view, dict):
        raise RefusedError("invalid_arguments")
    if view_is_too_large(view):
        raise RefusedError("view_too_large")
    complaints = check_view(view)
    if view.get("type") != kind:
        complaints.insert(0, f"[ERROR] must be a {kind} [json-pointer:/view/type]")
    if complaints:
        raise RefusedError("invalid_arguments", response_metadata={"messages": complaints})
    return view


def show(workspace: Workspace, member: Member, content: Json, below: View | None = None) -> View:
    """Put a modal on somebody's screen, on top of `below` if given."""
    view_id = workspace.new_id("V")
    view = View(
        id=view_id,
        owner=member,
        content=content | {"blocks": workspace.named(content["blocks"])},
        hash=_new_hash(workspace),
        root_id=below.root_id if below else view_id,
        previous_id=below.id if below else None,
        team_id=workspace.team_id,
        app=workspace.app,
    )
    workspace.views[view.id] = view
    stack = workspace.modals.setdefault(member.id, [])
    if below is None:
        stack.clear()
    stack.append(view)
    workspace.changes_log.add("view_opened", user=member.id, view=view.as_json())
    return view


def replace(workspace: Workspace, view: View, content: Json) -> None:
    """Show other content in a view that is already there."""
    view.content = content | {"blocks": workspace.named(content["blocks"])}
    view.hash = _new_hash(workspace)
    workspace.changes_log.add("view_changed", user=view.owner.id, view=view.as_json())


def _new_hash(workspace: Workspace) -> str:
    return f"{int(workspace.now())}.{secrets.token_hex(4)}"


def _spend_trigger(request: Request) -> Member:
    trigger = request.workspace.triggers.get(request.need("trigger_id"))
    if trigger is None:
        raise RefusedError("invalid_trigger_id")
    if trigger.used:
        raise RefusedError("exchanged_trigger_id")
    if request.workspace.now() - trigger.born > TRIGGER_SECONDS:
        raise RefusedError("expired_trigger_id")
    trigger.used = True
    return trigger.member


def open_view(request: Request) -> Json:
    """Open a modal."""
    content = checked_view(request.structure("view", "invalid_arguments"), "modal")
    view = show(request.workspace, _spend_trigger(request), content)
    return {"view": view.as_json()}


def push(request: Request) -> Json:
    """Open a modal on top of another; at most three lie on each other."""
    content = checked_view(request.structure("view", "invalid_arguments"), "modal")
    member = _spend_trigger(request)
    stack = request.workspace.modals.get(member.id, [])
    if not stack:
        raise RefusedError("not_found")
    if len(stack) >= MOST_MODALS:
        raise RefusedError("push_limit_reached")
    return {"view": show(request.workspace, member, content, stack[-1]).as_json()}


def update(request: Request) -> Json:
    """Change a view that is open, unless it changed since the given hash."""
    view = request.workspace.views.get(request.text("view_id") or "")
    if (key := request.text("external_id")) is not None:
        views = request.workspace.views.values()
        view = next((v for v in views if v.content.get("external_id") == key), None)
    if view is None:
        raise RefusedError("not_found")
    if request.text("hash") not in {None, view.hash}:
        raise RefusedError("hash_conflict")
    kind = str(view.content["type"])
    content = checked_view(request.structure("view", "invalid_arguments"), kind)
    replace(request.workspace, view, content)
    return {"view": view.as_json()}


def publish(request: Request) -> Json:
    """Set somebody's Home tab."""
    workspace, member = request.workspace, request.user("user_id")
    content = checked_view(request.structure("view", "invalid_arguments"), "home")
    if (view := workspace.homes.get(member.id)) is not None:
        if request.text("hash") not in {None, view.hash}:
            raise RefusedError("hash_conflict")
        replace(workspace, view, content)
        return {"view": view.as_json()}
    view_id = workspace.new_id("V")
    view = View(
        id=view_id,
        owner=member,
        content=content | {"blocks": workspace.named(content["blocks"])},
        hash=_new_hash(workspace),
        root_id=view_id,
        team_id=workspace.team_id,
        app=workspace.app,
    )
    workspace.views[view.id] = workspace.homes[member.id] = view
    workspace.changes_log.add("home_published", user=member.id, view=view.as_json())
    return {"view": view.as_json()}


VIEWS = {
    "views.open": Method(open_view, tier=4),
    "views.push": Method(push, tier=4),
    "views.update": Method(update, tier=4),
    "views.publish": Method(publish, tier=4),
}
