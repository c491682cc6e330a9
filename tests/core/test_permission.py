"""Who may execute: a table for each trap of facts 5.4, and the rule written a second time."""

from dataclasses import replace

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from bot.core.execution import Environment, Environments, EnvironmentType
from bot.core.permission import Allowed, Denied, Refusal, Target, could, decide, doubted
from bot.core.rights import (
    AppFilter,
    AppFilterKind,
    DeploymentFilter,
    ElementFilter,
    Grant,
    HarnessUser,
    UserGroup,
)

PROD, NON_PROD = "PRODUCTION_ENVIRONMENTS", "NON_PRODUCTION_ENVIRONMENTS"
BOTH = frozenset({PROD, NON_PROD})
EU = Environment("eu", "prod-eu", EnvironmentType.PROD)
US = Environment("us", "prod-us", EnvironmentType.PROD)
DEV = Environment("dev", "dev", EnvironmentType.NON_PROD)
UNSAID = Environment("odd", "odd", None)


def on(*environments, complete=True, everything=None):
    listed = None if everything is None else Environments(tuple(everything), complete=True)
    return Target("shop", "release", Environments(environments, complete=complete), listed)


def apps(*ids, kind="SELECTED", confirmed=False):
    return AppFilter(AppFilterKind(kind), frozenset(ids), confirmed)


def everywhere(*, confirmed=True):
    return apps(kind="ALL", confirmed=confirmed)


def envs(types=None, ids=(), elements=()):
    return DeploymentFilter(None if types is None else frozenset(types), frozenset(ids), elements)


def deploy(deployments=None, *, where=None, actions=("EXECUTE_PIPELINE",), kind="DEPLOYMENT"):
    deployments = envs(BOTH) if deployments is None else deployments
    return Grant(kind, frozenset(actions), where or apps("shop"), deployments)


def whole(where=None):
    return Grant("ALL", frozenset({"READ", "EXECUTE_PIPELINE"}), where or apps("shop"))


def group(*grants, name="devs", readable=True):
    return UserGroup(f"id-{name}", name, grants, readable)


def person(*groups, **more):
    state = {"disabled": False, "locked": False, "email_verified": True, "groups_complete": True}
    return HarnessUser("h", "ann@example.com", groups, **(state | more))


# ── the rule ───────────────────────────────────────────────────────────────────────────────────


def test_execute_pipeline_on_the_application_and_its_environments():
    """The plain case is allowed, and the record says by which groups."""
    user = person(group(deploy()), group(deploy(where=apps("other")), name="others"))
    assert decide(user, on(EU, DEV)) == Allowed(("devs",))


def test_nobody_without_groups():
    """No groups, or groups without application permissions, grant nothing."""
    assert decide(person(), on(EU)) == Denied(Refusal.NO_GRANT)
    assert decide(person(group()), on(EU)) == Denied(Refusal.NO_GRANT)


@pytest.mark.parametrize(
    "actions",
    [
        ("EXECUTE",),  # legacy: grants nothing at evaluation
        ("EXECUTE_WORKFLOW",),
        ("CREATE", "READ", "UPDATE", "DELETE", "ROLLBACK_WORKFLOW", "ABORT_WORKFLOW"),
        ("execute_pipeline",),
        (),
    ],
)
def test_only_the_literal_right_counts(actions):
    """EXECUTE and EXECUTE_WORKFLOW are other rights, on any type of permission (facts 5.1)."""
    for kind in ("DEPLOYMENT", "ALL"):
        user = person(group(deploy(actions=actions, kind=kind)))
        assert decide(user, on(EU)) == Denied(Refusal.NO_GRANT)


@pytest.mark.parametrize("kind", ["PIPELINE", "WORKFLOW", "ENV", "SERVICE", "", "all", "NEW"])
def test_only_deployment_and_all_can_execute(kind):
    """A PIPELINE permission is about definitions, whatever actions it lists."""
    assert decide(person(group(deploy(kind=kind))), on(EU)) == Denied(Refusal.NO_GRANT)


def test_the_type_all_means_every_environment():
    """Its nested filters are null, and it ignores them where they are not (facts 5.1)."""
    assert isinstance(decide(person(group(whole())), on(EU, DEV, UNSAID)), Allowed)
    assert isinstance(decide(person(group(whole())), on(complete=False)), Allowed)
    narrowed = replace(whole(), deployments=envs((), elements=(ElementFilter("WORKFLOW"),)))
    assert isinstance(decide(person(group(narrowed)), on(EU)), Allowed)


# ── applications ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("where", "allowed"),
    [
        (apps("shop"), True),
        (apps("shop", "other"), True),
        (apps("other"), False),
        (apps(), False),
        (apps(confirmed=True), False),  # the emptied SELECTED, as REST shows it
        (apps(kind="ALL", confirmed=True), True),
        (apps(kind="ALL"), False),  # may be the emptied SELECTED (facts 5.4)
        (apps("other", kind="ALL"), True),  # shows ids, so it is what it says
        (apps("other", kind="EXCLUDE_SELECTED"), True),
        (apps("shop", kind="EXCLUDE_SELECTED"), False),
        (apps(kind="EXCLUDE_SELECTED"), True),
    ],
)
def test_applications(where, allowed):
    """ALL, SELECTED and EXCLUDE_SELECTED; an ALL that shows nothing counts when confirmed."""
    assert isinstance(decide(person(group(deploy(where=where))), on(EU)), Allowed) is allowed
    assert isinstance(decide(person(group(whole(where))), on(EU)), Allowed) is allowed


def test_a_run_without_an_application_is_nobodys():
    """An application that is not known is in no filter, not even outside an exclusion."""
    target = Target("", "release", Environments((), complete=True))
    user = person(group(whole(everywhere())), group(whole(apps("x", kind="EXCLUDE_SELECTED"))))
    assert decide(user, target) == Denied(Refusal.APPLICATION_UNKNOWN)
    assert not any(could(each, target) for each in user.groups)


def test_an_unconfirmed_all_is_named():
    """When only doubtful groups would grant it, the refusal names just them (ruling 21)."""
    user = person(
        group(deploy(envs({PROD}))),
        group(whole(everywhere(confirmed=False)), name="admins"),
        group(deploy(envs({PROD}), where=apps("other")), name="others"),
    )
    assert decide(user, on(EU, DEV)) == Denied(
        Refusal.UNCONFIRMED, environments=(DEV,), unconfirmed=("admins",)
    )
    assert [g.name for g in doubted(user, on(EU, DEV))] == ["admins"]


def test_an_unconfirmed_all_that_is_not_needed_changes_nothing():
    """What is confirmed suffices: nothing has to be asked."""
    user = person(group(deploy()), group(whole(everywhere(confirmed=False)), name="admins"))
    assert decide(user, on(EU)) == Allowed(("devs",))
    assert doubted(user, on(EU)) == ()


def test_an_unconfirmed_all_that_would_not_help_is_not_named():
    """Confirming it would still leave an environment uncovered."""
    doubtful = deploy(envs({NON_PROD}), where=everywhere(confirmed=False))
    user = person(group(doubtful))
    assert decide(user, on(EU)) == Denied(Refusal.NO_GRANT)
    assert doubted(user, on(EU)) == ()


def test_confirming_what_is_doubted_allows():
    """The groups to ask for over REST are enough, once they are confirmed."""
    half = deploy(envs({NON_PROD}), where=everywhere(confirmed=False))
    user = person(group(half, name="a"), group(deploy(envs({PROD})), name="b"))
    (doubtful,) = doubted(user, on(EU, DEV))
    sure = replace(doubtful, grants=(replace(half, apps=everywhere()),))
    confirmed = replace(user, groups=(sure, user.groups[1]))
    assert decide(confirmed, on(EU, DEV)) == Allowed(("a", "b"))


# ── environments ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("deployments", "missing"),
    [
        (envs(BOTH), ()),
        (envs({PROD}), (DEV, UNSAID)),
        (envs({NON_PROD}), (EU, US, UNSAID)),
        (envs(()), (EU, US, DEV, UNSAID)),  # [] and no ids: none at all (facts 5.4)
        (envs(None), (EU, US, DEV, UNSAID)),
        (envs(None, {"eu", "dev"}), (US, UNSAID)),  # null and ids: just these
        (envs((), {"eu", "dev"}), (US, UNSAID)),
        (envs({NON_PROD}, {"eu"}), (US, UNSAID)),
        (envs({PROD}, {"odd", "dev"}), ()),
        (envs({"ALL_ENVIRONMENTS", "prod"}), (EU, US, DEV, UNSAID)),
        (envs(None, {"prod-eu"}), (EU, US, DEV, UNSAID)),  # names are not ids
    ],
)
def test_environments(deployments, missing):
    """By type, by id, by both; empty is none; an unknown type needs both types or its id."""
    decision = decide(person(group(deploy(deployments))), on(EU, US, DEV, UNSAID))
    expected = Denied(Refusal.ENVIRONMENTS, environments=missing) if missing else Allowed(("devs",))
    assert decision == expected


def test_different_groups_cover_different_environments():
    """The union over all groups decides (facts 5.1)."""
    prod, rest = deploy(envs(None, {"eu", "us"})), deploy(envs({NON_PROD}))
    assert isinstance(decide(person(group(prod), group(rest)), on(EU, US, DEV)), Allowed)
    assert isinstance(decide(person(group(prod, rest)), on(EU, US, DEV)), Allowed)
    assert isinstance(decide(person(group(prod)), on(EU, US, DEV)), Denied)


def test_two_groups_cover_an_environment_of_unknown_type():
    """Whichever type it has, one of the groups covers it."""
    halves = group(deploy(envs({PROD})), name="p"), group(deploy(envs({NON_PROD})), name="n")
    assert isinstance(decide(person(*halves), on(UNSAID)), Allowed)
    assert isinstance(decide(person(halves[0]), on(UNSAID)), Denied)


def test_the_environments_of_another_application_do_not_help():
    """A grant covers environments only where it lets execute pipelines of this application."""
    elsewhere = deploy(envs(BOTH), where=apps("other"))
    reading = deploy(envs(BOTH), actions=("READ",))
    user = person(group(deploy(envs({PROD})), elsewhere, reading))
    assert decide(user, on(EU, DEV)) == Denied(Refusal.ENVIRONMENTS, environments=(DEV,))


def test_a_run_without_environments_needs_the_right_alone():
    """A build or an approval pipeline needs only the first condition (facts 5.1)."""
    assert isinstance(decide(person(group(deploy(envs(())))), on()), Allowed)
    assert decide(person(group()), on()) == Denied(Refusal.NO_GRANT)


def test_a_deployment_grant_without_its_filter_is_damaged():
    """The server cannot store a null filter (facts 5.4), so the answer is not to be trusted."""
    damaged = replace(deploy(), deployments=None)
    for target in (on(), on(EU)):
        assert isinstance(decide(person(group(damaged)), target), Denied)


def test_unknown_environments_demand_both_types():
    """Where the run may use others too, all that it may use must be covered (ruling 22)."""
    target = on(EU, complete=False)
    assert isinstance(decide(person(group(deploy(envs(BOTH)))), target), Allowed)
    assert decide(person(group(deploy(envs({PROD}, {"eu", "dev"})))), target) == Denied(
        Refusal.ENVIRONMENTS_UNKNOWN, types=(EnvironmentType.NON_PROD,)
    )
    assert decide(person(group(deploy(envs(None, {"eu"})))), target) == Denied(
        Refusal.ENVIRONMENTS_UNKNOWN, types=(EnvironmentType.PROD, EnvironmentType.NON_PROD)
    )


def test_unknown_environments_or_every_one_of_the_application():
    """Each of the application's environments by id will do as well (ruling 22)."""
    target = on(EU, complete=False, everything=(EU, US, DEV))
    listed = deploy(envs(None, {"eu", "us", "dev"}))
    assert isinstance(decide(person(group(listed)), target), Allowed)
    assert decide(person(group(deploy(envs(None, {"eu", "us"})))), target) == Denied(
        Refusal.ENVIRONMENTS_UNKNOWN, environments=(DEV,)
    )


@pytest.mark.parametrize(
    "everything",
    [
        Environments((EU,), complete=False),  # there are more than were listed
        Environments((), complete=True),  # a key that may not read environments sees none
        Environments((US,), complete=True),  # lacks one that the run is known to use
    ],
)
def test_a_list_of_environments_that_cannot_be_all_is_no_help(everything):
    """Then both types are demanded, whatever ids are granted."""
    target = Target("shop", "release", Environments((EU,)), everything)
    user = person(group(deploy(envs(None, {"eu", "us", "dev"}))))
    assert decide(user, target).why is Refusal.ENVIRONMENTS_UNKNOWN
    assert isinstance(decide(person(group(deploy(envs(BOTH)))), target), Allowed)


def test_an_empty_list_of_environments_is_no_proof_of_none():
    """A run that may use some, in an application that shows none, demands both types."""
    target = on(complete=False, everything=())
    assert decide(person(group(deploy(envs({PROD})))), target) == Denied(
        Refusal.ENVIRONMENTS_UNKNOWN, types=(EnvironmentType.NON_PROD,)
    )


def test_both_types_do_where_the_listed_environments_have_none():
    """Both types are all environments, also those whose type was not said."""
    target = on(complete=False, everything=(UNSAID, EU))
    assert isinstance(decide(person(group(deploy(envs(BOTH)))), target), Allowed)


# ── pipelines ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("elements", "allowed"),
    [
        ((), True),
        ((ElementFilter("PIPELINE", everything=True),), True),
        ((ElementFilter("PIPELINE", ids=frozenset({"release"})),), True),
        ((ElementFilter("PIPELINE", ids=frozenset({"nightly"})),), False),
        ((ElementFilter("PIPELINE"),), False),
        ((ElementFilter("WORKFLOW", everything=True),), False),
        ((ElementFilter("WORKFLOW", ids=frozenset({"release"})),), False),
        ((ElementFilter("WORKFLOW"), ElementFilter("PIPELINE", everything=True)), True),
    ],
)
def test_a_grant_for_certain_pipelines(elements, allowed):
    """The element filter binds, whether the server's flag for it is on or not (facts 5.1)."""
    user = person(group(deploy(envs(BOTH, elements=elements))))
    for target in (on(), on(EU)):
        expected = Allowed(("devs",)) if allowed else Denied(Refusal.OTHER_PIPELINES)
        assert decide(user, target) == expected


def test_a_pipeline_of_unknown_id_is_in_no_list():
    """An empty id must not match an empty id."""
    only = (ElementFilter("PIPELINE", ids=frozenset({"", "release"})),)
    target = Target("shop", "", Environments((), complete=True))
    assert isinstance(decide(person(group(deploy(envs(BOTH, elements=only)))), target), Denied)


def test_a_grant_for_other_pipelines_covers_no_environment():
    """Each environment must be covered by a grant that is about this pipeline."""
    only = (ElementFilter("PIPELINE", ids=frozenset({"nightly"})),)
    user = person(group(deploy(envs(BOTH, elements=only)), deploy(envs({NON_PROD}))))
    assert decide(user, on(EU, DEV)) == Denied(Refusal.ENVIRONMENTS, environments=(EU,))


# ── the person ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ({"disabled": True}, Refusal.DISABLED),
        ({"locked": True}, Refusal.LOCKED),
        ({"email_verified": False}, Refusal.UNVERIFIED),
        ({"disabled": None}, Refusal.STATE_UNKNOWN),
        ({"locked": None}, Refusal.STATE_UNKNOWN),
        ({"email_verified": None}, Refusal.STATE_UNKNOWN),
        ({"disabled": None, "locked": True}, Refusal.LOCKED),
    ],
)
def test_a_user_who_may_not_log_in_may_nothing(state, why):
    """Disabled, locked, only invited, or not said: no, whatever the groups grant (facts 5.4)."""
    assert decide(person(group(whole(everywhere())), **state), on(EU)) == Denied(why)


def test_somebody_whom_harness_does_not_know():
    """No user of that e-mail, no right."""
    assert decide(None, on()) == Denied(Refusal.NO_USER)


def test_a_group_that_could_not_be_shown_grants_nothing():
    """It is named, since the right may be in it; what it seemed to hold does not count."""
    user = person(group(whole(), name="corrupt", readable=False), group(deploy(envs({PROD}))))
    assert decide(user, on(EU, DEV)) == Denied(
        Refusal.ENVIRONMENTS, environments=(DEV,), unread=("corrupt",)
    )
    assert isinstance(decide(user, on(EU)), Allowed)


def test_unread_groups_neither_grant_nor_refuse():
    """More groups can only add rights: what was read decides, and a refusal says it was not all."""
    assert isinstance(decide(person(group(deploy()), groups_complete=False), on(EU)), Allowed)
    denied = decide(person(groups_complete=False), on(EU))
    assert denied == Denied(Refusal.NO_GRANT, more_groups=True)


def test_a_group_without_a_name_goes_by_its_id():
    """A refusal and the record always have something to call it."""
    assert decide(person(group(deploy(), name="")), on(EU)) == Allowed(("id-",))


def test_could():
    """A group that alone would grant it could; a doubtful, unread or half one could not."""
    groups = [
        group(deploy(), name="a"),
        group(deploy(envs({PROD})), name="half"),
        group(whole(everywhere(confirmed=False)), name="doubtful"),
        group(whole(), name="corrupt", readable=False),
        group(whole(everywhere()), name="b"),
    ]
    target = on(EU, DEV)
    assert [g.name for g in groups if could(g, target)] == ["a", "b"]
    assert [g.name for g in groups if could(g, target, trusting=True)] == ["a", "doubtful", "b"]


# ── the rule, written a second time: environment by environment, grant by grant ────────────────

sets = st.frozensets
APPS, ENVS = ["shop", "other"], [EU, US, DEV, UNSAID]
app_filters = st.builds(
    AppFilter,
    kind=st.sampled_from(AppFilterKind),
    ids=sets(st.sampled_from(APPS), max_size=2),
    confirmed=st.booleans(),
)
element_filters = st.builds(
    ElementFilter,
    element=st.sampled_from(["PIPELINE", "WORKFLOW"]),
    everything=st.booleans(),
    ids=sets(st.sampled_from(["release", "nightly"]), max_size=2),
)
deployment_filters = st.builds(
    DeploymentFilter,
    types=st.none() | sets(st.sampled_from([PROD, NON_PROD])),
    env_ids=sets(st.sampled_from([e.id for e in ENVS])),
    elements=st.just(()) | st.lists(element_filters, max_size=2).map(tuple),
)
grants = st.builds(
    Grant,
    type=st.sampled_from(["ALL", "DEPLOYMENT", "DEPLOYMENT", "DEPLOYMENT", "PIPELINE"]),
    actions=sets(st.sampled_from(["EXECUTE_PIPELINE", "EXECUTE", "EXECUTE_WORKFLOW", "READ"]))
    | st.just(frozenset({"EXECUTE_PIPELINE"})),
    apps=app_filters | st.just(apps("shop")),
    deployments=st.none() | deployment_filters | deployment_filters,
)
user_groups = st.lists(
    st.builds(
        UserGroup,
        id=st.uuids().map(str),
        name=st.sampled_from(["a", "b", "c", ""]),
        grants=st.lists(grants, max_size=4).map(tuple),
        readable=st.sampled_from([True, True, True, False]),
    ),
    max_size=5,
).map(tuple)
environments = st.builds(
    Environments, st.lists(st.sampled_from(ENVS), unique=True).map(tuple), st.booleans()
)
targets = st.builds(
    Target,
    application=st.just("shop"),
    pipeline=st.sampled_from(["release", "release", ""]),
    environments=environments,
    all_environments=st.none() | environments,
)


def counts(grant, target):
    """Whether a grant is one of the first condition, as a list of reasons against it."""
    visible = {
        "ALL": {"shop", "other"} if grant.apps.ids or grant.apps.confirmed else set(),
        "SELECTED": set(grant.apps.ids),
        "EXCLUDE_SELECTED": {"shop", "other"} - grant.apps.ids,
    }[grant.apps.kind]
    against = [
        "EXECUTE_PIPELINE" not in grant.actions,
        grant.type not in ("ALL", "DEPLOYMENT"),
        target.application not in visible,
    ]
    if grant.type == "DEPLOYMENT":
        against.append(grant.deployments is None)
    if grant.type == "DEPLOYMENT" and grant.deployments and grant.deployments.elements:
        for_pipelines = [e for e in grant.deployments.elements if e.element != "WORKFLOW"]
        named = set().union(*(e.ids for e in for_pipelines)) - {""}
        free = any(e.everything for e in for_pipelines)
        against.append(not free and target.pipeline not in named)
    return not any(against)


def covers(grant, environment_id, kind):
    if grant.type == "ALL" or environment_id in grant.deployments.env_ids:
        return True
    return kind is not None and f"{kind}UCTION_ENVIRONMENTS" in (grant.deployments.types or [])


def by_cells(groups, target):
    """Every possible world: each environment of unknown type is tried as each type."""
    counting = [g for one in groups if one.readable for g in one.grants if counts(g, target)]
    if not counting:
        return False

    def covered(environment):
        worlds = [environment.type] if environment.type else list(EnvironmentType)
        cells = [[covers(g, environment.id, kind) for g in counting] for kind in worlds]
        return all(any(row) for row in cells)

    anything = covered(Environment("an environment that nobody named"))
    run, whole_list = target.environments, target.all_environments
    if run.complete:
        return all(map(covered, run.known))
    listable = whole_list and whole_list.complete and whole_list.known
    if listable and set(run.known) <= set(whole_list.known):
        return anything or all(map(covered, whole_list.known))
    return anything


@given(user_groups, targets)
def test_the_rule_over_cells_agrees(groups, target):
    """For any groups and any run, the decision is that of the rule written cell by cell."""
    expected = by_cells(groups, target)
    event("allowed" if expected else "denied")
    decision = decide(person(*groups), target)
    assert isinstance(decision, Allowed) is expected
    if isinstance(decision, Denied):
        assert decision.why in {
            Refusal.NO_GRANT,
            Refusal.OTHER_PIPELINES,
            Refusal.ENVIRONMENTS,
            Refusal.ENVIRONMENTS_UNKNOWN,
            Refusal.UNCONFIRMED,
        }
        assert decision.environments or decision.types or "ENVIRONMENTS" not in decision.why.name
    else:
        assert decision.groups


@given(user_groups, targets, st.randoms(use_true_random=False))
def test_the_order_of_groups_and_grants_is_nothing(groups, target, random):
    """Shuffled groups and shuffled grants lead to the same decision."""
    shuffled = [replace(g, grants=tuple(random.sample(g.grants, len(g.grants)))) for g in groups]
    random.shuffle(shuffled)
    before, after = decide(person(*groups), target), decide(person(*shuffled), target)
    assert type(before) is type(after)
    if isinstance(before, Denied):
        assert (before.why, before.environments) == (after.why, after.environments)
        assert set(before.unconfirmed) == set(after.unconfirmed)


@given(user_groups, targets, st.data())
def test_taking_a_grant_away_never_allows_more(groups, target, data):
    """Fewer rights, fewer yeses; so adding a group never refuses anybody."""
    if not groups:
        return
    at = data.draw(st.integers(0, len(groups) - 1))
    kept = groups[at].grants[: data.draw(st.integers(0, len(groups[at].grants)))]
    fewer = (*groups[:at], replace(groups[at], grants=kept), *groups[at + 1 :])
    for less in (fewer, groups[:at] + groups[at + 1 :]):
        if isinstance(decide(person(*less), target), Allowed):
            assert isinstance(decide(person(*groups), target), Allowed)


@given(user_groups, targets)
def test_what_is_doubted_is_what_would_help(groups, target):
    """Confirming just the doubted groups allows; where none is doubted, confirming all does not."""
    user = person(*groups)
    if isinstance(decide(user, target), Allowed):
        assert doubted(user, target) == ()
        return
    doubtful = doubted(user, target)

    def confirmed(one):
        return replace(
            one,
            grants=tuple(replace(g, apps=replace(g.apps, confirmed=True)) for g in one.grants),
        )

    helped = person(*(confirmed(g) if g in doubtful else g for g in groups))
    everything = person(*map(confirmed, groups))
    assert isinstance(decide(helped, target), Allowed) is bool(doubtful)
    assert isinstance(decide(everything, target), Allowed) is bool(doubtful)


@given(
    user_groups,
    targets,
    st.sampled_from([True, False, None]),
    st.sampled_from([True, False, None]),
    st.sampled_from([True, False, None]),
)
def test_only_a_plain_yes_is_yes(groups, target, disabled, locked, verified):
    """Not disabled, not locked and verified, each said plainly; else no."""
    user = person(*groups, disabled=disabled, locked=locked, email_verified=verified)
    if (disabled, locked, verified) != (False, False, True):
        assert isinstance(decide(user, target), Denied)


@given(user_groups, targets)
def test_those_who_could_could(groups, target):
    """Each group that a refusal names would do alone."""
    for each in groups:
        assert could(each, target) is bool(by_cells((each,), target))
