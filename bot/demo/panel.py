"""What the page shows of the pretend Harness, and what a visitor may do in it."""

from bot.demo.harness import Raw, Row, Run
from bot.demo.harness.alerts import workflow_ended
from bot.demo.slack.answers import IncomingWebhook
from bot.demo.slack.changes import Json
from bot.demo.slack.page import Act
from bot.demo.story import Story

MOST_RUNS = 40
_WAITING = frozenset({Raw.PAUSED, Raw.WAITING})
_FAILED = frozenset({Raw.FAILED, Raw.ERROR})
_SHORTCUTS = (("resume_from_message", "Resume this pipeline"),)
"""As in the app's manifest."""


class Panel:
    """Harness's own pages in small: the runs, and the buttons of people who work there."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._world = story.harness.world
        self._webhooks: dict[str, IncomingWebhook] = {}

    @property
    def acts(self) -> dict[str, Act]:
        """The acts of the page that move Harness, by name."""
        return {
            "start": self._start,
            "approve": self._approve,
            "reject": self._reject,
            "fail": self._fail,
            "alert": self._alert,
        }

    def state(self) -> Json:
        """Return the page's members beside the workspace."""
        self._world.tick()
        story = self._story
        newest_first = sorted(self._world.runs.values(), key=lambda run: -run.created)
        return {
            "cast": [
                {"id": one.person.id, "name": one.person.real_name, "rights": one.rights}
                for one in story.cast
            ],
            "pinned": [message.ts for message in story.pinned],
            "shortcuts": [{"id": key, "label": label} for key, label in _SHORTCUTS],
            "harness": {
                "runs": [self._run(run) for run in newest_first[:MOST_RUNS]],
                "pipelines": [
                    {"id": one.id, "name": one.name, "app": one.app.name}
                    for one in self._world.pipelines
                ],
            },
        }

    def _run(self, run: Run) -> Json:
        return {
            "id": run.id,
            "link": self._world.link(run),
            "pipeline": run.pipeline_name,
            "app": run.app.name,
            "production": any(one.type == "PROD" for one in run.environments),
            "by": run.starter.name,
            "status": (Raw.PAUSED if _waiting(run) else run.status).value,
            "resumed": run.previous is not None,
            "waiting": _waiting(run) is not None,
            "alert": run.ended is not None and _failed(run) is not None,
            "channel": self._story.alerts_go_to[run.app.id].name,
            "message": run.message or "",
            "stages": [
                {
                    "name": rows[0].stage,
                    "rows": [_row(row) for row in rows],
                }
                for rows in _groups(run)
            ],
        }

    async def _start(self, asked: Json) -> Json:
        pipeline = next(one for one in self._world.pipelines if one.id == asked["pipeline"])
        handle = self._story.slack.members[str(asked["as"])].email
        users = self._world.users
        by = next((one for one in users if one.email == handle), users[0])
        self._world.start(pipeline, by=by)
        return {"ok": True}

    async def _approve(self, asked: Json) -> Json:
        row = _waiting(self._find(asked))
        if row is None:
            return {"ok": False, "error": "nothing waits for an approval any more"}
        self._world.approve(row)
        return {"ok": True}

    async def _reject(self, asked: Json) -> Json:
        row = _waiting(self._find(asked))
        if row is None:
            return {"ok": False, "error": "nothing waits for an approval any more"}
        self._world.reject(row, "Rejected in Harness")
        return {"ok": True}

    async def _fail(self, asked: Json) -> Json:
        row = next((row for row in self._find(asked).busy() if row.kind == "workflow"), None)
        if row is None:
            return {"ok": False, "error": "nothing runs any more"}
        self._world.fail(row, "Shell Script: exit 1: somebody let it fail")
        return {"ok": True}

    async def _alert(self, asked: Json) -> Json:
        """Post what Harness posts to Slack when the workflow of a pipeline fails."""
        run = self._find(asked)
        row = _failed(run)
        payload = workflow_ended(self._world, row) if row is not None else None
        if payload is None:
            return {"ok": False, "error": "Harness has nothing to tell of this run"}
        channel = self._story.alerts_go_to[run.app.id]
        if channel.id not in self._webhooks:
            self._webhooks[channel.id] = self._story.slack.webhook(channel)
        self._webhooks[channel.id].take(payload)
        return {"ok": True}

    def _find(self, asked: Json) -> Run:
        self._world.tick()
        return self._world.runs[str(asked["run"])]


def _row(row: Row) -> Json:
    """Show a row; one that works towards a known end tells since when and for how long."""
    told: Json = {"step": row.step, "status": row.status.value}
    if row.status is Raw.RUNNING and row.started is not None and row.due is not None:
        told |= {"since": row.started, "lasts": row.due - row.started}
    return told


def _groups(run: Run) -> list[list[Row]]:
    return [run.group(index) for index in range(len(run.stages))]


def _waiting(run: Run) -> Row | None:
    return next((row for row in run.busy() if row.status in _WAITING), None)


def _failed(run: Run) -> Row | None:
    rows = (row for row in run.rows if row.kind == "workflow" and row.status in _FAILED)
    return next(rows, None)
