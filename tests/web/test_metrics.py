"""Numbers for Prometheus, also while a service is away."""

from bot.ports.pulse import Pulse
from bot.store.trouble import StoreFault, StoreTrouble
from bot.web.metrics import Gauges, Metrics


async def away():
    raise StoreTrouble(StoreFault.LOCKED, "the disk is slow")


async def counted():
    return [Gauges("resume_bot_attempts", "Attempts.", "state", {"running": 2.0})]


async def test_what_the_store_counts_is_told():
    """Each number by its label."""
    text = (await Metrics([Pulse("store")], counted).text()).decode()
    assert 'resume_bot_attempts{state="running"} 2.0' in text


async def test_a_store_that_is_away_is_told_of():
    """Just then the numbers are asked for: they come, and say which service fails."""
    store, slack = Pulse("store"), Pulse("slack")
    slack.well()
    store.ill("locked")
    text = (await Metrics([store, slack], away).text()).decode()
    assert 'resume_bot_service_up{service="store"} 0.0' in text
    assert 'resume_bot_service_up{service="slack"} 1.0' in text
    assert "resume_bot_attempts" not in text
