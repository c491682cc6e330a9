"""What can be typed for a channel."""

import pytest

from bot.flows.channel import Here, Mute, Unmute, read

HOUR = 3_600_000


@pytest.mark.parametrize(
    ("typed", "ms"),
    [
        ("mute 2h", 2 * HOUR),
        ("MUTE 30 Min", HOUR // 2),
        ("mute 1d 12h", 36 * HOUR),
        ("mute 1h30m", 3 * HOUR // 2),
        ("mute 2 hours", 2 * HOUR),
        ("mute 7d", 168 * HOUR),
        ("mute 169h", None),
        ("mute", None),
        ("mute 2", None),
        ("mute -2h", None),
        ("mute h", None),
    ],
)
def test_times_are_read_as_people_type_them(typed, ms):
    """Minutes, hours and days, alone or together, a week at the most."""
    assert read(typed) == Mute(ms)


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ("here", Here()),
        (" Unmute ", Unmute()),
        ("unmute now", None),
        ("here I am", None),
        ("", None),
        ("muted", None),
        ("hUtAJdKOSxKWaTSkFlciyg", None),
    ],
)
def test_other_words_belong_to_the_command(typed, order):
    """Whatever is no order is an id or a link, and answered as such."""
    assert read(typed) == order
