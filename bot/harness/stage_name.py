r"""Naming a stage to a server that takes the name for a regular expression (facts 3.3).

The server compiles ``pipelineStageName`` as a Java pattern that must match a whole stored name, and
takes the first stage that matches. A name with nothing special in it matches itself alone and goes
as it is, so that a server without this fault understands it too; any other is put between ``\Q``
and ``\E``, where Java takes every character for itself.
"""

_SPECIAL = frozenset("\\^$.|?*+()[]{}")
_END = "\\E"


def pattern_for(name: str) -> str:
    r"""Write the pattern that matches *name* and nothing else; a ``\E`` inside is split."""
    if not _SPECIAL & frozenset(name):
        return name
    inside = name.replace(_END, r"\E\\E\Q")
    return rf"\Q{inside}\E"
