"""Make the README's pictures from the demo: python tools/pictures.py [folder, docs if not given].

The world's clock is moved by hand and every shown time is written over, so the same code gives the
same pictures. It needs playwright (the `test` extra) and a Chromium (see tools/chromium).
"""

import asyncio
import contextlib
import io
import re
import subprocess
import sys
import time
from pathlib import Path

from playwright.async_api import Locator, Page, async_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bot.demo.run import demo  # noqa: E402
from bot.demo.story import Story, tell  # noqa: E402

SIZE = {"width": 1280, "height": 860}
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--force-color-profile=srgb", "--hide-scrollbars")
DEPLOY = "Resume Checkout Release from Deploy production"
SAME_TIME = """() => {
    for (const shown of document.querySelectorAll('time'))
        shown.textContent = shown.textContent.replace(/\\d{1,2}:\\d\\d( [AP]M)?/, '14:02');
    document.activeElement?.blur();
}"""


class Clock:
    """Goes on only when told."""

    def __init__(self) -> None:
        self.seconds = float(int(time.time()))

    def __call__(self) -> float:
        return self.seconds


async def main(folder: Path, chromium: str) -> None:
    """Play the guide's story, and take a picture of each of its turns."""
    clock, stop = Clock(), asyncio.Event()
    story = tell(now=clock)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        bot = asyncio.create_task(demo(port=0, open_browser=False, stop=stop, story=story))
        while not (found := re.search(r"http://\S+/", printed.getvalue())):
            if bot.done():
                await bot
            await asyncio.sleep(0.1)
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            tab = await browser.new_page(viewport=SIZE, reduced_motion="reduce")
            await tab.goto(found[0])
            await _play(tab, story, clock, folder)
            await browser.close()
    finally:
        stop.set()
        await bot


async def _play(tab: Page, story: Story, clock: Clock, folder: Path) -> None:
    deploy = tab.locator("#log").get_by_role("button", name=DEPLOY)
    await tab.get_by_role("button", name="/resume ").first.click()
    await tab.keyboard.press("Enter")
    await deploy.wait_for()
    await _shoot(tab.locator("#log article").last, folder / "card.png")

    await _act(tab, "Lee Dev")
    await _press(tab, deploy)
    await tab.locator("#log article.ephemeral").wait_for()
    await _shoot(tab, folder / "refusal.png")

    await _act(tab, "Riya Lead")
    await _press(tab, deploy)
    await tab.locator(".thread-link").click()
    lines = tab.locator("#replies")
    for started, seconds in (
        ("Deploy production (Europe, America) started", 14),
        ("teapot) started", 9),
    ):
        await lines.locator("article", has_text=started).wait_for()
        clock.seconds += seconds
        story.harness.world.tick()
    ended = lines.locator("article", has_text="succeeded after the resume")
    await ended.nth(1).wait_for()  # the card, and the thread's last line
    await _shoot(tab, folder / "thread.png")


async def _act(tab: Page, name: str) -> None:
    await tab.get_by_role("radio", name=f"Act as {name}").click()
    await tab.locator(f"[role=radio][aria-checked=true][aria-label^='Act as {name}']").wait_for()


async def _press(tab: Page, button: Locator) -> None:
    await button.click()
    await tab.locator("#confirm button.primary").click()


async def _shoot(what: Page | Locator, file: Path) -> None:
    tab = what if isinstance(what, Page) else what.page
    await tab.mouse.move(640, 20)
    await tab.evaluate(SAME_TIME)
    await what.screenshot(path=file, animations="disabled")
    print(file)


if __name__ == "__main__":
    docs = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs"
    docs.mkdir(exist_ok=True)
    told = subprocess.run([ROOT / "tools" / "chromium"], stdout=subprocess.PIPE, check=True)
    asyncio.run(main(docs, told.stdout.decode().strip()))
