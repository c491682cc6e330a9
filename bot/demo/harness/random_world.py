"""Random pipelines and runs from a seed, with the truth about what may be offered for resuming.

The truth comes from the hidden parallel indices that GraphQL does not show, and from ruling 1.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from bot.demo.harness.engine import stage_names
from bot.demo.harness.plan import (
    Application,
    Element,
    Environment,
    Stage,
    approval,
    stage,
    workflow,
)
from bot.demo.harness.runs import Run, Starter, boundary
from bot.demo.harness.status import RESUMABLE
from bot.demo.harness.world import World

Scenario = Literal[
    "failed",
    "aborted while running",
    "stopped between stages",
    "failed during artifact collection",
    "succeeded",
    "still running",
]
SCENARIOS: tuple[Scenario, ...] = (
    "failed",
    "aborted while running",
    "stopped between stages",
    "failed during artifact collection",
    "succeeded",
    "still running",
)
_WEIGHTS = (60, 14, 12, 4, 5, 5)
_LONG_AGO = 100_000.0
_BAD_ENDS = ("FAILED", "FAILED", "FAILED", "ERROR", "ABORTED", "REJECTED", "EXPIRED")
_PLAIN = ("Build", "Deploy", "Verify", "Promote", "Smoke tests", "Sign-off", "prod", "Canary 10%")
NASTY_NAMES = (
    "Deploy (prod)",
    "Build [1]",
    "a+b",
    "C++",
    "$x",
    "what?",
    "v1.2",
    ".*",
    "*prod",
    "Deploy (",
    "{3}",
    "x|y",
    r"back\slash",
    r"\d+",
    r"odd \E end",
    r"\Qquoted\E",
    "STAGE 2",
    "STAGE 3",
    "<!channel> & <b>",
    "*bold* _it_ ~no~ `code`",
    "two\nlines",
    "Größe: Ünïcode 🚀",
    "נתונים בעברית",
    "n" * 300,
    "  padded  ",
    "-rf",
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A group that a resume may name, with the hidden index that it must hit."""

    name: str
    group: int
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RandomRun:
    """A run, the scenario that made it, and what may be offered.

    `offers` is in the pipeline's order; `unaddressable` are the groups up to the same end whose
    name an earlier group already has, so that naming them would restart the first.
    """

    run: Run
    scenario: Scenario
    offers: tuple[Offer, ...]
    unaddressable: tuple[Offer, ...]


def random_run(
    world: World, dice: Random, *, most_groups: int = 8, scenario: Scenario | None = None
) -> RandomRun:
    """Make an application, a pipeline and a run of it that has come to some end.

    Two neighbouring groups never get the same name: from outside they cannot be told apart.
    """
    played = scenario or dice.choices(SCENARIOS, _WEIGHTS)[0]
    app = world.application(f"App {dice.randrange(1000)}")
    environments = [
        world.environment(app, name, prod="prod" in name) for name in ("prod-eu", "prod-us", "qa")
    ]
    stages = _stages(dice, environments, dice.randint(1, most_groups))
    failing = dice.randrange(len(stages))
    if played == "failed":
        stages[failing] = _failing(dice, stages[failing])
    elif played in {"aborted while running", "still running"}:
        stages[failing] = _endless(stages[failing])
    pipeline = world.pipeline(app, f"Pipeline {dice.randrange(1000)}", *stages)
    by = _starter(world, dice, app)
    if played == "failed during artifact collection":
        run = world.start(pipeline, by=by, held=True)
        world.fail_preparing(run)
    else:
        stops = failing if played == "stopped between stages" else None
        run = world.start(pipeline, by=by, ago=_LONG_AGO, stops_before=stops)
    if played == "aborted while running" and run.ended is None:
        world.abort(run)
    offers, unaddressable = truth(run)
    return RandomRun(run, played, offers, unaddressable)


def truth(run: Run) -> tuple[tuple[Offer, ...], tuple[Offer, ...]]:
    """Say what may be offered, and what has a repeated name, by the hidden parallel indices."""
    if run.status not in RESUMABLE:
        return (), ()
    last = boundary(run.rows)
    offers: list[Offer] = []
    repeated: list[Offer] = []
    for index, name in enumerate(stage_names(run.stages)[: last + 1]):
        steps = tuple(row.step for row in run.group(index))
        seen = any(offer.name == name for offer in offers)
        (repeated if seen else offers).append(Offer(name, index, steps))
    return tuple(offers), tuple(repeated)


def _stages(dice: Random, environments: list[Environment], number: int) -> list[Stage]:
    stages: list[Stage] = []
    for index in range(number):
        name = _name(dice, stages)
        before = stage_names(tuple(stages))[-1:]
        while [name or f"STAGE {index + 1}"] == before:
            name = f"Group {index + 1}"
        elements = [
            _element(dice, environments, f"step {index + 1}.{n + 1}")
            for n in range(dice.choice((1, 1, 1, 2, 2, 3, 4)))
        ]
        stages.append(stage(name, *elements))
    return stages


def _name(dice: Random, stages: list[Stage]) -> str | None:
    kind = dice.random()
    if kind < 0.35:
        return None
    if kind < 0.65:
        return dice.choice(_PLAIN)
    if kind < 0.85 or not stages:
        return dice.choice(NASTY_NAMES)
    return dice.choice(stages).name or None


def _element(dice: Random, environments: list[Environment], step: str) -> Element:
    kind = dice.random()
    seconds = float(dice.randint(5, 90))
    if kind < 0.2:
        return approval(step, seconds=seconds)
    if kind < 0.3:
        return workflow(step, seconds=seconds)
    if kind < 0.4:
        return workflow(step, dice.choice(environments), skip=True)
    if kind < 0.55:
        return workflow(step, seconds=seconds, loops=dice.sample(environments, 2))
    return workflow(step, dice.choice(environments), seconds=seconds)


def _failing(dice: Random, chosen: Stage) -> Stage:
    """Make one element of a stage, or more, end badly."""
    worst = dice.randrange(len(chosen.elements))
    return stage(
        chosen.name,
        *(
            _bad(dice, element) if index == worst or dice.random() < 0.2 else element
            for index, element in enumerate(chosen.elements)
        ),
    )


def _bad(dice: Random, element: Element) -> Element:
    ends = ("REJECTED", "EXPIRED") if element.kind == "approval" else _BAD_ENDS
    drawn = approval if element.kind == "approval" else workflow
    model = drawn("", ends=(dice.choice(ends), "SUCCESS"))
    return replace(element, ends=model.ends, skip=False, seconds=element.seconds or 10.0)


def _endless(chosen: Stage) -> Stage:
    """Make every element of a stage run until somebody moves it."""
    elements: Iterable[Element] = (
        replace(element, seconds=None, skip=False, expires=10 * _LONG_AGO)
        for element in chosen.elements
    )
    return stage(chosen.name, *elements)


def _starter(world: World, dice: Random, app: Application) -> Starter:
    kind = dice.random()
    if kind < 0.5:
        number = len(world.users)
        return world.user(f"person{number}@example.com", f"Person {number}")
    if kind < 0.75:
        return world.trigger(app, "on-merge")
    return world.keys[0]
