"""Realistic tokens, planted wherever one could slip through, are in nothing that the bot writes."""

import asyncio
import contextlib
import sys

import aiohttp
import pytest

from bot.demo.harness import Fault
from bot.demo.slack import Refused, Status
from tests.torture.arena import everything_said, opened
from tests.torture.processes import ROOT, replicas

pytestmark = pytest.mark.timeout(180)  # real processes, on a machine that may be busy

PLANTED = {
    "SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99yyyzzz85a5",
    "HARNESS_EVENTS_TOKEN": "evt-3kB9xQ7LmN2pR5tV8wZ1",
}
STRANGERS = (
    f"xoxb-{'1' * 12}-{'2' * 12}-AbCdEfGhIjKlMnOpQrStUvWx",
    f"xapp-1-A{'0123456789'}-{'1' * 13}-0123456789abcdef",
    "https://hooks.slack.com/services/T0PRETEND/B01234567/AbCdEfGhIjKlMnOpQrStUvWx",
)
"""Tokens of other people's, which nobody told the bot."""

ECHOES = (
    (Fault.TEXT, "execution"),
    (Fault.BAD_KEY_GRAPHQL, "execution"),
    (Fault.TEXT, "userByEmail"),
    (Fault.TEXT, "resumeExecution"),
    (Fault.BAD_KEY_GRAPHQL, "resumeExecution"),
    (Fault.DROPPED_AFTER, "resumeExecution"),
)
"""Faults whose words hold the key, and where they come up."""


async def test_no_secret_is_in_anything_that_the_bot_writes(tmp_path, sqlite_url):
    """Harness and Slack echo keys in their errors, at DEBUG: no copy of any is kept or said."""
    async with opened(tmp_path, sqlite_url, LOG_LEVEL="DEBUG", **PLANTED) as arena:
        slack, harness = arena.slack, arena.harness
        secrets = [slack.bot_token, slack.app_token, harness.key, *PLANTED.values()]
        echo = f"Request failed, headers were: x-api-key: {harness.key}, accept: */*"
        async with replicas(arena.replica("one")) as (one,):
            for fault, on in ECHOES:
                harness.faults.arm(fault, on=on, text=echo, seconds=0.2)
                await _asks_and_presses(arena)
            harness.faults.disarm()
            for method in ("chat.postMessage", "chat.update", "users.info", "chat.postEphemeral"):
                slack.faults.arm(method, Refused(f"bad_{slack.bot_token}"))
                slack.faults.arm("response_url", Status(500))
                await _asks_and_presses(arena)
            slack.faults.disarm()
            await _asks_and_presses(arena)
            pages = [await _page(one.port, path) for path in ("readyz", "metrics", "nowhere")]
            await one.stop()
        ways = [f"/{key}" for key in slack.response_urls]
        written = {
            "the log": one.log.read_bytes(),
            "the database": b"".join(p.read_bytes() for p in tmp_path.glob("resume-bot.db*")),
            "the audit trail": await _trail(arena),
            "HTTP": b"\n".join(pages),
            "Slack": "\n".join(
                f"{m.text} {m.blocks} {m.metadata}"
                for m in [*everything_said(arena), *slack.ephemeral_messages]
            ).encode(),
        }
        assert len(written["the log"]) > 10_000
        for where, what in written.items():
            for secret in [*secrets, *ways]:
                at = what.find(secret.encode())
                assert at < 0, f"{where}: {what[max(0, at - 300) : at + 60]!r}"


async def test_tokens_of_strangers_are_cut_from_the_log(tmp_path, sqlite_url):
    """What looks like a token is cut from the log, wherever it came from."""
    async with opened(tmp_path, sqlite_url, LOG_LEVEL="DEBUG") as arena:
        async with replicas(arena.replica("one")) as (one,):
            for text in STRANGERS:
                arena.harness.faults.arm(
                    Fault.TEXT, on="execution", text=f"failed: {text}", times=9
                )
                run = arena.failed_run()
                await arena.people[0].types(arena.channels[0], f"/resume {run.id} {text}")
                arena.harness.faults.disarm()
            await one.stop()
        log = one.log.read_text()
        assert [text for text in STRANGERS if text in log] == []


async def _asks_and_presses(arena):
    run = arena.failed_run()
    who, channel = arena.people[0], arena.channels[0]
    heard = len(who.ephemerals())
    await who.types(channel, f"/resume {run.id}")
    with contextlib.suppress(TimeoutError):
        await arena.slack.until(
            lambda: arena.cards(run, channel) or len(who.ephemerals()) > heard, 2
        )
    if cards := arena.cards(run, channel):
        heard = len(who.ephemerals())
        await arena.click(cards[0], run)
        with contextlib.suppress(TimeoutError):
            await arena.slack.until(lambda: cards[0].thread or len(who.ephemerals()) > heard, 2)


async def _page(port, path):
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"http://127.0.0.1:{port}/{path}") as answer,
    ):
        return await answer.read()


async def _trail(arena):
    out = b""
    for style in ("jsonl", "csv"):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", "audit", "--format", style),
            env=arena.environment | {"PYTHONPATH": str(ROOT)},
            cwd=arena.folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out += (await process.communicate())[0]
    assert b"checked" in out
    return out
