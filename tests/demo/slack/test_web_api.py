"""The Web API does what Slack's does, and refuses in the same words."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "*x*"}}]
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "Resume"}, "blocks": []}
HOME = {"type": "home", "blocks": BLOCKS}


def refuses(error):
    return pytest.raises(SlackApiError, match=f"'error': '{error}'")


async def test_posting_editing_and_deleting(api, slack, ops):
    """A message is posted with metadata, edited and deleted; metadata outlives an edit."""
    metadata = {"event_type": "run", "event_payload": {"id": "1"}}
    posted = await api.chat_postMessage(
        channel=ops.id, text="one", blocks=BLOCKS, metadata=metadata, unfurl_links=False
    )
    message = ops.messages[0]
    assert posted["message"]["bot_id"] == slack.app.bot_id
    assert (message.text, message.metadata) == ("one", metadata)
    await api.chat_update(channel=ops.id, ts=message.ts, text="two", blocks=BLOCKS)
    assert (message.text, message.metadata, message.edited_ts) == ("two", metadata, None)
    await api.chat_delete(channel=ops.id, ts=message.ts)
    assert ops.messages == []
    assert slack.violations == []


async def test_text_without_blocks_deletes_the_blocks(api, ops):
    """An update with text alone drops the blocks; one with neither keeps both."""
    posted = await api.chat_postMessage(channel=ops.id, text="one", blocks=BLOCKS)
    message = ops.messages[0]
    metadata = {"event_type": "x", "event_payload": {}}
    await api.api_call(
        "chat.update", json={"channel": ops.id, "ts": posted["ts"], "metadata": metadata}
    )
    assert message.blocks
    assert message.text == "one"
    await api.chat_update(channel=ops.id, ts=posted["ts"], text="two")
    assert message.blocks == []
    assert message.edited_ts is not None
    await api.chat_update(channel=ops.id, ts=posted["ts"], text="two", metadata={})
    assert message.metadata is None


async def test_threads_and_broadcasts(api, slack, ops):
    """A reply is in the thread, and in the channel only when it was broadcast."""
    card = await api.chat_postMessage(channel=ops.id, text="card")
    await api.chat_postMessage(channel=ops.id, text="in", thread_ts=card["ts"])
    await api.chat_postMessage(
        channel=ops.id, text="out", thread_ts=card["ts"], reply_broadcast=True
    )
    message = ops.messages[0]
    assert [m.text for m in message.thread] == ["in", "out"]
    assert [m.text for m in ops.messages] == ["card", "out"]
    read = await api.conversations_replies(channel=ops.id, ts=card["ts"])
    assert [m["text"] for m in read["messages"]] == ["card", "in", "out"]
    assert read["messages"][0]["reply_count"] == 2
    first = await api.conversations_replies(channel=ops.id, ts=card["ts"], limit=2)
    assert first["has_more"]
    cursor = first["response_metadata"]["next_cursor"]
    rest = await api.conversations_replies(channel=ops.id, ts=card["ts"], limit=2, cursor=cursor)
    assert [m["text"] for m in rest["messages"]] == ["out"]
    await api.chat_postMessage(channel=ops.id, text="deep", thread_ts=message.thread[0].ts)
    assert [v.rule for v in slack.violations] == ["thread_of_a_reply"]


async def test_history_is_newest_first_and_bounded(api, ops, dana, slack):
    """History obeys oldest, latest and inclusive, and shows metadata only when asked."""
    metadata = {"event_type": "x", "event_payload": {}}
    stamps = [
        (await api.chat_postMessage(channel=ops.id, text=t, metadata=metadata))["ts"] for t in "abc"
    ]
    read = await api.conversations_history(channel=ops.id)
    assert [m["text"] for m in read["messages"]] == ["c", "b", "a"]
    assert "metadata" not in read["messages"][0]
    read = await api.conversations_history(
        channel=ops.id, oldest=stamps[1], include_all_metadata=True
    )
    assert [m["text"] for m in read["messages"]] == ["c"]
    assert read["messages"][0]["metadata"] == metadata
    read = await api.conversations_history(channel=ops.id, latest=stamps[1], inclusive=True)
    assert [m["text"] for m in read["messages"]] == ["b", "a"]


async def test_a_person_can_be_written_to(api, slack, dana, ops):
    """Posting to a user id opens the direct messages; conversations.open finds them."""
    posted = await api.chat_postMessage(channel=dana.id, text="psst")
    assert dana.direct.id == posted["channel"]
    opened = await api.conversations_open(users=dana.id)
    assert opened["channel"]["id"] == posted["channel"]
    assert [m.text for m in dana.direct.messages] == ["psst"]


async def test_ephemerals_are_for_one_person(api, slack, dana, ops):
    """An ephemeral is seen by its reader alone and cannot be changed by chat.update."""
    bob = slack.person("Bob")
    told = await api.chat_postEphemeral(channel=ops.id, user=dana.id, text="no")
    assert [m.text for m in dana.ephemerals(ops)] == ["no"]
    assert bob.ephemerals() == []
    assert ops.messages == []
    with refuses("message_not_found"):
        await api.chat_update(channel=ops.id, ts=told["message_ts"], text="yes")
    with refuses("user_not_in_channel"):
        await api.chat_postEphemeral(channel=ops.id, user=bob.id, text="no")


async def test_where_the_bot_may_not_post(api, slack, dana):
    """Absent, hidden, archived and unknown channels refuse in their own words."""
    public = slack.channel("public", bot=False)
    private = slack.channel("private", bot=False, kind="private")
    old = slack.channel("old")
    posted = await api.chat_postMessage(channel=old.id, text="x")
    slack.archive(old)
    for channel, error in (
        (public.id, "not_in_channel"),
        (private.id, "channel_not_found"),
        (old.id, "is_archived"),
        ("C0NOWHERE", "channel_not_found"),
    ):
        with refuses(error):
            await api.chat_postMessage(channel=channel, text="x")
    with refuses("is_inactive"):
        await api.chat_update(channel=old.id, ts=posted["ts"], text="y")
    with refuses("not_in_channel"):
        await api.conversations_history(channel=public.id)
    await api.conversations_join(channel=public.id)
    assert slack.bot in public.members


async def test_other_peoples_messages_are_theirs(api, slack, dana, ops):
    """The bot may neither edit nor delete what others posted, webhooks included."""
    said = dana.says(ops, "hello")
    alert = slack.webhook(ops, ours=True).posts("failed")
    for message in (said, alert):
        with refuses("cant_update_message"):
            await api.chat_update(channel=ops.id, ts=message.ts, text="x")
        with refuses("cant_delete_message"):
            await api.chat_delete(channel=ops.id, ts=message.ts)
    with refuses("message_not_found"):
        await api.chat_update(channel=ops.id, ts="1.000000", text="x")
    with refuses("thread_not_found"):
        await api.conversations_replies(channel=ops.id, ts="1.000000")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, "no_text"),
        ({"markdown_text": "x", "text": "y"}, "markdown_text_conflict"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"text": "x", "metadata": "{"}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_schema"),
        (
            {"text": "x", "metadata": {"event_type": "x", "event_payload": {"a": "x" * 9000}}},
            "metadata_too_large",
        ),
        ({"text": "x", "attachments": [{"text": "x"}] * 101}, "too_many_attachments"),
        ({"text": "x", "attachments": ["x"]}, "invalid_attachments"),
        ({"text": "x", "attachments": [{"blocks": [{"type": "header"}]}]}, "invalid_blocks"),
        ({"text": "x", "blocks": "[{"}, "invalid_blocks_format"),
        ({"text": "x", "thread_ts": "1.000000"}, "thread_not_found"),
    ],
)
async def test_content_that_is_refused(api, ops, arguments, error):
    """What cannot be posted is refused before anybody sees it."""
    with refuses(error):
        await api.api_call("chat.postMessage", json={"channel": ops.id, **arguments})
    assert ops.messages == []


async def test_bad_manners_are_written_down(api, slack, ops):
    """Blocks without text, and text that Slack cuts, are violations; long edits are refused."""
    await api.api_call("chat.postMessage", json={"channel": ops.id, "blocks": BLOCKS})
    posted = await api.chat_postMessage(channel=ops.id, text="x" * 40_001)
    assert [v.rule for v in slack.violations] == ["text_missing", "text_truncated"]
    assert len(ops.messages[1].text) == 40_000
    with refuses("msg_too_long"):
        await api.chat_update(channel=ops.id, ts=posted["ts"], text="x" * 4_001)


async def test_tokens_and_scopes(api, slack, ops, http):
    """Wrong, absent and revoked tokens and absent scopes are told apart."""
    url = f"{slack.base_url}/api/"

    def client(token):
        return AsyncWebClient(token=token, base_url=url, retry_handlers=[], session=http)

    who = await api.auth_test()
    assert (who["user_id"], who["bot_id"]) == (slack.bot.id, slack.app.bot_id)
    assert "chat:write" in who.headers["x-oauth-scopes"].split(",")
    with refuses("invalid_auth"):
        await client("xoxb-wrong").auth_test()
    with refuses("not_allowed_token_type"):
        await client(slack.app_token).chat_postMessage(channel=ops.id, text="x")
    with refuses("not_allowed_token_type"):
        await api.api_call("apps.connections.open")
    async with http.post(f"{url}auth.test") as answer:
        assert (await answer.json())["error"] == "not_authed"
    with refuses("unknown_method"):
        await api.api_call("chat.shout")
    slack.scopes.remove("chat:write")
    with pytest.raises(SlackApiError, match="missing_scope") as refused:
        await api.chat_update(channel=ops.id, ts="1.0", text="x")
    assert refused.value.response["needed"] == "chat:write"
    assert "commands" in refused.value.response["provided"]
    slack.revoke_token()
    with refuses("token_revoked"):
        await api.auth_test()


async def test_bodies_that_cannot_be_read(slack, http):
    """Broken JSON, and JSON that is no object, are named as such."""
    for body, error in (("{", "invalid_json"), ("[]", "json_not_object")):
        headers = {"Content-Type": "application/json"}
        url = f"{slack.base_url}/api/api.test"
        async with http.post(url, data=body, headers=headers) as answer:
            assert (await answer.json())["error"] == error


async def test_scopes_follow_the_kind_of_channel(api, slack):
    """Reading a private channel needs the groups: scopes, not the channels: ones."""
    private = slack.channel("secret", kind="private")
    slack.scopes -= {"groups:history", "groups:read"}
    with refuses("missing_scope"):
        await api.conversations_history(channel=private.id)
    with refuses("missing_scope"):
        await api.conversations_info(channel=private.id)


async def test_who_people_are(api, slack):
    """Guests, bots, deleted people and strangers look as in Slack; e-mail needs its scope."""
    people = {
        standing: slack.person(standing, email=f"{standing}@example.com", standing=standing)
        for standing in ("member", "guest", "single_channel_guest", "deleted", "stranger", "bot")
    }
    seen = {name: (await api.users_info(user=person.id))["user"] for name, person in people.items()}
    assert seen["member"]["profile"]["email"] == "member@example.com"
    assert seen["guest"]["is_restricted"]
    assert not seen["guest"]["is_ultra_restricted"]
    assert seen["single_channel_guest"]["is_ultra_restricted"]
    assert seen["deleted"]["deleted"]
    assert seen["bot"]["is_bot"]
    assert seen["stranger"]["is_stranger"]
    assert seen["stranger"]["team_id"] != slack.team_id
    assert "email" not in seen["stranger"]["profile"]
    found = await api.users_lookupByEmail(email="Member@example.com")
    assert found["user"]["id"] == people["member"].id
    for email in ("deleted@example.com", "nobody@example.com"):
        with refuses("users_not_found"):
            await api.users_lookupByEmail(email=email)
    with refuses("user_not_found"):
        await api.users_info(user="U0NOBODY")
    slack.scopes.remove("users:read.email")
    assert "email" not in (await api.users_info(user=people["member"].id))["user"]["profile"]
    listed = await api.users_list(limit=3)
    assert len(listed["members"]) == 3
    assert listed["response_metadata"]["next_cursor"]


async def test_lists_links_and_the_rest(api, slack, dana, ops):
    """Channels, members, bots, the team, links and reactions are told as they are."""
    slack.channel("elsewhere", bot=False)
    shared = slack.channel("shared", members=[dana], shared=True)
    names = [c["name"] for c in (await api.conversations_list())["channels"]]
    assert names == ["deploys", "elsewhere", "shared"]
    mine = (await api.users_conversations(types="public_channel,private_channel"))["channels"]
    assert [c["name"] for c in mine] == ["deploys", "shared"]
    assert (await api.conversations_info(channel=shared.id))["channel"]["is_ext_shared"]
    members = (await api.conversations_members(channel=ops.id))["members"]
    assert members == [dana.id, slack.bot.id]
    assert (await api.bots_info(bot=slack.app.bot_id))["bot"]["user_id"] == slack.bot.id
    assert (await api.team_info())["team"]["id"] == slack.team_id
    said = dana.says(ops, "hello")
    await api.reactions_add(channel=ops.id, timestamp=said.ts, name="eyes")
    with refuses("already_reacted"):
        await api.reactions_add(channel=ops.id, timestamp=said.ts, name="eyes")
    link = (await api.chat_getPermalink(channel=ops.id, message_ts=said.ts))["permalink"]
    assert link.endswith(f"/archives/{ops.id}/p{said.ts.replace('.', '')}")
    with refuses("bot_not_found"):
        await api.bots_info(bot="B0NONE")


async def test_a_trigger_opens_one_modal_within_three_seconds(api, slack, clock, dana):
    """A trigger is spent by its first use and dies after three seconds."""
    trigger = slack.new_trigger(dana).id
    opened = await api.views_open(trigger_id=trigger, view=MODAL)
    assert dana.modal is not None
    assert dana.modal.id == opened["view"]["id"]
    with refuses("exchanged_trigger_id"):
        await api.views_open(trigger_id=trigger, view=MODAL)
    late = slack.new_trigger(dana).id
    clock.seconds += 3.1
    with refuses("expired_trigger_id"):
        await api.views_open(trigger_id=late, view=MODAL)
    with refuses("invalid_arguments"):
        await api.views_open(trigger_id=slack.new_trigger(dana).id, view=HOME)


async def test_views_are_updated_pushed_and_published(api, slack, dana):
    """A view changes only under its present hash; at most three modals lie on each other."""
    opened = await api.views_open(trigger_id=slack.new_trigger(dana).id, view=MODAL)
    view_id, first_hash = opened["view"]["id"], opened["view"]["hash"]
    await api.views_update(view_id=view_id, hash=first_hash, view=MODAL | {"callback_id": "c"})
    with refuses("hash_conflict"):
        await api.views_update(view_id=view_id, hash=first_hash, view=MODAL)
    with refuses("not_found"):
        await api.views_update(view_id="V0NONE", view=MODAL)
    for _ in range(2):
        await api.views_push(trigger_id=slack.new_trigger(dana).id, view=MODAL)
    with refuses("push_limit_reached"):
        await api.views_push(trigger_id=slack.new_trigger(dana).id, view=MODAL)
    await api.views_publish(user_id=dana.id, view=HOME)
    assert dana.home is not None
    assert dana.home.content["blocks"][0]["text"]["text"] == "*x*"
    with refuses("view_too_large"):
        await api.views_publish(user_id=dana.id, view=HOME | {"private_metadata": "x" * 250_001})


async def test_arguments_and_places_that_do_not_exist(api, slack, dana, ops):
    """Absent arguments, wrong names and impossible wishes are refused by name."""
    private = slack.channel("private", kind="private")
    gone = slack.person("Gone", standing="deleted")
    bob = slack.person("Bob")
    slack.archive(slack.channel("old", bot=False))
    old = next(c for c in slack.channels.values() if c.archived)
    refusals = [
        ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
        ("chat.postMessage", {"channel": gone.id, "text": "x"}, "channel_not_found"),
        ("chat.getPermalink", {"channel": ops.id, "message_ts": "1.0"}, "message_not_found"),
        ("conversations.history", {"channel": ops.id, "limit": "many"}, "invalid_arguments"),
        ("conversations.history", {"channel": ops.id, "cursor": "zz"}, "invalid_cursor"),
        ("conversations.history", {"channel": ops.id, "latest": "now"}, "invalid_ts_latest"),
        ("conversations.list", {"types": "secret"}, "invalid_types"),
        ("conversations.join", {"channel": private.id}, "method_not_supported_for_channel_type"),
        ("conversations.join", {"channel": old.id}, "is_archived"),
        ("conversations.open", {"users": "U0NONE"}, "user_not_found"),
        ("conversations.open", {"users": gone.id}, "user_disabled"),
        ("conversations.open", {"users": f"{dana.id},{bob.id}"}, "too_many_users"),
        ("conversations.open", {"channel": "D0NONE"}, "channel_not_found"),
        ("reactions.add", {"channel": ops.id, "timestamp": "1.0"}, "message_not_found"),
        ("views.open", {"trigger_id": "1.2.3", "view": MODAL}, "invalid_trigger_id"),
        ("views.push", {"trigger_id": slack.new_trigger(bob).id, "view": MODAL}, "not_found"),
        ("views.publish", {"user_id": "U0NONE", "view": HOME}, "user_not_found"),
        ("views.open", {"trigger_id": "1.2.3", "view": []}, "invalid_arguments"),
        ("api.test", {"error": "my_error"}, "my_error"),
    ]
    for method, arguments, error in refusals:
        with refuses(error):
            await api.api_call(method, json=arguments)
    assert (await api.api_test(foo="bar"))["args"] == {"foo": "bar"}
    await api.chat_postMessage(channel="#deploys", text="by name")
    assert slack.calls_per_method()["chat.postMessage"] == 3


async def test_rate_limits_when_switched_on(api, slack, clock, ops):
    """Above a tier's calls a minute Slack answers 429 and says how long to wait."""
    slack.limits.on = True
    posted = await api.chat_postMessage(channel=ops.id, text="x")
    for number in range(50):
        await api.chat_update(channel=ops.id, ts=posted["ts"], text=str(number))
    with pytest.raises(SlackApiError, match="ratelimited") as refused:
        await api.chat_update(channel=ops.id, ts=posted["ts"], text="once more")
    assert refused.value.response.status_code == 429
    clock.seconds += int(refused.value.response.headers["Retry-After"])
    await api.chat_update(channel=ops.id, ts=posted["ts"], text="once more")
    assert ops.messages[0].text == "once more"
