"""Harness's event rules: authenticated, kept before the answer, idempotent, never trusted."""

import io

import aiohttp
import pytest

from bot.demo.harness import Fault, deployment, in_envs
from tests.alerts.doors import (
    PACE,
    TOKEN,
    cards,
    cards_in,
    end_event,
    ended,
    going_on,
    posts_event,
    quiet,
    row,
    shape,
)
from tests.e2e.world import buttons, free_port, until, words


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def setup(world, port):
    return {
        "pace": PACE,
        "port": port,
        "harness_events_token": TOKEN,
        "alert_channel": world.ops.id,
    }


async def test_an_event_of_a_failed_run_makes_a_card_in_the_alert_channel(world, setup, port):
    """202 at once; the card follows, with buttons, in ALERT_CHANNEL."""
    run = ended(world)
    async with world.bot(**setup):
        assert await posts_event(port, end_event(world, run)) == 202
        (card,) = await until(lambda: cards(world.ops), world)
        assert card in world.ops.messages
        assert "Resume Checkout Release from Deploy" in buttons(card)


async def test_only_a_bearer_of_the_token_is_heard(world, setup, port):
    """401 for a wrong token, none, and one of other characters; nothing is read from Harness."""
    run = ended(world)
    url = f"http://127.0.0.1:{port}/harness/events"
    async with world.bot(**setup):
        for token in ("wrong", TOKEN[:-1], TOKEN + "x", ""):
            assert await posts_event(port, end_event(world, run), token) == 401
        async with aiohttp.ClientSession() as session:
            for headers in ({}, {"Authorization": TOKEN}, {"Authorization": f"Basic {TOKEN}"}):
                async with session.post(url, json={}, headers=headers) as answer:
                    assert answer.status == 401
        await quiet(world)
        assert cards(world.ops) == []


async def test_without_a_token_there_is_no_such_address(world, setup, port):
    """404, whoever asks."""
    async with world.bot(**setup | {"harness_events_token": None}):
        assert await posts_event(port, {}) == 404


@pytest.mark.parametrize(
    "body", [[], {}, "x", None, 5, {"id": "1"}, {"id": 1, "eventType": "x", "data": {}}]
)
async def test_what_is_no_event_is_400(world, setup, port, body):
    """JSON of another kind is refused, and nobody stumbles."""
    async with world.bot(**setup):
        assert await posts_event(port, body) == 400


async def test_no_json_and_too_much_of_it_are_refused(world, setup, port):
    """Bytes that are no JSON are 400, more than a mebibyte is 413."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    url = f"http://127.0.0.1:{port}/harness/events"
    async with world.bot(**setup), aiohttp.ClientSession(headers=headers) as session:
        for data, status in ((b"\xff{", 400), (b"[" * 100_000, 400), (b" " * (1 << 21), 413)):
            async with session.post(url, data=io.BytesIO(data)) as answer:
                assert answer.status == status


async def test_the_test_event_is_answered_and_logged(world, setup, port):
    """Whoever sets up a rule sees in the log that it arrived."""
    async with world.bot(**setup):
        body = {"id": "a7b7", "version": "v1", "eventType": "TEST", "data": {"message": "x"}}
        assert await posts_event(port, body) == 202
        assert "test event received" in world.log.getvalue()


async def test_an_event_twice_and_an_unknown_field_change_nothing(world, setup, port):
    """Duplicates are possible (facts 7.2), and so are fields that nobody knows."""
    run = ended(world)
    body = end_event(world, run) | {"new": {"deep": [1]}}
    body["data"]["more"] = None
    async with world.bot(**setup):
        for _ in range(3):
            assert await posts_event(port, body) == 202
        await until(lambda: cards(world.ops), world)
        assert await posts_event(port, body) == 202
        await quiet(world)
        assert len(cards(world.ops)) == 1


@pytest.mark.parametrize("kind", ["pipeline_start", "pipeline_pause", "workflow_start"])
async def test_other_events_are_taken_and_passed_over(world, setup, port, kind):
    """A run that begins or pauses is nobody's failure."""
    run = ended(world)
    async with world.bot(**setup):
        body = end_event(world, run) | {"eventType": kind}
        assert await posts_event(port, body) == 202
        await quiet(world)
        assert cards(world.ops) == []


async def test_an_event_cannot_lie(world, setup, port):
    """A run that goes on, one that ended well, and one that is not there get no card."""
    run = going_on(world, ends="SUCCESS")
    body = end_event(world, run)
    body["data"]["status"] = "FAILED"
    async with world.bot(**setup):
        assert await posts_event(port, body) == 202
        body["data"] |= {"executionId": "A" * 22, "pipelineExecution": {"id": "A" * 22}}
        assert await posts_event(port, body | {"id": "other"}) == 202
        await quiet(world, 0.3)
        world.harness.world.finish(row(run, "Deploy US"))
        world.passes(600)
        await quiet(world)
        assert cards(world.ops) == []


async def test_an_event_sees_the_environments_that_rest_would(world, setup, port):
    """Where REST does not answer, those of the payload decide who may press (facts 5.2)."""
    people = world.harness.world
    few = people.user_group("Few", deployment(envs=in_envs(world.prod, world.dev)))
    people.user("noel@example.com", "Noel Body", few)
    run = ended(world)
    world.harness.faults.arm(Fault.NOT_JSON, on="rest:executions", times=99)
    async with world.bot(**setup):
        await posts_event(port, end_event(world, run))
        (card,) = await until(lambda: cards(world.ops), world)
        assert "prod-eu" in words(card)
        await world.nobody.presses(card, "Resume Checkout Release from Deploy")
        await until(lambda: world.resumes_of(run), world)


async def test_an_event_hastens_the_look_at_a_watched_run(world, setup, port):
    """A long pause between looks is cut short by the event of the run's end."""
    run = going_on(world)
    async with world.bot(**setup | {"poll_seconds": 3600, "alert_channel": None}):
        message = world.slack.webhook(world.ops).posts(**shape(world, run, "A"))
        await quiet(world)
        world.harness.world.finish(row(run, "Deploy US"))
        world.passes(5)
        world.harness.world.tick()
        await quiet(world, 0.3)
        assert message.thread == []
        assert await posts_event(port, end_event(world, run)) == 202
        await until(lambda: cards_in(message), world)


async def test_events_arrive_through_the_pretenders_own_rule(world, setup, port):
    """The rule that Harness keeps, with its header, delivers by itself."""
    url = f"http://127.0.0.1:{port}/harness/events"
    world.harness.world.event_rule(world.shop, url, {"Authorization": f"Bearer {TOKEN}"})
    async with world.bot(**setup):
        ended(world)
        delivered = await world.harness.events.deliver()
        assert {d.status for d in delivered} == {202}
        await until(lambda: len(cards(world.ops)) == 1, world)
