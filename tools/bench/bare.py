"""A bare Bolt app, as the documentation has it: what the bot's time to an ack is compared with.

Run as a process: ``python -m tools.bench.bare`` with SLACK_* in the environment; PORT set and no
SLACK_APP_TOKEN makes it HTTP mode.
"""

import asyncio
import os
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient


async def main() -> None:
    """Serve until killed."""
    url = os.environ["SLACK_API_URL"]
    client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=url)
    app = AsyncApp(client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"])

    @app.command("/resume")
    async def resume(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond("How to use it")

    @app.event("message")
    async def echo(event: dict[str, Any]) -> None:
        if event.get("subtype") == "bot_message":
            text = event.get("text") or "an alert"
            await client.chat_postMessage(
                channel=event["channel"], thread_ts=event["ts"], text=text
            )

    token = os.environ.get("SLACK_APP_TOKEN")
    if token:
        sockets = AsyncWebClient(token=token, base_url=url)
        handler = AsyncSocketModeHandler(app, token, web_client=sockets)
        await handler.connect_async()
    else:
        await _serve(app)
    await asyncio.Event().wait()


async def _serve(app: AsyncApp) -> None:
    async def events(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    server = web.Application()
    server.router.add_post("/slack/events", events)
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(os.environ["PORT"])).start()


if __name__ == "__main__":
    asyncio.run(main())
