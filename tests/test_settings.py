"""What an operator may set, and what is said when it is wrong."""

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from bot.app import harness_address, slack_address
from bot.settings import BadSettings, Settings, load, load_for_audit, load_for_manifest

# The names, their defaults and no others are a promise to whoever runs the bot.
PROMISED = {
    "SLACK_BOT_TOKEN": None,
    "SLACK_APP_TOKEN": None,
    "SLACK_SIGNING_SECRET": None,
    "SLACK_API_URL": "https://slack.com/api/",
    "SLACK_COMMAND": "/resume",
    "HARNESS_URL": "https://app.harness.io/gateway",
    "HARNESS_ACCOUNT_ID": None,
    "HARNESS_API_KEY": None,
    "HARNESS_CA_BUNDLE": None,
    "HARNESS_REQUESTS_PER_MINUTE": "20",
    "HARNESS_EVENTS_TOKEN": None,
    "ALERT_CHANNEL": None,
    "POLICY_FILE": None,
    "POLL_SECONDS": "20",
    "DATABASE_URL": "sqlite:///resume-bot.db",
    "HOST": "127.0.0.1",
    "PORT": "3000",
    "LOG_LEVEL": "INFO",
    "LOG_FORMAT": "console",
    "HTTPS_PROXY": None,
    "NO_PROXY": None,
}
LEAST = {
    "SLACK_BOT_TOKEN": "xoxb-1-bot",
    "SLACK_APP_TOKEN": "xapp-1-app",
    "HARNESS_ACCOUNT_ID": "kmpySmUISimoRrJL6NL73w",
    "HARNESS_API_KEY": "key-of-the-bot",
}
EXAMPLE = Path(__file__).parent.parent / ".env.example"


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """A working folder of its own, and a way to set just these variables."""
    monkeypatch.chdir(tmp_path)

    def set_only(**variables):
        for name in PROMISED:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    set_only(**LEAST)
    return set_only


def problems(environment, **variables):
    environment(**{**LEAST, **variables})
    with pytest.raises(BadSettings) as caught:
        load()
    return caught.value.problems


def test_the_names_are_those_promised():
    """No setting has another name than the promised one, and none was added in silence."""
    assert [name.upper() for name in Settings.model_fields] == list(PROMISED)


def test_each_setting_is_described():
    """Whoever reads the settings' list finds a sentence at each."""
    assert all(field.description for field in Settings.model_fields.values())


def test_the_example_lists_every_setting_with_its_default():
    """.env.example names each setting once, below a comment, with the default that is in force."""
    lines = EXAMPLE.read_text("utf-8").splitlines()
    listed = {}
    for above, line in itertools.pairwise(lines):
        if found := re.fullmatch(r"#?([A-Z_]+)=(.*)", line):
            assert found[1] not in listed
            assert re.match(r"# .+\.$", above), f"{found[1]} has no comment above it"
            listed[found[1]] = found[2]
    assert list(listed) == list(PROMISED)
    assert {name: listed[name] for name, default in PROMISED.items() if default} == {
        name: default for name, default in PROMISED.items() if default
    }


def test_the_defaults_are_those_promised(environment):
    """What nobody set has the documented default."""
    settings = load()
    for name, default in PROMISED.items():
        if name not in LEAST:
            value = getattr(settings, name.lower())
            value = value.get_secret_value() if isinstance(value, SecretStr) else value
            assert value == (type(value)(default) if default else (None if value is None else ""))


def test_everything_that_is_missing_is_told_at_once(environment):
    """An empty environment names all required variables, a line each."""
    environment()
    with pytest.raises(BadSettings) as caught:
        load()
    assert caught.value.problems == (
        "SLACK_BOT_TOKEN: is required, and is not set",
        "SLACK_SIGNING_SECRET: is required in HTTP mode (for Socket Mode set SLACK_APP_TOKEN)",
        "HARNESS_ACCOUNT_ID: is required, and is not set",
        "HARNESS_API_KEY: is required, and is not set",
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-1-user", "must start with xoxb-"),
        ("SLACK_BOT_TOKEN", "xoxb-", "must start with xoxb-"),
        ("SLACK_BOT_TOKEN", "xoxb-…", "must be one word of plain ASCII"),
        ("SLACK_BOT_TOKEN", "xoxb-two words", "must be one word of plain ASCII"),
        ("SLACK_APP_TOKEN", "xoxb-1-bot", "must start with xapp-"),
        ("SLACK_API_URL", "slack.com/api", "must be an address like"),
        ("SLACK_API_URL", "ftp://slack.com/api", "must be an address like"),
        ("SLACK_API_URL", "https://slack.com:99999/api", "must be an address like"),
        ("SLACK_COMMAND", "resume", "must be a / and up to 31 small letters"),
        ("SLACK_COMMAND", "/Resume", "must be a / and up to 31 small letters"),
        ("SLACK_COMMAND", "/" + "r" * 32, "must be a / and up to 31 small letters"),
        ("HARNESS_URL", "app.harness.io", "must be an address like"),
        ("HARNESS_URL", "https://me:hunter2@harness.example", "must not carry a user name"),
        ("HARNESS_URL", "https://[::1", "must be an address like"),
        ("HARNESS_URL", "https://app.harness.io/#/account/a", "must end with its path"),
        ("HARNESS_ACCOUNT_ID", "https://app.harness.io/#/account/a", "must be the id"),
        ("HARNESS_API_KEY", "two\nlines", "must be one word of plain ASCII"),
        ("HARNESS_CA_BUNDLE", "missing.pem", "cannot be read"),
        ("HARNESS_REQUESTS_PER_MINUTE", "-1", "must be a whole number"),
        ("HARNESS_REQUESTS_PER_MINUTE", "many", "must be a whole number"),
        ("ALERT_CHANNEL", "#deployments", "must be a channel's id"),
        ("POLICY_FILE", "missing.toml", "cannot be read"),
        ("POLL_SECONDS", "0.5", "must be a number of seconds from 1"),
        ("POLL_SECONDS", "nan", "must be a number of seconds from 1"),
        ("POLL_SECONDS", "inf", "must be a number of seconds from 1"),
        ("DATABASE_URL", "mysql://root:hunter2@db/bot", "must start with sqlite:/// or postgres"),
        ("DATABASE_URL", "resume-bot.db", "must start with sqlite:/// or postgresql://"),
        ("DATABASE_URL", "sqlite://", "must name a file"),
        ("DATABASE_URL", "sqlite:///:memory:", "must name a file"),
        ("DATABASE_URL", "sqlite:///missing/bot.db", "names a file in a folder that does not"),
        ("HOST", "http://0.0.0.0", "must be a host name or an address"),
        ("PORT", "65536", "must be a whole number from 0 to 65535"),
        ("PORT", "http", "must be a whole number from 0 to 65535"),
        ("LOG_LEVEL", "LOUD", "must be 'DEBUG', 'INFO', 'WARNING', 'ERROR' or 'CRITICAL'"),
        ("LOG_FORMAT", "xml", "must be 'console' or 'json'"),
        ("HTTPS_PROXY", "proxy:3128", "must be an address like"),
    ],
)
def test_what_is_wrong_is_named_without_the_value(environment, name, value, said):
    """A bad value gives one line: the variable's name and what is wrong, not what it held."""
    (line,) = problems(environment, **{name: value})
    assert line.startswith(f"{name}: {said}")
    assert "hunter2" not in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("POLICY_FILE", b"applications = [", "is not TOML"),
        ("POLICY_FILE", b"\xff\xfe", "is not UTF-8 text"),
        ("HARNESS_CA_BUNDLE", b"not a certificate", "is not a PEM file of certificates"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(
    environment, tmp_path, name, content, said
):
    """A policy that cannot be read never means that there is none."""
    (tmp_path / "file").write_bytes(content)
    (line,) = problems(environment, **{name: "file"})
    assert line.startswith(f"{name}: {said}")


def test_several_problems_are_told_together(environment):
    """One start tells all that is wrong, so that one more start can work."""
    told = problems(environment, PORT="x", LOG_FORMAT="xml", SLACK_APP_TOKEN="xoxb-1")
    assert [line.split(":")[0] for line in told] == ["SLACK_APP_TOKEN", "PORT", "LOG_FORMAT"]


@given(secret=st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=12))
def test_no_secret_is_ever_told(secret):
    """Whatever stands in a secret's variable, neither the complaint nor the settings show it."""
    values = {**LEAST, "SLACK_BOT_TOKEN": secret, "HARNESS_API_KEY": f"{secret} ", "PORT": secret}
    try:
        shown = repr(Settings.model_validate(values))
    except ValidationError as error:
        shown = str(error)
    assert secret not in shown


def test_complaints_carry_no_trace_of_pydantic(environment):
    """The error that reaches the command line has no chain that could print the input."""
    environment(**{**LEAST, "SLACK_BOT_TOKEN": "hunter2"})
    with pytest.raises(BadSettings) as caught:
        load()
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert str(caught.value) == "SLACK_BOT_TOKEN: must start with xoxb-"


def test_http_mode_needs_the_signing_secret_and_no_app_token(environment):
    """With a signing secret and no app token the bot listens over HTTP."""
    environment(**{**LEAST, "SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": "8f742231b10e"})
    assert not load().socket_mode
    environment(**LEAST)
    assert load().socket_mode


def test_an_empty_variable_is_one_that_is_not_set(environment):
    """Compose files and charts pass on empty strings; they mean the default."""
    environment(**{**LEAST, "PORT": "", "POLICY_FILE": "", "LOG_LEVEL": ""})
    settings = load()
    assert (settings.port, settings.policy_file, settings.log_level) == (3000, None, "INFO")


def test_the_environment_wins_over_the_env_file(environment, tmp_path):
    """A .env in the working folder is read, and what the environment says goes first."""
    (tmp_path / ".env").write_text("PORT=4000\nLOG_LEVEL=DEBUG\nSOMETHING_ELSE=1\n", "utf-8")
    environment(**LEAST, PORT="5000")
    settings = load()
    assert (settings.port, settings.log_level) == (5000, "DEBUG")


def test_an_env_file_in_another_encoding_is_refused(environment, tmp_path):
    """A .env that cannot be read is a problem, not an empty file."""
    (tmp_path / ".env").write_bytes("PORT=4000 # größer".encode("utf-16"))
    with pytest.raises(BadSettings, match=r"\.env: cannot be read as UTF-8 text"):
        load()


def test_only_upper_case_names_count(environment):
    """A lower-case namesake in the environment is somebody else's."""
    environment(**LEAST, port="1", log_level="DEBUG")
    settings = load()
    assert (settings.port, settings.log_level) == (3000, "INFO")


def test_settings_of_an_oauth_app_are_none_of_ours(environment):
    """SLACK_CLIENT_ID and SLACK_CLIENT_SECRET, which other Slack apps read, change nothing."""
    environment(**LEAST)
    before = load()
    environment(**LEAST, SLACK_CLIENT_ID="1.2", SLACK_CLIENT_SECRET="s")
    assert load() == before


def test_settings_made_by_hand_read_no_environment(environment):
    """The demo's settings are its own, whatever the shell around it holds."""
    environment(**LEAST, PORT="5000", ALERT_CHANNEL="C1")
    settings = Settings.model_validate(LEAST)
    assert (settings.port, settings.alert_channel) == (3000, None)


def test_settings_never_change():
    """What was checked at start stays as it was checked."""
    settings = Settings.model_validate(LEAST)
    with pytest.raises(ValidationError, match="frozen"):
        settings.port = 1


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://harness.example/", "https://harness.example"),
        ("https://harness.example/gateway/", "https://harness.example/gateway"),
        ("https://harness.example/gateway/api/graphql", "https://harness.example/gateway"),
        ("https://harness.example/api/graphql?accountId=a", "https://harness.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_a_harness_address_is_cut_to_its_base(given, base):
    """An address pasted whole from the documentation works like its base."""
    assert Settings.model_validate({**LEAST, "HARNESS_URL": given}).harness_url == base


def test_slacks_address_ends_with_a_slash():
    """slack_sdk appends the method's name to the base as it is."""
    settings = Settings.model_validate({**LEAST, "SLACK_API_URL": "http://localhost:1/api"})
    assert settings.slack_api_url == "http://localhost:1/api/"


PROXY = "http://me:hunter2@proxy.example:3128"


@pytest.mark.parametrize(
    ("host", "no_proxy", "spared"),
    [
        ("app.harness.io", "", False),
        ("app.harness.io", "harness.io", True),
        ("app.harness.io", ".harness.io", True),
        ("app.harness.io", "*.harness.io", True),
        ("app.harness.io", "arness.io", False),
        ("app.harness.io", "localhost, APP.harness.io", True),
        ("app.harness.io", "localhost app.harness.io", True),
        ("app.harness.io", "other.example other.net", False),
        ("app.harness.io", "app.harness.io:443", True),
        ("app.harness.io", "app.harness.io:8443", False),
        ("app.harness.io:8443", "app.harness.io:8443", True),
        ("APP.harness.io", "app.harness.io", True),
        ("app.harness.io", "*", True),
        ("app.harness.io", " , ", False),
        ("127.0.0.1:9", "", True),
        ("localhost:9", "", True),
        ("[::1]:9", "", True),
    ],
)
def test_slack_and_harness_go_the_same_way_out(host, no_proxy, spared):
    """One reading of NO_PROXY for both: names, subdomains, a port; the loopback never leaves."""
    urls = {"HARNESS_URL": f"https://{host}/gateway", "SLACK_API_URL": f"https://{host}/api/"}
    settings = Settings.model_validate(
        {**LEAST, **urls, "HTTPS_PROXY": PROXY, "NO_PROXY": no_proxy}
    )
    way = None if spared else PROXY
    assert (harness_address(settings).proxy, slack_address(settings).proxy) == (way, way)
    assert "hunter2" not in repr(settings)


def test_the_proxy_is_for_https_alone():
    """HTTPS_PROXY says nothing of plain http, and without it there is none."""
    settings = Settings.model_validate({**LEAST, "HTTPS_PROXY": PROXY})
    assert settings.proxy_for("http://harness.example") is None
    assert settings.proxy_for("https://harness.example") == PROXY
    assert Settings.model_validate(LEAST).proxy_for("https://harness.example") is None


def test_the_log_is_told_every_secret():
    """Redaction knows tokens, keys and the passwords inside addresses, coded and plain."""
    settings = Settings.model_validate(
        {
            **LEAST,
            "DATABASE_URL": "postgresql://bot:p%40ss@db/bot",
            "HTTPS_PROXY": "http://me:hunter2@proxy:1",
        }
    )
    assert settings.secrets() == {
        "xoxb-1-bot",
        "xapp-1-app",
        "key-of-the-bot",
        "p%40ss",
        "p@ss",
        "hunter2",
    }


def test_the_manifest_needs_no_tokens(environment):
    """The manifest comes before the app, the app before its tokens."""
    environment(SLACK_COMMAND="/harness-resume")
    settings = load_for_manifest()
    assert (settings.slack_command, settings.socket_mode) == ("/harness-resume", True)


def test_the_manifest_knows_an_app_that_is_set_up_for_http(environment):
    """A signing secret without an app token means HTTP."""
    environment(SLACK_SIGNING_SECRET="8f742231b10e")
    assert not load_for_manifest().socket_mode


def test_the_manifest_refuses_bad_settings_in_words(environment):
    """What is set is checked as for the bot itself."""
    environment(SLACK_COMMAND="resume")
    with pytest.raises(BadSettings, match=r"^SLACK_COMMAND: must be a /"):
        load_for_manifest()


def test_the_audit_trail_needs_nothing_but_its_database(environment):
    """Who reads the record need not hold the keys to Slack and Harness."""
    environment()
    assert load_for_audit().database_url.get_secret_value() == PROMISED["DATABASE_URL"]
    environment(DATABASE_URL="postgresql://bot:p%40ss@db/bot", PORT="nonsense")
    assert load_for_audit().secrets() == {"p%40ss", "p@ss"}


def test_the_audit_trail_refuses_a_bad_address_in_words(environment):
    """What is set is checked as for the bot itself."""
    environment(DATABASE_URL="mysql://root:hunter2@db/bot")
    with pytest.raises(BadSettings, match=r"^DATABASE_URL: must start with") as caught:
        load_for_audit()
    assert "hunter2" not in str(caught.value)
