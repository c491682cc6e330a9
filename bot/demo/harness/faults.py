"""Faults that tests arm, and the exact answers of Harness or its gateway (facts 1.3-1.5)."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from aiohttp import web

from bot.demo.harness import texts


class Fault(Enum):
    """One way in which a request can go wrong."""

    GENERIC_ERROR = auto()  # the field fails with Harness's generic text, without effect
    GENERIC_ERROR_AFTER = auto()  # the same, although the effect happened
    TEXT = auto()  # the field fails with the armed text
    NULL = auto()  # the field is null without an error, and nothing happened
    NULL_AFTER = auto()  # the same, although the effect happened
    PARTIAL = auto()  # a part of the field is null with an error, the rest is there
    MANAGER_429 = auto()
    CDN_429 = auto()
    BAD_KEY = auto()  # 401, the REST envelope
    BAD_KEY_GRAPHQL = auto()  # 401, shaped like GraphQL; `text` chooses the sentence
    FEATURE_OFF = auto()
    NOT_WHITELISTED = auto()
    MIGRATED_TO_NEXTGEN = auto()
    MIGRATED_TO_CLUSTER = auto()
    BAD_GATEWAY = auto()  # HTML; `status` chooses 502, 503 or 504
    SERVER_ERROR = auto()  # 500 with text
    NOT_JSON = auto()  # 200 with a page
    HANG = auto()  # no answer for `seconds`, or until released; nothing happens
    HANG_AFTER = auto()  # the same, although the effect happened
    DROPPED = auto()  # the connection closes before anything happens
    DROPPED_AFTER = auto()  # the connection closes although the effect happened
    LATE = auto()  # wait for `seconds`, then do it and answer
    SLOW_ANSWER = auto()  # do it, wait for `seconds`, then answer
    OVERSIZE = auto()  # a correct answer of `size` bytes
    TRUNCATED = auto()  # half of the answer, with the length of the half


IN_FIELD = frozenset(
    {
        Fault.GENERIC_ERROR,
        Fault.GENERIC_ERROR_AFTER,
        Fault.TEXT,
        Fault.NULL,
        Fault.NULL_AFTER,
    },
)


@dataclass(slots=True)
class Armed:
    """A fault that waits for its next `times` matching requests."""

    fault: Fault
    on: str | None
    times: int
    seconds: float | None = None
    text: str = texts.GENERIC
    status: int = 502
    part: str = "application"
    size: int = 5_000_000

    def hits(self, name: str) -> bool:
        """Tell whether a root field or a REST call (`rest:executions`) is meant."""
        return self.on is None or self.on == name


class Faults:
    """The armed faults, used up in the order in which they were armed."""

    def __init__(self) -> None:
        """Begin with none."""
        self._armed: list[Armed] = []
        self._released = asyncio.Event()
        self._hung = asyncio.Event()

    def arm(
        self,
        fault: Fault,
        *,
        on: str | None = None,
        times: int = 1,
        seconds: float | None = None,
        text: str = "",
        status: int = 502,
        part: str = "application",
        size: int = 5_000_000,
    ) -> Armed:
        """Arm a fault for the next `times` requests with the root field `on`, or any request.

        `seconds` is real time; a hang without it lasts until `release`.
        """
        armed = Armed(fault, on, times, seconds, text or texts.GENERIC, status, part, size)
        self._armed.append(armed)
        return armed

    def take(self, names: Sequence[str]) -> Armed | None:
        """Use up the first armed fault that one of the names matches."""
        for armed in self._armed:
            if armed.times > 0 and (armed.on is None or armed.on in names):
                armed.times -= 1
                return armed
        return None

    def disarm(self) -> None:
        """Forget every armed fault."""
        self._armed.clear()

    def release(self) -> None:
        """Let every hanging request go on, but none that comes later."""
        self._released.set()
        self._released = asyncio.Event()

    async def until_hanging(self) -> None:
        """Wait until some request has begun to hang since the last call."""
        await self._hung.wait()
        self._hung.clear()

    async def hang(self, seconds: float | None) -> None:
        """Wait for the time, or until released."""
        self._hung.set()
        try:
            await asyncio.wait_for(self._released.wait(), seconds)
        except TimeoutError:
            return


def canned(armed: Armed, account: str, remote: str) -> web.Response | None:
    """Give the whole answer of a fault that stands in front of the engine, if it has one."""
    answers: dict[Fault, Callable[[], web.Response]] = {
        Fault.MANAGER_429: manager_limit,
        Fault.CDN_429: _cdn_limit,
        Fault.BAD_KEY: bad_key,
        Fault.BAD_KEY_GRAPHQL: lambda: graphql_shaped(
            "Invalid Api Key" if armed.text == texts.GENERIC else armed.text,
            401,
        ),
        Fault.FEATURE_OFF: lambda: graphql_shaped("Feature not enabled", 400),
        Fault.NOT_WHITELISTED: lambda: envelope(
            "NOT_WHITELISTED_IP",
            f"Error: Current IP Address ({remote}) is not whitelisted.",
            400,
        ),
        Fault.MIGRATED_TO_NEXTGEN: lambda: envelope(
            "ACCOUNT_MIGRATED_TO_NEXT_GEN",
            f"Account {account} migrated to NextGen",
            403,
        ),
        Fault.MIGRATED_TO_CLUSTER: _moved,
        Fault.BAD_GATEWAY: lambda: _page(f"{armed.status} Bad Gateway", armed.status),
        Fault.SERVER_ERROR: lambda: web.Response(
            text=f"Error while handling api request for Graphql api for accountId {account} : null",
            status=500,
        ),
        Fault.NOT_JSON: lambda: _page("Harness", 200),
    }
    answer = answers.get(armed.fault)
    return answer() if answer else None


def _cdn_limit() -> web.Response:
    body = {"code": "TOO_MANY_REQUESTS", "message": texts.CDN_LIMIT, "status": "Error"}
    return web.json_response(body, status=429)


def _moved() -> web.Response:
    """Send the caller to another cluster; whoever follows carries the key there."""
    moved = envelope("ACCOUNT_MIGRATED", "Account migrated to another cluster", 301)
    moved.headers["Location"] = "/elsewhere/api/graphql"
    return moved


def _page(title: str, status: int) -> web.Response:
    html = f"<!doctype html><html><head><title>{title}</title></head><body></body></html>"
    return web.Response(text=html, status=status, content_type="text/html")


def envelope(code: str, message: str, status: int) -> web.Response:
    """Answer with Harness's REST envelope (facts 1.3)."""
    said: dict[str, object] = {
        "code": code,
        "level": "ERROR",
        "message": message,
        "exception": None,
        "failureTypes": [],
    }
    body: dict[str, object] = {"metaData": {}, "resource": None, "responseMessages": [said]}
    return web.json_response(body, status=status)


def graphql_shaped(message: str, status: int) -> web.Response:
    """Answer outside the engine in GraphQL's shape: an error without a path, and no data."""
    return web.json_response({"errors": [{"message": message, "locations": []}]}, status=status)


def bad_key() -> web.Response:
    """Refuse an unknown key, or none."""
    answer = envelope("INVALID_TOKEN", "Token is not valid.", 401)
    answer.headers["X-Harness-Error"] = "INVALID_TOKEN"
    return answer


def manager_limit() -> web.Response:
    """Refuse over the account's limit: no Retry-After (facts 1.5)."""
    return graphql_shaped(texts.MANAGER_LIMIT, 429)
