"""A workspace whose clock stands still until told, and a client with the bot's token."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack import PretendSlack
from bot.demo.slack.state import MANIFEST_SCOPES

EVERY_SCOPE = (
    *MANIFEST_SCOPES,
    "channels:read", "groups:read", "im:read", "im:write", "im:history", "channels:join",
    "reactions:write", "team:read",
)  # fmt: skip


@dataclass
class StoppedClock:
    seconds: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
async def slack(clock: StoppedClock) -> AsyncIterator[PretendSlack]:
    workspace = PretendSlack(now=clock, scopes=EVERY_SCOPE)
    workspace.delivery.retry_delays = (0.0, 0.0, 0.0)
    async with workspace.serving():
        yield workspace


@pytest.fixture
async def api(slack: PretendSlack) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        url = f"{slack.base_url}/api/"
        yield AsyncWebClient(
            token=slack.bot_token, base_url=url, session=session, retry_handlers=[]
        )


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def dana(slack: PretendSlack):
    return slack.person("Dana Ops", email="dana@example.com")


@pytest.fixture
def ops(slack: PretendSlack, dana):
    return slack.channel("deploys", members=[dana])
