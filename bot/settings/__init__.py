"""Every setting that the bot has: named, described, checked at start, and frozen afterwards.

``load`` is the one reader of the environment and of ``.env``; whoever needs a value is handed it.
``Settings(...)`` itself reads nothing, so a test or the demo gets just what it says. The names,
the defaults and the meanings are promised in README.md; ``.env.example`` lists them all.

What is wrong is told for all variables at once, a line each, and never quotes a value: a secret
pasted into the wrong variable is still a secret.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import unquote, urlsplit

from pydantic import (
    AfterValidator,
    AliasGenerator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.settings import forms

Read = TypeVar("Read")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
HTTPS = 443
Secret = Annotated[SecretStr, AfterValidator(forms.token())]
DatabaseUrl = Annotated[SecretStr, AfterValidator(forms.database)]
DATABASE = SecretStr("sqlite:///resume-bot.db")
AppToken = Annotated[SecretStr, AfterValidator(forms.token("xapp-"))]
Command = Annotated[
    str, forms.matches(r"/[a-z0-9_-]{1,31}", "a / and up to 31 small letters, digits, - or _")
]


STRICT = ConfigDict(
    alias_generator=AliasGenerator(validation_alias=str.upper),
    extra="ignore",
    frozen=True,
    hide_input_in_errors=True,
    populate_by_name=True,
    str_strip_whitespace=True,
    validate_default=True,
)
ENVIRONMENT = SettingsConfigDict(
    case_sensitive=True, env_ignore_empty=True, env_file_encoding="utf-8", populate_by_name=False
)


class BadSettings(Exception):
    """The bot cannot start as it is configured; *problems* are lines to print, without secrets."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Settings(BaseModel):
    """The bot's settings, complete and checked."""

    model_config = STRICT

    slack_bot_token: Annotated[SecretStr, AfterValidator(forms.token("xoxb-"))] = Field(
        description="The bot's token, xoxb-…"
    )
    slack_app_token: AppToken | None = Field(
        default=None, description="The app-level token, xapp-…: set for Socket Mode, not for HTTP"
    )
    slack_signing_secret: Secret | None = Field(
        default=None, description="Checks every request from Slack; required in HTTP mode"
    )
    slack_api_url: Annotated[str, AfterValidator(forms.slack_base)] = Field(
        default="https://slack.com/api/", description="Slack's Web API"
    )
    slack_command: Command = Field(default="/resume", description="The slash command's name")

    harness_url: Annotated[str, AfterValidator(forms.harness_base)] = Field(
        default="https://app.harness.io/gateway",
        description="The base in front of /api/graphql; a self-managed Harness has no /gateway",
    )
    harness_account_id: Annotated[
        str,
        forms.matches(r"[A-Za-z0-9_-]+", "the id that follows /account/ in Harness's addresses"),
    ] = Field(description="The Harness account's id")
    harness_api_key: Secret = Field(description="The Harness API key")
    harness_ca_bundle: Annotated[Path, AfterValidator(forms.certificates)] | None = Field(
        default=None, description="PEM file of a private CA"
    )
    harness_requests_per_minute: Annotated[
        int, forms.number(0, 1_000_000, "a whole number, 0 for no limit")
    ] = Field(default=20, description="The bot's share of the account's quota; 0 is no limit")
    harness_events_token: Secret | None = Field(
        default=None, description="Bearer token for POST /harness/events; not set: 404 there"
    )

    alert_channel: (
        Annotated[
            str, forms.matches(r"[CG][A-Z0-9]+", "a channel's id like C0123ABCD, not its name")
        ]
        | None
    ) = Field(default=None, description="Where failures go that no Slack message told of")
    policy_file: Annotated[Path, AfterValidator(forms.toml)] | None = Field(
        default=None, description="TOML file of the organisation's own rules"
    )
    poll_seconds: Annotated[
        float, forms.number(1, 86_400, "a number of seconds from 1 to 86400", whole=False)
    ] = Field(default=20.0, description="How often a running execution is looked at")
    database_url: DatabaseUrl = Field(
        default=DATABASE, description="sqlite:///file, or postgresql://… for several replicas"
    )

    host: Annotated[str, forms.matches(r"[A-Za-z0-9_.:-]+", "a host name or an address")] = Field(
        default="127.0.0.1", description="Where the HTTP server listens"
    )
    port: Annotated[int, forms.number(0, 65_535, "a whole number from 0 to 65535")] = Field(
        default=3000, description="Its port; 0 picks a free one"
    )
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
        BeforeValidator(forms.in_upper_case),
    ] = Field(default="INFO", description="The least of what is logged")
    log_format: Annotated[Literal["console", "json"], BeforeValidator(forms.in_lower_case)] = Field(
        default="console", description="console for people, json for machines"
    )

    https_proxy: Annotated[SecretStr, AfterValidator(forms.proxy)] | None = Field(
        default=None, description="The proxy on the way out, as most programs read it"
    )
    no_proxy: str = Field(default="", description="Hosts that are reached without it, with commas")

    @field_validator("slack_signing_secret")
    @classmethod
    def _required_in_http_mode(
        cls, secret: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        # A bad SLACK_APP_TOKEN is missing from data: it wants Socket Mode, and has its own line.
        if secret is None and info.data.get("slack_app_token", "bad") is None:
            raise ValueError("is required in HTTP mode (for Socket Mode set SLACK_APP_TOKEN)")
        return secret

    @property
    def socket_mode(self) -> bool:
        """Whether Slack is listened to over a socket rather than over HTTP."""
        return self.slack_app_token is not None

    def proxy_for(self, url: str) -> str | None:
        """Return the proxy for *url*: HTTPS_PROXY, for https alone, where nothing spares it.

        Decided here because slack_sdk takes a proxy from the environment and knows no NO_PROXY.
        """
        parts = urlsplit(url)
        if self.https_proxy is None or parts.scheme != "https":
            return None
        host = parts.hostname or ""
        if host in LOOPBACK or _spared(host, parts.port or HTTPS, self.no_proxy):
            return None
        return self.https_proxy.get_secret_value()

    def secrets(self) -> frozenset[str]:
        """Return every text that must never be written anywhere, for the log's redaction."""
        values = {value for _, value in self if isinstance(value, SecretStr)}
        urls = {value for value in (self.database_url, self.https_proxy) if value is not None}
        return frozenset(value.get_secret_value() for value in values - urls) | _passwords(urls)


class AppSettings(BaseModel):
    """What the app's manifest depends on; it is needed before there are any tokens."""

    model_config = STRICT

    slack_command: Command = "/resume"
    slack_app_token: AppToken | None = None
    slack_signing_secret: Secret | None = None

    @property
    def socket_mode(self) -> bool:
        """Whether the app will be listened to over a socket, as it is unless set up for HTTP."""
        return self.slack_app_token is not None or self.slack_signing_secret is None


class TrailSettings(BaseModel):
    """What reading the audit trail needs: an auditor has no tokens of Slack's or Harness's."""

    model_config = STRICT

    database_url: DatabaseUrl = DATABASE

    def secrets(self) -> frozenset[str]:
        """Return every text that must never be written anywhere, for the log's redaction."""
        return _passwords({self.database_url})


class _Environment(BaseSettings, Settings):
    """The settings as the environment and .env say them, by their upper-case names alone."""

    model_config = ENVIRONMENT


class _AppEnvironment(BaseSettings, AppSettings):
    """The same for what the manifest needs."""

    model_config = ENVIRONMENT


class _TrailEnvironment(BaseSettings, TrailSettings):
    """The same for what the audit trail needs."""

    model_config = ENVIRONMENT


def load(env_file: Path = Path(".env")) -> Settings:
    """Read the environment, and *env_file* for what it leaves open; raise BadSettings."""
    return _read(_Environment, env_file)


def load_for_manifest(env_file: Path = Path(".env")) -> AppSettings:
    """Read from the same places the few settings that exist before the Slack app does."""
    return _read(_AppEnvironment, env_file)


def load_for_audit(env_file: Path = Path(".env")) -> TrailSettings:
    """Read from the same places where the audit trail is."""
    return _read(_TrailEnvironment, env_file)


def _read(kind: Callable[..., Read], env_file: Path) -> Read:
    """Make *kind* of settings; what the libraries raise is left behind, for it holds the values."""
    try:
        return kind(_env_file=env_file)
    except ValidationError as error:
        problems = tuple(
            f"{str(fault['loc'][0]).upper()}: {_what(fault)}" for fault in error.errors()
        )
    except (OSError, UnicodeDecodeError):
        problems = (f"{env_file}: cannot be read as UTF-8 text",)
    raise BadSettings(problems)


def _passwords(urls: Iterable[SecretStr]) -> frozenset[str]:
    """Return the passwords inside *urls*, as they stand there and as they are meant."""
    found = {word for url in urls if (word := urlsplit(url.get_secret_value()).password)}
    return frozenset(found | {unquote(word) for word in found})


def _spared(host: str, port: int, no_proxy: str) -> bool:
    """Read NO_PROXY as everybody does: ``*``, hosts with their subdomains, ``host:port``."""
    for entry in no_proxy.lower().replace(",", " ").split():
        name = entry.removeprefix("*").removeprefix(".")
        if entry == "*" or name in {host, f"{host}:{port}"} or host.endswith(f".{name}"):
            return True
    return False


def _what(fault: ErrorDetails) -> str:
    """Say what is wrong with one variable, in our words where we have some."""
    match fault["type"]:
        case "missing":
            return "is required, and is not set"
        case "value_error":
            return str(fault["ctx"]["error"])
        case "literal_error":
            return f"must be {fault['ctx']['expected']}"
        case _:
            return fault["msg"]
