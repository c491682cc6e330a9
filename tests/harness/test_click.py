"""Reading a run and a person's rights for a click, against the pretend Harness."""

import pytest

from bot.core.errors import HarnessTrouble, Trouble
from bot.core.rights import AppFilterKind
from bot.demo.harness import Fault, PretendHarness, deployment, everything, only
from bot.demo.harness.people import Grant
from tests.harness.conftest import reaching
from tests.harness.shop import open_shop


@pytest.fixture
def shop(harness):
    return open_shop(harness)


@pytest.fixture
def run(harness, shop):
    return harness.world.start(shop.release, by=harness.bot_key, ago=600)


async def read(firstgen, shop, run, email="dana@example.com"):
    until = firstgen._clock.monotonic() + 8
    return await firstgen.read_for_click(shop.ref(run), email, until=until)


async def test_a_click_costs_one_request(harness, firstgen, shop, run):
    """The run and the person's rights travel together (ruling 9)."""
    harness.world.groups[:] = [g for g in harness.world.groups if g.name != "Deployers"]
    shop.dana.groups[0].grants = (deployment(apps=only(shop.app)),)
    reading = await read(firstgen, shop, run)
    assert reading.execution.ref == shop.ref(run)
    assert [r.names for r in harness.requests] == [("execution", "userByEmail")]
    assert reading.user is not None
    assert reading.user.id == shop.dana.id
    assert (reading.user.disabled, reading.user.locked, reading.user.email_verified) == (
        False,
        False,
        True,
    )
    assert reading.user.groups_complete
    (group,) = reading.user.groups
    (grant,) = group.grants
    assert (grant.type, grant.apps.kind, grant.apps.ids) == (
        "DEPLOYMENT",
        AppFilterKind.SELECTED,
        {shop.app.id},
    )
    assert "EXECUTE_PIPELINE" in grant.actions


async def test_nobody_of_that_address_is_no_trouble(firstgen, shop, run):
    """A person whom Harness does not know is a fact, not a failure."""
    reading = await read(firstgen, shop, run, "nobody@example.com")
    assert reading.user is None


async def test_a_disabled_user_is_shown_as_one(firstgen, shop, run):
    """Harness finds disabled and locked people too (trap 32)."""
    shop.dana.disabled = True
    shop.dana.locked = True
    reading = await read(firstgen, shop, run)
    assert reading.user is not None
    assert (reading.user.disabled, reading.user.locked) == (True, True)


async def test_a_key_that_may_not_read_users_is_trouble(firstgen, harness, shop, run):
    """Without READ_USERS_AND_GROUPS nobody's rights are known (trap 35)."""
    for group in harness.bot_key.groups:
        group.account = ()
    with pytest.raises(HarnessTrouble) as told:
        await read(firstgen, shop, run)
    assert told.value.kind is Trouble.FORBIDDEN


@pytest.mark.parametrize("fault", [Fault.NULL, Fault.GENERIC_ERROR, Fault.TEXT])
async def test_any_doubt_about_the_rights_is_trouble(firstgen, harness, shop, run, fault):
    """Null, the generic text and unknown words fail closed (facts 5.4)."""
    harness.faults.arm(fault, on="userByEmail", times=9, text="Invalid request: odd")
    with pytest.raises(HarnessTrouble):
        await read(firstgen, shop, run)


async def test_groups_that_are_null_are_trouble(firstgen, harness, shop, run):
    """A user whose groups cannot be read is not a user without groups."""
    harness.faults.arm(Fault.PARTIAL, on="userByEmail", times=9, part="userGroups", text="odd")
    with pytest.raises(HarnessTrouble):
        await read(firstgen, shop, run)


async def test_the_run_missing_is_trouble_too(firstgen, harness, shop, run):
    """A click on a run that is gone says so, whoever pressed."""
    harness.world.runs.clear()
    with pytest.raises(HarnessTrouble) as told:
        await read(firstgen, shop, run)
    assert told.value.kind is Trouble.NOT_FOUND


async def test_over_a_hundred_groups_are_all_read(firstgen, harness, shop, run):
    """The group that grants may be on the last page (trap 18)."""
    world = harness.world
    shop.dana.groups[:] = [world.user_group(f"g{n}") for n in range(230)]
    shop.dana.groups.append(world.user_group("Last", deployment(apps=only(shop.app))))
    reading = await read(firstgen, shop, run)
    assert reading.user is not None
    assert len(reading.user.groups) == 231
    assert reading.user.groups[-1].grants
    assert reading.user.groups_complete
    assert len(harness.requests) == 3


async def test_a_corrupt_group_spoils_only_itself(firstgen, harness, shop, run):
    """One corrupt group breaks the page (trap 34); the others are read one by one."""
    world = harness.world
    corrupt = world.user_group("Corrupt", Grant("DEPLOYMENT", ("EXECUTE_PIPELINE",), envs=None))
    last = world.user_group("Last", deployment(apps=only(shop.app)))
    shop.dana.groups[:] = [*(world.user_group(f"g{n}") for n in range(30)), corrupt, last]
    reading = await read(firstgen, shop, run)
    assert reading.user is not None
    assert [g.readable for g in reading.user.groups] == [True] * 30 + [False, True]
    assert not reading.user.groups[30].grants
    assert reading.user.groups[31].grants
    assert len([r for r in harness.requests if "rest" not in r.names[0]]) == 3


async def test_all_without_ids_is_confirmed_over_rest(firstgen, harness, shop, run):
    """Only the stored group tells a true ALL from an emptied SELECTED (trap 30, ruling 21)."""
    world = harness.world
    honest = world.user_group("Honest", everything())
    emptied = world.user_group("Emptied", deployment(apps=only()))
    shop.dana.groups[:] = [honest, emptied]
    reading = await read(firstgen, shop, run)
    assert reading.user is not None
    true, false = (group.grants[0].apps for group in reading.user.groups)
    assert (true.kind, true.confirmed) == (AppFilterKind.ALL, True)
    assert (false.kind, false.ids, false.confirmed) == (AppFilterKind.SELECTED, frozenset(), True)
    assert [r.names[0] for r in harness.requests].count("rest:userGroups") == 2


async def test_without_rest_all_stays_unconfirmed(clock):
    """Where the stored group cannot be seen, ALL proves nothing (ruling 21)."""
    harness = PretendHarness(quota=0, with_rest=False)
    shop = open_shop(harness)
    run = harness.world.start(shop.release, by=harness.bot_key, ago=600)
    async with reaching(harness, clock) as firstgen:
        reading = await read(firstgen, shop, run)
    assert reading.user is not None
    assert not reading.user.groups[0].grants[0].apps.confirmed


async def test_a_429_that_passes_is_retried_and_one_that_stays_is_told(
    firstgen, harness, shop, run
):
    """Rights are read again within the person's time, never guessed (ruling 8)."""
    harness.faults.arm(Fault.CDN_429)
    assert (await read(firstgen, shop, run)).user is not None
    harness.faults.arm(Fault.CDN_429, times=9)
    with pytest.raises(HarnessTrouble) as told:
        await read(firstgen, shop, run)
    assert told.value.kind is Trouble.RATE_LIMITED
