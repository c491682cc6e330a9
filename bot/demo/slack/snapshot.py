"""The workspace as one person sees it, as plain JSON for a page to draw."""

from __future__ import annotations

from bot.demo.slack.changes import Json
from bot.demo.slack.model import App, Channel, Member, Message
from bot.demo.slack.state import Workspace


def snapshot(workspace: Workspace, viewer: Member) -> Json:
    """Return team, people, the viewer's channels with threads and ephemerals, and views."""
    home = workspace.homes.get(viewer.id)
    return {
        "seq": len(workspace.changes_log.records),
        "team": {"id": workspace.team_id, "name": workspace.name},
        "me": _person(viewer),
        "people": {member.id: _person(member) for member in workspace.members.values()},
        "channels": [
            _channel(workspace, channel, viewer)
            for channel in workspace.channels.values()
            if viewer in channel.members
        ],
        "modals": [view.as_json() for view in workspace.modals.get(viewer.id, [])],
        "home": home.as_json() if home else None,
    }


def _person(member: Member) -> Json:
    return {
        "id": member.id,
        "name": member.real_name,
        "handle": member.name,
        "standing": member.standing,
        "is_bot": member.standing == "bot",
    }


def _channel(workspace: Workspace, channel: Channel, viewer: Member) -> Json:
    whispers = [
        message
        for message in workspace.ephemeral_messages
        if message.channel is channel and message.only_for is viewer
    ]
    top = [m for m in whispers if m.thread_ts is None]
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "is_archived": channel.archived,
        "is_shared": channel.shared,
        "members": [member.id for member in channel.members],
        "messages": [
            _message(message, whispers)
            for message in sorted([*channel.messages, *top], key=lambda m: m.ts)
        ],
    }


def _message(message: Message, whispers: list[Message]) -> Json:
    author = message.author
    below = [m for m in whispers if m.thread_ts == message.ts]
    replies = sorted([*message.thread, *below], key=lambda m: m.ts)
    return message.as_json() | {
        "author": {
            "id": author.bot_id if isinstance(author, App) else author.id,
            "name": author.name if isinstance(author, App) else author.real_name,
            "is_bot": isinstance(author, App) or author.app is not None,
        },
        "is_ephemeral": message.only_for is not None,
        "replies": [_message(reply, []) for reply in replies],
    }
