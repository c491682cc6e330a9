"""The real bot between the two pretenders, over real sockets, with people who act."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.app import serve
from bot.demo.harness import (
    Application,
    Environment,
    Pipeline,
    PretendHarness,
    Run,
    approval,
    deployment,
    in_envs,
    stage,
    workflow,
)
from bot.demo.slack import Channel, Message, Person, PretendSlack
from bot.settings import Settings


@dataclass
class World:
    """Two pretenders, some people, one shop that deploys to production, and the bot's settings."""

    slack: PretendSlack
    harness: PretendHarness
    settings: dict[str, Any]
    clock: list[float]
    ops: Channel
    dana: Person
    """May do everything."""
    eve: Person
    """Is in Harness, and may deploy to nothing but the other environments."""
    nobody: Person
    """A member of the workspace whom Harness does not know."""
    guest: Person
    shop: Application
    prod: Environment
    dev: Environment
    trigger: Any
    """What starts a run when nobody in particular does."""

    def checkout(self, **first: Any) -> Pipeline:
        """Make the pipeline of the seed's shape: sign-off, two deployments at once, a test."""
        return self.harness.world.pipeline(
            self.shop,
            "Checkout Release",
            stage("Sign-off", approval("Approve release", seconds=1)),
            stage(
                "Deploy",
                workflow("Deploy EU", self.prod, seconds=1, ends=("FAILED", "SUCCESS")),
                workflow("Deploy US", self.prod, seconds=1),
            ),
            stage("Smoke test", workflow("Smoke", self.dev, seconds=1)),
        )

    def failed_run(self, pipeline: Pipeline | None = None, **how: Any) -> Run:
        """Give a run that has failed by now."""
        how.setdefault("by", self.trigger)
        run = self.harness.world.start(pipeline or self.checkout(), ago=600, **how)
        self.harness.world.tick()
        return run

    def passes(self, seconds: float) -> None:
        """Let time pass in the pretend Harness."""
        self.clock[0] += seconds

    @asynccontextmanager
    async def bot(self, **changes: Any) -> AsyncIterator["Running"]:
        """Run the bot until the context ends, drained as by SIGTERM."""
        settings = Settings(**(self.settings | changes))
        stop, ready = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(serve(settings, stop=stop, ready=ready))
        waiting = asyncio.create_task(ready.wait())
        done, _ = await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if task in done:
            await task
        if settings.socket_mode:
            await self.slack.until(lambda: self.slack.delivery.socket.connections)
        try:
            yield Running(settings, task, stop)
        finally:
            stop.set()
            waiting.cancel()
            await task

    async def asks(self, person: Person, text: str) -> None:
        """Let *person* type the command in #deploys and demand the ack."""
        receipt = await person.types(self.ops, text)
        assert receipt.acked, receipt

    async def card(self, run: Run, person: Person | None = None) -> Message:
        """Ask for the run's stages and give the card that comes."""
        before = len(self.ops.messages)
        await self.asks(person or self.dana, f"/resume {run.id}")
        await self.slack.until(lambda: len(self.ops.messages) > before)
        return self.ops.messages[-1]

    async def whispered(self, person: Person, count: int = 1) -> str:
        """Wait until *person* was told *count* things in all; give the last one's words."""
        await self.slack.until(lambda: len(person.ephemerals()) >= count)
        return words(person.ephemerals()[-1])


@dataclass
class Running:
    """A bot that runs."""

    settings: Settings
    task: asyncio.Task[None]
    stop: asyncio.Event


@asynccontextmanager
async def opened(database_url: str, *, http_port: int | None = None) -> AsyncIterator[World]:
    """Open the pretenders; with *http_port* Slack posts to the bot there instead of a socket."""
    async with AsyncExitStack() as stack:
        clock = [1_790_000_000.0]
        harness = PretendHarness(now=lambda: clock[0], quota=0)
        slack = PretendSlack()
        harness_url = await stack.enter_async_context(harness.serving())
        api_url = await stack.enter_async_context(slack.serving())
        settings: dict[str, Any] = {
            "slack_bot_token": slack.bot_token,
            "slack_signing_secret": slack.signing_secret,
            "slack_api_url": api_url,
            "harness_url": harness_url,
            "harness_account_id": harness.world.account,
            "harness_api_key": harness.key,
            "harness_requests_per_minute": 0,
            "poll_seconds": 1,
            "database_url": database_url,
            "port": http_port or 0,
        }
        if http_port is None:
            settings["slack_app_token"] = slack.app_token
        else:
            slack.send_to(f"http://127.0.0.1:{http_port}/slack/events")
        yield _peopled(slack, harness, settings, clock)
        assert slack.violations == [], "what Slack would refuse"
        assert harness.crashes == [], "the pretender itself failed"


def _peopled(
    slack: PretendSlack, harness: PretendHarness, settings: dict[str, Any], clock: list[float]
) -> World:
    dana = slack.person("Dana Ops", email="dana@example.com")
    eve = slack.person("Eve Dev", email="eve@example.com")
    nobody = slack.person("Noel Body", email="noel@example.com")
    guest = slack.person("Gus Guest", email="gus@example.com", standing="guest")
    ops = slack.channel("deploys", members=[dana, eve, nobody, guest])
    world = harness.world
    shop = world.application("Storefront")
    prod = world.environment(shop, "prod-eu", prod=True)
    dev = world.environment(shop, "dev", prod=False)
    world.user("dana@example.com", "Dana Ops", world.user_group("Deployers", deployment()))
    others = world.user_group("Developers", deployment(envs=in_envs(dev)))
    world.user("eve@example.com", "Eve Dev", others)
    return World(
        slack,
        harness,
        settings,
        clock,
        ops,
        dana,
        eve,
        nobody,
        guest,
        shop,
        prod,
        dev,
        world.trigger(shop, "on merge"),
    )


def words(message: Message | Any) -> str:
    """Give all that a person reads in a message, its plain text first."""
    return "\n".join([message.text, *_texts(message.blocks)])


def _texts(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["text"]] if isinstance(node.get("text"), str) else []
        return own + [text for value in node.values() for text in _texts(value)]
    if isinstance(node, list | tuple):
        return [text for item in node for text in _texts(item)]
    return []


def buttons(message: Message) -> list[str]:
    """Give the accessibility labels of a card's buttons, and its menu's option texts, in order."""
    labels: list[str] = []
    for block in message.blocks or []:
        for element in block.get("elements", []) if block["type"] == "actions" else []:
            if element["type"] == "button" and "url" not in element:
                labels.append(element["accessibility_label"])
            labels += [option["text"]["text"] for option in element.get("options", [])]
    return labels


async def until(condition: Callable[[], Any], world: World, seconds: float = 10) -> Any:
    """Wait for something to become true, while Harness's time and ours go on."""
    async with asyncio.timeout(seconds):
        while not (found := condition()):
            world.passes(0.2)
            world.harness.world.tick()
            await asyncio.sleep(0.02)
    return found


async def get(url: str) -> tuple[int, str]:
    """Ask the bot's HTTP server."""
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
