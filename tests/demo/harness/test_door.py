"""The door: keys, accounts, the gateway's prefix, the quota, and the log of requests."""

import base64

import aiohttp

from bot.demo.harness import PretendHarness

QUERY = {"query": "{ executions(limit: 1) { nodes { id } } }"}


async def test_wrong_keys(caller, harness):
    """No key and an unknown key are refused alike, in the REST envelope with its header."""
    for key in ("", "nonsense"):
        async with caller.session.post(
            f"{caller.url}/api/graphql",
            json=QUERY,
            headers={"x-api-key": key},
        ) as answer:
            assert answer.status == 401
            assert answer.headers["X-Harness-Error"] == "INVALID_TOKEN"
            body = await answer.json()
            assert body["responseMessages"][0]["code"] == "INVALID_TOKEN"


async def test_the_account_id(caller, harness):
    """A modern key carries its account, an old one needs the parameter, a wrong one never fits."""
    assert base64.b64decode(harness.key).startswith(harness.account.encode() + b"::")
    old = harness.world.key("old", legacy=True)
    seen = {}
    for key in (harness.key, old.secret):
        for account in (harness.account, "other", None):
            async with caller.session.post(
                f"{caller.url}/api/graphql",
                params={"accountId": account} if account else {},
                json=QUERY,
                headers={"x-api-key": key},
            ) as answer:
                seen[(key == old.secret, account)] = answer.status
    assert seen == {
        (False, harness.account): 200,
        (False, "other"): 401,
        (False, None): 200,
        (True, harness.account): 200,
        (True, "other"): 401,
        (True, None): 401,
    }


async def test_the_gateway():
    """With the gateway, everything is under its prefix and nothing without it."""
    harness = PretendHarness(gateway=True)
    async with harness.serving() as url, aiohttp.ClientSession() as session:
        assert url.endswith("/gateway")
        for base, status in ((url, 200), (url.removesuffix("/gateway"), 404)):
            async with session.post(
                f"{base}/api/graphql",
                json=QUERY,
                headers={"x-api-key": harness.key},
            ) as answer:
                assert answer.status == status


async def test_the_quota(clock):
    """Thirty requests in any 60 seconds, aliases free; the next has the manager's 429."""
    harness = PretendHarness(now=clock)
    async with harness.serving() as url, aiohttp.ClientSession() as session:

        async def ask(key):
            async with session.post(
                f"{url}/api/graphql",
                json=QUERY,
                headers={"x-api-key": key},
            ) as answer:
                return answer.status, dict(answer.headers), await answer.text()

        other = harness.world.key("terraform")
        for number in range(30):
            assert (await ask(harness.key if number % 2 else other.secret))[0] == 200
            clock.now += 1
        status, headers, text = await ask(harness.key)
        assert status == 429
        assert "Retry-After" not in headers
        assert text.startswith('{"errors": [{"message": "You\'ve reached your account\'s rate')
        assert (await ask("nonsense"))[0] == 401
        clock.now += 30
        assert [(await ask(harness.key))[0] for _ in range(2)] == [200, 429]


async def test_the_log(caller, harness, shop, clock):
    """Each request is kept with its fields, aliases, variables and status, never with the key."""
    run = shop.failed()
    await caller.ask(
        "query Two($id: String!) { a: execution(executionId: $id) { id } "
        'userByEmail(email: "x@example.com") { id } }',
        id=run.id,
    )
    (seen,) = harness.requests
    assert seen.names == ("execution", "userByEmail")
    assert [field.alias for field in seen.fields] == ["a", "userByEmail"]
    assert (seen.operation, seen.operation_name) == ("query", None)
    assert seen.variables == {"id": run.id}
    assert (seen.at, seen.status, seen.key) == (clock.now, 200, "resume-bot")
    assert harness.key not in repr(harness.requests)
    assert harness.key not in repr(harness.bot_key)
