"""A forged event gives nobody anything: Harness's own word on the environments is asked first."""

import pytest

from bot.demo.harness import Fault
from tests.alerts.doors import PACE, TOKEN, cards, end_event, ended, posts_event
from tests.e2e.world import free_port, until, words

DEPLOY = "Resume Checkout Release from Deploy"


def forged(world, run, *environments):
    """Give the genuine event of the run, with other environments in it."""
    body = end_event(world, run)
    body["data"]["environments"] = [{"id": environment.id} for environment in environments]
    return body


@pytest.mark.parametrize("count", [1, 6])
@pytest.mark.parametrize("rest", ["answers", "is away", "is not there"])
@pytest.mark.parametrize("names", ["dev alone", "none"])
async def test_an_event_that_leaves_production_out_opens_no_door(world, count, rest, names):
    """Eve may deploy to dev alone: whatever an event says, a production run is not hers."""
    port = free_port()
    runs = [ended(world) for _ in range(count)]
    fault = {"is away": Fault.SERVER_ERROR, "is not there": Fault.NOT_JSON}.get(rest)
    if fault is not None:
        world.harness.faults.arm(fault, on="rest:executions", times=999)
    setup = {"port": port, "harness_events_token": TOKEN, "alert_channel": world.ops.id}
    async with world.bot(pace=PACE, **setup):
        for run in runs:
            kept = (world.dev,) if names == "dev alone" else ()
            assert await posts_event(port, forged(world, run, *kept)) == 202
        await until(lambda: len(cards(world.ops)) == count, world, 20)
        card = cards(world.ops)[-1]
        said = await world.refusal(world.eve, card, DEPLOY)
        assert "may not resume" in said
        assert world.harness.world.resumes == []
        assert "prod-eu" in words(card)
