"""``resume-bot doctor``: try every setting against the live services, a line each."""

from collections.abc import Callable
from dataclasses import dataclass

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

ALL_GOOD, SOMETHING_WRONG = 0, 1


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
    mutation that makes it is printed. Raises ``BadSettings`` for a policy file or a wish that
    cannot be used.
    """
    policy = policy_of(settings)
    verdicts: list[Verdict] = []

    def tell(finding: Finding) -> None:
        verdicts.append(finding.verdict)
        print_line(finding.line())

    tell(_port(settings))
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
    if rule is not None:
        tell(await _make_rule(settings, rule))
    elif settings.harness_events_token is not None:
        print_line("To hear of failures by event, make this rule for each application, or let")
        print_line("  resume-bot doctor --create-event-rule APPLICATION --url https://… make it:")
        print_line(mutation_text())
    return SOMETHING_WRONG if Verdict.WRONG in verdicts else ALL_GOOD


async def _make_rule(settings: Settings, rule: WantedRule) -> Finding:
    """Make the event rule with the header that carries the token."""
    token = settings.harness_events_token
    if token is None:
        raise BadSettings(("HARNESS_EVENTS_TOKEN: is needed for an event rule, and is not set",))
    what, clock = f"event rule for {rule.application}", SystemClock()
    url = f"{rule.url.rstrip('/')}/harness/events"
    try:
        async with open_firstgen(
            harness_address(settings),
            clock=clock,
            window=MemoryWindow(clock),
            requests_per_minute=0,
        ) as harness:
            made = await harness.make_event_rule(rule.application, url, token.get_secret_value())
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
