"""Other people's words are harmless and readable."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.untrusted import clean, clip, escape, mrkdwn, plain, quoted

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
HEBREW = "\u05e9\u05dc\u05d5\u05dd"
PIECES = [
    "<!channel>", "<@UEVIL>", "<https://evil.example|here>", "*", "_", "~", "`", "```", "&", ">",
    "@here", "@channel", ":tada:", "https://evil.example/x", "\n", "\r", "\t", "\x00", "\u202e",
    "\u2066", "\ud83d", FAMILY, "\U0001f1ec\U0001f1e7", "e\u0301", HEBREW, "a", " ", "(", "|",
]  # fmt: skip
HOSTILE = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
ANY = st.one_of(HOSTILE, st.text(st.characters(), max_size=500))


@pytest.mark.parametrize(
    ("raw", "sent"),
    [
        ("deploy_prod_eu", "deploy_prod_eu"),
        ("a & b < c > d", "a &amp; b &lt; c &gt; d"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("*bold*", "\u200b*\u200bbold\u200b*\u200b"),
        ("_it_", "\u200b_\u200bit\u200b_\u200b"),
        ("a`b", "a\u200b`\u200bb"),
        ("@here", "@\u200bhere"),
        ("jane@example.com", "jane@example.com"),
        ("see https://x.y", "see https:\u200b//x.y"),
        (":tada: 10:30", ":\u200btada: 10:30"),
        ("one\n two\tthree\x07", "one  two three"),
        ("abc\u202edef\u2066", "abcdef"),
        ("half \ud83d", "half \ufffd"),
        ("", "(no name)"),
        (" \u200b ", "(no name)"),
        (HEBREW, f"\u2068{HEBREW}\u2069"),
    ],
)
def test_what_is_sent(raw, sent):
    """Words go out so that they format, ping, link and turn nothing, and can still be read."""
    assert mrkdwn(raw, 100) == sent


@given(ANY, st.integers(2, 200))
def test_mrkdwn_fits_and_means_nothing(raw, limit):
    """Whatever the words, they fit, no entity is cut, and no marker can take effect."""
    said = mrkdwn(raw, max(limit, 20))
    assert 0 < len(said) <= max(limit, 20)
    assert "<" not in said
    assert ">" not in said
    assert not re.search(r"&(?!amp;|lt;|gt;)", said)
    assert "://" not in said
    for at, char in enumerate(said):
        if char in "*_~`":
            beside = (said[at - 1 : at] or " ") + (said[at + 1 : at + 2] or " ")
            assert beside == "\u200b\u200b" or (char != "`" and beside.isalnum())


@given(ANY, st.integers(1, 120))
def test_plain_fits_and_is_one_line(raw, limit):
    """Plain text fits, is never empty, and has no control or turning characters."""
    said = plain(raw, limit)
    assert 0 < len(said) <= limit
    assert not re.search("[\x00-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", said)


@given(ANY, st.integers(40, 200))
def test_plain_keeps_what_it_must(raw, limit):
    """Of a longer name at least *keep* characters from its beginning stay."""
    name = clean(raw) or "(no name)"
    said = plain(raw, limit, keep=38)
    kept = said.removesuffix("…") if said != name else said
    assert name.startswith(kept)
    assert len(kept) >= min(38, len(name))


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("ab👩‍👩‍👧‍👦cd", 6, "ab…"),
        ("abcé" + "\u0301" + "xyz", 6, "abcé\u0301…"),
        ("abcde\u0301xyz", 6, "abcd…"),
        ("ab🇬🇧🇫🇷cd", 6, "ab🇬🇧…"),
        ("ab👍🏽cd", 4, "ab…"),
    ],
)
def test_clip_cuts_between_characters(text, limit, cut):
    """The end is cut where people see one character end and the next begin."""
    assert clip(text, limit) == cut


@given(ANY)
def test_escape_is_slacks(raw):
    """Escaping replaces three characters and can be undone."""
    undone = escape(raw).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert undone == raw


def test_quoted_fits():
    """Quotation marks are part of the limit."""
    assert quoted("x" * 100, 20) == "“" + "x" * 17 + "…”"
