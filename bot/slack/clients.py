"""Slack's Web API clients: one that never repeats, one that may, over one session of their own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5)


@dataclass(frozen=True, slots=True)
class SlackAddress:
    """Where Slack is and how the bot shows who it is; the secrets never show."""

    url: str
    """The Web API, as ``https://slack.com/api/``."""
    bot_token: str = field(repr=False)
    app_token: str | None = field(default=None, repr=False)
    """Set: Socket Mode."""
    signing_secret: str | None = field(default=None, repr=False)
    proxy: str | None = field(default=None, repr=False)


@asynccontextmanager
async def slack_clients(
    address: SlackAddress,
) -> AsyncIterator[tuple[AsyncWebClient, AsyncWebClient]]:
    """Open the writer, which never repeats a call, and the reader, which repeats it once."""
    async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
        yield (
            _client(address, address.bot_token, [], session),
            _client(address, address.bot_token, _reading(), session),
        )


def bolts_client(address: SlackAddress) -> AsyncWebClient:
    """Make the client that Bolt copies for each request; it gets its token from ``authorize``."""
    return _client(address, None, [])


def doctors_client(address: SlackAddress) -> AsyncWebClient:
    """Make the client that asks each thing once."""
    return _client(address, address.bot_token, [])


def sockets_client(address: SlackAddress) -> AsyncWebClient:
    """Make the client that asks for socket addresses, with the app-level token."""
    return _client(address, address.app_token or "", _reading())


def _client(
    address: SlackAddress,
    token: str | None,
    handlers: list[AsyncRetryHandler],
    session: aiohttp.ClientSession | None = None,
) -> AsyncWebClient:
    client = AsyncWebClient(
        token=token, base_url=address.url, session=session, retry_handlers=handlers
    )
    # The SDK takes a proxy from the environment, knows no NO_PROXY, and reads "" as unset.
    client.proxy = address.proxy
    return client


def _reading() -> list[AsyncRetryHandler]:
    return [
        AsyncConnectionErrorRetryHandler(max_retry_count=1),
        AsyncServerErrorRetryHandler(max_retry_count=1),
        AsyncRateLimitErrorRetryHandler(max_retry_count=1),
    ]
