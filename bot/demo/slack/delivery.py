"""Delivery to the bot: by the mode in use, measured, and events again when they failed."""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import Coroutine

from bot.demo.slack.changes import Json
from bot.demo.slack.http_mode import HttpMode
from bot.demo.slack.model import Channel
from bot.demo.slack.receipts import Kind, Receipt
from bot.demo.slack.socket_mode import SocketMode
from bot.demo.slack.state import Workspace

ACK_SECONDS = 3.0
RETRY_DELAYS = (0.0, 60.0, 300.0)
"""Slack retries an event at once, after a minute and after five (facts 1.4)."""

_SUBSCRIPTIONS = {
    "public": ("message.channels", "channels:history"),
    "private": ("message.groups", "groups:history"),
    "im": ("message.im", "im:history"),
}


class Delivery:
    """Takes payloads to the bot and writes a receipt for each attempt."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.socket = SocketMode(workspace)
        self.http = HttpMode(workspace)
        self.receipts: list[Receipt] = []
        self.ack_seconds = ACK_SECONDS
        self.retry_delays: tuple[float, ...] = RETRY_DELAYS
        self._tasks: set[asyncio.Task[object]] = set()
        self._open = False

    def open(self) -> None:
        """Start delivering; before this nothing is sent."""
        self._open = True
        self.http.open()

    async def close(self) -> None:
        """Give up what is under way and close the connections."""
        self._open = False
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.socket.close()
        await self.http.close()

    async def send(
        self, kind: Kind, payload: Json, *, attempt: int = 0, reason: str = ""
    ) -> Receipt:
        """Deliver once; commands and clicks are never repeated."""
        receipt = Receipt(kind=kind, payload=copy.deepcopy(payload), attempt=attempt)
        self.receipts.append(receipt)
        started = time.monotonic()
        if self.http.request_url is not None:
            receipt.via = "http"
            await self.http.deliver(receipt, reason=reason, seconds=self.ack_seconds)
        else:
            receipt.via = "socket"
            await self.socket.deliver(receipt, reason=reason, seconds=self.ack_seconds)
        self._note(receipt, started)
        return receipt

    async def replay(self, receipt: Receipt) -> Receipt:
        """Deliver the same again: over HTTP the very bytes, as an eavesdropper would send them."""
        if receipt.raw is None:
            return await self.send(receipt.kind, receipt.payload, attempt=receipt.attempt)
        again = Receipt(kind=receipt.kind, payload=receipt.payload, via="http")
        self.receipts.append(again)
        started = time.monotonic()
        body, headers = receipt.raw
        await self.http.post(again, body, headers, seconds=self.ack_seconds)
        self._note(again, started)
        return again

    async def send_event(self, event: Json, channel: Channel | None = None) -> Receipt:
        """Deliver an event, and up to three times more while it fails; return the last receipt."""
        payload = self._callback(event, channel)
        receipt = await self.send("events_api", payload)
        for attempt, delay in enumerate(self.retry_delays, start=1):
            if receipt.acked or receipt.error == "http_error_no_retry":
                break
            await asyncio.sleep(delay)
            reason = f"http_{receipt.error}" if receipt.error == "timeout" else receipt.error
            receipt = await self.send(
                "events_api", payload, attempt=attempt, reason=reason or "unknown_error"
            )
        return receipt

    def message_event(self, channel: Channel, event: Json) -> None:
        """Deliver a message event if the bot is subscribed, allowed and in the channel."""
        subscription, scope = _SUBSCRIPTIONS[channel.kind]
        workspace = self._workspace
        heard = subscription in workspace.events and scope in workspace.scopes
        inside = workspace.bot in channel.members
        if not (heard and inside and self._open) or workspace.bot_token in workspace.revoked:
            return
        place = {"channel": channel.id, "channel_type": channel.type}
        stamp = {"event_ts": event["ts"]}
        self.start(self.send_event(event | place | stamp, channel))

    def start(self, work: Coroutine[object, object, object]) -> None:
        """Run a delivery in the background, kept until it ends."""
        task: asyncio.Task[object] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Wait until every delivery under way has ended, retries included."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _callback(self, event: Json, channel: Channel | None) -> Json:
        workspace = self._workspace
        enterprise_id = workspace.enterprise["id"] if workspace.enterprise else None
        return {
            "token": "deprecated-verification-token",
            "team_id": workspace.team_id,
            "context_team_id": workspace.team_id,
            "context_enterprise_id": enterprise_id,
            "api_app_id": workspace.app.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": workspace.new_id("Ev"),
            "event_time": int(workspace.now()),
            "authorizations": [
                {
                    "enterprise_id": enterprise_id,
                    "team_id": workspace.team_id,
                    "user_id": workspace.bot.id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": channel.shared if channel else False,
            "event_context": f"4-{workspace.new_id('x')}",
        }

    def _note(self, receipt: Receipt, started: float) -> None:
        receipt.seconds = time.monotonic() - started
        self._workspace.changes_log.add(
            "ack" if receipt.acked else "not_acked",
            delivery=receipt.kind,
            attempt=receipt.attempt,
            seconds=round(receipt.seconds, 4),
            error=receipt.error,
        )
