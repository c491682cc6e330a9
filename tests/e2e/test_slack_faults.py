"""Slack refuses, forgets, drops and goes away: nothing is said twice, nothing is left unsaid."""

from bot.demo.slack import (
    AcceptedThenDropped,
    DroppedBefore,
    Html,
    Message,
    RateLimited,
    Refused,
    Status,
)
from tests.e2e.world import World, buttons, ended, get, lines, told, until, words

DEPLOY = "Resume Checkout Release from Deploy"


async def demand_whole_story(world: World, card: Message) -> None:
    """See the thread complete and without repetition."""
    await until(lambda: ended(card), world, 25)
    await until(lambda: buttons(card) == [], world, 15)
    assert "resumed from" in lines(card)[0]
    assert len(set(lines(card))) == len(lines(card))
    assert len(world.harness.world.resumes) == 1


async def test_a_post_that_arrived_unheard_is_not_repeated(world: World) -> None:
    """Slack took the message and the answer was lost: it is looked for before it is said again."""
    run = world.failed_run()
    async with world.bot():
        world.slack.faults.arm("chat.postMessage", AcceptedThenDropped(), times=1)
        card = await world.card(run)
        world.slack.faults.arm("chat.postMessage", AcceptedThenDropped(), times=2)
        await world.dana.presses(card, DEPLOY)
        await demand_whole_story(world, card)
        assert world.ops.messages == [card]


async def test_posts_that_fail_come_later_and_in_order(world: World) -> None:
    """A 500, a 429, a web page, a dropped connection: every line comes, once and in order."""
    run = world.failed_run()
    async with world.bot():
        card = await world.card(run)
        for fault in (Status(500), RateLimited(1), Html(), DroppedBefore()):
            world.slack.faults.arm("chat.postMessage", fault)
        await world.dana.presses(card, DEPLOY)
        await demand_whole_story(world, card)


async def test_edits_that_fail_are_repeated(world: World) -> None:
    """A 429 on an edit puts it off; in the end the card shows the end."""
    run = world.failed_run()
    async with world.bot():
        card = await world.card(run)
        world.slack.faults.arm("chat.update", RateLimited(1), times=2)
        world.slack.faults.arm("chat.update", Refused("fatal_error"), times=1)
        await world.dana.presses(card, DEPLOY)
        await demand_whole_story(world, card)
        await until(lambda: "succeeded" in words(card), world)


async def test_blocks_that_slack_refuses_become_plain_text(world: World) -> None:
    """Whatever is wrong with our blocks, the sentence still arrives."""
    run = world.failed_run()
    async with world.bot():
        card = await world.card(run)
        world.slack.faults.arm(
            "chat.postMessage", Refused("invalid_blocks"), when=lambda a: bool(a.get("blocks"))
        )
        await world.dana.presses(card, DEPLOY)
        await demand_whole_story(world, card)


async def test_an_archived_channel_sends_the_last_line_to_the_presser(world: World) -> None:
    """When the thread is gone for good, its end goes by direct message to who pressed."""
    run = world.failed_run()
    async with world.bot():
        card = await world.card(run)
        await world.dana.presses(card, DEPLOY)
        await until(lambda: told(card, "resumed from"), world)
        world.slack.archive(world.ops)
        await until(lambda: world.dana.direct.messages, world, 20)
        assert "succeeded" in words(world.dana.direct.messages[-1])
        assert len(world.dana.direct.messages) == 1


async def test_a_bot_that_was_removed_tells_the_presser(world: World) -> None:
    """The same when the bot was taken out of the channel."""
    run = world.failed_run()
    async with world.bot():
        card = await world.card(run)
        await world.dana.presses(card, DEPLOY)
        await until(lambda: told(card, "resumed from"), world)
        world.slack.remove(world.ops, world.slack.bot)
        await until(lambda: world.dana.direct.messages, world, 20)
        assert "succeeded" in words(world.dana.direct.messages[-1])


async def test_a_deleted_card_tells_its_end_all_the_same(world: World) -> None:
    """Somebody deletes the card: its end is told in the thread or to the presser."""
    run = world.failed_run()
    async with world.bot():
        card = await world.card(run)
        await world.dana.presses(card, DEPLOY)
        await until(lambda: told(card, "resumed from"), world)
        world.slack.deletes(card)

        def end() -> bool:
            everything = [*world.ops.log, *world.dana.direct.messages]
            return any("succeeded after" in words(message) for message in everything)

        await until(end, world, 20)


async def test_an_expired_way_back_is_replaced(world: World) -> None:
    """A response_url that is spent or too old is no reason to leave somebody without an answer."""
    async with world.bot():
        world.slack.faults.arm("response_url", Status(404), times=9)
        await world.asks(world.dana, "/resume nonsense")
        await world.slack.until(world.dana.ephemerals, 10)
        assert "neither the id" in words(world.dana.ephemerals()[-1])


async def test_a_revoked_token_stops_claims_and_shows(world: World) -> None:
    """Without a token nothing is resumed, and /readyz names Slack and what it said."""
    run = world.failed_run()
    port = _port()
    async with world.bot(port=port):
        card = await world.card(run)
        status, _ = await get(f"http://127.0.0.1:{port}/readyz")
        assert status == 200
        world.slack.revoke_token()
        await world.dana.presses(card, DEPLOY)

        async def ill() -> bool:
            return "token_revoked" in (await get(f"http://127.0.0.1:{port}/readyz"))[1]

        for _ in range(100):
            if await ill():
                break
            world.passes(0.1)
        assert await ill()
        assert world.resumes_of(run) == []


def _port() -> int:
    from tests.e2e.world import free_port

    return free_port()


async def test_a_look_that_slack_puts_off_is_waited_for(world: World) -> None:
    """A line may have arrived and Slack lets nobody look for a while: it is not said blindly."""
    run = world.failed_run()
    async with world.bot():
        card = await world.card(run)
        world.slack.faults.arm("chat.postMessage", AcceptedThenDropped(), times=1)
        world.slack.faults.arm("conversations.replies", RateLimited(1), times=7)
        await world.dana.presses(card, DEPLOY)
        await demand_whole_story(world, card)
