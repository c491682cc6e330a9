"""There is no switch that turns checks off: settings have none, and the policy's only narrow."""

import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import policy_file
from bot.core.attempt import Presser
from bot.core.execution import (
    Environment,
    Environments,
    EnvironmentType,
    Execution,
    ExecutionRef,
    Stage,
    StageKind,
    Status,
)
from bot.core.policy import Hours, Limits, Outside, Policy, Request, Second, Within, narrow
from bot.core.policy_file import policy_from
from bot.core.stages import StageGroup
from bot.settings import AppSettings, Settings

EXAMPLE = Path(__file__).parents[2] / "deploy" / "policy.example.toml"

RUN = Execution(ExecutionRef("r", "a"), Status.FAILED, (), pipeline="P", application="A")
GROUP = StageGroup(0, "Go", (Stage("Go", "go", StageKind.WORKFLOW, Status.FAILED),))
PROD = Environments((Environment("e", "prod", EnvironmentType.PROD),), complete=True)
DEV = Environments((Environment("d", "dev", EnvironmentType.NON_PROD),), complete=True)
ANN, BOB = Presser("U1", "ann@example.com"), Presser("U2", "bob@example.com")

NAMES = st.none() | st.lists(st.sampled_from(["*", "A", "P", "Go", "other"]), max_size=2).map(tuple)
HOURS = st.none() | st.just((Hours("some", ((0, 600),)),))
LIMITS = st.builds(
    Limits,
    applications=NAMES,
    pipelines=NAMES,
    stages=NAMES,
    channels=NAMES,
    hours=HOURS,
    reason=st.booleans(),
    second_person=st.booleans(),
)
POLICIES = st.builds(Policy, only=LIMITS, production=LIMITS)
REQUESTS = st.builds(
    Request,
    execution=st.just(RUN),
    group=st.just(GROUP),
    environments=st.sampled_from([PROD, DEV, Environments()]),
    channel=st.sampled_from(["A", "C9"]),
    presser=st.just(ANN),
    minute=st.integers(0, 1200),
    now=st.just(1000),
    reason=st.sampled_from(["", " ", "why"]),
    second=st.none() | st.sampled_from([Second(who, "r", 0, "Go", 900) for who in (ANN, BOB)]),
)


def has_bool(hint: object) -> bool:
    """Say whether a type is a switch, alone or within another."""
    return hint is bool or any(has_bool(part) for part in get_args(hint))


@pytest.mark.parametrize("settings", [Settings, AppSettings])
def test_no_setting_is_a_switch(settings: type[Settings]) -> None:
    """No environment variable is true or false: there is none that could turn a check off."""
    switches = [name for name, field in settings.model_fields.items() if has_bool(field.annotation)]
    assert switches == []


def test_every_flag_of_the_policys_grammar_is_known_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The grammar has these flags and no others; whoever adds one has to say here what it does."""
    asked: set[str] = set()
    read = policy_file._Table.flag

    def flag(table: Any, key: str) -> bool:
        asked.add(f"{table._path}.{key}")
        return read(table, key)

    monkeypatch.setattr(policy_file._Table, "flag", flag)
    text = "\n".join(
        line.removeprefix("#") if "=" in line or "[[" in line else line
        for line in EXAMPLE.read_text("utf-8").splitlines()
    )
    policy_from(tomllib.loads(text))
    narrowing = {"only.reason", "production.reason", "production.second_person"}
    about_alerts = {
        "alerts.production",
        "alerts.good_ends",
        "routes[0].production",
        "mutes[0].production",
    }
    assert asked == narrowing | about_alerts


def switches(value: object) -> Iterator[object]:
    """Give *value* once more for each flag in it that is off, with that flag on."""
    for field in fields(value):
        within = getattr(value, field.name)
        if within is False:
            yield replace(value, **{field.name: True})
        elif is_dataclass(within):
            for changed in switches(within):
                yield replace(value, **{field.name: changed})


@given(POLICIES, REQUESTS)
def test_no_flag_of_a_policy_lets_more_pass(policy: Policy, request: Request) -> None:
    """Whatever a policy refuses, it refuses with any of its flags switched on as well."""
    before = narrow(policy, request)
    for changed in switches(policy):
        if isinstance(before, Outside):
            assert isinstance(narrow(changed, request), Outside)


@given(POLICIES, REQUESTS)
def test_leaving_a_rule_out_is_the_most_that_a_policy_can_allow(
    policy: Policy, request: Request
) -> None:
    """The empty policy allows all that any policy allows: every rule takes something away."""
    if isinstance(narrow(policy, request), Within):
        assert isinstance(narrow(Policy(), request), Within)
    for side in ("only", "production"):
        for field in fields(Limits):
            empty = getattr(Limits(), field.name)
            without = replace(
                policy, **{side: replace(getattr(policy, side), **{field.name: empty})}
            )
            if isinstance(narrow(policy, request), Within):
                assert isinstance(narrow(without, request), Within)


def test_every_field_of_the_policy_is_looked_at() -> None:
    """The walk above reaches every flag that the policy's classes have for the click."""
    flags = {name for name, hint in get_type_hints(Limits).items() if has_bool(hint)}
    reached = {
        field.name
        for changed in switches(Policy())
        for side in (changed.only, changed.production)
        for field in fields(side)
        if getattr(side, field.name) is True
    }
    assert reached == flags == {"reason", "second_person"}
