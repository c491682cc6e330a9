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
from bot.flows import asking, channel, offer, press, reason
from bot.flows.context import Context
from bot.flows.resume import Click
from bot.flows.work import Work
from bot.ports import Place, Whisperable
from bot.render import ticket, words
from bot.render.asking import LONGEST_REASON
from bot.render.choice import is_resume
from bot.render.untrusted import clean
from bot.slack import wire
from bot.slack.hearing import hearing

NOTE_SECONDS = 1.0
"""Of Slack's three seconds for the ack."""

SHORTCUT = "resume_from_message"
ANYTHING = re.compile(r".*", re.DOTALL)

Ack = Callable[..., Awaitable[Any]]
Body = Mapping[str, Any]
Story = Callable[[Context, Click], Awaitable[None]]

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
        app.view(ticket.REASON)(self.on_reason)
        app.view(ANYTHING)(self.on_unknown)
        app.options(ANYTHING)(self.on_unknown)
        app.event(ANYTHING, middleware=[hearing(self._ctx)])(self.on_event)
        app.error(self.on_error)

    async def on_command(self, ack: Ack, command: Body) -> None:
        """Offer the stages of the run that was typed, or see to the channel's settings."""
        await ack()
        asked = wire.command(command)
        if asked is not None and (order := channel.read(asked.text)) is not None:
            self._start(channel.obey(self._ctx, order, asked.to), asked.to, "channel")
        elif asked is not None:
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
        pressed = wire.press(body)
        if pressed is None or pressed.is_link:
            await ack()
            return
        story = _story(pressed.action)
        if story is None:
            await ack()
            self._start(self._outdated(pressed.to), pressed.to, "outdated button")
            return
        new = await self._noted(pressed.id, pressed.to, pressed.value)
        await ack()
        if not new:
            log.info("click delivered again", user=pressed.to.user_id)
            return
        click = Click(
            id=pressed.id,
            value=pressed.value,
            to=pressed.to,
            message_ts=pressed.message_ts,
            acked_at=self._ctx.clock.monotonic(),
            correlation=_correlation(),
        )
        told = self._answered(click.id, story(self._ctx, click))
        self._start(told, click.to, pressed.action, click.correlation)

    async def on_reason(self, ack: Ack, body: Body) -> None:
        """Go on with a press for which a reason was typed; an empty one stays in the window."""
        window = wire.submission(body)
        if window is None:
            await ack()
            return
        typed = clean(window.typed.get(ticket.REASON_BLOCK, ""))
        if not typed:
            missing = {ticket.REASON_BLOCK: "Please say why."}
            await ack(response_action="errors", errors=missing)
            return
        to = Whisperable(window.user_id, Place(""))
        new = await self._noted(window.id, to, window.metadata)
        await ack()
        if new:
            submitted = reason.Submitted(
                id=window.id,
                metadata=window.metadata,
                user_id=window.user_id,
                reason=typed[:LONGEST_REASON],
                acked_at=self._ctx.clock.monotonic(),
                correlation=_correlation(),
            )
            story = press.from_reason(self._ctx, submitted)
            told = self._answered(window.id, story)
            self._start(told, to, "reason", submitted.correlation)

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

    async def _noted(self, click: str, to: Whisperable, value: str) -> bool:
        """Note the click; a store that cannot must not cost the ack."""
        note = json.dumps(
            {
                "user": to.user_id,
                "channel": to.place.channel,
                "thread": to.place.thread_ts,
                "value": value[:250],
                "at": self._ctx.clock.now(),
            }
        )
        try:
            async with asyncio.timeout(NOTE_SECONDS):
                return await self._ctx.store.receive(click, note, self._ctx.clock.now())
        except TimeoutError:
            log.warning("click not noted before its ack: the store is slow")
            return True
        except Exception:
            log.exception("click could not be noted")
            return True

    async def _answered(self, click: str, story: Awaitable[None]) -> None:
        """Note that the click has its outcome, but not when the story was cut off by a stop."""
        try:
            await story
        except Exception:
            await self._ctx.store.answered(click)  # the person is told of the error
            raise
        await self._ctx.store.answered(click)

    async def _outdated(self, to: Whisperable) -> None:
        await self._ctx.chat.whisper(to, words.outdated(self._ctx.command))

    def _start(self, story: Any, to: Whisperable, name: str, correlation: str = "") -> None:
        told = self._told(story, to, name, correlation or _correlation())
        self._work.start(told, name=name)

    async def _told(
        self, story: Awaitable[None], to: Whisperable, name: str, correlation: str
    ) -> None:
        """Run a story under an id of its own; the person gets the id if it fails."""
        with structlog.contextvars.bound_contextvars(correlation=correlation, door=name):
            try:
                await story
            except Exception:
                log.exception("story failed", user=to.user_id)
                await self._ctx.chat.whisper(to, words.unexpected(correlation))


def _correlation() -> str:
    """Make the id that ties a story's log lines to its audit records and to what people saw."""
    return secrets.token_hex(4)


def _story(action: str) -> Story | None:
    """Say which story a press on a button or a menu begins."""
    if is_resume(action):
        return press.from_click
    return {ticket.AGREE: press.from_agreement, ticket.ASK_THEM: asking.from_ask}.get(action)
