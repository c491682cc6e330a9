"""The people of Harness as Slack knows them, and whom of them a failure concerns."""

from bot.core.card import Card
from bot.core.errors import SlackTrouble
from bot.core.execution import CauseKind
from bot.core.identity import Member, SlackPerson, is_email, membership
from bot.flows.context import Context


async def responsible(ctx: Context, card: Card) -> str:
    """Give the Slack user who started the run; empty when it was no person, or is not known."""
    cause = card.execution.cause
    if cause.kind is not CauseKind.PERSON or not is_email(cause.email):
        return ""
    try:
        person = await person_of(ctx, cause.email)
    except SlackTrouble:
        return ""
    return person.id if person is not None else ""


async def person_of(ctx: Context, email: str) -> SlackPerson | None:
    """Find the full member with a Harness address: as the policy file maps it, else Slack.

    Raises ``SlackTrouble`` when Slack does not tell of a mapped one.
    """
    mapped = (user for user, known in ctx.policy.people.items() if known.lower() == email.lower())
    user = next(mapped, None)
    person = await ctx.chat.person(user) if user else await ctx.chat.find_person(email)
    if person is None or not isinstance(membership(person, ctx.workspace.team_id), Member):
        return None
    return person
