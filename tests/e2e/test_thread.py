"""The thread: what it tells of the new run, in which order, and how little of it."""

from dataclasses import replace
from typing import Any

import pytest

from bot.demo.harness import Fault, Run, approval, stage, workflow
from bot.demo.slack import Message
from bot.harness.firstgen import FirstGen
from tests.e2e.world import QUICK, World, buttons, ended, lines, told, until, words

DEPLOY = "Resume Checkout Release from Deploy"


def demand_quiet(card: Message, most: int) -> None:
    """See that no two lines are equal and that there are not too many."""
    said = [message.text for message in card.thread]
    assert len(set(said)) == len(said), said
    assert len(lines(card)) <= most, said


def edits_of(world: World, card: Message) -> int:
    """Count how often the card was edited."""
    return sum(call.arguments.get("ts") == card.ts for call in world.slack.calls_of("chat.update"))


async def test_the_story_of_a_run_is_told_line_by_line(world: World) -> None:
    """Who resumed what, each group's start, the end: and edits of the card for all in between."""
    run = world.failed_run()
    async with world.bot():
        card = await world.card(run)
        await world.dana.presses(card, DEPLOY)
        await until(lambda: ended(card), world)
        await until(lambda: "✅" in words(card), world)

        said = lines(card)
        assert world.dana.id in said[0]
        assert "resumed from *Deploy (Deploy EU, Deploy US)*" in said[0]
        assert world.newest().id in said[0]
        assert "succeeded" in said[-1]
        assert world.newest().id in said[-1]
        demand_quiet(card, 4)
        assert edits_of(world, card) < 12
        assert world.newest().id in words(card)


async def test_nothing_is_said_while_nothing_happens(world: World) -> None:
    """A run that goes on for long makes no lines and no edits after its start."""
    run = world.failed_run(endless(world))
    async with world.bot():
        card = await world.card(run)
        await world.dana.presses(card, "Resume Long Haul from Move")
        await until(lambda: told(card, "resumed from"), world)
        polls = len(world.harness.requests)
        await until(lambda: len(world.harness.requests) > polls + 4, world)
        said, edited = len(card.thread), edits_of(world, card)
        polls = len(world.harness.requests)
        await until(lambda: len(world.harness.requests) > polls + 6, world)

        assert (len(card.thread), edits_of(world, card)) == (said, edited)


def endless(world: World) -> object:
    """Make a pipeline whose second try goes on for ever."""
    return world.harness.world.pipeline(
        world.shop,
        "Long Haul",
        stage("Move", workflow("Move", world.dev, seconds=1, ends="FAILED")),
    )


async def test_an_approval_is_told_once_with_the_link(world: World) -> None:
    """A run that waits for a person says so in one line that leads to it, then goes on."""
    run = world.failed_run(asking(world))
    async with world.bot():
        card = await world.card(run)
        await world.dana.presses(card, "Resume Asking from Build")
        await until(lambda: told(card, "waits for an approval"), world)
        line = next(said for said in lines(card) if "waits for an approval" in said)
        assert world.newest().id in line
        await until(lambda: "⏸" in words(card), world)
        world.harness.world.approve(world.newest().row("Approve"))
        await until(lambda: ended(card), world)

        assert sum("waits for an approval" in said for said in lines(card)) == 1
        demand_quiet(card, 6)


def asking(world: World) -> object:
    """Make a pipeline that fails once and then waits for an approval that nobody gives."""
    return world.harness.world.pipeline(
        world.shop,
        "Asking",
        stage("Build", workflow("Build", world.dev, seconds=1, ends=("FAILED", "SUCCESS"))),
        stage("Approval", approval("Approve")),
        stage("Deploy", workflow("Deploy", world.dev, seconds=1)),
    )


async def test_a_pause_and_a_decision_are_told(world: World) -> None:
    """A pause for inputs and a manual intervention each need a person, and say so."""
    run = world.failed_run(endless(world))
    async with world.bot():
        card = await world.card(run)
        world.harness.world.queue_seconds = 0.0
        await world.dana.presses(card, "Resume Long Haul from Move")
        await world.slack.until(lambda: world.resumes_of(run), 10)
        row = world.newest().rows[0]
        row.due = None
        world.harness.world.wait(row)
        await until(lambda: told(card, "A person is needed"), world)
        world.harness.world.carry_on(row)
        row.due = None
        await until(lambda: "wait" not in words(card).lower(), world)
        world.harness.world.ask_inputs(row)
        await until(lambda: sum("A person is needed" in x for x in lines(card)) == 2, world)
        world.harness.world.carry_on(row)
        row.due = None
        world.harness.world.finish(row)
        await until(lambda: ended(card), world)
        demand_quiet(card, 8)


async def test_a_run_that_prepares_has_no_status_and_is_followed(world: World) -> None:
    """PREPARING is null in GraphQL: not an end, not an error, only a wait."""
    run = world.failed_run()
    async with world.bot():
        card = await world.card(run)
        world.harness.world.prepare_seconds = 20.0
        await world.dana.presses(card, DEPLOY)
        await until(lambda: told(card, "resumed from"), world)
        polls = len(world.harness.requests)
        await world.slack.until(lambda: len(card.thread) == 1, 5)
        await until(lambda: len(world.harness.requests) > polls + 2, world)
        await until(lambda: ended(card), world)
        demand_quiet(card, 5)


def open_cards(first: Message) -> list[Message]:
    """Give the cards in a thread that have buttons."""
    return [message for message in first.thread if buttons(message)]


async def test_a_chain_of_three_is_told_in_one_thread(world: World) -> None:
    """Fails again, fails again, succeeds: each failure brings a new card into the same thread."""
    pipeline = world.harness.world.pipeline(
        world.shop,
        "Stubborn",
        stage("Build", workflow("Build", world.dev, seconds=1)),
        stage(
            "Deploy",
            workflow("D", world.dev, seconds=1, ends=("FAILED", "FAILED", "FAILED", "SUCCESS")),
        ),
    )
    run = world.failed_run(pipeline)
    async with world.bot():
        first = await world.card(run)
        for card in (0, 1):
            pressed = first if card == 0 else open_cards(first)[-1]
            await world.dana.presses(pressed, "Resume Stubborn from Deploy")
            await until(
                lambda pressed=pressed: [c for c in open_cards(first) if c is not pressed], world
            )
        await world.dana.presses(open_cards(first)[-1], "Resume Stubborn from Deploy")
        # After two failures a person is asked for the reason.
        view = await world.slack.until(lambda: world.dana.modal, 10)
        await world.dana.submits(view, {"text": "the node was replaced"})
        await until(lambda: any("attempt 3" in x and "succeeded" in x for x in lines(first)), world)

        chain = world.harness.world.resumes
        assert [r.stage for r in chain] == ["Deploy"] * 3
        assert [r.old for r in chain] == [run.id, chain[0].new, chain[1].new]
        assert world.ops.messages == [first], "everything is in one thread"
        said = [m.text for m in first.thread]
        assert len(set(said)) == len(said)
        for number in (1, 2, 3):
            assert any(f"attempt {number}" in text for text in said)
        await until(lambda: not any(buttons(m) for m in [first, *first.thread]), world)


async def test_a_run_deleted_in_harness_gets_a_last_line(world: World) -> None:
    """A run that Harness shows no more is given up in words that are true."""
    run = world.failed_run(endless(world))
    async with world.bot():
        card = await world.card(run)
        await world.dana.presses(card, "Resume Long Haul from Move")
        await until(lambda: told(card, "resumed from"), world)
        world.newest().rows[0].due = None
        del world.harness.world.runs[world.newest().id]
        await until(lambda: told(card, "does not show the new run any more"), world)
        assert not told(card, "14 days")
        await until(lambda: buttons(card) == [], world)


async def test_after_a_fortnight_the_bot_says_that_it_stops_looking(world: World) -> None:
    """No thread ends silently: after 14 days the last line says so."""
    run = world.failed_run(stuck(world))
    async with world.bot(pace=replace(QUICK, leave_after_ms=1500)):
        card = await world.card(run)
        await world.dana.presses(card, "Resume Stuck from Go")
        await until(lambda: told(card, "14 days"), world)
        polls = len(world.harness.requests)
        await until(lambda: buttons(card) == [], world)
        assert len(world.harness.requests) <= polls + 1


def stuck(world: World) -> object:
    """Make a pipeline that fails once and then waits for ever."""
    return world.harness.world.pipeline(
        world.shop,
        "Stuck",
        stage("Go", workflow("Go", world.dev, seconds=1, ends=("FAILED", "SUCCESS"))),
        stage("Wait", approval("Nobody")),
    )


# ── other cards of the same run ────────────────────────────────────────────────────────────────


async def test_other_cards_of_the_run_lead_to_the_thread(world: World) -> None:
    """A second card elsewhere loses its buttons and links to where the story is told."""
    run = world.failed_run()
    other = world.slack.channel("other", members=[world.dana, world.eve])
    async with world.bot():
        card = await world.card(run)
        await world.dana.types(other, f"/resume {run.id}")
        second = (await world.slack.until(lambda: other.messages, 10))[0]
        assert buttons(second) == buttons(card)

        await world.dana.presses(card, DEPLOY)
        await until(lambda: ended(card), world)

        await until(lambda: buttons(second) == [], world)
        assert world.dana.id in words(second)
        assert card.ts.replace(".", "") in words(second), "a link to the card's thread"
        assert second.thread == []


@pytest.mark.parametrize("when", ["before the click", "noticed by a look"])
async def test_a_resume_elsewhere_is_seen(world: World, when: str) -> None:
    """A run that somebody resumed in Harness itself: the card learns of it, the click too."""
    run = world.failed_run()
    async with world.bot():
        card = await world.card(run)
        later = await world.resumed_elsewhere(run)
        if when == "before the click":
            said = await world.refusal(world.dana, card, DEPLOY)
            assert "resumed before" in said or "resumed" in said
        await until(lambda: buttons(card) == [], world)
        assert later.id in words(card) or when == "before the click"
        assert world.resumes_of(run) == ["Deploy"], "only the other client's"


async def test_a_resume_of_the_first_stage_elsewhere_is_seen_too(world: World) -> None:
    """Nothing of such a run is reused, so its rows prove nothing; the chain does."""
    run = world.failed_run()
    async with world.bot():
        card = await world.card(run)
        later = await world.resumed_elsewhere(run, "Sign-off")
        await until(lambda: buttons(card) == [], world)
        assert later.id in words(card)


async def test_a_look_up_that_breaks_holds_up_no_other_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one lost answer cannot be looked up at all, other runs are followed to their ends."""
    world.flaws_expected = True
    broken, find = [True], FirstGen.successors

    async def successors(self: FirstGen, *asked: Any) -> Any:
        if broken:
            raise RuntimeError("an answer of a shape that nobody foresaw")
        return await find(self, *asked)

    monkeypatch.setattr(FirstGen, "successors", successors)
    lost, other = world.failed_run(), world.failed_run()
    async with world.bot():
        first = await world.card(lost)
        world.harness.faults.arm(Fault.DROPPED_AFTER, on="resumeExecution")
        await world.dana.presses(first, DEPLOY)
        await until(lambda: lines(first), world)
        second = await world.card(other)
        await world.dana.presses(second, DEPLOY)
        await until(lambda: ended(second), world)
        assert not ended(first)

        broken.clear()
        await until(lambda: ended(first), world)
        assert world.resumes_of(lost) == ["Deploy"]


async def test_a_later_run_of_the_same_pipeline_changes_nothing(world: World) -> None:
    """A fresh run is no resume: the card keeps its buttons."""
    pipeline = world.checkout()
    run = world.failed_run(pipeline)
    async with world.bot():
        card = await world.card(run)
        fresh: Run = world.harness.world.start(pipeline, by=world.trigger)
        asked = len(world.harness.requests)
        await until(lambda: len(world.harness.requests) > asked + 3, world)
        assert fresh.id
        assert len(buttons(card)) == 2


async def test_a_card_learns_where_its_run_went_on(world: World) -> None:
    """Harness says at the press that the run is not the latest: soon the card links to that."""
    run = world.failed_run()
    async with world.bot(pace=replace(QUICK, open_cards_seconds=1.0)):
        card = await world.card(run)
        later = await world.resumed_elsewhere(run)

        said = await world.refusal(world.dana, card, DEPLOY)

        assert "latest" in said
        await until(lambda: f"{later.id}/" in words(card), world)
        world.harness.faults.arm(Fault.NOT_JSON, on="rest:executions", times=9)
        assert "latest" in await world.answer(world.dana, run.id), "and no second card is posted"
