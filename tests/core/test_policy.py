"""The organisation's own rules: each can only narrow, and none can be met by accident."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.attempt import Presser
from bot.core.execution import (
    Cause,
    CauseKind,
    Environment,
    Environments,
    EnvironmentType,
    Execution,
    ExecutionRef,
    Stage,
    StageKind,
    Status,
)
from bot.core.policy import (
    Edge,
    Hours,
    Limits,
    Outside,
    Policy,
    Request,
    Route,
    Second,
    Where,
    Within,
    muted,
    narrow,
    route,
)
from bot.core.stages import StageGroup

RUN = Execution(
    ExecutionRef("run-1", "app-id"),
    Status.FAILED,
    (),
    pipeline="Release",
    pipeline_id="pipe-id",
    application="Storefront",
    cause=Cause(CauseKind.PERSON, "Cy", "cy@example.com"),
)
GROUP = StageGroup(2, "Deploy", (Stage("Deploy", "eu", StageKind.WORKFLOW, Status.FAILED),))
EU = Environment("eu", "prod-eu", EnvironmentType.PROD)
DEV = Environment("dev", "dev", EnvironmentType.NON_PROD)
HARMLESS = Environments((DEV,), complete=True)
ANN = Presser("U1", "ann@example.com", "h1")
BOB = Presser("U2", "bob@example.com", "h2")
YES = Second(BOB, "run-1", 2, "Deploy", at=100_000)
WORK = Hours("mon 09:00-17:00", ((540, 1_020),))


def request(**more):
    plain = {"channel": "C1", "presser": ANN, "minute": 600, "now": 100_000}
    return Request(RUN, GROUP, **({"environments": HARMLESS} | plain | more))


def test_a_policy_that_says_nothing_lets_everything_pass():
    """What is not set restricts nothing."""
    assert narrow(Policy(), request()) == Within()


@pytest.mark.parametrize(
    ("limits", "edge"),
    [
        (Limits(applications=("Storefront",)), None),
        (Limits(applications=("app-id",)), None),
        (Limits(applications=("Store*",)), None),
        (Limits(applications=("Other", "*front")), None),
        (Limits(applications=("storefront",)), Edge.APPLICATION),
        (Limits(applications=("Store",)), Edge.APPLICATION),
        (Limits(applications=("Storefron?",)), Edge.APPLICATION),
        (Limits(applications=()), Edge.APPLICATION),
        (Limits(pipelines=("Release",)), None),
        (Limits(pipelines=("pipe-*",)), None),
        (Limits(pipelines=("Nightly",)), Edge.PIPELINE),
        (Limits(stages=("Deploy",)), None),
        (Limits(stages=("Dep*y",)), None),
        (Limits(stages=("Deploy (prod)",)), Edge.STAGE),
        (Limits(stages=(".*",)), Edge.STAGE),
        (Limits(channels=("C1",)), None),
        (Limits(channels=("C2", "C11")), Edge.CHANNEL),
        (Limits(hours=(WORK,)), None),
        (Limits(hours=(Hours("x", ((0, 600),)),)), Edge.HOURS),  # the end is not part of it
        (Limits(hours=(Hours("x", ((0, 9),)), Hours("y", ((600, 601),)))), None),
        (Limits(hours=()), Edge.HOURS),
        (Limits(reason=True), Edge.REASON),
        (Limits(second_person=True), Edge.SECOND_PERSON),
    ],
)
def test_each_condition(limits, edge):
    """A list is everything that is allowed; an empty one allows nothing, never everything."""
    decision = narrow(Policy(only=limits), request())
    assert (decision.why if isinstance(decision, Outside) else None) == edge


def test_a_refusal_says_what_would_be_allowed():
    """As it was written in the file, hours with their time zone."""
    policy = Policy("Europe/Berlin", only=Limits(hours=(replace(WORK, spans=()),)))
    assert narrow(policy, request()) == Outside(Edge.HOURS, ("mon 09:00-17:00", "Europe/Berlin"))
    policy = Policy(only=Limits(channels=("C7", "C8")))
    assert narrow(policy, request()) == Outside(Edge.CHANNEL, ("C7", "C8"))


def test_an_unknown_name_matches_nothing():
    """A name that Harness did not show is in no list, not even under ``*``."""
    nameless = replace(RUN, pipeline="", pipeline_id="")
    policy = Policy(only=Limits(pipelines=("*",)))
    assert narrow(policy, replace(request(), execution=nameless)) == Outside(Edge.PIPELINE, ("*",))


@pytest.mark.parametrize(
    ("environments", "narrowed"),
    [
        (HARMLESS, False),
        (Environments((), complete=True), False),
        (Environments((DEV, EU), complete=True), True),
        (Environments((DEV,), complete=False), True),  # it may use others too
        (Environments((replace(DEV, type=None),), complete=True), True),  # it may be production
    ],
)
def test_production_has_conditions_of_its_own(environments, narrowed):
    """They hold in addition, also where it is not known that the run is harmless."""
    policy = Policy(production=Limits(reason=True))
    decision = narrow(policy, request(environments=environments))
    assert decision == (Outside(Edge.REASON) if narrowed else Within())


def test_production_does_not_replace_what_holds_for_all():
    """Both lists must hold."""
    policy = Policy(only=Limits(channels=("C1",)), production=Limits(channels=("C2",)))
    production = Environments((EU,), complete=True)
    for channel, allowed in (("C1", ("C2",)), ("C2", ("C1",))):
        asked = request(channel=channel, environments=production)
        assert narrow(policy, asked) == Outside(Edge.CHANNEL, allowed)


def test_what_cannot_be_changed_is_told_first():
    """Nobody types a reason for what is refused anyway."""
    policy = Policy(only=Limits(reason=True, second_person=True), production=Limits(channels=()))
    asked = request(environments=Environments())
    assert narrow(policy, asked).why is Edge.CHANNEL
    assert narrow(Policy(only=policy.only), asked).why is Edge.REASON
    assert narrow(Policy(only=policy.only), replace(asked, reason="x")).why is Edge.SECOND_PERSON


@pytest.mark.parametrize("reason", ["", " ", "\n\t"])
def test_a_blank_reason_is_none(reason):
    """Typing a blank is no reason."""
    policy = Policy(only=Limits(reason=True))
    assert narrow(policy, request(reason=reason)) == Outside(Edge.REASON)
    assert narrow(policy, request(reason="disk was full")) == Within()


@pytest.mark.parametrize(
    ("second", "now", "agreed"),
    [
        (YES, 100_000, True),
        (YES, 100_000 + 30 * 60_000, True),
        (YES, 100_001 + 30 * 60_000, False),  # too long ago
        (YES, 99_999, False),  # from the future
        (None, 100_000, False),
        (replace(YES, execution="run-2"), 100_000, False),
        (replace(YES, key=1), 100_000, False),
        (replace(YES, name="Deploy 2"), 100_000, False),
        (replace(YES, by=ANN), 100_000, False),
        (replace(YES, by=Presser("U3", "ANN@example.com", "h3")), 100_000, False),
        (replace(YES, by=Presser("U3", "x@example.com", "h1")), 100_000, False),
        (replace(YES, by=Presser("U3", "Cy@example.com", "h3")), 100_000, False),  # started it
        (replace(YES, by=Presser("", "x@example.com", "h3")), 100_000, False),
        (replace(YES, by=Presser("U3", "", "h3")), 100_000, False),  # may have started it
        (replace(YES, by=Presser("U3", "x@example.com", "")), 100_000, True),
    ],
)
def test_the_second_person(second, now, agreed):
    """Somebody else than presser and starter, to just this run and stage, not long ago."""
    policy = Policy(production=Limits(second_person=True))
    asked = request(environments=Environments((EU,), complete=True), second=second, now=now)
    assert narrow(policy, asked) == (Within() if agreed else Outside(Edge.SECOND_PERSON))


texts = st.none() | st.lists(st.sampled_from(["Storefront", "Release", "Deploy", "C1", "*"])).map(
    tuple
)
limits = st.builds(
    Limits,
    applications=texts,
    pipelines=texts,
    stages=texts,
    channels=texts,
    hours=st.none() | st.just((WORK,)) | st.just(()),
    reason=st.booleans(),
    second_person=st.booleans(),
)
requests = st.builds(
    request,
    environments=st.sampled_from([HARMLESS, Environments(), Environments((EU,), complete=True)]),
    minute=st.sampled_from([0, 600]),
    reason=st.sampled_from(["", "because"]),
    second=st.sampled_from([None, YES]),
)


@given(limits, limits, requests, st.data())
def test_one_more_condition_never_allows_more(only, production, asked, data):
    """Leaving a condition out lets pass all that passed with it: policy can only narrow."""
    policy = Policy(only=only, production=production)
    field = data.draw(st.sampled_from([f.name for f in fields(Limits)]))
    default = getattr(Limits(), field)
    looser = data.draw(
        st.sampled_from(
            [
                replace(policy, only=replace(only, **{field: default})),
                replace(policy, production=replace(production, **{field: default})),
            ]
        )
    )
    if isinstance(narrow(policy, asked), Within):
        assert isinstance(narrow(looser, asked), Within)
    assert narrow(Policy(), asked) == Within()


@pytest.mark.parametrize(
    ("where", "environments", "fits"),
    [
        (Where(), HARMLESS, True),
        (Where(applications=("Store*",)), HARMLESS, True),
        (Where(applications=("Other",)), HARMLESS, False),
        (Where(pipelines=("Release",), applications=("Other",)), HARMLESS, False),
        (Where(environments=("dev",)), HARMLESS, True),
        (Where(environments=("prod-*",)), HARMLESS, False),
        (Where(environments=("prod-*",)), Environments(), False),  # hidden: no name
        (Where(production=True), HARMLESS, False),
        (Where(production=True), Environments((EU,), complete=True), True),
        (Where(production=True), Environments(), True),
    ],
)
def test_which_failures_a_rule_is_about(where, environments, fits):
    """All that is said must hold; a run may be production where that is not known."""
    assert where.fits(RUN, environments) is fits
    assert muted(Policy(mutes=(where,)), RUN, environments) is fits
    assert route(Policy(routes=(Route(where, "C9"),)), RUN, environments) == ("C9" if fits else "")


def test_the_first_route_that_fits_decides():
    """Routes are read from the top; without one there is no channel."""
    other, mine, rest = Where(applications=("Other",)), Where(pipelines=("Rel*",)), Where()
    policy = Policy(routes=(Route(other, "C1"), Route(mine, "C2"), Route(rest, "C3")))
    assert route(policy, RUN, HARMLESS) == "C2"
    assert route(Policy(), RUN, HARMLESS) == ""
    assert not muted(Policy(), RUN, HARMLESS)
