"""Addresses that take messages without a token: response_urls and incoming webhooks."""

from __future__ import annotations

import json

from aiohttp import web

from bot.demo.slack import faults
from bot.demo.slack.calls import RefusedError, Request
from bot.demo.slack.changes import Json
from bot.demo.slack.chat import read_content
from bot.demo.slack.model import App, Channel, Message
from bot.demo.slack.records import RESPONSE_URL_SECONDS, RESPONSE_URL_USES, Call, ResponseUrl
from bot.demo.slack.state import Workspace
from bot.demo.slack.web_api import before, drop


class ResponseUrls:
    """Answers to one act of a person: five uses within thirty minutes."""

    def __init__(self, workspace: Workspace, armed: faults.Faults) -> None:
        self._workspace = workspace
        self._faults = armed

    async def answer(self, http: web.Request) -> web.StreamResponse:
        """Take one POST to a response_url."""
        try:
            arguments = json.loads(await http.text())
        except ValueError:
            arguments = None
        if not isinstance(arguments, dict):
            return _json({"ok": False, "error": "invalid_payload"}, 400)
        call = Call(method="response_url", arguments=arguments, at=self._workspace.now())
        self._workspace.calls.append(call)
        fault = self._faults.take("response_url", arguments)
        call.fault = type(fault).__name__ if fault is not None else None
        self._workspace.changes_log.add("asked", method=call.method)
        if isinstance(fault, faults.Held):
            await fault.gate.wait()
        if (broken := before(http, fault)) is not None:
            call.status = broken.status
            return broken
        call.result, call.status = self._carry_out(http.match_info["key"], arguments)
        self._workspace.changes_log.add("call", method=call.method, ok=call.ok)
        if isinstance(fault, faults.AcceptedThenDropped):
            return drop(http)
        return _json(call.result, call.status)

    def _carry_out(self, key: str, arguments: Json) -> tuple[Json, int]:
        url = self._workspace.response_urls.get(key)
        if url is None:
            return {"ok": False, "error": "invalid_url"}, 404
        late = self._workspace.now() - url.born > RESPONSE_URL_SECONDS
        if late or url.uses >= RESPONSE_URL_USES:
            return {"ok": False, "error": "expired_url"}, 404
        try:
            use_response_url(self._workspace, url, arguments)
        except RefusedError as refusal:
            status = 404 if refusal.answer["error"] == "message_not_found" else 400
            return refusal.answer, status
        url.uses += 1
        return {"ok": True}, 200


def use_response_url(workspace: Workspace, url: ResponseUrl, arguments: Json) -> None:
    """Post, replace or delete as the answer to an act; refuses in Slack's words."""
    if arguments.get("delete_original") is True:
        workspace.remove_message(_original(url))
        return
    content = read_content(Request(workspace, "response_url", arguments))
    if not (content.get("text") or content.get("blocks") or content.get("attachments")):
        raise RefusedError("no_text")
    if arguments.get("replace_original") is True:
        content.setdefault("blocks", [])
        workspace.change_message(_original(url), **content)
        return
    in_channel = arguments.get("response_type") == "in_channel"
    if in_channel and url.channel.archived:
        raise RefusedError("is_archived")
    message = Message(
        channel=url.channel,
        ts=workspace.new_ts(),
        author=workspace.bot,
        thread_ts=arguments.get("thread_ts"),
        only_for=None if in_channel else url.member,
        **content,
    )
    workspace.add_message(message)


def _original(url: ResponseUrl) -> Message:
    if url.message is None or url.message.deleted:
        raise RefusedError("message_not_found")
    return url.message


class IncomingWebhook:
    """An address that posts to one channel, of another app (Harness) or of our own."""

    def __init__(self, workspace: Workspace, channel: Channel, app: App) -> None:
        self._workspace = workspace
        self.channel = channel
        self.app = app
        self.key = workspace.new_id("hook")
        self.alive = True

    @property
    def url(self) -> str:
        """The address to give to the alerting system."""
        team_id = self._workspace.team_id
        return f"{self._workspace.base_url}/services/{team_id}/{self.app.bot_id}/{self.key}"

    def posts(self, text: str = "", **parts: object) -> Message:
        """Post as the alerting system would, with `blocks`, `attachments` or `thread_ts`."""
        return self.take({"text": text, **parts})

    def take(self, arguments: Json) -> Message:
        """Post what a payload says; refuses in Slack's words."""
        if self.channel.archived:
            raise RefusedError("channel_is_archived")
        content = read_content(Request(self._workspace, "webhook", arguments))
        if not (content.get("text") or content.get("blocks") or content.get("attachments")):
            raise RefusedError("no_text")
        message = Message(
            channel=self.channel,
            ts=self._workspace.new_ts(),
            author=self.app,
            through_webhook=True,
            thread_ts=arguments.get("thread_ts"),
            **content,
        )
        self._workspace.add_message(message)
        return message

    async def answer(self, http: web.Request) -> web.StreamResponse:
        """Take one POST: JSON, or a form with a `payload` field."""
        if not self.alive:
            return web.Response(status=404, text="no_service")
        try:
            if http.content_type == "application/json":
                arguments = json.loads(await http.text())
            else:
                arguments = json.loads(str((await http.post()).get("payload", "")))
        except ValueError:
            return web.Response(status=400, text="invalid_payload")
        if not isinstance(arguments, dict):
            return web.Response(status=400, text="invalid_payload")
        try:
            self.take(arguments)
        except RefusedError as refusal:
            error = str(refusal.answer["error"])
            gone = error == "channel_is_archived"
            return web.Response(status=410 if gone else 400, text=error)
        return web.Response(text="ok")


def _json(body: Json, status: int) -> web.Response:
    return web.json_response(body, status=status)
