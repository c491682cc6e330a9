"""People who act in the workspace: they type, press, choose, submit and read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.demo.slack import payloads
from bot.demo.slack.answers import use_response_url
from bot.demo.slack.calls import RefusedError
from bot.demo.slack.changes import Json
from bot.demo.slack.model import Channel, Member, Message, View, elements_of
from bot.demo.slack.receipts import Receipt
from bot.demo.slack.views import checked_view, replace, show

if TYPE_CHECKING:
    from bot.demo.slack.workspace import PretendSlack


class NothingToPressError(LookupError):
    """The person looked for something that is not on the screen."""


@dataclass(eq=False, kw_only=True, repr=False)
class Person(Member):
    """Somebody at the keyboard; every act returns when it was acked, or after three seconds."""

    slack: PretendSlack

    # -- acts -----------------------------------------------------------------------------

    async def types(self, channel: Channel, line: str, *, exactly: bool = False) -> Receipt:
        """Type a slash command, e.g. ``/resume abc``, and press enter.

        The text is encoded as Slack does it; with `exactly` it is sent as given.
        """
        self._be_in(channel)
        name, _, text = line.partition(" ")
        command = self.slack.commands.get(name)
        if command is None:
            message = f"{name} is not a command of this workspace: {sorted(self.slack.commands)}"
            raise NothingToPressError(message)
        if not exactly:
            escaped = command.should_escape
            text = payloads.link_up(text) if escaped else payloads.escape(text)
        form = payloads.slash_command(self.slack, self, channel, name, text.strip())
        receipt = await self.slack.delivery.send("slash_commands", form)
        self._show_command_answer(receipt, name)
        return receipt

    def says(
        self,
        channel: Channel,
        text: str,
        *,
        thread: Message | None = None,
        exactly: bool = False,
    ) -> Message:
        """Post a message, in a thread if given; addresses become links as in Slack."""
        self._be_in(channel)
        message = Message(
            channel=channel,
            ts=self.slack.new_ts(),
            author=self,
            text=text if exactly else payloads.link_up(text),
            thread_ts=thread.ts if thread is not None else None,
        )
        self.slack.add_message(message)
        return message

    async def presses(
        self,
        place: Message | View,
        button: str,
        *,
        answer: bool = True,
        stale: bool = False,
    ) -> Receipt:
        """Press the button with this accessibility label, text or action id.

        A confirm dialog is answered with `answer`; declined, nothing is sent. With `stale` the
        press comes from a screen that still shows an earlier version of the message.
        """
        block, element = self._find(place, button, stale=stale)
        if element.get("confirm") is not None and not answer:
            return Receipt(kind="none", payload={}, error="declined")
        return await self._act(place, payloads.action_of(block, element))

    async def chooses(
        self,
        place: Message | View,
        *,
        option: str,
        answer: bool = True,
        stale: bool = False,
    ) -> Receipt:
        """Choose the option with this text or value, from whichever menu has it."""
        for blocks in self._screens(place, stale=stale):
            for block, element in elements_of(blocks):
                for choice in _options_of(element):
                    if option in {choice["text"]["text"], choice.get("value")}:
                        if element.get("confirm") is not None and not answer:
                            return Receipt(kind="none", payload={}, error="declined")
                        act = payloads.action_of(block, element, choice)
                        return await self._act(place, act)
        message = f"no option {option!r} in {place!r}"
        raise NothingToPressError(message)

    async def shortcut(self, message: Message | None, callback_id: str) -> Receipt:
        """Choose a shortcut from a message's menu, or a global one without a message."""
        if message is None:
            payload = payloads.global_shortcut(self.slack, self, callback_id)
        else:
            self._be_in(message.channel)
            payload = payloads.message_shortcut(self.slack, self, message, callback_id)
        return self._shown(await self.slack.delivery.send("interactive", payload))

    async def opens_home(self) -> Receipt | None:
        """Open the app's Home tab; None when the app is not subscribed to that event."""
        if "app_home_opened" not in self.slack.events:
            return None
        event = payloads.app_home_opened(self.slack, self)
        return await self.slack.delivery.send_event(event)

    async def submits(self, view: View, values: dict[str, object]) -> Receipt:
        """Fill in a modal (by action id or block id) and submit it."""
        state = _filled_in(view, values)
        payload = payloads.view_submission(self.slack, self, view, state)
        receipt = self._shown(await self.slack.delivery.send("interactive", payload))
        if receipt.acked:
            self._follow(view, receipt)
        return receipt

    async def closes(self, view: View) -> Receipt | None:
        """Close a modal; the bot hears of it only with ``notify_on_close``."""
        self._take_away(view)
        if not view.content.get("notify_on_close"):
            return None
        payload = payloads.view_closed(self.slack, self, view)
        return await self.slack.delivery.send("interactive", payload)

    # -- what the person sees ---------------------------------------------------------------

    def ephemerals(self, channel: Channel | None = None) -> list[Message]:
        """The messages that only this person sees, oldest first, in one channel or all."""
        mine = (m for m in self.slack.ephemeral_messages if m.only_for is self)
        return [m for m in mine if channel is None or m.channel is channel]

    @property
    def direct(self) -> Channel:
        """The direct messages with the bot."""
        return self.slack.direct(self)

    @property
    def modal(self) -> View | None:
        """The modal on top of the screen."""
        stack = self.slack.modals.get(self.id, [])
        return stack[-1] if stack else None

    @property
    def home(self) -> View | None:
        """The app's Home tab as it is shown now."""
        return self.slack.homes.get(self.id)

    # -- the client's part ----------------------------------------------------------------

    def _be_in(self, channel: Channel) -> None:
        if self not in channel.members:
            message = f"{self.real_name} is not in {channel.name}"
            raise NothingToPressError(message)

    def _screens(self, place: Message | View, *, stale: bool) -> list[list[Json]]:
        if isinstance(place, View):
            return [place.content["blocks"]]
        seen = place.only_for in {None, self} and self in place.channel.members
        if not seen or (place.deleted and not stale):
            message = f"{self.real_name} does not see this message"
            raise NothingToPressError(message)
        now = [] if place.deleted else [place.blocks]
        return now + (list(reversed(place.earlier)) if stale else [])

    def _find(self, place: Message | View, button: str, *, stale: bool) -> tuple[Json, Json]:
        seen: list[str] = []
        for blocks in self._screens(place, stale=stale):
            for block, element in elements_of(blocks):
                if element["type"] != "button":
                    continue
                only_for = element.get("visible_to_user_ids")
                if only_for and self.id not in only_for:
                    continue
                names = [element.get("accessibility_label"), element["text"]["text"]]
                seen.append(str(names[0] or names[1]))
                if button in {*names, element["action_id"]}:
                    return block, element
        message = f"no button {button!r}; there are {seen}"
        raise NothingToPressError(message)

    async def _act(self, place: Message | View, act: Json) -> Receipt:
        payload = payloads.block_actions(self.slack, self, place, act)
        return self._shown(await self.slack.delivery.send("interactive", payload))

    def _shown(self, receipt: Receipt) -> Receipt:
        if not receipt.acked:
            self.slack.changes_log.add("act_failed", user=self.id, error=receipt.error)
        return receipt

    def _show_command_answer(self, receipt: Receipt, name: str) -> None:
        url = self.slack.response_urls[receipt.payload["response_url"].rpartition("/")[2]]
        answer = receipt.response
        if not receipt.acked:
            receipt.error = "operation_timeout" if receipt.error == "timeout" else "dispatch_failed"
            failure = Message(
                channel=url.channel,
                ts=self.slack.new_ts(),
                author=self.slack.slackbot,
                text=f'{name} failed with the error "{receipt.error}"',
                only_for=self,
            )
            self.slack.add_message(failure)
            return
        if isinstance(answer, str):
            answer = {"text": answer}
        if not answer:
            return
        try:
            use_response_url(self.slack, url, answer)
        except RefusedError as refusal:
            receipt.error = str(refusal.answer["error"])

    def _follow(self, view: View, receipt: Receipt) -> None:
        answer = receipt.response if isinstance(receipt.response, dict) else {}
        action = answer.get("response_action")
        try:
            if action == "update":
                replace(self.slack, view, checked_view(answer.get("view"), "modal"))
            elif action == "push":
                show(self.slack, self, checked_view(answer.get("view"), "modal"), view)
            elif action == "clear":
                self.slack.modals[self.id] = []
            elif action is None:
                self._take_away(view)
        except RefusedError as refusal:
            receipt.error = str(refusal.answer["error"])

    def _take_away(self, view: View) -> None:
        stack = self.slack.modals.get(self.id, [])
        if view in stack:
            stack.remove(view)
        self.slack.changes_log.add("view_closed", user=self.id, view_id=view.id)


def _options_of(element: Json) -> list[Json]:
    groups = element.get("option_groups") or []
    grouped = [option for group in groups for option in group["options"]]
    return [*(element.get("options") or []), *grouped]


def _filled_in(view: View, values: dict[str, object]) -> Json:
    state: Json = {}
    unused = set(values)
    for block in view.content["blocks"]:
        element = block.get("element")
        if block["type"] != "input" or element is None:
            continue
        key = next((k for k in (element["action_id"], block["block_id"]) if k in values), None)
        given = values.get(key) if key is not None else element.get("initial_value")
        unused.discard(str(key))
        entry: Json = {"type": element["type"]}
        if chosen := [o for o in _options_of(element) if o.get("value") == given]:
            entry["selected_option"] = chosen[0]
        else:
            entry["value"] = given
        state[block["block_id"]] = {element["action_id"]: entry}
    if unused:
        message = f"the view has no input {sorted(unused)}"
        raise NothingToPressError(message)
    return state
