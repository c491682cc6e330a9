"""The sweep: bad ends that nothing told of, from the installation on, and after downtime."""

from tests.alerts.doors import PACE, cards, ended, fails, graphql, quiet, shape
from tests.e2e.world import until


async def test_a_failure_that_nothing_told_of_is_found(world):
    """Without any alert the card is there a few minutes after the run's end."""
    async with world.bot(pace=PACE, alert_channel=world.ops.id):
        await until(lambda: "swept" in world.log.getvalue(), world)
        fails(world)
        await until(lambda: len(cards(world.ops)) == 1, world)
        await quiet(world)
        assert len(cards(world.ops)) == 1


async def test_what_failed_before_the_installation_is_left_alone(world):
    """Ruling 20: it starts at the time of installation."""
    ended(world)
    async with world.bot(pace=PACE, alert_channel=world.ops.id):
        await until(lambda: world.log.getvalue().count('"swept"') >= 2, world)
        assert cards(world.ops) == []


async def test_without_an_alert_channel_nothing_is_swept(world):
    """Ruling 20: then it is off, and costs no request."""
    async with world.bot(pace=PACE):
        fails(world)
        await quiet(world)
        assert cards(world.ops) == []
        assert graphql(world) == []


async def test_after_downtime_it_catches_up_once(world):
    """What failed while the bot was down comes when it is back, and only once."""
    async with world.bot(pace=PACE, alert_channel=world.ops.id):
        await until(lambda: '"swept"' in world.log.getvalue(), world)
    runs = [fails(world, f"Nightly {n}") for n in range(3)]
    for _ in range(2):
        async with world.bot(pace=PACE, alert_channel=world.ops.id):
            await until(lambda: len(cards(world.ops)) == len(runs), world)
            await quiet(world)
    assert len(cards(world.ops)) == len(runs)


async def test_a_sweep_and_an_alert_make_one_card(world):
    """The alert's thread has it; the sweep adds nothing (ruling 18)."""
    async with world.bot(pace=PACE, alert_channel=world.ops.id):
        await until(lambda: '"swept"' in world.log.getvalue(), world)
        run = fails(world)
        message = world.slack.webhook(world.ops).posts(**shape(world, run, "A"))
        await until(lambda: cards(world.ops), world)
        await quiet(world)
        (card,) = cards(world.ops)
        assert card in message.thread or message.thread == []


async def test_an_idle_sweep_is_one_small_request(world):
    """One ``executions`` request a round, without any stage."""
    async with world.bot(pace=PACE, alert_channel=world.ops.id):
        await until(lambda: world.log.getvalue().count('"swept"') >= 3, world)
        asked = graphql(world)
        assert {request.names for request in asked} == {("executions",)}
        assert all("pipelineStageExecutions" not in request.query for request in asked)
        rounds = world.log.getvalue().count('"swept"')
        assert len(asked) <= rounds + 1


async def test_only_applications_of_the_policy_are_asked_for(world, tmp_path):
    """The policy's applications are named in the question; others' failures are never read."""
    policy = tmp_path / "policy.toml"
    policy.write_text('[only]\napplications = ["Pay*"]\n')
    pay = world.harness.world.application("Payments")
    async with world.bot(pace=PACE, alert_channel=world.ops.id, policy_file=policy):
        await until(lambda: '"swept"' in world.log.getvalue(), world)
        fails(world)
        await quiet(world)
        assert cards(world.ops) == []
        last = [r for r in graphql(world) if r.names == ("executions",)][-1]
        assert {"applicationId": pay.id} in last.variables["filters"]
