"""response_urls and incoming webhooks take messages without a token."""

import asyncio
import json

import aiohttp
import pytest

from bot.demo.slack import AcceptedThenDropped, Held, Status


async def post(http, url, body):
    async with http.post(url, json=body) as answer:
        return answer.status, await answer.text()


@pytest.fixture
async def url(slack, dana, ops):
    return slack.new_response_url(dana, ops)


async def test_five_answers_and_no_sixth(slack, http, url, dana, ops):
    """Ephemeral by default, in the channel on demand, in a thread if told; five times."""
    card = slack.posts(slack.bot, ops, "card")
    bodies = [
        {"text": "one"},
        {"text": "two", "response_type": "ephemeral", "thread_ts": card.ts},
        {"text": "three", "response_type": "in_channel"},
        {"text": "four", "response_type": "in_channel", "thread_ts": card.ts},
        {"text": "five"},
    ]
    for body in bodies:
        assert (await post(http, url, body))[0] == 200
    status, text = await post(http, url, {"text": "six"})
    assert (status, json.loads(text)["error"]) == (404, "expired_url")
    assert [m.text for m in dana.ephemerals(ops)] == ["one", "two", "five"]
    assert dana.ephemerals(ops)[1].thread_ts == card.ts
    assert [m.text for m in ops.messages] == ["card", "three"]
    assert [m.text for m in card.thread] == ["four"]


async def test_thirty_minutes_and_no_longer(slack, http, url, clock):
    """After half an hour the address answers 404 `expired_url`."""
    clock.seconds += 1_799
    assert (await post(http, url, {"text": "in time"}))[0] == 200
    clock.seconds += 2
    status, text = await post(http, url, {"text": "late"})
    assert (status, json.loads(text)["error"]) == (404, "expired_url")


async def test_the_original_is_replaced_and_deleted(slack, http, dana, ops):
    """`replace_original` changes the message that was pressed, text alone drops its blocks."""
    blocks = [{"type": "divider"}]
    card = slack.posts(slack.bot, ops, "card", blocks=blocks)
    url = slack.new_response_url(dana, ops, card)
    assert (await post(http, url, {"text": "done", "replace_original": True}))[0] == 200
    assert (card.text, card.blocks) == ("done", [])
    assert (await post(http, url, {"delete_original": True}))[0] == 200
    assert ops.messages == []
    status, _ = await post(http, url, {"text": "gone", "replace_original": True})
    assert status == 404


async def test_an_ephemeral_is_changed_only_through_its_url(slack, http, api, dana, ops):
    """The response_url of a click on an ephemeral replaces that ephemeral."""
    await api.chat_postEphemeral(channel=ops.id, user=dana.id, text="one")
    whisper = dana.ephemerals(ops)[0]
    url = slack.new_response_url(dana, ops, whisper)
    await post(http, url, {"text": "two", "replace_original": True})
    assert [m.text for m in dana.ephemerals(ops)] == ["two"]
    await post(http, url, {"delete_original": True})
    assert dana.ephemerals(ops) == []


async def test_refused_answers_do_not_count(slack, http, url, ops, dana):
    """Bad blocks, no text and bodies that are no JSON are refused; manners are noted."""
    status, text = await post(http, url, {"text": "x", "blocks": [{"type": "header"}]})
    assert (status, json.loads(text)["error"]) == (400, "invalid_blocks")
    assert json.loads((await post(http, url, {}))[1])["error"] == "no_text"
    async with http.post(url, data="{") as answer:
        assert answer.status == 400
    assert dana.ephemerals() == []
    assert (await post(http, url, {"blocks": [{"type": "divider"}]}))[0] == 200
    assert [(v.rule, v.method) for v in slack.violations] == [("text_missing", "response_url")]
    assert (await post(http, url + "0", {"text": "x"}))[0] == 404


async def test_a_webhook_posts_by_form_or_json(slack, http, ops):
    """Both encodings post a bot_message; refusals come as plain words."""
    hook = slack.webhook(ops, "Harness")
    async with http.post(hook.url, data={"payload": json.dumps({"text": "form"})}) as answer:
        assert await answer.text() == "ok"
    assert await post(http, hook.url, {"text": "json"}) == (200, "ok")
    shown = ops.messages[0].as_json()
    assert shown["subtype"] == "bot_message"
    assert shown["bot_id"] == hook.app.bot_id
    assert "user" not in shown
    assert await post(http, hook.url, {}) == (400, "no_text")
    assert await post(http, hook.url, []) == (400, "invalid_payload")
    assert (await post(http, hook.url + "0", {"text": "x"}))[0] == 404
    slack.archive(ops)
    assert await post(http, hook.url, {"text": "x"}) == (410, "channel_is_archived")
    hook.alive = False
    assert await post(http, hook.url, {"text": "x"}) == (404, "no_service")


async def test_faults_reach_response_urls_too(slack, http, url, dana, ops):
    """An armed fault for `response_url` drops, refuses or delays an answer."""
    slack.faults.arm("response_url", AcceptedThenDropped())
    with pytest.raises(aiohttp.ClientError):
        await post(http, url, {"text": "kept"})
    slack.faults.arm("response_url", Status(503))
    assert (await post(http, url, {"text": "lost"}))[0] == 503
    assert [m.text for m in dana.ephemerals(ops)] == ["kept"]
    gate = asyncio.Event()
    slack.faults.arm("response_url", Held(gate))
    held = asyncio.create_task(post(http, url, {"text": "late"}))
    await slack.until(lambda: len(slack.calls_of("response_url")) == 3)
    assert len(dana.ephemerals(ops)) == 1
    gate.set()
    assert (await held)[0] == 200


async def test_an_archived_channel_takes_no_public_answer(slack, http, url, ops, dana):
    """After archiving only ephemeral answers go through."""
    slack.archive(ops)
    status, text = await post(http, url, {"text": "x", "response_type": "in_channel"})
    assert (status, json.loads(text)["error"]) == (400, "is_archived")
    assert (await post(http, url, {"text": "x"}))[0] == 200
