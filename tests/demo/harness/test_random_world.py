"""Random runs: what the truth offers can be resumed at exactly that group, and nothing else."""

from random import Random

import pytest

from bot.demo.harness import PretendHarness
from bot.demo.harness.random_world import SCENARIOS, random_run


def quoted(name: str) -> str:
    return "\\Q" + name.replace("\\E", "\\E\\\\E\\Q") + "\\E"


def test_a_seed_repeats_itself(clock):
    """The same seed makes the same run, id for id."""
    made = []
    for _ in range(2):
        drawn = random_run(PretendHarness(now=clock).world, Random(5))
        made.append((drawn.run.id, drawn.scenario, drawn.offers))
    assert made[0] == made[1]


def test_every_shape_occurs(clock):
    """Among some hundred seeds there is every scenario and every oddity of the facts."""
    world = PretendHarness(now=clock).world
    drawn = [random_run(world, Random(seed)) for seed in range(300)]
    rows = [row for one in drawn for row in one.run.rows]
    assert {one.scenario for one in drawn} == set(SCENARIOS)
    assert any(one.unaddressable for one in drawn)
    assert any(row.looped for row in rows)
    assert any(row.kind == "approval" for row in rows)
    assert any(row.stage.startswith("STAGE ") for row in rows)
    assert {row.status.value for row in rows} >= {
        *("SUCCESS", "FAILED", "ERROR", "ABORTED", "REJECTED", "EXPIRED", "SKIPPED", "QUEUED"),
        "RUNNING",
    }
    for one in drawn:
        if one.scenario in {"succeeded", "still running", "failed during artifact collection"}:
            assert one.offers == ()


@pytest.mark.parametrize("seed", range(40))
async def test_the_truth_can_be_resumed(caller, harness, seed):
    """Each offered name starts its own group; a name beyond the end starts nothing cleanly."""
    harness.race = 0.0
    drawn = random_run(harness.world, Random(seed))
    run = drawn.run
    run.refresh()
    for offer in drawn.offers:
        run.resume_root, run.latest = None, False
        told = await caller.resume(run, quoted(offer.name))
        assert told["data"]["resumeExecution"], told
        assert harness.world.resumes[-1].group == offer.group
    run.resume_root, run.latest = None, False
    known = {offer.name for offer in drawn.offers}
    last = max((one.group for one in (*drawn.offers, *drawn.unaddressable)), default=-1)
    for row in run.rows:  # an approval right after the end replays the failure (facts 3.4)
        beyond = row.group > last and row.stage not in known
        if beyond and (row.kind == "workflow" or row.group > last + 1):
            before = len(harness.world.resumes)
            await caller.resume(run, quoted(row.stage))
            assert len(harness.world.resumes) == before
