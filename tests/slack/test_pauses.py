"""Slack's pace for posts, and the waits that it asks for."""

import pytest

from bot.slack.pauses import Pauses
from tests.harness.clocks import StillClock


@pytest.fixture
def clock():
    return StillClock()


@pytest.fixture
def pauses(clock):
    return Pauses(clock, post_seconds=1.0)


def post(pauses, channel="C1"):
    return pauses.take("chat.postMessage", {"channel": channel})


async def test_posts_into_a_channel_keep_their_distance(clock, pauses):
    """One at once, the next a second later; another channel has a pace of its own."""
    assert post(pauses) == 0
    assert post(pauses) == pytest.approx(1.0)
    assert post(pauses, "C2") == 0
    assert pauses.full() == pytest.approx({"C1": 1.0, "C2": 1.0})
    await clock.sleep(1.0)
    assert pauses.full() == {}
    assert post(pauses) == 0


async def test_other_methods_have_no_pace(pauses):
    """Edits have a budget elsewhere, and what only one person sees is not counted."""
    for method in ("chat.update", "chat.postEphemeral", "views.open"):
        assert [pauses.take(method, {"channel": "C1"}) for _ in range(5)] == [0] * 5


async def test_a_wait_that_slack_asked_for_is_kept(clock, pauses):
    """It holds for the method, and for posts in the channel that it was about."""
    pauses.ask("chat.postMessage", {"channel": "C1"}, 30.0)
    assert post(pauses) == pytest.approx(30.0)
    assert post(pauses, "C2") == 0
    pauses.ask("chat.update", {"channel": "C1"}, 5.0)
    assert pauses.take("chat.update", {"channel": "C9"}) == pytest.approx(5.0)
    await clock.sleep(30.0)
    assert post(pauses) == 0
