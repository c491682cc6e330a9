"""A typed reason: asked for in a window before anything is read, shown, and recorded."""

import asyncio

import pytest

from bot.demo.slack import Person, Refused, Slow, View
from bot.demo.slack.payloads import view_submission
from tests.e2e.world import World, until, words

DEPLOY = "Resume Checkout Release from Deploy"
WANTED = "[only]\nreason = true"


async def window(world: World, person: Person) -> View:
    """Wait for the window that opens before *person*."""
    await world.slack.until(lambda: person.modal is not None, 5)
    assert person.modal is not None
    return person.modal


async def test_a_reason_is_asked_for_shown_and_recorded(world: World, policy, audit) -> None:
    """The press opens a window before Harness is read; the reason is on card, thread and audit."""
    run = world.failed_run()
    async with world.bot(**policy(WANTED)):
        card = await world.card(run)
        await world.dana.presses(card, DEPLOY)
        view = await window(world, world.dana)
        read = [r for r in world.harness.requests if "userByEmail" in r.names]
        assert read == [], "a window opens for three seconds only, so nothing is read before"
        assert "Checkout Release" in words_of(view)
        assert world.resumes_of(run) == []

        receipt = await world.dana.submits(view, {"text": "disk was *full* <!channel>"})
        assert receipt.acked
        await until(lambda: world.resumes_of(run) == ["Deploy"], world)
        reason = "disk was \u200b*\u200bfull\u200b*\u200b &lt;!channel&gt;"
        await until(lambda: any(reason in m.text for m in card.thread), world)
        await until(lambda: reason in words(card), world)

    assert [r["reason"] for r in audit("claimed")] == ["disk was *full* <!channel>"]
    assert [len(r["correlation"]) for r in audit("claimed")] == [8], "it leads to the log's lines"


async def test_the_second_submission_of_a_window_does_nothing(world: World, policy) -> None:
    """A window counts once: submitted again it is answered, and nothing is resumed twice."""
    run = world.failed_run()
    async with world.bot(**policy(WANTED)):
        card = await world.card(run)
        await world.dana.presses(card, DEPLOY)
        view = await window(world, world.dana)
        await asyncio.gather(*(world.dana.submits(view, {"text": "twice"}) for _ in range(3)))
        await until(lambda: world.resumes_of(run) == ["Deploy"], world)
        await until(lambda: world.dana.direct.messages or world.dana.ephemerals(), world)
        assert world.resumes_of(run) == ["Deploy"]


async def test_only_whoever_pressed_can_submit(world: World, policy) -> None:
    """A window's content sent in somebody else's name is answered and resumes nothing."""
    run = world.failed_run()
    async with world.bot(**policy(WANTED)):
        card = await world.card(run)
        await world.dana.presses(card, DEPLOY)
        view = await window(world, world.dana)
        mallory = world.slack.person("Mal Ory", email="mal@example.com")
        forged = view_submission(world.slack, mallory, view, typed(view, "let me"))
        assert (await world.slack.delivery.send("interactive", forged)).acked
        await world.slack.until(lambda: mallory.direct.messages, 5)
        assert "too old" in mallory.direct.messages[-1].text
        assert world.resumes_of(run) == []


@pytest.mark.parametrize("metadata", ["", "t1.x.y", "v9.a.b", "t1." + "a" * 200 + ".b", "\u0000"])
async def test_a_window_with_unknown_metadata_is_answered(world: World, metadata: str) -> None:
    """A window that the bot does not know is answered in words; nothing is resumed."""
    async with world.bot():
        view = made_up(world, world.dana, metadata)
        sent = view_submission(world.slack, world.dana, view, typed(view, "why not"))
        assert (await world.slack.delivery.send("interactive", sent)).acked
        await world.slack.until(lambda: world.dana.direct.messages, 5)
        assert "Nothing was resumed" in world.dana.direct.messages[-1].text


async def test_an_empty_reason_stays_in_the_window(world: World, policy) -> None:
    """Blanks and invisible characters are no reason: the window says so and stays."""
    run = world.failed_run()
    async with world.bot(**policy(WANTED)):
        card = await world.card(run)
        await world.dana.presses(card, DEPLOY)
        view = await window(world, world.dana)
        receipt = await world.dana.submits(view, {"text": " \u200b "})
        assert receipt.response == {
            "response_action": "errors",
            "errors": {"reason": "Please say why."},
        }
        assert world.dana.modal is view
        await world.dana.submits(view, {"text": "now really"})
        await until(lambda: world.resumes_of(run) == ["Deploy"], world)


@pytest.mark.parametrize("fault", [Refused("expired_trigger_id"), Slow(4.0)])
async def test_a_window_that_does_not_open_is_said(world: World, policy, fault) -> None:
    """Where Slack does not open the window the person is told, and nothing is resumed."""
    run = world.failed_run()
    async with world.bot(**policy(WANTED)):
        card = await world.card(run)
        world.slack.faults.arm("views.open", fault)
        said = await world.refusal(world.dana, card, DEPLOY)
        assert "Nothing was resumed" in said
        assert "needs a reason" in said
        assert world.resumes_of(run) == []


async def test_whoever_may_not_is_refused_after_a_reason_too(world: World, policy) -> None:
    """A reason buys no right: after the submission the person is checked like anybody."""
    run = world.failed_run()
    async with world.bot(**policy(WANTED)):
        card = await world.card(run)
        for person, said in ((world.eve, "prod-eu"), (world.guest, "guest")):
            await person.presses(card, DEPLOY)
            await person.submits(await window(world, person), {"text": "please"})
            assert said in await world.whispered(person)
        assert world.resumes_of(run) == []


async def test_the_policy_is_read_again_after_the_reason(world: World, policy) -> None:
    """Rules that a reason cannot meet refuse at once, without a window."""
    run = world.failed_run()
    async with world.bot(**policy('[only]\nreason = true\nstages = ["Sign-off"]')):
        card = await world.card(run)
        said = await world.refusal(world.dana, card, DEPLOY)
        assert "allows only: Sign-off" in said
        assert world.dana.modal is None


async def test_a_window_survives_a_restart(world: World, policy) -> None:
    """What the window is about is in the store: it can be submitted after a restart."""
    run = world.failed_run()
    setting = policy(WANTED)
    async with world.bot(**setting):
        card = await world.card(run)
        await world.dana.presses(card, DEPLOY)
        view = await window(world, world.dana)
    async with world.bot(**setting):
        await world.dana.submits(view, {"text": "after lunch"})
        await until(lambda: world.resumes_of(run) == ["Deploy"], world)
        await until(lambda: any("after lunch" in m.text for m in card.thread), world)


def words_of(view: View) -> str:
    """Give what a window says."""
    texts = [b["text"]["text"] for b in view.content["blocks"] if "text" in b]
    return "\n".join(texts)


def typed(view: View, text: str) -> dict:
    """Fill in a window as Slack would send it."""
    return {"reason": {"text": {"type": "plain_text_input", "value": text}}}


def made_up(world: World, person: Person, metadata: str) -> View:
    """Make a window that no bot opened."""
    content = {
        "type": "modal",
        "callback_id": "ask:reason",
        "private_metadata": metadata,
        "title": {"type": "plain_text", "text": "Why resume?"},
        "blocks": [],
    }
    return View(
        id="V0MADEUP",
        owner=person,
        content=content,
        hash="1.a",
        root_id="V0MADEUP",
        team_id=world.slack.team_id,
        app=world.slack.app,
    )
