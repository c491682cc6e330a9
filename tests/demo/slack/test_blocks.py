"""What Slack refuses as blocks, and what it takes."""

import pytest
from slack_sdk.errors import SlackApiError

from bot.demo.slack.blocks import check_blocks, check_view


def plain(text):
    return {"type": "plain_text", "text": text}


def mrkdwn(text):
    return {"type": "mrkdwn", "text": text}


def section(**parts):
    return {"type": "section", "text": mrkdwn("x")} | parts


def button(**parts):
    return {"type": "button", "text": plain("Go"), "action_id": "go", "value": "1"} | parts


def actions(*elements, **parts):
    return {"type": "actions", "elements": list(elements)} | parts


def confirm(**parts):
    return {
        "title": plain("Sure?"), "text": mrkdwn("Really"), "confirm": plain("Yes"),
        "deny": plain("No"),
    } | parts  # fmt: skip


def menu(**parts):
    options = [{"text": plain("One"), "value": "1"}]
    return {"type": "static_select", "action_id": "menu", "options": options} | parts


def plan(*tasks):
    return {"type": "plan", "title": "Run", "tasks": list(tasks)}


def task(**parts):
    return {"task_id": "1", "title": "Build", "status": "pending"} | parts


BAD = {
    "not a list of objects": (["x"], "/blocks/0"),
    "unknown block type": ([{"type": "sektion"}], "/blocks/0/type"),
    "alert outside a modal": ([{"type": "alert"}], "/blocks/0/type"),
    "51 blocks": ([{"type": "divider"}] * 51, "/blocks"),
    "unknown key": ([section(colour="red")], "/blocks/0"),
    "section without text": ([{"type": "section"}], "/blocks/0"),
    "section text empty": ([section(text=mrkdwn(""))], "/blocks/0/text/text"),
    "section text 3001": ([section(text=mrkdwn("x" * 3001))], "/blocks/0/text/text"),
    "text type": ([section(text={"type": "text", "text": "x"})], "/blocks/0/text/type"),
    "text is a string": ([section(text="x")], "/blocks/0/text"),
    "emoji on mrkdwn": ([section(text=mrkdwn("x") | {"emoji": True})], "/blocks/0/text"),
    "verbatim on plain": ([section(text=plain("x") | {"verbatim": True})], "/blocks/0/text"),
    "11 fields": ([section(fields=[mrkdwn("x")] * 11)], "/blocks/0/fields"),
    "no fields": ([section(fields=[])], "/blocks/0/fields"),
    "field 2001": ([section(fields=[mrkdwn("x" * 2001)])], "/blocks/0/fields/0/text"),
    "header in mrkdwn": ([{"type": "header", "text": mrkdwn("x")}], "/blocks/0/text/type"),
    "header empty": ([{"type": "header", "text": plain("")}], "/blocks/0/text/text"),
    "header 151": ([{"type": "header", "text": plain("x" * 151)}], "/blocks/0/text/text"),
    "actions empty": ([actions()], "/blocks/0/elements"),
    "26 buttons": (
        [actions(*(button(action_id=f"a{n}") for n in range(26)))], "/blocks/0/elements"),
    "text input in actions": ([actions({"type": "plain_text_input"})], "/blocks/0/elements/0/type"),
    "11 in context": ([{"type": "context", "elements": [mrkdwn("x")] * 11}], "/blocks/0/elements"),
    "button in context": (
        [{"type": "context", "elements": [button()]}], "/blocks/0/elements/0/type"),
    "button mrkdwn": ([actions(button(text=mrkdwn("x")))], "/blocks/0/elements/0/text/type"),
    "button text 76": ([actions(button(text=plain("x" * 76)))], "/blocks/0/elements/0/text/text"),
    "button without text": ([actions({"type": "button"})], "/blocks/0/elements/0"),
    "button value 2001": ([actions(button(value="x" * 2001))], "/blocks/0/elements/0/value"),
    "button url 3001": ([actions(button(url="x" * 3001))], "/blocks/0/elements/0/url"),
    "button style": ([actions(button(style="green"))], "/blocks/0/elements/0/style"),
    "label 76": (
        [actions(button(accessibility_label="x" * 76))], "/blocks/0/elements/0/accessibility_label",
    ),
    "action_id 256": ([actions(button(action_id="x" * 256))], "/blocks/0/elements/0/action_id"),
    "action_id twice": ([actions(button(), button())], "/blocks/0/elements/1/action_id"),
    "action_id twice in the message": (
        [actions(button()), actions(button())], "/blocks/1/elements/0/action_id",
    ),
    "block_id twice": ([section(block_id="b"), section(block_id="b")], "/blocks/1/block_id"),
    "block_id 256": ([section(block_id="b" * 256)], "/blocks/0/block_id"),
    "confirm title 101": (
        [actions(button(confirm=confirm(title=plain("x" * 101))))],
        "/blocks/0/elements/0/confirm/title/text",
    ),
    "confirm title mrkdwn": (
        [actions(button(confirm=confirm(title=mrkdwn("x"))))],
        "/blocks/0/elements/0/confirm/title/type",
    ),
    "confirm text 301": (
        [actions(button(confirm=confirm(text=mrkdwn("x" * 301))))],
        "/blocks/0/elements/0/confirm/text/text",
    ),
    "confirm button 31": (
        [actions(button(confirm=confirm(confirm=plain("x" * 31))))],
        "/blocks/0/elements/0/confirm/confirm/text",
    ),
    "confirm without deny": (
        [actions(button(confirm=confirm(deny=None)))], "/blocks/0/elements/0/confirm/deny",
    ),
    "101 options": (
        [actions(menu(options=[{"text": plain("x"), "value": str(n)} for n in range(101)]))],
        "/blocks/0/elements/0/options",
    ),
    "no options": ([actions(menu(options=[]))], "/blocks/0/elements/0/options"),
    "option text 76": (
        [actions(menu(options=[{"text": plain("x" * 76), "value": "1"}]))],
        "/blocks/0/elements/0/options/0/text/text",
    ),
    "option value 151": (
        [actions(menu(options=[{"text": plain("x"), "value": "1" * 151}]))],
        "/blocks/0/elements/0/options/0/value",
    ),
    "placeholder 151": (
        [actions(menu(placeholder=plain("x" * 151)))], "/blocks/0/elements/0/placeholder/text",
    ),
    "initial option unknown": (
        [actions(menu(initial_option={"text": plain("Two"), "value": "2"}))],
        "/blocks/0/elements/0/initial_option",
    ),
    "6 in overflow": (
        [actions({"type": "overflow", "action_id": "o",
                  "options": [{"text": plain("x"), "value": str(n)} for n in range(6)]})],
        "/blocks/0/elements/0/options",
    ),
    "image without alt": ([{"type": "image", "image_url": "https://x/y.png"}], "/blocks/0"),
    "markdown 12001": ([{"type": "markdown", "text": "x" * 12001}], "/blocks/0/text"),
    "task status": ([plan(task(status="skipped"))], "/blocks/0/tasks/0/status"),
    "task id twice": ([plan(task(), task())], "/blocks/0/tasks/1/task_id"),
    "value is a number": ([actions(button(value=1))], "/blocks/0/elements/0/value"),
    "element is a string": ([actions("go")], "/blocks/0/elements/0"),
    "accessory is a string": ([section(accessory="go")], "/blocks/0/accessory"),
    "fields are a string": ([section(fields="go")], "/blocks/0"),
    "blocks are a string": ("go", "/blocks"),
    "unknown key of a button": ([actions(button(disabled=True))], "/blocks/0/elements/0"),
    "seen by eleven": (
        [actions(button(visible_to_user_ids=["U"] * 11))],
        "/blocks/0/elements/0/visible_to_user_ids",
    ),
    "options and groups": ([actions(menu(option_groups=[]))], "/blocks/0/elements/0"),
    "group label 76": (
        [actions(menu(options=None, option_groups=[{"label": plain("x" * 76), "options": []}]))],
        "/blocks/0/elements/0/option_groups/0/label/text",
    ),
    "option description 76": (
        [actions(menu(options=[{"text": plain("x"), "value": "1", "description": plain("x" * 76)}
        ]))],
        "/blocks/0/elements/0/options/0/description/text",
    ),
    "confirm is a string": (
        [actions(button(confirm="sure"))], "/blocks/0/elements/0/confirm",
    ),
    "confirm style": (
        [actions(button(confirm=confirm(style="red")))], "/blocks/0/elements/0/confirm/style",
    ),
    "image of two sources": (
        [{"type": "image", "image_url": "x", "slack_file": {"id": "F"}, "alt_text": "x"}],
        "/blocks/0",
    ),
    "image title mrkdwn": (
        [{"type": "image", "image_url": "x", "alt_text": "x", "title": mrkdwn("x")}],
        "/blocks/0/title/type",
    ),
    "input without label": (
        [{"type": "input", "element": {"type": "plain_text_input"}}], "/blocks/0/label",
    ),
    "button as input": (
        [{"type": "input", "label": plain("x"), "element": button()}], "/blocks/0/element/type",
    ),
    "six context actions": (
        [{"type": "context_actions", "elements": [{"type": "icon_button"}] * 6}],
        "/blocks/0/elements",
    ),
    "task without title": ([plan(task(title=None))], "/blocks/0/tasks/0/title"),
    "task details": ([plan(task(details={"type": "section"}))], "/blocks/0/tasks/0/details/type"),
    "table without rows": ([{"type": "table"}], "/blocks/0"),
    "table of 101 rows": ([{"type": "table", "rows": [[]] * 101}], "/blocks/0/rows"),
    "rich text part": (
        [{"type": "rich_text", "elements": [{"type": "text"}]}], "/blocks/0/elements/0/type",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_blocks_are_refused_with_the_place(case):
    """Each bad payload is refused, and a JSON pointer says where."""
    blocks, pointer = BAD[case]
    complaints = check_blocks(blocks)
    assert any(f"[json-pointer:{pointer}]" in line for line in complaints), complaints


def test_good_blocks_at_their_limits_are_taken():
    """Everything may be exactly as long as Slack allows."""
    blocks = [
        {"type": "header", "text": plain("h" * 150)},
        section(text=mrkdwn("s" * 3000), fields=[mrkdwn("f" * 2000)] * 10, block_id="b" * 255),
        section(accessory=button(action_id="accessory")),
        actions(
            button(
                text=plain("t" * 75), value="v" * 2000, style="primary",
                accessibility_label="l" * 75, action_id="a" * 255,
                confirm=confirm(title=plain("t" * 100), text=mrkdwn("t" * 300), style="danger"),
            ),
            menu(options=[{"text": plain("o" * 75), "value": f"{n:150}"} for n in range(100)]),
        ),
        {"type": "context", "elements": [mrkdwn("c")] * 10},
        {"type": "divider"},
        plan(task(), task(task_id="2", status="complete")),
        {"type": "markdown", "text": "*x*"},
        {"type": "input", "label": plain("l"), "element": {"type": "plain_text_input"}},
    ]  # fmt: skip
    assert check_blocks(blocks) == []


BAD_VIEWS = {
    "type": {"type": "window", "blocks": []},
    "title 25": {"type": "modal", "title": plain("t" * 25), "blocks": []},
    "no title": {"type": "modal", "blocks": []},
    "title mrkdwn": {"type": "modal", "title": mrkdwn("t"), "blocks": []},
    "no blocks": {"type": "modal", "title": plain("t")},
    "private_metadata": {"type": "home", "blocks": [], "private_metadata": "x" * 3001},
    "callback_id": {"type": "home", "blocks": [], "callback_id": "x" * 256},
    "101 blocks": {"type": "home", "blocks": [{"type": "divider"}] * 101},
    "title on home": {"type": "home", "title": plain("t"), "blocks": []},
    "plan on home": {"type": "home", "blocks": [plan()]},
    "input without submit": {
        "type": "modal", "title": plain("t"),
        "blocks": [{"type": "input", "label": plain("l"), "element": {"type": "plain_text_input"}}],
    },
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_VIEWS)
def test_bad_views_are_refused(case):
    """Each bad view is refused with a pointer into the view."""
    assert any("[json-pointer:/view" in line for line in check_view(BAD_VIEWS[case]))


async def test_refused_blocks_answer_as_slack_does(api, ops):
    """Bad blocks give `invalid_blocks` with the pointers in response_metadata."""
    with pytest.raises(SlackApiError) as refused:
        await api.chat_postMessage(channel=ops.id, text="x", blocks=[{"type": "header"}])
    answer = refused.value.response
    assert answer["error"] == "invalid_blocks"
    assert "[json-pointer:/blocks/0/text]" in answer["response_metadata"]["messages"][0]
    assert ops.messages == []


async def test_too_much_block_text_is_refused(api, ops):
    """Block text above 13,000 characters gives `msg_blocks_too_long`."""
    blocks = [section(text=mrkdwn("x" * 2700)) for _ in range(5)]
    with pytest.raises(SlackApiError, match="msg_blocks_too_long"):
        await api.chat_postMessage(channel=ops.id, text="x", blocks=blocks)


async def test_blocks_can_be_checked_without_posting(api, slack):
    """`blocks.validate` finds faults and does not ask for a text."""
    assert (await api.blocks_validate(blocks=[section()]))["ok"]
    assert (await api.blocks_validate(message={"blocks": [section()]}))["ok"]
    with pytest.raises(SlackApiError, match="invalid_blocks"):
        await api.blocks_validate(blocks=[{"type": "nope"}])
    with pytest.raises(SlackApiError, match="invalid_blocks"):
        await api.blocks_validate(view={"type": "modal"})
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await api.blocks_validate()
    assert slack.violations == []
