"""The main job, from the typed command to the last line, through the real bot and real sockets."""

from tests.e2e.world import World, buttons, free_port, opened, until, words


async def test_a_failed_run_is_resumed_and_followed_to_its_end(world: World) -> None:
    """Type the command, press a stage, and the thread tells the new run to its end."""
    run = world.failed_run()
    async with world.bot():
        card = await world.card(run)

        assert buttons(card) == [
            "Resume Checkout Release from Sign-off",
            "Resume Checkout Release from Deploy",
        ]

        await world.dana.presses(card, "Resume Checkout Release from Deploy")
        await until(lambda: "succeeded" in " ".join(m.text for m in card.thread), world)

        assert [(r.old, r.stage) for r in world.harness.world.resumes] == [(run.id, "Deploy")]
        await until(lambda: buttons(card) == [], world)
        assert "Dana" in words(card) or world.dana.id in words(card)
        assert world.slack.duplicates() == []


async def test_the_same_story_is_told_over_http_and_on_postgres(postgres_url: str) -> None:
    """In HTTP mode, with Postgres, the same run is resumed and followed."""
    port = free_port()
    async with opened(postgres_url, http_port=port) as world:
        run = world.failed_run()
        async with world.bot():
            card = await world.card(run)
            await world.dana.presses(card, "Resume Checkout Release from Sign-off")
            await until(lambda: "succeeded" in " ".join(m.text for m in card.thread), world)
