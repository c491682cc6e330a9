"""The door of the Web API: encodings, tokens, scopes, rate limits and armed faults."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable

from aiohttp import web

from bot.demo.slack import faults
from bot.demo.slack.calls import Method, RefusedError, Request
from bot.demo.slack.changes import Json
from bot.demo.slack.chat import CHAT
from bot.demo.slack.conversations import CONVERSATIONS
from bot.demo.slack.directory import DIRECTORY
from bot.demo.slack.limits import RateLimits
from bot.demo.slack.records import Call
from bot.demo.slack.state import Workspace
from bot.demo.slack.views import VIEWS

UNREADABLE = " body "
"""The place of the error in the arguments of a call whose body could not be read."""


class WebApi:
    """Every method of the table at ``/api/<method>``, as strict as Slack."""

    def __init__(self, workspace: Workspace, armed: faults.Faults) -> None:
        self._workspace = workspace
        self._faults = armed
        self.limits = RateLimits()
        self.new_socket_url: Callable[[], str] = lambda: ""
        opening = Method(lambda _: {"url": self.new_socket_url()}, tier=3, token="app")
        self.methods: dict[str, Method] = {
            "apps.connections.open": opening,
            **DIRECTORY,
            **CONVERSATIONS,
            **CHAT,
            **VIEWS,
        }

    async def answer(self, http: web.Request) -> web.StreamResponse:
        """Answer one HTTP request, or make it go wrong as armed."""
        started = time.monotonic()
        name = http.match_info["method"]
        arguments = await read_arguments(http)
        token = _token_of(http, arguments)
        call = Call(method=name, arguments=arguments, at=self._workspace.now())
        self._workspace.calls.append(call)
        fault = self._faults.take(name, arguments)
        call.fault = type(fault).__name__ if fault is not None else None
        self._workspace.changes_log.add("asked", method=name)
        try:
            return await self._carry_out(http, call, token, fault)
        finally:
            call.seconds = time.monotonic() - started
            error = call.result.get("error") or call.fault
            self._workspace.changes_log.add("call", method=name, ok=call.ok, error=error)

    async def _carry_out(
        self, http: web.Request, call: Call, token: str, fault: faults.Fault | None
    ) -> web.StreamResponse:
        if isinstance(fault, faults.Held):
            await fault.gate.wait()
        if (broken := before(http, fault)) is not None:
            call.status = broken.status
            if isinstance(fault, faults.Refused):
                call.result = {"ok": False, "error": fault.error}
            return broken
        method = self.methods.get(call.method)
        tier = method.tier if method else 9
        channel = str(call.arguments.get("channel", ""))
        wait = self.limits.refuse(
            call.method, tier=tier, channel=channel, now=self._workspace.now()
        )
        if wait is not None:
            call.status, call.result = 429, {"ok": False, "error": "ratelimited"}
            return too_many(wait)
        call.result = self._run(call, token)
        call.status = 200
        if isinstance(fault, faults.AcceptedThenDropped):
            return drop(http)
        if isinstance(fault, faults.Slow):
            await asyncio.sleep(fault.seconds)
        headers = {"x-slack-req-id": secrets.token_hex(8)}
        if method is not None and method.token == "bot" and token == self._workspace.bot_token:
            headers["x-oauth-scopes"] = ",".join(sorted(self._workspace.scopes))
            headers["x-accepted-oauth-scopes"] = ",".join(method.scopes)
        return web.json_response(call.result, headers=headers)

    def _run(self, call: Call, token: str) -> Json:
        request = Request(self._workspace, call.method, call.arguments)
        try:
            method = self._method(call)
            self._check_token(method, token)
            request.scope(*method.scopes)
            return {"ok": True} | method.run(request)
        except RefusedError as refusal:
            return refusal.answer

    def _method(self, call: Call) -> Method:
        if (method := self.methods.get(call.method)) is None:
            raise RefusedError("unknown_method", req_method=call.method)
        if UNREADABLE in call.arguments:
            raise RefusedError(call.arguments[UNREADABLE])
        return method

    def _check_token(self, method: Method, token: str) -> None:
        if method.token == "none":
            return
        if not token:
            raise RefusedError("not_authed")
        if token in self._workspace.revoked:
            raise RefusedError("token_revoked")
        kinds = {self._workspace.bot_token: "bot", self._workspace.app_token: "app"}
        if (kind := kinds.get(token)) is None:
            raise RefusedError("invalid_auth")
        if method.token not in {kind, "any"}:
            raise RefusedError("not_allowed_token_type")


async def read_arguments(http: web.Request) -> Json:
    """Return the arguments of the query, and of the form or JSON body."""
    arguments: Json = dict(http.query)
    if http.content_type == "application/json":
        body = await http.text()
        try:
            parsed = json.loads(body) if body else {}
        except ValueError:
            return arguments | {UNREADABLE: "invalid_json"}
        if not isinstance(parsed, dict):
            return arguments | {UNREADABLE: "json_not_object"}
        arguments |= parsed
    elif http.can_read_body:
        arguments |= dict(await http.post())
    return arguments


def _token_of(http: web.Request, arguments: Json) -> str:
    scheme, _, token = http.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return str(arguments.pop("token", ""))


def before(http: web.Request, fault: faults.Fault | None) -> web.StreamResponse | None:
    """Return the broken answer of a fault that keeps the call from being carried out."""
    match fault:
        case faults.DroppedBefore():
            return drop(http)
        case faults.RateLimited(retry_after):
            return too_many(retry_after)
        case faults.Status(code):
            return web.Response(status=code, text="<html>Sorry</html>", content_type="text/html")
        case faults.Html():
            return web.Response(text="<!DOCTYPE html><p>A proxy.</p>", content_type="text/html")
        case faults.Refused(error):
            return web.json_response({"ok": False, "error": error})
        case _:
            return None


def too_many(seconds: int) -> web.Response:
    """Return Slack's 429."""
    body = {"ok": False, "error": "ratelimited"}
    return web.json_response(body, status=429, headers={"Retry-After": str(seconds)})


def drop(http: web.Request) -> web.Response:
    """Cut the connection without an answer."""
    if http.transport is not None:
        http.transport.abort()
    return web.Response(status=500)
