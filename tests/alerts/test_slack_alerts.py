"""Harness's own messages in Slack, and other apps', each with the card in its thread."""

import pytest

from bot.demo.harness import alerts
from tests.alerts.doors import PACE, cards, cards_in, ended, going_on, graphql, quiet, row, shape
from tests.e2e.world import buttons, lines, until, words

ENDS = {"B": "ABORTED", "D": "REJECTED", "E": "ABORTED", "F": "EXPIRED"}


@pytest.mark.parametrize("name", ["A", "B", "C", "D", "E", "F", "phase", "text only"])
async def test_an_alert_of_a_failed_run_gets_its_card_in_its_thread(world, name):
    """Every shape that tells of a bad end leads to one card, below the message."""
    run = ended(world, ENDS.get(name, "FAILED"))
    async with world.bot(pace=PACE):
        message = world.slack.webhook(world.ops).posts(**shape(world, run, name))
        (card,) = await until(lambda: cards_in(message), world)
        assert "Checkout Release" in words(card)
        assert any("Sign-off" in label for label in buttons(card))
        await quiet(world)
        assert len(cards_in(message)) == 1
        assert world.ops.messages == [message]


async def test_a_button_below_an_alert_resumes_and_its_thread_tells_the_end(world):
    """What an alert brought works like any card; lines use the alert's own thread (ruling 13)."""
    run = ended(world)
    async with world.bot(pace=PACE):
        message = world.slack.webhook(world.ops).posts(**shape(world, run, "A"))
        (card,) = await until(lambda: cards_in(message), world)
        await world.dana.presses(card, "Resume Checkout Release from Deploy")
        await until(lambda: any("succeeded" in said for said in lines(message)), world)
        assert world.resumes_of(run) == ["Deploy"]


@pytest.mark.parametrize("name", ["G", "H", "alone"])
async def test_what_cannot_be_resumed_gets_no_card(world, name):
    """A frozen run, a waiting approval and a lone workflow are met with silence."""
    run = going_on(world) if name == "H" else ended(world)
    parts = shape(world, run, name)
    if name == "G":
        world.harness.world.abort(run)
        run.rows.clear()
        run.stored.clear()
    if name == "alone":
        alone = world.harness.world.workflow_run(world.shop, "Deploy EU", world.trigger)
        first = next(r for r in run.rows if r.kind == "workflow")
        parts["text"] = parts["text"].replace(first.workflow_execution_id, alone.id)
    async with world.bot(pace=PACE):
        message = world.slack.webhook(world.ops).posts(**parts)
        world.slack.violations.clear()  # Harness's own: blocks without a text
        await quiet(world)
        assert message.thread == []


async def test_a_waiting_approval_is_watched_until_its_run_ends(world):
    """An alert of a run that goes on brings the card, into its thread, when the run ends badly."""
    run = going_on(world)
    async with world.bot(pace=PACE):
        message = world.slack.webhook(world.ops).posts(**shape(world, run, "H"))
        world.slack.violations.clear()  # Harness's own: blocks without a text
        await quiet(world)
        assert message.thread == []
        world.harness.world.abort(run)
        await until(lambda: cards_in(message), world)


async def test_three_alerts_of_one_run_share_a_card(world):
    """Each failed workflow tells by itself; the first message gets the card (ruling 18)."""
    run = ended(world)
    hook = world.slack.webhook(world.ops)
    async with world.bot(pace=PACE):
        first, *others = [hook.posts(**shape(world, run, name)) for name in "AAC"]
        await until(lambda: cards_in(first), world)
        await quiet(world)
        assert len(first.thread) == 1
        assert [other.thread for other in others] == [[], []]


async def test_an_alert_in_another_channel_gets_one_line_that_leads_to_the_card(world):
    """The second channel is told once where the card is, the first time (ruling 18)."""
    run = ended(world)
    away = world.slack.channel("payments", members=[world.dana])
    here, there = world.slack.webhook(world.ops), world.slack.webhook(away)
    async with world.bot(pace=PACE):
        first = here.posts(**shape(world, run, "A"))
        await until(lambda: cards_in(first), world)
        second, third = (there.posts(**shape(world, run, "C")) for _ in range(2))
        await until(lambda: second.thread, world)
        await quiet(world)
        (line,) = second.thread
        assert "has a card already" in line.text
        assert first.thread[0].ts.replace(".", "") in line.text
        assert third.thread == []
        assert cards(world.ops, away) == cards_in(first)


async def test_both_channels_at_once_still_make_one_card(world):
    """The line waits for the card that it leads to."""
    run = ended(world)
    away = world.slack.channel("payments", members=[world.dana])
    here, there = world.slack.webhook(world.ops), world.slack.webhook(away)
    async with world.bot(pace=PACE):
        messages = [hook.posts(**shape(world, run, "A")) for hook in (here, there)]
        await until(lambda: all(message.thread for message in messages), world)
        await quiet(world)
        assert sorted(len(cards_in(message)) for message in messages) == [0, 1]
        assert [len(message.thread) for message in messages] == [1, 1]


async def test_a_run_that_goes_on_is_waited_for(world):
    """The alert of a failed workflow is watched until its pipeline has ended."""
    run = going_on(world)
    hook = world.slack.webhook(world.ops)
    async with world.bot(pace=PACE):
        message = hook.posts(**shape(world, run, "A"))
        await quiet(world)
        assert message.thread == []
        world.harness.world.finish(row(run, "Deploy US"))
        (card,) = await until(lambda: cards_in(message), world)
        assert "Deploy" in words(card)


async def test_a_run_that_ended_well_after_all_says_nothing(world):
    """No card, no word: an alert was mistaken, or a person helped."""
    run = going_on(world, ends="SUCCESS")
    parts = shape(world, run, "A")
    parts["text"] = parts["text"].replace("completed", "failed")
    async with world.bot(pace=PACE):
        message = world.slack.webhook(world.ops).posts(**parts)
        await quiet(world, 0.3)
        world.harness.world.finish(row(run, "Deploy US"))
        world.passes(600)
        await quiet(world)
        assert message.thread == []


async def test_a_good_end_is_told_where_the_policy_asks_for_it(world, tmp_path):
    """``alerts.good_ends`` gives the thread a line."""
    policy = tmp_path / "policy.toml"
    policy.write_text("[alerts]\ngood_ends = true\n")
    run = going_on(world, ends="SUCCESS")
    parts = shape(world, run, "A")
    parts["text"] = parts["text"].replace("completed", "failed")
    async with world.bot(pace=PACE, policy_file=policy):
        message = world.slack.webhook(world.ops).posts(**parts)
        await quiet(world, 0.3)
        world.harness.world.finish(row(run, "Deploy US"))
        world.harness.world.tick()
        world.passes(600)
        await until(lambda: message.thread, world)
        assert "ended well after all" in message.thread[0].text


async def test_an_edited_message_counts(world):
    """Another app turns its progress message into a failure."""
    run = ended(world)
    app = world.slack.add_app("Releases")
    async with world.bot(pace=PACE):
        link = world.harness.world.link(run)
        message = world.slack.posts(app, world.ops, f"Deploying <{link}|it>, please wait")
        await quiet(world)
        assert message.thread == []
        world.slack.edits(message, text=f"Deployment <{link}|it> went wrong: FAILED")
        await until(lambda: cards_in(message), world)


async def test_a_message_of_blocks_alone_counts(world):
    """An app whose message has no text but blocks (facts/slack.md 1.6)."""
    run = ended(world)
    text = {"type": "mrkdwn", "text": f":x: <{world.harness.world.link(run)}|Checkout>"}
    async with world.bot(pace=PACE):
        hook = world.slack.webhook(world.ops, "Grafana")
        message = hook.posts("", blocks=[{"type": "section", "text": text}])
        world.slack.violations.clear()  # the sender's: blocks without a text
        await until(lambda: cards_in(message), world)


async def test_a_webhook_made_in_our_own_app_counts_and_our_own_cards_start_nothing(world):
    """Ruling 19: the same bot id, but no user and nothing of ours in it."""
    run = ended(world)
    hook = world.slack.webhook(world.ops, ours=True)
    async with world.bot(pace=PACE):
        message = hook.posts(**shape(world, run, "A"))
        await until(lambda: cards_in(message), world)
        await quiet(world)
        assert len(cards(world.ops)) == 1


async def test_what_people_write_starts_nothing(world):
    """A person's message is a conversation; they have the command and the shortcut."""
    run = ended(world)
    async with world.bot(pace=PACE):
        world.dana.says(world.ops, f"It failed again: {world.harness.world.link(run)}")
        await quiet(world)
        assert cards(world.ops) == []
        assert graphql(world) == []


async def test_another_accounts_link_is_ignored_with_a_reason(world):
    """The first link counts, whichever follows (ruling 5)."""
    run = ended(world)
    link = world.harness.world.link(run)
    foreign = link.replace(world.harness.account, "A" * 22)
    async with world.bot(pace=PACE):
        message = world.slack.webhook(world.ops).posts(f"failed: {foreign} and {link}")
        await quiet(world)
        assert message.thread == []
        assert graphql(world) == []
        assert "another account" in world.log.getvalue()


async def test_a_garbled_message_still_leads_to_its_run(world):
    """``||`` in a name shifts the parts of the message and spoils its colour (facts 6.3)."""
    run = ended(world)
    run.pipeline_name = "Checkout || Release"
    parts = shape(world, run, "A")
    assert parts["attachments"][0]["color"] == "#FFFFFF"
    async with world.bot(pace=PACE):
        message = world.slack.webhook(world.ops).posts(**parts)
        await until(lambda: cards_in(message), world)


async def test_a_run_that_the_bot_resumed_stays_in_its_thread(world):
    """Its alert gets no card: the thread of the resume has the new one."""
    pipeline = world.harness.world.pipeline(
        world.shop, "Checkout Release", *[_twice_failing(world)]
    )
    run = ended(world, pipeline=pipeline)
    async with world.bot(pace=PACE):
        card = await world.card(run)
        await world.dana.presses(card, "Resume Checkout Release from Deploy")
        await until(lambda: len(cards_in(card)) == 1, world)
        new = world.newest()
        message = world.slack.webhook(world.ops).posts(
            **{
                key: value
                for key, value in alerts.workflow_ended(
                    world.harness.world, next(r for r in new.rows)
                ).items()
                if key in {"text", "attachments"}
            }
        )
        await quiet(world)
        assert message.thread == []


def _twice_failing(world):
    from bot.demo.harness import stage, workflow

    return stage("Deploy", workflow("Deploy EU", world.prod, seconds=1, ends=("FAILED", "FAILED")))


async def test_a_known_run_is_not_offered_again_by_its_alert(world):
    """Somebody was faster with the command, here: the alert adds nothing."""
    run = ended(world)
    async with world.bot(pace=PACE):
        await world.card(run)
        message = world.slack.webhook(world.ops).posts(**shape(world, run, "A"))
        await quiet(world)
        assert message.thread == []


async def test_who_started_the_run_is_mentioned_once(world):
    """By e-mail from Harness's cause to the Slack user; nobody else is pinged."""
    dana = world.harness.world.users[0]
    run = ended(world, by=dana)
    async with world.bot(pace=PACE):
        message = world.slack.webhook(world.ops).posts(**shape(world, run, "A"))
        (card,) = await until(lambda: cards_in(message), world)
        assert f"<@{world.dana.id}> started this run" in words(card)
        assert "<!" not in words(card).replace("<!date", "")


async def test_a_name_that_shouts_is_harmless(world):
    """Names come from Harness and are escaped; the alert's own words are never repeated."""
    run = ended(world)
    run.pipeline_name = "<!channel> & *friends*"
    async with world.bot(pace=PACE):
        message = world.slack.webhook(world.ops).posts(
            f"<!channel> <https://evil.example/#/x|failed> {world.harness.world.link(run)} failed"
        )
        (card,) = await until(lambda: cards_in(message), world)
        assert "<!channel>" not in words(card)
        assert "evil.example" not in str(card.blocks)
