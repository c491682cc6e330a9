"""What a button carries is opaque, versioned, short, and never trusted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.execution import Status
from bot.core.stages import StageGroup
from bot.render.choice import Pressed, Unreadable, action_id, decode, encode, is_resume
from tests.render.worlds import stage

IDS = st.text("abcXYZ019-_", min_size=1, max_size=100)


def group(key, name):
    return StageGroup(key, name, (stage(name, "x", Status.FAILED),))


@given(IDS, st.integers(0, 9999), st.text(st.characters(), max_size=500))
def test_round_trip(card_id, key, name):
    """What is written is read back, fits an option, and names its group only."""
    value = encode(card_id, key, name)
    pressed = decode(value)
    assert len(value) <= 150
    assert isinstance(pressed, Pressed)
    assert (pressed.card, pressed.key) == (card_id, key)
    assert pressed.names(group(key, name))
    assert not pressed.names(group(key + 1, name))
    assert not pressed.names(group(key, name + "x"))


@given(st.one_of(st.text(st.characters(), max_size=300), st.just("v1." + "a" * 5000)))
def test_garbage_is_unreadable(value):
    """A value that the bot did not make is unreadable, never an error."""
    assert decode(value) == Unreadable()


@pytest.mark.parametrize(
    "value",
    ["", "v2.card.0.0123456789abcdef", "v1.card.0", "v1.card.-1.0123456789abcdef",
     "v1.card.0.0123456789ABCDEF", "v1.card.0.0123456789abcdef\n", "v1.ca.rd.0.0123456789abcdef",
     "v1.card.٣.0123456789abcdef"],
)  # fmt: skip
def test_other_versions_and_damage_are_unreadable(value):
    """A value of another version, or a damaged one, is unreadable."""
    assert decode(value) == Unreadable()


def test_odd_card_ids_are_refused():
    """An id that could not be read back is our own mistake and found at once."""
    with pytest.raises(ValueError, match="not a card's id"):
        encode("a.b", 0, "x")


def test_actions_are_named_for_the_deed():
    """Buttons and menu ask for a resume; other actions do not."""
    assert [action_id(0), action_id(3)] == ["resume:0", "resume:3"]
    assert is_resume("resume:menu")
    assert not is_resume("ask:help")
