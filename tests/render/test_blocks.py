"""The builders keep Slack's limits, and dates, links and durations read well."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render import blocks
from tests.render.worlds import check


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (48, "48 s"), (252, "4 min 12 s"), (240, "4 min"), (3600, "1 h"),
     (11_100, "3 h 5 min"), (3_605, "1 h"), (176_400, "2 d 1 h"), (-5, "0 s")],
)  # fmt: skip
def test_duration(seconds, said):
    """A duration is said in at most two neighbouring units."""
    assert blocks.duration(seconds) == said


def test_date_shows_each_reader_their_time():
    """A moment is Slack's date, with UTC for whoever cannot show it; nonsense is said kindly."""
    assert blocks.date(1_711_612_800_000) == (
        "<!date^1711612800^{date_short_pretty} at {time}|2024-03-28 08:00:00 UTC>"
    )
    assert blocks.date(None) == blocks.date(10**18) == "at an unknown time"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "ftp://x.y/z", "https://", "https://x y", "https://x|y", "https://x>y",
     "", "//x.y", "https://[x", "https://x/" + "a" * 3000, "https://x\n.y"],
)  # fmt: skip
def test_unsafe_addresses_are_not_linked(url):
    """What is no plain http(s) address is never linked; our words stand alone."""
    assert blocks.link(url, "Open in Harness") == "Open in Harness"


def test_link_escapes_the_address():
    """The ampersands of an address are escaped, as Slack asks."""
    assert blocks.link("https://h/#/a?b=1&c=2", "Open") == "<https://h/#/a?b=1&amp;c=2|Open>"


def test_mention_takes_ids_only():
    """Only what can be a user's id is mentioned."""
    assert blocks.mention("U0ALICE") == "<@U0ALICE>"
    assert blocks.mention("!channel") == blocks.mention("") == "somebody"


def test_cut_leaves_no_half_markup():
    """The last resort never leaves half an entity or half a link."""
    assert blocks.cut("x" * 8 + "&amp;y", 12) == "x" * 8 + "…"
    assert blocks.cut("xxx <https://a.b|Open it>", 20) == "xxx …"
    assert blocks.cut("short", 10) == "short"


@given(st.text(min_size=1, max_size=9000), st.integers(1, 130))
def test_builders_keep_the_limits(text, count):
    """Too much of anything is clipped, not sent."""
    text = text.replace("<", "").replace(">", "").replace("&", "").strip() or "x"
    text = "".join(char if char.isalnum() else " " for char in text).strip() or "x"
    sure = blocks.confirm(text, text, yes=text, no=text)
    menu = blocks.select(text, [(text, f"v{n}") for n in range(count)], action_id="m", confirm=sure)
    made = [
        blocks.button(text, action_id=f"b{n}", value="v", accessibility_label=text)
        for n in range(min(count, 40))
    ]
    message = blocks.message(
        text, blocks.header(text), blocks.section(text), blocks.context(*[text] * 12)
    )
    assert len(message.text) <= 4000
    assert blocks.message(text, *[blocks.context("-")] * 60).blocks == (blocks.context("-"),) * 50
    for block in (*message.blocks, blocks.actions(menu), blocks.actions(*made)):
        if blocks.total_text([block]) <= 10_000:
            check(blocks.message("text", block))


def test_total_text_counts_every_text():
    """Texts of dialogs, options and screen readers count; ids and values do not."""
    sure = blocks.confirm("ab", "cd", yes="e", no="f")
    button = blocks.button("x", action_id="i", value="vvvv", accessibility_label="yz", confirm=sure)
    menu = blocks.select("p", [("o", "value")], action_id="m")
    assert blocks.total_text([blocks.actions(button, menu), blocks.section("s")]) == 12
