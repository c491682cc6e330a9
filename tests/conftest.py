"""What every test may ask for: a database of either kind, a Chromium, a bare environment."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests import postgres

hypothesis.settings.register_profile("house", deadline=None)  # a busy machine is not a slow rule
hypothesis.settings.load_profile("house")

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the developer's own tokens and proxies from the bot under test."""
    prefixes = ("SLACK_", "HARNESS_", "OTEL_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")
    names = ("ALERT_CHANNEL", "POLICY_FILE", "POLL_SECONDS", "DATABASE_URL", "HOST", "PORT")
    for name in os.environ:
        if name.upper().startswith(prefixes) or name in {*names, "LOG_LEVEL", "LOG_FORMAT"}:
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One server for the session (under xdist: for each worker)."""
    with postgres.server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: postgres.Server) -> Iterator[str]:
    """An empty Postgres database, as DATABASE_URL says it."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet, as DATABASE_URL says it."""
    return f"sqlite:///{tmp_path / 'resume-bot.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Either kind of database in turn."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium that drives the demo's page: $CHROMIUM, else what is on PATH."""
    for name in (os.environ.get("CHROMIUM"), *CHROMIUMS):
        if name and (found := shutil.which(name)):
            return found
    pytest.fail("No Chromium is on PATH: install the package 'chromium', or set CHROMIUM.")
