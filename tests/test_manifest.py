"""The app's manifest, held against what Slack's schema demands and what it forgets to check."""

import pytest
import yaml

from bot.manifest import SCOPES, SHORTCUT, manifest

URL = "https://bot.example/slack/events"
MODES = {
    "socket": {"command": "/resume", "socket_mode": True},
    "http": {"command": "/resume", "socket_mode": False, "url": "https://bot.example"},
}

# Slack's schema, version 2, as far as this app goes: key -> longest text, type, or the keys below.
SCHEMA = {
    "_metadata": {"major_version": int, "minor_version": int},
    "display_information": {"name": 35, "description": 140, "background_color": 7},
    "features": {
        "app_home": {
            "home_tab_enabled": bool,
            "messages_tab_enabled": bool,
            "messages_tab_read_only_enabled": bool,
        },
        "bot_user": {"display_name": 80, "always_online": bool},
        "slash_commands": [
            {
                "command": 32,
                "description": 2000,
                "usage_hint": 1000,
                "should_escape": bool,
                "url": 3000,
            }
        ],
        "shortcuts": [{"name": 24, "type": 7, "callback_id": 255, "description": 150}],
    },
    "oauth_config": {"scopes": {"bot": [255]}},
    "settings": {
        "event_subscriptions": {"request_url": 3000, "bot_events": [255]},
        "interactivity": {"is_enabled": bool, "request_url": 3000},
        "org_deploy_enabled": bool,
        "socket_mode_enabled": bool,
        "token_rotation_enabled": bool,
    },
}
# Scopes and events that exist (Slack's reference); the schema itself takes any word.
KNOWN_SCOPES = {
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "im:write",
    "users:read",
    "users:read.email",
}
KNOWN_EVENTS = {"message.channels", "message.groups"}


def faults(value, rule, at="manifest"):
    """Name every place where *value* breaks *rule*."""
    match rule:
        case dict():
            for key, below in value.items():
                if key in rule:
                    yield from faults(below, rule[key], f"{at}.{key}")
                else:
                    yield f"{at}.{key} is unknown"
        case [each]:
            for index, below in enumerate(value):
                yield from faults(below, each, f"{at}[{index}]")
        case int() if not isinstance(rule, bool):
            if not isinstance(value, str) or not 1 <= len(value) <= rule:
                yield f"{at} is no text of 1 to {rule}"
        case _:
            if type(value) is not rule:
                yield f"{at} is no {rule.__name__}"


@pytest.mark.parametrize("mode", MODES)
def test_slack_would_take_it(mode):
    """In either mode all keys are known, every text fits, scopes and events exist."""
    app = yaml.safe_load(manifest(**MODES[mode]))
    assert list(faults(app, SCHEMA)) == []
    assert set(app["oauth_config"]["scopes"]["bot"]) == KNOWN_SCOPES
    assert set(app["settings"]["event_subscriptions"]["bot_events"]) == KNOWN_EVENTS
    assert app["features"]["shortcuts"][0]["callback_id"] == SHORTCUT
    assert app["settings"]["interactivity"]["is_enabled"]


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        ({"display_information": {"name": "n" * 36}}, "manifest.display_information.name"),
        ({"features": {"tabs": 1}}, "manifest.features.tabs is unknown"),
        ({"settings": {"socket_mode_enabled": "yes"}}, "socket_mode_enabled is no bool"),
        ({"features": {"slash_commands": [{"command": "/" * 33}]}}, "slash_commands[0].command"),
    ],
)
def test_the_check_itself_finds_faults(broken, fault):
    """The hand-written schema is not one that takes everything."""
    (found,) = faults(broken, SCHEMA)
    assert fault in found


def test_over_http_slack_is_told_one_address_three_times():
    """Slack's schema would take an HTTP app without addresses, and nothing would ever arrive."""
    app = yaml.safe_load(manifest(**MODES["http"]))
    assert app["features"]["slash_commands"][0]["url"] == URL
    assert app["settings"]["event_subscriptions"]["request_url"] == URL
    assert app["settings"]["interactivity"]["request_url"] == URL
    assert app["settings"]["socket_mode_enabled"] is False


def test_over_a_socket_no_address_is_named():
    """In Socket Mode Slack needs no address, and a left-over one would mislead."""
    text = manifest(command="/resume", socket_mode=True, url="https://bot.example")
    assert "url:" not in text
    assert yaml.safe_load(text)["settings"]["socket_mode_enabled"] is True


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "bot.example",
        "http://bot.example",
        "https://",
        "https://bot.example/?a=b",
        "https://bot.example/#a",
    ],
)
def test_http_mode_without_an_address_is_refused(url):
    """Better no manifest than one that leads nowhere."""
    with pytest.raises(ValueError, match="https://host"):
        manifest(command="/resume", socket_mode=False, url=url)


@pytest.mark.parametrize("url", ["https://bot.example/", URL, "https://bot.example/slack/events/"])
def test_an_address_with_its_path_means_the_same(url):
    """Whether the path was pasted along makes no difference."""
    text = manifest(command="/resume", socket_mode=False, url=url)
    assert yaml.safe_load(text)["features"]["slash_commands"][0]["url"] == URL


def test_the_command_has_the_name_from_the_settings():
    """Where another app has /resume, ours is called otherwise."""
    app = yaml.safe_load(manifest(command="/harness-resume", socket_mode=True))
    assert app["features"]["slash_commands"][0]["command"] == "/harness-resume"


def test_every_scope_gives_its_reason():
    """Whoever has to approve the app reads beside each scope what it is for."""
    text = manifest(**MODES["socket"])
    for scope, reason in SCOPES.items():
        assert any(f'"{scope}"' in line and f"# {reason}" in line for line in text.splitlines())
