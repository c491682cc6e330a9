"""``resume-bot demo`` from outside: the real bot, tried in the browser as its visitor does."""

import asyncio
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.demo.run import demo
from bot.demo.story import Story, tell

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
    pytest.mark.asyncio(loop_scope="session"),
]
DEPLOY = "Resume Checkout Release from Deploy production"


@asynccontextmanager
async def running(story: Story, capsys) -> AsyncIterator[str]:
    """The demo around this story; yields the address that it prints."""
    stop = asyncio.Event()
    bot = asyncio.create_task(demo(port=0, open_browser=False, stop=stop, story=story))
    printed = ""
    try:
        async with asyncio.timeout(30):
            while not (found := re.search(r"Open (http://127\.0\.0\.1:\d+/) ", printed)):
                assert not bot.done(), bot.exception()
                await asyncio.sleep(0.05)
                printed += capsys.readouterr().out
        yield found[1]
    finally:
        stop.set()
        await asyncio.wait_for(bot, 30)


@pytest_asyncio.fixture(loop_scope="session")
async def story() -> Story:
    return tell()


async def test_the_story_of_two_minutes(story, visit, capsys):
    """Command, card, a refusal for one, a resume by another, its progress, and its end."""
    world = story.harness.world
    async with running(story, capsys) as address:
        seen = await visit(address)
        await seen.tab.get_by_role("button", name="/resume ").first.click()
        await seen.tab.keyboard.press("Enter")
        deploy = seen.tab.locator("#log").get_by_role("button", name=DEPLOY)
        await expect(deploy).to_be_visible(timeout=10_000)

        async def press():
            await deploy.click()
            dialog = seen.tab.get_by_role("dialog")
            await expect(dialog).to_contain_text("shop-prod-eu")
            await dialog.get_by_role("button", name="Resume").click()

        await seen.act_as("Lee Dev")
        await press()
        refusal = seen.tab.locator("#log article.ephemeral")
        await expect(refusal).to_contain_text("shop-prod-eu", timeout=10_000)
        await expect(refusal).to_contain_text("Storefront owners, Release managers.")
        assert world.resumes == []

        await seen.act_as("Riya Lead")
        await expect(refusal).to_have_count(0)
        await press()
        await expect(deploy).to_have_count(0, timeout=10_000)
        await seen.tab.get_by_role("button", name=re.compile("repl(y|ies)")).click(timeout=10_000)
        lines = seen.tab.locator("#replies article")
        started = lines.filter(has_text="Deploy production (Europe, America)")
        await expect(started.last).to_be_visible(timeout=10_000)
        assert [resume.old for resume in world.resumes] == [story.runs["Checkout Release"].id]

        run = world.runs[world.resumes[0].new]
        while run.ended is None:  # what would take half a minute
            for row in run.busy():
                world.finish(row)
        panel = seen.tab.locator(f"[data-run='{run.id}']")
        await expect(panel.locator(".pill")).to_have_text("succeeded")
        await expect(lines.last).to_contain_text("succeeded after the resume", timeout=15_000)
        await expect(seen.tab.locator("#log article").last).to_contain_text("Smoke test")
        await expect(seen.tab.locator("#log .actions button")).to_have_count(0)
        assert story.slack.violations == []
        assert story.slack.duplicates() == []


async def test_the_menu_the_approval_and_the_alert(story, visit, capsys):
    """A long pipeline has a menu, an approval waits for its button, an alert leads to a card."""
    world = story.harness.world
    async with running(story, capsys) as address:
        seen = await visit(address)
        harness = seen.tab.get_by_role("complementary", name="Pretend Harness")
        nightly = harness.get_by_role("region", name="Nightly Regression: failed")
        await nightly.get_by_role("button", name="/resume").click()
        await seen.tab.keyboard.press("Enter")
        await seen.tab.locator("#log .action.select").click(timeout=10_000)
        await seen.tab.get_by_role("listbox").get_by_role("option").first.click()
        await story.slack.until(lambda: world.resumes, 10)
        assert world.resumes[0].stage == "Seed data"

        ledger = harness.get_by_role("region", name="Ledger Release: waiting")
        await ledger.get_by_role("button", name="Approve").click()
        await expect(harness.get_by_role("region", name="Ledger Release: running")).to_be_visible()

        await seen.tab.get_by_role("button", name="channel storefront").click()
        search = harness.get_by_role("region", name="Search Index: failed")
        await search.get_by_role("button", name="Post its Slack alert").click()
        alert = seen.message("Swap the alias")
        await expect(alert.locator(".attachment")).to_contain_text("alias search-live is locked")
        await alert.hover()
        await alert.get_by_role("button", name="More actions").click()
        await seen.tab.get_by_role("option", name="Resume this pipeline").click()
        await alert.get_by_role("button", name=re.compile("repl(y|ies)")).click(timeout=10_000)
        resume = "Resume Search Index from Deploy (prod)"
        card = seen.tab.locator("#replies").get_by_role("button", name=resume)
        await expect(card.first).to_be_visible(timeout=10_000)


async def test_links_lead_into_the_panel(story, visit, capsys):
    """A link of a run, on the card or in the address bar, shows the run in the panel."""
    async with running(story, capsys) as address:
        checkout = story.runs["Checkout Release"]
        seen = await visit(address)
        await seen.type(f"/resume {story.harness.world.link(checkout)}")
        await seen.tab.get_by_role("link", name="Open in Harness").first.click(timeout=10_000)
        await expect(seen.tab.locator(".run.flash")).to_have_attribute("data-run", checkout.id)
        assert len(seen.tab.context.pages) == 1


async def test_the_command_prints_one_address_and_ends_cleanly():
    """`resume-bot demo` prints where to look, serves it, and exits 0 on SIGTERM."""
    command = (sys.executable, "-m", "bot", "demo", "--port", "0", "--no-browser")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    try:
        async with asyncio.timeout(60):
            line = (await process.stdout.readline()).decode()
            address = re.search(r"http://127\.0\.0\.1:\d+/", line)[0]
            async with aiohttp.ClientSession() as session, session.get(address) as answer:
                assert answer.status == 200
            process.send_signal(signal.SIGTERM)
            rest, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, errors.decode()
    assert rest.decode() == ""


async def test_a_taken_port_is_told_in_one_line():
    """When the page's port is taken, the command says so, names it, and exits 2."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = (sys.executable, "-m", "bot", "demo", "--port", port, "--no-browser")
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
        _, errors = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 2
    assert port in errors.decode()
    assert len(errors.decode().strip().splitlines()) == 1
