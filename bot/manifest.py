"""The Slack app's manifest: the app as Slack should know it, to paste at api.slack.com/apps.

Slack's schema (version 2) checks names and lengths; it lets unknown scopes, unknown events and an
HTTP app without addresses through, so those are kept right here and by the tests.
"""

import json
from urllib.parse import urlsplit

SHORTCUT = "resume_from_message"  # the callback id that the shortcut's listener waits for

SCOPES = {
    "commands": "the slash command and the message shortcut",
    "chat:write": "cards, threads, and answers that one person alone sees",
    "im:write": "the last line by direct message, where its channel is gone",
    "users:read": "who pressed: only full members of this workspace may",
    "users:read.email": "the Harness user behind the Slack user, and whom a refused person can ask",
    "channels:read": "which of those are in the channel",
    "groups:read": "the same in private channels",
    "channels:history": "hear Harness's alerts, and look before repeating a message",
    "groups:history": "the same in private channels",
}
EVENTS = {
    "message.channels": "Harness's alerts",
    "message.groups": "the same in private channels",
}


def manifest(*, command: str, socket_mode: bool, url: str | None = None) -> str:
    """Return the manifest as YAML.

    *command* is the slash command with its slash; *url* is the address under which Slack reaches
    the bot in HTTP mode, without a path. Raises ValueError where HTTP mode has no such address.
    """
    requests = None if socket_mode else _requests_url(url)
    at = [f"url: {_quoted(requests)}"] if requests else []
    lines = [
        "_metadata:",
        "  major_version: 2",
        "  minor_version: 1",
        "display_information:",
        "  name: Harness Resume",
        "  description: Resumes failed Harness pipelines, from the right stage",
        '  background_color: "#0b2447"',
        "features:",
        "  app_home:",
        "    home_tab_enabled: false",
        "    messages_tab_enabled: true",
        "    messages_tab_read_only_enabled: true",
        "  bot_user:",
        "    display_name: harness-resume",
        "    always_online: true",
        "  slash_commands:",
        f"    - command: {_quoted(command)}",
        "      description: Resume a failed pipeline",
        '      usage_hint: "<execution id or link>"',
        "      should_escape: false",
        *(f"      {line}" for line in at),
        "  shortcuts:",
        "    - name: Resume this pipeline",
        "      type: message",
        f"      callback_id: {SHORTCUT}",
        "      description: Find the Harness link in this message and offer to resume",
        "oauth_config:",
        "  scopes:",
        "    bot:",
        *_explained(SCOPES),
        "settings:",
        "  event_subscriptions:",
        *(f"    request_{line}" for line in at),
        "    bot_events:",
        *_explained(EVENTS),
        "  interactivity:",
        "    is_enabled: true",
        *(f"    request_{line}" for line in at),
        "  org_deploy_enabled: false",
        f"  socket_mode_enabled: {_quoted(socket_mode)}",
        "  token_rotation_enabled: false",
    ]
    return "\n".join(lines) + "\n"


def _requests_url(url: str | None) -> str:
    if url is None:
        raise ValueError("HTTP mode needs the address that Slack reaches: --url https://host")
    parts = urlsplit(url.rstrip("/"))
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("Slack calls only an address like https://host, without ? or #")
    return f"{parts.geturl().removesuffix('/slack/events')}/slack/events"


def _explained(reasons: dict[str, str]) -> list[str]:
    """List names in YAML, each with its reason as a comment."""
    return [f"      - {_quoted(name):<20}  # {reason}" for name, reason in reasons.items()]


def _quoted(value: object) -> str:
    """Write a value for YAML, of which JSON is a part."""
    return json.dumps(value)
