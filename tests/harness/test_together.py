"""A crowd shares a request, but nobody gets an answer that is older than their question."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.harness.together import Together


class Source:
    """Answers with the number of the request, when it is let go."""

    def __init__(self):
        self.sent = 0
        self.gate = asyncio.Event()

    async def request(self):
        self.sent += 1
        number = self.sent
        await self.gate.wait()
        return number


async def turns(count=5):
    """Let everybody go as far as they can."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_crowd_costs_two_requests():
    """The first one's is under way; all others share the next."""
    source, together = Source(), Together()
    first = asyncio.create_task(together.ask("g", source.request))
    await turns()
    crowd = [asyncio.create_task(together.ask("g", source.request)) for _ in range(30)]
    await turns()
    assert source.sent == 1
    source.gate.set()
    assert await first == 1
    assert await asyncio.gather(*crowd) == [2] * 30


@given(st.lists(st.integers(0, 4), min_size=1, max_size=40))
def test_nobody_is_given_an_older_answer(pauses):
    """Whoever asks, and whenever: the request that answers was sent after the question."""

    async def world():
        together, sent = Together(), 0

        async def request():
            nonlocal sent
            sent += 1
            number = sent
            await turns(3)
            return number

        async def person():
            before = sent
            assert await together.ask("g", request) > before

        people = []
        for pause in pauses:
            people.append(asyncio.create_task(person()))
            await turns(pause)
        await asyncio.gather(*people)

    asyncio.run(world())


async def test_who_leaves_takes_nobodys_answer_away():
    """The first to ask gives up; the others, who share the request, are answered."""
    source, together = Source(), Together()
    first = asyncio.create_task(together.ask("g", source.request))
    second = asyncio.create_task(together.ask("g", source.request))
    await turns()
    first.cancel()
    source.gate.set()
    assert await second == 1
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_different_things_are_asked_apart():
    """A group's answer is no other group's."""
    source, together = Source(), Together()
    source.gate.set()
    assert await together.ask("a", source.request) == 1
    assert await together.ask("b", source.request) == 2


async def test_closing_leaves_nothing_under_way():
    """What nobody waits for is ended, also what was not sent yet."""
    source, together = Source(), Together()
    asked = [asyncio.create_task(together.ask("g", source.request))]
    await turns()
    asked.append(asyncio.create_task(together.ask("g", source.request)))
    await turns()
    await together.close()
    ends = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(end, asyncio.CancelledError) for end in ends)
    assert source.sent == 1
