"""Runs, cards and attempts to draw, and the golden files that show how they look.

``pytest tests/render --update-golden`` writes ``tests/render/data/*.json`` anew; look at the
difference before you commit it.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.render.message import Message

DATA = Path(__file__).parent / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write tests/render/data/*.json anew"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, Message | dict[str, str]], None]:
    """Compare a message, or a table of sentences, with its golden file."""

    def compare(name: str, said: Message | dict[str, str]) -> None:
        file = DATA / f"{name}.json"
        drawn = said
        if isinstance(said, Message):
            drawn = {"text": said.text, "blocks": list(said.blocks)}
        if request.config.getoption("--update-golden", default=False):
            text = json.dumps(drawn, ensure_ascii=False, indent=1)
            file.write_text(text + "\n", encoding="utf-8")
        assert drawn == json.loads(file.read_text(encoding="utf-8"))

    return compare
