"""People and rights: what GraphQL tells about them, its lies included, and what keys may see."""

import pytest

from bot.demo.harness import (
    READ_USERS,
    AppFilter,
    ElementFilter,
    Grant,
    all_but,
    deployment,
    everything,
    in_envs,
    only,
    reading,
)
from bot.demo.harness.people import EnvFilter, may_execute

RIGHTS = """query R($email: String!) { userByEmail(email: $email) {
  isDisabled isUserLocked isEmailVerified
  userGroups(limit: 100) { nodes { name permissions {
    accountPermissions { accountPermissionTypes }
    appPermissions { permissionType actions applications { filterType appIds }
      deployments { filterTypes envIds executableElementFilter {
        executableElementType executableElementFilterType ids } } } } } } } }"""


async def seen_grant(caller, shop, grant):
    """Give one grant to a new person and read it back."""
    email = f"p{len(shop.world.users)}@example.com"
    shop.world.user(email, "P", shop.world.user_group("G", grant))
    told = await caller.ask(RIGHTS, email=email.upper())
    group = told["data"]["userByEmail"]["userGroups"]["nodes"][0]
    return group["permissions"]["appPermissions"][0]


async def test_application_filters(caller, shop):
    """An application filter without ids reads ALL, even when SELECTED is stored."""
    all_of_them = {"filterType": "ALL", "appIds": None}
    for stored, shown in (
        (AppFilter(), all_of_them),
        (only(shop.app), {"filterType": "SELECTED", "appIds": [shop.app.id]}),
        (all_but(shop.app), {"filterType": "EXCLUDE_SELECTED", "appIds": [shop.app.id]}),
        (only(), all_of_them),
        (all_but(), all_of_them),
        (None, all_of_them),
    ):
        grant = Grant("DEPLOYMENT", ("EXECUTE_PIPELINE",), stored)
        assert (await seen_grant(caller, shop, grant))["applications"] == shown
    shop.world.flags.add("SPG_GRAPHQL_VERIFY_APPLICATION_FROM_USER_GROUP")
    gone = deployment(AppFilter("SELECTED", ("deleted",)))
    assert (await seen_grant(caller, shop, gone))["applications"] == all_of_them


async def test_environment_filters(caller, shop):
    """Types and ids read as stored; SELECTED without ids is an empty list, which means none."""
    prod, non_prod = "PRODUCTION_ENVIRONMENTS", "NON_PRODUCTION_ENVIRONMENTS"
    for stored, types, ids in (
        (EnvFilter(), [prod, non_prod], None),
        (EnvFilter(("PROD",)), [prod], None),
        (in_envs(shop.prod), None, [shop.prod.id]),
        (in_envs(), [], None),
        (EnvFilter(("NON_PROD", "SELECTED"), (shop.prod.id,)), [non_prod], [shop.prod.id]),
    ):
        shown = (await seen_grant(caller, shop, deployment(envs=stored)))["deployments"]
        assert (shown["filterTypes"], shown["envIds"]) == (types, ids)
    assert (await seen_grant(caller, shop, everything()))["deployments"] is None


async def test_element_filters(caller, shop):
    """A restriction to certain pipelines is shown with its ids, or as ALL."""
    some = deployment(elements=ElementFilter("PIPELINE", (shop.release.id,)))
    shown = (await seen_grant(caller, shop, some))["deployments"]["executableElementFilter"]
    assert shown["ids"] == [shop.release.id]
    shown = await seen_grant(caller, shop, deployment(elements=ElementFilter("WORKFLOW")))
    assert shown["deployments"]["executableElementFilter"] == {
        "executableElementType": "WORKFLOW",
        "executableElementFilterType": "ALL",
        "ids": None,
    }


async def test_a_corrupt_group(caller, shop):
    """One corrupt group breaks every page that it is on, with the generic text, and no other."""
    corrupt = shop.world.user_group("Corrupt", Grant("DEPLOYMENT", ("READ",), None, None))
    shop.world.user("x@example.com", "X", shop.deployers, corrupt)
    for query, path in (
        ("{ userGroups(limit: 100) { nodes { id } } }", "/userGroups"),
        (
            '{ userByEmail(email: "x@example.com") { userGroups(limit: 9) { nodes { id } } } }',
            "/userByEmail/userGroups",
        ),
    ):
        message = (await caller.ask(query))["errors"][0]["message"]
        assert message == (
            f"Exception while fetching data ({path}) : An error has occurred. "
            "Please contact the Harness support team."
        )
    one = '{ userGroupByName(name: "%s") { name } }'
    assert "errors" not in await caller.ask(one % "Deployers")
    assert "errors" in await caller.ask(one % "Corrupt")
    missing = await caller.ask(one % "Missing")
    assert missing["errors"][0]["message"].endswith("Invalid request: No User Group exists")


async def test_people_in_every_state(caller, shop):
    """Disabled, locked and pending people are found by e-mail and told by three flags."""
    shop.world.user("gone@example.com", "Gone", disabled=True)
    shop.world.user("shut@example.com", "Shut", locked=True)
    shop.world.user("invited@example.com", "Invited", shop.deployers, pending=True)
    flags = ("isDisabled", "isUserLocked", "isEmailVerified")
    for email, states in (
        ("dana@example.com", [False, False, True]),
        ("gone@example.com", [True, False, True]),
        ("shut@example.com", [False, True, True]),
        ("invited@example.com", [False, False, False]),
    ):
        told = (await caller.ask(RIGHTS, email=email))["data"]["userByEmail"]
        assert [told[flag] for flag in flags] == states
    users = "{ users(limit: 100%s) { nodes { name } } }"
    names = (await caller.ask(users % ""))["data"]["users"]["nodes"]
    assert {"name": "Gone"} not in names
    names = (await caller.ask(users % ", filters: [{includeDisabled: true}]"))["data"]["users"]
    assert {"name": "Gone"} in names["nodes"]
    told = await caller.ask(RIGHTS, email="nobody@example.com")
    assert told["errors"][0]["message"].endswith("Invalid request: User does not exist")


async def test_groups_without_rights(caller, shop):
    """A group without application rights has null permissions, in part or whole."""
    bare = shop.world.user_group("Bare", bare=True, account=None)
    half = shop.world.user_group("Half", bare=True, account=(READ_USERS,))
    shop.world.user("b@example.com", "B", bare, half)
    told = (await caller.ask(RIGHTS, email="b@example.com"))["data"]["userByEmail"]
    assert [one["permissions"] for one in told["userGroups"]["nodes"]] == [
        None,
        {
            "accountPermissions": {"accountPermissionTypes": [READ_USERS]},
            "appPermissions": None,
        },
    ]


@pytest.mark.parametrize(
    "held",
    [(), ("MANAGE_USERS_AND_GROUPS",), ("VIEW_USER_AND_USER_GROUPS_AND_API_KEYS",)],
)
async def test_reading_people_needs_the_literal_right(caller, harness, shop, held):
    """Nothing but READ_USERS_AND_GROUPS lets a key read people."""
    harness.bot_key.groups[:] = [shop.world.user_group("k", deployment(), account=held)]
    told = await caller.ask(RIGHTS, email="dana@example.com")
    assert told["errors"][0]["message"] == (
        "Exception while fetching data (/userByEmail) : Invalid request: User not authorized"
    )


async def test_what_a_key_cannot_see(caller, harness, shop):
    """Unknown and forbidden runs read alike; a key without any application right reads less."""
    run = shop.failed()
    query = f'{{ execution(executionId: "{run.id}") {{ id ... on PipelineExecution {{ pipeline'
    query += " { name } memberExecutions { nodes { ... on WorkflowExecution { outcomes { nodes"
    query += " { ... on DeploymentOutcome { environment { id } } } } } } } } } }"
    other = shop.world.application("Other")
    harness.bot_key.groups[:] = [shop.world.user_group("o", deployment(only(other)))]
    told = await caller.ask(query)
    assert told["errors"][0]["message"].endswith(
        "Invalid request: Execution does not exist or access is denied",
    )
    harness.bot_key.groups[:] = [shop.world.user_group("none")]
    told = await caller.ask(query)
    assert told["errors"][0]["message"].endswith("User not authorized: ACCESS_DENIED")
    harness.bot_key.groups[:] = [shop.world.user_group("d", deployment())]
    told = (await caller.ask(query))["data"]["execution"]
    assert told["pipeline"] is None
    outcomes = told["memberExecutions"]["nodes"][0]["outcomes"]["nodes"]
    assert outcomes == [{"environment": None}]
    harness.bot_key.groups.append(shop.world.user_group("e", *reading("PIPELINE", "ENV")))
    told = (await caller.ask(query))["data"]["execution"]
    assert told["pipeline"] == {"name": "Checkout Release"}


def test_harness_rule(shop):
    """The union of grants must reach the application and every environment (facts 5.1)."""
    app, prod, qa = shop.app.id, shop.prod, shop.qa
    assert may_execute([deployment()], app, [prod, qa])
    assert may_execute([everything()], app, [prod, qa])
    assert may_execute(
        [deployment(envs=in_envs(qa)), deployment(envs=in_envs(prod))], app, [prod, qa]
    )
    assert not may_execute([deployment(envs=in_envs(qa))], app, [prod, qa])
    assert not may_execute([deployment(envs=in_envs())], app, [qa])
    assert may_execute([deployment(envs=in_envs())], app, [])
    assert not may_execute([deployment(actions=("EXECUTE",))], app, [])
    assert not may_execute([deployment(actions=("EXECUTE_WORKFLOW",))], app, [])
    assert not may_execute([deployment(only())], app, [])
    assert not may_execute([deployment(all_but(shop.app))], app, [])
    assert not may_execute([], app, [])
