"""The workspace in a browser: it serves the page's files, pushes what one person sees, and acts.

The page is drawn from one JSON state, sent over a WebSocket each time something changed for the
person whom the visitor acts as. Every act is a POST of JSON. Only loopback names reach it: other
sites open in the same browser are turned away by their `Host` and `Origin`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import WSCloseCode, web

from bot.demo.slack.changes import Json
from bot.demo.slack.model import Channel, Message, View
from bot.demo.slack.people import NothingToPressError, Person
from bot.demo.slack.receipts import Receipt
from bot.demo.slack.workspace import PretendSlack

FILES = Path(__file__).parent.parent / "page"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
TOGETHER = 0.03
"""Seconds in which changes are gathered into one push."""
AT_LEAST = 0.5
"""Seconds after which the state is compared even if nothing told of a change."""

Act = Callable[[Json], Awaitable[Json]]


class Page:
    """The routes of the page, around one workspace and what else is shown beside it."""

    def __init__(
        self,
        slack: PretendSlack,
        *,
        beside: Callable[[], Json] = dict,
        acts: Mapping[str, Act] | None = None,
    ) -> None:
        """`beside` gives further members of the state, `acts` further acts by their names."""
        self._slack = slack
        self._beside = beside
        self._sockets: set[web.WebSocketResponse] = set()
        self._acts: dict[str, Act] = {
            "send": self._send,
            "press": self._press,
            "shortcut": self._shortcut,
            "home": self._home,
            "submit": self._submit,
            "close": self._close,
            **(acts or {}),
        }

    @asynccontextmanager
    async def serving(self, *, port: int = 0, host: str = "127.0.0.1") -> AsyncIterator[str]:
        """Serve the page; yields its address."""
        runner = web.AppRunner(self.web_app(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            site = web.TCPSite(runner, host, port)
            await site.start()
            yield f"http://{host}:{runner.addresses[0][1]}/"
        finally:
            for socket in set(self._sockets):
                await socket.close(code=WSCloseCode.GOING_AWAY)
            await runner.cleanup()

    def web_app(self) -> web.Application:
        """Return the aiohttp application."""
        app = web.Application(middlewares=[_only_from_here])
        app.router.add_get("/", _file)
        app.router.add_get("/{name:[a-z]+[.](?:js|css|svg)}", _file)
        app.router.add_get("/live", self._live)
        app.router.add_post("/act/{act}", self._act)
        return app

    def state(self, viewer: Person) -> Json:
        """Return all that the page shows to one person."""
        bot = self._slack.bot
        return {
            "slack": self._slack.snapshot(viewer),
            "bot": {"id": bot.id, "name": bot.real_name},
            "commands": sorted(self._slack.commands),
            **self._beside(),
        }

    # -- pushing ----------------------------------------------------------------------------

    async def _live(self, http: web.Request) -> web.StreamResponse:
        asked = http.query.get("as", "")
        viewer = next((p for p in self._people() if p.id == asked), self._people()[0])
        socket = web.WebSocketResponse(heartbeat=20)
        await socket.prepare(http)
        self._sockets.add(socket)
        pushing = asyncio.create_task(self._push(socket, viewer))
        try:
            async for _ in socket:  # the page says nothing; this hears it go away
                pass
        finally:
            self._sockets.discard(socket)
            pushing.cancel()
            await asyncio.gather(pushing, return_exceptions=True)
        return socket

    async def _push(self, socket: web.WebSocketResponse, viewer: Person) -> None:
        changed = asyncio.Event()
        unsubscribe = self._slack.subscribe(lambda _: changed.set())
        sent = ""
        try:
            while not socket.closed:
                changed.clear()
                state = json.dumps(_without_clock(self.state(viewer)))
                if state != sent:
                    await socket.send_str(state)
                    sent = state
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), AT_LEAST)
                    await asyncio.sleep(TOGETHER)
        except ConnectionError:
            pass
        finally:
            unsubscribe()

    # -- acting -----------------------------------------------------------------------------

    async def _act(self, http: web.Request) -> web.Response:
        act = self._acts.get(http.match_info["act"])
        if act is None:
            raise web.HTTPNotFound
        if http.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        try:
            asked = await http.json()
            answer = await act(asked if isinstance(asked, dict) else {})
        except (LookupError, ValueError) as error:  # what was pressed is gone meanwhile
            answer = {"ok": False, "error": str(error)}
        return web.json_response(answer)

    async def _send(self, asked: Json) -> Json:
        """Type a line: a slash command, or a message, in a thread if `thread` is given."""
        person, channel = self._person(asked["as"]), self._channel(asked)
        line = str(asked["text"]).strip()
        thread = channel.find(str(asked["thread"])) if asked.get("thread") else None
        if not line:
            return {"ok": True}
        if not line.startswith("/"):
            person.says(channel, line, thread=thread)
            return {"ok": True}
        name = line.split(maxsplit=1)[0]
        if thread is not None:
            return {"ok": False, "error": f"{name} is not supported in threads. Sorry!"}
        if name not in self._slack.commands:
            self._whisper(person, channel, self._slackbot(name, line, channel))
            return {"ok": True}
        return _told(await person.types(channel, line))

    async def _press(self, asked: Json) -> Json:
        """Press a button by its action id, or choose `option` (a value) from a menu."""
        person, place = self._person(asked["as"]), self._place(asked)
        if asked.get("option") is not None:
            return _told(await person.chooses(place, option=str(asked["option"])))
        return _told(await person.presses(place, str(asked["action"])))

    async def _shortcut(self, asked: Json) -> Json:
        place = self._place(asked)
        message = place if isinstance(place, Message) else None
        return _told(await self._person(asked["as"]).shortcut(message, str(asked["callback"])))

    async def _home(self, asked: Json) -> Json:
        person = self._person(asked["as"])
        self._slack.direct(person)  # the conversation is there even if the bot does not listen
        receipt = await person.opens_home()
        return {"ok": True} if receipt is None else _told(receipt)

    async def _submit(self, asked: Json) -> Json:
        values = {str(key): value for key, value in dict(asked["values"]).items()}
        receipt = await self._person(asked["as"]).submits(self._view(asked), values)
        return _told(receipt) | {"errors": receipt.errors}

    async def _close(self, asked: Json) -> Json:
        receipt = await self._person(asked["as"]).closes(self._view(asked))
        return {"ok": True} if receipt is None else _told(receipt)

    # -- finding ----------------------------------------------------------------------------

    def _people(self) -> list[Person]:
        return [person for person in self._slack.people if person.standing != "deleted"]

    def _person(self, key: object) -> Person:
        found = next((person for person in self._people() if person.id == key), None)
        if found is None:
            raise NothingToPressError("there is no such person")
        return found

    def _channel(self, asked: Json) -> Channel:
        return self._slack.channels[str(asked["channel"])]

    def _place(self, asked: Json) -> Message | View:
        if asked.get("view"):
            return self._view(asked)
        viewer = self._person(asked["as"])
        found = self._slack.find_message(str(asked["channel"]), str(asked["ts"]), viewer)
        if found is None:
            raise NothingToPressError("this message is not there any more")
        return found

    def _view(self, asked: Json) -> View:
        view = self._slack.views[str(asked["view"])]
        if view.owner is not self._person(asked["as"]):
            raise NothingToPressError("this view is somebody else's")
        return view

    def _slackbot(self, name: str, line: str, channel: Channel) -> str:
        """Do what Slack's own ``/invite`` does, and answer as Slackbot."""
        bot = self._slack.bot
        if name != "/invite":
            return f"`{name}` is not a valid command."
        if bot.real_name not in line and bot.name not in line:
            return f"Here only the bot can be invited: `/invite @{bot.real_name}`"
        if bot in channel.members:
            return f"{bot.real_name} is in this channel already."
        self._slack.invite(channel, bot)
        return f"{bot.real_name} was added to #{channel.name}."

    def _whisper(self, person: Person, channel: Channel, text: str) -> None:
        slack = self._slack
        author, ts = slack.slackbot, slack.new_ts()
        message = Message(channel=channel, ts=ts, author=author, text=text, only_for=person)
        slack.add_message(message)


def _told(receipt: Receipt) -> Json:
    return {"ok": receipt.acked, "error": receipt.error}


def _without_clock(state: Json) -> Json:
    """Leave out the number of the last change: it moves also when nothing that is seen does."""
    shown = {key: value for key, value in state["slack"].items() if key != "seq"}
    return state | {"slack": shown}


@web.middleware
async def _only_from_here(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turn away requests that another site made, or that came by another name."""
    origin = request.headers.get("Origin")
    other_name = urlsplit(f"//{request.host}").hostname not in LOOPBACK
    if other_name or (origin is not None and urlsplit(origin).netloc != request.host):
        raise web.HTTPForbidden
    return await handler(request)


async def _file(http: web.Request) -> web.Response:
    file = FILES / http.match_info.get("name", "index.html")
    if not file.is_file():
        raise web.HTTPNotFound
    kinds = {
        ".html": "text/html",
        ".js": "text/javascript",
        ".css": "text/css",
        ".svg": "image/svg+xml",
    }
    headers = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    return web.Response(
        text=file.read_text("utf-8"), content_type=kinds[file.suffix], headers=headers
    )
