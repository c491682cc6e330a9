"""A second person for production: their yes, the many ways to be none, and the end of a request."""

import asyncio

import pytest

from bot.clock import SystemClock
from bot.demo.harness import Fault, deployment, stage, workflow
from bot.demo.slack import Message, Person
from tests.e2e.world import World, buttons, until, words

DEPLOY = "Resume Checkout Release from Deploy"
SIGN_OFF = "Resume Checkout Release from Sign-off"
WANTED = "[production]\nsecond_person = true"
AGREE = "Agree and resume"


def sam(world: World, email: str = "sam@example.com", *, may: bool = True) -> Person:
    """Bring somebody else into the channel, who may resume."""
    person = world.slack.person("Sam Second", email=email)
    world.ops.members.append(person)
    groups = [world.harness.world.user_group("More deployers", deployment())] if may else []
    world.harness.world.user(email, "Sam Second", *groups)
    return person


async def request(world: World, card: Message, button: str = DEPLOY) -> Message:
    """Let Dana press, and give the request that comes in the thread."""
    before = len(card.thread)
    assert "second person" in await world.refusal(world.dana, card, button)
    await world.slack.until(lambda: len(card.thread) > before, 5)
    return card.thread[-1]


async def test_a_second_person_agrees_and_the_requester_resumes(
    world: World, policy, audit
) -> None:
    """The yes resumes as the requester; card, thread and audit name both people."""
    second, run = sam(world), world.failed_run()
    async with world.bot(**policy(WANTED)):
        card = await world.card(run)
        asked = await request(world, card)
        assert f"<@{world.dana.id}> asks to resume from *Deploy" in asked.text
        assert world.resumes_of(run) == []
        assert DEPLOY in str(card.blocks), "the card keeps its buttons"

        await second.presses(asked, AGREE)
        await until(lambda: world.resumes_of(run) == ["Deploy"], world)
        line = f"<@{world.dana.id}> resumed from"
        await until(lambda: any(line in m.text for m in card.thread), world)
        started = next(m.text for m in card.thread if line in m.text)
        assert f"<@{second.id}> agreed" in started
        await until(lambda: asked.buttons == [], world)
        assert f"<@{second.id}> agreed" in asked.text
        await until(lambda: f"<@{second.id}> agreed" in words(card), world)

    [claimed] = audit("claimed")
    assert (claimed["slack_user"], claimed["second_slack_user"]) == (world.dana.id, second.id)
    assert claimed["second_email"] == "sam@example.com"
    assert len(audit("second person asked for")) == len(audit("second person agreed")) == 1


async def test_the_requester_cannot_agree_nor_ask_twice(world: World, policy) -> None:
    """Pressing again posts no second request, and one's own request waits for somebody else."""
    run = world.failed_run()
    async with world.bot(**policy(WANTED)):
        card = await world.card(run)
        asked = await request(world, card)
        assert "asked already" in await world.refusal(world.dana, card, DEPLOY)
        assert "somebody else must agree" in await world.refusal(world.dana, asked, AGREE)
        assert asked.buttons == [AGREE], "the request lives on"
        assert len(card.thread) == 1
        assert world.resumes_of(run) == []


async def test_whoever_started_the_run_cannot_agree(world: World, policy) -> None:
    """The person who started the run in Harness is no second person."""
    second = sam(world)
    starter = next(u for u in world.harness.world.users if u.email == "sam@example.com")
    run = world.failed_run(by=starter)
    async with world.bot(**policy(WANTED)):
        asked = await request(world, await world.card(run))
        assert "cannot be the second person" in await world.refusal(second, asked, AGREE)
        assert world.resumes_of(run) == []


async def test_the_same_harness_user_cannot_agree_from_another_slack_user(
    world: World, policy
) -> None:
    """Two Slack users that lead to one Harness user are one person."""
    twin = world.slack.person("Dana Two", email="dana@example.com")
    world.ops.members.append(twin)
    run = world.failed_run()
    async with world.bot(**policy(WANTED)):
        asked = await request(world, await world.card(run))
        assert "cannot be the second person" in await world.refusal(twin, asked, AGREE)
        assert world.resumes_of(run) == []


async def test_the_second_person_needs_the_right_and_a_full_membership(
    world: World, policy
) -> None:
    """Who could not resume it alone cannot agree to it either; the request lives on."""
    run = world.failed_run()
    async with world.bot(**policy(WANTED)):
        asked = await request(world, await world.card(run))
        assert "You may not resume" in await world.refusal(world.eve, asked, AGREE)
        assert "no user with your e-mail" in await world.refusal(world.nobody, asked, AGREE)
        assert "guest" in await world.refusal(world.guest, asked, AGREE)
        assert asked.buttons == [AGREE]
        assert world.resumes_of(run) == []


async def test_the_requesters_own_right_is_read_again(world: World, policy) -> None:
    """A requester who has lost the right is refused at the second person's press."""
    second, run = sam(world), world.failed_run()
    async with world.bot(**policy(WANTED)):
        asked = await request(world, await world.card(run))
        user = next(u for u in world.harness.world.users if u.email == "dana@example.com")
        user.groups.clear()
        assert "may not resume it any more" in await world.refusal(second, asked, AGREE)
        await until(lambda: asked.buttons == [], world)
        await until(lambda: "You may not" in words(world.dana.ephemerals()[-1]), world)
        assert world.resumes_of(run) == []


async def test_a_right_that_cannot_be_read_is_no_yes(world: World, policy) -> None:
    """While Harness does not answer nothing is resumed, and the request can be pressed again."""
    second, run = sam(world), world.failed_run()
    async with world.bot(**policy(WANTED)):
        asked = await request(world, await world.card(run))
        world.harness.faults.arm(Fault.SERVER_ERROR, times=9)
        assert "Nothing was resumed" in await world.refusal(second, asked, AGREE)
        assert world.resumes_of(run) == []
        world.harness.faults.disarm()
        await second.presses(asked, AGREE)
        await until(lambda: world.resumes_of(run) == ["Deploy"], world)


async def test_a_request_survives_a_restart_and_works_once(world: World, policy) -> None:
    """After a restart the yes still counts; a second yes is answered and names who was first."""
    second, run = sam(world), world.failed_run()
    setting = policy(WANTED)
    async with world.bot(**setting):
        card = await world.card(run)
        asked = await request(world, card)
    async with world.bot(**setting):
        await second.presses(asked, AGREE)
        await until(lambda: world.resumes_of(run) == ["Deploy"], world)
        await until(lambda: asked.buttons == [], world)
        before = len(second.ephemerals())
        await second.presses(asked, AGREE, stale=True)
        await world.slack.until(lambda: len(second.ephemerals()) > before, 5)
        assert "over" in words(second.ephemerals()[-1])
        assert world.resumes_of(run) == ["Deploy"]


async def test_two_second_people_at_once_resume_once(world: World, policy) -> None:
    """The claim decides between two who agree at the same time."""
    one, two = sam(world), sam(world, "kim@example.com")
    run = world.failed_run()
    async with world.bot(**policy(WANTED)):
        asked = await request(world, await world.card(run))
        await asyncio.gather(one.presses(asked, AGREE), two.presses(asked, AGREE))
        await until(lambda: world.resumes_of(run) == ["Deploy"], world)
        await until(lambda: one.ephemerals() or two.ephemerals(), world)
        await until(lambda: asked.buttons == [], world)
        assert world.resumes_of(run) == ["Deploy"]


async def test_a_request_is_bound_to_its_stage(world: World, policy) -> None:
    """Two requests for two stages: the yes to one resumes that stage, and ends the other."""
    second, run = sam(world), world.failed_run()
    async with world.bot(**policy(WANTED)):
        card = await world.card(run)
        first = await request(world, card, SIGN_OFF)
        other = await request(world, card, DEPLOY)
        await second.presses(first, AGREE)
        await until(lambda: world.resumes_of(run) == ["Sign-off"], world)
        said = await world.refusal(second, other, AGREE)
        assert "was first" in said
        await until(lambda: other.buttons == [], world)
        assert "over" in other.text
        assert world.resumes_of(run) == ["Sign-off"]


async def test_a_request_dies_when_the_run_was_tried_meanwhile(world: World, policy) -> None:
    """An attempt that Harness refused changes the chain, so an older request is over."""
    second, third = sam(world), sam(world, "kim@example.com")
    run = world.failed_run()
    async with world.bot(**policy(WANTED)):
        card = await world.card(run)
        old = await request(world, card, SIGN_OFF)
        fresh = await request(world, card, DEPLOY)
        world.harness.faults.arm(
            Fault.TEXT,
            on="resumeExecution",
            text="Invalid request: You cannot resume a pipeline which has been modified",
        )
        await second.presses(fresh, AGREE)
        await until(lambda: any("Not resumed" in m.text for m in card.thread), world)
        said = await world.refusal(third, old, AGREE)
        assert "changed since" in said
        await until(lambda: old.buttons == [], world)
        assert world.resumes_of(run) == []


async def test_a_request_ends_after_its_time(world: World, policy, monkeypatch) -> None:
    """A yes that comes too late is answered, and the button goes."""
    second, run = sam(world), world.failed_run()
    async with world.bot(**policy(f"{WANTED}\nsecond_person_minutes = 5")):
        card = await world.card(run)
        asked = await request(world, card)
        now = SystemClock.now
        monkeypatch.setattr(SystemClock, "now", lambda self: now(self) + 5 * 60_000 + 1)
        assert "its time is over" in await world.refusal(second, asked, AGREE)
        await until(lambda: asked.buttons == [], world)
        assert world.resumes_of(run) == []


async def test_a_run_outside_production_needs_nobody_else(world: World, policy) -> None:
    """The rule is for production: elsewhere one person is enough."""
    flow = workflow("Smoke", world.dev, seconds=1, ends=("FAILED", "SUCCESS"))
    run = world.failed_run(world.harness.world.pipeline(world.shop, "Dev", stage("Smoke", flow)))
    async with world.bot(**policy(WANTED)):
        card = await world.card(run)
        await world.dana.presses(card, "Resume Dev from Smoke")
        await until(lambda: world.resumes_of(run) == ["Smoke"], world)


async def test_a_reason_travels_with_the_request(world: World, policy) -> None:
    """With both rules the reason is typed first, shown on the request, and kept for the resume."""
    second, run = sam(world), world.failed_run()
    async with world.bot(**policy("[production]\nreason = true\nsecond_person = true")):
        card = await world.card(run)
        await world.dana.presses(card, DEPLOY)
        await world.slack.until(lambda: world.dana.modal is not None, 5)
        await world.dana.submits(world.dana.modal, {"text": "<@U1> the disk was full"})
        await world.slack.until(lambda: card.thread, 5)
        asked = card.thread[-1]
        assert "the disk was full" in asked.text
        assert "<@U1>" not in asked.text
        await second.presses(asked, AGREE)
        await until(lambda: world.resumes_of(run) == ["Deploy"], world)
        resumed = f"<@{second.id}> agreed. The reason: "
        await until(lambda: any(resumed in m.text for m in card.thread), world)


@pytest.mark.parametrize("value", ["", "t1.a.b", "t2.x.y", "v1.a.0.0000000000000000", "\u0000" * 9])
async def test_a_request_of_another_version_is_answered(world: World, value: str) -> None:
    """A request's button that the bot does not know is answered, and taken off the message."""
    async with world.bot():
        card = await world.card(world.failed_run())
        element = {
            "type": "button",
            "action_id": "ask:second",
            "text": {"type": "plain_text", "text": AGREE},
            "value": value or "x",
        }
        card.blocks = [{"type": "actions", "block_id": "b", "elements": [element]}]
        assert "over" in await world.refusal(world.dana, card, AGREE)
        await until(lambda: card.buttons == [], world)


async def test_a_requester_who_left_is_no_requester(world: World, policy) -> None:
    """A requester who is deactivated by then ends the request."""
    second, run = sam(world), world.failed_run()
    async with world.bot(**policy(WANTED)):
        asked = await request(world, await world.card(run))
        world.dana.standing = "deleted"
        assert "may not resume it any more" in await world.refusal(second, asked, AGREE)
        await until(lambda: asked.buttons == [], world)
        assert world.resumes_of(run) == []


async def test_who_resumed_a_run_through_the_bot_has_started_it(world: World, policy) -> None:
    """Of a run that the bot resumed, the presser is the starter, though the key started it."""
    second = sam(world)
    flow = workflow("Deploy EU", world.prod, seconds=1, ends=("FAILED",))
    run = world.failed_run(world.harness.world.pipeline(world.shop, "Bad", stage("Go", flow)))
    go = "Resume Bad from Go"
    async with world.bot(**policy(WANTED)):
        card = await world.card(run)
        asked = await request(world, card, go)
        await second.presses(asked, AGREE)

        def again() -> list[Message]:
            return [m for m in world.ops.log if m is not card and buttons(m) == [go]]

        card_of_new_run = (await until(again, world))[-1]
        before = len(world.ops.log)
        assert "second person" in await world.refusal(second, card_of_new_run, go)
        await until(lambda: len(world.ops.log) > before, world)
        assert "cannot be the second" in await world.refusal(world.dana, world.ops.log[-1], AGREE)
        assert len(world.harness.world.resumes) == 1
