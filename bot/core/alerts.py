"""What an alert's text says: that something failed, or why it is no failure.

Harness itself posts no "pipeline failed" message (facts 6.1). What it posts begins with words of
its own, of which some tell of a failure of a workflow, an approval or a whole run; those words
settle the matter. In any other app's message a word of failure is enough: the run is read from
Harness before anything is said, so a false alarm costs a look and is never seen.

Names are other people's words and may say "failed" themselves. In Harness's own messages they
stand in links and in bold, so both are masked before the words are compared.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Failure:
    """Something failed; *said* names the form that was recognised, for the log."""

    said: str


class WhyNot(StrEnum):
    """Why a text tells of no failure."""

    GOES_ON = "it tells of a run that goes on"
    """Something is asked of people, or was given by them; a failure would come separately."""
    ENDED_WELL = "it tells of a good end"
    NO_WORD = "no word in it tells of a failure"


@dataclass(frozen=True, slots=True)
class NotAFailure:
    """Nothing failed, as far as the text goes."""

    why: WhyNot


Said = Failure | NotAFailure

_ON, _WELL = NotAFailure(WhyNot.GOES_ON), NotAFailure(WhyNot.ENDED_WELL)
_VERBS: dict[str, Said] = {
    "failed": Failure("failed"),
    "rejected": Failure("rejected"),
    "expired": Failure("expired"),
    "aborted": Failure("aborted"),
    "completed": _WELL,
    "approved": _WELL,
    "paused": _ON,
    "resumed": _ON,
}
"""Harness's verbs (facts 6.3): the word behind ``Workflow …``, ``Approval`` and ``Pipeline``."""

_LONGEST = 20_000
_BAD = "failed|rejected|expired|aborted"
_FORMS: tuple[tuple[str, Said | None], ...] = (
    (rf"Workflow ▢(?: in pipeline ▢)? ({_BAD}|completed|paused|resumed)\b", None),
    (r"Workflow Execution (Aborted|Paused|Resumed|Failed|Rejected|Expired) -", None),
    (r"Approval (Rejected|Expired|Aborted|Failed|Completed|Approved|Paused) - ▢", None),
    (r"Approval Required\b", _ON),
    (r"Pipeline (aborted|expired|failed|rejected|completed|paused|resumed)(?=\n|$)", None),
    (r"Pipeline Execution Rejected\b", Failure("frozen")),
    (r"Manual Intervention Needed for\b", _ON),
    (r"Runtime Inputs (?:Required|Provided)\b", _ON),
)
"""The first words of Harness's own messages (facts 6.5), names masked; a verb where it is None."""

_BOLD_LINK = re.compile(r"\*<[^<>|\s]+\|.{0,500}?>\*", re.DOTALL)
_LINK = re.compile(r"<(?:https?|mailto):[^<>|\s]*(?:\|([^<>]*))?>|https?://[^\s<>|]+")
_BOLD = re.compile(r"\*[^*\n]{1,300}\*")
_SLACKS_OWN = re.compile(r"<[!@#][^<>]*>")

_ALARMS = re.compile(
    r"\b(?:fail(?:ed|ing|ure|ures|s)?|errors?|errored|abort(?:ed|s)?|cancel(?:l?ed)?|terminated"
    r"|reject(?:ed|ion)?|expired?|timed[ -]?out|timeout|unsuccessful(?:ly)?|broken?|unhealthy"
    r"|(?:did|does|has|have|was|is)(?: not|n.t) (?:succe|complete|finish|pass)\w*"
    r"|not (?:successful|completed|passed|succeeded)|crash(?:ed)?|rolled back|red)\b"
    r"|[❌🔴🚨💥🔥❗⛔🚫⏹]|:(?:x|red_circle|rotating_light|boom|fire|no_entry|no_entry_sign"
    r"|rage|warning|exclamation|heavy_multiplication_x|stop_sign|octagonal_sign):",
    re.IGNORECASE,
)
_CALMED = re.compile(
    r"\b(?:no|0|zero|without(?: any)?|not|never)[ -](?:fail\w*|errors?|abort\w*|reject\w*)\b"
    r"|\b(?:failed|failures?|errors?|aborted|rejected)\s*[:=]\s*(?:0|none)\b",
    re.IGNORECASE,
)
"""Words such as "0 failed" alarm nobody beside a good word."""
_GOOD = re.compile(
    r"\b(?:succe(?:ss|eded|ssful|ssfully)|completed|passed|finished|approved|resolved)\b"
    r"|✅|:white_check_mark:|:heavy_check_mark:",
    re.IGNORECASE,
)
_GARBLED = "ffffff"
"""What ``||`` in a name makes of the colour, and then the verb may be cut off, too (facts 6.3)."""
_RED = frozenset({"danger", "ec372e", "ff0000", "a30200", "e01e5a", "d00000", "d00", "f00", "red"})


def what_it_says(text: str, colors: tuple[str, ...] = ()) -> Said:
    """Read *text*, all of a message in reading order; *colors* are its attachments'."""
    text = text[:_LONGEST]
    masked = _masked(text)
    for pattern, said in _FORMS:
        if found := re.search(rf"(?:^|[\n ]){pattern}", masked):
            return said or _VERBS[found[1].lower()]
    plain = _SLACKS_OWN.sub(" ", _LINK.sub(lambda link: f" {link[1] or ''} ", text))
    good = _GOOD.search(plain) is not None
    if alarm := _ALARMS.search(_CALMED.sub(" ", plain) if good else plain):
        return Failure(f"the word {alarm[0].lower()!r}")
    if good:
        return _WELL
    shades = {color.lower().lstrip("#") for color in colors}
    if shades & _RED:
        return Failure("the colour")
    if _GARBLED in shades:
        return Failure("a garbled message")
    return NotAFailure(WhyNot.NO_WORD)


def _masked(text: str) -> str:
    """Put ``▢`` for every link and bold name, and one blank for any run of blanks in a line."""
    text = _BOLD_LINK.sub("▢", text)
    text = _LINK.sub("▢", text)
    text = re.sub(r"\*(Approval Required)\*", r"\1", text)
    text = _BOLD.sub("▢", text)
    return "\n".join(" ".join(line.split()) for line in text.splitlines())
