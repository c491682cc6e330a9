"""The card shows what is true in all its states, and fits, whatever the names."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.execution import (
    Cause,
    CauseKind,
    Environment,
    Environments,
    EnvironmentType,
    StageKind,
    Status,
)
from bot.core.stages import NotResumable, Resumable, assess
from bot.render.blocks import total_text
from bot.render.card import card
from bot.render.choice import decode
from bot.render.looks import (
    Elsewhere,
    Ended,
    NotFound,
    Open,
    OtherCard,
    Stopped,
    Taken,
    Unknown,
    Vanished,
)
from bot.render.untrusted import clean
from tests.render.test_untrusted import FAMILY, HEBREW, HOSTILE
from tests.render.worlds import (
    BEGUN,
    PROD,
    QA,
    SEED,
    a_card,
    an_attempt,
    buttons,
    check,
    markups,
    run,
    running,
    stage,
)

HALF_FAILED = (
    stage("Sign-off", "Approve release", Status.SUCCESS, StageKind.APPROVAL),
    stage("STAGE 2", "Deploy EU", Status.FAILED),
    stage("STAGE 2", "Deploy US", Status.SUCCESS),
    stage("STAGE 3", "Smoke test", Status.QUEUED),
    stage("STAGE 4", "Notify", Status.QUEUED),
)
NEW_RUN = (
    stage("Sign-off", "Approve release", Status.SUCCESS, StageKind.APPROVAL),
    stage("STAGE 2", "Deploy EU", Status.SUCCESS),
    stage("STAGE 2", "Deploy US", Status.SUCCESS),
    stage("STAGE 3", "Smoke test", Status.RUNNING),
    stage("STAGE 4", "Notify", Status.QUEUED),
)
WAITS = (*NEW_RUN[:3], stage("Go live", "Approve", Status.PAUSED, StageKind.APPROVAL), NEW_RUN[4])
BOTH = Environments((PROD, QA), complete=True)
MANY = tuple(stage(f"Stage {n}") for n in range(80))
DEPLOY = stage("Deploy", "", Status.FAILED)
LATER = tuple(stage(f"Later {n}", "", Status.QUEUED) for n in range(19))
DONE = tuple(replace(row, status=Status.SUCCESS) for row in NEW_RUN)
REPEATED = (
    stage("Build"), stage("Deploy"), stage("Build"), stage("", "Odd"),
    stage("Test", "", Status.REJECTED),
)  # fmt: skip
BETWEEN = (stage("Build"), stage("Deploy", "", Status.QUEUED))
THREAD = "https://example.slack.com/archives/C1/p1"


def card_of(*stages, environments=BOTH, **changes):
    return a_card(run(*stages, **changes), environments)


def now(*stages, status):
    return run(
        *stages, status=status, ended_at=None if status is not Status.SUCCESS else BEGUN + 700_000,
        failure="", url="https://app.harness.io/#/new",
    )  # fmt: skip


DRAWN = {
    "open-seed": (a_card(run(*SEED)), Open()),
    "open-production": (card_of(*HALF_FAILED), Open()),
    "open-with-a-note": (card_of(*HALF_FAILED), Open("A note.")),
    "open-menu": (card_of(*MANY[:8], DEPLOY, *MANY[9:11]), Open()),
    "open-hundred": (card_of(*MANY, DEPLOY, *LATER), Open()),
    "open-blocked": (card_of(*REPEATED, environments=Environments()), Open()),
    "open-aborted-between": (card_of(*BETWEEN, status=Status.ABORTED, failure=""), Open()),
    "open-hostile": (
        card_of(
            stage("<!channel> *bold* _it_ `x` " + "long " * 100, "<@UEVIL>", Status.FAILED),
            pipeline="<https://evil.example|click> \u202e" + "p" * 500, application="@here & co",
            cause=Cause(CauseKind.TRIGGER, f"{HEBREW} *x*"),
            failure="line one\nline <two> " + "f" * 3000,
            url="javascript:alert(1)",
        ),
        Open(),
    ),
    "not-resumable": (card_of(stage("Build"), status=Status.SUCCESS, failure=""), Open()),
    "taken": (card_of(*HALF_FAILED), Taken(an_attempt())),
    "running": (card_of(*HALF_FAILED), Taken(running(), now(*NEW_RUN, status=Status.RUNNING))),
    "waiting": (card_of(*HALF_FAILED), Taken(running(), now(*WAITS, status=Status.PAUSED))),
    "unknown": (card_of(*HALF_FAILED), Unknown(an_attempt())),
    "not-found": (card_of(*HALF_FAILED), NotFound(an_attempt())),
    "succeeded": (card_of(*HALF_FAILED), Ended(running(), now(*DONE, status=Status.SUCCESS))),
    "failed-again": (
        card_of(*HALF_FAILED),
        Ended(running(number=2), run(*HALF_FAILED, ended_at=BEGUN + 900_000)),
    ),
    "stopped": (card_of(*HALF_FAILED), Stopped(running())),
    "vanished": (card_of(*HALF_FAILED), Vanished(running())),
    "other-card": (card_of(*HALF_FAILED), OtherCard(running(), THREAD)),
    "elsewhere": (
        card_of(*HALF_FAILED),
        Elsewhere("https://app.harness.io/#/later"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWN)
def test_how_it_looks(name, golden):
    """Each state looks as its golden file says, and keeps every limit."""
    message = card(*DRAWN[name])
    check(message)
    golden(f"card-{name}", message)


def test_the_seed_case():
    """Two rows called STAGE 1, both failed, are one button."""
    (button,) = buttons(card(a_card(run(*SEED)), Open()))
    assert button["text"]["text"] == "▶ STAGE 1 (Mongo, Redis)"
    assert button["style"] == "primary"
    assert button["accessibility_label"] == "Resume deploy_prod from STAGE 1"
    assert "confirm" not in button


def test_five_are_buttons_six_are_a_menu_and_four_buttons():
    """Up to five groups are buttons; of more, the last four are, below a menu (ruling 2)."""
    five = card(card_of(*MANY[:4], DEPLOY), Open())
    assert [b["type"] for b in buttons(five)] == ["button"] * 5
    six = card(card_of(*MANY[:5], DEPLOY), Open())
    rows = [block["elements"] for block in six.blocks if block["type"] == "actions"]
    assert [[e["type"] for e in row] for row in rows] == [["static_select"], ["button"] * 4]
    said = [b["text"]["text"] for b in buttons(six)]
    assert said == [f"↺ Stage {n}" for n in range(5)] + ["▶ Deploy"]
    assert [b.get("style") for b in buttons(six)] == [None] * 5 + ["primary"]


@pytest.mark.parametrize(
    ("environments", "asks"),
    [
        (Environments((QA,), complete=True), None),
        (Environments((), complete=True), None),
        (BOTH, "Production: prod-eu."),
        (Environments((Environment("e9"),), complete=True), "Production: e9."),
        (Environments((QA,), complete=False), "production may be among them"),
        (
            Environments(
                tuple(Environment(str(n), f"p{n}", EnvironmentType.PROD) for n in range(5)),
                complete=True,
            ),
            "Production: p0, p1, p2 and 2 more.",
        ),
    ],
)
def test_production_asks_again(environments, asks):
    """Production, or what may be, asks for confirmation and names the environments, menu too."""
    stages = (*MANY[:6], DEPLOY)
    message = card(card_of(*stages, environments=environments), Open())
    pressed = [e for b in message.blocks if b["type"] == "actions" for e in b["elements"]]
    assert len(pressed) == 5
    for element in pressed:
        if asks is None:
            assert "confirm" not in element
        else:
            assert asks in element["confirm"]["text"]["text"]


def test_many_stages_become_one_line():
    """With too little room the failed stage's neighbours stay and the rest is summed up."""
    long = [replace(s, name=s.name + " x" * 200) for s in MANY]
    text = "\n".join(markups(card(card_of(*long, DEPLOY), Open()).blocks))
    assert "earlier stages succeeded" in text
    assert "Stage 79 x" in text
    assert "Deploy: *failed*" in text
    assert "✅ Stage 0 x" not in text


def test_nothing_pressed_nothing_offered():
    """Once taken, settled or ended, a card has no buttons."""
    for name, (facts, look) in DRAWN.items():
        if not name.startswith("open") and name != "not-found":
            assert buttons(card(facts, look)) == [], name


KINDS = st.one_of(st.none(), st.sampled_from(EnvironmentType))
NAMES = st.one_of(
    HOSTILE,
    st.text(st.characters(), max_size=40),
    st.sampled_from(["Build", "Deploy", "Deploy", "", "<!channel>" * 50, "x" * 500, FAMILY * 71]),
)
ROWS = st.builds(stage, NAMES, NAMES, st.sampled_from(Status), st.sampled_from(StageKind))
RUNS = st.builds(
    run,
    status=st.sampled_from(Status),
    stages=st.lists(ROWS, max_size=14).map(tuple),
    pipeline=NAMES,
    application=NAMES,
    cause=st.builds(Cause, st.sampled_from(CauseKind), NAMES, NAMES),
    url=st.sampled_from(["", "https://app.harness.io/#/x", "javascript:x", "https://a b|<c>"]),
    ended_at=st.one_of(st.none(), st.integers(-(10**16), 10**16)),
    failure=NAMES,
)
PLACES = st.builds(
    Environments,
    st.lists(
        st.builds(
            Environment, NAMES, NAMES, st.one_of(st.none(), st.sampled_from(EnvironmentType))
        ),
        max_size=8,
    ).map(tuple),
    st.booleans(),
)


@settings(max_examples=60)
@given(RUNS, PLACES, RUNS)
def test_any_run_can_be_drawn_in_any_state(execution, environments, new):
    """Whatever the names and states, every card fits, pings nobody, and offers what it should."""
    facts = a_card(execution, environments)
    found = assess(execution)
    offered = found.offered if isinstance(found, Resumable) else ()
    attempt = running(chosen=replace(an_attempt().chosen, label=execution.pipeline))
    for look in (Open(), NotFound(attempt)):
        message = card(facts, look)
        check(message)
        _offers(message, offered)
    for look in (
        Taken(an_attempt()), Taken(attempt, new), Unknown(attempt), Ended(attempt, new),
        Stopped(attempt, new), Vanished(attempt), OtherCard(attempt, ""), Elsewhere(new.url),
    ):  # fmt: skip
        message = card(facts, look)
        check(message)
        assert buttons(message) == []


def _offers(message, offered):
    made = buttons(message)
    assert len(made) == len(offered)
    for element, group in zip(made, offered, strict=True):
        assert decode(element["value"]).names(group)
        said = element["text"]["text"]
        assert said.startswith(("▶ ", "↺ "))
        label = clean(group.label) or "(no name)"
        kept = said[2:] if said[2:] == label else said[2:].removesuffix("…")
        assert label.startswith(kept)
        assert len(kept) >= min(38, len(label))


@settings(max_examples=25)
@given(st.integers(1, 100), NAMES, st.integers(0, 100), PLACES)
def test_up_to_a_hundred_groups(count, name, after, environments):
    """A hundred groups with the longest names fit, in order, the failed one last and primary."""
    stages = [stage(f"{n}{name}", name) for n in range(count)]
    stages[-1] = replace(stages[-1], status=Status.FAILED)
    later = [stage(f"later {n}{name}", name, Status.QUEUED) for n in range(after)]
    execution = run(*stages, *later, pipeline=name or "p", failure=name * 20)
    found = assess(execution)
    assert not isinstance(found, NotResumable)
    message = card(a_card(execution, environments), Open())
    check(message)
    _offers(message, found.offered)
    assert buttons(message)[-1]["style"] == "primary"
    assert [b for b in buttons(message)[:-1] if "style" in b] == []


def test_the_largest_card_fits():
    """The worst of everything at once stays within 10,000 characters and keeps its list."""
    places = Environments(
        tuple(Environment(str(n), "<&>" * 200, EnvironmentType.PROD) for n in range(40))
    )
    stages = [stage("&" * 500 + str(n), "<" * 500) for n in range(100)]
    stages[-1] = replace(stages[-1], status=Status.ERROR)
    execution = run(*stages, pipeline="&" * 500, application="<" * 500, failure=">" * 5000,
                    cause=Cause(CauseKind.API_KEY, "&" * 500))  # fmt: skip
    message = card(a_card(execution, places), Open("n" * 1000))
    check(message)
    assert total_text(message.blocks) <= 10_000
    assert any("failed with an error" in text for text in markups(message.blocks))
