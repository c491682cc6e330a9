"""``resume-bot demo``: the real bot, between a pretend Slack and a pretend Harness on loopback."""

import asyncio
import webbrowser
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from bot.app import serve
from bot.demo.panel import Panel
from bot.demo.slack.page import Page
from bot.demo.story import Story, tell
from bot.settings import BadSettings, Settings

POLL_SECONDS = 1.0
USUAL_PORT = 8080


async def demo(
    *, port: int | None, open_browser: bool, stop: asyncio.Event, story: Story | None = None
) -> None:
    """Run the demo until *stop* is set; *port* is the page's: ``None`` for the usual or a free one.

    Prints the page's address once the bot is ready. BadSettings when the port that was asked for is
    taken.
    """
    story = story or tell()
    panel = Panel(story)
    page = Page(story.slack, beside=panel.state, acts=panel.acts)
    with TemporaryDirectory(prefix="resume-bot-demo-") as folder:
        async with AsyncExitStack() as opened:
            address = await _serving(page, port, opened)
            slack_url = await opened.enter_async_context(story.slack.serving())
            harness_url = await opened.enter_async_context(story.harness.serving())
            story.harness.world.portal = address.rstrip("/")  # links lead to the page's own panel
            settings = settings_for(story, slack_url, harness_url, Path(folder))
            await _beside(story, settings, address, stop=stop, open_browser=open_browser)


async def _serving(page: Page, port: int | None, opened: AsyncExitStack) -> str:
    """Open the page at *port*, and give its address."""
    try:
        return await opened.enter_async_context(
            page.serving(port=USUAL_PORT if port is None else port)
        )
    except OSError as error:
        if port is not None:
            why = f"--port: {port} cannot be used ({error.strerror}); --port 0 picks a free one"
            raise BadSettings((why,)) from error
    return await opened.enter_async_context(page.serving(port=0))


def settings_for(story: Story, slack_url: str, harness_url: str, folder: Path) -> Settings:
    """Make the bot's settings: nothing is read from the environment, no proxy is used."""
    policy = folder / "policy.toml"
    policy.write_text('[key]\nuser_groups = ["Resume bot"]\n', "utf-8")  # it is nobody to ask for
    return Settings(
        slack_bot_token=SecretStr(story.slack.bot_token),
        slack_app_token=SecretStr(story.slack.app_token),
        slack_signing_secret=SecretStr(story.slack.signing_secret),
        slack_api_url=slack_url,
        harness_url=harness_url,
        harness_account_id=story.harness.account,
        harness_api_key=SecretStr(story.harness.key),
        harness_requests_per_minute=0,  # the pretend Harness has no quota here either
        alert_channel=story.channels["deploys"].id,
        policy_file=policy,
        poll_seconds=POLL_SECONDS,
        database_url=SecretStr(f"sqlite:///{folder / 'resume-bot.db'}"),
        port=0,
        log_level="WARNING",
    )


async def _beside(
    story: Story, settings: Settings, address: str, *, stop: asyncio.Event, open_browser: bool
) -> None:
    """Run the bot and let Harness's time pass, until the one or the other ends."""
    ready = asyncio.Event()
    bot = asyncio.create_task(serve(settings, stop=stop, ready=ready))
    time_passes = asyncio.create_task(story.harness.live())
    starting = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait({bot, starting}, return_when=asyncio.FIRST_COMPLETED)
        if ready.is_set():
            print(f"Open {address} in a browser. Ctrl-C ends the demo.", flush=True)  # noqa: T201 - a command prints
            if open_browser:
                await asyncio.to_thread(webbrowser.open, address)
        await bot
    finally:
        for task in (bot, time_passes, starting):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
