"""The pretend Harness itself: an aiohttp server on loopback around one world."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from bot.demo.harness import rest
from bot.demo.harness.alert_post import AlertPost
from bot.demo.harness.answers import root_of
from bot.demo.harness.desk import Desk
from bot.demo.harness.events import EventPost
from bot.demo.harness.faults import IN_FIELD, Armed, Fault, Faults, bad_key, canned, manager_limit
from bot.demo.harness.field_faults import faulty, lose_part
from bot.demo.harness.graphql_engine import Answer, GraphQLEngine, Question, RootField
from bot.demo.harness.ledger import Quota, Request
from bot.demo.harness.people import ApiKey
from bot.demo.harness.world import World


class PretendHarness:
    """One account of Harness FirstGen, reached only over HTTP, moved only through `world`."""

    def __init__(
        self,
        *,
        account: str = "kmpySmUISimoRrJL6NL73w",
        now: Callable[[], float] = time.time,
        quota: int = 30,
        rest_quota: int = 50,
        gateway: bool = False,
        with_rest: bool = True,
        race: float = 0.01,
        seed: int = 7,
    ) -> None:
        """Make an empty account with one API key that a resume bot can use.

        `quota` is GraphQL requests a minute for the account (0: none); `gateway` puts `/gateway`
        in front of all paths; `race` is the unlocked moment of a resume in real seconds (3.8).
        """
        self.account = account
        self.world = World(account, now, seed)
        self.faults = Faults()
        self.requests: list[Request] = []
        self.followed: list[str] = []  # paths of redirects that somebody followed, key and all
        self.bot_key = self.world.key("resume-bot")
        self.engine = GraphQLEngine()
        self.events = EventPost(self.world)
        self.alerts = AlertPost(self.world)
        self.quota = Quota(quota, now)
        self.race = race
        self.with_rest = with_rest
        self._rest_quota = rest_quota
        self._rest_quotas: dict[str, Quota] = {}
        self._prefix = "/gateway" if gateway else ""

    @property
    def key(self) -> str:
        """Give the bot's API key for `HARNESS_API_KEY`."""
        return self.bot_key.secret

    @property
    def crashes(self) -> list[BaseException]:
        """List what broke inside the pretender itself; a test may demand that it is empty."""
        return self.engine.crashes

    @asynccontextmanager
    async def serving(self, port: int = 0, host: str = "127.0.0.1") -> AsyncIterator[str]:
        """Serve while the block runs; gives the base URL for `HARNESS_URL`."""
        runner = web.AppRunner(self.application(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            site = web.TCPSite(runner, host, port)
            await site.start()
            bound = runner.addresses[0][1]
            yield f"http://{host}:{bound}{self._prefix}"
        finally:
            self.faults.release()
            await runner.cleanup()

    def application(self) -> web.Application:
        """Make the aiohttp application with all routes."""
        app = web.Application(client_max_size=4_000_000)
        base = self._prefix
        app.router.add_post(f"{base}/api/graphql", self._graphql)
        if self.with_rest:
            app.router.add_get(f"{base}/api/executions/{{id}}", self._rest("executions"))
            app.router.add_put(f"{base}/api/executions/{{id}}", self._rest("interrupt"))
            app.router.add_get(
                f"{base}/api/external/v1/executions/{{id}}/status",
                self._rest("status"),
            )
            app.router.add_get(f"{base}/api/userGroups/{{id}}", self._rest("userGroups"))
            app.router.add_get(f"{base}/api/userGroups", self._rest("allUserGroups"))
        app.router.add_route("*", "/elsewhere/{rest:.*}", self._elsewhere)
        return app

    async def live(self, every: float = 0.25) -> None:
        """Let the world happen, and its messages be posted, in real time until cancelled."""
        while True:
            self.world.tick()
            await self.events.deliver()
            await self.alerts.deliver()
            await asyncio.sleep(every)

    async def _graphql(self, request: web.Request) -> web.StreamResponse:
        body = await _body_of(request)
        text, operation_name = body.get("query") or "", body.get("operationName")
        question = self.engine.read(text, operation_name)
        variables = body.get("variables") or {}
        log = self._log(request, question.fields, question.operation)
        log.variables, log.operation_name, log.query = variables, operation_name, text
        armed = self.faults.take(log.names)
        if armed and (answer := await self._before(request, armed)):
            return self._sent(log, answer)
        key = self._key(request)
        if key is None:
            return self._sent(log, bad_key())
        log.key = key.name
        if not self.quota.take():
            return self._sent(log, manager_limit())
        if "query" not in body:
            unread = {"code": 400, "message": "Unable to process JSON"}
            return self._sent(log, web.json_response(unread, status=400))
        self.world.tick()
        desk = Desk(self.world, key, self.race)
        root = {
            name: faulty(name, answer, armed) if armed and armed.fault in IN_FIELD else answer
            for name, answer in root_of(desk).items()
        }
        told = await self.engine.answer(question, root, variables, operation_name)
        for run in desk.to_refresh:
            run.refresh()
        return self._sent(log, await self._after(request, armed, question, told))

    def _rest(self, name: str) -> Callable[[web.Request], Any]:
        """Make the handler of one REST call: log, faults, key, its own limit, answer."""

        async def handle(request: web.Request) -> web.StreamResponse:
            log = self._log(request, (RootField(f"rest:{name}", f"rest:{name}"),), "rest")
            armed = self.faults.take(log.names)
            if armed and (answer := await self._before(request, armed)):
                return self._sent(log, answer)
            key = self._key(request)
            if key is None:
                return self._sent(log, bad_key())
            log.key = key.name
            quota = self._rest_quotas.setdefault(
                key.id,
                Quota(self._rest_quota, self.world.now),
            )
            if not quota.take():
                words = "Too Many requests. Throttled. Max QPS: 2.5"
                return self._sent(log, web.Response(text=words, status=429))
            self.world.tick()
            return self._sent(log, await self._rest_answer(name, request, key))

        return handle

    async def _rest_answer(self, name: str, request: web.Request, key: ApiKey) -> web.Response:
        wanted = request.match_info.get("id", "")
        match name:
            case "executions":
                return rest.execution(self.world, key, wanted, request.query.get("appId"))
            case "interrupt":
                kind = (await _body_of(request)).get("executionInterruptType", "")
                return rest.interrupt(self.world, key, wanted, kind)
            case "status":
                return rest.status(self.world, wanted)
            case "userGroups":
                return rest.group(self.world, key, wanted)
            case _:
                return rest.groups(self.world, key)

    async def _before(self, request: web.Request, armed: Armed) -> web.StreamResponse | None:
        """Let a fault act before anything happens; gives the answer if it has one."""
        match armed.fault:
            case Fault.DROPPED:
                return _dropped(request)
            case Fault.HANG:
                await self.faults.hang(armed.seconds)
                return _dropped(request)
            case Fault.LATE:
                await self.faults.hang(armed.seconds)
                return None
            case _:
                return canned(armed, self.account, request.remote or "")

    async def _after(
        self,
        request: web.Request,
        armed: Armed | None,
        question: Question,
        told: Answer,
    ) -> web.StreamResponse:
        """Let a fault act on a finished answer."""
        match armed.fault if armed else None:
            case Fault.DROPPED_AFTER:
                return _dropped(request)
            case Fault.HANG_AFTER if armed:
                await self.faults.hang(armed.seconds)
                return _dropped(request)
            case Fault.SLOW_ANSWER if armed:
                await self.faults.hang(armed.seconds)
            case Fault.PARTIAL if armed:
                lose_part(told, question, armed)
            case Fault.OVERSIZE if armed:
                return web.json_response({**told, "padding": "x" * armed.size})
            case Fault.TRUNCATED:
                whole = json.dumps(told)
                cut = whole[: len(whole) // 2]
                return web.Response(text=cut, content_type="application/json")
            case _:
                pass
        return web.json_response(told)

    def _log(
        self,
        request: web.Request,
        fields: tuple[RootField, ...],
        operation: str,
    ) -> Request:
        log = Request(self.world.now(), fields, operation, path=request.path)
        self.requests.append(log)
        return log

    def _sent(self, log: Request, answer: web.StreamResponse) -> web.StreamResponse:
        log.status = None if isinstance(answer, _Dropped) else answer.status
        return answer

    def _key(self, request: web.Request) -> ApiKey | None:
        """Find the key: unknown, or of another account, or old without an account id, is none."""
        given = request.headers.get("x-api-key", "")
        account = request.query.get("accountId") or request.query.get("routingId")
        for key in self.world.keys:
            if given and key.secret == given:
                fits = account == self.account or (account is None and not key.legacy)
                return key if fits else None
        return None

    async def _elsewhere(self, request: web.Request) -> web.Response:
        self.followed.append(request.path)
        return web.Response(status=404)


class _Dropped(web.Response):
    """Stands for no answer at all: the connection is gone."""


def _dropped(request: web.Request) -> _Dropped:
    if request.transport is not None:
        request.transport.abort()
    return _Dropped(status=499)


async def _body_of(request: web.Request) -> dict[str, Any]:
    """Read JSON or a bare query; what cannot be read is an empty body."""
    text = await request.text()
    if request.content_type == "text/plain":
        return {"query": text}
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
