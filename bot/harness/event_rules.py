"""The event rule that makes an application tell the bot of its failures (facts 7.1).

``doctor`` prints the mutation, or has the rule made. The header carries the bot's token: Harness
signs nothing, so this is the only proof of where an event comes from.
"""

import json
from typing import Any

from bot.core.errors import HarnessTrouble, Trouble
from bot.harness.answers import Answer
from bot.harness.complaints import judge
from bot.harness.documents import Question
from bot.harness.firstgen_wire import read_list, read_part, read_text
from bot.harness.reader import Reader

NAME = "resume-bot"
EVENTS = ("pipeline_end",)
SECONDS = 15.0

_CREATE = """mutation CreateEventRule($input: CreateEventsConfigInput!) {
  createEventsConfig(input: $input) { eventsConfig { id name appId enabled } }
}"""

_FIND = """query EventRules($app: String!) {
  eventsConfigs(appId: $app) { id name enabled webhookConfig { url } }
}"""

_BY_NAME = """query ApplicationByName($name: String!) {
  applicationByName(name: $name) { id name }
}"""


def rule_input(application: str, url: str, token: str) -> dict[str, Any]:
    """Give the mutation's input: the ends of all pipelines of *application* (its id) to *url*."""
    return {
        "appId": application,
        "name": NAME,
        "enabled": True,
        "rule": {
            "type": "PIPELINE",
            "pipelineRule": {"allEvents": False, "allPipelines": True, "events": list(EVENTS)},
        },
        "webhookConfig": {
            "url": url,
            "headers": [{"key": "Authorization", "value": f"Bearer {token}"}],
        },
        "delegateSelectors": [],
    }


def mutation_text(
    application: str = "<application id>",
    url: str = "https://<this bot>/harness/events",
    token: str = "<HARNESS_EVENTS_TOKEN>",  # noqa: S107 -- stands for it, on purpose
) -> str:
    """Write the mutation as it can be pasted into Harness's API explorer, without the token."""
    return (
        "mutation {\n"
        f"  createEventsConfig(input: {_literal(rule_input(application, url, token))}) {{\n"
        "    eventsConfig { id name appId enabled }\n  }\n}"
    )


def create(application: str, url: str, token: str) -> Question:
    """Write the request that makes the rule."""
    return Question("event rule", _CREATE, {"input": rule_input(application, url, token)})


class EventRules:
    """Makes event rules."""

    def __init__(self, reader: Reader, until: float) -> None:
        self._reader = reader
        self._until = until

    async def make(self, application: str, url: str, token: str) -> str:
        """Make the rule for *application* (id or name), once; give its id.

        A rule of the bot's name that is there already is left alone if it posts to *url*, else
        ``HarnessTrouble`` says so. It is a mutation, so it is sent once and never repeated.
        """
        app = await self._application(application)
        found = await self._reader.ask(
            Question("event rules", _FIND, {"app": app}),
            lambda answer: _whole(answer, "eventsConfigs"),
            until=self._until,
        )
        for rule in read_list(found, "eventsConfigs"):
            if read_text(read_part(rule).get("name")) == NAME:
                there = read_text(read_part(rule, "webhookConfig").get("url"))
                if there != url:
                    detail = f"a rule called {NAME} posts to another address already"
                    raise HarnessTrouble(Trouble.REFUSED, detail)
                return read_text(rule.get("id"))
        made = await self._reader.once(create(app, url, token), until=self._until)
        rule = read_part(_whole(made, "createEventsConfig"), "createEventsConfig", "eventsConfig")
        return read_text(rule.get("id"))

    async def _application(self, name: str) -> str:
        try:
            answer = await self._reader.ask(
                Question("application", _BY_NAME, {"name": name}),
                lambda answer: _whole(answer, "applicationByName"),
                until=self._until,
            )
        except HarnessTrouble as trouble:
            if trouble.kind in {Trouble.REFUSED, Trouble.NOT_FOUND, Trouble.FORBIDDEN}:
                return name  # then it is an id, or Harness will say so
            raise
        return read_text(read_part(answer, "applicationByName").get("id")) or name


def _whole(answer: Answer, name: str) -> dict[str, Any]:
    if answer.data.get(name) is None and answer.complaints:
        raise judge(answer.complaints)
    return answer.data


def _literal(value: Any) -> str:
    """Write a value as GraphQL does: like JSON, but keys are bare; enum words stay bare too."""
    match value:
        case dict():
            return "{" + ", ".join(f"{k}: {_literal_at(k, v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_literal, value)) + "]"
        case _:
            return json.dumps(value)


def _literal_at(key: str, value: Any) -> str:
    return str(value) if key == "type" else _literal(value)
