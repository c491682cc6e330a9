"""The story of the demo: who may what, which runs are there, and how they go on when resumed."""

from dataclasses import dataclass

import pytest

from bot.demo.harness.people import may_execute
from bot.demo.panel import Panel
from bot.demo.story import Story, tell


@dataclass
class Clock:
    seconds: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def story(clock: Clock) -> Story:
    return tell(now=clock)


def grants_of(story, handle):
    email = story.person(handle).email
    user = next((one for one in story.harness.world.users if one.email == email), None)
    return [grant for group in user.groups for grant in group.grants] if user else None


def may(story, handle, pipeline):
    grants = grants_of(story, handle)
    made = story.pipelines[pipeline]
    return grants is not None and may_execute(grants, made.app.id, made.environments)


@pytest.mark.parametrize(
    ("handle", "allowed"),
    [
        ("dana.ops", {"Checkout Release", "Ledger Release", "Nightly Regression", "Data Stores"}),
        ("riya.lead", {"Checkout Release", "Nightly Regression"}),
        ("lee.dev", {"Nightly Regression", "Data Stores"}),
        ("sam.sales", set()),
        ("gil.guest", set()),
    ],
)
def test_five_people_have_five_sets_of_rights(story, handle, allowed):
    """What stands below each name on the page is what Harness's user groups say."""
    names = {"Checkout Release", "Ledger Release", "Nightly Regression", "Data Stores"}
    assert {name for name in names if may(story, handle, name)} == allowed
    assert (story.person(handle).standing == "guest") is (handle == "gil.guest")


@pytest.mark.parametrize(
    ("pipeline", "status"),
    [
        ("Checkout Release", "FAILED"),
        ("Nightly Regression", "FAILED"),
        ("Search Index", "FAILED"),
        ("Data Stores", "FAILED"),
        ("Fraud Model Canary", "FAILED"),
        ("Invoice API", "SUCCESS"),
        ("Image Rebuild", "RUNNING"),
        ("Ledger Release", "PAUSED"),
    ],
)
def test_each_kind_of_run_is_there(story, pipeline, status):
    """Runs have failed, succeeded, wait or go on by the time the visitor looks."""
    runs = Panel(story).state()["harness"]["runs"]
    assert [run["status"] for run in runs if run["pipeline"] == pipeline] == [status]


def test_stages_take_time_to_watch_but_not_more(story):
    """What ends by itself takes 8 to 20 seconds, so that an end is seen within two minutes."""
    for pipeline in story.pipelines.values():
        elements = [element for stage in pipeline.stages for element in stage.elements]
        lasting = [one.seconds for one in elements if one.kind == "workflow" and one.seconds < 3600]
        assert all(8 <= seconds <= 20 for seconds in lasting)
        assert sum(lasting) < 120


def test_the_bot_is_in_two_of_three_channels(story):
    """The visitor can also see what the bot says where it was not invited."""
    bot = story.slack.bot
    assert {name: bot in channel.members for name, channel in story.channels.items()} == {
        "deploys": True,
        "storefront": True,
        "random": False,
    }


def test_the_first_message_tells_what_to_try(story):
    """It is short, and its command names a run that is there and has failed."""
    first = story.channels["deploys"].messages[0]
    assert first in story.pinned
    assert len(first.text.splitlines()) <= 6
    assert f"`/resume {story.runs['Checkout Release'].id}`" in first.text


def test_a_running_stage_tells_how_far_it_is(story, clock):
    """The panel can draw a stage's progress: since when it runs, and how long it takes."""
    runs = Panel(story).state()["harness"]["runs"]
    rebuild = next(run for run in runs if run["pipeline"] == "Image Rebuild")
    fetch, running = (stage["rows"][0] for stage in rebuild["stages"])
    assert "since" not in fetch
    assert running["since"] < clock.seconds < running["since"] + running["lasts"]


async def test_the_panel_moves_harness(story, clock):
    """Its buttons start, fail, approve and reject runs, and post Harness's alert to Slack."""
    panel, world = Panel(story), story.harness.world
    acts, dana = panel.acts, story.person("dana.ops").id
    ledger, checkout = story.pipelines["Ledger Release"], story.pipelines["Checkout Release"]

    await acts["start"]({"as": dana, "pipeline": ledger.id})
    started = list(world.runs.values())[-1]
    assert started.starter.name == "Dana Ops"
    assert (await acts["fail"]({"run": started.id}))["ok"]
    assert started.status == "FAILED"
    assert not (await acts["fail"]({"run": started.id}))["ok"]

    waiting = story.runs["Ledger Release"]
    assert (await acts["approve"]({"run": waiting.id}))["ok"]
    clock.seconds += 15
    world.tick()
    assert waiting.status == "SUCCESS"
    assert not (await acts["approve"]({"run": waiting.id}))["ok"]

    await acts["start"]({"as": dana, "pipeline": ledger.id})
    clock.seconds += 8
    rejected = list(world.runs.values())[-1]
    assert (await acts["reject"]({"run": rejected.id}))["ok"]
    assert rejected.status == "REJECTED"
    assert not (await acts["reject"]({"run": rejected.id}))["ok"]

    assert (await acts["alert"]({"run": story.runs["Checkout Release"].id}))["ok"]
    alert = story.channels["storefront"].messages[-1]
    assert checkout.name in alert.text
    assert "Timed out" in alert.attachments[0]["text"]
    assert not (await acts["alert"]({"run": story.runs["Invoice API"].id}))["ok"]
