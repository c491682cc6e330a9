"""A browser, the page around a small workspace, and a bot of a few lines that answers presses."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, ConsoleMessage, Locator, Page, async_playwright
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack import Channel, Message, Person, PretendSlack
from bot.demo.slack.page import Page as SlackPage

QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--force-color-profile=srgb",
)  # fmt: skip
shared = pytest_asyncio.fixture(loop_scope="session")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium_path, args=QUIET)
        yield opened
        await opened.close()


@dataclass
class Visit:
    """One tab, and everything that went wrong or was asked for in it."""

    tab: Page
    address: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def act_as(self, name: str) -> None:
        await self.tab.get_by_role("radio", name=f"Act as {name}").click()
        await self.tab.locator(
            f"[role=radio][aria-checked=true][aria-label^='Act as {name}']"
        ).wait_for()

    async def type(self, line: str) -> None:
        await self.tab.locator("#write textarea").fill(line)
        await self.tab.keyboard.press("Enter")

    def message(self, text: str) -> Locator:
        return self.tab.locator("#log article", has_text=text)

    async def until(self, expression: str) -> None:
        await self.tab.wait_for_function(expression)


@shared
async def visit(browser: Browser) -> AsyncIterator[Callable]:
    """Open tabs; at the end, nothing went wrong in any and none asked another host."""
    async with AsyncExitStack() as stack:
        made: list[Visit] = []

        async def open_tab(address: str, *, width: int = 1440, height: int = 900) -> Visit:
            context = await browser.new_context(viewport={"width": width, "height": height})
            stack.push_async_callback(context.close)
            context.set_default_timeout(8000)
            tab = await context.new_page()
            one = Visit(tab, address)
            made.append(one)

            def heard(message: ConsoleMessage) -> None:
                if message.type in {"error", "warning"}:
                    one.complaints.append(message.text)

            tab.on("console", heard)
            tab.on("pageerror", lambda error: one.complaints.append(str(error)))
            tab.on("request", lambda request: one.asked.append(request.url))
            await tab.goto(address)
            await tab.locator("#link-state", has_text="live").wait_for()
            return one

        yield open_tab
        for one in made:
            assert one.complaints == []
            assert [url for url in one.asked if not url.startswith(one.address)] == []


@dataclass
class FakeBot:
    """Acks what people do, remembers it, and answers as it is told; messages it only acks."""

    client: AsyncWebClient
    heard: list[dict] = field(default_factory=list)
    acks: bool = True
    answer: Callable | None = None

    async def take(self, http: web.Request) -> web.Response:
        form = await http.post()
        payload = json.loads(str(form["payload"])) if "payload" in form else dict(form)
        if http.content_type == "application/json":
            payload = await http.json()
        if payload.get("event", {}).get("type") == "message":
            return web.Response()
        self.heard.append(payload)
        if not self.acks:
            return web.Response(status=500)
        told = await self.answer(payload) if self.answer else None
        return web.json_response(told) if told else web.Response()

    @property
    def pressed(self) -> list[dict]:
        return [act for one in self.heard for act in one.get("actions", ())]


@dataclass
class Acme:
    slack: PretendSlack
    dana: Person
    lee: Person
    deploys: Channel
    quiet: Channel
    bot: FakeBot
    address: str

    async def posts(self, text: str = "", *, channel: Channel | None = None, **parts) -> Message:
        place = channel or self.deploys
        answer = await self.bot.client.chat_postMessage(channel=place.id, text=text, **parts)
        return place.find(answer["ts"])


@shared
async def acme() -> AsyncIterator[Acme]:
    slack = PretendSlack(name="Acme")
    dana = slack.person("Dana Ops", email="dana@acme.example", standing="admin")
    lee = slack.person("Lee Dev", email="lee@acme.example")
    deploys = slack.channel("deploys", members=[dana, lee])
    quiet = slack.channel("quiet", members=[dana, lee], bot=False)
    beside = {
        "cast": [
            {"id": one.id, "name": one.real_name, "rights": f"rights of {one.name}"}
            for one in (dana, lee)
        ],
        "shortcuts": [{"id": "resume_from_message", "label": "Resume this pipeline"}],
    }
    async with AsyncExitStack() as stack:
        api_url = await stack.enter_async_context(slack.serving())
        client = AsyncWebClient(token=slack.bot_token, base_url=api_url)
        bot = FakeBot(client)
        app = web.Application()
        app.router.add_post("/slack/events", bot.take)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.send_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        page = SlackPage(slack, beside=lambda: beside)
        address = await stack.enter_async_context(page.serving())
        yield Acme(slack, dana, lee, deploys, quiet, bot, address)
