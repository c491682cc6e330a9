"""HTTP mode: every delivery is a signed POST to the bot's request URL."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Literal
from urllib.parse import urlencode

import aiohttp

from bot.demo.slack.receipts import Receipt
from bot.demo.slack.state import Workspace

Signing = Literal["good", "bad", "old", "missing"]
OLD_SECONDS = 301


class HttpMode:
    """Posts to one request URL; it signs as told, with the real clock as receivers use it."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._session: aiohttp.ClientSession | None = None
        self.request_url: str | None = None
        self.signing: Signing = "good"

    def open(self) -> None:
        """Make the client session, inside the running loop."""
        self._session = aiohttp.ClientSession()

    async def close(self) -> None:
        """Close the client session."""
        if self._session is not None:
            await self._session.close()

    async def deliver(self, receipt: Receipt, *, reason: str, seconds: float) -> None:
        """POST one delivery and wait for its answer, at most `seconds`."""
        if receipt.kind == "events_api":
            body, content_type = json.dumps(receipt.payload), "application/json"
        elif receipt.kind == "interactive":
            body = urlencode({"payload": json.dumps(receipt.payload)})
            content_type = "application/x-www-form-urlencoded"
        else:
            body = urlencode({k: v for k, v in receipt.payload.items() if v is not None})
            content_type = "application/x-www-form-urlencoded"
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0 (pretend)"}
        headers |= self._signature(body)
        if receipt.attempt:
            headers["X-Slack-Retry-Num"] = str(receipt.attempt)
            headers["X-Slack-Retry-Reason"] = reason
        await self.post(receipt, body, headers, seconds=seconds)

    async def post(
        self, receipt: Receipt, body: str, headers: dict[str, str], *, seconds: float
    ) -> None:
        """POST these very bytes and headers, and note the answer on the receipt."""
        if self._session is None or self.request_url is None:
            receipt.error = "no_request_url"
            return
        receipt.raw = (body, headers)
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._session.post(
                self.request_url, data=body.encode(), headers=headers, timeout=timeout
            ) as response:
                receipt.status = response.status
                text = await response.text()
                no_retry = response.headers.get("X-Slack-No-Retry") == "1"
        except TimeoutError:
            receipt.error = "timeout"
        except aiohttp.ClientError:
            receipt.error = "connection_failed"
        else:
            receipt.response = _parsed(text)
            receipt.acked = 200 <= receipt.status < 300
            if not receipt.acked:
                receipt.error = "http_error_no_retry" if no_retry else "http_error"

    def _signature(self, body: str) -> dict[str, str]:
        if self.signing == "missing":
            return {}
        moment = int(time.time()) - (OLD_SECONDS if self.signing == "old" else 0)
        secret = "not the secret" if self.signing == "bad" else self._workspace.signing_secret
        digest = hmac.new(secret.encode(), f"v0:{moment}:{body}".encode(), hashlib.sha256)
        return {
            "X-Slack-Request-Timestamp": str(moment),
            "X-Slack-Signature": f"v0={digest.hexdigest()}",
        }


def _parsed(text: str) -> dict[str, object] | str | None:
    if not text:
        return None
    try:
        parsed = json.loads(text)
    except ValueError:
        return text
    return parsed if isinstance(parsed, dict) else text
