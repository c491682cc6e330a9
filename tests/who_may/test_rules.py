"""The small rules behind the questions: the brake, the hour of the week, values, the zone."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import policy_of
from bot.core import brake
from bot.core.attempt import Attempt, Chosen, Presser
from bot.core.execution import Execution, ExecutionRef, Stage, StageKind, Status
from bot.core.policy import Edge, Outside, Policy
from bot.core.policy_file import PolicyError
from bot.core.stages import StageGroup
from bot.flows.narrowing import minute_of_week, zone_of
from bot.render import ticket
from bot.render.narrowing import outside
from bot.settings import BadSettings, Settings


def run(stage: str = "Deploy", failure: str = "Pod web-7f9c is not ready") -> Execution:
    row = Stage(stage, stage, StageKind.WORKFLOW, Status.FAILED)
    return Execution(ExecutionRef("r"), Status.FAILED, (row,), failure=failure)


def tried(execution: Execution, *, new: bool = True) -> brake.Try:
    attempt = Attempt("a", execution.ref, "root", "c", Presser("U1"), Chosen(0, "Deploy", "Deploy"))
    return brake.Try(replace(attempt, run=ExecutionRef("n") if new else None), execution)


@pytest.mark.parametrize(
    ("tries", "holds"),
    [
        ([], False),
        ([run()], False),
        ([run(), run()], True),
        ([run(), run(), run()], True),
        ([run(), run("Test")], False),
        ([run(), run(failure="Quota exceeded")], False),
        ([run(failure="Pod web-1a2b is not ready"), run(failure="pod  web-99 IS not ready")], True),
    ],
)
def test_the_brake_counts_resumes_of_the_same_failure(tries, holds) -> None:
    """Same stage and same reason, but for what changes from run to run, count; others do not."""
    assert brake.holds(brake.tried(run(), map(tried, tries))) is holds


def test_attempts_that_started_nothing_do_not_count() -> None:
    """A refused or lost attempt resumed nothing, so it did not fail to help."""
    assert brake.tried(run(), [tried(run(), new=False)] * 5) == ()


@given(st.text(max_size=300))
def test_a_reason_for_the_brake_never_fails_to_be_compared(failure: str) -> None:
    """Any failure text is equal to itself."""
    assert len(brake.tried(run(failure=failure), [tried(run(failure=failure))])) == 1


@given(st.text())
def test_any_value_is_read_without_an_error(text: str) -> None:
    """A ticket's value that this version did not make is none."""
    assert ticket.decode(text) is None or ticket.encode(*text.split(".")[1:]) == text


@given(st.from_regex(r"[A-Za-z0-9_-]{1,100}", fullmatch=True), st.just("x-_9"))
def test_a_value_comes_back(card: str, one: str) -> None:
    """What is encoded is read back."""
    assert ticket.decode(ticket.encode(card, one)) == ticket.Stub(card, one)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Pacific/Apia"]),
)
def test_the_minute_of_the_week_is_the_wall_clocks(moment: datetime, name: str) -> None:
    """Hours are meant as clocks in the policy's zone show them, daylight saving included."""
    zone = ZoneInfo(name)
    local = moment.replace(second=0, microsecond=0, tzinfo=zone).astimezone(UTC)
    minute = minute_of_week(int(local.timestamp() * 1000), zone)
    shown = local.astimezone(zone)
    assert divmod(minute, 24 * 60) == (shown.weekday(), shown.hour * 60 + shown.minute)


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", "Europe", "", "\u0000"])
def test_an_unknown_zone_is_a_problem(name: str) -> None:
    """A zone that the machine does not know is said with its path."""
    with pytest.raises(PolicyError, match=r"only\.timezone"):
        zone_of(Policy(timezone=name))


def test_an_unknown_zone_stops_the_bot_at_the_start(tmp_path) -> None:
    """It is a bad setting, told like the others, so that the bot does not start."""
    file = tmp_path / "policy.toml"
    file.write_text('[only]\ntimezone = "Mars/Olympus"\n')
    settings = Settings(
        slack_bot_token="xoxb-1-a",
        slack_app_token="xapp-1-a",
        harness_account_id="acc",
        harness_api_key="key",
        policy_file=file,
    )
    with pytest.raises(BadSettings, match=r"POLICY_FILE: only\.timezone"):
        policy_of(settings)


@pytest.mark.parametrize("edge", list(Edge))
def test_each_edge_has_its_sentence(edge: Edge) -> None:
    """Every rule that can refuse says so in words, and shows nothing of its raw self."""
    allowed = ("<!channel>", "*x*", "UTC") if edge in list(Edge)[:5] else ()
    group = StageGroup(0, "Go & <b>", ())
    said = outside(Outside(edge, allowed), run(), group).text
    assert "was not resumed" in said
    assert "<!channel>" not in said
    assert "<b>" not in said
