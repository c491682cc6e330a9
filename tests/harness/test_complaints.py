"""What Harness's error texts and odd answers mean (facts 1.3 to 1.5, 3.2)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import Trouble
from bot.harness.complaints import Complaint, complaints, judge, judge_body, judge_resume
from bot.ports import Lost, RefusalKind, Refused

PREFIX = "Exception while fetching data (/resumeExecution) : "

READS = [
    ("Invalid request: Execution does not exist or access is denied", Trouble.NOT_FOUND),
    ("Execution [abc] doesn't exist.", Trouble.NOT_FOUND),
    ("Invalid request: User does not exist", Trouble.NOT_FOUND),
    ("Invalid request: No User Group exists", Trouble.NOT_FOUND),
    ("User not authorized: ACCESS_DENIED", Trouble.FORBIDDEN),
    ("User not authorized: Not authorized", Trouble.FORBIDDEN),
    ("Invalid request: User not authorized", Trouble.FORBIDDEN),
    ("User not authorized", Trouble.FORBIDDEN),
    ("Invalid Api Key", Trouble.BAD_KEY),
    ("Invalid Token", Trouble.BAD_KEY),
    ("Feature not enabled", Trouble.FEATURE_OFF),
    (
        "You've reached your account's rate limit for data queries. Please try again later.",
        Trouble.RATE_LIMITED,
    ),
    ("An error has occurred. Please contact the Harness support team.", Trouble.SERVER),
    (
        (
            "Validation error of type FieldUndefined: Field 'status' in type "
            "'PipelineStageExecution' is undefined @ 'execution/pipelineStageExecutions/status'"
        ),
        Trouble.TOO_OLD,
    ),
    ("maximum query depth exceeded 11 > 10", Trouble.REFUSED),
    ("Invalid request: Limit argument accepts only non negative values", Trouble.REFUSED),
    ("Invalid request: Application Id filter is required", Trouble.REFUSED),
]


@pytest.mark.parametrize(("text", "kind"), READS)
def test_a_text_means_a_trouble(text, kind):
    """The text is all there is (trap 21); the engine's prefix is dropped first."""
    (found,) = complaints([{"message": PREFIX + text, "path": ["execution"]}])
    assert found == Complaint(text, ("execution",))
    assert found.trouble is kind


REFUSALS = [
    ("Empty app id.", RefusalKind.OTHER),
    ("Empty pipeline stage name.", RefusalKind.OTHER),
    ("Empty workflow execution Id.", RefusalKind.OTHER),
    ("Execution [abc] doesn't exist.", RefusalKind.NOT_RESUMABLE),
    ("User not authorized: Not authorized", RefusalKind.NOT_ALLOWED),
    ("User not authorized: Not authorized to access the app", RefusalKind.NOT_ALLOWED),
    (
        "User not authorized: User doesn't have rights to execute Pipeline in this Environment",
        RefusalKind.NOT_ALLOWED,
    ),
    ("User not authorized to deploy PIPELINE : x", RefusalKind.NOT_ALLOWED),
    ("User not authorized to given environment", RefusalKind.NOT_ALLOWED),
    (
        "Invalid request: Pipeline Stage does not exist or has not yet started: [Freeze limit]",
        RefusalKind.MODIFIED,
    ),
    (
        (
            "Invalid request: You cannot resume pipeline, seems to be invalid. "
            "Stage { x } is incomplete/invalid"
        ),
        RefusalKind.MODIFIED,
    ),
    (
        "Invalid request: Pipeline resume not available for workflow executions: x",
        RefusalKind.NOT_RESUMABLE,
    ),
    (
        (
            "Invalid request: Pipeline resume is not available for [x]. Resumable states are : "
            "[[ABORTED, ERROR, FAILED, REJECTED, EXPIRED]]"
        ),
        RefusalKind.NOT_RESUMABLE,
    ),
    (
        (
            "Invalid request: Pipeline resume is only available on the latest iteration of a "
            "resumed execution: x"
        ),
        RefusalKind.NOT_LATEST,
    ),
    ("Invalid request: You cannot resume an empty pipeline", RefusalKind.NOT_RESUMABLE),
    (
        (
            "Invalid request: Pipeline resume is not available for a pipeline that failed during "
            "artifact collection"
        ),
        RefusalKind.NOT_RESUMABLE,
    ),
    ("Invalid request: Pipeline does not exist", RefusalKind.MODIFIED),
    (
        (
            "Invalid request: You cannot resume a pipeline which has been modified. Pipeline stage "
            "[s] modified and a workflow [w] has been changed."
        ),
        RefusalKind.MODIFIED,
    ),
    (
        "Invalid request: Master Deployment Freeze is active. No deployments are allowed.",
        RefusalKind.FREEZE,
    ),
    (
        (
            "Deployment Freeze Windows [a, b] are active for the environment. No deployments are "
            "allowed to proceed."
        ),
        RefusalKind.FREEZE,
    ),
    ("Deployment Freeze window is active. No deployments are allowed.", RefusalKind.FREEZE),
    ("Usage limit reached: 100 deployments in 24 hours", RefusalKind.LIMIT),
    ("Pipeline is already triggered.", RefusalKind.OTHER),
    ("Invalid Api Key", RefusalKind.BAD_KEY),
    ("Validation error of type FieldUndefined: Field 'x' is undefined", RefusalKind.OTHER),
    (
        "Variable 'input' has coerced Null value for NonNull type 'String!'",
        RefusalKind.OTHER,
    ),
]


@pytest.mark.parametrize(("text", "kind"), REFUSALS)
def test_a_refusal_of_the_mutation_is_known_by_its_words(text, kind):
    """Each text of facts 3.2 says that nothing was done, and why (ruling 10; traps 26, 27)."""
    answer = judge_resume(complaints([{"message": PREFIX + text}]))
    assert answer == Refused(kind, text)


@pytest.mark.parametrize(
    "text",
    ["An error has occurred. Please contact the Harness support team.", "Something new", ""],
)
def test_words_that_may_hide_anything_are_a_lost_answer(text):
    """The generic text and words that nobody wrote down prove nothing (ruling 10)."""
    assert isinstance(judge_resume(complaints([{"message": PREFIX + text}])), Lost)


def test_several_complaints_are_summed_up_by_the_telling_one():
    """The generic text gives way to a better reason."""
    found = complaints(
        [
            {"message": "An error has occurred. Please contact the Harness support team."},
            {"message": "User not authorized: ACCESS_DENIED"},
        ]
    )
    assert judge(found).kind is Trouble.FORBIDDEN


def envelope(code: str, message: str = "words") -> bytes:
    said = {"code": code, "level": "ERROR", "message": message}
    return json.dumps({"metaData": {}, "resource": None, "responseMessages": [said]}).encode()


def shaped(message: str) -> bytes:
    return json.dumps({"errors": [{"message": message, "locations": []}]}).encode()


CDN = json.dumps(
    {"code": "TOO_MANY_REQUESTS", "message": "Too many requests received", "status": "Error"}
).encode()
HTML = b"<!doctype html><html><body>Bad Gateway</body></html>"
LIMIT = "You've reached your account's rate limit for data queries. Please try again later."

BODIES = [
    (401, envelope("INVALID_TOKEN", "Token is not valid."), Trouble.BAD_KEY),
    (401, shaped("Invalid Api Key"), Trouble.BAD_KEY),
    (401, shaped("Invalid Token"), Trouble.BAD_KEY),
    (401, shaped("User not authorized"), Trouble.FORBIDDEN),
    (401, HTML, Trouble.BAD_KEY),
    (401, envelope("ACCOUNT_DOES_NOT_EXIST"), Trouble.ACCOUNT_GONE),
    (401, envelope("INACTIVE_ACCOUNT"), Trouble.ACCOUNT_GONE),
    (400, shaped("Feature not enabled"), Trouble.FEATURE_OFF),
    (400, envelope("NOT_WHITELISTED_IP", "not whitelisted."), Trouble.NOT_WHITELISTED),
    (400, b'{"code":400,"message":"Unable to process JSON"}', Trouble.REFUSED),
    (429, shaped(LIMIT), Trouble.RATE_LIMITED),
    (429, CDN, Trouble.RATE_LIMITED),
    (429, b"", Trouble.RATE_LIMITED),
    (429, b"Too Many requests. Throttled. Max QPS: 2.5", Trouble.RATE_LIMITED),
    (429, HTML, Trouble.RATE_LIMITED),
    (301, envelope("ACCOUNT_MIGRATED"), Trouble.MIGRATED),
    (301, b"", Trouble.MIGRATED),
    (302, HTML, Trouble.WRONG_ADDRESS),
    (403, envelope("ACCOUNT_MIGRATED_TO_NEXT_GEN"), Trouble.NEXTGEN),
    (403, HTML, Trouble.FORBIDDEN),
    (404, HTML, Trouble.WRONG_ADDRESS),
    (500, b"Error while handling api request for Graphql api", Trouble.SERVER),
    (500, shaped(LIMIT), Trouble.SERVER),
    (502, HTML, Trouble.GATEWAY),
    (503, CDN, Trouble.GATEWAY),
    (504, b"", Trouble.GATEWAY),
    (524, HTML, Trouble.GATEWAY),
    (200, HTML, Trouble.GATEWAY),
    (200, b"", Trouble.GATEWAY),
    (200, b"[]", Trouble.STRANGE),
    (200, envelope("INVALID_TOKEN"), Trouble.BAD_KEY),
    (200, b"[" * 100_000, Trouble.GATEWAY),
]


@pytest.mark.parametrize(("status", "body", "kind"), BODIES)
def test_an_answer_that_is_none_is_told_by_status_and_body(status, body, kind):
    """Three JSON shapes, HTML, text and nothing (traps 23, 24)."""
    trouble = judge_body(status, body)
    assert trouble is not None
    assert (trouble.kind, trouble.status) == (kind, status)


@pytest.mark.parametrize("body", [b'{"data":{}}', b' {"errors":[]}', b'{"x":1,"data":null}'])
def test_a_graphql_answer_passes(body):
    """HTTP 200 with data or errors is for gql to read."""
    assert judge_body(200, body) is None


@given(st.sampled_from([200, 301, 400, 401, 403, 404, 429, 500, 502]), st.binary(max_size=200))
def test_no_body_breaks_the_judge(status, body):
    """Whatever a server or something in front of it sends, it is judged."""
    trouble = judge_body(status, body)
    assert trouble is not None or status == 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["message", "path", "code", "x"]), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(JSON)
def test_no_shape_of_errors_breaks_the_reading(errors):
    """Errors may be anything; their words come out as one clipped line."""
    for complaint in complaints(errors):
        assert "\n" not in complaint.text
        assert len(complaint.text) <= 600
