"""REST with the API key: the raw truth, and the snapshot that it stores (facts 2.3, 3.6)."""

import aiohttp

from bot.demo.harness import PretendHarness, deployment, in_envs, only, stage, workflow


async def test_the_raw_run(caller, shop):
    """The raw run has raw status, environments, chain, starter and the parallel indices."""
    run = shop.failed(by=shop.dana)
    status, told = await caller.rest(f"/api/executions/{run.id}", appId=shop.app.id)
    assert status == 200
    assert set(told) == {"metaData", "resource", "responseMessages"}
    raw = told["resource"]
    assert (raw["status"], raw["createdByType"]) == ("FAILED", "USER")
    assert raw["envIds"] == [shop.prod.id, shop.qa.id]
    assert raw["environments"][0] == {
        "uuid": shop.prod.id,
        "name": "prod-eu",
        "environmentType": "PROD",
    }
    assert (raw["pipelineResumeId"], raw["latestPipelineResume"]) == (None, False)
    rows = raw["pipelineExecution"]["pipelineStageExecutions"]
    assert [row["parallelInfo"]["groupIndex"] for row in rows] == [0, 1, 1, 2, 3]
    await caller.resume(run, "STAGE 2")
    new = shop.world.resumes[0].new
    raw = (await caller.rest(f"/api/executions/{new}", appId=shop.app.id))[1]["resource"]
    assert (raw["pipelineResumeId"], raw["latestPipelineResume"]) == (run.id, True)
    assert raw["createdByType"] == "API_KEY"


async def test_raw_statuses(caller, shop):
    """REST says what GraphQL cannot: PREPARING and ABORTING."""
    shop.world.prepare_seconds = 30.0
    run = shop.world.start(shop.release, by=shop.trigger)
    path = f"/api/external/v1/executions/{run.id}/status"
    assert await caller.rest(path, appId=shop.app.id) == (200, {"status": "PREPARING"})
    shop.world.abort(run, lingers=None)
    assert await caller.rest(path, appId=shop.app.id) == (200, {"status": "ABORTING"})


async def test_both_calls_refresh_the_snapshot(caller, shop):
    """After either call a person's run shows its rows through GraphQL."""
    pipeline = shop.world.pipeline(shop.app, "P", stage("A", workflow("a", ends="FAILED")))
    for path in ("/api/executions/{}", "/api/external/v1/executions/{}/status"):
        run = shop.world.start(pipeline, by=shop.dana, ago=600)
        assert await caller.rows(run) == []
        await caller.rest(path.format(run.id), appId=shop.app.id)
        assert [row["status"] for row in await caller.rows(run)] == ["FAILED"]


async def test_a_raw_group_does_not_lie(caller, harness, shop):
    """A raw group shows the filters as stored, to a key that may read people."""
    liar = shop.world.user_group("Liar", deployment(only(), in_envs(shop.prod)))
    _, told = await caller.rest(f"/api/userGroups/{liar.id}")
    assert told["resource"]["appPermissions"] == [
        {
            "permissionType": "DEPLOYMENT",
            "actions": ["READ", "EXECUTE_PIPELINE", "EXECUTE_WORKFLOW"],
            "appFilter": {"filterType": "SELECTED", "ids": []},
            "entityFilter": {"filterTypes": ["SELECTED"], "ids": [shop.prod.id]},
        },
    ]
    harness.bot_key.groups[:] = [shop.world.user_group("k", deployment())]
    assert (await caller.rest(f"/api/userGroups/{liar.id}"))[0] == 403


async def test_rest_refuses(caller, harness, shop):
    """Unknown runs, invisible applications, wrong keys and too many calls are refused."""
    run = shop.failed()
    assert (await caller.rest("/api/executions/unknown"))[0] == 400
    other = shop.world.application("Other")
    assert (await caller.rest(f"/api/executions/{run.id}", appId=other.id))[0] == 400
    harness.bot_key.groups[:] = [shop.world.user_group("o", deployment(only(other)))]
    assert (await caller.rest(f"/api/executions/{run.id}"))[0] == 403
    caller.headers = {"x-api-key": "nonsense"}
    assert (await caller.rest(f"/api/executions/{run.id}"))[0] == 401
    assert [one.names for one in harness.requests] == [("rest:executions",)] * 4


async def test_rest_has_its_own_limit(clock):
    """Fifty calls a minute and key, counted apart from GraphQL."""
    harness = PretendHarness(now=clock, quota=1, rest_quota=2)
    async with harness.serving() as url, aiohttp.ClientSession() as session:
        seen = []
        for _ in range(3):
            async with session.get(
                f"{url}/api/userGroups",
                headers={"x-api-key": harness.key},
            ) as answer:
                seen.append((answer.status, (await answer.text())[:8]))
        assert [status for status, _ in seen] == [200, 200, 429]
        assert seen[2][1] == "Too Many"


async def test_without_rest():
    """REST can be switched off, so that a bot must live without it."""
    harness = PretendHarness(with_rest=False)
    async with (
        harness.serving() as url,
        aiohttp.ClientSession() as session,
        session.get(
            f"{url}/api/userGroups",
            headers={"x-api-key": harness.key},
        ) as answer,
    ):
        assert answer.status == 404


async def test_abort_over_rest(caller, harness, shop):
    """ABORT_ALL aborts a run, and an ended one is refused by its name."""
    run = shop.world.start(shop.release, by=shop.trigger)
    for status in (200, 400):
        async with caller.session.put(
            f"{caller.url}/api/executions/{run.id}",
            json={"executionInterruptType": "ABORT_ALL"},
            headers={"x-api-key": harness.key},
        ) as answer:
            assert answer.status == status
    assert run.status == "ABORTED"
