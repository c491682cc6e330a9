"""Random permission worlds, and an oracle: Harness's rule, written from what Harness has stored.

It shares nothing with the bot: it reads the pretend Harness's own records, not what GraphQL shows
of them, and it is written from facts 5.1 and 5.4 as a list of demands, each on its own line.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from bot.demo.harness import (
    AppFilter,
    Application,
    ElementFilter,
    EnvFilter,
    Environment,
    Grant,
    Pipeline,
    User,
    UserGroup,
    World,
)

EXECUTES = ("READ", "EXECUTE_PIPELINE")


def may(user: User | None, pipeline: Pipeline, environments: list[Environment]) -> bool:
    """Say whether Harness would let *user* execute *pipeline* in all of *environments*."""
    if user is None or user.disabled or user.locked or not user.verified:
        return False
    readable = [group for group in user.groups if not corrupt(group)]
    grants = [grant for group in readable for grant in group.grants or ()]
    good = [grant for grant in grants if _executes(grant, pipeline)]
    return bool(good) and all(any(_reaches(g, e) for g in good) for e in environments)


def certain(user: User, pipeline: Pipeline) -> bool:
    """Say what remains when every filter that GraphQL shows as ALL without ids is left out."""
    kept = [
        UserGroup(
            group.id,
            group.name,
            tuple(g for g in group.grants or () if g.apps is not None and _named(g.apps)),
        )
        for group in user.groups
        if not corrupt(group)
    ]
    alone = User(
        user.id,
        user.name,
        user.email,
        kept,
        disabled=user.disabled,
        locked=user.locked,
        verified=user.verified,
    )
    return may(alone, pipeline, list(pipeline.environments))


def _named(apps: AppFilter) -> bool:
    return apps.kind != "ALL" and bool(apps.ids)


def corrupt(group: UserGroup) -> bool:
    """Say whether a group makes Harness fail: nothing of it can be read (facts 5.4)."""
    return any(
        grant.envs is None and grant.type in {"DEPLOYMENT", "ENV", "PIPELINE", "WORKFLOW"}
        for grant in group.grants or ()
    )


def ambiguous(user: User | None) -> bool:
    """Say whether GraphQL and REST together leave open which of two grants is for all.

    Two grants of one group that look the same but for their hidden application filters: the bot
    may refuse then, and must not allow what the rule does not.
    """
    for group in user.groups if user else ():
        blank = [g for g in group.grants or () if g.apps is None or not g.apps.ids]
        kinds = {(g.type, frozenset(g.actions)) for g in blank}
        for kind in kinds:
            alike = [g for g in group.grants or () if (g.type, frozenset(g.actions)) == kind]
            filters = {g.apps.kind if g.apps else "ALL" for g in alike}
            if len(alike) > 1 and filters != {"ALL"}:
                return True
    return False


def _executes(grant: Grant, pipeline: Pipeline) -> bool:
    if "EXECUTE_PIPELINE" not in grant.actions:
        return False
    if grant.apps is not None:
        named = pipeline.app.id in grant.apps.ids
        if grant.apps.kind == "SELECTED" and not named:
            return False
        if grant.apps.kind == "EXCLUDE_SELECTED" and named:
            return False
    if grant.type == "ALL":
        return True
    if grant.type != "DEPLOYMENT":
        return False
    elements = grant.elements
    return elements is None or (
        elements.type == "PIPELINE" and (not elements.ids or pipeline.id in elements.ids)
    )


def _reaches(grant: Grant, environment: Environment) -> bool:
    if grant.type == "ALL":
        return True
    if grant.envs is None:
        return False
    if environment.type in grant.envs.types:
        return True
    return "SELECTED" in grant.envs.types and environment.id in grant.envs.ids


# ── random worlds ──────────────────────────────────────────────────────────────────────────────


@dataclass
class Place:
    """What the random grants speak of."""

    world: World
    apps: list[Application]
    pipelines: list[Pipeline]
    environments: list[Environment]


def random_groups(dice: Random, place: Place) -> list[UserGroup]:
    """Draw a person's user groups: none to a few, seldom more than a page of them."""
    groups = [_group(dice, place) for _ in range(dice.choice((0, 1, 1, 2, 2, 3, 4)))]
    if dice.random() < 0.06:
        crowd = [_harmless(dice, place) for _ in range(dice.randint(99, 130))]
        for group in groups:
            crowd.insert(dice.randint(0, len(crowd)), group)
        groups = crowd
    return groups


def randomly_troubled(dice: Random, user: User) -> None:
    """Draw the state of a user: most are in order."""
    user.disabled, user.locked, user.verified = False, False, True
    match dice.random():
        case low if low < 0.04:
            user.disabled = True
        case low if low < 0.08:
            user.locked = True
        case low if low < 0.12:
            user.verified = False
        case _:
            pass


def _group(dice: Random, place: Place) -> UserGroup:
    number = dice.choice((1, 1, 1, 2, 3))
    group = UserGroup(place.world.ids.new(), f"Group {dice.randrange(10_000)}")
    if dice.random() < 0.05:
        group.grants = None
    else:
        group.grants = tuple(_grant(dice, place) for _ in range(number))
    return group


def _harmless(dice: Random, place: Place) -> UserGroup:
    other = AppFilter("SELECTED", (place.apps[-1].id,))
    grant = Grant("DEPLOYMENT", EXECUTES, other, EnvFilter())
    return UserGroup(place.world.ids.new(), f"Crowd {dice.randrange(10_000)}", (grant,))


def _grant(dice: Random, place: Place) -> Grant:
    kind = dice.choices(("DEPLOYMENT", "ALL", "PIPELINE", "ENV", "SERVICE"), (70, 14, 6, 5, 5))[0]
    actions = dice.choices(
        (
            EXECUTES,
            (*EXECUTES, "EXECUTE_WORKFLOW"),
            ("READ",),
            ("READ", "EXECUTE"),
            ("READ", "EXECUTE_WORKFLOW"),
            (),
        ),
        (50, 20, 8, 8, 10, 4),
    )[0]
    envs: EnvFilter | None = _environments(dice, place)
    if kind == "ALL":
        envs = None
    elif kind == "DEPLOYMENT" and dice.random() < 0.04:
        envs = None  # the corrupt group
    elements = _elements(dice, place) if kind == "DEPLOYMENT" else None
    return Grant(kind, actions, _apps(dice, place), envs, elements)


def _apps(dice: Random, place: Place) -> AppFilter | None:
    some = tuple(app.id for app in place.apps if dice.random() < 0.5)
    return _drawn(
        dice,
        (34, lambda: AppFilter("SELECTED", (place.apps[0].id,))),
        (22, lambda: AppFilter("ALL")),
        (14, lambda: AppFilter("SELECTED", some)),
        (8, lambda: AppFilter("SELECTED", ())),
        (16, lambda: AppFilter("EXCLUDE_SELECTED", some)),
        (6, lambda: None),
    )


def _environments(dice: Random, place: Place) -> EnvFilter:
    some = tuple(e.id for e in place.environments if dice.random() < 0.6)
    return _drawn(
        dice,
        (30, EnvFilter),
        (14, lambda: EnvFilter(("PROD",))),
        (14, lambda: EnvFilter(("NON_PROD",))),
        (18, lambda: EnvFilter(("SELECTED",), some)),
        (8, lambda: EnvFilter(("PROD", "SELECTED"), some)),
        (8, lambda: EnvFilter(("NON_PROD", "SELECTED"), some)),
        (4, lambda: EnvFilter(("SELECTED",), ())),
        (4, lambda: EnvFilter((), ())),
    )


def _elements(dice: Random, place: Place) -> ElementFilter | None:
    some = tuple(p.id for p in place.pipelines if dice.random() < 0.5)
    return _drawn(
        dice,
        (60, lambda: None),
        (14, lambda: ElementFilter("PIPELINE", some)),
        (12, lambda: ElementFilter("PIPELINE", ())),
        (8, lambda: ElementFilter("WORKFLOW", ())),
        (6, lambda: ElementFilter("WORKFLOW", some)),
    )


def _drawn(dice: Random, *choices: tuple[int, Callable[[], object]]):
    made = dice.choices([make for _, make in choices], [weight for weight, _ in choices])[0]
    return made()
