"""What a setting's value may look like: each form returns it in one shape, or says what is wrong.

None of them repeats the value that it was given: a secret pasted into the wrong variable is still
a secret.
"""

import re
import ssl
import tomllib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr


def token(prefix: str = "") -> Callable[[SecretStr], SecretStr]:
    """Make a check for a secret that travels in a header and begins with *prefix*."""

    def check(secret: SecretStr) -> SecretStr:
        value = secret.get_secret_value()
        if not value.startswith(prefix) or len(value) == len(prefix):
            raise ValueError(f"must start with {prefix}")
        if not re.fullmatch(r"[!-~]+", value):
            raise ValueError("must be one word of plain ASCII, without blanks or line breaks")
        return secret

    return check


def matches(pattern: str, what: str) -> AfterValidator:
    """Make a check that the whole of a text is *what*."""

    def check(text: str) -> str:
        if re.fullmatch(pattern, text) is None:
            raise ValueError(f"must be {what}")
        return text

    return AfterValidator(check)


def number(low: float, high: float, what: str, *, whole: bool = True) -> BeforeValidator:
    """Make a check for a number from *low* to *high*."""

    def check(given: object) -> float:
        try:
            value = int(str(given)) if whole else float(str(given))
        except ValueError:
            raise ValueError(f"must be {what}") from None
        if not low <= value <= high:
            raise ValueError(f"must be {what}")
        return value

    return BeforeValidator(check)


def web_address(url: str) -> str:
    """Accept an http or https address that carries nothing but its place."""
    try:
        parts = urlsplit(url)
        whole = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # its text would quote the address
        whole = False
    if not whole or re.search(r"\s", url):
        raise ValueError("must be an address like https://host/path")
    if "@" in parts.netloc:
        raise ValueError("must not carry a user name or a password")
    if parts.query or parts.fragment:
        raise ValueError("must end with its path, without ? or #")
    return url


def harness_base(url: str) -> str:
    """Take the base from in front of /api/graphql, whether or not that was pasted along."""
    return web_address(url.partition("?")[0].rstrip("/").removesuffix("/api/graphql")).rstrip("/")


def slack_base(url: str) -> str:
    """Slack's SDK appends the method's name, so the base ends with a slash."""
    return web_address(url).rstrip("/") + "/"


def proxy(secret: SecretStr) -> SecretStr:
    """Accept a proxy's address; unlike others it may carry a password."""
    scheme, _, rest = secret.get_secret_value().partition("://")
    web_address(f"{scheme}://{rest.rpartition('@')[2]}")
    return secret


def database(secret: SecretStr) -> SecretStr:
    """Accept a SQLite file in a folder that exists, or a Postgres database."""
    scheme, separator, rest = secret.get_secret_value().partition("://")
    match scheme.partition("+")[0], separator:
        case "sqlite", "://":
            file = rest.removeprefix("/").partition("?")[0]
            if not rest.startswith("/") or file in {"", ":memory:"}:
                raise ValueError(
                    "must name a file (sqlite:///resume-bot.db): a restart forgets memory"
                )
            if not Path(file).parent.is_dir():
                raise ValueError("names a file in a folder that does not exist")
        case (("postgresql" | "postgres"), "://"):
            pass  # the rest is asyncpg's to read, which knows sslmode and its kin
        case _:
            raise ValueError("must start with sqlite:/// or postgresql://")
    return secret


def certificates(path: Path) -> Path:
    """Accept a PEM file with at least one certificate."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        raise ValueError("is not a PEM file of certificates") from None
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror})") from None
    return path


def toml(path: Path) -> Path:
    """Accept a file that can be read as TOML; what it says is judged by who uses it."""
    try:
        tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"is not TOML: {error}") from None
    return path


def in_upper_case(text: object) -> object:
    """Take a word however it is written."""
    return text.upper() if isinstance(text, str) else text


def in_lower_case(text: object) -> object:
    """Take a word however it is written."""
    return text.lower() if isinstance(text, str) else text
