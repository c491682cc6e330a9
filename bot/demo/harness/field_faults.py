"""Faults inside one field of an answer, while the rest of the request goes well."""

import asyncio
from typing import Any

from bot.demo.harness.answers import RootAnswer
from bot.demo.harness.faults import Armed, Fault
from bot.demo.harness.graphql_engine import Answer, Question
from bot.demo.harness.texts import Refusal, ServerFault


def faulty(name: str, answer: RootAnswer, armed: Armed) -> RootAnswer:
    """Wrap one root field so that the armed fault happens in it."""
    if not armed.hits(name):
        return answer

    async def broken(info: object, **arguments: Any) -> object:
        if armed.fault in {Fault.NULL_AFTER, Fault.GENERIC_ERROR_AFTER}:
            done = answer(info, **arguments)
            if asyncio.iscoroutine(done):
                await done
        match armed.fault:
            case Fault.NULL | Fault.NULL_AFTER:
                return None
            case Fault.TEXT:
                raise Refusal(armed.text)
            case _:
                raise ServerFault(armed.text)

    return broken


def lose_part(told: Answer, question: Question, armed: Armed) -> None:
    """Null a part of the answered fields and say so in an error."""
    for field in question.fields:
        view = (told.get("data") or {}).get(field.alias)
        if armed.hits(field.name) and isinstance(view, dict) and armed.part in view:
            view[armed.part] = None
            words = f"Exception while fetching data (/{field.alias}/{armed.part}) : {armed.text}"
            path = [field.alias, armed.part]
            told.setdefault("errors", []).append(
                {"message": words, "locations": [{"line": 1, "column": 1}], "path": path},
            )
