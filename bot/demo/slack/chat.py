"""The chat.* methods: posting, editing, deleting, whispering and linking."""

from __future__ import annotations

import json

from bot.demo.slack.blocks import (
    MOST_BLOCK_TEXT,
    MOST_MARKDOWN,
    block_text_length,
    check_blocks,
    check_view,
)
from bot.demo.slack.calls import Method, RefusedError, Request
from bot.demo.slack.changes import Json
from bot.demo.slack.model import Channel, Message

MOST_TEXT = 40_000
"""Characters after which Slack cuts the text of a posted message."""
MOST_UPDATE_TEXT = 4_000
MOST_ATTACHMENTS = 100
MOST_METADATA = 8_000


def read_content(request: Request) -> Json:
    """Return the checked content arguments: only those given, ready for a Message.

    Raises RefusedError in Slack's words for anything that Slack does not take, and writes
    down what Slack takes but readers suffer from.
    """
    blocks = request.structure("blocks", "invalid_blocks_format")
    text, markdown = request.text("text"), request.text("markdown_text")
    content: Json = {}
    if markdown is not None:
        if text or blocks:
            raise RefusedError("markdown_text_conflict")
        if len(markdown) > MOST_MARKDOWN:
            raise RefusedError("msg_too_long")
        content |= {"text": markdown, "blocks": [{"type": "markdown", "text": markdown}]}
    if text is not None:
        if len(text) > MOST_TEXT:
            request.workspace.violate("text_truncated", request.method, f"{len(text)} characters")
        content["text"] = text[:MOST_TEXT]
    if blocks is not None:
        content["blocks"] = _checked_blocks(blocks)
        if blocks and not text:
            request.workspace.violate("text_missing", request.method, "blocks without text")
    if (attachments := _checked_attachments(request)) is not None:
        content["attachments"] = attachments
    if (metadata := _checked_metadata(request)) is not None:
        content["metadata"] = metadata or None
    return content


def _checked_blocks(blocks: object, at: str = "/blocks") -> list[Json]:
    if not isinstance(blocks, list):
        raise RefusedError("invalid_blocks_format")
    if complaints := check_blocks(blocks, at=at):
        errors = [line.removeprefix("[ERROR] ") for line in complaints]
        raise RefusedError(
            "invalid_blocks", errors=errors, response_metadata={"messages": complaints}
        )
    if block_text_length(blocks) > MOST_BLOCK_TEXT:
        raise RefusedError("msg_blocks_too_long")
    return blocks


def _checked_attachments(request: Request) -> list[Json] | None:
    attachments = request.structure("attachments", "invalid_attachments")
    if attachments is None:
        return None
    if not isinstance(attachments, list):
        raise RefusedError("invalid_attachments")
    if len(attachments) > MOST_ATTACHMENTS:
        raise RefusedError("too_many_attachments")
    for index, attachment in enumerate(attachments):
        if not isinstance(attachment, dict):
            raise RefusedError("invalid_attachments")
        if "blocks" in attachment:
            _checked_blocks(attachment["blocks"], at=f"/attachments/{index}/blocks")
    return attachments


def _checked_metadata(request: Request) -> Json | None:
    metadata = request.structure("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise RefusedError("invalid_metadata_format")
    if metadata and not isinstance(metadata.get("event_payload"), dict):
        raise RefusedError("invalid_metadata_schema")
    if metadata and not metadata.get("event_type"):
        raise RefusedError("invalid_metadata_schema")
    if len(json.dumps(metadata)) > MOST_METADATA:
        raise RefusedError("metadata_too_large")
    return metadata


def _need_substance(content: Json) -> None:
    if not (content.get("text") or content.get("blocks") or content.get("attachments")):
        raise RefusedError("no_text")


def _place(request: Request) -> Channel:
    """Return the channel to post to: by id, by name, or a person's direct messages."""
    workspace, key = request.workspace, request.need("channel")
    if (member := workspace.members.get(key)) is not None:
        if member.standing == "deleted":
            raise RefusedError("channel_not_found")
        return workspace.direct(member)
    for channel in workspace.channels.values():
        if channel.name == key.removeprefix("#") and channel.kind == "public":
            return _open(request, channel)
    return _open(request, request.channel())


def _open(request: Request, channel: Channel) -> Channel:
    if channel.archived:
        raise RefusedError("is_archived")
    granted = request.workspace.scopes
    outside = request.workspace.bot not in channel.members
    if outside and ("chat:write.public" not in granted or request.method != "chat.postMessage"):
        raise RefusedError("not_in_channel")
    return channel


def thread_of(request: Request, channel: Channel) -> str | None:
    """Return the thread of argument `thread_ts`; a reply's ts counts for its parent, as a fault."""
    thread_ts = request.text("thread_ts")
    if not thread_ts:
        return None
    parent = channel.find(thread_ts)
    if parent is None:
        if not any(m.thread_ts == thread_ts for m in channel.log):
            raise RefusedError("thread_not_found")
        return thread_ts
    if parent.thread_ts not in {None, parent.ts}:
        request.workspace.violate("thread_of_a_reply", request.method, thread_ts)
        return parent.thread_ts
    return thread_ts


def post_message(request: Request) -> Json:
    """Post to a channel, a thread or a person."""
    channel = _place(request)
    content = read_content(request)
    _need_substance(content)
    thread_ts = thread_of(request, channel)
    message = Message(
        channel=channel,
        ts=request.workspace.new_ts(),
        author=request.workspace.bot,
        thread_ts=thread_ts,
        broadcast=thread_ts is not None and request.flag("reply_broadcast"),
        **content,
    )
    request.workspace.add_message(message)
    return {"channel": channel.id, "ts": message.ts, "message": message.as_json()}


def update(request: Request) -> Json:
    """Edit one of our own messages; text without blocks takes the blocks away."""
    channel = request.channel()
    message = channel.find(request.need("ts"))
    if message is None:
        raise RefusedError("message_not_found")
    if not request.workspace.is_ours(message):
        raise RefusedError("cant_update_message")
    if channel.archived:
        raise RefusedError("is_inactive")
    if len(request.text("text") or "") > MOST_UPDATE_TEXT:
        raise RefusedError("msg_too_long")
    content = read_content(request)
    if not content:
        raise RefusedError("no_text")
    if content.get("text") and "blocks" not in content:
        content["blocks"] = []
    if content.get("text") and not content["blocks"]:
        content["edited_ts"] = request.workspace.new_ts()
    if request.flag("reply_broadcast"):
        content["broadcast"] = True
    request.workspace.change_message(message, **content)
    answer = {"channel": channel.id, "ts": message.ts, "text": message.text}
    return answer | {"message": message.as_json()}


def delete(request: Request) -> Json:
    """Delete one of our own messages."""
    channel = request.channel()
    message = channel.find(request.need("ts"))
    if message is None:
        raise RefusedError("message_not_found")
    if not request.workspace.is_ours(message):
        raise RefusedError("cant_delete_message")
    request.workspace.remove_message(message)
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(request: Request) -> Json:
    """Show a message to one person who is in the channel."""
    member = request.workspace.members.get(request.need("user"))
    channel = _open(request, request.channel())
    if member is None or member not in channel.members or member.standing == "deleted":
        raise RefusedError("user_not_in_channel")
    if len(request.text("text") or "") > MOST_TEXT:
        raise RefusedError("msg_too_long")
    content = read_content(request)
    content.pop("metadata", None)
    _need_substance(content)
    message = Message(
        channel=channel,
        ts=request.workspace.new_ts(),
        author=request.workspace.bot,
        thread_ts=thread_of(request, channel),
        only_for=member,
        **content,
    )
    request.workspace.add_message(message)
    return {"message_ts": message.ts}


def get_permalink(request: Request) -> Json:
    """Link to a message."""
    channel = request.channel()
    message = channel.find(request.need("message_ts"))
    if message is None:
        raise RefusedError("message_not_found")
    return {"channel": channel.id, "permalink": permalink(request, message)}


def permalink(request: Request, message: Message) -> str:
    """Return a message's address on the web."""
    link = f"https://{request.workspace.domain}.slack.com/archives/{message.channel.id}"
    link += f"/p{message.ts.replace('.', '')}"
    if message.thread_ts not in {None, message.ts}:
        link += f"?thread_ts={message.thread_ts}&cid={message.channel.id}"
    return link


def validate(request: Request) -> Json:
    """Check blocks, a message or a view without posting anything; texts are not asked for."""
    given = [name for name in ("blocks", "message", "view") if request.text(name) is not None]
    if len(given) != 1:
        raise RefusedError("invalid_arguments")
    thing = request.structure(given[0], "invalid_blocks_format")
    if given[0] == "view":
        complaints = check_view(thing)
    else:
        complaints = check_blocks(thing if given[0] == "blocks" else thing.get("blocks", []))
    if complaints:
        raise RefusedError("invalid_blocks", response_metadata={"messages": complaints})
    return {}


CHAT = {
    "chat.postMessage": Method(post_message, ("chat:write", "chat:write.public"), tier=0),
    "chat.update": Method(update, ("chat:write",)),
    "chat.delete": Method(delete, ("chat:write",)),
    "chat.postEphemeral": Method(post_ephemeral, ("chat:write",), tier=4),
    "chat.getPermalink": Method(get_permalink, tier=9),
    "blocks.validate": Method(validate, tier=4),
}
