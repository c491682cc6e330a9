"""A person whose rights are drawn anew for each world, and pipelines to press on."""

import itertools
from random import Random

from bot.demo.harness import Pipeline, Run, stage, workflow
from bot.demo.slack import Message, Person
from tests.e2e.world import World, words
from tests.who_may.oracle import Place, may, random_groups, randomly_troubled


class Drawn:
    """The person, at the keyboard and in Harness."""

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
        return pipeline, may(self.user, pipeline, list(pipeline.environments))

    async def verdict(self, run: Run, card: Message | None = None) -> str:
        """Press, and say what came: the empty text when the run was resumed, else the refusal."""
        card = card or await self.shop.card(run, self.shop.dana)
        before = len(self.pat.ephemerals())
        await self.pat.presses(card, f"Resume {run.pipeline.name} from Go")
        await self.shop.slack.until(
            lambda: self.shop.resumes_of(run) or len(self.pat.ephemerals()) > before, 10
        )
        return "" if self.shop.resumes_of(run) else words(self.pat.ephemerals()[-1])
