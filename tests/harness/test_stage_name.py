r"""Naming a stage to a server that compiles the name as a Java pattern (facts 3.3, trap 1)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.harness.stage_name import pattern_for


def java_matches(pattern: str, text: str) -> bool:
    r"""Say what Java's ``text.matches(pattern)`` says of plain, escaped and quoted characters."""
    python, at = "", 0
    while at < len(pattern):
        if pattern.startswith(r"\Q", at):
            end = pattern.find(r"\E", at + 2)
            end = len(pattern) if end < 0 else end
            python += re.escape(pattern[at + 2 : end])
            at = end + 2
        elif pattern[at] == "\\":
            assert pattern[at + 1] == "\\", "only an escaped backslash stands outside quotes"
            python += r"\\"
            at += 2
        else:
            assert pattern[at] not in "^$.|?*+()[]{}", "nothing special stands outside quotes"
            python += re.escape(pattern[at])
            at += 1
    return re.fullmatch(python, text) is not None


names = st.text(st.sampled_from("aB1 -_\\EQ^$.|?*+()[]{}\n🚀é"), min_size=1, max_size=12)


@pytest.mark.parametrize("name", ["STAGE 1", "Sign-off", "prod_eu/2", "Größe", "🚀", "a & b", "#1"])
def test_a_plain_name_is_sent_untouched(name):
    """A server without the fault understands it too."""
    assert pattern_for(name) == name


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("Deploy (prod)", r"\QDeploy (prod)\E"),
        (".*", r"\Q.*\E"),
        (r"a\Eb", r"\Qa\E\\E\Qb\E"),
        ("back\\", "\\Qback\\\\E"),
    ],
)
def test_a_special_name_is_quoted(name, pattern):
    r"""Between ``\Q`` and ``\E`` Java takes each character for itself; a ``\E`` inside is split."""
    assert pattern_for(name) == pattern


@given(names)
def test_the_pattern_matches_its_name(name):
    """Whatever a stage is called, the server finds it."""
    assert java_matches(pattern_for(name), name)


@given(names, names)
def test_the_pattern_matches_no_other_name(name, other):
    """No stage is restarted for another one."""
    assert java_matches(pattern_for(name), other) == (name == other)
