"""The thread's lines: outcome first, people by mention, and no two alike."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.attempt import Chosen
from bot.core.errors import RefusalKind
from bot.core.execution import Status
from bot.core.progress import Ended, GroupFailed, GroupStarted, Wait, Waiting
from bot.render import thread
from tests.render.test_card import HALF_FAILED, NAMES, NEW_RUN, now
from tests.render.worlds import BEGUN, an_attempt, check, run, running

DONE = now(*(replace(s, status=Status.SUCCESS) for s in NEW_RUN), status=Status.SUCCESS)
AT = BEGUN + 400_000
LINES = {
    "started": thread.started(running()),
    "group-started": thread.group_started(running(), "STAGE 3 (Smoke test)", AT),
    "group-started-after": thread.news(
        running(), GroupStarted(2, "Deploy", finished=("Build", "Test")), AT, DONE
    ),
    "group-failed": thread.news(
        running(),
        GroupFailed(1, "STAGE 2 (EU, US)", Status.FAILED, ("EU",), going_on=True),
        AT,
        DONE,
    ),
    "waiting": thread.news(
        running(), Waiting(3, "Go live", Status.PAUSED, Wait.APPROVAL), AT, DONE
    ),
    "waiting-somewhere": thread.waiting(running(), "", Wait.INTERVENTION, AT),
    "final-well": thread.news(running(), Ended(Status.SUCCESS), AT, DONE),
    "final-badly": thread.final(running(number=2), run(*HALF_FAILED)),
    "refused": thread.refused(an_attempt(), RefusalKind.MODIFIED, "… has been <modified>"),
    "lost": thread.lost(an_attempt()),
    "found": thread.found(running()),
    "several": thread.several(
        an_attempt(), ["https://app.harness.io/#/1", "https://app.harness.io/#/2"]
    ),
    "not-found": thread.not_found(an_attempt()),
    "cancelled": thread.cancelled(an_attempt()),
    "left": thread.left(running()),
    "vanished": thread.vanished(running()),
    "has-a-card": thread.has_a_card(run(), "https://example.slack.com/archives/C1/p1"),
}


@pytest.mark.parametrize("name", LINES)
def test_how_it_reads(name, golden):
    """Each line reads as its golden file says, and keeps every limit."""
    check(LINES[name])
    golden(f"thread-{name}", LINES[name])


@pytest.mark.parametrize("name", [n for n in LINES if n != "has-a-card"])
def test_every_line_names_the_attempt(name):
    """Each line says which attempt it is about."""
    assert "ttempt" in LINES[name].text


def test_no_two_lines_are_alike():
    """Over attempts, groups and moments, no two lines of a thread are equal (ruling 14)."""
    lines = []
    for number, label in product((1, 2), ("Build", "Deploy")):
        attempt = running(number=number)
        lines += [thread.group_started(attempt, label, AT + 1000 * s) for s in (0, 1)]
        lines += [thread.group_failed(attempt, label, Status.FAILED, AT + 1000 * s) for s in (0, 1)]
        lines += [thread.waiting(attempt, label, wait, AT) for wait in Wait]
    for attempt in (running(number=1), running(number=2)):
        lines += [thread.started(attempt), thread.lost(attempt), thread.found(attempt)]
        lines += [thread.not_found(attempt), thread.cancelled(attempt), thread.left(attempt)]
        lines += [thread.vanished(attempt), thread.final(attempt, DONE)]
        lines += [thread.refused(attempt, kind, "") for kind in RefusalKind]
    assert len({line.text for line in lines}) == len(lines)


@settings(max_examples=50)
@given(NAMES, NAMES, st.sampled_from(Status), st.integers(0, 10**13), st.lists(NAMES, max_size=9))
def test_any_words_fit(label, failure, status, at, more):
    """Whatever the names, every line fits and pings nobody but people of ours."""
    attempt = running(chosen=Chosen(0, label, label))
    new = run(*NEW_RUN, status=status, pipeline=label, failure=failure)
    news = [
        GroupStarted(0, label, tuple(more)),
        GroupFailed(0, label, status, tuple(more), going_on=True, finished=tuple(more)),
        *(Waiting(0, label, status, wait, tuple(more)) for wait in Wait),
        Ended(status),
    ]
    for item in news:
        check(thread.news(attempt, item, at, new))
    check(thread.started(attempt))
    for kind in RefusalKind:
        check(thread.refused(attempt, kind, failure))
    check(thread.has_a_card(new, ""))
