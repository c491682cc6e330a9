"""The doctor: what it says of good settings, and of each that is wrong."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bot.clock import SystemClock
from bot.core.errors import HarnessTrouble
from bot.core.finding import Verdict
from bot.core.rights import AppFilter, AppFilterKind, Grant, UserGroup
from bot.demo.harness import Fault, everything
from bot.doctor import WantedRule, examine, look_at_store
from bot.harness.answers import Answer
from bot.harness.checkup import _application, judge_group
from bot.manifest import SCOPES
from bot.settings import BadSettings, Settings
from bot.store.open import open_store
from tests.e2e.world import World, opened


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    """The pretenders over sockets."""
    async with opened(sqlite_url) as world:
        world.slack.scopes = set(SCOPES)  # installed from our own manifest
        yield world


async def _told(world: World, **changes: Any) -> tuple[int, list[str]]:
    lines: list[str] = []
    settings = Settings(**(world.settings | {"port": 3000} | changes))
    code = await examine(settings, print_line=lines.append)
    return code, lines


async def test_good_settings_are_called_good_with_a_line_each(world: World) -> None:
    """With everything right, nothing is wrong, and every setting has its line."""
    code, lines = await _told(world)

    assert code == 0, lines
    said = "\n".join(lines)
    for what in (
        "DATABASE_URL",
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "Slack scopes",
        "Harness",
        "user groups",
    ):
        assert what in said
    assert "the key's strength" in said, "what cannot be asked is named, with where to look"


async def test_each_thing_is_asked_once(world: World) -> None:
    """The doctor makes one request for each thing, and none that changes anything."""
    await _told(world)

    names = [name for request in world.harness.requests for name in request.names]
    assert sorted(names) == sorted(set(names))
    assert "resumeExecution" not in names


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"slack_bot_token": "xoxb-not-this-one"}, "SLACK_BOT_TOKEN: Slack says invalid_auth"),
        ({"slack_app_token": "xapp-not-this-one"}, "SLACK_APP_TOKEN: Slack says"),
        ({"harness_api_key": "not-this-key"}, "HARNESS_API_KEY: bad key"),
        ({"slack_api_url": "http://127.0.0.1:9/api/"}, "cannot be reached"),
        ({"harness_url": "http://127.0.0.1:9"}, "HARNESS_URL"),
    ],
)
async def test_a_wrong_setting_is_named_with_its_remedy(
    world: World, changes: dict[str, Any], words: str
) -> None:
    """Whatever is wrong has a line that names the variable and says how to mend it."""
    code, lines = await _told(world, **changes)

    assert code == 1
    wrong = [line for line in lines if line.startswith("WRONG") and words in line]
    assert wrong, lines
    assert all("→" in line for line in wrong)
    for secret in ("xoxb-not", "xapp-not", "not-this-key"):
        assert secret not in "\n".join(lines)


async def test_a_token_is_not_blamed_for_a_slack_that_does_not_answer(world: World) -> None:
    """Of a Slack that cannot be reached nothing is said that only Slack can know."""
    _, lines = await _told(world, slack_api_url="http://127.0.0.1:9/api/")

    app_token = next(line for line in lines if "SLACK_APP_TOKEN" in line)
    assert app_token.startswith("look"), app_token
    assert "does not answer" in app_token


async def test_an_alert_channel_is_looked_at_where_the_token_may(world: World) -> None:
    """A channel that is not there is wrong; one that cannot be asked about is left to a person."""
    world.slack.scopes -= {"channels:read", "groups:read"}
    _, unseen = await _told(world, alert_channel="C0000NONE")
    world.slack.scopes |= {"channels:read"}
    code, lines = await _told(world, alert_channel="C0000NONE")

    assert any(line.startswith("look") and "ALERT_CHANNEL" in line for line in unseen), unseen
    assert code == 1
    assert any(line.startswith("WRONG") and "ALERT_CHANNEL" in line for line in lines), lines


async def test_an_address_without_its_gateway_is_found_out(world: World) -> None:
    """Where Harness answers under the other spelling of the address, the doctor says which."""
    base = world.settings["harness_url"]

    code, lines = await _told(world, harness_url=f"{base}/gateway", harness_requests_per_minute=20)

    assert code == 1
    assert any("HARNESS_URL" in line and f"set it to {base}" in line for line in lines), lines


async def test_a_key_that_may_not_read_users_is_found_out(world: World) -> None:
    """A key without the right to read users is told which account permission it lacks."""
    weak = world.harness.world.key("weak", world.harness.world.user_group("Weak"))

    code, lines = await _told(world, harness_api_key=weak.secret)

    assert code == 1
    assert any("reading users" in line and "View Users" in line for line in lines), lines


async def test_a_missing_scope_is_named(world: World) -> None:
    """A scope that the installed app lacks is named."""
    world.slack.scopes -= {"users:read.email"}

    code, lines = await _told(world)

    assert code == 1
    assert any("missing users:read.email" in line for line in lines), lines


async def test_a_used_up_quota_is_not_called_a_bad_key(world: World) -> None:
    """When Harness is rate limited just now, the doctor says so and not that the key is wrong."""
    world.harness.faults.arm(Fault.MANAGER_429, times=5)

    code, lines = await _told(world)

    assert code == 1
    assert any("quota" in line for line in lines), lines


async def test_the_event_rule_is_printed_without_the_token_or_made_with_it(world: World) -> None:
    """With a token set the mutation is printed without it; asked to, the doctor makes the rule."""
    token = "events-token-0123456789abcdef"
    _, lines = await _told(world, harness_events_token=token)
    printed = "\n".join(lines)
    settings = Settings(**(world.settings | {"port": 3000, "harness_events_token": token}))
    manager = world.harness.world.key(
        "manager", world.harness.world.user_group("All", everything())
    )
    made: list[str] = []
    code = await examine(
        settings.model_copy(update={"harness_api_key": SecretStr(manager.secret)}),
        print_line=made.append,
        rule=WantedRule("Storefront", "https://bot.example.com"),
    )

    assert "createEventsConfig" in printed
    assert token not in printed + "\n".join(made)
    assert any("https://bot.example.com/harness/events" in line for line in made), made
    rules = world.harness.world.event_rules
    assert [rule.headers["Authorization"] for rule in rules] == [f"Bearer {token}"]
    assert code in {0, 1}


async def test_a_wish_without_a_token_is_refused_before_anything_is_looked_at(
    world: World,
) -> None:
    """A bad setting is told at once, and not after a dozen lines about others."""
    lines: list[str] = []
    settings = Settings(**(world.settings | {"port": 3000}))
    with pytest.raises(BadSettings, match="HARNESS_EVENTS_TOKEN: is needed"):
        await examine(
            settings,
            print_line=lines.append,
            rule=WantedRule("Storefront", "https://bot.example.com"),
        )
    assert lines == []
    assert world.harness.requests == []


async def test_the_doctor_tries_the_database(world: World, tmp_path: Path) -> None:
    """It has its line beside the others, and what is wrong with it is wrong in all."""
    (tmp_path / "bad.db").write_text("this is no database, " * 1000)

    _, fresh = await _told(world)
    code, lines = await _told(world, database_url=f"sqlite:///{tmp_path / 'bad.db'}")

    assert any(line.startswith("ok") and "DATABASE_URL" in line for line in fresh), fresh
    assert code == 1
    assert any("is not a SQLite database" in line for line in lines), lines


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


async def test_a_database_is_looked_at_and_left_as_it_was(sqlite_url: str, tmp_path: Path) -> None:
    """Before the first start, beside a running bot that is writing, and after a clean stop."""
    before = await look_at_store(sqlite_url)
    assert _contents(tmp_path) == {}
    async with open_store(sqlite_url, clock=SystemClock()) as store, store._db.write():
        async with asyncio.timeout(2):
            beside = await look_at_store(sqlite_url)
    stopped = _contents(tmp_path)
    after = await look_at_store(sqlite_url)

    assert "the first start makes it" in before.seen
    assert "its tables are this version's" in beside.seen
    assert after == beside
    assert {before.verdict, beside.verdict} == {Verdict.GOOD}
    assert _contents(tmp_path) == stopped


@pytest.mark.postgres
async def test_a_postgres_is_looked_at_and_left_as_it_was(postgres_url: str) -> None:
    """An empty one stays empty; one that a bot has open, and writes to, is this version's."""
    empty = [await look_at_store(postgres_url) for _ in range(2)]
    async with open_store(postgres_url, clock=SystemClock()) as store, store._db.write():
        beside = await look_at_store(postgres_url)

    assert "the next start makes its tables" in empty[0].seen
    assert empty[0] == empty[1]
    assert (beside.verdict, "are this version's" in beside.seen) == (Verdict.GOOD, True)


async def test_a_newer_versions_database_is_found_out(database_url: str) -> None:
    """The start would refuse it; the doctor says so before."""
    async with open_store(database_url, clock=SystemClock()) as store:
        async with store._db.write() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        finding = await look_at_store(database_url)

    assert finding.verdict is Verdict.WRONG
    assert "newer version" in finding.seen
    assert "restore the backup" in finding.remedy


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://u:hunter2@127.0.0.1:1/d", "does not answer"),
        ("postgresql://u:hunter2@127.0.0.1:port/d", "is not an address"),
        ("sqlite:////tmp", "Is a directory"),
        ("sqlite:////nowhere/at/all/x.db", "nothing can be made in /nowhere/at/all"),
    ],
)
async def test_a_database_that_cannot_be_used_is_told_with_a_remedy(url: str, words: str) -> None:
    """What is wrong and what to do about it, on one line, without the password."""
    finding = await look_at_store(url)

    assert finding.verdict is Verdict.WRONG
    assert words in finding.seen
    assert finding.remedy
    assert "hunter2" not in finding.line()
    assert "\n" not in finding.line()


def test_a_key_that_is_too_strong_or_too_weak_is_judged_by_its_groups() -> None:
    """Freeze override and all permissions are too much; no execution at all is too little."""
    everything = Grant("ALL", frozenset({"EXECUTE_PIPELINE"}), AppFilter(AppFilterKind.ALL))
    freeze = frozenset({"ALLOW_DEPLOYMENTS_DURING_FREEZE"})

    admin = judge_group("g", UserGroup("1", "admins", (everything,)), freeze)
    none = judge_group("g", UserGroup("2", "none"), frozenset())

    assert [finding.verdict for finding in admin] == [Verdict.WRONG, Verdict.WRONG]
    assert [finding.verdict for finding in none] == [Verdict.UNSEEN]


@pytest.mark.parametrize(
    ("nodes", "text"),
    [([], ""), ([{"application": {"name": "Storefront"}}], "for example Storefront")],
)
def test_an_application_that_can_be_read_is_named(nodes: list[object], text: str) -> None:
    """Without any run there is nothing to tell from."""
    assert _application(Answer({"executions": {"nodes": nodes}}, ())) == text


def test_a_run_without_its_application_is_a_key_that_is_too_weak() -> None:
    """Harness shows a run and hides its application: a bare id could not be resumed."""
    with pytest.raises(HarnessTrouble):
        _application(Answer({"executions": {"nodes": [{"application": None}]}}, ()))
