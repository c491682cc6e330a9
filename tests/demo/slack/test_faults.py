"""Armed faults break the next calls in the ways networks and Slack do."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.demo.slack import (
    AcceptedThenDropped,
    DroppedBefore,
    Held,
    Html,
    RateLimited,
    Refused,
    Slow,
    Status,
)


async def test_a_dropped_connection_may_hide_a_post(api, slack, ops):
    """After `AcceptedThenDropped` the message is there; after `DroppedBefore` it is not."""
    slack.faults.arm("chat.postMessage", AcceptedThenDropped())
    with pytest.raises(aiohttp.ClientError):
        await api.chat_postMessage(channel=ops.id, text="kept")
    slack.faults.arm("chat.postMessage", DroppedBefore())
    with pytest.raises(aiohttp.ClientError):
        await api.chat_postMessage(channel=ops.id, text="lost")
    assert [m.text for m in ops.messages] == ["kept"]
    await api.chat_postMessage(channel=ops.id, text="kept")
    assert slack.duplicates() == [(ops.id, None, "kept")]
    faults = [call.fault for call in slack.calls_of("chat.postMessage")]
    assert faults == ["AcceptedThenDropped", "DroppedBefore", None]


async def test_answers_that_are_not_an_ok(api, slack, ops):
    """429, 500, 503, a web page and any error are given for as many calls as armed."""
    slack.faults.arm("*", RateLimited(retry_after=7), times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError) as refused:
            await api.chat_postMessage(channel=ops.id, text="x")
        assert refused.value.response.headers["Retry-After"] == "7"
    for code in (500, 503):
        slack.faults.arm("chat.postMessage", Status(code))
        with pytest.raises(SlackApiError) as refused:
            await api.chat_postMessage(channel=ops.id, text="x")
        assert refused.value.response.status_code == code
    slack.faults.arm("chat.postMessage", Html())
    with pytest.raises(SlackApiError):
        await api.chat_postMessage(channel=ops.id, text="x")
    for error in ("fatal_error", "internal_error"):
        slack.faults.arm("chat.postMessage", Refused(error))
        with pytest.raises(SlackApiError, match=error):
            await api.chat_postMessage(channel=ops.id, text="x")
    assert ops.messages == []
    await api.chat_postMessage(channel=ops.id, text="x")
    assert len(ops.messages) == 1


async def test_a_fault_may_wait_for_its_call(api, slack, ops):
    """`when` picks the call by its arguments, and `disarm` ends all faults."""
    slack.faults.arm(
        "chat.postMessage", Refused("fatal_error"), when=lambda a: a.get("text") == "bad", times=9
    )
    await api.chat_postMessage(channel=ops.id, text="good")
    with pytest.raises(SlackApiError, match="fatal_error"):
        await api.chat_postMessage(channel=ops.id, text="bad")
    slack.faults.disarm()
    await api.chat_postMessage(channel=ops.id, text="bad")


async def test_held_and_slow_calls(api, slack, ops):
    """A held call is carried out when the gate opens; a slow one is done before its answer."""
    gate = asyncio.Event()
    slack.faults.arm("chat.postMessage", Held(gate))
    held = asyncio.create_task(api.chat_postMessage(channel=ops.id, text="held"))
    await slack.until(lambda: slack.faults.armed[0].left == 0)
    assert ops.messages == []
    gate.set()
    await held
    slack.faults.arm("chat.postMessage", Slow(0.2))
    slow = asyncio.create_task(api.chat_postMessage(channel=ops.id, text="slow"))
    await slack.until(lambda: len(ops.messages) == 2)
    assert not slow.done()
    await slow
