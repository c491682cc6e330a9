"""Whatever comes in through the bot's real doors is answered, and starts and breaks nothing."""

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.slack import wire
from tests.fuzz import shapes
from tests.fuzz.stage import on_stage, spoil

FEW = settings(max_examples=25, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """A bot for all of this file; when it ends, its log is searched for tracebacks and secrets."""
    with on_stage(f"sqlite:///{tmp_path_factory.mktemp('fuzz') / 'bot.db'}") as made:
        yield made
        assert made.world.harness.world.resumes == [], "something was resumed"


bodies = st.binary(max_size=300) | shapes.anything.map(lambda data: json.dumps(data).encode())


@FEW
@given(
    body=bodies,
    path=st.sampled_from(["/slack/events", "/harness/events"]),
    kind=st.sampled_from(["application/json", "application/x-www-form-urlencoded", "x/y", ""]),
    signed=st.booleans(),
)
def test_any_body_is_answered_without_an_error(stage, body, path, kind, signed):
    """Any bytes, signed or not, are answered below 500, and unsigned ones never with 2xx."""
    headers = {"Content-Type": kind} if kind else {}
    text = body.decode(errors="replace")
    if signed:
        headers |= stage.world.slack.delivery.http._signature(text)
        headers["Authorization"] = "Bearer an-events-token"
    status = stage.run(stage.post(path, text.encode(), headers))
    assert status < 500
    assert signed or status in {400, 401}


@FEW
@given(change=st.data())
def test_no_press_is_left_without_an_answer(stage, change):
    """A press with odd or missing parts is acknowledged, and its person is answered."""
    payload = change.draw(shapes.nearly(stage.fresh(stage.press)))
    before = stage.answers
    receipt = stage.run(stage.world.slack.delivery.send("interactive", payload))
    assert receipt.status is not None
    assert receipt.status < 500
    pressed = wire.press(payload) if payload.get("type") == "block_actions" else None
    if pressed and pressed.action and not pressed.is_link and pressed.id not in stage.seen:
        assert receipt.acked
        stage.seen.add(pressed.id)
        assert stage.run(stage.answered(before)), payload


@FEW
@given(value=shapes.texts | st.from_regex(r"v[0-9]\.[\w-]{1,30}\.[0-9]{1,6}\.[0-9a-f]{16}"))
def test_no_buttons_value_is_left_without_an_answer(stage, value):
    """Buttons of other versions, damaged ones and foreign ones are answered politely."""
    payload = stage.fresh(stage.press)
    payload["actions"][0]["value"] = value
    before = stage.answers
    receipt = stage.run(stage.world.slack.delivery.send("interactive", payload))
    assert receipt.acked
    assert stage.run(stage.answered(before))


@FEW
@given(text=st.text(max_size=200) | shapes.texts)
def test_no_command_is_left_without_an_answer(stage, text):
    """Whatever is typed after the command, the person is told something."""
    before = stage.answers
    form = stage.fresh(stage.command | {"text": text})
    receipt = stage.run(stage.world.slack.delivery.send("slash_commands", form))
    assert receipt.acked
    assert stage.run(stage.answered(before)), text


EVENT = {
    "type": "message",
    "subtype": "bot_message",
    "bot_id": "B123",
    "ts": "1795000000.000100",
    "channel": "C00000007",
    "channel_type": "channel",
    "text": "Pipeline failed",
    "attachments": [{"color": "danger", "text": "failed", "title_link": "https://x/y"}],
}


@FEW
@given(event=shapes.nearly(EVENT))
def test_any_event_is_acknowledged(stage, event):
    """Events with odd parts are acknowledged and ignored, never answered with a 5xx."""
    payload = {"type": "event_callback", "event": event, "team_id": "T0PRETEND", "event_id": "Ev1"}
    receipt = stage.run(stage.world.slack.delivery.send("events_api", payload))
    assert receipt.status is not None
    assert receipt.status < 500
    assert receipt.acked


@FEW
@given(seed=st.integers(0, 2**32), pressing=st.booleans())
def test_no_spoiled_answer_of_harness_leaves_a_person_without_words(stage, seed, pressing):
    """When Harness's answers have odd or missing parts, the person is told, and nothing starts."""
    dice, harness = random.Random(seed), stage.world.harness
    after = harness._after

    async def spoiled(request, armed, question, told):
        return await after(request, armed, question, spoil(told, dice))

    harness._after = spoiled
    try:
        before = stage.answers
        if pressing:
            sending = stage.world.slack.delivery.send("interactive", stage.fresh(stage.press))
        else:
            run = next(iter(harness.world.runs))
            sending = stage.world.slack.delivery.send(
                "slash_commands", stage.fresh(stage.command | {"text": run})
            )
        assert stage.run(sending).acked
        assert stage.run(stage.answered(before))
    finally:
        del harness._after
