"""What ``doctor`` asks Slack: a request each for the token, people, the channel and the socket."""

from collections.abc import AsyncIterator

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.finding import Finding, good, unseen, wrong
from bot.slack import outcome
from bot.slack.clients import SlackAddress, doctors_client, sockets_client

REINSTALL = (
    "add it under OAuth & Permissions (resume-bot manifest lists them) and reinstall the app"
)

HELPFUL = frozenset({"channels:read", "groups:read", "im:write"})
"""Scopes that the bot can do without: it then names nobody to ask, and writes no direct message."""


async def look_at_slack(
    address: SlackAddress, *, scopes: frozenset[str], alert_channel: str | None
) -> AsyncIterator[Finding]:
    """Try what the bot will need of Slack; *scopes* are those that the manifest asks for."""
    client = doctors_client(address)
    token = "SLACK_BOT_TOKEN"  # noqa: S105 -- its name
    try:
        me = await client.auth_test()
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
        yield _token_trouble(token, error, address.url)
    else:
        yield good(token, f"{me['user']} in {me['team']}")
        granted = me.headers.get("x-oauth-scopes") or me.headers.get("X-OAuth-Scopes") or ""
        yield _scopes(frozenset(s.strip() for s in granted.split(",") if s.strip()), scopes)
        yield await _people(client, str(me["user_id"]))
        if alert_channel:
            yield await _channel(client, alert_channel)
    if address.app_token:
        yield await _socket(address)
    else:
        yield unseen(
            "SLACK_SIGNING_SECRET",
            "cannot be asked for",
            "compare it with Basic Information; a wrong one answers Slack with 401",
        )


def _token_trouble(token: str, error: Exception, url: str) -> Finding:
    if not isinstance(error, SlackApiError):
        remedy = "check SLACK_API_URL, HTTPS_PROXY and the way out of this machine"
        return wrong("Slack", f"{url} cannot be reached ({type(error).__name__})", remedy)
    code = outcome.code_of(error)
    remedy = "copy the Bot User OAuth Token anew, and reinstall the app if it was revoked"
    return wrong(token, f"Slack says {code}", remedy)


def _scopes(granted: frozenset[str], needed: frozenset[str]) -> Finding:
    if not granted:
        return unseen("Slack scopes", "Slack did not list them", "compare with resume-bot manifest")
    missing = needed - granted
    if missing - HELPFUL:
        return wrong("Slack scopes", f"missing {', '.join(sorted(missing))}", REINSTALL)
    if missing:
        seen = f"missing {', '.join(sorted(missing))}, without which the bot says less"
        return unseen("Slack scopes", seen, REINSTALL)
    return good("Slack scopes", "all that the manifest asks for")


async def _people(client: AsyncWebClient, user_id: str) -> Finding:
    what = "Slack users"
    try:
        await client.users_info(user=user_id)
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
        if _word(error) == "user_not_found":  # of the bot itself; the right to ask is there
            return good(what, "can be looked up")
        seen = f"cannot be looked up ({_word(error)})"
        return wrong(what, seen, "without this every press is refused; " + REINSTALL)
    return good(what, "can be looked up")


async def _channel(client: AsyncWebClient, channel: str) -> Finding:
    what = "ALERT_CHANNEL"
    try:
        answer = await client.conversations_info(channel=channel)
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
        word = _word(error)
        if word == "missing_scope":
            return unseen(what, f"{channel} cannot be asked about", "see that the bot is in it")
        return wrong(what, f"{channel}: {word}", "copy the id from the channel's details")
    found = answer.get("channel") or {}
    if not found.get("is_member"):
        return wrong(what, f"the bot is not in #{found.get('name', channel)}", "invite it there")
    return good(what, f"#{found.get('name', channel)}")


async def _socket(address: SlackAddress) -> Finding:
    what = "SLACK_APP_TOKEN"
    try:
        await sockets_client(address).apps_connections_open(app_token=address.app_token or "")
    except SlackApiError as error:
        remedy = "make an app-level token with connections:write, and switch Socket Mode on"
        return wrong(what, f"Slack says {_word(error)}", remedy)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return unseen(what, f"Slack does not answer ({_word(error)})", "ask again once it does")
    return good(what, "opens a socket")


def _word(error: Exception) -> str:
    return outcome.code_of(error) if isinstance(error, SlackApiError) else type(error).__name__
