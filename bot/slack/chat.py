"""Slack's Web API as the stories need it: posts that are never repeated blindly, edits in a budget.

Writes go through a client without any retry: the SDK's default would repeat a post that Slack had
taken when the connection dropped (facts/slack.md 3.4). Reads may be repeated, so theirs has retry
handlers. Both share one session.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.core.errors import SlackTrouble
from bot.core.identity import SlackPerson
from bot.ports import Clock, Delivery, Gone, Later, Place, Posted, Whisperable
from bot.ports.pulse import Pulse
from bot.render.message import Message, Modal
from bot.slack import outcome, wire
from bot.slack.pauses import Pauses

EDITS_PER_MINUTE = 45
"""Of ``chat.update``'s 50 or more; one budget for all cards (facts/slack.md 1.3)."""

EVENT_TYPE = "harness_resume_bot"
"""The type of the metadata that marks our messages."""

PAGES = 5
"""How far back a message is looked for: pages of 100."""

READ_SECONDS = 3.0
"""How long a person waits for a look-up of theirs."""

FIND_SECONDS = 25.0
"""How long a message may be looked for: nobody waits, and the outbox's lease is a minute."""

WHISPER_SECONDS = 2.0
"""How long a direct message to a person may wait for its turn."""

MODAL_SECONDS = 2.5
"""A press opens a window for 3 s only; some of them have passed."""

log = structlog.stdlib.get_logger(__name__)


class SlackChat:
    """The ``Chat`` port over Slack's Web API."""

    def __init__(
        self,
        writer: AsyncWebClient,
        reader: AsyncWebClient,
        clock: Clock,
        pulse: Pulse,
        *,
        post_seconds: float,
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._clock = clock
        self._pulse = pulse
        self._edits: deque[float] = deque()
        self._pauses = Pauses(clock, post_seconds=post_seconds)

    async def post(self, place: Place, message: Message, *, mark: str) -> Delivery:
        """Post once, marked; an answer that does not come is ``Unsure``."""
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"mark": mark}}
        return await self._write(
            "chat.postMessage", message, _to(place) | {"metadata": metadata, **_QUIET}
        )

    async def edit(
        self, channel: str, ts: str, message: Message, *, urgent: bool = False
    ) -> Delivery:
        """Edit our message; progress keeps within the budget that all edits share.

        An *urgent* edit counts and does not wait: buttons that must go cannot stand for a minute
        because others progress, and Slack says by itself when it is too much.
        """
        wait = self._edit_wait()
        if wait > 0 and not urgent:
            return Later(wait)
        return await self._write("chat.update", message, {"channel": channel, "ts": ts})

    async def tell(self, user_id: str, message: Message, *, mark: str) -> Delivery:
        """Send a direct message, through the conversation that Slack opens for it."""
        try:
            opened = await self._reader.conversations_open(users=user_id)
            channel = str(opened["channel"]["id"])
        except SlackApiError as error:
            if outcome.code_of(error) in outcome.REVOKED | outcome.TRANSIENT:
                return outcome.judge(error)
            channel = user_id  # without im:write a user's id is an address too
        except Exception as error:  # noqa: BLE001 -- judge raises what it does not know
            return outcome.judge(error)
        return await self.post(Place(channel), message, mark=mark)

    async def whisper(self, to: Whisperable, message: Message) -> bool:
        """Tell one person, by the first of three ways that works."""
        if to.response_url and await self._respond(to, message):
            return True
        if to.place.channel:
            arguments = _to(to.place) | {"user": to.user_id}
            said = await self._write("chat.postEphemeral", message, arguments)
            if isinstance(said, Posted):
                return True
        told = await self.tell(to.user_id, message, mark="whisper")
        if isinstance(told, Later) and told.seconds <= WHISPER_SECONDS:  # our own pace, most likely
            await self._clock.sleep(told.seconds)
            told = await self.tell(to.user_id, message, mark="whisper")
        if not isinstance(told, Posted):
            log.warning("a person could not be told", user=to.user_id, outcome=repr(told))
        return isinstance(told, Posted)

    async def find(self, place: Place, message: Message, *, mark: str, since: int) -> str | None:
        """Look through the place, from *since* on, for our message with that mark or that text."""
        found = await self._read(self._pages(place, since), seconds=FIND_SECONDS)
        for item in found:
            payload = wire.mark_of(item, EVENT_TYPE)
            if payload == mark or (not payload and item.get("text") == message.text):
                return str(item.get("ts", "")) or None
        return None

    async def _pages(self, place: Place, since: int) -> list[dict[str, Any]]:
        arguments: dict[str, Any] = {
            "channel": place.channel,
            "oldest": f"{max(0, since - 10_000) / 1000:.6f}",
            "include_all_metadata": True,
            "limit": 100,
        }
        method = "conversations.history"
        if place.thread_ts:
            method, arguments["ts"] = "conversations.replies", place.thread_ts
        messages: list[dict[str, Any]] = []
        for _ in range(PAGES):
            # The writer asks once: a 429 comes back with its time, which the outbox then waits.
            page = await self._writer.api_call(method, params=arguments, http_verb="GET")
            messages += [m for m in page.get("messages") or [] if isinstance(m, dict)]
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
            arguments["cursor"] = cursor
        return messages

    async def person(self, user_id: str) -> SlackPerson:
        """Ask Slack who *user_id* is, afresh."""
        answer = await self._read(self._reader.users_info(user=user_id))
        user = answer.get("user")
        if not isinstance(user, dict):
            raise SlackTrouble("user_not_found")
        return wire.person(user)

    def full(self) -> Mapping[str, float]:
        """Name the channels that take no post now, and for how many seconds."""
        return self._pauses.full()

    async def find_person(self, email: str) -> SlackPerson | None:
        """Ask Slack whose address that is (users:read.email)."""
        try:
            answer = await self._read(self._reader.users_lookupByEmail(email=email))
        except SlackTrouble as trouble:
            log.debug("a person was not found by e-mail", code=trouble.code)
            return None
        user = answer.get("user")
        return wire.person(user) if isinstance(user, dict) else None

    async def members(self, channel: str) -> frozenset[str] | None:
        """Ask Slack who is in a channel, the first thousands of them."""
        found: set[str] = set()
        cursor = ""
        for _ in range(PAGES):
            asked = self._reader.conversations_members(channel=channel, cursor=cursor, limit=1000)
            try:
                page = await self._read(asked)
            except SlackTrouble as trouble:
                log.info("members not listed", code=trouble.code)
                return None
            found.update(m for m in page.get("members") or [] if isinstance(m, str))
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return frozenset(found)

    async def open_modal(self, trigger: str, modal: Modal) -> bool:
        """Open a window; a trigger works once and for 3 s, so there is no second try."""
        payload = {"trigger_id": trigger, "view": _view(modal)}
        try:
            async with asyncio.timeout(MODAL_SECONDS):
                await self._writer.api_call("views.open", json=payload)
        except Exception as error:  # noqa: BLE001 -- trouble raises what it does not know
            log.warning("no window could be opened", code=outcome.trouble(error).code)
            return False
        return True

    async def permalink(self, channel: str, ts: str) -> str:
        """Ask Slack for the link to a message; empty when it will not say."""
        try:
            asked = self._reader.chat_getPermalink(channel=channel, message_ts=ts)
            answer = await self._read(asked)
        except SlackTrouble:
            return ""
        return str(answer.get("permalink") or "")

    async def hello(self) -> dict[str, str]:
        """Ask Slack who we are (``auth.test``)."""
        answer = await self._read(self._reader.auth_test())
        return {k: str(answer.get(k) or "") for k in ("team_id", "user_id", "bot_id", "team")}

    async def _read(self, asking: Any, *, seconds: float = READ_SECONDS) -> Any:
        try:
            async with asyncio.timeout(seconds):
                answer = await asking
        except Exception as error:
            trouble = outcome.trouble(error)
            self._note(trouble.code)
            raise trouble from error
        self._pulse.well()
        return answer

    async def _write(self, method: str, message: Message, arguments: dict[str, Any]) -> Delivery:
        blocks = {"blocks": list(message.blocks)} if message.blocks else {}
        said = await self._call(method, arguments | {"text": message.text} | blocks)
        if isinstance(said, Gone) and said.code in outcome.BAD_MESSAGE and message.blocks:
            log.error("slack refused our blocks", method=method, code=said.code)
            said = await self._call(method, arguments | {"text": message.text})
        return said

    async def _call(self, method: str, payload: dict[str, Any]) -> Delivery:
        if wait := self._pauses.take(method, payload):
            return Later(wait)
        try:
            answer = await self._writer.api_call(method, json=payload)
        except Exception as error:  # noqa: BLE001 -- judge raises what it does not know
            said = outcome.judge(error)
            if isinstance(error, SlackApiError) and outcome.too_many(error):
                self._pauses.ask(method, payload, outcome.retry_after(error))
            self._note(outcome.code_of(error) if isinstance(error, SlackApiError) else "network")
            return said
        self._pulse.well()
        return Posted(str(answer.get("ts") or answer.get("message_ts") or ""))

    def _note(self, code: str) -> None:
        """Remember trouble of Slack's or of our token; a refusal of one message is none."""
        if code in outcome.REVOKED or code in {"network", "unreachable"} or code.startswith("http"):
            self._pulse.ill(code)

    async def _respond(self, to: Whisperable, message: Message) -> bool:
        thread = {"thread_ts": to.place.thread_ts} if to.place.thread_ts else {}
        body = {
            "response_type": "ephemeral",
            "replace_original": False,
            "text": message.text,
            **({"blocks": list(message.blocks)} if message.blocks else {}),
            **thread,
        }
        client = AsyncWebhookClient(
            to.response_url,
            session=self._writer.session,
            proxy=self._writer.proxy,
            retry_handlers=[],
            logger=self._writer._logger,  # noqa: SLF001 -- the SDK has no public name for it
        )
        try:
            answer = await client.send_dict(body)
        except Exception as error:  # noqa: BLE001
            outcome.judge(error)
            return False
        return answer.status_code == 200  # noqa: PLR2004

    def _edit_wait(self) -> float:
        now = self._clock.monotonic()
        while self._edits and now - self._edits[0] >= 60:  # noqa: PLR2004
            self._edits.popleft()
        if len(self._edits) >= EDITS_PER_MINUTE:
            return 60 - (now - self._edits[0]) + 0.05
        self._edits.append(now)
        return 0.0


def _view(modal: Modal) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": modal.callback_id,
        "private_metadata": modal.metadata,
        "title": {"type": "plain_text", "text": modal.title, "emoji": False},
        "submit": {"type": "plain_text", "text": modal.submit, "emoji": False},
        "close": {"type": "plain_text", "text": "Cancel", "emoji": False},
        "blocks": list(modal.blocks),
    }


_QUIET = {"unfurl_links": False, "unfurl_media": False}


def _to(place: Place) -> dict[str, str]:
    return {"channel": place.channel} | ({"thread_ts": place.thread_ts} if place.thread_ts else {})
