"""Servers that answer one thing, and a socket that only listens."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handler: Handler, ssl=None) -> AsyncIterator[str]:
    """Answer every request with *handler*; give the base address."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=ssl).start()
        yield f"http{'s' if ssl else ''}://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@dataclass
class Ear:
    """What arrived on a socket that never answers."""

    url: str = ""
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    heard: bytes = b""


@asynccontextmanager
async def listening() -> AsyncIterator[Ear]:
    """Accept connections and write down every byte."""
    ear = Ear()
    writers: list[asyncio.StreamWriter] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        ear.connected.set()
        while part := await reader.read(65536):
            ear.heard += part
        ear.closed.set()
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    try:
        host, port = server.sockets[0].getsockname()
        ear.url = f"http://{host}:{port}"
        yield ear
    finally:
        server.close()
        for writer in writers:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
