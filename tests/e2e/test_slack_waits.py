"""Slack's 429 speaks for the method, not for one message."""

from bot.demo.slack import RateLimited
from tests.e2e.world import World, ended, until

DEPLOY = "Resume Checkout Release from Deploy"


async def test_a_wait_that_slack_asked_for_holds_for_the_next_message_too(world: World) -> None:
    """When a post is put off by a 429, no other post to that channel goes out before its time."""
    run = world.failed_run()
    async with world.bot():
        card = await world.card(run)
        world.slack.faults.arm("chat.postMessage", RateLimited(4), times=1)
        before = len(world.slack.calls)
        await world.dana.presses(card, DEPLOY)
        await until(lambda: ended(card), world, 25)
        posts = [c for c in world.slack.calls[before:] if c.method == "chat.postMessage"]
        assert len(posts) > 1
        assert posts[1].at - posts[0].at >= 3.9
