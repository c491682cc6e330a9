"""Java's `String.matches`, as Harness uses it on stage names (facts 3.3)."""

import re

from bot.demo.harness.texts import ServerFault

_ANY_BUT_LINE_END = "[^\\n\\r\\u0085\\u2028\\u2029]"
_COUNT = re.compile(r"\{\d+(,\d*)?\}")


def matches(pattern: str, text: str) -> bool:
    r"""Tell whether the whole text matches the Java pattern; `\Q…\E` quotes.

    An invalid pattern is a PatternSyntaxException in Java: the caller reads the generic text.
    """
    try:
        return re.fullmatch(_translate(pattern), text, re.ASCII) is not None
    except (re.error, OverflowError) as invalid:
        raise ServerFault(str(invalid)) from invalid


def _translate(pattern: str) -> str:
    """Write a Java pattern as a Python one."""
    out: list[str] = []
    at = 0
    in_class = False
    while at < len(pattern):
        rest = pattern[at:]
        if rest.startswith(r"\Q"):
            end = pattern.find(r"\E", at + 2)
            quoted = pattern[at + 2 :] if end < 0 else pattern[at + 2 : end]
            out.append(re.escape(quoted))
            at = len(pattern) if end < 0 else end + 2
            continue
        if rest[0] == "\\":
            out.append(_escape(rest))
            at += 2
            continue
        out.append(_plain(rest, in_class=in_class))
        if rest[0] == "[":
            in_class = True
        elif rest[0] == "]":
            in_class = False
        at += len("(?<") if out[-1] == "(?P<" else 1
    return "".join(out)


def _escape(rest: str) -> str:
    r"""Write one backslash escape; a lone `\E` or a last backslash is illegal in Java."""
    pair = rest[:2]
    if pair in {"\\", r"\E"}:
        raise ServerFault(pair)
    return {r"\z": r"\Z", r"\Z": r"(?=\n?\Z)", r"\h": r"[ \t\xA0]"}.get(pair, pair)


def _plain(rest: str, *, in_class: bool) -> str:
    """Write one ordinary character; a brace that counts nothing is illegal in Java."""
    if in_class:
        return r"\[" if rest[0] == "[" else rest[0]
    if rest[0] == ".":
        return _ANY_BUT_LINE_END
    if rest[0] == "{" and not _COUNT.match(rest):
        raise ServerFault(rest)
    if rest.startswith("(?<") and rest[3:4] not in {"=", "!"}:
        return "(?P<"
    return rest[0]
