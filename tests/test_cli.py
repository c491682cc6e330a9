"""The command line, as a user meets it: names, exit codes, and one line for each bad setting."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli import main
from bot.clock import SystemClock
from bot.store.open import open_store

GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-made-up-0123456789",
    "SLACK_APP_TOKEN": "xapp-made-up-0123456789",
    "HARNESS_ACCOUNT_ID": "kmpySmUISimoRrJL6NL73w",
    "HARNESS_API_KEY": "made-up-key-0123456789",
}


def _run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd())}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


@pytest.mark.parametrize("command", [[], ["run"], ["doctor"]])
def test_missing_settings_are_named_a_line_each_with_exit_2(
    tmp_path: Path, command: list[str]
) -> None:
    """Without settings every command that needs them names the required ones and exits with 2."""
    done = _run(tmp_path, *command)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    for name in (
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "HARNESS_ACCOUNT_ID",
        "HARNESS_API_KEY",
    ):
        assert [line for line in lines if line.startswith(f"{name}:")], lines
    assert list(tmp_path.iterdir()) == [], "nothing is opened before the settings are good"


def test_a_taken_port_is_one_line_and_exit_2(tmp_path: Path) -> None:
    """A port that another process has is named, without a traceback."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = _run(tmp_path, "run", **(GOOD | {"PORT": port, "LOG_LEVEL": "ERROR"}))

    assert done.returncode == 2
    assert "Traceback" not in done.stderr + done.stdout
    assert f"PORT {port}" in done.stderr


def test_a_bad_value_is_never_quoted(tmp_path: Path) -> None:
    """A secret pasted into the wrong variable does not come back out."""
    done = _run(tmp_path, "run", **(GOOD | {"SLACK_BOT_TOKEN": "swordfish-in-the-wrong-place"}))

    assert done.returncode == 2
    assert "SLACK_BOT_TOKEN" in done.stderr
    assert "swordfish" not in done.stderr + done.stdout


def test_a_policy_file_that_cannot_be_used_is_a_bad_setting(tmp_path: Path) -> None:
    """Every problem of the policy file has its line, and the bot does not start."""
    (tmp_path / "policy.toml").write_text("[only]\napplications = []\nnonsense = 1\n")

    done = _run(tmp_path, "run", **(GOOD | {"POLICY_FILE": "policy.toml"}))

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "nonsense" in done.stderr
    assert not (tmp_path / "resume-bot.db").exists()


def test_a_store_that_cannot_be_opened_is_told_with_a_remedy(tmp_path: Path) -> None:
    """A file that is no database stops the start with a sentence and exit 2."""
    (tmp_path / "bad.db").write_text("this is not a database, " * 1000)

    done = _run(tmp_path, "run", **(GOOD | {"DATABASE_URL": "sqlite:///bad.db"}))

    assert done.returncode == 2
    assert "DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_manifest_needs_no_tokens(tmp_path: Path) -> None:
    """The manifest is printed before there is an app, for the socket and for an address."""
    socket = _run(tmp_path, "manifest")
    http = _run(tmp_path, "manifest", "--url", "https://b.example")

    assert (socket.returncode, http.returncode) == (0, 0)
    assert "socket_mode_enabled: true" in socket.stdout
    assert "https://b.example/slack/events" in http.stdout


async def test_the_trail_is_printed_and_verified(tmp_path: Path) -> None:
    """The audit trail comes as JSON lines or CSV, and an altered record is found out."""
    url = f"sqlite:///{tmp_path / 'x.db'}"
    async with open_store(url, clock=SystemClock()) as store:
        await store.record("checked", {"slack_user": "U1", "allowed": True})
        await store.record("claimed", {"stage": "=SUM(A1)"})
    environment = {"DATABASE_URL": url}  # who reads the record needs no tokens

    lines = _run(tmp_path, "audit", **environment).stdout.splitlines()
    table = _run(tmp_path, "audit", "--format", "csv", **environment)
    whole = _run(tmp_path, "audit", "--verify", **environment)

    assert [json.loads(line)["what"] for line in lines] == ["checked", "claimed"]
    assert len(table.stdout.splitlines()) == 3
    assert (whole.returncode, whole.stdout.split()[0]) == (0, "intact:")

    with closing(sqlite3.connect(tmp_path / "x.db")) as file, file:
        file.execute("update audit set facts = replace(facts, 'U1', 'U2') where seq = 1")
    altered = _run(tmp_path, "audit", "--verify", **environment)

    assert altered.returncode == 1
    assert "record 1" in altered.stdout


@pytest.mark.parametrize("how", [[], ["--verify"]])
def test_a_trail_that_is_not_there_is_one_line_and_exit_2(tmp_path: Path, how: list[str]) -> None:
    """Without a database there is no trail to print, and nothing that somebody altered."""
    done = _run(tmp_path, "audit", *how, DATABASE_URL=f"sqlite:///{tmp_path / 'none.db'}")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("DATABASE_URL: There is no database at ")
    assert len(done.stderr.splitlines()) == 1


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A command that does not exist ends with the usage."""
    with pytest.raises(SystemExit) as stopped:
        main(["dance"])

    assert stopped.value.code == 2
    assert "usage" in capsys.readouterr().err
