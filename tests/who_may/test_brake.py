"""The brake: the third resume of the same failure asks first, and says what was tried."""

from bot.demo.harness import Pipeline, stage, workflow
from bot.demo.slack import Message
from tests.e2e.world import World, buttons, until
from tests.who_may.test_reason import window, words_of

BUTTON = "Resume Stubborn from Deploy"


def stubborn(world: World, *ends: str) -> Pipeline:
    """Make a pipeline whose deployment ends so, run after run."""
    flow = workflow("Deploy EU", world.prod, seconds=1, ends=ends)
    return world.harness.world.pipeline(world.shop, "Stubborn", stage("Deploy", flow))


async def fails_again(world: World, before: str) -> Message:
    """Wait for the new card of a run that failed again."""

    def newer() -> list[Message]:
        return [m for m in world.ops.log if buttons(m) and m.ts > before]

    return (await until(newer, world))[-1]


async def test_the_third_resume_of_the_same_failure_asks_for_a_reason(world: World, audit) -> None:
    """Two resumes pass; the third opens a window with what was tried, by whom, and the failure."""
    run = world.failed_run(stubborn(world, "FAILED"))
    async with world.bot():
        card = await world.card(run)
        for _ in range(2):
            await world.dana.presses(card, BUTTON)
            card = await fails_again(world, card.ts)
            assert world.dana.modal is None

        await world.dana.presses(card, BUTTON)
        view = await window(world, world.dana)
        said = words_of(view)
        assert "resumed 2 times and failed at *Deploy (Deploy EU)* each time" in said
        assert said.count(f"<@{world.dana.id}> from Deploy") == 2
        assert len(world.harness.world.resumes) == 2

        await world.dana.submits(view, {"text": "quota was raised"})
        await until(lambda: len(world.harness.world.resumes) == 3, world)
        await until(lambda: "quota was raised" in " ".join(m.text for m in world.ops.log), world)

    assert [r["reason"] for r in audit("claimed")] == ["", "", "quota was raised"]


async def test_the_brake_remembers_over_a_restart(world: World) -> None:
    """What was tried is in the store."""
    run = world.failed_run(stubborn(world, "FAILED"))
    async with world.bot():
        card = await world.card(run)
        for _ in range(2):
            await world.dana.presses(card, BUTTON)
            card = await fails_again(world, card.ts)
    async with world.bot():
        await world.dana.presses(card, BUTTON)
        assert "resumed 2 times" in words_of(await window(world, world.dana))
