"""Logging: one stream of structured lines, with every known secret cut out of all of it.

The libraries' own logs run through the same processors, since they are the likelier leak.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SHAPES = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|https://hooks\.slack\.com/\S+"
    r"|(?i:bearer)\s+[\w.~+/=-]{8,}|(?i:x-api-key)\W{1,4}[\w=+/.-]{8,}"
)
"""What secrets look like, for those that nobody told us: tokens, webhooks, headers."""

HIDDEN = "[hidden]"
NOISY = ("aiohttp", "aiosqlite", "alembic", "asyncio", "gql", "slack_bolt", "slack_sdk")
"""Libraries that write whole payloads at DEBUG, response_urls and all: they get no further."""

Event = MutableMapping[str, Any]


class Redactor:
    """Cuts secrets out of everything that is logged, however deep."""

    def __init__(self, secrets: frozenset[str]) -> None:
        longest_first = sorted((s for s in secrets if len(s) >= 4), key=len, reverse=True)  # noqa: PLR2004
        known = "|".join(re.escape(secret) for secret in longest_first)
        self._known = re.compile(known) if known else None

    def __call__(self, _logger: object, _method: str, event: Event) -> Event:
        """Process one log event (structlog's protocol)."""
        for key in list(event):
            event[key] = self._clean(event[key], 0)
        return event

    def text(self, text: str) -> str:
        """Cut every secret out of *text*."""
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        return SHAPES.sub(HIDDEN, text)

    def _clean(self, value: object, depth: int) -> object:
        if isinstance(value, str):
            return self.text(value)
        if value is None or isinstance(value, bool | int | float):
            return value
        if depth < 4 and isinstance(value, dict):  # noqa: PLR2004
            return {self.text(str(k)): self._clean(v, depth + 1) for k, v in value.items()}
        if depth < 4 and isinstance(value, list | tuple):  # noqa: PLR2004
            return [self._clean(item, depth + 1) for item in value]
        return self.text(str(value))


def configure(*, level: str, style: str, secrets: frozenset[str]) -> None:
    """Set logging up for the process; *style* is ``console`` or ``json``."""
    redactor = Redactor(secrets)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        redactor,
    ]
    last: Any = structlog.processors.JSONRenderer()
    if style == "console":
        last = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
