"""The command line: ``resume-bot`` and its commands (the names and exit codes are promised)."""

import argparse
import asyncio
import gc
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence

from bot import logs, manifest
from bot.settings import BadSettings, Settings, load, load_for_audit, load_for_manifest

GOOD, WRONG, BAD_SETTINGS = 0, 1, 2
STOPS = (signal.SIGTERM, signal.SIGINT)

Running = Callable[[asyncio.Event], Awaitable[int]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    asked = _parser().parse_args(arguments)
    try:
        code: int = asked.act(asked)
    except BadSettings as bad:
        for problem in bad.problems:
            sys.stderr.write(f"{problem}\n")
        return BAD_SETTINGS
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="resume-bot", description="Resumes failed Harness pipelines from Slack."
    )
    parser.set_defaults(act=_run)
    commands = parser.add_subparsers(title="commands", metavar="")
    run = commands.add_parser("run", help="the bot (the default)")
    run.set_defaults(act=_run)
    demo = commands.add_parser("demo", help="the bot in a pretend world, in your browser")
    demo.add_argument("--port", type=_port, help="8080 if it is free; 0 picks a free one")
    demo.add_argument("--no-browser", action="store_true", help="only print the address")
    demo.set_defaults(act=_demo)
    doctor = commands.add_parser("doctor", help="check the settings against Slack and Harness")
    doctor.add_argument(
        "--create-event-rule",
        metavar="APPLICATION",
        help="make Harness post that application's failures to the bot (a name or an id)",
    )
    doctor.add_argument("--url", help="with it: the bot's public address, https://…")
    doctor.set_defaults(act=_doctor)
    printed = commands.add_parser("manifest", help="print the Slack app's manifest")
    printed.add_argument("--url", help="HTTP mode: the bot's public address, https://…")
    printed.set_defaults(act=_manifest)
    audit = commands.add_parser("audit", help="print or verify the audit trail")
    audit.add_argument("--since", help="a day or a moment, as 2026-11-23 or 2026-11-23T08:00Z")
    audit.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")
    audit.add_argument("--verify", action="store_true", help="check that nobody altered it")
    audit.set_defaults(act=_audit)
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not int(text) <= 65_535:  # noqa: PLR2004
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _run(_: argparse.Namespace) -> int:
    for signum in STOPS:
        signal.signal(signum, _stopped_early)
    settings = load()
    _log(settings)
    gc.disable()
    from bot.app import serve  # noqa: PLC0415 -- settings first: a bad one must not wait

    gc.freeze()  # code stays for good: to look through it again would only hold up an ack
    gc.enable()

    async def run(stop: asyncio.Event) -> int:
        await serve(settings, stop=stop)
        return GOOD

    return _until_signalled(run)


def _demo(asked: argparse.Namespace) -> int:
    logs.configure(level="WARNING", style="console", secrets=frozenset())
    from bot.demo.run import demo  # noqa: PLC0415 -- production never loads the pretenders

    async def run(stop: asyncio.Event) -> int:
        await demo(port=asked.port, open_browser=not asked.no_browser, stop=stop)
        return GOOD

    return _until_signalled(run)


def _doctor(asked: argparse.Namespace) -> int:
    settings = load()
    if asked.create_event_rule and not (asked.url or "").startswith(("https://", "http://")):
        raise BadSettings(("--url: is needed with --create-event-rule, as https://…",))
    logs.configure(level="ERROR", style="console", secrets=settings.secrets())
    from bot.doctor import WantedRule, examine  # noqa: PLC0415

    wish = asked.create_event_rule
    rule = WantedRule(wish, asked.url) if wish else None
    return asyncio.run(examine(settings, print_line=_print, rule=rule))


def _manifest(asked: argparse.Namespace) -> int:
    settings = load_for_manifest()
    socket_mode = settings.socket_mode and asked.url is None
    try:
        text = manifest.manifest(
            command=settings.slack_command, socket_mode=socket_mode, url=asked.url
        )
    except ValueError as error:
        raise BadSettings((f"--url: {error}",)) from error
    sys.stdout.write(text)
    return GOOD


def _audit(asked: argparse.Namespace) -> int:
    settings = load_for_audit()
    logs.configure(level="ERROR", style="console", secrets=settings.secrets())
    from bot.trail import print_trail  # noqa: PLC0415

    return _with_store(
        print_trail(
            settings,
            since=asked.since,
            style=asked.format,
            check=asked.verify,
            out=sys.stdout,
        )
    )


def _stopped_early(_signum: int, _frame: object) -> None:
    """Until the bot takes part there is nothing to drain: being stopped is a clean stop."""
    raise SystemExit(GOOD)


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _log(settings: Settings) -> None:
    logs.configure(level=settings.log_level, style=settings.log_format, secrets=settings.secrets())


def _until_signalled(run: Running) -> int:
    """Run until SIGTERM or SIGINT, which drain first."""

    async def running() -> int:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for signum in STOPS:
            loop.add_signal_handler(signum, stop.set)
        return await run(stop)

    return _with_store(running())


def _with_store(running: Coroutine[object, object, int]) -> int:
    """Run it to its end; a store that cannot be opened is a bad setting."""
    from bot.store.trouble import BadStore  # noqa: PLC0415

    try:
        return asyncio.run(running)
    except BadStore as bad:
        raise BadSettings((f"DATABASE_URL: {bad}",)) from bad
