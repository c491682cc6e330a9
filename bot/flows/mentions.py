"""Whom a failure concerns: the person who started the run, as Slack knows them."""

from bot.core.card import Card
from bot.core.execution import CauseKind
from bot.core.identity import Member, is_email, membership
from bot.flows.context import Context


async def responsible(ctx: Context, card: Card) -> str:
    """Give the Slack user who started the run; empty when it was no person, or is not known."""
    cause = card.execution.cause
    if cause.kind is not CauseKind.PERSON or not is_email(cause.email):
        return ""
    for user, email in ctx.policy.people.items():
        if email.lower() == cause.email.lower():
            return user
    person = await ctx.chat.find_person(cause.email)
    if person is None or not isinstance(membership(person, ctx.workspace.team_id), Member):
        return ""
    return person.id
