"""Real processes of the bot between the two pretenders, in real time, with people who click."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.demo.harness import (
    Application,
    Environment,
    PretendHarness,
    Run,
    deployment,
    in_envs,
    only,
    stage,
    workflow,
)
from bot.demo.slack import Channel, Message, Person, PretendSlack, Receipt
from tests.torture.books import Books
from tests.torture.processes import HURRIED, Replica

OWN = ("SLACK_", "HARNESS_", "OTEL_", "HTTP", "NO_PROXY", "DATABASE_URL", "POLICY_FILE", "PORT")


@dataclass
class Click:
    """One press by one person on a card of one run, and whether Slack saw it acknowledged."""

    person: Person
    run: Run
    card: Message
    stage: str
    receipt: Receipt | None = None
    whispers_before: int = 0

    @property
    def accepted(self) -> bool:
        """Whether the person was told by Slack that the press arrived."""
        return self.receipt is not None and self.receipt.acked

    @property
    def told(self) -> list[str]:
        """What the person was told alone since the press."""
        heard = [*self.person.ephemerals(), *self.person.direct.messages]
        return [message.text for message in heard[self.whispers_before :]]


@dataclass
class Arena:
    """The pretenders, the people, and the bot's environment; the score is kept in ``score``."""

    slack: PretendSlack
    harness: PretendHarness
    environment: dict[str, str]
    folder: Path
    channels: list[Channel]
    people: list[Person]
    shop: Application
    prod: Environment
    books: Books
    pace: Mapping[str, float] | None = field(default_factory=lambda: HURRIED)
    clicks: list[Click] = field(default_factory=list)

    def replica(self, name: str, **changes: str) -> Replica:
        """Prepare a process of the bot; nothing runs yet."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        return Replica(self.environment | changes, self.folder / name, pace=self.pace, port=port)

    def failed_run(self) -> Run:
        """Give a run that failed in its second stage; resumed from there it takes a second."""
        pipeline = self.harness.world.pipeline(
            self.shop,
            f"Release {len(self.harness.world.pipelines)}",
            stage("Build", workflow("Compile", self.prod, seconds=0.3)),
            stage(
                "Deploy",
                workflow("Deploy EU", self.prod, seconds=0.5, ends=("FAILED", "SUCCESS")),
                workflow("Deploy US", self.prod, seconds=0.5),
            ),
        )
        started_by = self.harness.world.trigger(self.shop, "on merge")
        run = self.harness.world.start(pipeline, by=started_by, ago=600)
        self.harness.world.tick()
        return run

    async def card(self, run: Run, *, channel: int = 0, person: int = 0) -> Message:
        """Ask for the run's stages until there is a card, as somebody does whose bot restarts."""
        place, who = self.channels[channel], self.people[person]
        before = set(self.cards(run, place))
        async with asyncio.timeout(60):
            while True:
                await who.types(place, f"/resume {run.id}")
                with contextlib.suppress(TimeoutError):
                    await self.slack.until(lambda: set(self.cards(run, place)) - before, 8)
                    return next(iter(set(self.cards(run, place)) - before))

    def cards(self, run: Run, channel: Channel) -> list[Message]:
        """List the cards of a run in a channel, top level only."""
        name = run.pipeline_name
        return [m for m in channel.messages if m.blocks and f"{name} " in f"{m.text} "]

    async def click(
        self, card: Message, run: Run, *, stage: str = "Deploy", person: int = 0
    ) -> Click:
        """Press the button of a stage; the receipt says whether it arrived."""
        who = self.people[person]
        before = len(who.ephemerals()) + len(who.direct.messages)
        click = Click(who, run, card, stage, whispers_before=before)
        self.clicks.append(click)
        label = f"Resume {run.pipeline_name} from {stage}"
        click.receipt = await who.presses(card, label, stale=True)
        return click

    async def rest(self, seconds: float) -> bool:
        """Wait until every attempt has ended and everything is said; False when it never is."""
        until = asyncio.get_running_loop().time() + seconds
        while not (rests := await self.books.at_rest()):
            if asyncio.get_running_loop().time() > until:
                break
            await asyncio.sleep(0.25)
        return rests


def bare_environment() -> dict[str, str]:
    """Give this process's environment without any setting of a bot's."""
    return {k: v for k, v in os.environ.items() if not k.upper().startswith(OWN)}


@asynccontextmanager
async def opened(
    folder: Path, database_url: str, *, people: int = 3, poll_seconds: float = 1, **settings: str
) -> AsyncIterator[Arena]:
    """Open the pretenders in real time, and describe them to a bot in its environment."""
    async with AsyncExitStack() as stack:
        harness = PretendHarness(quota=0, rest_quota=100_000)
        slack = PretendSlack()
        harness_url = await stack.enter_async_context(harness.serving())
        api_url = await stack.enter_async_context(slack.serving())
        environment = bare_environment() | {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": api_url,
            "HARNESS_URL": harness_url,
            "HARNESS_ACCOUNT_ID": harness.world.account,
            "HARNESS_API_KEY": harness.key,
            "HARNESS_REQUESTS_PER_MINUTE": "0",
            "POLL_SECONDS": str(poll_seconds),
            "DATABASE_URL": database_url,
            **settings,
        }
        living = asyncio.create_task(harness.live(0.1))
        stack.callback(living.cancel)
        yield _peopled(slack, harness, environment, folder, database_url, people)
        assert harness.crashes == [], "the pretender itself failed"


def _peopled(
    slack: PretendSlack,
    harness: PretendHarness,
    environment: dict[str, str],
    folder: Path,
    url: str,
    count: int,
) -> Arena:
    world = harness.world
    shop = world.application("Storefront")
    prod = world.environment(shop, "prod-eu", prod=True)
    # Named one by one, these need no second look over REST, which has 40 a minute (ruling 21).
    deployers = world.user_group("Deployers", deployment(only(shop), in_envs(prod)))
    people: list[Person] = []
    for n in range(count):
        people.append(slack.person(f"Dana {n}", email=f"dana{n}@example.com"))
        world.user(f"dana{n}@example.com", f"Dana {n}", deployers)
    channels = [slack.channel(name, members=people) for name in ("deploys", "oncall")]
    return Arena(slack, harness, environment, folder, channels, people, shop, prod, Books(url))


def everything_said(arena: Arena) -> list[Message]:
    """List every message of the bot's, threads and direct messages included."""
    slack = arena.slack
    return [m for c in slack.channels.values() for m in c.log if slack.is_ours(m)]


def mark(message: Message) -> str:
    """Give the mark that the bot put into a message's metadata."""
    payload: Any = (message.metadata or {}).get("event_payload") or {}
    return str(payload.get("mark", ""))
