"""A bot that is killed again and again while people click loses, doubles and repeats nothing."""

import random

import pytest

from bot.demo.harness import Fault
from tests.torture import storms
from tests.torture.arena import opened

pytestmark = pytest.mark.timeout(180)  # real processes, on a machine that may be busy

SEED = 20261123
WORST = (
    Fault.DROPPED_AFTER,
    Fault.NULL_AFTER,
    Fault.HANG,
    Fault.GENERIC_ERROR_AFTER,
    Fault.LATE,
    Fault.MANAGER_429,
)
"""One fault of each kind: done and lost, done and denied, nothing, late, certainly not done."""


async def test_clicks_survive_kills(tmp_path, sqlite_url):
    """Killed at random moments after clicks, the bot resumes each run once or says why not."""
    async with opened(tmp_path, sqlite_url) as arena:
        found = await storms.kills(arena, random.Random(SEED), rounds=2, clicks=4)
        assert found.kills == 2
        assert found.faults == {}, found


@pytest.mark.postgres
async def test_clicks_survive_the_loss_of_a_replica(tmp_path, postgres_url):
    """With two replicas on Postgres, one of them killed or frozen, it is the same."""
    async with opened(tmp_path, postgres_url) as arena:
        found = await storms.two_replicas(arena, random.Random(SEED), rounds=2, clicks=4)
        assert found.faults == {}, found


async def test_every_kind_of_fault_at_the_call_survives_kills(tmp_path, sqlite_url):
    """Whatever Harness does to the one call, and whenever the bot dies, it is told truthfully."""
    async with opened(tmp_path, sqlite_url) as arena:
        found = await storms.harness_faults(arena, random.Random(SEED), faults=WORST, kills=2)
        assert found.faults == {}, found


async def test_slacks_faults_and_kills_repeat_no_line(tmp_path, sqlite_url):
    """Posts that Slack took before the line dropped are not said again, kills or not."""
    async with opened(tmp_path, sqlite_url) as arena:
        found = await storms.slack_faults(arena, random.Random(SEED), rounds=1, clicks=3)
        assert found.faults == {}, found
