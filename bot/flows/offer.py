"""Offer a run's stages: somebody typed the command, or pointed at a message with a link.

Only full members of our own workspace are answered, since a card shows a run's details
(ruling 4). Everything that stands against a card is told to the one person.
"""

from dataclasses import dataclass

import structlog

from bot.core.attempt import Attempt
from bot.core.card import Card, CardState, Door
from bot.core.errors import HarnessTrouble, SlackTrouble, Trouble
from bot.core.execution import Execution, ExecutionRef, WorkflowRun
from bot.core.identity import NotMember, membership
from bot.core.stages import NotResumable, assess
from bot.flows import say
from bot.flows.context import Context
from bot.ports import Examined, Found, NoExecution, OtherAccount, Whisperable
from bot.render import refusals, words
from bot.render.looks import Open
from bot.render.message import Message

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody asks for the stages of a run."""

    text: str
    """What was typed, or the message's text: an id or a link somewhere in it."""
    to: Whisperable
    door: Door
    thread_ts: str = ""
    """The message that was pointed at: its thread gets the card."""


async def stages(ctx: Context, asked: Asked) -> None:
    """Answer with a card in the channel, or with the reason why there is none."""
    answer = await _card_or_reason(ctx, asked)
    if isinstance(answer, Card):
        ctx.ways_back.remember(answer.id, asked.to)
        await ctx.store.add_card(answer, [say.post(answer, Open())])
        log.info("card offered", execution=answer.execution.ref.id, card=answer.id)
        return
    await ctx.chat.whisper(asked.to, answer)


async def _card_or_reason(ctx: Context, asked: Asked) -> Card | Message:
    until = ctx.clock.monotonic() + ctx.pace.offer_seconds
    text = asked.text.strip()
    if not text or text.lower() == "help":
        return words.usage(ctx.command)
    try:
        person = await ctx.chat.person(asked.to.user_id)
    except SlackTrouble as trouble:
        return refusals.slack_trouble(trouble)
    member = membership(person, ctx.workspace.team_id)
    if isinstance(member, NotMember):
        return refusals.not_a_member(member.why)
    match ctx.deployments.locate(text):
        case Found(ref):
            return await _examined(ctx, asked, ref, until)
        case OtherAccount(account):
            return words.other_account(account)
        case NoExecution():
            return words.not_an_id(text, ctx.command)


async def _examined(ctx: Context, asked: Asked, ref: ExecutionRef, until: float) -> Card | Message:
    try:
        found = await ctx.deployments.examine(ref, until=until)
    except HarnessTrouble as trouble:
        log.warning("run not readable", execution=ref.id, trouble=trouble.kind)
        if trouble.kind is Trouble.NOT_FOUND:
            return words.unknown_execution(ref.id)
        return refusals.harness_trouble(trouble)
    if isinstance(found, WorkflowRun):
        return words.lone_workflow(found.ref.id)
    return await _offered(ctx, asked, found)


async def _offered(ctx: Context, asked: Asked, found: Examined) -> Card | Message:
    execution = found.execution
    attempt = await ctx.store.attempt_on(execution.ref.id)
    if attempt is not None:
        return await _resumed_already(ctx, attempt, execution)
    cards = await ctx.store.cards_of(execution.ref.id)
    elsewhere = any(card.state is CardState.ELSEWHERE for card in cards)
    if found.superseded or found.latest is not None or elsewhere:
        return words.not_latest(execution, found.latest_url)
    assessed = assess(execution)
    if isinstance(assessed, NotResumable):
        return words.cannot(assessed.why, execution)
    return new_card(ctx, found, asked)


async def _resumed_already(ctx: Context, attempt: Attempt, execution: Execution) -> Message:
    """Answer from the store, which knows the chain of what this bot resumed."""
    card = await ctx.store.card(attempt.card)
    link = await say.thread_link(ctx, card) if card else ""
    last = attempt
    while last.run is not None and (after := await ctx.store.attempt_on(last.run.id)) is not None:
        last = after
    return words.resumed_already(attempt, execution, link_to_thread=link, latest=last.run_url)


def new_card(ctx: Context, found: Examined, asked: Asked) -> Card:
    """Make the card of a run that can be resumed."""
    card_id = ctx.new_id()
    now = ctx.clock.now()
    return Card(
        id=card_id,
        execution=found.execution,
        environments=found.environments,
        channel=asked.to.place.channel,
        door=asked.door,
        root=found.root or found.execution.ref.id,
        thread=card_id,
        thread_ts=asked.thread_ts,
        asked_by=asked.to.user_id,
        created_at=now,
        next_look=now + ctx.pace.open_look_ms,
    )
