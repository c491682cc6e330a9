"""The one call that changes anything, against the pretend Harness and its faults."""

import pytest

from bot.core.execution import ExecutionRef
from bot.core.stages import StageGroup
from bot.demo.harness import Fault
from bot.harness.budget import MemoryWindow
from bot.harness.firstgen import open_firstgen
from bot.harness.transport import Address
from bot.ports import Lost, NotSent, RefusalKind, Refused, Started
from tests.harness.conftest import reaching
from tests.harness.servers import serving
from tests.harness.shop import open_shop
from tests.harness.test_complaints import HTML, envelope, shaped
from tests.harness.test_transport import answering


@pytest.fixture
def shop(harness):
    return open_shop(harness)


@pytest.fixture
def run(harness, shop):
    started = harness.world.start(shop.release, by=harness.bot_key, ago=600)
    started.refresh()  # somebody looked at it before
    return started


def named(name: str) -> StageGroup:
    return StageGroup(1, name, ())


async def resume(firstgen, shop, run, name="STAGE 2", seconds=8.0):
    until = firstgen._clock.monotonic() + seconds
    return await firstgen.resume(shop.ref(run), named(name), until=until)


async def test_a_resume_starts_a_new_run(harness, firstgen, shop, run):
    """The answer names the new run and Harness's own link to it."""
    answer = await resume(firstgen, shop, run)
    assert isinstance(answer, Started)
    (done,) = harness.world.resumes
    assert (done.old, done.new, done.group) == (run.id, answer.run.id, 1)
    assert answer.run.scope == shop.app.id
    assert answer.run.id in answer.url
    assert [r.names for r in harness.requests] == [("resumeExecution",)]


@pytest.mark.parametrize(
    "name",
    ["Deploy (prod)", "v1.2", "C++", "$x?", "Build [1]", "*prod", "a|b", r"a\Eb", ".*", "{a}", "^"],
)
async def test_a_stage_is_named_by_itself_alone(harness, firstgen, name):
    """The server takes the name for a regular expression (trap 1); ours matches only the name."""
    shop = open_shop(harness, name)
    run = harness.world.start(shop.release, by=harness.bot_key, ago=600)
    run.refresh()
    assert isinstance(await resume(firstgen, shop, run, name), Started)
    assert harness.world.resumes[-1].group == 1


async def test_a_plain_name_goes_as_it_is(harness, firstgen, shop, run):
    """A server without the fault understands plain names too (facts 3.3)."""
    await resume(firstgen, shop, run)
    assert harness.requests[-1].variables["input"]["pipelineStageName"] == "STAGE 2"


async def test_a_second_resume_is_refused_as_not_the_latest(firstgen, shop, run):
    """Harness resumes only the latest of a chain (facts 3.8)."""
    await resume(firstgen, shop, run)
    answer = await resume(firstgen, shop, run)
    assert isinstance(answer, Refused)
    assert answer.kind is RefusalKind.NOT_LATEST


async def test_the_wrong_application_is_refused(firstgen, shop, run):
    """A wrong application says "doesn't exist" (trap 20)."""
    until = firstgen._clock.monotonic() + 8
    answer = await firstgen.resume(ExecutionRef(run.id, "A" * 22), named("STAGE 2"), until=until)
    assert isinstance(answer, Refused)
    assert answer.kind is RefusalKind.NOT_RESUMABLE


async def test_no_application_is_no_call(harness, firstgen, run):
    """Without an application nothing is sent."""
    until = firstgen._clock.monotonic() + 8
    answer = await firstgen.resume(ExecutionRef(run.id), named("STAGE 2"), until=until)
    assert isinstance(answer, Refused)
    assert not harness.requests


async def test_a_freeze_is_told_apart(harness, firstgen, shop, run):
    """A freeze is refused in Harness's own words (trap 28: the caller looks all the same)."""
    harness.world.freeze("Quarter close")
    answer = await resume(firstgen, shop, run)
    assert isinstance(answer, Refused)
    assert answer.kind is RefusalKind.FREEZE


CERTAIN = {
    Fault.MANAGER_429: RefusalKind.RATE_LIMITED,
    Fault.CDN_429: RefusalKind.RATE_LIMITED,
    Fault.BAD_KEY: RefusalKind.BAD_KEY,
    Fault.BAD_KEY_GRAPHQL: RefusalKind.BAD_KEY,
    Fault.FEATURE_OFF: RefusalKind.SHUT_OUT,
    Fault.NOT_WHITELISTED: RefusalKind.SHUT_OUT,
    Fault.MIGRATED_TO_NEXTGEN: RefusalKind.SHUT_OUT,
    Fault.MIGRATED_TO_CLUSTER: RefusalKind.SHUT_OUT,
}


@pytest.mark.parametrize("fault", CERTAIN, ids=lambda f: f.name)
async def test_what_a_filter_refuses_was_certainly_not_done(harness, firstgen, shop, run, fault):
    """Any 301, 400, 401, 403 or 429, in every shape, frees the claim and is told apart."""
    harness.faults.arm(fault)
    answer = await resume(firstgen, shop, run)
    assert isinstance(answer, Refused)
    assert answer.kind is CERTAIN[fault]
    assert answer.text
    assert not harness.world.resumes
    assert not harness.followed
    assert len(harness.requests) == 1


PERHAPS = [
    (Fault.GENERIC_ERROR, 0),
    (Fault.GENERIC_ERROR_AFTER, 1),
    (Fault.NULL, 0),
    (Fault.NULL_AFTER, 1),
    (Fault.BAD_GATEWAY, 0),
    (Fault.SERVER_ERROR, 0),
    (Fault.NOT_JSON, 0),
    (Fault.DROPPED, 0),
    (Fault.DROPPED_AFTER, 1),
    (Fault.TRUNCATED, 1),
]


@pytest.mark.parametrize(("fault", "done"), PERHAPS, ids=lambda f: getattr(f, "name", f))
async def test_whatever_hides_the_outcome_is_lost(harness, firstgen, shop, run, fault, done):
    """Null, the generic text, 5xx, no JSON and dropped lines may have done it (traps 21, 22)."""
    harness.faults.arm(fault, on="resumeExecution")
    answer = await resume(firstgen, shop, run)
    assert isinstance(answer, Lost)
    assert answer.cause
    assert len(harness.world.resumes) == done
    assert len(harness.requests) == 1


PLACE = '{"data":{"resumeExecution":%s}}'
NEW = '{"execution":{"id":"new","executionUrl":"https://h/new"}}'
ODD = [
    (200, PLACE % NEW, Started),
    (200, PLACE.replace("}}", '},"errors":[{"message":"x"}]}') % NEW, Started),
    (200, PLACE % '{"execution":{"id":"run"}}', Lost),
    (200, PLACE % '{"execution":{"id":null}}', Lost),
    (200, PLACE % '{"execution":null}', Lost),
    (200, PLACE % '"odd"', Lost),
    (200, '{"data":null}', Lost),
    (200, envelope("INVALID_TOKEN"), Refused),
    (200, envelope("SOMETHING_ELSE"), Lost),
    (200, shaped("Invalid Api Key"), Refused),
    (200, HTML, Lost),
    (400, b"", Refused),
    (400, HTML, Refused),
    (401, HTML, Refused),
    (403, b"no", Refused),
    (429, b"", Refused),
    (404, HTML, Lost),
    (302, b"", Lost),
    (500, shaped("Invalid Api Key"), Lost),
    (503, envelope("INVALID_TOKEN"), Lost),
]


@pytest.mark.parametrize(("status", "body", "outcome"), ODD, ids=range(len(ODD)))
async def test_odd_answers_to_the_call_are_sorted(clock, status, body, outcome):
    """What is certain is certain by status or by a filter's own words; all else is lost."""
    asked = []

    async def handler(request):
        asked.append(request.path)
        return answering(body, status)

    async with serving(handler) as url:
        address = Address(url, "acc", "key")
        async with open_firstgen(
            address, clock=clock, window=MemoryWindow(clock), requests_per_minute=0
        ) as firstgen:
            until = clock.monotonic() + 8
            answer = await firstgen.resume(ExecutionRef("run", "app"), named("S"), until=until)
    assert isinstance(answer, outcome)
    assert len(asked) == 1


class BrokenWindow:
    """A store that is down."""

    async def take_request(self, window, limit):
        raise RuntimeError("the database is gone")


async def test_a_bug_or_a_dead_store_before_the_call_is_no_call(harness, clock, shop, run):
    """Nothing raises out of a resume, and what was not written was not sent."""
    async with harness.serving() as url:
        address = Address(url, harness.account, harness.key)
        async with open_firstgen(
            address, clock=clock, window=BrokenWindow(), requests_per_minute=20
        ) as firstgen:
            assert isinstance(await resume(firstgen, shop, run), NotSent)
    assert not harness.requests


@pytest.mark.parametrize(("fault", "done"), [(Fault.HANG, 0), (Fault.HANG_AFTER, 1)])
async def test_a_time_out_is_lost(harness, firstgen, shop, run, fault, done):
    """An answer that does not come in time tells nothing."""
    harness.faults.arm(fault, on="resumeExecution")
    answer = await resume(firstgen, shop, run, seconds=0.3)
    assert isinstance(answer, Lost)
    assert len(harness.world.resumes) == done
    assert len(harness.requests) == 1


async def test_an_answer_of_ten_megabytes_is_not_read(harness, firstgen, shop, run):
    """An answer beyond all reason counts as none."""
    harness.faults.arm(Fault.OVERSIZE, on="resumeExecution", size=11_000_000)
    assert isinstance(await resume(firstgen, shop, run), Lost)


async def test_a_deadline_that_has_passed_sends_nothing(harness, firstgen, shop, run):
    """A call that comes too late is not made (ruling 11)."""
    assert isinstance(await resume(firstgen, shop, run, seconds=-1), NotSent)
    assert not harness.requests


async def test_no_place_in_the_budget_sends_nothing(harness, clock, shop, run):
    """When the bot's own share is used up until the deadline, the call is not made."""
    async with reaching(harness, clock, limit=1) as firstgen:
        await firstgen.hello()
        assert isinstance(await resume(firstgen, shop, run), NotSent)
    assert not harness.world.resumes


async def test_nobody_there_is_certainly_not_done(harness, clock, shop, run):
    """A connection that never came about carried nothing."""
    async with reaching(harness, clock) as firstgen:
        pass
    async with reaching(harness, clock) as firstgen:
        firstgen._resumes._reader._wire._graphql.transport.url = "http://127.0.0.1:9/api/graphql"
        answer = await resume(firstgen, shop, run)
    assert isinstance(answer, Refused)
    assert answer.kind is RefusalKind.TROUBLE
