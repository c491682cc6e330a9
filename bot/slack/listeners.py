"""What Bolt hears, handed to the stories: acknowledge, read, start a task of our own.

The ack comes first, and nothing is raised after it: an exception within some milliseconds would
take the ack back (facts/slack.md 3.1). A click is noted in the store right before its ack, so that
one that a crash swallows is answered after the restart; the note may take a second at the most.
"""

import asyncio
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp

from bot.core.card import Door
from bot.flows import offer, resume
from bot.flows.context import Context
from bot.flows.work import Work
from bot.ports import Whisperable
from bot.render import words
from bot.render.choice import is_resume
from bot.slack import wire

NOTE_SECONDS = 1.0
"""Of Slack's three seconds for the ack."""

SHORTCUT = "resume_from_message"
ANYTHING = re.compile(r".*", re.DOTALL)

Ack = Callable[[], Awaitable[Any]]
Body = Mapping[str, Any]

log = structlog.stdlib.get_logger(__name__)


class Listeners:
    """Everything that Slack may send, and who answers it."""

    def __init__(self, ctx: Context, work: Work) -> None:
        self._ctx = ctx
        self._work = work

    def register(self, app: AsyncApp) -> None:
        """Hang the listeners on *app*; the first that matches wins, so the catch-alls are last."""
        app.command(self._ctx.command)(self.on_command)
        app.action(ANYTHING)(self.on_action)
        app.shortcut(SHORTCUT)(self.on_shortcut)
        app.command(ANYTHING)(self.on_unknown)
        app.shortcut(ANYTHING)(self.on_unknown)
        app.view(ANYTHING)(self.on_unknown)
        app.options(ANYTHING)(self.on_unknown)
        app.event(ANYTHING)(self.on_event)
        app.error(self.on_error)

    async def on_command(self, ack: Ack, command: Body) -> None:
        """Offer the stages of the run that was typed."""
        await ack()
        asked = wire.command(command)
        if asked is not None:
            story = offer.stages(self._ctx, offer.Asked(asked.text, asked.to, Door.COMMAND))
            self._start(story, asked.to, "command")

    async def on_shortcut(self, ack: Ack, body: Body) -> None:
        """Offer the stages of the run that the message links to, in the message's thread."""
        await ack()
        pointing = wire.pointing(body)
        if pointing is not None:
            asked = offer.Asked(
                pointing.text or " ", pointing.to, Door.SHORTCUT, pointing.thread_ts
            )
            self._start(offer.stages(self._ctx, asked), pointing.to, "shortcut")

    async def on_action(self, ack: Ack, body: Body) -> None:
        """Bring a press to its outcome; one that nobody knows is answered, never ignored."""
        press = wire.press(body)
        if press is None or press.is_link:
            await ack()
            return
        if not is_resume(press.action):
            await ack()
            story = self._outdated(press.to)
            self._start(story, press.to, "outdated button")
            return
        new = await self._noted(press)
        await ack()
        if not new:
            log.info("click delivered again", user=press.to.user_id)
            return
        click = resume.Click(
            id=press.id,
            value=press.value,
            to=press.to,
            message_ts=press.message_ts,
            acked_at=self._ctx.clock.monotonic(),
        )
        self._start(self._resume(click), press.to, "click")

    async def on_event(self, ack: Ack, event: Body) -> None:
        """Acknowledge what nobody waits for."""
        await ack()
        log.debug("event", type=event.get("type"))

    async def on_unknown(self, ack: Ack) -> None:
        """Acknowledge what this version does not know, so that nobody sees an error."""
        await ack()

    async def on_error(self, error: Exception) -> None:
        """Log what went wrong before a story began; there is nobody to tell yet."""
        log.error("listener failed", exc_info=error)

    async def _noted(self, press: wire.Press) -> bool:
        """Note the click; a store that cannot must not cost the ack."""
        note = json.dumps(
            {
                "user": press.to.user_id,
                "channel": press.to.place.channel,
                "thread": press.to.place.thread_ts,
                "value": press.value[:200],
                "at": self._ctx.clock.now(),
            }
        )
        try:
            async with asyncio.timeout(NOTE_SECONDS):
                return await self._ctx.store.receive(press.id, note, self._ctx.clock.now())
        except Exception:
            log.exception("click could not be noted")
            return True

    async def _resume(self, click: resume.Click) -> None:
        try:
            await resume.from_click(self._ctx, click)
        finally:
            await self._ctx.store.answered(click.id)

    async def _outdated(self, to: Whisperable) -> None:
        await self._ctx.chat.whisper(to, words.outdated(self._ctx.command))

    def _start(self, story: Any, to: Whisperable, name: str) -> None:
        self._work.start(self._told(story, to, name), name=name)

    async def _told(self, story: Awaitable[None], to: Whisperable, name: str) -> None:
        """Run a story under an id of its own; the person gets the id if it fails."""
        correlation = secrets.token_hex(4)
        with structlog.contextvars.bound_contextvars(correlation=correlation, door=name):
            try:
                await story
            except Exception:
                log.exception("story failed", user=to.user_id)
                await self._ctx.chat.whisper(to, words.unexpected(correlation))
