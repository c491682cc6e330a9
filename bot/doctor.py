"""``resume-bot doctor``: try every setting against the live services, a line each."""

from collections.abc import Callable

from bot.app import harness_address, policy_of, slack_address
from bot.core.finding import Finding, Verdict, good, wrong
from bot.harness.checkup import look_at_harness
from bot.manifest import SCOPES
from bot.settings import Settings
from bot.slack.checkup import look_at_slack

ALL_GOOD, SOMETHING_WRONG = 0, 1


async def examine(settings: Settings, *, print_line: Callable[[str], None]) -> int:
    """Print what is found, as it is found; 0 when nothing is wrong, else 1.

    Raises ``BadSettings`` for a policy file that cannot be used.
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
    return SOMETHING_WRONG if Verdict.WRONG in verdicts else ALL_GOOD


def _port(settings: Settings) -> Finding:
    """In HTTP mode Slack must reach the bot, so listening on the loopback alone is suspicious."""
    where = f"{settings.host}:{settings.port}"
    if not settings.socket_mode and settings.host in {"127.0.0.1", "localhost", "::1"}:
        remedy = "fine behind a proxy on this machine; else set HOST=0.0.0.0"
        return Finding(Verdict.UNSEEN, "HTTP mode", f"listens on {where} only", remedy)
    if settings.port == 0:
        return wrong("PORT", "0 picks another port at every start", "set a fixed one")
    return good("mode", f"{'Socket Mode' if settings.socket_mode else 'HTTP mode'}, {where}")
