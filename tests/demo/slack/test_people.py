"""People act on the workspace, and a real Bolt app answers over either mode."""

from datetime import UTC, datetime

import pytest
from aiohttp import web

from bot.demo.slack import Command, NothingToPressError, PretendSlack
from tests.demo.slack.bolt import BoltApp


@pytest.fixture(params=["socket", "http"])
async def bolt(request, slack):
    app = BoltApp(slack)
    async with app.in_socket_mode() if request.param == "socket" else app.in_http_mode():
        yield app


@pytest.fixture
async def card(bolt, slack, dana, ops):
    await dana.types(ops, "/resume abc")
    return (await slack.until(lambda: ops.messages))[0]


async def test_a_command_a_click_and_the_answers(bolt, slack, dana, ops):
    """A command gives a card; a click is acked at once, whispered about and threaded."""
    receipt = await dana.types(ops, "/resume https://x/y?a=1&b=<2>")
    assert receipt.acked
    assert receipt.seconds < 3
    form = bolt.heard[0]
    assert form["text"] == "https://x/y?a=1&amp;b=&lt;2&gt;"
    assert form["user_id"] == dana.id
    assert form["team_id"] == slack.team_id
    assert form["channel_name"] == "deploys"
    message = (await slack.until(lambda: ops.messages))[0]
    assert message.buttons == ["▶ STAGE 2"]
    receipt = await dana.presses(message, "Resume Checkout from STAGE 2")
    assert receipt.acked
    await slack.until(lambda: message.thread and dana.ephemerals(ops))
    assert message.thread[0].text == f"<@{dana.id}> chose opaque"
    assert dana.ephemerals(ops)[0].text == "Working on it"
    body = bolt.heard[-1]
    assert body["container"]["message_ts"] == message.ts
    assert body["message"]["blocks"] == message.blocks
    assert body["actions"][0]["block_id"] == "groups"
    assert slack.violations == []


async def test_menus_confirmations_and_old_screens(bolt, card, slack, dana, ops):
    """A menu sends the chosen option; a declined dialog nothing; a removed button is gone."""
    await dana.chooses(card, option="↺ STAGE 1")
    await slack.until(lambda: card.thread)
    assert card.thread[0].text.endswith("chose one")
    shown = bolt.heard[-1]["state"]["values"]["groups"]["earlier"]
    assert shown["selected_option"]["value"] == "one"
    before = len(slack.deliveries)
    receipt = await dana.presses(card, "▶ STAGE 2", answer=False)
    assert receipt.error == "declined"
    assert len(slack.deliveries) == before
    with pytest.raises(NothingToPressError, match="STAGE 2"):
        await dana.presses(card, "▶ STAGE 9")
    with pytest.raises(NothingToPressError):
        await dana.chooses(card, option="↺ STAGE 9")
    slack.edits(card, blocks=[])
    with pytest.raises(NothingToPressError):
        await dana.presses(card, "▶ STAGE 2")
    assert (await dana.presses(card, "▶ STAGE 2", stale=True)).acked


async def test_who_is_not_in_the_channel_sees_nothing(card, slack, dana, ops):
    """People outside a channel can neither type there nor press there."""
    bob = slack.person("Bob")
    with pytest.raises(NothingToPressError):
        await bob.types(ops, "/resume abc")
    with pytest.raises(NothingToPressError):
        await bob.presses(card, "resume")
    with pytest.raises(NothingToPressError):
        await dana.types(ops, "/unheard")
    assert bob.slack.snapshot(bob)["channels"] == []


async def test_a_command_in_direct_messages(bolt, slack, dana):
    """The bot may answer in its own direct messages, and not in those of two people."""
    bob = slack.person("Bob")
    theirs = slack.channel("theirs", kind="im", members=[dana, bob], bot=False)
    await dana.types(dana.direct, "/resume abc")
    await slack.until(lambda: dana.direct.messages)
    assert bolt.heard[-1]["channel_name"] == "directmessage"
    assert dana.direct is not theirs
    await dana.types(theirs, "/resume abc")
    refused = await slack.until(lambda: [c for c in slack.calls if c.result.get("error")])
    assert refused[0].result["error"] == "channel_not_found"


async def test_a_command_that_escapes(slack, dana, ops):
    """With `should_escape` addresses come in angle brackets; exact text comes as given."""
    slack.commands["/x"] = Command("/x", should_escape=True)
    receipt = await dana.types(ops, "/x see https://example.com/a&b")
    assert receipt.payload["text"] == "see <https://example.com/a&amp;b>"
    receipt = await dana.types(ops, "/x <https://example.com|link>", exactly=True)
    assert receipt.payload["text"] == "<https://example.com|link>"


async def test_a_page_may_be_served_beside_slack(http):
    """Extra routes are on the same server as Slack's own addresses."""

    async def page(_request):
        return web.Response(text="hello")

    slack = PretendSlack()
    slack.extra_routes.append(web.get("/", page))
    async with slack.serving(), http.get(slack.base_url) as answer:
        assert await answer.text() == "hello"


async def test_the_ack_of_a_command_may_speak(bolt, slack, dana, ops):
    """Text in the ack is shown to the person; without an ack Slackbot tells of the failure."""
    await dana.types(ops, "/resume quietly")
    assert dana.ephemerals(ops)[-1].text == "Only you see this."
    slack.delivery.ack_seconds = 0.2
    receipt = await dana.types(ops, "/resume not at all")
    assert not receipt.acked
    assert "failed with the error" in dana.ephemerals(ops)[-1].text


async def test_a_shortcut_opens_a_modal_that_is_submitted(bolt, slack, dana, ops):
    """Errors stay on the modal, update and push change it, and a plain ack closes it."""
    alert = slack.webhook(ops).posts("Checkout failed")
    receipt = await dana.shortcut(alert, "resume_from_message")
    assert receipt.payload["message"]["bot_id"] == alert.author.bot_id
    modal = await slack.until(lambda: dana.modal)
    assert (await dana.submits(modal, {"run": ""})).errors == {"run": "Which one?"}
    assert dana.modal is modal
    await dana.submits(modal, {"id": "update"})
    assert modal.content["private_metadata"] == "new"
    await dana.submits(modal, {"id": "push"})
    assert dana.modal is not modal
    await dana.submits(dana.modal, {"id": "abc"})
    assert dana.modal is modal
    with pytest.raises(NothingToPressError):
        await dana.submits(modal, {"colour": "red"})
    assert await dana.closes(modal) is None
    assert dana.modal is None


async def test_home_and_a_page(bolt, card, api, slack, dana, ops):
    """Opening Home sends its event; the snapshot has everything that the person sees."""
    home = {"type": "home", "blocks": []}
    await api.views_publish(user_id=dana.id, view=home)
    assert (await dana.opens_home()).acked
    await slack.until(lambda: bolt.heard[-1].get("event", {}).get("type") == "app_home_opened")
    assert bolt.heard[-1]["event"]["view"]["type"] == "home"
    await api.chat_postEphemeral(channel=ops.id, user=dana.id, text="psst", thread_ts=card.ts)
    seen = slack.snapshot(dana)
    channel = next(c for c in seen["channels"] if c["id"] == ops.id)
    assert channel["messages"][0]["author"]["is_bot"]
    assert [r["text"] for r in channel["messages"][0]["replies"]] == ["psst"]
    assert seen["home"]["type"] == "home"
    assert slack.find_message(ops.id, card.ts, dana) is card
    kinds = [record["kind"] for record in slack.changes_log.records]
    assert {"message_posted", "call", "ack", "ephemeral_posted", "home_published"} <= set(kinds)
    async for change in slack.changes(after=seen["seq"] - 1):
        assert change["seq"] == seen["seq"]
        break


async def test_waiting_ends_with_a_reason(slack, dana, ops):
    """A wait that is in vain names the last changes instead of only failing."""
    dana.says(ops, "hello & <goodbye> https://example.com/x")
    assert ops.messages[0].text == "hello &amp; &lt;goodbye&gt; <https://example.com/x>"
    with pytest.raises(TimeoutError, match="message_posted"):
        await slack.until(lambda: ops.messages[0].thread, timeout=0.05)


async def test_buttons_in_views_and_global_shortcuts(bolt, slack, api, dana):
    """A button on Home sends its view; a global shortcut sends no message; closing may tell."""
    button = {
        "type": "button", "action_id": "resume", "text": {"type": "plain_text", "text": "Go"},
    }  # fmt: skip
    home = {"type": "home", "blocks": [{"type": "actions", "elements": [button]}]}
    await api.views_publish(user_id=dana.id, view=home)
    receipt = await dana.presses(dana.home, "Go")
    assert receipt.payload["container"] == {"type": "view", "view_id": dana.home.id}
    assert "message" not in receipt.payload
    receipt = await dana.shortcut(None, "resume_from_message")
    assert receipt.acked
    assert receipt.payload["type"] == "shortcut"
    modal = await slack.until(lambda: dana.modal)
    modal.content["notify_on_close"] = True
    assert (await dana.closes(modal)).payload["type"] == "view_closed"


async def test_who_comes_and_goes(slack, dana, ops):
    """People and the bot can be invited and removed; a message can be deleted by its author."""
    bob = slack.person("Bob")
    seen = []
    stop = slack.subscribe(lambda change: seen.append(change["kind"]))
    slack.invite(ops, bob)
    slack.remove(ops, slack.bot)
    said = bob.says(ops, "hello", thread=dana.says(ops, "hi"))
    slack.deletes(said)
    assert [m.text for m in ops.log] == ["hi"]
    assert slack.deliveries == []
    assert seen == ["joined", "left", "message_posted", "message_posted", "message_deleted"]
    stop()
    assert bob in slack.people
    assert slack.find_message("C0NONE", said.ts, bob) is None


async def test_a_button_for_some_people(card, slack, dana, ops):
    """A button with `visible_to_user_ids` is not there for anybody else."""
    bob = slack.person("Bob")
    slack.invite(ops, bob)
    blocks = [dict(block) for block in card.blocks]
    button = blocks[1]["elements"][1] | {"visible_to_user_ids": [dana.id]}
    slack.edits(card, blocks=[blocks[0], blocks[1] | {"elements": [button]}])
    with pytest.raises(NothingToPressError):
        await bob.presses(card, "resume")
    assert (await dana.presses(card, "resume")).acked


def test_the_clock_may_tell_the_date():
    """A clock that gives dates serves as well as one that gives seconds."""
    moment = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)
    slack = PretendSlack(now=lambda: moment)
    dana = slack.person("Dana")
    ops = slack.channel("deploys", members=[dana])
    first, second = dana.says(ops, "one"), dana.says(ops, "two")
    assert float(first.ts) == moment.timestamp()
    assert second.ts > first.ts
