"""What Harness tells by itself, through its event rules."""

from dataclasses import dataclass

from bot.core.execution import Environments, ExecutionRef


@dataclass(frozen=True, slots=True)
class RunFailed:
    """A run of a pipeline, or a workflow in it, ended badly."""

    id: str
    """The event's id: a repeated delivery has the same."""
    run: ExecutionRef
    environments: Environments
    """By their ids alone; complete only when the event lists those of the whole run."""


@dataclass(frozen=True, slots=True)
class Tried:
    """The test event of a rule."""

    id: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that nobody waits for, and why."""

    id: str
    why: str


Event = RunFailed | Tried | Ignored
