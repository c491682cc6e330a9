"""A bot that runs beside the test, in a thread with a loop of its own, for hypothesis to visit."""

import asyncio
import copy
import random
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import aiohttp

from bot.demo.slack import payloads
from tests.e2e.world import World, buttons, free_port, opened

T = TypeVar("T")
ANSWERS = ("response_url", "chat.postEphemeral", "chat.postMessage", "views.open")
ODD: tuple[Any, ...] = (None, "", "x" * 300, 0, -1, True, [], {}, [None], {"id": 7}, "<!channel>")


class Stage:
    """The running bot in HTTP mode, its pretenders, and a card that can be pressed."""

    def __init__(self, loop: asyncio.AbstractEventLoop, world: World, url: str) -> None:
        self.world = world
        self.url = url
        self.seen: set[str] = set()
        self.press: dict[str, Any] = {}
        self.command: dict[str, Any] = {}
        self.count = 0
        self._loop = loop

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the bot's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def prepare(self) -> None:
        """Make a card, and keep what Slack sends for a press and a command of somebody's."""
        world = self.world
        card = await world.card(world.failed_run())
        assert buttons(card)
        eve = world.eve
        block, element = eve._find(card, buttons(card)[0], stale=False)
        act = payloads.action_of(block, element)
        self.press = payloads.block_actions(world.slack, eve, card, act)
        self.command = payloads.slash_command(world.slack, eve, world.ops, "/resume", "")

    @property
    def answers(self) -> int:
        """How often the bot has tried to say something to somebody."""
        return sum(call.method in ANSWERS for call in self.world.slack.calls)

    async def answered(self, before: int) -> bool:
        """Wait until the bot tried to answer."""
        try:
            await self.world.slack.until(lambda: self.answers > before, 12)
        except TimeoutError:
            return False
        return True

    async def post(self, path: str, body: bytes, headers: dict[str, str]) -> int:
        """Send bytes to the bot's HTTP server; give the status."""
        async with (
            aiohttp.ClientSession() as http,
            http.post(self.url + path, data=body, headers=headers) as answer,
        ):
            await answer.read()
            return answer.status

    def fresh(self, payload: Any) -> Any:
        """Give a copy with a trigger of its own, so that it is no redelivery."""
        self.count += 1
        made = copy.deepcopy(payload)
        made["trigger_id"] = f"{self.count}.fuzz"
        return made


def spoil(node: Any, dice: random.Random) -> Any:
    """Replace or remove a few parts of an answer."""
    spoiled = copy.deepcopy(node)
    for _ in range(dice.randrange(1, 4)):
        spots = list(_spots(spoiled))
        if spots:
            holder, key = dice.choice(spots)
            if isinstance(holder, dict) and dice.random() < 0.4:
                del holder[key]
            else:
                holder[key] = copy.deepcopy(dice.choice(ODD))
    return spoiled


def _spots(node: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(node) if isinstance(node, dict) else range(len(node))
    for key in keys:
        yield node, key
        if isinstance(node[key], dict | list):
            yield from _spots(node[key])


@contextmanager
def on_stage(database_url: str) -> Iterator[Stage]:
    """Run it; at the end the log is searched for tracebacks and secrets (tests/e2e/world.py)."""
    made: list[Stage] = []
    raised: list[BaseException] = []
    ready = threading.Event()
    done: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def play() -> None:
        port, stop = free_port(), asyncio.Event()
        loop = asyncio.get_running_loop()
        done.append((loop, stop))
        async with (
            opened(database_url, http_port=port) as world,
            world.bot(harness_events_token="an-events-token"),
        ):
            world.asked_again = True
            stage = Stage(loop, world, f"http://127.0.0.1:{port}")
            await stage.prepare()
            made.append(stage)
            ready.set()
            await stop.wait()
            await world.slack.settle()
            for channel in world.slack.channels.values():
                channel.log.clear()  # the same was asked many times, so the same was answered

    def thread() -> None:
        try:
            asyncio.run(play())
        except BaseException as error:  # noqa: BLE001 -- raised again below
            raised.append(error)
        finally:
            ready.set()

    runner = threading.Thread(target=thread)
    runner.start()
    ready.wait(30)
    try:
        if made:
            yield made[0]
    finally:
        loop, stop = done[0]
        if runner.is_alive():
            loop.call_soon_threadsafe(stop.set)
        runner.join(40)
        if raised:
            raise raised[0]
