"""Deliveries: who hears what, retries, connections, signatures."""

import asyncio

import pytest
from aiohttp import web

from bot.demo.slack import PretendSlack
from tests.demo.slack.bolt import BoltApp


def events(app: BoltApp) -> list[dict]:
    return [body["event"] for body in app.heard if "event" in body]


async def test_the_bot_hears_its_channels_and_itself(slack, dana, ops, api):
    """People, webhooks, other apps, edits and the bot's own posts all give message events."""
    app = BoltApp(slack, ignoring_self_events_enabled=False)
    async with app.in_socket_mode():
        dana.says(ops, "hello")
        slack.webhook(ops).posts("", attachments=[{"text": "Checkout failed"}])
        other = slack.add_app("Other")
        posted = slack.posts(other, ops, "from an app")
        slack.edits(posted, text="edited")
        await api.chat_postMessage(channel=ops.id, text="mine")
        await slack.until(lambda: len(events(app)) == 5)
    by_person, by_hook, by_app, edit, own = sorted(events(app), key=lambda e: e["event_ts"])
    assert (by_person["user"], by_person["channel_type"]) == (dana.id, "channel")
    assert by_hook["subtype"] == "bot_message"
    assert "user" not in by_hook
    assert by_hook["attachments"] == [{"text": "Checkout failed"}]
    assert (by_app["user"], by_app["app_id"]) == (other.user.id, other.app_id)
    assert "subtype" not in by_app
    assert edit["subtype"] == "message_changed"
    assert edit["message"]["text"] == "edited"
    assert edit["previous_message"]["text"] == "from an app"
    assert (own["user"], own["bot_id"]) == (slack.bot.id, slack.app.bot_id)


async def test_a_webhook_of_our_own_app_carries_our_bot_id(slack, ops):
    """Such an alert has our bot_id and no user, so Bolt's self filter would drop it."""
    app = BoltApp(slack, ignoring_self_events_enabled=False)
    async with app.in_socket_mode():
        slack.webhook(ops, ours=True).posts("failed")
        await slack.until(lambda: events(app))
    assert events(app)[0]["bot_id"] == slack.app.bot_id
    assert "user" not in events(app)[0]


async def test_what_the_bot_does_not_hear(slack, dana):
    """Channels without the bot, kinds without subscription and absent scopes stay silent."""
    app = BoltApp(slack)
    outside = slack.channel("outside", members=[dana], bot=False)
    inside = slack.channel("inside", members=[dana])
    private = slack.channel("private", members=[dana], kind="private")
    slack.scopes.remove("groups:history")
    async with app.in_socket_mode():
        dana.says(outside, "outside")
        dana.says(private, "private")
        dana.says(dana.direct, "direct")
        dana.says(inside, "inside")
        await slack.until(lambda: events(app))
    assert [event["text"] for event in events(app)] == ["inside"]


async def test_each_envelope_goes_to_one_of_several_connections(slack, dana, ops):
    """Two connections share the envelopes; the hello tells how many there are."""
    first, second = BoltApp(slack), BoltApp(slack)
    async with first.in_socket_mode(), second.in_socket_mode():
        await slack.until(lambda: slack.delivery.socket.connections == 2)
        for number in range(4):
            dana.says(ops, str(number))
        await slack.until(lambda: len(first.heard) + len(second.heard) == 4)
    assert first.heard
    assert second.heard


async def test_a_dropped_socket_loses_a_click_and_repeats_an_event(slack, dana, ops, http):
    """Without an ack an event comes again elsewhere; a command does not."""
    url = f"{slack.base_url}/api/apps.connections.open"
    headers = {"Authorization": f"Bearer {slack.app_token}"}
    async with http.post(url, headers=headers) as answer:
        link = (await answer.json())["url"]
    async with http.ws_connect(link) as socket:
        hello = await socket.receive_json()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        typing = asyncio.create_task(dana.types(ops, "/resume abc"))
        envelope = await socket.receive_json()
        assert envelope["type"] == "slash_commands"
        assert slack.delivery.socket.drop() == 1
        receipt = await typing
        assert not receipt.acked
        dana.says(ops, "hello")
        await slack.until(lambda: len(slack.deliveries) == 5)
    attempts = [(r.attempt, r.error) for r in slack.deliveries if r.kind == "events_api"]
    assert attempts == [(n, "no_connection") for n in range(4)]
    async with http.get(link) as answer:
        assert answer.status == 403


async def test_slack_asks_bolt_to_reconnect(slack, dana, ops):
    """After a disconnect frame the real client opens a new connection and hears again."""
    app = BoltApp(slack)
    async with app.in_socket_mode():
        await slack.delivery.socket.ask_to_reconnect()
        await slack.until(lambda: slack.delivery.socket.opened == 2)
        await slack.until(lambda: slack.delivery.socket.connections == 1)
        assert (await dana.types(ops, "/resume quietly")).acked


async def test_ghosts_swallow_clicks(slack, dana, ops):
    """A half-open connection is counted and gets envelopes that nobody answers."""
    app = BoltApp(slack)
    slack.delivery.ack_seconds = 0.1
    async with app.in_socket_mode():
        slack.delivery.socket.ghosts = 1
        acked = [(await dana.types(ops, "/resume quietly")).acked for _ in range(2)]
    assert sorted(acked) == [False, True]


async def test_the_eleventh_connection_is_sent_away(slack, http):
    """An app has at most ten connections."""
    slack.delivery.socket.ghosts = 10
    async with http.ws_connect(slack.delivery.socket.new_url()) as socket:
        assert (await socket.receive_json())["reason"] == "too_many_websockets"


@pytest.mark.parametrize("signing", ["bad", "old", "missing"])
async def test_bolt_refuses_a_bad_signature(slack, dana, ops, signing):
    """A wrong, old or absent signature gets a 401, and the person an error."""
    async with BoltApp(slack).in_http_mode() as app:
        slack.delivery.http.signing = signing
        receipt = await dana.types(ops, "/resume abc")
    assert receipt.status == 401
    assert app.heard == []
    assert dana.ephemerals(ops)[0].text == '/resume failed with the error "dispatch_failed"'


async def test_a_replay_is_the_same_bytes(slack, dana, ops):
    """A replayed request carries the old signature and is heard again while it is fresh."""
    async with BoltApp(slack).in_http_mode() as app:
        receipt = await dana.types(ops, "/resume abc")
        again = await slack.delivery.replay(receipt)
        assert again.acked
    assert [form["trigger_id"] for form in app.heard] == [receipt.payload["trigger_id"]] * 2


async def test_a_duplicate_envelope_is_the_same_payload(slack, dana, ops):
    """In Socket Mode too a delivery can be repeated, trigger and all."""
    app = BoltApp(slack)
    async with app.in_socket_mode():
        receipt = await dana.types(ops, "/resume abc")
        assert (await slack.delivery.replay(receipt)).acked
        await slack.until(lambda: len(app.heard) == 2)
    assert app.heard[0]["trigger_id"] == app.heard[1]["trigger_id"]


async def test_the_url_is_verified(slack):
    """Bolt answers the challenge of a newly entered request URL."""
    async with BoltApp(slack).in_http_mode():
        receipt = await slack.verify_url()
    assert receipt.response in ("3eZbrw1aB", {"challenge": "3eZbrw1aB"})


async def test_failed_events_are_repeated_and_commands_are_not(slack, dana, ops):
    """An event that fails comes three times more with its number; a command comes once."""
    async with BoltApp(slack).in_http_mode():
        slack.delivery.http.signing = "bad"
        dana.says(ops, "hello")
        await slack.until(lambda: len(slack.deliveries) == 4)
        await dana.types(ops, "/resume abc")
    headers = [r.raw[1] for r in slack.deliveries if r.kind == "events_api"]
    assert [h.get("X-Slack-Retry-Num") for h in headers] == [None, "1", "2", "3"]
    assert headers[1]["X-Slack-Retry-Reason"] == "http_error"
    assert len([r for r in slack.deliveries if r.kind == "slash_commands"]) == 1


async def test_the_grid_names_the_enterprise():
    """On Enterprise Grid the payloads name the enterprise."""
    slack = PretendSlack()
    slack.enterprise = {"id": "E0GRID", "name": "Grid"}
    dana = slack.person("Dana")
    ops = slack.channel("deploys", members=[dana])
    async with slack.serving():
        receipt = await dana.types(ops, "/resume abc")
        assert receipt.payload["enterprise_id"] == "E0GRID"
        assert not receipt.acked


async def test_a_slow_receiver_is_asked_again_for_a_timeout(slack, dana, ops, http):
    """No answer in time counts as `http_timeout`; a refusal with No-Retry ends the retries."""
    asked = []
    gate = asyncio.Event()

    async def receive(request):
        asked.append(request.headers.get("X-Slack-Retry-Reason"))
        if len(asked) == 1:
            await gate.wait()
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    slack.delivery.ack_seconds = 0.1
    app = web.Application()
    app.router.add_post("/slack/events", receive)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.send_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    dana.says(ops, "hello")
    await slack.until(lambda: len(slack.deliveries) == 2 and slack.deliveries[1].seconds)
    gate.set()
    await runner.cleanup()
    assert asked == [None, "http_timeout"]
    assert [r.error for r in slack.deliveries] == ["timeout", "http_error_no_retry"]
