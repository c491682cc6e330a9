"""What is set up in Harness: applications, environments, pipelines, freezes and event rules."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from bot.demo.harness.status import Raw

if TYPE_CHECKING:
    from bot.demo.harness.people import UserGroup

Kind = Literal["workflow", "approval"]
_WEEK = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment, production or not."""

    id: str
    name: str
    type: Literal["PROD", "NON_PROD"]
    app_id: str


@dataclass(eq=False, slots=True)
class Application:
    """An application; it owns everything but people."""

    id: str
    name: str
    service_id: str
    service_name: str


@dataclass(frozen=True, slots=True)
class Element:
    """One box of a pipeline: a workflow or an approval.

    `seconds` None never ends by itself. `ends` is the script of the outcomes, one for each time
    the element really runs in a chain of resumes; the last one repeats. `loops` makes a row for
    each environment, all with the same element id (facts 3.5); the script rules the last row.
    """

    step: str
    kind: Kind
    environment: Environment | None = None
    seconds: float | None = 30.0
    ends: tuple[Raw, ...] = (Raw.SUCCESS,)
    loops: tuple[Environment, ...] = ()
    skip: bool = False
    approvers: tuple["UserGroup", ...] = ()
    approval_type: str = "USER_GROUP"
    expires: float = _WEEK
    message: str = "Rolling Deployment: Timed out waiting for steady state"
    id: str = ""
    workflow_id: str = ""
    valid: bool = True
    nameless: bool = False

    @property
    def environments(self) -> tuple[Environment, ...]:
        """List the environments that the element deploys to."""
        return self.loops or ((self.environment,) if self.environment else ())


@dataclass(frozen=True, slots=True)
class Stage:
    """Elements that run side by side under one name: what the facts call a parallel group."""

    name: str
    elements: tuple[Element, ...]


@dataclass(eq=False, slots=True)
class Pipeline:
    """A pipeline's live definition."""

    id: str
    name: str
    app: Application
    stages: tuple[Stage, ...]
    deleted: bool = False

    @property
    def environments(self) -> tuple[Environment, ...]:
        """List every environment of the pipeline once, in order."""
        return environments_of(self.stages)


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger that starts pipelines."""

    id: str
    name: str
    app_id: str


@dataclass(eq=False, slots=True)
class Freeze:
    """A deployment freeze window; no environments is the master freeze."""

    name: str
    environments: tuple[Environment, ...] = ()
    active: bool = True

    def hits(self, environments: Iterable[Environment]) -> bool:
        """Tell whether the freeze stops a deployment to any of these."""
        if not self.active:
            return False
        return not self.environments or any(env in self.environments for env in environments)


@dataclass(eq=False, slots=True)
class EventRule:
    """An event rule of an application (facts 7.1)."""

    id: str
    name: str
    app_id: str
    url: str
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    enabled: bool = True
    type: Literal["ALL", "PIPELINE", "WORKFLOW"] = "ALL"
    events: tuple[str, ...] = ()
    entity_ids: tuple[str, ...] = ()

    def wants(self, event: str, entity_id: str) -> bool:
        """Tell whether an event of this pipeline or workflow is to be sent."""
        kind_fits = self.type == "ALL" or event.startswith(self.type.lower())
        event_fits = not self.events or event in self.events
        return (
            self.enabled
            and kind_fits
            and event_fits
            and (not self.entity_ids or entity_id in self.entity_ids)
        )


def environments_of(stages: Iterable[Stage]) -> tuple[Environment, ...]:
    """List every environment of these stages once, in order."""
    found = (env for stage in stages for el in stage.elements for env in el.environments)
    return tuple(dict.fromkeys(found))


def workflow(
    step: str,
    environment: Environment | None = None,
    *,
    seconds: float | None = 30.0,
    ends: str | Iterable[str] = "SUCCESS",
    loops: Iterable[Environment] = (),
    skip: bool = False,
    message: str = "Rolling Deployment: Timed out waiting for steady state",
) -> Element:
    """Draw a workflow box, such as `workflow("Deploy EU", prod, ends=("FAILED", "SUCCESS"))`."""
    return Element(
        step,
        "workflow",
        environment,
        seconds,
        _script(ends),
        tuple(loops),
        skip,
        message=message,
    )


def approval(
    step: str,
    *approvers: "UserGroup",
    seconds: float | None = None,
    ends: str | Iterable[str] = "SUCCESS",
    expires: float = _WEEK,
    approval_type: str = "USER_GROUP",
) -> Element:
    """Draw an approval box; without `seconds` it waits until somebody answers or it expires."""
    return Element(
        step,
        "approval",
        seconds=seconds,
        ends=_script(ends),
        approvers=approvers,
        expires=expires,
        approval_type=approval_type,
    )


def stage(name: str | None, *elements: Element) -> Stage:
    """Put elements side by side; without a name the server calls it `STAGE <n>`."""
    return Stage(name or "", elements)


def _script(ends: str | Iterable[str]) -> tuple[Raw, ...]:
    return (Raw(ends),) if isinstance(ends, str) else tuple(Raw(end) for end in ends)
