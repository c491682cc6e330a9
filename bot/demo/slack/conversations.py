"""The conversations.* methods and reactions.add: which channels there are, and what was said."""

from __future__ import annotations

from bot.demo.slack.calls import Method, RefusedError, Request, paged
from bot.demo.slack.changes import Json
from bot.demo.slack.model import Channel, Message

_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")


def open_direct(request: Request) -> Json:
    """Open the direct messages with one person."""
    if (key := request.text("channel")) is not None:
        channel = request.workspace.channels.get(key)
        if channel is None:
            raise RefusedError("channel_not_found")
        return {"channel": {"id": channel.id}}
    users = request.need("users").split(",")
    if len(users) != 1:
        raise RefusedError("too_many_users")
    member = request.workspace.members.get(users[0])
    if member is None:
        raise RefusedError("user_not_found")
    if member.standing == "deleted":
        raise RefusedError("user_disabled")
    before = len(request.workspace.channels)
    channel = request.workspace.direct(member)
    answer: Json = {"channel": {"id": channel.id}}
    if len(request.workspace.channels) == before:
        answer |= {"no_op": True, "already_open": True}
    return answer


def info(request: Request) -> Json:
    """Describe one conversation."""
    channel = request.channel()
    request.read_scope(channel)
    described = channel.as_json(request.workspace.bot)
    if request.flag("include_num_members"):
        described["num_members"] = len(channel.members)
    return {"channel": described}


def _readable(request: Request) -> Channel:
    channel = request.channel()
    request.history_scope(channel)
    if request.workspace.bot not in channel.members:
        raise RefusedError("not_in_channel")
    return channel


def _within(request: Request, messages: list[Message]) -> list[Message]:
    oldest, latest = request.text("oldest") or "0", request.text("latest") or "9" * 12
    try:
        low, high = _micros(oldest), _micros(latest)
    except ValueError:
        raise RefusedError("invalid_ts_latest") from None
    edge = 0 if request.flag("inclusive") else 1
    return [m for m in messages if low + edge <= _micros(m.ts) <= high - edge]


def _micros(ts: str) -> int:
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * 1_000_000 + int((fraction or "0").ljust(6, "0")[:6])


def history(request: Request) -> Json:
    """Read a channel, newest first, without the replies in threads."""
    channel = _readable(request)
    return _answer(request, list(reversed(_within(request, channel.messages))))


def replies(request: Request) -> Json:
    """Read a thread, oldest first, its parent always included."""
    channel = _readable(request)
    parent = channel.find(request.need("ts"))
    if parent is None:
        raise RefusedError("thread_not_found")
    if parent.thread_ts not in {None, parent.ts}:
        return _answer(request, [parent])
    return _answer(request, [parent, *_within(request, parent.thread)])


def _answer(request: Request, messages: list[Message]) -> Json:
    with_metadata = request.flag("include_all_metadata")
    shown = [message.as_json(with_metadata=with_metadata) for message in messages]
    page = paged(request, shown, "messages", 100)
    return page | {"has_more": bool(page["response_metadata"]["next_cursor"])}


def members(request: Request) -> Json:
    """List the members' ids."""
    channel = request.channel()
    request.read_scope(channel)
    ids: list[Json] = [{"id": member.id} for member in channel.members]
    page = paged(request, ids, "members", 100)
    return page | {"members": [item["id"] for item in page["members"]]}


def _listed(request: Request, *, mine: bool) -> Json:
    names = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}
    kinds = {names.get(t.strip()) for t in (request.text("types") or "public_channel").split(",")}
    if None in kinds:
        raise RefusedError("invalid_types")
    bot = request.workspace.bot
    found: list[Json] = []
    for channel in request.workspace.channels.values():
        visible = bot in channel.members or (channel.kind == "public" and not mine)
        dropped = channel.archived and request.flag("exclude_archived")
        if channel.kind in kinds and visible and not dropped:
            request.read_scope(channel)
            found.append(channel.as_json(bot))
    return paged(request, found, "channels", 100)


def list_all(request: Request) -> Json:
    """List the conversations that the bot can see."""
    return _listed(request, mine=False)


def list_mine(request: Request) -> Json:
    """List the conversations that the bot is in."""
    return _listed(request, mine=True)


def join(request: Request) -> Json:
    """Join a public channel."""
    workspace, channel = request.workspace, request.channel()
    if channel.kind != "public":
        raise RefusedError("method_not_supported_for_channel_type")
    if channel.archived:
        raise RefusedError("is_archived")
    answer: Json = {}
    if workspace.bot in channel.members:
        answer = {"warning": "already_in_channel"}
    else:
        channel.members.append(workspace.bot)
        workspace.changes_log.add("joined", channel=channel.id, user=workspace.bot.id)
    return answer | {"channel": channel.as_json(workspace.bot)}


def add_reaction(request: Request) -> Json:
    """Put an emoji below a message, once."""
    channel = request.channel()
    message = channel.find(request.need("timestamp"))
    if message is None:
        raise RefusedError("message_not_found")
    reaction = (message.ts, request.need("name"))
    if reaction in request.workspace.reactions:
        raise RefusedError("already_reacted")
    request.workspace.reactions.append(reaction)
    request.workspace.changes_log.add(
        "reaction_added", channel=channel.id, ts=message.ts, name=reaction[1]
    )
    return {}


CONVERSATIONS = {
    "conversations.open": Method(open_direct, ("im:write", "mpim:write")),
    "conversations.info": Method(info, _READ),
    "conversations.history": Method(history, _HISTORY),
    "conversations.replies": Method(replies, _HISTORY),
    "conversations.members": Method(members, _READ, tier=4),
    "conversations.list": Method(list_all, _READ, tier=2),
    "conversations.join": Method(join, ("channels:join",)),
    "users.conversations": Method(list_mine, _READ),
    "reactions.add": Method(add_reaction, ("reactions:write",)),
}
