"""Other people's words made harmless: cleaned, clipped and escaped, and still readable.

A pipeline may be called ``<!channel>``, have 500 characters, or be written from right to left.
Three rules hold for everything that did not come from us:

* *Clean*: one line, without control characters and the marks that turn the reading direction.
* *Clip*: whole characters as people see them; an emoji family or a letter with its accents is kept
  together or left out. Prose loses its end, logs lose their beginning.
* *Escape*: in mrkdwn, ``& < >`` as Slack asks. Slack has no escape for ``* _ ~`` and backticks, nor
  for ``@here``, ``:tada:`` and addresses that it links by itself, so an invisible space stands
  beside them wherever they could take effect. Inside a word they are left alone:
  ``deploy_prod_eu`` can be copied as it is.

Lengths are counted in code points.
"""

import re
import unicodedata
from collections.abc import Iterator

ELLIPSIS = "…"
NO_NAME = "(no name)"

_ZWSP = "\u200b"
_ZWJ = "\u200d"
_ISOLATE, _POP = "\u2068", "\u2069"
_MARKERS = frozenset("*_~`")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_EMOJI_CODE = re.compile(r":(?=[a-z0-9_+'-]+:)")
_LONGEST_CLUSTER = 32
"""How far a clip goes back to keep a cluster whole; longer ones are cut like anything else."""


def clean(text: str) -> str:
    """Make *text* one line of visible characters; may be empty."""
    text = _SURROGATES.sub("\ufffd", _BREAKS.sub(" ", text))
    return _INVISIBLE.sub("", text).strip()


def clip(text: str, limit: int, *, keep: int = 0) -> str:
    """Cut the end of *text* so that it has at most *limit* characters, ``…`` included.

    A cluster at the cut is left out whole, unless less than *keep* characters would remain.
    """
    if len(text) <= limit:
        return text
    cut = max(0, limit - 1)
    lowest = max(keep, cut - _LONGEST_CLUSTER, 0)
    whole = next((at for at in range(cut, lowest, -1) if _may_part(text, at)), cut)
    return (text[:whole] + ELLIPSIS)[:limit]


def escape(text: str) -> str:
    """Replace ``& < >`` by their entities, and nothing else."""
    return "".join(_ESCAPES.get(char, char) for char in text)


def plain(text: str, limit: int, *, keep: int = 0) -> str:
    """Give *text* for a ``plain_text`` object: cleaned, clipped, never empty, not escaped."""
    return clip(clean(text) or NO_NAME, limit, keep=keep)


def mrkdwn(text: str, limit: int) -> str:
    """Give *text* for mrkdwn or a message's ``text``: cleaned, escaped, at most *limit* long.

    The limit counts what is sent, entities included, and no entity is ever cut.
    """
    text = clean(text) or NO_NAME
    foreign = any(unicodedata.bidirectional(char) in {"R", "AL"} for char in text)
    room = limit - 2 * foreign
    pieces = [_harmless(text, at) for at in range(len(text))]
    if sum(map(len, pieces)) > room:
        used, fit = 0, 0
        while used + len(pieces[fit]) <= room - 1:
            used += len(pieces[fit])
            fit += 1
        lowest = max(fit - _LONGEST_CLUSTER, 0)
        fit = next((at for at in range(fit, lowest, -1) if _may_part(text, at)), fit)
        pieces = [*pieces[:fit], ELLIPSIS]
    said = "".join(pieces)
    return f"{_ISOLATE}{said}{_POP}" if foreign else said


def quoted(text: str, limit: int) -> str:
    """Give Harness's or a person's own words in quotation marks, escaped and clipped."""
    return f"“{mrkdwn(text, limit - 2)}”"


def _harmless(text: str, at: int) -> str:
    """Write one character so that it cannot format, ping or link."""
    char = text[at]
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    if char in _MARKERS and not (char != "`" and _in_word(before) and _in_word(after)):
        return f"{_ZWSP}{char}{_ZWSP}"
    if char == "@" and not _in_word(before):
        return f"@{_ZWSP}"
    if char == ":" and (text.startswith("//", at + 1) or _EMOJI_CODE.match(text, at)):
        return f":{_ZWSP}"
    return _ESCAPES.get(char, char)


def _in_word(char: str) -> bool:
    """Whether *char* surely counts as part of a word, wherever Slack draws that line."""
    return char.isascii() and char.isalnum()


def _may_part(text: str, at: int) -> bool:
    """Whether a cut before *at* leaves whole characters on both sides, near enough to Unicode's."""
    if at <= 0 or at >= len(text):
        return True
    char, before = text[at], text[at - 1]
    if _ZWJ in {char, before} or _extends(char):
        return False
    if _is_flag(char) and _is_flag(before):
        return sum(1 for _ in _flags_before(text, at)) % 2 == 0
    return True


def _extends(char: str) -> bool:
    return (
        unicodedata.category(char) in {"Mn", "Me", "Mc"}
        or "\U0001f3fb" <= char <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= char <= "\U000e007f"  # the tags of regional flags
    )


def _is_flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flags_before(text: str, at: int) -> Iterator[str]:
    while at > 0 and _is_flag(text[at - 1]):
        at -= 1
        yield text[at]
