"""Stopped at any moment and started again: every thread goes on, every person is answered."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing

import pytest

from bot.demo.harness import Fault
from bot.demo.slack import Held, Message
from tests.e2e.world import World, buttons, ended, lines, opened, told, until, words

# A process that dies leaves its connections to the collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]

DEPLOY = "Resume Checkout Release from Deploy"


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """The pretenders over sockets, and a database of either kind."""
    async with opened(database_url) as world:
        yield world


async def demand_end(world: World, card: Message, resumes: list[str]) -> None:
    """See the thread come to its one truthful end."""
    await until(lambda: ended(card), world, 20)
    await until(lambda: buttons(card) == [], world)
    assert [r.stage for r in world.harness.world.resumes] == resumes
    assert sum("succeeded after the resume" in text for text in lines(card)) == 1, lines(card)
    assert len(set(lines(card))) == len(lines(card))


async def test_a_stop_between_any_two_steps_loses_nothing(world: World) -> None:
    """Stopped after the card, after the click and during the run: the story is one story."""
    run = world.failed_run()
    async with world.bot():
        card = await world.card(run)
    async with world.bot():
        await world.dana.presses(card, DEPLOY)
        await world.slack.until(lambda: world.resumes_of(run), 10)
    async with world.bot():
        await until(lambda: told(card, "started"), world)
    world.passes(600)
    async with world.bot():
        await demand_end(world, card, ["Deploy"])


async def test_a_click_in_flight_is_finished_before_the_stop(world: World) -> None:
    """SIGTERM drains: the call under way gets its answer, and the answer its words."""
    run = world.failed_run()
    running = await world.starts()
    card = await world.card(run)
    world.harness.faults.arm(Fault.SLOW_ANSWER, on="resumeExecution", seconds=1.0)
    await world.dana.presses(card, DEPLOY)
    await world.slack.until(lambda: world.resumes_of(run), 10)

    await running.stops()

    assert told(card, "resumed from"), "the drained bot still said what it did"
    async with world.bot():
        await demand_end(world, card, ["Deploy"])


async def test_death_during_the_call_is_looked_up(world: World) -> None:
    """The process ends while Harness works: its heir finds the run and follows it."""
    run = world.failed_run()
    running = await world.starts()
    card = await world.card(run)
    world.harness.faults.arm(Fault.HANG_AFTER, on="resumeExecution", seconds=3.0)
    await world.dana.presses(card, DEPLOY)
    await world.slack.until(lambda: world.resumes_of(run), 10)

    await running.dies()

    async with world.bot():
        await until(lambda: told(card, "The new run was found"), world, 20)
        await demand_end(world, card, ["Deploy"])


async def test_death_before_the_call_reaches_harness_gives_the_buttons_back(world: World) -> None:
    """The process ends and the call never arrived: looks find nothing, a person decides anew."""
    run = world.failed_run()
    running = await world.starts()
    card = await world.card(run)
    world.harness.faults.arm(Fault.HANG, on="resumeExecution", seconds=1.0)
    await world.dana.presses(card, DEPLOY)
    await world.harness.faults.until_hanging()

    await running.dies()

    async with world.bot():
        await until(lambda: told(card, "No new run was found"), world, 30)
        await until(lambda: len(buttons(card)) == 2, world)
        assert world.resumes_of(run) == []
        await world.dana.presses(card, DEPLOY)
        await demand_end(world, card, ["Deploy"])


async def test_death_while_reading_is_answered(world: World) -> None:
    """A press that a crash swallowed is answered after the restart: nothing was resumed."""
    run = world.failed_run()
    running = await world.starts()
    card = await world.card(run)
    world.harness.faults.arm(Fault.HANG, on="userByEmail", seconds=1.0)
    await world.dana.presses(card, DEPLOY)
    await world.harness.faults.until_hanging()

    await running.dies()

    async with world.bot():
        await world.slack.until(world.dana.ephemerals, 20)
        assert "Nothing was resumed" in words(world.dana.ephemerals()[-1])
        assert world.resumes_of(run) == []
        assert len(buttons(card)) == 2
        await world.dana.presses(card, DEPLOY)
        await demand_end(world, card, ["Deploy"])


async def test_a_click_of_another_version_holds_up_no_other(sqlite_url: str) -> None:
    """A note that this version cannot read is logged; who pressed after it is answered."""
    async with opened(sqlite_url) as world:
        world.flaws_expected = True
        run = world.failed_run()
        running = await world.starts()
        card = await world.card(run)
        world.harness.faults.arm(Fault.HANG, on="userByEmail", seconds=1.0)
        await world.dana.presses(card, DEPLOY)
        await world.harness.faults.until_hanging()
        await running.dies()
        with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as database, database:
            database.execute(
                "INSERT INTO click (id, body, state, received_at, owner, taken) "
                """SELECT 'older', '{"v": 0}', state, 0, owner, 0 FROM click WHERE body != ''"""
            )

        async with world.bot():
            await world.slack.until(world.dana.ephemerals, 20)
            assert "Nothing was resumed" in words(world.dana.ephemerals()[-1])
            assert world.resumes_of(run) == []
            assert "a lost click could not be answered" in world.log.getvalue()


async def test_death_after_the_answer_before_the_words(world: World) -> None:
    """What was written down is said by the heir, once."""
    run = world.failed_run()
    running = await world.starts()
    card = await world.card(run)
    gate = asyncio.Event()
    held = world.slack.faults.arm("chat.postMessage", Held(gate), times=9)
    await world.dana.presses(card, DEPLOY)
    await until(lambda: held.left < 9, world)

    await running.dies()

    world.slack.faults.disarm()
    gate.set()
    async with world.bot():
        await demand_end(world, card, ["Deploy"])


async def test_a_new_database_answers_old_buttons(world: World, sqlite_url: str) -> None:
    """A card whose database is gone is told to be too old, and nothing is resumed."""
    run = world.failed_run()
    async with world.bot():
        card = await world.card(run)
    world.settings["database_url"] = sqlite_url + ".new"
    async with world.bot():
        said = await world.refusal(world.dana, card, DEPLOY)
        assert "too old" in said
        assert "/resume" in said
        assert world.resumes_of(run) == []


async def test_a_stop_amid_deliveries_cuts_no_answer_off(world: World) -> None:
    """What Slack sends while the bot stops is answered or left alone: who was acked was told."""
    for turns in range(0, 60, 6):
        running = await world.starts()
        before = len(world.dana.ephemerals())
        for n in range(20):
            world.eve.says(world.ops, f"{turns} {n}")
        asked = [
            asyncio.create_task(world.dana.types(world.ops, "/resume help")) for _ in range(10)
        ]
        for _ in range(turns):
            await asyncio.sleep(0)
        running.stop.set()
        await running.task
        receipts = await asyncio.gather(*asked)
        await world.slack.settle()
        helped = ["resumes a failed" in words(said) for said in world.dana.ephemerals()[before:]]
        assert sum(helped) == sum(receipt.acked for receipt in receipts)
