"""Many failures at once: one message that says so, and the cards in its thread.

More than five cards within a minute that would each be a message of a channel are gathered under a
summary; as long as the storm lasts later ones join them, and the summary counts on. What quiet
hours kept back is told in the same way, as a digest. What a storm has come to is kept in a note,
so a restart goes on with it.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

import structlog

from bot.core.card import Card, CardState
from bot.core.execution import Environments, Execution, ExecutionRef, Status
from bot.flows.context import Context
from bot.ports import Say, SayKind
from bot.render import alerts

MOST = 5
"""Cards of their own that a channel gets within a minute."""
MINUTE_MS = 60_000

log = structlog.stdlib.get_logger(__name__)


@dataclass(slots=True)
class _Weather:
    """What went into a channel lately; times are epoch ms."""

    recent: list[int] = field(default_factory=list)
    """When its last single cards were posted."""
    summary: str = ""
    """The summary card, as long as the storm lasts."""
    runs: dict[str, str] = field(default_factory=dict)
    """The pipelines' names by the ids of the runs that failed in it."""
    begun: int = 0
    last: int = 0
    digest: bool = False


async def gather(
    ctx: Context, channel: str, cards: Sequence[Card], *, digest: bool
) -> tuple[list[Card], list[Say]]:
    """Say under which message *cards* go: their own, or a summary's, which is added or edited.

    The second value is what to say of the summary itself, after the cards are there.
    """
    now = ctx.clock.now()
    weather = await _weather(ctx, channel)
    weather.recent = [at for at in weather.recent if 0 <= now - at < MINUTE_MS]
    lasts = bool(weather.summary) and now - weather.last < ctx.pace.storm_ms
    if not lasts and not digest and len(weather.recent) + len(cards) <= MOST:
        weather.recent += [now] * len(cards)
        await _keep(ctx, channel, weather)
        return list(cards), []
    if not lasts:
        weather.summary, weather.runs, weather.begun = ctx.new_id(), {}, now
        weather.digest = digest
    weather.runs |= {card.execution.ref.id: card.execution.name for card in cards}
    weather.last = now
    message = alerts.summary(Counter(weather.runs.values()), weather.begun, digest=weather.digest)
    says: list[Say] = []
    if lasts:
        key = f"edit:{weather.summary}:{ctx.new_id()}"
        says.append(Say(key, SayKind.PROGRESS, weather.summary, message))
    else:
        post = Say(f"card:{weather.summary}", SayKind.CARD, weather.summary, message)
        await ctx.store.add_card(_summary(weather.summary, channel, cards[0], now), [post])
    await _keep(ctx, channel, weather)
    return [replace(card, thread=weather.summary) for card in cards], says


def _summary(card_id: str, channel: str, first: Card, now: int) -> Card:
    return Card(
        id=card_id,
        execution=Execution(ExecutionRef(f"storm:{card_id}"), Status.PREPARING, ()),
        environments=Environments(),
        channel=channel,
        door=first.door,
        root=card_id,
        thread=card_id,
        state=CardState.SUMMARY,
        created_at=now,
    )


async def _weather(ctx: Context, channel: str) -> _Weather:
    kept = await ctx.store.note(f"storm:{channel}")
    try:
        return _Weather(**json.loads(kept)) if kept else _Weather()
    except (TypeError, ValueError):
        log.warning("the note of a storm is another version's", channel=channel)
        return _Weather()


async def _keep(ctx: Context, channel: str, weather: _Weather) -> None:
    await ctx.store.set_note(f"storm:{channel}", json.dumps(asdict(weather)))
