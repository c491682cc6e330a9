"""The bodies that the bot receives for what people do, field by field as Slack sends them."""

from __future__ import annotations

import re

from bot.demo.slack.changes import Json
from bot.demo.slack.model import Channel, Member, Message, View, elements_of
from bot.demo.slack.state import Workspace

VERIFICATION_TOKEN = "deprecated-verification-token"
_LINK = re.compile(r"https?://[^\s<>|]+")


def escape(text: str) -> str:
    """Escape the three characters that Slack's markup gives a meaning."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def link_up(text: str) -> str:
    """Escape a text and wrap its addresses in angle brackets, as in a person's message."""
    return _LINK.sub(lambda match: f"<{match[0]}>", escape(text))


def slash_command(
    workspace: Workspace, member: Member, channel: Channel, command: str, text: str
) -> Json:
    """Return the form of a slash command; `text` is already as Slack would encode it."""
    enterprise = workspace.enterprise or {}
    form: Json = {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team_id,
        "team_domain": workspace.domain,
        "channel_id": channel.id,
        "channel_name": _command_channel(channel),
        "user_id": member.id,
        "user_name": member.name,
        "command": command,
        "text": text,
        "api_app_id": workspace.app.app_id,
        "is_enterprise_install": "false",
        "response_url": workspace.new_response_url(member, channel),
        "trigger_id": workspace.new_trigger(member).id,
    }
    if enterprise:
        form |= {"enterprise_id": enterprise["id"], "enterprise_name": enterprise["name"]}
    return form


def _command_channel(channel: Channel) -> str:
    return {"public": channel.name, "private": "privategroup", "im": "directmessage"}[channel.kind]


def _frame(workspace: Workspace, member: Member, kind: str) -> Json:
    return {
        "type": kind,
        "user": {
            "id": member.id,
            "username": member.name,
            "name": member.name,
            "team_id": member.team_id,
        },
        "api_app_id": workspace.app.app_id,
        "token": VERIFICATION_TOKEN,
        "trigger_id": workspace.new_trigger(member).id,
        "team": {"id": workspace.team_id, "domain": workspace.domain},
        "enterprise": workspace.enterprise,
        "is_enterprise_install": False,
    }


def block_actions(workspace: Workspace, member: Member, place: Message | View, act: Json) -> Json:
    """Return the payload of a click or a choice in a message or a view."""
    body = _frame(workspace, member, "block_actions")
    body["actions"] = [act | {"action_ts": workspace.new_ts()}]
    if isinstance(place, View):
        shown = place.as_json()
        return body | {"container": {"type": "view", "view_id": place.id}, "view": shown}
    message = place
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel.id,
        "is_ephemeral": message.only_for is not None,
    }
    if message.thread_ts is not None:
        container["thread_ts"] = message.thread_ts
    body |= {
        "container": container,
        "channel": {"id": message.channel.id, "name": _command_channel(message.channel)},
        "state": {"values": _menu_state(message.blocks, act)},
        "response_url": workspace.new_response_url(member, message.channel, message),
    }
    if message.only_for is None:
        body["message"] = message.as_json()
    return body


def _menu_state(blocks: list[Json], act: Json) -> Json:
    """Return what each menu of a message shows, the one just used included."""
    values: Json = {}
    for block, element in elements_of(blocks):
        if element["type"].endswith("_select"):
            used = element["action_id"] == act["action_id"]
            chosen = act.get("selected_option") if used else element.get("initial_option")
            entry = {"type": element["type"], "selected_option": chosen}
            values.setdefault(block["block_id"], {})[element["action_id"]] = entry
    return values


def action_of(block: Json, element: Json, option: Json | None = None) -> Json:
    """Return the entry of ``actions`` for pressing a button or choosing an option."""
    act: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
    }
    if element["type"] == "button":
        act["text"] = {"emoji": True} | element["text"]
        act |= {key: element[key] for key in ("value", "style", "url") if key in element}
    if option is not None:
        act["selected_option"] = option
    for key in ("placeholder", "confirm", "accessibility_label"):
        if key in element:
            act[key] = element[key]
    return act


def message_shortcut(
    workspace: Workspace, member: Member, message: Message, callback_id: str
) -> Json:
    """Return the payload of a shortcut chosen from a message's menu."""
    return _frame(workspace, member, "message_action") | {
        "action_ts": workspace.new_ts(),
        "callback_id": callback_id,
        "channel": {"id": message.channel.id, "name": _command_channel(message.channel)},
        "message_ts": message.ts,
        "message": message.as_json(),
        "response_url": workspace.new_response_url(member, message.channel, message),
    }


def global_shortcut(workspace: Workspace, member: Member, callback_id: str) -> Json:
    """Return the payload of a shortcut chosen from the lightning menu."""
    moment = {"action_ts": workspace.new_ts(), "callback_id": callback_id}
    return _frame(workspace, member, "shortcut") | moment


def view_submission(workspace: Workspace, member: Member, view: View, values: Json) -> Json:
    """Return the payload of a submitted modal."""
    shown = view.as_json() | {"state": {"values": values}}
    body = _frame(workspace, member, "view_submission")
    return body | {"view": shown, "response_urls": []}


def view_closed(workspace: Workspace, member: Member, view: View) -> Json:
    """Return the payload of a modal that was closed."""
    body = _frame(workspace, member, "view_closed")
    return body | {"view": view.as_json(), "is_cleared": False}


def app_home_opened(workspace: Workspace, member: Member) -> Json:
    """Return the event of somebody who opens the app's Home tab."""
    event: Json = {
        "type": "app_home_opened",
        "user": member.id,
        "channel": workspace.direct(member).id,
        "tab": "home",
        "event_ts": workspace.new_ts(),
    }
    if (home := workspace.homes.get(member.id)) is not None:
        event["view"] = home.as_json()
    return event
