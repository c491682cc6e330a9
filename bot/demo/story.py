"""Who and what there is in the demo: people with different rights, pipelines, and their runs.

Rights are Harness's own: user groups whose grants are the lines that the page shows below each
name. Stages take 8 to 20 seconds, so that a resume can be watched from its start to its end.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.demo.harness import (
    Application,
    EnvFilter,
    Pipeline,
    PretendHarness,
    Run,
    User,
    approval,
    deployment,
    everything,
    only,
    stage,
    workflow,
)
from bot.demo.slack import Channel, Message, Person, PretendSlack

MINUTE = 60.0
HOUR = 60 * MINUTE


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody whom the visitor can act as, and in a few words what Harness lets them do."""

    person: Person
    rights: str


@dataclass(slots=True)
class Story:
    """The two pretended services, and those parts of them that are told about."""

    slack: PretendSlack
    harness: PretendHarness
    cast: list[Actor] = field(default_factory=list)
    channels: dict[str, Channel] = field(default_factory=dict)
    alerts_go_to: dict[str, Channel] = field(default_factory=dict)
    """The channel of each application's alerts, by the application's id."""
    pipelines: dict[str, Pipeline] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    """The run of each pipeline that the story begins with, by the pipeline's name."""
    pinned: list[Message] = field(default_factory=list)

    def person(self, handle: str) -> Person:
        """Find somebody by their Slack name, as ``dana.ops``."""
        return next(one.person for one in self.cast if one.person.name == handle)


def tell(*, now: Callable[[], float] = time.time) -> Story:
    """Make the whole world; nothing is served yet. `now` gives epoch seconds."""
    # No quota: the demo looks at a run every second or two, so that two minutes are enough.
    story = Story(PretendSlack(now=now, name="Acme"), PretendHarness(now=now, quota=0))
    world = story.harness.world
    shop = world.application("Storefront", "checkout")
    payments = world.application("Payments", "ledger")
    riya = _people(story, shop)
    _pipelines_of_the_shop(story, shop, riya)
    _pipelines_of_payments(story, payments, riya)
    _channels(story, shop, payments)
    return story


def _people(story: Story, shop: Application) -> User:
    """Bring in five people; gives the Harness user who started things."""
    slack, world = story.slack, story.harness.world
    everywhere = world.user_group("Release managers", everything())
    in_shop = world.user_group("Storefront owners", deployment(only(shop)))
    safe = world.user_group("Developers", deployment(envs=EnvFilter(("NON_PROD",))))
    world.user("dana@acme.example", "Dana Ops", everywhere)
    riya = world.user("riya@acme.example", "Riya Lead", in_shop)
    world.user("lee@acme.example", "Lee Dev", safe)
    dana = slack.person("Dana Ops", email="dana@acme.example", standing="admin")
    people = (
        (dana, "Release managers: everything"),
        (slack.person("Riya Lead", email="riya@acme.example"), "Storefront only, production too"),
        (slack.person("Lee Dev", email="lee@acme.example"), "Developers: no production"),
        (slack.person("Sam Sales", email="sam@acme.example"), "No Harness user at all"),
        (
            slack.person("Gil Guest", email="gil@partner.example", standing="guest"),
            "A guest in Slack",
        ),
    )
    story.cast = [Actor(person, rights) for person, rights in people]
    return riya


def _pipelines_of_the_shop(story: Story, shop: Application, riya: User) -> None:
    world = story.harness.world
    staging = world.environment(shop, "shop-staging", prod=False)
    europe = world.environment(shop, "shop-prod-eu", prod=True)
    america = world.environment(shop, "shop-prod-us", prod=True)
    once = ("FAILED", "SUCCESS")
    unsteady = "Rolling Deployment: Timed out waiting for steady state: 2 of 6 pods are ready"
    _ran(
        story,
        world.pipeline(
            shop,
            "Checkout Release",
            stage("Build", workflow("Build image", seconds=8)),
            stage("Deploy staging", workflow("Roll out to staging", staging, seconds=10)),
            stage(
                "Deploy production",
                workflow("Europe", europe, seconds=14, ends=once, message=unsteady),
                workflow("America", america, seconds=10),
            ),
            stage("Smoke test", workflow("Buy a teapot", europe, seconds=9)),
        ),
        by=riya,
        ago=1.5 * MINUTE,
    )
    _ran(
        story,
        world.pipeline(
            shop,
            "Nightly Regression",
            *(
                stage(name, workflow(f"{name} suite", staging, seconds=8, ends=ends))
                for name, ends in (
                    ("Seed data", "SUCCESS"),
                    ("Catalogue", "SUCCESS"),
                    ("Search", "SUCCESS"),
                    ("Basket", "SUCCESS"),
                    ("Checkout", "SUCCESS"),
                    ("Payment", "SUCCESS"),
                    ("Returns", once),
                    ("Reports", "SUCCESS"),
                )
            ),
        ),
        by=riya,
        ago=3 * HOUR,
    )
    _ran(
        story,
        world.pipeline(
            shop,
            "Search Index",
            stage("Prepare", workflow("Snapshot the index", staging, seconds=8)),
            stage(
                "Deploy (prod)",
                workflow(
                    "Swap the alias",
                    europe,
                    seconds=12,
                    ends=once,
                    message="Shell Script: exit 1: alias search-live is locked by a <reindex> job",
                ),
            ),
        ),
        by=riya,
        ago=31 * MINUTE,
    )
    _ran(
        story,
        world.pipeline(
            shop,
            "Image Rebuild",
            stage("Fetch", workflow("Fetch base images", staging, seconds=20)),
            stage("Rebuild", workflow("Rebuild 41 images", staging, seconds=HOUR)),
        ),
        by=riya,
        ago=12 * MINUTE,
    )


def _pipelines_of_payments(story: Story, payments: Application, riya: User) -> None:
    world = story.harness.world
    test = world.environment(payments, "pay-test", prod=False)
    live = world.environment(payments, "pay-live", prod=True)
    full = "Kubernetes: PersistentVolumeClaim redis-0 is not bound"
    _ran(
        story,
        world.pipeline(
            payments,
            "Data Stores",
            stage(
                None,
                workflow("Mongo", test, seconds=8),
                workflow("Redis", test, seconds=12, ends=("FAILED", "SUCCESS"), message=full),
            ),
            stage(None, workflow("Migrate", test, seconds=10)),
        ),
        by=riya,
        ago=18 * MINUTE,
    )
    _ran(
        story,
        world.pipeline(
            payments,
            "Ledger Release",
            stage("Build", workflow("Build ledger", seconds=8)),
            stage("Sign-off", approval("Approve the release", world.groups[0])),
            stage("Deploy live", workflow("Roll out ledger", live, seconds=15)),
        ),
        by=riya,
        ago=4 * MINUTE,
    )
    flaky = "Canary Analysis: error rate 4.2 % is above 1 %"
    _ran(
        story,
        world.pipeline(
            payments,
            "Fraud Model Canary",
            stage("Train", workflow("Train on last week", test, seconds=8)),
            stage(
                "Canary",
                workflow(
                    "5 % of traffic",
                    test,
                    seconds=10,
                    ends=("FAILED", "FAILED", "SUCCESS"),
                    message=flaky,
                ),
            ),
            stage("Everybody", workflow("All traffic", test, seconds=8)),
        ),
        by=riya,
        ago=50 * MINUTE,
    )
    _ran(
        story,
        world.pipeline(
            payments,
            "Invoice API",
            stage("Build", workflow("Build invoices", seconds=8)),
            stage("Deploy test", workflow("Roll out invoices", test, seconds=12)),
        ),
        by=riya,
        ago=25 * MINUTE,
    )


def _ran(story: Story, pipeline: Pipeline, *, by: User, ago: float) -> None:
    story.pipelines[pipeline.name] = pipeline
    story.runs[pipeline.name] = story.harness.world.start(pipeline, by=by, ago=ago)


def _channels(story: Story, shop: Application, payments: Application) -> None:
    slack = story.slack
    everybody = [one.person for one in story.cast]
    dana, riya, lee, sam, _ = everybody
    deploys = slack.channel("deploys", members=everybody)
    storefront = slack.channel("storefront", members=everybody)
    random = slack.channel("random", members=[dana, riya, lee, sam], bot=False)
    story.channels = {one.name: one for one in (deploys, storefront, random)}
    story.alerts_go_to = {shop.id: storefront, payments.id: deploys}
    story.pinned = [_guide(story, deploys)]
    slack.posts(riya, storefront, "Checkout 2.14 is on its way to production :ship:")
    slack.posts(lee, storefront, "Fingers crossed. The teapot test was red all week.")
    slack.posts(sam, random, "Doughnuts in the kitchen :doughnut:")


def _guide(story: Story, deploys: Channel) -> Message:
    """Tell the visitor what to try; a click on the command puts it into the composer."""
    checkout = story.runs["Checkout Release"].id
    guide = story.slack.add_app("Guide")
    lines = (
        "*Welcome!* A production deployment has failed. Two minutes are enough to mend it:",
        f"1. Click `/resume {checkout}` and press Enter: the bot shows the run, a button a stage.",
        "2. On the left act as *Lee Dev*, press the green button: refused, no production for Lee.",
        "3. Act as *Riya Lead*, press it again and confirm. Open the thread and watch to the end.",
        "4. More on the right: *Nightly Regression* (has a menu), *Data Stores* (failed by half), ",
    )
    more = "*Fraud Model Canary* (fails again), *Ledger Release* (reject it, resume it, approve)."
    return story.slack.posts(guide, deploys, "\n".join(lines) + more)
