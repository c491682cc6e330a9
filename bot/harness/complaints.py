"""What Harness's error texts and odd answers mean.

GraphQL errors carry no code: the sentence is all there is (facts 1.4). Answers that are not HTTP
200 come as three JSON shapes, HTML, text or nothing (facts 1.3, 1.5). The texts stand in tables,
the first match wins, and each is compared after the engine's prefix is dropped.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from bot.core.errors import HarnessTrouble, Trouble
from bot.ports import Lost, RefusalKind, Refused

_PREFIX = re.compile(r"^Exception while fetching data \(/[^)]*\) : ")
_LONGEST = 600

NO_APPROVAL = "No Approval found"

_TROUBLES: tuple[tuple[str, Trouble], ...] = (
    (r"reached your account's rate limit|Too many requests", Trouble.RATE_LIMITED),
    (r"^Invalid Api Key|^Invalid Token|^Token is not valid", Trouble.BAD_KEY),
    (r"^Feature not enabled", Trouble.FEATURE_OFF),
    (r"is not whitelisted", Trouble.NOT_WHITELISTED),
    (r"Execution does not exist or access is denied", Trouble.NOT_FOUND),
    (r"^Execution \[.*\] doesn't exist", Trouble.NOT_FOUND),
    (r"User does not exist|No User Group exists", Trouble.NOT_FOUND),
    (r"User not authorized", Trouble.FORBIDDEN),
    (r"An error has occurred\. Please contact the Harness support", Trouble.SERVER),
    (r"^Validation error of type|^Cannot query field|^Unknown (?:type|argument)", Trouble.TOO_OLD),
)

_CODES: dict[str, Trouble] = {
    "INVALID_TOKEN": Trouble.BAD_KEY,
    "EXPIRED_TOKEN": Trouble.BAD_KEY,
    "NOT_WHITELISTED_IP": Trouble.NOT_WHITELISTED,
    "ACCOUNT_DOES_NOT_EXIST": Trouble.ACCOUNT_GONE,
    "INACTIVE_ACCOUNT": Trouble.ACCOUNT_GONE,
    "ACCOUNT_MIGRATED": Trouble.MIGRATED,
    "ACCOUNT_MIGRATED_TO_NEXT_GEN": Trouble.NEXTGEN,
    "TOO_MANY_REQUESTS": Trouble.RATE_LIMITED,
    "ACCESS_DENIED": Trouble.FORBIDDEN,
}

_REFUSALS: tuple[tuple[str, RefusalKind], ...] = (
    (r"which has been modified", RefusalKind.MODIFIED),
    (r"^Pipeline does not exist", RefusalKind.MODIFIED),
    (r"You cannot resume pipeline, seems to be invalid", RefusalKind.MODIFIED),
    (r"Pipeline Stage does not exist or has not yet started", RefusalKind.MODIFIED),
    (r"Freeze", RefusalKind.FREEZE),
    (r"only available on the latest iteration", RefusalKind.NOT_LATEST),
    (r"^User not authorized", RefusalKind.NOT_ALLOWED),
    (r"not available for workflow executions", RefusalKind.NOT_RESUMABLE),
    (r"Pipeline resume is not available for", RefusalKind.NOT_RESUMABLE),
    (r"You cannot resume an empty pipeline", RefusalKind.NOT_RESUMABLE),
    (r"^Execution \[.*\] doesn't exist", RefusalKind.NOT_RESUMABLE),
    (r"^Empty (?:app id|pipeline stage name|workflow execution Id)", RefusalKind.OTHER),
    (r"^Pipeline is already triggered", RefusalKind.OTHER),
    (r"^Validation error of type|^Invalid Syntax|^Cannot query field", RefusalKind.OTHER),
    (r"^Variable |^Unknown (?:type|argument)|^Syntax Error|^Field ", RefusalKind.OTHER),
    (r"maximum query depth exceeded", RefusalKind.OTHER),
    (r"(?i)\blimit|quota|license", RefusalKind.LIMIT),
)
"""The texts of facts 3.2 after ``Invalid request: ``, and the engine's own for a bad document."""

BEFORE_ANYTHING = {
    Trouble.RATE_LIMITED: RefusalKind.RATE_LIMITED,
    Trouble.BAD_KEY: RefusalKind.BAD_KEY,
    Trouble.FEATURE_OFF: RefusalKind.SHUT_OUT,
    Trouble.NOT_WHITELISTED: RefusalKind.SHUT_OUT,
    Trouble.ACCOUNT_GONE: RefusalKind.SHUT_OUT,
    Trouble.MIGRATED: RefusalKind.SHUT_OUT,
    Trouble.NEXTGEN: RefusalKind.SHUT_OUT,
}
"""Said by a filter in front of the mutation, also when it says so with HTTP 200."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One GraphQL error: Harness's own words, and the field that it is about."""

    text: str
    path: tuple[str | int, ...] = ()

    @property
    def trouble(self) -> Trouble:
        """What the words mean for a read; words that no table knows are a query error."""
        return next((t for p, t in _TROUBLES if re.search(p, self.text)), Trouble.REFUSED)

    def under(self, *fields: str) -> bool:
        """Whether it is about *fields*, anything below, or the whole request."""
        names = tuple(step for step in self.path if isinstance(step, str))
        return names[: len(fields)] == fields or names == fields[: len(names)]


def complaints(errors: Any) -> tuple[Complaint, ...]:
    """Read the ``errors`` of an answer, whatever they look like."""
    if not errors:
        return ()
    return tuple(_complaint(error) for error in (errors if isinstance(errors, list) else [errors]))


def _complaint(error: Any) -> Complaint:
    if not isinstance(error, dict):
        return Complaint(words(error))
    path = error.get("path")
    steps = path if isinstance(path, list) else []
    return Complaint(
        words(_PREFIX.sub("", str(error.get("message") or ""))),
        tuple(step for step in steps if isinstance(step, str | int)),
    )


def words(text: Any) -> str:
    """Make one clipped line of a foreign text."""
    return " ".join(str(text).split())[:_LONGEST]


def judge(found: tuple[Complaint, ...]) -> HarnessTrouble:
    """Sum several complaints up: the first that says something better than the generic text."""
    telling = next((c for c in found if c.trouble is not Trouble.SERVER), found[0])
    return HarnessTrouble(telling.trouble, telling.text)


def judge_resume(found: tuple[Complaint, ...]) -> Refused | Lost:
    """Say whether a ``resumeExecution`` that was answered with errors certainly did nothing.

    Words that are in no table may hide anything, so they count as a lost answer (ruling 10).
    """
    for complaint in found:
        text = complaint.text.removeprefix("Invalid request: ")
        if complaint.trouble is Trouble.SERVER:
            return Lost(complaint.text)
        if complaint.trouble in BEFORE_ANYTHING:
            return Refused(BEFORE_ANYTHING[complaint.trouble], complaint.text)
        for pattern, kind in _REFUSALS:
            if re.search(pattern, text):
                return Refused(kind, complaint.text)
    return Lost("; ".join(c.text for c in found) or "errors without words")


class HttpTrouble(HarnessTrouble):
    """An answer that is no GraphQL answer; *status* is its HTTP status."""

    def __init__(self, kind: Trouble, detail: str, *, status: int) -> None:
        super().__init__(kind, detail)
        self.status = status


def judge_body(status: int, body: bytes) -> HttpTrouble | None:
    """Say what is wrong with an HTTP answer; ``None``: HTTP 200 and a GraphQL answer."""
    if status == OK and body.lstrip()[:9].startswith((b'{"data"', b'{"errors"')):
        return None  # what the engine writes; the one parser of the whole of it is gql
    parsed = _parse(body)
    if status == OK and isinstance(parsed, dict) and ("data" in parsed or "errors" in parsed):
        return None
    code, text = _said(parsed)
    kind = _CODES.get(code) or _by_text(text) if status < SERVER_ERROR else None
    return HttpTrouble(
        kind or _by_status(status, parsed, text),
        text or f"HTTP {status} without an explanation",
        status=status,
    )


OK = 200
SERVER_ERROR = 500
_GATEWAY = frozenset({502, 503, 504, *range(520, 531)})
_STATUSES = {
    301: Trouble.MIGRATED,
    401: Trouble.BAD_KEY,
    403: Trouble.FORBIDDEN,
    429: Trouble.RATE_LIMITED,
}
_ELSEWHERE = frozenset({302, 303, 307, 308, 404, 405})
CERTAIN_STATUSES = frozenset({301, 400, 401, 403, 429})
"""With these Harness certainly did not look at a mutation (ruling 10)."""


def _by_status(status: int, parsed: Any, text: str) -> Trouble:
    if status in _STATUSES:
        return _STATUSES[status]
    if status in _GATEWAY or (parsed is None and status == OK):
        return Trouble.GATEWAY
    if status >= SERVER_ERROR:
        return Trouble.SERVER
    if status in _ELSEWHERE and not text:
        return Trouble.WRONG_ADDRESS
    refused = text and parsed is not None and status != OK
    return Trouble.REFUSED if refused else Trouble.STRANGE


def _by_text(text: str) -> Trouble | None:
    kind = Complaint(text).trouble
    return None if kind in {Trouble.REFUSED, Trouble.SERVER, Trouble.NOT_FOUND} else kind


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _said(parsed: Any) -> tuple[str, str]:
    """Read code and message out of the three JSON shapes of facts 1.3 and 1.5."""
    if not isinstance(parsed, dict):
        return "", ""
    if isinstance(listed := parsed.get("responseMessages"), list) and listed:
        parsed = listed[0] if isinstance(listed[0], dict) else {}
    elif found := complaints(parsed.get("errors")):
        return "", found[0].text
    return str(parsed.get("code") or ""), words(parsed.get("message") or "")
