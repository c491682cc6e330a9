"""Post FirstGen's notifications to Slack webhooks as runs go wrong (facts 6.1)."""

from dataclasses import dataclass

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.demo.harness import alerts
from bot.demo.harness.runs import Change, Row
from bot.demo.harness.status import RESUMABLE, Raw
from bot.demo.harness.world import World


@dataclass(frozen=True, slots=True)
class Webhook:
    """A user group's incoming webhook, with the channel's name when it is configured."""

    url: str
    channel: str | None = None


class AlertPost:
    """Tell every webhook about failed workflows and about approvals, once each.

    There is no notification of a failed pipeline: a run tells of each failed workflow.
    """

    def __init__(self, world: World) -> None:
        """Listen to the world from now on; without a webhook nothing is kept."""
        self._world = world
        self._waiting: list[alerts.Payload] = []
        self.webhooks: list[Webhook] = []
        world.listeners.append(self._hear)

    async def deliver(self) -> int:
        """Post what waits; gives how many posts succeeded. A failed one is not repeated."""
        waiting, self._waiting = self._waiting, []
        posted = 0
        if not waiting:
            return posted
        async with ClientSession(timeout=ClientTimeout(total=10.0)) as session:
            for payload in waiting:
                for hook in self.webhooks:
                    named = {"channel": f"#{hook.channel}"} if hook.channel else {}
                    try:
                        status = await alerts.post(session, hook.url, payload | named)
                    except (ClientError, TimeoutError):
                        continue
                    posted += status == 200
        return posted

    def _hear(self, change: Change) -> None:
        if self.webhooks and (payload := self._told(change)):
            self._waiting.append(payload)

    def _told(self, change: Change) -> alerts.Payload | None:
        row = change.row
        if change.kind == "freeze_rejection":
            return alerts.frozen(self._world, change.run, "Deployment freeze")
        if row is not None and row.kind == "approval":
            return self._told_of_approval(change, row)
        if row is not None and change.kind == "workflow_end" and row.status in RESUMABLE:
            return alerts.workflow_ended(self._world, row)
        return None

    def _told_of_approval(self, change: Change, row: Row) -> alerts.Payload | None:
        if change.kind == "pipeline_pause":
            return alerts.approval_needed(self._world, row, with_buttons=False)
        if row.status is Raw.EXPIRED:
            return alerts.approval_expired(self._world, row)
        if row.status is Raw.REJECTED:
            return alerts.approval_answered(self._world, row, "Dana Ops")
        return None
