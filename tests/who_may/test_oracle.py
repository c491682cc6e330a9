"""Two hundred random permission worlds: the bot's verdict at the click is the oracle's."""

import itertools
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from random import Random

import pytest
import pytest_asyncio

from bot.demo.harness import Fault, Pipeline, Run, stage, workflow
from bot.demo.slack import Message, Person
from bot.flows.pace import Pace
from tests.e2e.world import World, opened, words
from tests.who_may.oracle import (
    Place,
    ambiguous,
    corrupt,
    may,
    random_groups,
    randomly_troubled,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEEDS, WORLDS = 5, 40
NO_HINTS = replace(Pace(), hint_seconds=0.0)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One world with one running bot, whose REST views may be asked as often as it takes."""
    folder = tmp_path_factory.mktemp("store")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.harness.firstgen.REST_REQUESTS_PER_MINUTE", 0)
        async with opened(f"sqlite:///{folder / 'bot.db'}") as world:
            async with world.bot(pace=NO_HINTS, poll_seconds=60):
                yield world


class Drawn:
    """A person whose rights are drawn anew for each world, and pipelines to press on."""

    def __init__(self, shop: World, dice: Random) -> None:
        self.shop, self.dice, world = shop, dice, shop.harness.world
        name = f"pat{dice.randrange(10**9)}"
        self.pat: Person = shop.slack.person(name, email=f"{name}@example.com")
        self.channel = shop.slack.channel(name, members=[self.pat, shop.dana])
        shop.ops = self.channel
        self.user = world.user(f"{name}@example.com", name)
        self.environments = [
            shop.prod,
            shop.dev,
            world.environment(shop.shop, "prod-us", prod=True),
            world.environment(shop.shop, "qa", prod=False),
        ]
        self.kept = len(world.groups)
        self.other = world.application("Back Office")
        self.numbers = itertools.count(1)
        self.place = Place(world, [shop.shop, self.other], [], self.environments)

    def pipeline(self) -> Pipeline:
        """Make a pipeline that deploys to some of the environments, or to none, and fails."""
        used = self.dice.sample(self.environments, self.dice.randint(1, 3))
        flows = [workflow(f"to {e.name}", e, seconds=1) for e in used]
        bad = workflow("breaks", used[0], seconds=1, ends=("FAILED", "SUCCESS"))
        name = f"Pipe {next(self.numbers)}"
        return self.shop.harness.world.pipeline(self.shop.shop, name, stage("Go", bad, *flows))

    def world(self) -> tuple[Pipeline, bool]:
        """Draw a world; give the pipeline to press on, and whether the person may."""
        pipeline = self.pipeline()
        self.place.pipelines = [*self.place.pipelines[-3:], pipeline]
        groups = self.shop.harness.world.groups
        del groups[self.kept :]
        self.user.groups = random_groups(self.dice, self.place)
        groups += self.user.groups
        randomly_troubled(self.dice, self.user)
        used = {e.environment.id: e.environment for s in pipeline.stages for e in s.elements}
        return pipeline, may(self.user, pipeline, list(used.values()))

    async def verdict(self, run: Run, card: Message | None = None) -> str:
        """Press, and say what came: the empty text when the run was resumed, else the refusal."""
        card = card or await self.shop.card(run, self.shop.dana)
        before = len(self.pat.ephemerals())
        await self.pat.presses(card, f"Resume {run.pipeline.name} from Go")
        await self.shop.slack.until(
            lambda: self.shop.resumes_of(run) or len(self.pat.ephemerals()) > before, 10
        )
        return "" if self.shop.resumes_of(run) else words(self.pat.ephemerals()[-1])


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


async def test_a_partial_answer_never_widens(shop: World) -> None:
    """Where a part of the person's rights is missing, nobody is let past whom the rule refuses."""
    drawn = Drawn(shop, Random(99))
    for _ in range(25):
        pipeline, allowed = drawn.world()
        run = shop.failed_run(pipeline)
        shop.harness.faults.arm(Fault.PARTIAL, on="userByEmail", times=9)
        said = await drawn.verdict(run)
        shop.harness.faults.disarm()
        assert said or allowed


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
