"""Why a service or a rule said no, in sentences that say what to do about it."""

from bot.core.attempt import Attempt
from bot.core.errors import HarnessTrouble, RefusalKind, SlackTrouble
from bot.core.execution import Execution
from bot.core.identity import SlackPerson
from bot.render.message import Message


def harness_trouble(trouble: HarnessTrouble, *, clicked: bool = False) -> Message:
    """Say what Harness would not do; *clicked*: it was a press on a button, nothing was resumed."""
    return Message(f"Harness: {trouble.kind}")


def slack_trouble(trouble: SlackTrouble, *, clicked: bool = False) -> Message:
    """Say that Slack would not tell who somebody is, so that nothing was decided."""
    return Message(f"Slack: {trouble.code}")


def refused(kind: RefusalKind, text: str, execution: Execution, *, url: str = "") -> Message:
    """Tell the presser that Harness refused; *url* leads to the latest run, if known."""
    return Message(f"Harness refused to resume {execution.name}: {kind}")


def refused_note(attempt: Attempt, kind: RefusalKind, text: str) -> str:
    """Give the note for ``Open`` after a refusal: who tried, and Harness's words."""
    return f"Refused: {kind}"


def cancelled_note(attempt: Attempt) -> str:
    """Give the note for ``Open`` after an attempt that ended before its call."""
    return "Nothing was started."


def too_late(execution: Execution) -> Message:
    """Say that the call was not made because its deadline had passed: nothing was resumed."""
    return Message(f"{execution.name} was not resumed: it took too long.")


def not_a_member(person: SlackPerson) -> Message:
    """Refuse who is not a full member of our workspace: guest, stranger, bot, deactivated."""
    return Message("Only full members of this workspace can do this.")


def no_email(person: SlackPerson) -> Message:
    """Refuse whose e-mail Slack did not give: there is no way to their Harness user."""
    return Message("Slack did not give your e-mail.")
