"""Finding an execution in a text: Harness's deep links in every dress, and bare ids (facts 6.4).

Everything that names a run stands in the link's fragment, so the host does not matter, nor does
the path in front of the ``#``. The first link to an execution counts (ruling 5); links to other
things, such as an application, are passed over. A workflow's link is followed later, through its
cause, to the pipeline around it.
"""

import re
from urllib.parse import unquote

from bot.core.execution import ExecutionRef
from bot.ports import Found, Located, NoExecution, OtherAccount

_ID = r"[A-Za-z0-9_-]{22}(?![A-Za-z0-9_-])"
_NAME = r"[A-Za-z0-9_-]+"

_EXECUTION_LINK = re.compile(
    rf"#/account/(?P<account>{_NAME})/app/(?P<app>{_NAME})/"
    rf"(?:pipeline-execution|env/[^/\s|<>]+/executions)/(?P<execution>{_ID})"
)
_BARE_ID = re.compile(r"[A-Za-z0-9_-]{22}")

_WRAPPING = " \t\r\n\f\v\u00a0\u200b\u200e\u200f\ufeff'\"`<>*~.,;:()[]{}«»“”‘’„‚"  # noqa: RUF001
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_ENCODED_TWICE = 2


def locate(text: str, account: str) -> Located:
    """Find the first execution link in *text*, or the id that is all there is in it."""
    link = _EXECUTION_LINK.search(plain(text))
    if link is None:
        return _bare(text)
    if link["account"] != account:
        return OtherAccount(link["account"])
    return Found(ExecutionRef(link["execution"], scope=link["app"]))


def _bare(text: str) -> Located:
    word = plain(text).strip(_WRAPPING)
    word = word.replace("—", "--")  # what a client's smart punctuation makes of two hyphens
    if not _BARE_ID.fullmatch(word) and word.startswith("_") and word.endswith("_"):
        word = word[1:-1]  # italics; an id of its own may begin with "_" (facts 6.4)
    return Found(ExecutionRef(word)) if _BARE_ID.fullmatch(word) else NoExecution()


def plain(text: str) -> str:
    """Undo what Slack and browsers do to a link: ``&amp;`` and percent-encoding."""
    for escape, character in _ESCAPES:
        text = text.replace(escape, character)
    for _ in range(_ENCODED_TWICE):
        text = unquote(text)
    return text
