"""The two REST views: used where they answer, done without elsewhere (ruling 21; facts 2.3)."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.execution import Environment, Environments, EnvironmentType, ExecutionRef
from bot.harness.budget import Budget, MemoryWindow
from bot.harness.rest import Rest, read_raw
from bot.harness.transport import Address, open_wire
from tests.harness.clocks import SkippingClock
from tests.harness.servers import serving
from tests.harness.test_complaints import HTML, envelope
from tests.harness.test_transport import answering

REF = ExecutionRef("run", "app")
RESOURCE = {
    "uuid": "run",
    "appId": "app",
    "status": "FAILED",
    "endTs": 5,
    "envIds": ["p", "q"],
    "environments": [{"uuid": "p", "name": "prod", "environmentType": "PROD"}],
    "pipelineResumeId": "root",
    "latestPipelineResume": False,
}


def test_a_raw_execution_names_what_graphql_hides():
    """All environments, the chain of resumes and the end (facts 2.3)."""
    raw = read_raw(RESOURCE, "run")
    assert raw is not None
    assert raw.environments == Environments(
        (Environment("p", "prod", EnvironmentType.PROD), Environment("q")), complete=True
    )
    assert (raw.application, raw.root, raw.superseded, raw.ended_at) == ("app", "root", True, 5)


@pytest.mark.parametrize(
    ("root", "latest", "superseded"),
    [(None, False, False), (None, None, False), ("r", True, False), ("r", None, False)],
)
def test_a_run_without_a_chain_is_its_own_latest(root, latest, superseded):
    """The flag is false for runs that were never resumed, too (facts 3.7)."""
    raw = read_raw({"pipelineResumeId": root, "latestPipelineResume": latest}, "run")
    assert raw is not None
    assert raw.superseded is superseded


def test_environments_that_are_not_listed_are_not_complete():
    """A list that is missing is not an empty list; one that is empty says "none"."""
    missing = read_raw({"envIds": None}, "run")
    empty = read_raw({"envIds": []}, "run")
    assert missing is not None
    assert empty is not None
    assert missing.environments == Environments()
    assert empty.environments == Environments((), complete=True)


def test_another_runs_answer_is_none():
    """An answer about another run is not used."""
    assert read_raw(RESOURCE, "other") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(list(RESOURCE)), inner, max_size=5)
    ),
    max_leaves=15,
)


@given(st.dictionaries(st.sampled_from([k for k in RESOURCE if k != "uuid"]), JSON))
def test_no_answer_breaks_the_reading(node):
    """Whatever the undocumented view says, it is read or left."""
    assert read_raw(node, "run") is not None


class Views:
    """A server that answers as told, and counts."""

    def __init__(self, status=200, body=b"{}") -> None:
        self.status = status
        self.body = body
        self.asked = 0
        self.last = None

    async def answer(self, request):
        self.asked += 1
        self.last = request
        return answering(self.body, self.status)


async def twice(view, clock=None, later=0.0, limit=40):
    clock = clock or SkippingClock()
    async with serving(view.answer) as url, open_wire(Address(url, "acc", "key")) as wire:
        budget = Budget(MemoryWindow(clock), clock, name="rest", limit=limit)
        rest = Rest(wire, budget, clock)
        first = await rest.execution(REF, until=clock.monotonic() + 8)
        clock.skipped += later
        return first, await rest.execution(REF, until=clock.monotonic() + 8)


async def test_an_answer_is_used():
    """The view is asked with account, application and key."""
    view = Views(body=json.dumps({"resource": RESOURCE, "responseMessages": []}).encode())
    first, second = await twice(view)
    assert first == second == read_raw(RESOURCE, "run")
    assert view.last.path == "/api/executions/run"
    assert dict(view.last.query) == {"accountId": "acc", "appId": "app"}
    assert view.last.headers["x-api-key"] == "key"


@pytest.mark.parametrize(
    ("status", "body"),
    [(404, HTML), (404, b""), (200, HTML), (401, envelope("INVALID_TOKEN")), (301, b""),
     (403, HTML), (405, b"")],
)  # fmt: skip
async def test_an_address_that_is_not_there_is_left_alone_for_minutes(status, body):
    """Doing without it costs nothing."""
    view = Views(status, body)
    assert await twice(view) == (None, None)
    assert view.asked == 1
    view = Views(status, body)
    assert await twice(view, later=301) == (None, None)
    assert view.asked == 2


@pytest.mark.parametrize(("status", "body"), [(429, b"Throttled"), (502, HTML), (500, b"")])
async def test_trouble_that_passes_is_left_alone_for_half_a_minute(status, body):
    """A view that is busy now answers soon."""
    view = Views(status, body)
    assert await twice(view) == (None, None)
    assert view.asked == 1
    view = Views(status, body)
    await twice(view, later=31)
    assert view.asked == 2


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_a_run_that_is_not_there_says_nothing_about_the_address(status):
    """Harness's own envelope refuses one run, not the view."""
    view = Views(status, envelope("INVALID_REQUEST", "Execution [x] doesn't exist."))
    assert await twice(view) == (None, None)
    assert view.asked == 2


async def test_a_silent_view_costs_a_person_little_time():
    """A view that hangs is given up, and not waited for again."""

    async def silent(request):
        await asyncio.Event().wait()

    clock = SkippingClock()
    async with serving(silent) as url, open_wire(Address(url, "acc", "key")) as wire:
        budget = Budget(MemoryWindow(clock), clock, name="rest", limit=40)
        rest = Rest(wire, budget, clock)
        assert await rest.execution(REF, until=clock.monotonic() + 0.2) is None
        begun = clock.monotonic()
        assert await rest.user_group("g", until=clock.monotonic() + 0.2) is None
        assert await rest.execution(REF, until=None) is None
        assert clock.monotonic() - begun < 2


async def test_the_views_have_a_window_of_their_own():
    """Forty a minute, whatever GraphQL does (ruling 9)."""
    view = Views(body=json.dumps({"resource": RESOURCE, "responseMessages": []}).encode())
    first, second = await twice(view, limit=1)
    assert first is not None
    assert second is None


async def test_reading_runs_leaves_room_for_permission_checks():
    """Many cards in a minute do not get the next press refused (rulings 9 and 21)."""
    view = Views(body=b'{"resource": {}, "responseMessages": []}')
    clock = SkippingClock()
    async with serving(view.answer) as url, open_wire(Address(url, "acc", "key")) as wire:
        rest = Rest(wire, Budget(MemoryWindow(clock), clock, name="rest", limit=40), clock)
        for _ in range(50):
            await rest.execution(REF, until=clock.monotonic() + 8)
        assert view.asked < 40
        assert await rest.user_group("g", until=clock.monotonic() + 8) is not None
        assert view.asked <= 40


async def test_an_id_cannot_leave_its_place_in_the_address():
    """A group's id is data, also when it looks like a path."""
    view = Views(body=b'{"resource": {}, "responseMessages": []}')
    clock = SkippingClock()
    async with serving(view.answer) as url, open_wire(Address(url, "acc", "key")) as wire:
        rest = Rest(wire, Budget(MemoryWindow(clock), clock, name="rest", limit=0), clock)
        await rest.user_group("../executions/x?y", until=None)
    assert view.last.path.startswith("/api/userGroups/")
    assert dict(view.last.query) == {"accountId": "acc"}


async def test_no_redirect_is_followed():
    """The key would travel along (ruling 23)."""
    paths = []

    async def moved(request):
        paths.append(request.path)
        return answering(b"", 302, Location="/elsewhere")

    clock = SkippingClock()
    async with serving(moved) as url, open_wire(Address(url, "acc", "key")) as wire:
        rest = Rest(wire, Budget(MemoryWindow(clock), clock, name="rest", limit=0), clock)
        assert await rest.execution(REF, until=None) is None
    assert paths == ["/api/executions/run"]
