"""Routes, mutes, quiet hours, production alone, and what people set from Slack."""

from datetime import UTC, datetime

import pytest

from tests.alerts.doors import (
    PACE,
    TOKEN,
    cards,
    cards_in,
    end_event,
    ended,
    posts_event,
    quiet,
    shape,
)
from tests.e2e.world import free_port, until, words


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def setup(world, port, tmp_path):
    def with_policy(text=""):
        path = tmp_path / "policy.toml"
        path.write_text(text)
        return {
            "pace": PACE,
            "port": port,
            "harness_events_token": TOKEN,
            "alert_channel": world.ops.id,
            "policy_file": path,
        }

    return with_policy


async def test_a_route_leads_a_failure_into_its_channel(world, setup, port):
    """By application, pipeline and production; the rest goes to ALERT_CHANNEL."""
    away = world.slack.channel("payments", members=[world.dana])
    policy = f'[[routes]]\nchannel = "{away.id}"\npipelines = ["Pay*"]\nproduction = true\n'
    async with world.bot(**setup(policy)):
        for name in ("Payments", "Checkout Release"):
            run = ended(world, pipeline=world.checkout(name))
            await posts_event(port, end_event(world, run))
        await until(lambda: len(cards(world.ops, away)) == 2, world)
        assert "Payments" in words(cards(away)[0])
        assert "Checkout" in words(cards(world.ops)[0])


async def test_a_mute_of_the_policy_silences_every_door(world, setup, port):
    """Alert and event alike; the command still works."""
    async with world.bot(**setup('[[mutes]]\npipelines = ["Check*"]\n')):
        run = ended(world)
        message = world.slack.webhook(world.ops).posts(**shape(world, run, "A"))
        await posts_event(port, end_event(world, run))
        await quiet(world)
        assert message.thread == []
        assert cards(world.ops) == []
        await world.card(run)


async def test_failures_only_of_production(world, setup, port):
    """``alerts.production`` keeps those of other environments away."""
    from bot.demo.harness import stage, workflow

    safe = world.harness.world.pipeline(
        world.shop, "Safe", stage("Deploy", workflow("Deploy", world.dev, seconds=1, ends="FAILED"))
    )
    async with world.bot(**setup("[alerts]\nproduction = true\n")):
        await posts_event(port, end_event(world, ended(world, pipeline=safe)))
        await posts_event(port, end_event(world, ended(world)))
        await until(lambda: cards(world.ops), world)
        await quiet(world)
        (card,) = cards(world.ops)
        assert "Checkout Release" in words(card)


async def test_quiet_hours_keep_single_cards_back_but_not_those_of_alerts(world, setup, port):
    """An alert's thread disturbs nobody; a message of its own waits."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    today = days[datetime.now(UTC).weekday()]
    tomorrow = days[(datetime.now(UTC).weekday() + 1) % 7]
    policy = f'[alerts]\nquiet = ["{today},{tomorrow} 00:00-24:00"]\n'
    first, second = ended(world, pipeline=world.checkout("One")), ended(world)
    async with world.bot(**setup(policy)):
        await posts_event(port, end_event(world, first))
        message = world.slack.webhook(world.ops).posts(**shape(world, second, "A"))
        await until(lambda: cards_in(message), world)
        await quiet(world)
        assert cards(world.ops) == cards_in(message)
        assert "card held back" in world.log.getvalue()
    async with world.bot(**setup()):  # the policy changed; still held until the hours are over
        await quiet(world)
        assert len(cards(world.ops)) == 1


async def test_what_was_held_back_comes_together_as_a_digest(world, setup, port, monkeypatch):
    """When the quiet hours are over one message tells of them, with the cards in its thread."""
    from bot.flows import routing

    minutes = iter([1, 1])
    monkeypatch.setattr(routing, "quiet_until", lambda _policy, _minute: next(minutes, 0))
    runs = [ended(world, pipeline=world.checkout(f"Night {n}")) for n in range(2)]
    clock = {"shift": 0}
    from bot.clock import SystemClock

    real = SystemClock.now
    monkeypatch.setattr(SystemClock, "now", lambda self: real(self) + clock["shift"])
    async with world.bot(**setup()):
        for run in runs:
            await posts_event(port, end_event(world, run))
        await until(lambda: world.log.getvalue().count("card held back") == 2, world)
        assert cards(world.ops) == []
        clock["shift"] = 61_000
        await until(lambda: len(cards(world.ops)) == 2, world)
        digests = [m for m in world.ops.messages if "quiet hours" in words(m)]
        assert len(digests) == len(world.ops.messages) >= 1


async def test_a_channel_is_muted_and_unmuted_from_slack(world, setup, port):
    """Nothing comes while it is muted; afterwards it does; a run that was missed is not told of."""
    hook = world.slack.webhook(world.ops)
    async with world.bot(**setup()):
        said = await world.answer(world.dana, "mute 2h")
        assert "No cards come into this channel" in said
        run = ended(world)
        message = hook.posts(**shape(world, run, "A"))
        await posts_event(port, end_event(world, ended(world, pipeline=world.checkout("Two"))))
        await quiet(world)
        assert message.thread == []
        assert cards(world.ops) == []
        assert world.dana.id in await world.answer(world.dana, "here")
        assert "come into this channel again" in await world.answer(world.dana, "unmute")
        assert "was not muted" in await world.answer(world.dana, "unmute")
        later = hook.posts(**shape(world, ended(world, pipeline=world.checkout("Three")), "A"))
        await until(lambda: cards_in(later), world)


async def test_an_alert_in_a_muted_channel_does_not_hide_the_run_elsewhere(world, setup):
    """Where the first alert is muted, the second channel gets the card itself."""
    away = world.slack.channel("payments", members=[world.dana])
    async with world.bot(**setup()):
        await world.answer(world.dana, "mute 1h")
        run = ended(world)
        world.slack.webhook(world.ops).posts(**shape(world, run, "A"))
        message = world.slack.webhook(away).posts(**shape(world, run, "A"))
        await until(lambda: cards_in(message), world)
        assert cards(world.ops) == []


@pytest.mark.parametrize("typed", ["mute", "mute soon", "mute 0h", "mute 8d", "mute 2h or so"])
async def test_a_mute_without_a_good_time_is_explained(world, typed):
    """Nothing is muted by guessing."""
    async with world.bot(pace=PACE):
        assert "mute 30m" in await world.answer(world.dana, typed)
        assert "muted it" not in await world.answer(world.dana, "here")


async def test_guests_set_nothing(world):
    """Only full members of the workspace are answered (ruling 4)."""
    async with world.bot(pace=PACE):
        assert "full members" in await world.answer(world.guest, "mute 1h")
        assert "muted it" not in await world.answer(world.dana, "here")


async def test_here_tells_what_comes_and_why(world, setup):
    """Routes with their conditions, ALERT_CHANNEL, quiet hours."""
    policy = (
        '[alerts]\nquiet = ["sat,sun 00:00-24:00"]\nproduction = true\n'
        f'[[routes]]\nchannel = "{world.ops.id}"\napplications = ["Storefront"]\n'
    )
    async with world.bot(**setup(policy)):
        said = (await world.answer(world.dana, "here")).replace("\u200b", "")
        for part in ("Storefront", "ALERT_CHANNEL", "sat,sun 00:00-24:00", "production", "alert"):
            assert part in said
