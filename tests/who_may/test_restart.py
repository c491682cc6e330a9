"""Presses that a crash swallowed, on requests and in windows as well as on cards."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from bot.core.attempt import Attempt, Chosen, Presser
from bot.core.execution import ExecutionRef
from bot.flows.restart import answer_lost_clicks
from bot.render import choice, ticket

RESUMED = Attempt(
    "a",
    ExecutionRef("r"),
    "root",
    "card",
    Presser("U1REQUESTER"),
    Chosen(0, "Deploy", "Deploy"),
    claimed_at=2_000,
)


class Store:
    """A store that holds one lost press, one card, and perhaps an attempt."""

    def __init__(self, user: str, value: str, *attempts: Attempt) -> None:
        place = {"channel": "C1", "thread": ""}
        self.lost = [json.dumps({"user": user, "value": value, "at": 1_000} | place)]
        self.attempts = attempts

    async def unanswered(self) -> list[str]:
        return self.lost

    async def card(self, card_id: str) -> object:
        return SimpleNamespace(root="root") if card_id == "card" else None

    async def lineage(self, root: str) -> tuple[Attempt, ...]:
        return self.attempts


async def told(store: Store) -> list[str]:
    """Give who is told that their press was lost and started nothing."""
    people: list[str] = []

    async def whisper(to, message) -> bool:
        people.append(to.user_id)
        return True

    await answer_lost_clicks(SimpleNamespace(store=store, chat=SimpleNamespace(whisper=whisper)))
    return people


@pytest.mark.parametrize(
    "value", [choice.encode("card", 0, "Deploy"), ticket.encode("card", "t"), "old", ""]
)
async def test_a_lost_press_that_started_nothing_is_told(value: str) -> None:
    """Whatever was pressed: with no attempt behind it, the person hears that nothing started."""
    assert await told(Store("U2", value)) == ["U2"]


async def test_a_second_person_whose_yes_was_claimed_is_not_told_that_nothing_started() -> None:
    """The attempt is the requester's, but it is the answer to the second person's press too."""
    agreed = replace(RESUMED, second=Presser("U2SECOND"))
    value = ticket.encode("card", "t")
    assert await told(Store("U2SECOND", value, agreed)) == []
    assert await told(Store("U1REQUESTER", value, agreed)) == []
    assert await told(Store("U3OTHER", value, agreed)) == ["U3OTHER"]
    earlier = replace(agreed, claimed_at=999)
    assert await told(Store("U2SECOND", value, earlier)) == ["U2SECOND"]
