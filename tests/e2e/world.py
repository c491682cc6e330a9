"""The real bot between the two pretenders, over real sockets, with people who act."""

import asyncio
import contextlib
import io
import logging
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import structlog

from bot import logs
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
    only,
    stage,
    workflow,
)
from bot.demo.harness.resume import resume
from bot.demo.slack import Channel, Message, Person, PretendSlack
from bot.flows.pace import Pace
from bot.settings import Settings

QUICK = Pace(
    offer_seconds=4.0,
    read_seconds=2.5,
    click_seconds=4.5,
    post_seconds=0.0,
    first_look_ms=100,
    settle_ms=200,
    several_look_ms=200,
    missing_ms=200,
    open_look_ms=200,
    open_cards_seconds=0.2,
)
"""Production's pace, with the long waits cut short."""

POLL_SECONDS = 0.15


@dataclass
class World:
    """Two pretenders, some people, one shop that deploys to production, and the bot's settings."""

    slack: PretendSlack
    harness: PretendHarness
    settings: dict[str, Any]
    clock: list[float]
    """How far Harness's time is ahead of ours, in seconds."""
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
    log: io.StringIO = field(default_factory=io.StringIO)
    """All that the bot logged, at DEBUG."""
    asked_again: bool = False
    """Whether a test asks for several cards of one run, which say the same."""
    flaws_expected: bool = False
    """Whether the test provokes an error of the bot's own, so that a traceback is right."""

    def checkout(self, name: str = "Checkout Release") -> Pipeline:
        """Make the pipeline of the seed's shape: sign-off, two deployments at once, a test."""
        return self.harness.world.pipeline(
            self.shop,
            name,
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

    def resumes_of(self, run: Run) -> list[str]:
        """Give the stages from which Harness resumed *run*: exactly what "once" is counted by."""
        return [r.stage for r in self.harness.world.resumes if r.old == run.id]

    async def resumed_elsewhere(self, run: Run, name: str = "Deploy") -> Run:
        """Resume a run with another key, as another client of Harness does."""
        run.refresh()
        key = self.harness.world.key("somebody-else")
        return await resume(
            self.harness.world, key, app_id=run.app.id, execution_id=run.id, stage=name, pause=0.0
        )

    def newest(self) -> Run:
        """Give the run that a resume started last."""
        return self.harness.world.runs[self.harness.world.resumes[-1].new]

    def passes(self, seconds: float) -> None:
        """Let time pass in the pretend Harness."""
        self.clock[0] += seconds

    @asynccontextmanager
    async def bot(self, *, pace: Pace = QUICK, **changes: Any) -> AsyncIterator["Running"]:
        """Run the bot until the context ends, drained as by SIGTERM."""
        running = await self.starts(pace=pace, **changes)
        try:
            yield running
        finally:
            await running.stops()

    async def starts(self, *, pace: Pace = QUICK, **changes: Any) -> "Running":
        """Start the bot and wait until it takes part."""
        settings = Settings(**({"poll_seconds": 1} | self.settings | changes))
        if "poll_seconds" not in self.settings | changes:
            # Faster than the setting allows, so that a story is told in a second.
            settings = settings.model_copy(update={"poll_seconds": POLL_SECONDS})
        stop, ready = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(serve(settings, stop=stop, ready=ready, pace=pace))
        waiting = asyncio.create_task(ready.wait())
        done, _ = await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if task in done:
            await task
        if settings.socket_mode:
            await self.slack.until(lambda: self.slack.delivery.socket.connections)
        return Running(settings, task, stop, self.slack)

    async def asks(self, person: Person, text: str) -> None:
        """Let *person* type the command in #deploys and demand the ack."""
        receipt = await person.types(self.ops, text)
        assert receipt.acked, receipt

    async def card(self, run: Run, person: Person | None = None) -> Message:
        """Ask for the run's stages and give the card that comes."""
        before = len(self.ops.messages)
        await self.asks(person or self.dana, f"/resume {run.id}")
        await self.slack.until(lambda: len(self.ops.messages) > before, 10)
        return self.ops.messages[-1]

    async def answer(self, person: Person, text: str) -> str:
        """Let *person* type after ``/resume``; give the words that only they are told."""
        before, posted = len(person.ephemerals()), len(self.ops.log)
        await self.asks(person, f"/resume {text}")
        await self.slack.until(lambda: len(person.ephemerals()) > before, 10)
        assert len(self.ops.log) == posted, "a refusal is for one person"
        return words(person.ephemerals()[-1])

    async def refusal(self, person: Person, card: Message, button: str) -> str:
        """Let *person* press; give the words that only they are told, within 8 s."""
        before = len(person.ephemerals())
        receipt = await person.presses(card, button)
        assert receipt.acked, receipt
        await self.slack.until(lambda: len(person.ephemerals()) > before, 8)
        return words(person.ephemerals()[-1])

    async def whispered(self, person: Person, count: int = 1) -> str:
        """Wait until *person* was told *count* things in all; give the last one's words."""
        await self.slack.until(lambda: len(person.ephemerals()) >= count, 10)
        return words(person.ephemerals()[-1])


@dataclass
class Running:
    """A bot that runs."""

    settings: Settings
    task: asyncio.Task[None]
    stop: asyncio.Event
    slack: PretendSlack

    async def stops(self) -> None:
        """Stop it as SIGTERM does, once the events under way have arrived, and wait."""
        await self.slack.settle()
        self.stop.set()
        await self.task

    async def dies(self) -> None:
        """End it without any farewell, as far as that goes within one process."""
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task


@asynccontextmanager
async def opened(database_url: str, *, http_port: int | None = None) -> AsyncIterator[World]:
    """Open the pretenders; with *http_port* Slack posts to the bot there instead of a socket.

    At the end it is seen that nothing was said that Slack would refuse, that no message was posted
    twice, and that the log, at its most talkative, held no secret and no traceback.
    """
    async with AsyncExitStack() as stack:
        clock = [0.0]
        harness = PretendHarness(now=lambda: time.time() + clock[0], quota=0, rest_quota=0)
        slack = PretendSlack()
        slack.delivery.retry_delays = (0, 0.1, 0.3)  # while no bot runs, nobody waits for minutes
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
            "database_url": database_url,
            "port": http_port or 0,
        }
        if http_port is None:
            settings["slack_app_token"] = slack.app_token
        else:
            slack.send_to(f"http://127.0.0.1:{http_port}/slack/events")
        world = _peopled(slack, harness, settings, clock)
        stack.enter_context(_logged(world))
        yield world
        assert slack.violations == [], "what Slack would refuse"
        assert world.asked_again or slack.duplicates() == [], "what was said twice"
        assert harness.crashes == [], "the pretender itself failed"
        assert harness.followed == [], "a redirect was followed, key and all"
        _demand_discretion(world)


@contextmanager
def _logged(world: World) -> Iterator[None]:
    """Log as production does, at DEBUG, into memory."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    secrets = Settings(**({"poll_seconds": 1} | world.settings)).secrets()
    with contextlib.redirect_stderr(world.log):
        logs.configure(level="DEBUG", style="json", secrets=secrets)
    try:
        yield
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        structlog.reset_defaults()


def _demand_discretion(world: World) -> None:
    """See that the log gives nothing away and tells of no error of the bot's own."""
    said = world.log.getvalue()
    secrets = [world.slack.bot_token, world.slack.app_token, world.slack.signing_secret]
    for secret in [*secrets, world.harness.key, *world.slack.response_urls, logs.HIDDEN]:
        at = said.find(secret)
        assert at < 0, f"a secret was logged: {said[max(0, at - 1500) : at + 200]}"
    if not world.flaws_expected:
        found = said.find("Traceback")
        assert found < 0, said[max(0, found - 500) : found + 3000]


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
    mine = deployment(only(shop), in_envs(prod, dev))  # says all: no second look over REST
    world.user("dana@example.com", "Dana Ops", world.user_group("Deployers", mine))
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


def lines(card: Message) -> list[str]:
    """Give the lines of a card's thread, without the cards in it."""
    return [message.text for message in card.thread if not buttons(message)]


def told(card: Message, text: str) -> bool:
    """Say whether a line of the card's thread has *text*."""
    return any(text in words(message) for message in card.thread)


def ended(card: Message) -> bool:
    """Say whether the thread told that the new run succeeded: its last line."""
    return told(card, "succeeded after the resume")


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
    try:
        async with asyncio.timeout(seconds):
            while not (found := condition()):
                world.passes(0.2)
                world.harness.world.tick()
                await asyncio.sleep(0.02)
    except TimeoutError:
        shown = "\n".join(words(message) for message in world.ops.log[-6:])
        raise AssertionError(f"it did not come true; #{world.ops.name} ends:\n{shown}") from None
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
