"""The page in a real browser: what people see of messages, and what their acts send."""

import re

import aiohttp
import pytest
from playwright.async_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def button(text="▶ Deploy", **more):
    named = {"type": "plain_text", "text": text}
    return {"type": "button", "action_id": "go", "value": "v1", "text": named} | more


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def plain(text):
    return {"type": "plain_text", "text": text}


def mrkdwn(text):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


CONFIRM = {
    "title": plain("Resume in production?"),
    "text": plain("Production: eu"),
    "confirm": plain("Resume"),
    "deny": plain("Cancel"),
}


async def test_messages_show_who_wrote_them_and_when(acme, visit):
    """A message stands in its channel with its author's name, a badge for bots, and a time."""
    acme.lee.says(acme.deploys, "Is it up?")
    await acme.posts("It is.")
    seen = await visit(acme.address)
    await expect(seen.message("Is it up?").locator(".who strong")).to_have_text("Lee Dev")
    await expect(seen.message("Is it up?").locator(".badge")).to_have_count(0)
    answer = seen.message("It is.")
    await expect(answer.locator(".badge")).to_have_text("APP")
    await expect(answer.locator("time").first).to_have_text(re.compile(r"\d{1,2}:\d\d"))


MARKUP = [
    ("*bold* words", "strong", "bold"),
    ("_slanted_ words", "em", "slanted"),
    ("~gone~ words", "s", "gone"),
    ("`a_b*c*` words", "code", "a_b*c*"),
    ("```line 1\nline 2```", "pre", "line 1\nline 2"),
    ("&gt; said before", "blockquote", "said before"),
    ("<https://h.example/x|the run>", "a[href='https://h.example/x']", "the run"),
    ("<!date^0^{date_num}|long ago>", "time", re.compile("19(69|70)")),
    ("<!channel> wake up", ".mention", "@channel"),
    ("1 &lt; 2 &amp;&amp; :tada:", ".text", "1 < 2 && 🎉"),
    (":constructor: :no_such: :x:", ".text", ":constructor: :no_such: ❌"),
    ("<@constructor>", ".mention", "@constructor"),
    ("snake_case_name and 2*3*4", ".text", "snake_case_name and 2*3*4"),
    ("*<https://h.example/|both>*", "strong a", "both"),
    ("_at <!date^0^{date_num}|x> or so_", "em time", re.compile("19(69|70)")),
]


async def test_markup_is_drawn_as_slack_draws_it(acme, visit):
    """Slack's own markup becomes emphasis, code, quotes, links, dates, mentions and emoji."""
    for markup, _, _ in MARKUP:
        await acme.posts("x", blocks=[mrkdwn(markup)])
    seen = await visit(acme.address)
    drawn = seen.tab.locator("#log .section")
    await expect(drawn).to_have_count(len(MARKUP))
    for at, (_, selector, shown) in enumerate(MARKUP):
        await expect(drawn.nth(at).locator(selector)).to_have_text(shown)


async def test_mentions_name_the_person(acme, visit):
    """A mention shows the name behind the id, and stands out for the one who is meant."""
    await acme.posts(f"<@{acme.dana.id}> and <@{acme.lee.id}>")
    seen = await visit(acme.address)
    await expect(seen.tab.locator(".mention.mine")).to_have_text("@Dana Ops")
    await expect(seen.tab.locator(".mention:not(.mine)")).to_have_text("@Lee Dev")


async def test_every_kind_of_block_has_a_look_or_a_placeholder(acme, visit):
    """Cards are drawn whole; a block that the page cannot draw says so instead of vanishing."""
    rich = {
        "type": "rich_text_section",
        "elements": [{"type": "text", "text": "rich", "style": {"bold": True}}],
    }
    blocks = [
        {"type": "header", "text": plain("❌ Checkout failed")},
        mrkdwn("with an accessory") | {"accessory": button(action_id="side")},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*App*\nShop"}]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "small print"}]},
        {"type": "divider"},
        {"type": "image", "image_url": "https://elsewhere.example/x.png", "alt_text": "a graph"},
        {"type": "rich_text", "elements": [rich]},
        {"type": "task_card", "task_id": "1", "title": "Deploy", "status": "pending"},
        actions(button(style="primary"), button("Stop", action_id="no", style="danger")),
    ]
    await acme.posts("a card", blocks=blocks)
    seen = await visit(acme.address)
    card = seen.tab.locator("#log article").last
    await expect(card.get_by_role("heading")).to_have_text("❌ Checkout failed")
    await expect(card.locator(".section .action")).to_have_text("▶ Deploy")
    await expect(card.locator(".fields")).to_contain_text("Shop")
    await expect(card.locator(".context")).to_have_text("small print")
    await expect(card.locator("hr")).to_have_count(1)
    await expect(card.get_by_role("img", name="a graph")).to_be_visible()
    await expect(card.locator("strong", has_text="rich")).to_be_visible()
    await expect(card.get_by_role("note")).to_contain_text("A block of type “task_card”")
    await expect(card.locator(".action.primary")).to_have_text("▶ Deploy")
    await expect(card.locator(".action.danger")).to_have_text("Stop")


async def test_alerts_keep_their_colour_bar(acme, visit):
    """A webhook's attachment shows its text and footer beside a bar of its colour."""
    part = {"color": "#EC372E", "text": "*Environment:* prod", "footer": "1m 2s"}
    acme.slack.webhook(acme.deploys).posts("Workflow failed", attachments=[part])
    seen = await visit(acme.address)
    alert = seen.message("Workflow failed").locator(".attachment")
    await expect(alert).to_have_css("border-left-color", "rgb(236, 55, 46)")
    await expect(alert.locator("strong")).to_have_text("Environment:")
    await expect(alert.locator(".footer")).to_have_text("1m 2s")
    await expect(seen.message("Workflow failed").locator(".who strong")).to_have_text("Harness")


async def test_what_happens_is_shown_at_once_without_a_reload(acme, visit):
    """New, edited and deleted messages appear, change and go while the page stays as it is."""
    seen = await visit(acme.address)
    message = await acme.posts("first words")
    await expect(seen.message("first words")).to_be_visible()
    acme.slack.edits(message, text="second thoughts")
    await expect(seen.message("second thoughts")).to_be_visible()
    await expect(seen.message("first words")).to_have_count(0)
    acme.slack.deletes(message)
    await expect(seen.message("second thoughts")).to_have_count(0)


async def test_enter_sends_and_shift_enter_does_not(acme, visit):
    """The composer posts the typed message as the person whom the visitor acts as."""
    seen = await visit(acme.address)
    await seen.act_as("Lee Dev")
    box = seen.tab.locator("#write textarea")
    await box.press_sequentially("one")
    await box.press("Shift+Enter")
    await box.press_sequentially("two")
    await box.press("Enter")
    await expect(seen.message("one")).to_contain_text("two")
    assert [m.text for m in acme.deploys.messages] == ["one\ntwo"]
    assert acme.deploys.messages[0].author is acme.lee
    await expect(box).to_have_value("")


async def test_a_slash_command_reaches_the_bot(acme, visit):
    """A line that begins with the command is delivered as one, and is no message."""
    seen = await visit(acme.address)
    await seen.type("/resume abc <b>")
    await acme.slack.until(lambda: acme.bot.heard)
    assert acme.bot.heard[0]["command"] == "/resume"
    assert acme.bot.heard[0]["text"] == "abc &lt;b&gt;"
    assert acme.bot.heard[0]["user_id"] == acme.dana.id
    assert acme.deploys.messages == []


async def test_a_command_without_an_ack_shows_slacks_error(acme, visit):
    """When the bot does not ack, the person sees Slack's own words for it."""
    acme.slack.delivery.ack_seconds = 0.05
    acme.bot.acks = False
    seen = await visit(acme.address)
    await seen.type("/resume abc")
    shown = seen.tab.locator("article.ephemeral")
    await expect(shown).to_contain_text('/resume failed with the error "dispatch_failed"')
    await expect(shown.locator(".who strong")).to_have_text("Slackbot")


async def test_unknown_commands_are_refused_as_slack_does(acme, visit):
    """A command of no app is answered by Slackbot; in a thread no command works."""
    message = await acme.posts("root")
    seen = await visit(acme.address)
    await seen.type("/deploy now")
    await expect(seen.tab.locator("article.ephemeral")).to_contain_text("is not a valid command")
    await seen.message("root").hover()
    await seen.message("root").get_by_role("button", name="Reply in thread").click()
    await seen.tab.locator("#thread-write textarea").fill("/resume abc")
    await seen.tab.keyboard.press("Enter")
    await expect(seen.tab.locator(".toast")).to_contain_text("not supported in threads")
    assert message.thread == []
    assert acme.bot.heard == []


async def test_a_command_in_code_goes_into_the_composer(acme, visit):
    """A click on `/resume …` in a message puts it where it can be sent with Enter."""
    await acme.posts("Try `/resume abc`, not `rm`")
    seen = await visit(acme.address)
    await seen.tab.get_by_role("button", name="/resume abc").click()
    await expect(seen.tab.locator("#write textarea")).to_have_value("/resume abc")
    await expect(seen.tab.locator("#write textarea")).to_be_focused()
    await expect(seen.tab.locator("code")).to_have_text("rm")


async def test_a_press_sends_what_slack_would_send(acme, visit):
    """Pressing a button delivers its action id and value as the chosen person; labels are read."""
    label = "Resume Shop from Deploy"
    await acme.posts("card", blocks=[actions(button(accessibility_label=label))])
    seen = await visit(acme.address)
    await seen.act_as("Lee Dev")
    await seen.tab.get_by_role("button", name=label).click()
    await acme.slack.until(lambda: acme.bot.pressed)
    assert (acme.bot.pressed[0]["action_id"], acme.bot.pressed[0]["value"]) == ("go", "v1")
    assert acme.bot.heard[0]["user"]["id"] == acme.lee.id


async def test_a_confirm_dialog_stands_between_press_and_act(acme, visit):
    """Cancel, or Escape, sends nothing; only the dialog's own yes does."""
    await acme.posts("card", blocks=[actions(button(confirm=CONFIRM))])
    seen = await visit(acme.address)
    dialog = seen.tab.get_by_role("dialog", name="Resume in production?")
    press = seen.tab.get_by_role("button", name="▶ Deploy")
    await press.click()
    await expect(dialog).to_contain_text("Production: eu")
    await dialog.get_by_role("button", name="Cancel").click()
    await press.click()
    await seen.tab.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    assert acme.bot.pressed == []
    await press.click()
    await dialog.get_by_role("button", name="Resume").click()
    await acme.slack.until(lambda: acme.bot.pressed)
    assert len(acme.bot.pressed) == 1


async def test_a_press_that_is_not_acked_is_told(acme, visit):
    """A click that the bot does not ack shows a warning, as in Slack."""
    acme.bot.acks = False
    await acme.posts("card", blocks=[actions(button())])
    seen = await visit(acme.address)
    await seen.tab.get_by_role("button", name="▶ Deploy").click()
    await expect(seen.tab.locator(".toast.bad")).to_contain_text("That did not work")


async def test_a_menu_is_chosen_from_with_the_keyboard(acme, visit):
    """A select opens by Enter, arrows move through its groups, Enter chooses, Escape leaves."""
    option = [{"text": plain(f"↺ Stage {n}"), "value": f"s{n}"} for n in range(4)]
    groups = [
        {"label": plain("Early"), "options": option[:2]},
        {"label": plain("Late"), "options": option[2:]},
    ]
    menu = {
        "type": "static_select",
        "action_id": "menu",
        "placeholder": plain("Resume from"),
        "option_groups": groups,
    }
    await acme.posts("card", blocks=[actions(menu)])
    seen = await visit(acme.address)
    opener = seen.tab.get_by_role("button", name="Resume from")
    await opener.press("Enter")
    await expect(seen.tab.get_by_role("listbox")).to_contain_text("Late")
    await seen.tab.keyboard.press("Escape")
    await expect(seen.tab.get_by_role("listbox")).to_have_count(0)
    await expect(opener).to_be_focused()
    await opener.press("Enter")
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        await seen.tab.keyboard.press(key)
    await acme.slack.until(lambda: acme.bot.pressed)
    assert acme.bot.pressed[0]["selected_option"]["value"] == "s2"


async def test_an_ephemeral_message_is_for_one_person(acme, visit):
    """It says that only the one can see it, can be dismissed, and is not there for another."""
    await acme.bot.client.chat_postEphemeral(
        channel=acme.deploys.id, user=acme.dana.id, text="You may not."
    )
    seen = await visit(acme.address)
    await expect(seen.message("You may not.")).to_contain_text("Only visible to you")
    await seen.act_as("Lee Dev")
    await expect(seen.message("You may not.")).to_have_count(0)
    await seen.act_as("Dana Ops")
    await seen.message("You may not.").get_by_role("button", name="Dismiss").click()
    await expect(seen.message("You may not.")).to_have_count(0)


async def test_a_thread_opens_beside_the_channel(acme, visit):
    """The root tells how many replies it has; they are read and written in the thread's panel."""
    root = await acme.posts("root")
    await acme.posts("first reply", thread_ts=root.ts)
    seen = await visit(acme.address)
    await expect(seen.message("first reply")).to_have_count(0)
    await seen.tab.get_by_role("button", name="1 reply").click()
    thread = seen.tab.get_by_role("complementary", name="Thread")
    await expect(thread.locator("article")).to_have_count(2)
    await thread.locator("textarea").fill("second reply")
    await thread.locator("textarea").press("Enter")
    await expect(thread.locator("article")).to_have_count(3)
    await expect(seen.tab.get_by_role("button", name="2 replies")).to_be_visible()
    assert [reply.text for reply in root.thread] == ["first reply", "second reply"]
    await seen.tab.keyboard.press("Escape")
    await expect(thread).to_be_hidden()


async def test_unread_channels_are_marked_until_they_are_opened(acme, visit):
    """A message elsewhere makes the channel bold with a count, for each person by themselves."""
    seen = await visit(acme.address)
    acme.dana.says(acme.quiet, "psst")
    mine = seen.tab.get_by_role("button", name="channel quiet")
    await seen.act_as("Lee Dev")
    await expect(seen.tab.get_by_role("button", name="channel quiet, 1 unread")).to_be_visible()
    await mine.click()
    await expect(seen.tab.locator(".day.new")).to_be_visible()
    await seen.tab.get_by_role("button", name="channel deploys").click()
    await expect(seen.tab.get_by_role("button", name="channel quiet", exact=True)).to_be_visible()


async def test_the_bot_can_be_invited(acme, visit):
    """A channel without the bot says so at its top, until `/invite` brings the bot in."""
    seen = await visit(acme.address)
    await seen.tab.get_by_role("button", name="channel quiet").click()
    await expect(seen.tab.locator("#place")).to_contain_text("is not in this channel")
    await seen.type("/invite @nobody")
    await expect(seen.tab.locator("article.ephemeral")).to_contain_text("only the bot")
    await seen.type("/invite @Harness Resume")
    await expect(seen.tab.locator("#place")).not_to_contain_text("is not in this channel")
    assert acme.slack.bot in acme.quiet.members


async def test_a_modal_is_filled_in_and_submitted(acme, visit):
    """Required fields are asked for, the bot's errors stand at their field, then it closes."""
    view = {
        "type": "modal", "title": plain("Resume a run"), "submit": plain("Find"),
        "blocks": [
            {"type": "input", "block_id": "run", "label": plain("Execution"),
             "element": {"type": "plain_text_input", "action_id": "text"}},
            {"type": "input", "block_id": "why", "label": plain("Reason"), "optional": True,
             "element": {"type": "static_select", "action_id": "pick",
                         "options": [{"text": plain("Flaky"), "value": "f"}]}},
        ],
    }  # fmt: skip

    async def answer(payload):
        if payload["type"] == "message_action":
            await acme.bot.client.views_open(trigger_id=payload["trigger_id"], view=view)
        elif payload["view"]["state"]["values"]["run"]["text"]["value"] == "nonsense":
            return {"response_action": "errors", "errors": {"run": "That is no execution."}}
        return None

    acme.bot.answer = answer
    await acme.posts("a deployment failed")
    acme.bot.heard.clear()
    seen = await visit(acme.address)
    await seen.message("a deployment failed").hover()
    await seen.message("a deployment failed").get_by_role("button", name="More actions").click()
    await seen.tab.get_by_role("option", name="Resume this pipeline").click()
    dialog = seen.tab.get_by_role("dialog", name="Resume a run")
    await dialog.get_by_role("button", name="Find").click()
    await expect(dialog.get_by_role("alert").first).to_have_text(
        re.compile("complete this required")
    )
    await dialog.get_by_label("Execution").fill("nonsense")
    await dialog.get_by_label("Reason").select_option("Flaky")
    await dialog.get_by_role("button", name="Find").click()
    await expect(dialog.get_by_role("alert").first).to_have_text("That is no execution.")
    await dialog.get_by_label("Execution").fill("nJH5GUVO7vIvihVdoOIdnQ")
    await dialog.get_by_label("Execution").press("Enter")
    await expect(dialog).to_be_hidden()
    assert acme.bot.heard[0]["callback_id"] == "resume_from_message"
    values = acme.bot.heard[-1]["view"]["state"]["values"]
    assert values["why"]["pick"]["selected_option"]["value"] == "f"


async def test_the_apps_home_tab_is_shown(acme, visit):
    """Opening the app delivers the event; what the bot publishes stands in the Home tab."""

    async def answer(payload):
        if payload.get("event", {}).get("type") == "app_home_opened":
            home = {"type": "home", "blocks": [mrkdwn("*Your runs*"), actions(button())]}
            await acme.bot.client.views_publish(user_id=payload["event"]["user"], view=home)

    acme.bot.answer = answer
    seen = await visit(acme.address)
    await seen.tab.locator("#apps").get_by_role("button", name="Harness Resume").click()
    await expect(seen.tab.locator(".home strong")).to_have_text("Your runs")
    await seen.tab.locator(".home").get_by_role("button", name="▶ Deploy").click()
    await acme.slack.until(lambda: acme.bot.pressed)
    await seen.tab.get_by_role("tab", name="Messages").click()
    await expect(seen.tab.locator("#write textarea")).to_be_visible()


EVIL = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>"\'><b>bold</b>'


async def test_markup_of_others_stays_text(acme, visit):
    """HTML in names, texts, buttons, menus, links, dialogs and attachments is shown, never run."""
    acme.slack.person(EVIL, name="mallory")
    evil = {
        "type": "static_select",
        "action_id": "menu",
        "placeholder": plain(EVIL),
        "options": [{"text": plain(EVIL[:75]), "value": EVIL}],
    }
    confirm = CONFIRM | {"text": plain(EVIL), "title": plain(EVIL)}
    blocks = [
        {"type": "header", "text": plain(EVIL)},
        mrkdwn(EVIL),
        mrkdwn(f"`{EVIL}` *{EVIL}* ```{EVIL}```"),
        mrkdwn("<javascript:window.hit=1|click me> <data:text/html,x|or me>"),
        mrkdwn('<https://x.example/"onclick="window.hit=1|quoted>'),
        mrkdwn(f"<!date^1^{{date}}\"'{EVIL.replace('<', '').replace('>', '')}|{EVIL}>"),
        actions(button(EVIL[:75], accessibility_label=EVIL[:75], confirm=confirm), evil),
        {"type": "image", "image_url": "javascript:window.hit=1", "alt_text": EVIL},
    ]  # fmt: skip
    await acme.posts(EVIL, blocks=blocks)
    part = {
        "color": "red;background:url(x)",
        "text": EVIL,
        "title": EVIL,
        "title_link": "javascript:window.hit=1",
        "footer": EVIL,
    }
    acme.slack.webhook(acme.deploys, EVIL).posts(EVIL, attachments=[part])
    seen = await visit(acme.address)
    await seen.tab.get_by_role("button", name="<img").first.click()
    await expect(seen.tab.locator("#confirm")).to_contain_text("<img src=x")
    await seen.tab.keyboard.press("Escape")
    for dead in ("click me", "or me"):
        await seen.tab.get_by_text(dead).first.click()
    assert await seen.tab.evaluate("window.hit") is None
    assert await seen.tab.locator("#log img, #log script, #log b, #confirm img").count() == 0
    links = await seen.tab.locator("#log a").evaluate_all("all => all.map(a => a.protocol)")
    assert set(links) <= {"https:"}


async def test_no_script_but_the_pages_own_may_run(acme):
    """The answers carry a policy that forbids inline script and anything from elsewhere."""
    async with aiohttp.ClientSession() as session, session.get(acme.address) as answer:
        policy = answer.headers["Content-Security-Policy"]
        text = await answer.text()
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert re.findall(r"""(?:src|href)="(?!#)([^"]+)\"""", text) == [
        "icon.svg", "style.css", "app.js", "icon.svg",
    ]  # fmt: skip


@pytest.mark.parametrize("header", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
async def test_other_sites_in_the_same_browser_are_turned_away(acme, header):
    """A foreign origin or host name reaches neither the page, nor the acts, nor the live state."""
    body = {"as": acme.dana.id, "channel": acme.deploys.id, "text": "forged"}
    async with aiohttp.ClientSession(headers=header) as session:
        assert (await session.get(acme.address)).status == 403
        assert (await session.post(f"{acme.address}act/send", json=body)).status == 403
        assert (await session.get(f"{acme.address}live")).status == 403
    assert acme.deploys.messages == []


async def test_an_act_on_what_is_gone_is_refused_in_words(acme):
    """A press on a deleted message, or by nobody, is answered, and is no server error."""
    async with aiohttp.ClientSession() as session:
        for body in (
            {"as": acme.dana.id, "channel": acme.deploys.id, "ts": "1.1", "action": "go"},
            {"as": acme.dana.id, "channel": "C0", "ts": "1.1", "action": "go"},
            {"as": "U0", "channel": acme.deploys.id, "ts": "1.1", "action": "go"},
            {},
        ):
            answer = await session.post(f"{acme.address}act/press", json=body)
            assert answer.status == 200
            assert (await answer.json())["ok"] is False


async def test_the_page_comes_back_after_a_lost_connection(acme, visit):
    """When the connection drops the page says so, connects again and shows what it missed."""
    seen = await visit(acme.address)
    await seen.tab.evaluate(
        "() => { window.RealSocket = window.WebSocket; window.WebSocket = class {"
        " constructor() { setTimeout(() => this.onclose?.()); } close() {} }; }"
    )
    await seen.tab.get_by_role("radio", name="Act as Lee Dev").click()
    await expect(seen.tab.locator("#link-state")).to_have_text("reconnecting…")
    await acme.posts("meanwhile")
    await seen.tab.evaluate("() => { window.WebSocket = window.RealSocket; }")
    await expect(seen.message("meanwhile")).to_be_visible()
    await expect(seen.tab.locator("#link-state")).to_have_text("live")


async def test_everything_can_be_reached_with_the_keyboard(acme, visit):
    """Tab reaches channels, people, messages' buttons and the composer, each with a name."""
    await acme.posts(
        "card", blocks=[actions(button(accessibility_label="Resume Shop from Deploy"))]
    )
    seen = await visit(acme.address)
    await expect(seen.message("▶ Deploy")).to_be_visible()
    names = []
    for _ in range(25):
        await seen.tab.keyboard.press("Tab")
        names.append(
            await seen.tab.evaluate(
                "() => { const e = document.activeElement;"
                " return e.getAttribute('aria-label') || e.textContent.trim(); }"
            )
        )
    wanted = {"channel deploys", "channel quiet", "Resume Shop from Deploy", "Send", "Messages"}
    assert wanted <= set(names)
    assert any(name.startswith("Act as Lee Dev") for name in names)
    assert "" not in names


async def test_it_fits_into_a_narrow_window(acme, visit):
    """At 900 pixels nothing is wider than the window, with a thread open too."""
    root = await acme.posts(
        "root " + "long " * 60,
        blocks=[
            mrkdwn("w" * 300),
            actions(*(button("Deploy " * 9, action_id=str(n)) for n in range(4))),
        ],
    )
    await acme.posts("reply", thread_ts=root.ts)
    seen = await visit(acme.address, width=900, height=700)
    await seen.tab.get_by_role("button", name="1 reply").click()
    await expect(seen.tab.get_by_role("complementary", name="Thread")).to_be_visible()
    assert await seen.tab.evaluate("document.documentElement.scrollWidth") == 900
    widths = "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).length"
    assert await seen.tab.locator(".log").evaluate_all(widths) == 0


async def test_marks_are_drawn_where_no_font_has_them(acme, visit):
    """A mark of the bot's is a picture beside its character, which is copied and read aloud."""
    await acme.posts("✅ *Deploy* succeeded; ▶ is a letter")
    seen = await visit(acme.address)
    said = seen.message("succeeded")
    await expect(said.locator(".text .glyph svg")).to_have_count(1)
    await expect(said.locator(".text")).to_have_text("✅ Deploy succeeded; ▶ is a letter")


async def test_a_narrow_window_cuts_nothing_off(acme, visit):
    """On a telephone the columns stand below each other, and nothing is out of reach."""
    await acme.posts("Long words " * 30)
    seen = await visit(acme.address, width=390, height=844)
    await expect(seen.message("Long words")).to_be_visible()
    assert await seen.tab.evaluate("document.documentElement.scrollWidth") <= 390
    for part in ("#log", "#write"):
        box = await seen.tab.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
