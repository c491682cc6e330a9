"""Two hundred random permission worlds: the bot's verdict at the click is the oracle's."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from random import Random

import pytest
import pytest_asyncio

from bot.demo.harness import Fault
from bot.flows.pace import Pace
from tests.e2e.world import World, opened
from tests.who_may.drawn import Drawn
from tests.who_may.oracle import ambiguous, certain, corrupt

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEEDS, WORLDS = 5, 40
NO_HINTS = replace(Pace(), hint_seconds=0.0, post_seconds=0.0)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One world with one running bot, whose REST views may be asked as often as it takes."""
    folder = tmp_path_factory.mktemp("store")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.harness.firstgen.REST_REQUESTS_PER_MINUTE", 0)
        url = f"sqlite:///{folder / 'bot.db'}"
        async with opened(url) as world, world.bot(pace=NO_HINTS, poll_seconds=60):
            yield world


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_the_verdict_at_the_click_is_the_oracles(shop: World, seed: int) -> None:
    """Resumed where the rule says yes, refused where it says no, for one person all the time."""
    drawn = Drawn(shop, Random(seed))
    seen: Counter[str] = Counter()
    for _ in range(WORLDS):
        pipeline, allowed = drawn.world()
        said = await drawn.verdict(shop.failed_run(pipeline))
        resumed = not said
        if resumed or not ambiguous(drawn.user):
            assert resumed == allowed, (said, drawn.user, pipeline)
        else:
            seen["ambiguous"] += 1
        seen[f"allowed {allowed}"] += 1
        seen["crowd"] += len(drawn.user.groups) > 100
        seen["corrupt"] += any(map(corrupt, drawn.user.groups))
    assert seen["allowed True"] >= WORLDS // 6, seen
    assert seen["allowed False"] >= WORLDS // 6, seen
    assert seen["ambiguous"] <= WORLDS // 4, seen


@pytest.mark.parametrize("part", ["userGroups", "isDisabled", "isUserLocked", "isEmailVerified"])
async def test_what_is_missing_counts_against_the_person(shop: World, part: str) -> None:
    """Where Harness leaves a part of a user out, nobody is let past, whatever the rest says."""
    drawn = Drawn(shop, Random(part))
    pipeline = next(found for found, yes in iter(drawn.world, None) if yes)
    run = shop.failed_run(pipeline)
    shop.harness.faults.arm(Fault.PARTIAL, on="userByEmail", times=9, part=part)
    assert await drawn.verdict(run)
    shop.harness.faults.disarm()


async def test_no_answer_is_remembered(shop: World) -> None:
    """The same button refuses while Harness does not know the person, and works once it does."""
    drawn = Drawn(shop, Random(7))
    users = shop.harness.world.users
    pipeline = next(found for found, yes in iter(drawn.world, None) if yes)
    run = shop.failed_run(pipeline)
    card = await shop.card(run)
    users.remove(drawn.user)
    assert "no user with your e-mail" in await drawn.verdict(run, card)
    users.append(drawn.user)
    drawn.user.locked = True
    assert "is locked" in await drawn.verdict(run, card)
    drawn.user.locked = False
    assert await drawn.verdict(run, card) == ""


async def test_without_rest_only_what_is_certain_counts(shop: World) -> None:
    """Where REST does not confirm that ALL is all, such grants do not count; the others do."""
    drawn = Drawn(shop, Random(44))
    shop.harness.faults.arm(Fault.SERVER_ERROR, on="rest:userGroups", times=10_000)
    seen: Counter[bool] = Counter()
    for _ in range(WORLDS):
        pipeline, _ = drawn.world()
        allowed = certain(drawn.user, pipeline)
        said = await drawn.verdict(shop.failed_run(pipeline))
        assert (not said) == allowed, (said, drawn.user, pipeline)
        seen[allowed] += 1
    shop.harness.faults.disarm()
    assert min(seen[True], seen[False]) >= WORLDS // 8, seen
