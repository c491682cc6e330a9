"""Every fault answers as the facts say, for exactly the requests it was armed for (1.3-1.5)."""

import asyncio
import json

import aiohttp
import pytest

from bot.demo.harness import Fault

LIMIT = "You've reached your account's rate limit for data queries. Please try again later."


def a_query(run):
    return {"query": f'{{ execution(executionId: "{run.id}") {{ id application {{ id }} }} }}'}


@pytest.mark.parametrize(
    ("fault", "more", "status", "part"),
    [
        (Fault.MANAGER_429, {}, 429, {"errors": [{"message": LIMIT, "locations": []}]}),
        (Fault.CDN_429, {}, 429, {"code": "TOO_MANY_REQUESTS", "status": "Error"}),
        (Fault.BAD_KEY, {}, 401, {"metaData": {}, "resource": None}),
        (
            Fault.BAD_KEY_GRAPHQL,
            {},
            401,
            {"errors": [{"message": "Invalid Api Key", "locations": []}]},
        ),
        (
            Fault.BAD_KEY_GRAPHQL,
            {"text": "Invalid Token"},
            401,
            {"errors": [{"message": "Invalid Token", "locations": []}]},
        ),
        (
            Fault.FEATURE_OFF,
            {},
            400,
            {"errors": [{"message": "Feature not enabled", "locations": []}]},
        ),
        (Fault.NOT_WHITELISTED, {}, 400, "NOT_WHITELISTED_IP"),
        (Fault.MIGRATED_TO_NEXTGEN, {}, 403, "ACCOUNT_MIGRATED_TO_NEXT_GEN"),
        (Fault.MIGRATED_TO_CLUSTER, {}, 301, "ACCOUNT_MIGRATED"),
        (Fault.BAD_GATEWAY, {}, 502, "<html"),
        (Fault.BAD_GATEWAY, {"status": 504}, 504, "<html"),
        (Fault.SERVER_ERROR, {}, 500, "Error while handling api request for Graphql api"),
        (Fault.NOT_JSON, {}, 200, "<!doctype html>"),
    ],
)
async def test_answers_in_front_of_the_engine(caller, harness, shop, fault, more, status, part):
    """The fault's status and body come once, then the request is answered as usual."""
    run = shop.failed()
    harness.faults.arm(fault, **more)
    got, text = await caller.post(json=a_query(run))
    assert got == status
    if isinstance(part, str):
        assert part in text
    else:
        assert json.loads(text).items() >= part.items()
    assert (await caller.post(json=a_query(run)))[0] == 200
    assert [one.status for one in harness.requests] == [status, 200]


async def test_a_redirect_leads_to_a_watched_place(caller, harness, shop):
    """Whoever follows the redirect of a moved account is seen carrying the key."""
    harness.faults.arm(Fault.MIGRATED_TO_CLUSTER)
    async with caller.session.post(
        f"{caller.url}/api/graphql",
        json=a_query(shop.failed()),
        headers={"x-api-key": "k"},
    ):
        pass
    assert harness.followed == ["/elsewhere/api/graphql"]


@pytest.mark.parametrize(
    ("fault", "text", "done"),
    [
        (Fault.GENERIC_ERROR, "An error has occurred. Please contact", 0),
        (Fault.GENERIC_ERROR_AFTER, "An error has occurred. Please contact", 1),
        (Fault.TEXT, "User not authorized: Not authorized", 0),
        (Fault.NULL, None, 0),
        (Fault.NULL_AFTER, None, 1),
    ],
)
async def test_faults_in_a_field(caller, harness, shop, fault, text, done):
    """The field is null, with the text or with none, whether or not the resume happened."""
    run = shop.failed()
    harness.faults.arm(fault, on="resumeExecution", text=text or "")
    assert (await caller.ask(a_query(run)["query"]))["data"]["execution"]
    told = await caller.resume(run, "STAGE 2")
    assert told["data"] == {"resumeExecution": None}
    assert len(shop.world.resumes) == done
    if text is None:
        assert "errors" not in told
    else:
        assert text in told["errors"][0]["message"]


async def test_partial_data(caller, harness, shop):
    """A part of the answer is null with an error on its path, the rest is there."""
    run = shop.failed()
    harness.faults.arm(Fault.PARTIAL, on="execution", part="application")
    told = await caller.ask(a_query(run)["query"])
    assert told["data"]["execution"] == {"id": run.id, "application": None}
    assert told["errors"][0]["path"] == ["execution", "application"]


@pytest.mark.parametrize(("fault", "done"), [(Fault.DROPPED, 0), (Fault.DROPPED_AFTER, 1)])
async def test_dropped_connections(caller, harness, shop, fault, done):
    """The connection is gone without an answer, before or after the resume happened."""
    run = shop.failed()
    harness.faults.arm(fault, on="resumeExecution")
    with pytest.raises(aiohttp.ClientConnectionError):
        await caller.resume(run, "STAGE 2")
    assert len(shop.world.resumes) == done
    assert harness.requests[-1].status is None


@pytest.mark.parametrize(("fault", "done"), [(Fault.HANG, 0), (Fault.HANG_AFTER, 1)])
async def test_hanging_until_released(caller, harness, shop, fault, done):
    """No answer comes until the request is released, and then the connection closes."""
    run = shop.failed()
    harness.faults.arm(fault, on="resumeExecution")
    call = asyncio.create_task(caller.resume(run, "STAGE 2"))
    await harness.faults.until_hanging()
    assert not call.done()
    harness.faults.release()
    with pytest.raises(aiohttp.ClientConnectionError):
        await call
    assert len(shop.world.resumes) == done


async def test_a_resume_that_happens_late(caller, harness, shop):
    """A late request takes effect although its caller has long gone."""
    run = shop.failed()
    harness.faults.arm(Fault.LATE, on="resumeExecution")
    call = asyncio.create_task(caller.resume(run, "STAGE 2"))
    await harness.faults.until_hanging()
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    assert shop.world.resumes == []
    begun = asyncio.Event()
    shop.world.listeners.append(lambda change: begun.set())
    harness.faults.release()
    await begun.wait()
    assert [one.old for one in shop.world.resumes] == [run.id]


async def test_a_slow_answer(caller, harness, shop):
    """A slow answer comes after its time, with what was done at once."""
    run = shop.failed()
    harness.faults.arm(Fault.SLOW_ANSWER, on="resumeExecution", seconds=0.05)
    assert (await caller.resume(run, "STAGE 2"))["data"]["resumeExecution"]


async def test_too_much_and_too_little(caller, harness, shop):
    """An oversize answer is correct JSON of that size, a truncated one is not JSON."""
    run = shop.failed()
    harness.faults.arm(Fault.OVERSIZE, size=2_000_000)
    _, text = await caller.post(json=a_query(run))
    assert len(text) > 2_000_000
    assert json.loads(text)["data"]["execution"]["id"] == run.id
    harness.faults.arm(Fault.TRUNCATED)
    status, text = await caller.post(json=a_query(run))
    assert status == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)


async def test_aim(caller, harness, shop):
    """A fault hits its root field only, as many times as armed, under any alias, and REST too."""
    run = shop.failed()
    harness.faults.arm(Fault.GENERIC_ERROR, on="userByEmail", times=2)
    query = f"""{{ run: execution(executionId: "{run.id}") {{ id }}
      them: userByEmail(email: "dana@example.com") {{ id }} }}"""
    for _ in range(2):
        told = await caller.ask(query)
        assert told["data"] == {"run": {"id": run.id}, "them": None}
        assert told["errors"][0]["path"] == ["them"]
    assert "errors" not in await caller.ask(query)
    harness.faults.arm(Fault.BAD_GATEWAY, on="rest:executions")
    assert "errors" not in await caller.ask(query)
    async with caller.session.get(f"{caller.url}/api/executions/{run.id}") as answer:
        assert answer.status == 502
    harness.faults.arm(Fault.BAD_GATEWAY, times=5)
    harness.faults.disarm()
    assert "errors" not in await caller.ask(query)
