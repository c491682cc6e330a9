"""Socket Mode: single-use addresses, up to ten connections, each envelope on one of them."""

from __future__ import annotations

import asyncio
import json
import secrets
import uuid

from aiohttp import WSMsgType, web

from bot.demo.slack.changes import Json
from bot.demo.slack.receipts import Receipt
from bot.demo.slack.state import Workspace

MOST_CONNECTIONS = 10


class SocketMode:
    """The web sockets on which the bot waits for envelopes."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._tickets: set[str] = set()
        self._connections: list[tuple[web.WebSocketResponse, web.Request]] = []
        self._waiting: dict[str, tuple[object, asyncio.Future[Json | None]]] = {}
        self._turn = 0
        self.opened = 0
        """How many connections there ever were."""
        self.ghosts = 0
        """Half-open connections that Slack still counts and sends to (facts 1.5)."""

    @property
    def connections(self) -> int:
        """How many live connections the bot holds."""
        return len(self._connections)

    def new_url(self) -> str:
        """Give out an address for one connection."""
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        base = self._workspace.base_url.replace("http", "ws", 1)
        return f"{base}/link/?ticket={ticket}&app_id={self._workspace.app.app_id}"

    async def accept(self, http: web.Request) -> web.StreamResponse:
        """Hold one connection until it ends."""
        if (ticket := http.query.get("ticket", "")) not in self._tickets:
            return web.Response(status=403, text="invalid ticket")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(http)
        if self.connections + self.ghosts >= MOST_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        connection = (socket, http)
        self._connections.append(connection)
        self.opened += 1
        try:
            await socket.send_json(self._hello())
            self._workspace.changes_log.add("socket_opened", connections=self.connections)
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._hear(frame.data)
        finally:
            if connection in self._connections:
                self._connections.remove(connection)
            self._give_up(socket)
            self._workspace.changes_log.add("socket_closed", connections=self.connections)
        return socket

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": self.connections + self.ghosts,
            "connection_info": {"app_id": self._workspace.app.app_id},
            "debug_info": {
                "host": "applink-pretend",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
        }

    def _hear(self, text: str) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            return
        _, future = self._waiting.pop(str(frame.get("envelope_id")), (None, None))
        if future is not None and not future.done():
            future.set_result(frame.get("payload"))

    def _give_up(self, socket: web.WebSocketResponse) -> None:
        for holder, future in self._waiting.values():
            if holder is socket and not future.done():
                future.set_exception(ConnectionResetError("the socket is gone"))

    async def deliver(self, receipt: Receipt, *, reason: str, seconds: float) -> None:
        """Send one envelope on one connection and wait for its ack, at most `seconds`."""
        connection = self._next()
        if connection is None:
            if self.ghosts:
                await asyncio.sleep(seconds)
            receipt.error = "timeout" if self.ghosts else "no_connection"
            return
        envelope_id = str(uuid.uuid4())
        future: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = (connection, future)
        envelope: Json = {
            "envelope_id": envelope_id,
            "payload": receipt.payload,
            "type": receipt.kind,
            "accepts_response_payload": receipt.kind != "events_api",
        }
        if receipt.kind == "events_api":
            envelope |= {"retry_attempt": receipt.attempt, "retry_reason": reason}
        try:
            await connection.send_json(envelope)
            receipt.response = await asyncio.wait_for(future, seconds)
            receipt.acked = True
        except TimeoutError:
            receipt.error = "timeout"
        except (ConnectionError, RuntimeError):
            receipt.error = "connection_failed"
        finally:
            self._waiting.pop(envelope_id, None)

    def _next(self) -> web.WebSocketResponse | None:
        total = self.connections + self.ghosts
        if total == 0:
            return None
        self._turn += 1
        index = self._turn % total
        return self._connections[index][0] if index < self.connections else None

    async def ask_to_reconnect(self, reason: str = "refresh_requested") -> None:
        """Send every connection a disconnect frame (`warning` or `refresh_requested`)."""
        for socket, _ in list(self._connections):
            frame = {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink"}}
            await socket.send_json(frame)

    def drop(self) -> int:
        """Cut every connection without a word; return how many there were."""
        cut = len(self._connections)
        for _, http in self._connections:
            if http.transport is not None:
                http.transport.abort()
        self._connections.clear()
        return cut

    async def close(self) -> None:
        """Close every connection in order, at the end of serving."""
        for socket, _ in list(self._connections):
            await socket.close()
