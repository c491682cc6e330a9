"""A pretend Slack workspace, strict and stateful, that the real bot talks to over real sockets.

It is used by the tests, by the demo and for the README's pictures. Nothing of it knows the bot:
the bot is given ``SLACK_API_URL`` and the tokens, and connects by itself. ::

    slack = PretendSlack()
    dana = slack.person("Dana Ops", email="dana@example.com")
    ops = slack.channel("deploys", members=[dana])
    async with slack.serving() as api_url:           # the value for SLACK_API_URL
        ...                                          # start the bot: slack.bot_token, .app_token
        await slack.until(lambda: slack.delivery.socket.connections)
        receipt = await dana.types(ops, "/resume abc")
        assert receipt.acked and receipt.seconds < 1
        card = (await slack.until(lambda: ops.messages))[0]
        await dana.presses(card, "Resume Checkout from STAGE 2")
        await slack.until(lambda: len(card.thread) == 2)
        assert slack.violations == [] and slack.duplicates() == []

**Modes.** Socket Mode is the default; ``slack.send_to("http://127.0.0.1:3000/slack/events")``
switches to signed POSTs (``slack.delivery.http.signing`` = good, bad, old, missing;
``slack.delivery.replay(receipt)``). Sockets can be dropped, asked to reconnect, and haunted:
``slack.delivery.socket.drop()``, ``.ask_to_reconnect()``, ``.ghosts = 2``. Failed events come
again after ``slack.delivery.retry_delays`` real seconds; commands and clicks never do. Before
an orderly stop of the bot, ``await slack.settle()`` lets the events under way arrive.

**Alerts.** ``slack.webhook(ops).posts("…", attachments=[…])`` or a real POST to its ``.url``;
``ours=True`` makes it inside our own app. Another modern app: ``slack.posts(slack.add_app("X"),
ops, "…")``. Edits: ``slack.edits(message, text="…")``.

**People.** ``standing`` is member, admin, guest, single_channel_guest, bot, deleted or stranger
(Slack Connect). They act with ``types``, ``says``, ``presses``, ``chooses``, ``shortcut``,
``opens_home``, ``submits``, ``closes`` and see ``ephemerals()``, ``direct``, ``modal``, ``home``.

**Faults.** ``slack.faults.arm("chat.postMessage", AcceptedThenDropped(), times=2)``, by Web API
method, ``response_url`` or ``*``; ``slack.limits.on = True``; ``slack.revoke_token()``.

**Score.** ``slack.calls`` and ``calls_of(method)``, ``slack.deliveries`` with the time to each
ack, ``slack.duplicates()``, and ``slack.violations``, what Slack lets pass and readers suffer
from: ``text_missing`` (blocks without text), ``text_truncated``, ``thread_of_a_reply``.

**Pages.** ``slack.snapshot(dana)`` is the workspace as Dana sees it; ``async for change in
slack.changes(after=snapshot["seq"])`` follows it (kinds: member_added, channel_added, joined,
left, archived, message_posted, message_changed, message_deleted, ephemeral_posted,
ephemeral_changed, ephemeral_deleted, view_opened, view_changed, view_closed, home_published,
reaction_added, asked, call, ack, not_acked, act_failed, socket_opened, socket_closed; those with
a `user` are that person's alone). ``slack.people`` and ``slack.find_message(channel, ts, dana)``
turn ids back into what the acts need; ``slack.extra_routes`` adds the page to this server.

The workspace's clock (`now`) rules message times, triggers, response_urls and rate limits. The
three seconds for an ack and the signatures' timestamps are real time, as they are for the bot.
"""

from bot.demo.slack.answers import IncomingWebhook
from bot.demo.slack.faults import (
    AcceptedThenDropped,
    DroppedBefore,
    Held,
    Html,
    RateLimited,
    Refused,
    Slow,
    Status,
)
from bot.demo.slack.model import App, Channel, Member, Message, View
from bot.demo.slack.people import NothingToPressError, Person
from bot.demo.slack.receipts import Receipt
from bot.demo.slack.records import Call, Violation
from bot.demo.slack.workspace import Command, PretendSlack

__all__ = [
    "AcceptedThenDropped",
    "App",
    "Call",
    "Channel",
    "Command",
    "DroppedBefore",
    "Held",
    "Html",
    "IncomingWebhook",
    "Member",
    "Message",
    "NothingToPressError",
    "Person",
    "PretendSlack",
    "RateLimited",
    "Receipt",
    "Refused",
    "Slow",
    "Status",
    "View",
    "Violation",
]
