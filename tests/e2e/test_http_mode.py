"""HTTP mode: what comes to the door, signed or not, odd or not, and what the other pages say."""

import asyncio
import hashlib
import hmac
import io
import json
import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import aiohttp
import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.demo.harness import Fault
from bot.flows.context import Workspace
from bot.slack.bolt import bolt_app
from bot.slack.clients import SlackAddress
from bot.slack.door import http_door
from tests.e2e.world import World, buttons, ended, free_port, get, opened, until, words
from tests.harness.servers import serving

DEPLOY = "Resume Checkout Release from Deploy"


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    """The pretenders, of which Slack posts to the bot."""
    async with opened(sqlite_url, http_port=free_port()) as world:
        yield world


def address(world: World, path: str) -> str:
    """Give the bot's address."""
    return f"http://127.0.0.1:{world.settings['port']}{path}"


async def post(
    world: World, body: bytes, *, kind: str = "application/json", signed: bool = True
) -> tuple[int, str]:
    """Post to Slack's door as Slack would, whatever the body."""
    moment = str(int(time.time()))
    base = b"v0:" + moment.encode() + b":" + body
    secret = world.slack.signing_secret if signed else "wrong"
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": kind,
        "X-Slack-Request-Timestamp": moment,
        "X-Slack-Signature": f"v0={digest}",
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            address(world, "/slack/events"), data=io.BytesIO(body), headers=headers
        ) as answer,
    ):
        return answer.status, await answer.text()


@pytest.mark.parametrize("signing", ["bad", "old", "missing"])
async def test_a_request_without_a_good_signature_is_turned_away(
    world: World, signing: str
) -> None:
    """Bad, old or missing: 401, and nothing is done."""
    run = world.failed_run()
    async with world.bot():
        card = await world.card(run)
        await world.slack.settle()  # else the event of the card is turned away too
        world.slack.delivery.http.signing = signing  # type: ignore[assignment]
        command = await world.dana.types(world.ops, f"/resume {run.id}")
        click = await world.dana.presses(card, DEPLOY)
        assert (command.status, click.status) == (401, 401)
        world.slack.delivery.http.signing = "good"
        said = await world.answer(world.dana, "help")
        assert "/resume" in said
        assert world.ops.messages == [card]
        assert world.resumes_of(run) == []


FORM = "application/x-www-form-urlencoded"


class OpenHouse:
    """An app that would take whatever the door lets through."""

    def __init__(self) -> None:
        self.taken = 0

    async def async_dispatch(self, _asked: object) -> BoltResponse:
        self.taken += 1
        return BoltResponse(status=200, body="taken")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"ssl_check=1&token=abc", FORM, 200),
        (b"ssl_check=1&command=/resume&text=x", FORM, 200),  # answered, and not looked into
        (b"ssl_check=0", FORM, 401),
        (b"ssl_check=0&ssl_check=1", FORM, 401),
        (b"command=/resume&text=ssl_check=1", FORM, 401),
        (b"command=/resume&text=ssl_check%3D1", FORM, 401),
        (b"ssl_check=1" + b"&a=b" * 1000, FORM, 401),
        (b'{"type":"event_callback","ssl_check":"1"}', "application/json", 401),
        (urlencode({"payload": '{"ssl_check":"1"}'}).encode(), FORM, 401),
    ],
)
async def test_nothing_unsigned_goes_past_the_door(body: bytes, kind: str, status: int) -> None:
    """A try of the certificate is answered in the door; no other body spares the signature."""
    app = OpenHouse()
    slack = SlackAddress("https://slack.example/api/", "xoxb-x", signing_secret="secret")
    door = http_door(app, slack)  # type: ignore[arg-type]
    async with serving(door) as url, aiohttp.ClientSession() as session:
        asked = session.post(url, data=body, headers={"Content-Type": kind})
        async with asked as answer:
            assert (answer.status, "taken" in await answer.text()) == (status, False)
    assert app.taken == 0


async def test_bolts_own_verification_stays_on() -> None:
    """The second lock: what got past the door unsigned would not get past Bolt."""
    app = bolt_app(
        SlackAddress("https://slack.example/api/", "xoxb-x", signing_secret="secret"),
        Workspace("T1", "U1", "B1"),
    )
    body = "command=/resume&text=ssl_check"
    answer = await app.async_dispatch(AsyncBoltRequest(body=body, headers={"Content-Type": FORM}))
    assert answer.status == 401


async def test_slack_may_verify_the_address(world: World) -> None:
    """The challenge is given back."""
    async with world.bot():
        receipt = await world.slack.verify_url()
        assert receipt.acked
        assert "3eZbrw1aB" in str(receipt.response)


async def test_a_click_that_is_delivered_again_is_one_click(world: World) -> None:
    """The same bytes once more are acknowledged and do nothing."""
    run = world.failed_run()
    async with world.bot():
        card = await world.card(run)
        receipt = await world.dana.presses(card, DEPLOY)
        again = await asyncio.gather(*(world.slack.delivery.replay(receipt) for _ in range(3)))
        assert all(one.acked for one in again)
        await until(lambda: ended(card), world)
        assert world.resumes_of(run) == ["Deploy"]
        assert world.dana.ephemerals() == []


async def test_a_command_that_is_delivered_again_is_one_command(world: World) -> None:
    """Replays are inert: the same bytes once more post no second card."""
    run = world.failed_run()
    async with world.bot():
        receipt = await world.dana.types(world.ops, f"/resume {run.id}")
        again = await asyncio.gather(*(world.slack.delivery.replay(receipt) for _ in range(3)))
        assert all(one.acked for one in again)
        await until(lambda: world.ops.messages, world)
        said = await world.answer(world.dana, "help")
        assert "/resume" in said
        assert len(world.ops.messages) == 1


@pytest.mark.parametrize("moment", ["", "abc", "1e9", "-1", "٣"])
async def test_a_timestamp_that_is_no_number_is_turned_away(world: World, moment: str) -> None:
    """A signature without a time is none: 401, not a fault of ours."""
    async with world.bot(), aiohttp.ClientSession() as session:
        headers = {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": "v0=00"}
        asked = session.post(address(world, "/slack/events"), data=b"x=y", headers=headers)
        async with asked as answer:
            assert answer.status == 401


def deep(levels: int) -> bytes:
    """Give JSON that is nested so deeply that a careless reader breaks."""
    return b'{"type":"block_actions","a":' + b"[" * levels + b"]" * levels + b"}"


ODD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "application/json"),
    "not JSON": (b"{", "application/json"),
    "a list": (b"[]", "application/json"),
    "a number": (b"7", "application/json"),
    "null": (b"null", "application/json"),
    "deep": (deep(50_000), "application/json"),
    "deep payload": (urlencode({"payload": deep(50_000).decode()}).encode(), "form"),
    "not UTF-8": (b"\xff\xfe{", "application/json"),
    "payload of nothing": (b"payload=", "form"),
    "payload of null": (b"payload=null", "form"),
    "payload of a list": (b"payload=%5B%5D", "form"),
    "no type": (b"payload=%7B%7D", "form"),
    "unknown type": (urlencode({"payload": '{"type":"new_thing"}'}).encode(), "form"),
    "event of text": (b'{"type":"event_callback","event":"x"}', "application/json"),
    "press of nothing": (
        urlencode({"payload": '{"type":"block_actions","actions":[]}'}).encode(),
        "form",
    ),
    "press without parts": (urlencode({"payload": '{"type":"block_actions"}'}).encode(), "form"),
    "press of odd parts": (
        urlencode(
            {
                "payload": json.dumps(
                    {
                        "type": "block_actions",
                        "actions": [{"type": "button", "action_id": "x", "value": 7}],
                        "user": {"id": "U1"},
                        "channel": None,
                        "container": [],
                    }
                )
            }
        ).encode(),
        "form",
    ),
    "unknown command": (urlencode({"command": "/other", "user_id": "U1"}).encode(), "form"),
    "command without anybody": (urlencode({"command": "/resume"}).encode(), "form"),
    "unknown view": (
        urlencode(
            {"payload": '{"type":"view_submission","view":{"callback_id":"x","type":"modal"}}'}
        ).encode(),
        "form",
    ),
    "unknown event": (
        b'{"type":"event_callback","event":{"type":"never_heard"},"event_id":"E1"}',
        "application/json",
    ),
    "event without event": (b'{"type":"event_callback"}', "application/json"),
}


@pytest.mark.parametrize("odd", ODD)
async def test_odd_bodies_are_answered(world: World, odd: str) -> None:
    """Whatever comes signed is answered below 500, and the bot goes on."""
    body, kind = ODD[odd]
    content = "application/x-www-form-urlencoded" if kind == "form" else kind
    async with world.bot():
        status, _ = await post(world, body, kind=content)
        assert status < 500
        assert "/resume" in await world.answer(world.dana, "help")


async def test_a_body_without_end_is_turned_away(world: World) -> None:
    """More than a megabyte is not read."""
    async with world.bot():
        status, _ = await post(world, b"x" * (2 << 20))
        assert status == 413
        assert "/resume" in await world.answer(world.dana, "help")


async def test_a_button_of_another_version_is_answered(world: World) -> None:
    """An action that this version does not know is answered, not ignored."""
    run = world.failed_run()
    async with world.bot():
        card = await world.card(run)
        blocks = json.loads(json.dumps(card.blocks).replace('"value": "', '"value": "zz'))
        world.slack.edits(card, blocks=blocks)
        said = await world.refusal(world.dana, card, DEPLOY)
        assert "too old" in said


async def test_health_readiness_and_metrics(world: World) -> None:
    """Alive at once; ready once Slack and Harness have answered; draining at the end."""
    world.harness.faults.arm(Fault.BAD_GATEWAY, times=6)
    run = world.failed_run()
    starting = asyncio.create_task(world.starts())
    seen: set[tuple[int, str]] = set()

    async def look() -> str:
        with_retry = 50
        for _ in range(with_retry):
            try:
                status, body = await get(address(world, "/readyz"))
            except aiohttp.ClientError:
                await asyncio.sleep(0.02)
                continue
            seen.add((status, json.loads(body)["status"]))
            return str(json.loads(body)["status"])
        return "nobody"

    assert await look() == "starting"
    world.harness.faults.disarm()
    running = await starting
    assert await look() == "ready"
    status, body = await get(address(world, "/healthz"))
    assert (status, json.loads(body)["status"]) == (200, "alive")
    status, body = await get(address(world, "/metrics"))
    assert status == 200
    assert 'resume_bot_service_up{service="harness"} 1.0' in body

    card = await world.card(run)
    world.harness.faults.arm(Fault.SLOW_ANSWER, on="resumeExecution", seconds=1.0)
    await world.dana.presses(card, DEPLOY)
    await world.slack.until(lambda: world.resumes_of(run), 10)
    running.stop.set()
    for _ in range(50):
        if await look() == "draining":
            break
    assert {(503, "starting"), (200, "ready"), (503, "draining")} <= seen
    await running.task
    assert buttons(card) == []
    assert "resumed" in words(card.thread[0])


async def test_a_stopping_bot_takes_nothing_that_it_would_drop(world: World) -> None:
    """While the last click is finished Slack is told that a command did not arrive."""
    run = world.failed_run()
    running = await world.starts()
    card = await world.card(run)
    world.harness.faults.arm(Fault.SLOW_ANSWER, on="resumeExecution", seconds=1.0)
    await world.dana.presses(card, DEPLOY)
    await world.slack.until(lambda: world.resumes_of(run), 10)
    running.stop.set()
    for _ in range(500):
        if "draining" in (await get(address(world, "/readyz")))[1]:
            break

    command = await world.dana.types(world.ops, f"/resume {run.id}")

    assert command.status == 503
    await running.task
