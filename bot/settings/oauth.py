"""Keep Bolt from switching itself to OAuth (ruling 26)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

SWITCHES = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")
"""Bolt reads these when its app is made; set for another program, they would change ours."""


@contextmanager
def without_oauth() -> Iterator[None]:
    """Hide the switches from whoever reads the environment inside the context."""
    hidden = {name: os.environ.pop(name) for name in SWITCHES if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(hidden)
