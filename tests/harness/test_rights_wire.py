"""Reading users, groups and grants with the traps kept visible (facts 5.4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import HarnessTrouble
from bot.core.rights import AppFilter, AppFilterKind, DeploymentFilter, ElementFilter, UserGroup
from bot.harness.rights_wire import confirm, doubtful, read_group, read_page, read_user

ALL, SELECTED, EXCLUDED = AppFilterKind


def group(*permissions) -> UserGroup:
    node = {"id": "g", "name": "G", "permissions": {"appPermissions": list(permissions)}}
    return read_group(node)


def permission(kind="DEPLOYMENT", actions=("EXECUTE_PIPELINE",), apps=None, deployments=None):
    return {
        "permissionType": kind,
        "actions": list(actions),
        "applications": apps,
        "deployments": deployments,
    }


@pytest.mark.parametrize(
    ("node", "apps"),
    [
        ({"filterType": "ALL", "appIds": None}, AppFilter(ALL)),
        ({"filterType": "ALL", "appIds": []}, AppFilter(ALL)),
        ({"filterType": "ALL", "appIds": ["a"]}, AppFilter(SELECTED, frozenset("a"))),
        ({"filterType": None, "appIds": None}, AppFilter(ALL)),
        (None, AppFilter(ALL)),
        ({"filterType": "SELECTED", "appIds": ["a"]}, AppFilter(SELECTED, frozenset("a"))),
        ({"filterType": "SELECTED", "appIds": []}, AppFilter(SELECTED)),
        ({"filterType": "EXCLUDE_SELECTED", "appIds": ["a"]}, AppFilter(EXCLUDED, frozenset("a"))),
    ],
)
def test_the_filter_of_applications_keeps_its_doubt(node, apps):
    """ALL without ids may hide an emptied SELECTED (trap 30): it is never confirmed by itself."""
    (grant,) = group(permission(apps=node)).grants
    assert grant.apps == apps
    assert not grant.apps.confirmed


def test_a_filter_of_an_unknown_kind_grants_nothing():
    """What cannot be understood is dropped; rights are a union, so that only refuses."""
    assert group(permission(apps={"filterType": "SOME", "appIds": ["a"]})).grants == ()


@pytest.mark.parametrize(
    ("node", "deployments"),
    [
        (None, None),
        ({"filterTypes": [], "envIds": None}, DeploymentFilter(frozenset())),
        ({"filterTypes": None, "envIds": ["e"]}, DeploymentFilter(None, frozenset("e"))),
        (
            {"filterTypes": ["PRODUCTION_ENVIRONMENTS"], "envIds": []},
            DeploymentFilter(frozenset({"PRODUCTION_ENVIRONMENTS"})),
        ),
        (
            {
                "filterTypes": None,
                "envIds": None,
                "executableElementFilter": {
                    "executableElementType": "PIPELINE",
                    "executableElementFilterType": "ALL",
                    "ids": None,
                },
            },
            DeploymentFilter(None, frozenset(), (ElementFilter("PIPELINE", everything=True),)),
        ),
        (
            {
                "filterTypes": None,
                "envIds": None,
                "executableElementFilter": {
                    "executableElementType": "WORKFLOW",
                    "executableElementFilterType": None,
                    "ids": ["w"],
                },
            },
            DeploymentFilter(None, frozenset(), (ElementFilter("WORKFLOW", ids=frozenset("w")),)),
        ),
    ],
)
def test_the_filter_of_environments_tells_empty_from_absent(node, deployments):
    """An empty list is none, a null beside ids is these ids (trap 30)."""
    (grant,) = group(permission(deployments=node)).grants
    assert grant.deployments == deployments


@pytest.mark.parametrize("permissions", [None, {"appPermissions": None}, {}])
def test_a_group_without_application_rights_grants_nothing(permissions):
    """Permissions may be null (facts 5.4)."""
    found = read_group({"id": "g", "name": "G", "permissions": permissions})
    assert found == UserGroup("g", "G")


@pytest.mark.parametrize("page", [None, {}, {"nodes": None}, {"nodes": [None]}, {"nodes": ["x"]}])
def test_a_page_with_holes_is_trouble(page):
    """Partial data about rights is no data."""
    with pytest.raises(HarnessTrouble):
        read_page(page)


def test_a_page_says_whether_there_are_more():
    """Whether there are more counts only when it is said."""
    node = {"id": "g", "name": "G"}
    assert read_page({"nodes": [node], "pageInfo": {"hasMore": True}})[1] is True
    assert read_page({"nodes": [node], "pageInfo": {"hasMore": False}})[1] is False
    assert read_page({"nodes": [node], "pageInfo": None})[1] is None


def test_a_user_says_what_harness_said():
    """What Harness does not say is not guessed."""
    user = read_user({"id": "u", "email": "a@b.c", "isDisabled": None}, (), complete=True)
    assert (user.disabled, user.locked, user.email_verified) == (None, None, None)
    with pytest.raises(HarnessTrouble):
        read_user({"email": "a@b.c"}, (), complete=True)


def raw(*permissions):
    return {"uuid": "g", "appPermissions": list(permissions)}


def stored(kind="DEPLOYMENT", actions=("EXECUTE_PIPELINE",), **rest):
    return {"permissionType": kind, "actions": list(actions), **rest}


ANY = {"filterType": "ALL", "ids": None}
NONE = {"filterType": "SELECTED", "ids": []}


@pytest.mark.parametrize(
    ("shown", "group_stored", "apps"),
    [
        (permission(), raw(stored(appFilter=ANY)), AppFilter(ALL, confirmed=True)),
        (permission(), raw(stored(appFilter=None)), AppFilter(ALL, confirmed=True)),
        (permission(), raw(stored(appFilter=NONE)), AppFilter(SELECTED, confirmed=True)),
        (
            permission("ALL"),
            raw(stored("ALL_APP_ENTITIES", appFilter=ANY)),
            AppFilter(ALL, confirmed=True),
        ),
        (permission(), raw(stored(appFilter=ANY), stored(appFilter=NONE)), AppFilter(ALL)),
        (permission(), raw(stored()), AppFilter(ALL)),
        (permission(), raw(stored(appFilter={"filterType": "ODD"})), AppFilter(ALL)),
        (permission(), raw(stored("PIPELINE", appFilter=ANY)), AppFilter(ALL)),
        (permission(), raw(stored(actions=["READ"], appFilter=ANY)), AppFilter(ALL)),
        (permission(), {}, AppFilter(ALL)),
    ],
)
def test_the_stored_group_confirms_or_corrects_all(shown, group_stored, apps):
    """Only a stored grant of the same type and actions proves anything (ruling 21)."""
    found = group(shown)
    assert doubtful(found)
    (grant,) = confirm(found, group_stored).grants
    assert grant.apps == apps


@pytest.mark.parametrize(
    "shown",
    [
        permission("PIPELINE"),
        permission(actions=("EXECUTE",)),
        permission(apps={"filterType": "SELECTED", "appIds": ["a"]}),
    ],
)
def test_only_grants_that_let_somebody_execute_are_doubted(shown):
    """The cross-check is for what would decide (trap 31, ruling 21)."""
    assert not doubtful(group(shown))


FIELDS = [
    "id", "name", "permissions", "appPermissions", "permissionType", "actions",
          "applications", "filterType", "appIds", "deployments", "filterTypes", "envIds",
          "executableElementFilter", "nodes", "pageInfo", "hasMore", "appFilter", "ids",
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["x", "ALL", "EXECUTE_PIPELINE"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6)
    ),
    max_leaves=25,
)


@given(JSON, st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_no_answer_breaks_the_reading_or_confirms_by_accident(page, group_stored):
    """Any JSON is groups or trouble; nothing unread is ever confirmed."""
    try:
        groups, _ = read_page(page)
    except HarnessTrouble:
        return
    for found in groups:
        assert not any(grant.apps.confirmed for grant in found.grants)
        confirm(found, group_stored)
