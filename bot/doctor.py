"""``resume-bot doctor``: try every setting against the live services, a line each."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.app import harness_address, policy_of, slack_address
from bot.clock import SystemClock
from bot.core.errors import HarnessTrouble
from bot.core.finding import Finding, Verdict, good, wrong
from bot.harness.budget import MemoryWindow
from bot.harness.checkup import look_at_harness
from bot.harness.event_rules import mutation_text
from bot.harness.firstgen import open_firstgen
from bot.manifest import SCOPES
from bot.settings import BadSettings, Settings
from bot.slack.checkup import look_at_slack
from bot.store import postgres, sqlite
from bot.store.database import Database
from bot.store.trouble import BadStore, StoreFault, StoreTrouble

ALL_GOOD, SOMETHING_WRONG = 0, 1
DATABASE = "DATABASE_URL"
STORE_REMEDIES = {
    StoreFault.FULL: "make room on its disk",
    StoreFault.LOCKED: "close the program that holds it",
    StoreFault.CORRUPT: "move it away and restore a backup, or start anew",
    StoreFault.READ_ONLY: "give the bot's user the right to write there",
    StoreFault.AWAY: "check that it runs, and that the address is right",
}


@dataclass(frozen=True, slots=True)
class WantedRule:
    """The event rule that shall be made: for an application (name or id), to the bot's address."""

    application: str
    url: str


async def examine(
    settings: Settings, *, print_line: Callable[[str], None], rule: WantedRule | None = None
) -> int:
    """Print what is found, as it is found; 0 when nothing is wrong, else 1.

    With *rule* the event rule is made as well; without it, and with HARNESS_EVENTS_TOKEN set, the
    mutation that makes it is printed. Raises ``BadSettings``, before anything is looked at, for a
    policy file or a wish that cannot be used.
    """
    policy = policy_of(settings)
    token = settings.harness_events_token
    if rule is not None and token is None:
        raise BadSettings(("HARNESS_EVENTS_TOKEN: is needed for an event rule, and is not set",))
    verdicts: list[Verdict] = []

    def tell(finding: Finding) -> None:
        verdicts.append(finding.verdict)
        print_line(finding.line())

    tell(_port(settings))
    tell(await look_at_store(settings.database_url.get_secret_value()))
    async for finding in look_at_slack(
        slack_address(settings),
        scopes=frozenset(SCOPES),
        alert_channel=settings.alert_channel,
    ):
        tell(finding)
    async for finding in look_at_harness(
        harness_address(settings),
        key_groups=policy.key_groups,
        requests_per_minute=settings.harness_requests_per_minute,
    ):
        tell(finding)
    if rule is not None and token is not None:
        tell(await _make_rule(settings, rule, token.get_secret_value()))
    elif token is not None:
        print_line("To hear of failures by event, make this rule for each application, or let")
        print_line("  resume-bot doctor --create-event-rule APPLICATION --url https://… make it:")
        print_line(mutation_text())
    return SOMETHING_WRONG if Verdict.WRONG in verdicts else ALL_GOOD


async def _make_rule(settings: Settings, rule: WantedRule, token: str) -> Finding:
    """Make the event rule with the header that carries the token."""
    what, clock = f"event rule for {rule.application}", SystemClock()
    url = f"{rule.url.rstrip('/')}/harness/events"
    try:
        async with open_firstgen(
            harness_address(settings),
            clock=clock,
            window=MemoryWindow(clock),
            requests_per_minute=0,
        ) as harness:
            made = await harness.make_event_rule(rule.application, url, token)
    except HarnessTrouble as trouble:
        seen = f"{trouble.kind} ({trouble.detail[:200]})" if trouble.detail else str(trouble.kind)
        remedy = "the key needs Manage Applications for it; or paste the mutation as somebody else"
        return wrong(what, seen, remedy)
    return good(what, f"{made} posts to {url}")


def _port(settings: Settings) -> Finding:
    """In HTTP mode Slack must reach the bot, so listening on the loopback alone is suspicious."""
    where = f"{settings.host}:{settings.port}"
    if not settings.socket_mode and settings.host in {"127.0.0.1", "localhost", "::1"}:
        remedy = "fine behind a proxy on this machine; else set HOST=0.0.0.0"
        return Finding(Verdict.UNSEEN, "HTTP mode", f"listens on {where} only", remedy)
    if settings.port == 0:
        return wrong("PORT", "0 picks another port at every start", "set a fixed one")
    return good("mode", f"{'Socket Mode' if settings.socket_mode else 'HTTP mode'}, {where}")


async def look_at_store(url: str) -> Finding:
    """See that the database answers and fits this version; nothing is made, no lock is taken.

    A bot may run on it; for another program that holds it, it is not waited longer than 5 s.
    """
    try:
        where = make_url(url)
        on_sqlite = where.get_backend_name() == "sqlite"
        if on_sqlite and (absent := _absent(where)):
            return absent
        return await _read_store(where, (sqlite if on_sqlite else postgres).engine(where))
    except (ArgumentError, ValueError):
        return wrong(DATABASE, "it is not an address", "see the README for examples")
    except BadStore as bad:
        return wrong(DATABASE, str(bad), "until that is mended the bot does not start")
    except StoreTrouble as trouble:
        remedy = STORE_REMEDIES.get(trouble.fault, "check DATABASE_URL and its user's rights there")
        return wrong(DATABASE, str(trouble), remedy)


def _absent(where: URL) -> Finding | None:
    """Say what becomes of a SQLite file that is not there; raise ``BadStore`` for an unfit one."""
    file = Path(where.database or "").absolute()
    if os.access(file, os.F_OK):
        sqlite.demand_existing(where)
        return None
    if os.access(file.parent, os.W_OK | os.X_OK):
        return good(DATABASE, f"{file} is not there yet: the first start makes it")
    remedy = "give the bot's user the right to, or let it name another folder"
    return wrong(DATABASE, f"nothing can be made in {file.parent}", remedy)


async def _read_store(where: URL, engine: AsyncEngine) -> Finding:
    """Say how the tables of an existing database stand to this version's."""
    db = Database(engine, SystemClock())
    try:
        if not db.on_sqlite:
            await postgres.check(db)
        async with db.read() as connection:
            at = await connection.run_sync(_revision)
    finally:
        await engine.dispose()
    known = _revisions()
    name = where.render_as_string(hide_password=True)
    if at and at not in known:
        remedy = "install that version, or restore the backup made before the upgrade"
        return wrong(DATABASE, f"a newer version of the bot last used it ({at})", remedy)
    if at == known[-1]:
        return good(DATABASE, f"{name} answers, and its tables are this version's")
    return good(DATABASE, f"{name} answers, and the next start makes its tables this version's")


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def _revisions() -> list[str]:
    """List the versions of the tables, oldest first, by the names of their scripts."""
    scripts = (files("bot.store") / "migrations" / "versions").iterdir()
    return sorted(script.name.partition("_")[0] for script in scripts if script.name[:1].isdigit())
