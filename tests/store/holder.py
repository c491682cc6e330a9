"""A process that opens the store, says what it took over, claims a run and waits to be killed."""

import asyncio
import sys

from bot.core.attempt import Event, move
from bot.store.open import open_store
from tests.store.values import an_attempt
from tests.store.world import SteeredClock


def say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


async def main(url: str, name: str) -> None:
    async with open_store(url, clock=SteeredClock()) as store:
        say("took over", *[a.id for a in await store.adopted()])
        attempt = (await store.claim(an_attempt(name, f"run-{name}"))).attempt
        await store.advance(attempt, move(attempt, Event.CALL))
        say("calling")
        await asyncio.Event().wait()


asyncio.run(main(*sys.argv[1:]))
