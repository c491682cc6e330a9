"""The stage name is a Java regex that must match the whole name; the first match wins (3.3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.harness import stage, workflow
from bot.demo.harness.java_regex import matches
from bot.demo.harness.texts import ServerFault


@pytest.mark.parametrize("name", ["Deploy (prod)", "Build [1]", "a+b", "C++", "$x", "what?"])
def test_names_that_do_not_match_themselves(name):
    """A name with signs of a regex does not match itself, or is no valid pattern at all."""
    try:
        assert not matches(name, name)
    except ServerFault:
        assert name.endswith("++")


@pytest.mark.parametrize("pattern", ["*prod", "Deploy (", "{x}", "a{", "x\\", r"\E", "[", "(?<"])
def test_invalid_patterns(pattern):
    """An invalid pattern breaks Harness."""
    with pytest.raises(ServerFault):
        matches(pattern, "prod")


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        (".*", "anything", True),
        (".*", "two\nlines", False),
        ("v1.2", "v1x2", True),
        ("deploy", "Deploy", False),
        ("STAGE 1", "STAGE 10", False),
        (r"\Qa+b\E", "a+b", True),
        (r"\Qa", "a", True),
        (r"\Qa\E\\E\Qb\E", r"a\Eb", True),
        (r"[\Q]\E]", "]", True),
        ("x{2}", "xx", True),
        (r"\d", "٣", False),
        ("(?<n>a)", "a", True),
    ],
)
def test_java_meanings(pattern, text, fits):
    """Quoting, dots, counts, classes and named groups mean what they mean in Java."""
    assert matches(pattern, text) is fits


@given(st.text(min_size=1))
def test_a_quoted_name_matches_itself(name):
    """Any name, quoted as Java does it, matches itself and nothing longer."""
    quoted = "\\Q" + name.replace("\\E", "\\E\\\\E\\Q") + "\\E"
    assert matches(quoted, name)
    assert not matches(quoted, name + "x")


async def test_the_first_match_wins(caller, shop):
    """`.*` restarts from the first stage, and a repeated name means its first owner."""
    pipeline = shop.world.pipeline(
        shop.app,
        "P",
        stage("Deploy", workflow("a")),
        stage("Check", workflow("b")),
        stage("Deploy", workflow("c", ends="FAILED")),
    )
    for name in (".*", "Deploy"):
        run = shop.world.start(pipeline, by=shop.trigger, ago=600)
        run.refresh()
        await caller.resume(run, name)
        assert shop.world.resumes[-1].group == 0


async def test_an_unquoted_bracket_does_not_exist(caller, shop):
    """`Deploy (prod)` sent as it is does not exist; quoted it resumes."""
    pipeline = shop.world.pipeline(
        shop.app,
        "P",
        stage("Deploy (prod)", workflow("a", ends="FAILED")),
    )
    run = shop.world.start(pipeline, by=shop.trigger, ago=600)
    run.refresh()
    assert "does not exist or has not yet started: [Deploy (prod)]" in await caller.refusal(
        run,
        "Deploy (prod)",
    )
    assert "An error has occurred" in await caller.refusal(run, "Deploy (")
    assert (await caller.resume(run, r"\QDeploy (prod)\E"))["data"]["resumeExecution"]
