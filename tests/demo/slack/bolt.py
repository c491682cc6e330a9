"""A small real Bolt app, which shows that the pretended workspace suits the real library."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack import PretendSlack

CARD = [
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "*Checkout* failed"},
    },
    {
        "type": "actions",
        "block_id": "groups",
        "elements": [
            {
                "type": "static_select",
                "action_id": "earlier",
                "options": [
                    {"text": {"type": "plain_text", "text": "↺ STAGE 0"}, "value": "zero"},
                    {"text": {"type": "plain_text", "text": "↺ STAGE 1"}, "value": "one"},
                ],
            },
            {
                "type": "button",
                "action_id": "resume",
                "text": {"type": "plain_text", "text": "▶ STAGE 2"},
                "accessibility_label": "Resume Checkout from STAGE 2",
                "value": "opaque",
                "confirm": {
                    "title": {"type": "plain_text", "text": "Sure?"},
                    "text": {"type": "plain_text", "text": "Really?"},
                    "confirm": {"type": "plain_text", "text": "Yes"},
                    "deny": {"type": "plain_text", "text": "No"},
                },
            },
        ],
    },
]
MODAL = {
    "type": "modal",
    "callback_id": "which",
    "title": {"type": "plain_text", "text": "Resume"},
    "submit": {"type": "plain_text", "text": "Go"},
    "blocks": [
        {
            "type": "input",
            "block_id": "run",
            "label": {"type": "plain_text", "text": "Run"},
            "element": {"type": "plain_text_input", "action_id": "id"},
        }
    ],
}


class BoltApp:
    """Answers the command with a card, clicks in the thread, and notes all it hears."""

    def __init__(self, slack: PretendSlack, **options: bool) -> None:
        self.slack = slack
        self.heard: list[dict] = []
        self.url = f"{slack.base_url}/api/"
        client = AsyncWebClient(token=slack.bot_token, base_url=self.url)
        self.bolt = AsyncApp(client=client, signing_secret=slack.signing_secret, **options)
        self.bolt.command("/resume")(self.on_command)
        self.bolt.action("resume")(self.on_action)
        self.bolt.action("earlier")(self.on_action)
        self.bolt.shortcut("resume_from_message")(self.on_shortcut)
        self.bolt.view("which")(self.on_view)
        self.bolt.view_closed("which")(self.on_closed)
        self.bolt.event("message")(self.on_event)
        self.bolt.event("app_home_opened")(self.on_event)

    async def on_command(self, ack, command, client, respond):
        if command["text"] == "quietly":
            await ack("Only you see this.")
            return
        if command["text"] == "not at all":
            return
        await ack()
        self.heard.append(command)
        with contextlib.suppress(SlackApiError):  # raising would take the ack back
            await client.chat_postMessage(
                channel=command["channel_id"], text="Checkout failed", blocks=CARD
            )

    async def on_action(self, ack, body, action, client, respond):
        await ack()
        self.heard.append(body)
        if "message" not in body:
            return
        chosen = action.get("selected_option", {"value": action.get("value")})["value"]
        await respond("Working on it", response_type="ephemeral", replace_original=False)
        await client.chat_postMessage(
            channel=body["channel"]["id"],
            thread_ts=body["message"]["ts"],
            text=f"<@{body['user']['id']}> chose {chosen}",
        )

    async def on_shortcut(self, ack, body, client):
        await ack()
        self.heard.append(body)
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    async def on_view(self, ack, view):
        run = view["state"]["values"]["run"]["id"]["value"]
        if run == "push":
            await ack(response_action="push", view=MODAL)
        elif run == "update":
            await ack(response_action="update", view=MODAL | {"private_metadata": "new"})
        elif run:
            await ack()
        else:
            await ack(response_action="errors", errors={"run": "Which one?"})

    async def on_closed(self, ack):
        await ack()

    async def on_event(self, body):
        self.heard.append(body)
        self.slack.changes_log.wake()

    @asynccontextmanager
    async def in_socket_mode(self) -> AsyncIterator["BoltApp"]:
        web_client = AsyncWebClient(token=self.slack.app_token, base_url=self.url)
        handler = AsyncSocketModeHandler(self.bolt, self.slack.app_token, web_client=web_client)
        await handler.connect_async()
        await self.slack.until(lambda: self.slack.delivery.socket.connections)
        try:
            yield self
        finally:
            await handler.close_async()

    @asynccontextmanager
    async def in_http_mode(self) -> AsyncIterator["BoltApp"]:
        async def events(request: web.Request) -> web.Response:
            bolt_request = await to_bolt_request(request)
            return await to_aiohttp_response(await self.bolt.async_dispatch(bolt_request))

        app = web.Application()
        app.router.add_post("/slack/events", events)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.slack.send_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        try:
            yield self
        finally:
            self.slack.send_to(None)
            await self.slack.settle()
            await asyncio.wait_for(runner.cleanup(), 5)
