"""A pretend Harness on a real socket, with a clock that the test moves."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from bot.demo.harness import PretendHarness, Run, World, approval, deployment, stage, workflow

START = 1_711_612_790.0
RESUME = """mutation Resume($input: ResumeExecutionInput) {
  resumeExecution(input: $input) { clientMutationId execution { id status executionUrl } } }"""
REFRESH = """query Refresh($app: String!, $id: String!) {
  approvalDetails(applicationId: $app, executionId: $id) {
    approvalDetails { approvalId stageName startedAt willExpireAt } } }"""
ROWS = """query Rows($id: String!) { execution(executionId: $id) { id status endedAt failureDetails
  ... on PipelineExecution { pipelineStageExecutions {
    __typename pipelineStageElementId pipelineStageName pipelineStepName
    ... on ApprovalStageExecution { status approvalStepType }
    ... on WorkflowStageExecution { status workflowExecutionId } } } } }"""


@dataclass
class Clock:
    now: float = START

    def __call__(self) -> float:
        return self.now


@dataclass
class Caller:
    """Somebody with an API key, over HTTP; it keeps nothing and follows no redirect."""

    harness: PretendHarness
    url: str
    session: aiohttp.ClientSession
    headers: dict[str, str] = field(default_factory=dict)

    async def post(self, **body: Any) -> tuple[int, str]:
        """Post to GraphQL; gives status and text."""
        address = f"{self.url}/api/graphql"
        async with self.session.post(
            address,
            params={"accountId": self.harness.account},
            headers={"x-api-key": self.harness.key} | self.headers,
            allow_redirects=False,
            **body,
        ) as answer:
            return answer.status, await answer.text()

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Ask GraphQL; gives the whole answer, which must be 200."""
        async with self.session.post(
            f"{self.url}/api/graphql",
            params={"accountId": self.harness.account},
            headers={"x-api-key": self.harness.key} | self.headers,
            json={"query": query, "variables": variables},
        ) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def resume(self, run: Run, name: str, **changes: Any) -> dict[str, Any]:
        """Call resumeExecution."""
        wanted = {
            "applicationId": run.app.id,
            "pipelineExecutionId": run.id,
            "pipelineStageName": name,
        } | changes
        return await self.ask(RESUME, input=wanted)

    async def refusal(self, run: Run, name: str, **changes: Any) -> str:
        """Call resumeExecution, which must fail; gives the text after the prefix."""
        told = await self.resume(run, name, **changes)
        assert told["data"] == {"resumeExecution": None}
        message = told["errors"][0]["message"]
        prefix = "Exception while fetching data (/resumeExecution) : "
        assert message.startswith(prefix)
        return message.removeprefix(prefix)

    async def refresh(self, run: Run) -> dict[str, Any]:
        """Call approvalDetails, which stores the snapshot."""
        return await self.ask(REFRESH, app=run.app.id, id=run.id)

    async def rows(self, run: Run) -> list[dict[str, Any]]:
        """Read the rows as they are shown."""
        told = await self.ask(ROWS, id=run.id)
        return told["data"]["execution"]["pipelineStageExecutions"]

    async def rest(self, path: str, **query: str) -> tuple[int, Any]:
        """Call REST; gives status and JSON."""
        async with self.session.get(
            f"{self.url}{path}",
            params={"accountId": self.harness.account} | query,
            headers={"x-api-key": self.harness.key} | self.headers,
        ) as answer:
            return answer.status, await answer.json(content_type=None)


class Shop:
    """The usual world: an application with two environments and a release that fails once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.app = world.application("Storefront")
        self.prod = world.environment(self.app, "prod-eu", prod=True)
        self.qa = world.environment(self.app, "qa", prod=False)
        self.deployers = world.user_group("Deployers", deployment())
        self.dana = world.user("dana@example.com", "Dana Ops", self.deployers)
        self.trigger = world.trigger(self.app, "checkout-on-merge")
        self.release = world.pipeline(
            self.app,
            "Checkout Release",
            stage("Sign-off", approval("Approve release", seconds=5)),
            stage(
                None,
                workflow("Deploy EU", self.prod, ends=("FAILED", "SUCCESS")),
                workflow("Deploy QA", self.qa),
            ),
            stage(None, workflow("Smoke test", self.qa)),
            stage("Last", workflow("Tell everybody")),
        )

    def failed(self, **how: Any) -> Run:
        """Start a release an hour ago, which failed in STAGE 2; its snapshot is fresh."""
        run = self.world.start(
            self.release,
            **({"by": self.trigger, "ago": 3600.0} | how),
        )
        run.refresh()
        return run


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def harness(clock: Clock) -> PretendHarness:
    return PretendHarness(now=clock, quota=0)


@pytest.fixture
def shop(harness: PretendHarness) -> Shop:
    return Shop(harness.world)


@pytest.fixture
async def caller(harness: PretendHarness) -> AsyncIterator[Caller]:
    async with harness.serving() as url, aiohttp.ClientSession() as session:
        yield Caller(harness, url, session)
    assert harness.crashes == []
