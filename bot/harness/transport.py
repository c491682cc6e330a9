"""The one gql session to Harness, and the gate under it that sees every answer first.

gql's transport looks at the body before the status: it takes a GraphQL-shaped 429 for an ordinary
query error and drops the body of a 401 (facts 1.3). So a client middleware of aiohttp reads the
status and the body of each answer, raises our errors for all that is no HTTP 200 with a GraphQL
answer, and gql sees the rest. gql wraps whatever passes through it; ``post`` unwraps it again, so
nobody above this file knows gql.
"""

import logging
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse
from gql import Client, GraphQLRequest
from gql.client import AsyncClientSession, ReconnectingAsyncClientSession
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import (
    TransportConnectionFailed,
    TransportError,
    TransportQueryError,
)
from graphql import DocumentNode
from yarl import URL

from bot.core.errors import HarnessTrouble, Trouble
from bot.harness.answers import Answer
from bot.harness.complaints import HttpTrouble, complaints, judge_body
from bot.harness.documents import Question
from bot.harness.write_guard import WriteGuard

CUT = "…".encode()
"""What stands where our key was."""

_CONNECT = 5.0
_LARGEST = 10_000_000
_EXACT = 1e9
"""aiohttp rounds time-outs above this up to whole seconds; ours are promises."""
_TLS_OBJECT = re.compile(r" ssl:(?:<[^>]*>|\S+)")
"""What aiohttp tells of its TLS context when it cannot connect: an address in memory."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where Harness is and how to get there; the key never shows."""

    url: str
    """The base in front of ``/api/graphql``."""
    account: str
    key: str = field(repr=False)
    ca_bundle: Path | None = None
    proxy: str | None = field(default=None, repr=False)
    """What to go through; whether to was decided by whoever made the address."""

    def endpoint(self, path: str, **query: str) -> URL:
        """Give the address of *path*, with the account that the gateway routes by (facts 1.2)."""
        return URL(self.url.rstrip("/") + path).with_query(accountId=self.account, **query)

    def headers(self) -> dict[str, str]:
        """Give the key, for one request: a session's own headers would go to the proxy too."""
        return {"x-api-key": self.key}

    def tls(self) -> ssl.SSLContext:
        """Trust the system's authorities, and the private one where there is one."""
        context = ssl.create_default_context()
        if self.ca_bundle is not None:
            context.load_verify_locations(cafile=self.ca_bundle)
        return context


class Wire:
    """An open session: GraphQL through gql, REST through the same connections."""

    def __init__(
        self,
        address: Address,
        http: aiohttp.ClientSession,
        graphql: AsyncClientSession | ReconnectingAsyncClientSession,
        tls: ssl.SSLContext,
        gate: "_Gate",
    ) -> None:
        self._address = address
        self._http = http
        self._graphql = graphql
        self._gate = gate
        self._tls = tls

    async def post(
        self, question: Question, *, seconds: float, guard: WriteGuard | None = None
    ) -> Answer:
        """Send one GraphQL request; raise ``HarnessTrouble`` for all that is no answer to it."""
        extra: dict[str, Any] = {
            "headers": self._address.headers(),
            "allow_redirects": False,
            "timeout": _timeout(seconds),
            "proxy": self._address.proxy,
        }
        if guard is not None:
            extra["middlewares"] = (self._gate, guard)
        try:
            result = await self._graphql.execute(
                _Prepared(question), get_execution_result=True, extra_args=extra
            )
        except TransportQueryError as error:
            return Answer(_object(error.data), complaints(error.errors))
        except TransportConnectionFailed as error:
            raise self._translated(error.__cause__ or error) from error
        except (TransportError, AssertionError):
            # Their texts quote the payload: the chain is cut so that no log prints it.
            raise HarnessTrouble(Trouble.STRANGE, "not an answer to a query") from None
        return Answer(_object(result.data))

    async def get(self, path: str, query: dict[str, str], *, seconds: float) -> tuple[int, bytes]:
        """Fetch a REST address; raise ``HarnessTrouble`` only when there is no answer at all."""
        target = self._address.endpoint(path, **query)
        try:
            async with self._http.get(
                target,
                headers=self._address.headers(),
                ssl=self._tls,
                allow_redirects=False,
                timeout=_timeout(seconds),
                proxy=self._address.proxy,
                middlewares=(),
            ) as response:
                body = await response.read()
                return response.status, body.replace(self._address.key.encode(), CUT)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise self._translated(error) from error

    def _translated(self, error: BaseException) -> HarnessTrouble:
        """Say in our words why no answer came."""
        match error:
            case HarnessTrouble():
                return error
            case TimeoutError():
                return HarnessTrouble(Trouble.TIMEOUT, "no answer in time")
            case aiohttp.ClientConnectorError() | aiohttp.ClientSSLError():
                return HarnessTrouble(Trouble.UNREACHABLE, _TLS_OBJECT.sub("", str(error)))
            case aiohttp.ClientResponseError():
                return HarnessTrouble(Trouble.STRANGE, "not an HTTP answer")
            case aiohttp.ClientError() | OSError():
                return HarnessTrouble(Trouble.UNREACHABLE, "the connection was dropped")
            case _:
                return HarnessTrouble(Trouble.STRANGE, type(error).__name__)


class _Gate:
    """The middleware that reads status and body, and raises for all that is no GraphQL answer."""

    def __init__(self, key: str) -> None:
        self._key = key

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        response = await handler(request)
        assert isinstance(response, _CappedResponse)
        await response.read()
        trouble = judge_body(response.status, response.without(self._key))
        if trouble is not None:
            raise HttpTrouble(trouble.kind, trouble.detail, status=trouble.status)
        return response


@asynccontextmanager
async def open_wire(address: Address) -> AsyncIterator[Wire]:
    """Open the session once; opening it for each call breaks under two clicks (style 3.7)."""
    logging.getLogger("gql").setLevel(logging.CRITICAL)  # it logs payloads
    tls = address.tls()
    gate = _Gate(address.key)
    transport = AIOHTTPTransport(
        url=str(address.endpoint("/api/graphql")),
        ssl=tls,
        client_session_args={
            "trust_env": False,
            "cookie_jar": aiohttp.DummyCookieJar(),
            "cookies": None,
            "timeout": _timeout(30),
            "response_class": _CappedResponse,
            "middlewares": (gate,),
        },
    )
    async with Client(transport=transport, execute_timeout=None) as graphql:
        assert transport.session is not None
        yield Wire(address, transport.session, graphql, tls, gate)


class _CappedResponse(ClientResponse):
    """A response that is not read beyond what any honest answer needs."""

    async def read(self) -> bytes:
        if self._body is None:
            try:
                self._body = await self._capped()
            except BaseException:
                self.close()
                raise
        return await super().read()

    def without(self, secret: str) -> bytes:
        """Cut every copy of *secret* out of the body, for an error may quote the request."""
        self._body = (self._body or b"").replace(secret.encode(), CUT)
        return self._body

    async def _capped(self) -> bytes:
        parts: list[bytes] = []
        room = _LARGEST
        async for part in self.content.iter_any():
            room -= len(part)
            if room < 0:
                raise HarnessTrouble(Trouble.STRANGE, "the answer is too large")
            parts.append(part)
        return b"".join(parts)


class _Prepared(GraphQLRequest):
    """A request whose text is ready: gql would print the document's tree each time it is sent."""

    def __init__(self, question: Question) -> None:
        super().__init__(DocumentNode(definitions=()))
        self._payload = {"query": question.text, "variables": question.variables}

    @property
    def payload(self) -> dict[str, Any]:
        return self._payload


def _timeout(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(
        total=max(seconds, 0.001), sock_connect=min(seconds, _CONNECT), ceil_threshold=_EXACT
    )


def _object(data: Any) -> dict[str, Any]:
    return data if isinstance(data, dict) else {}
