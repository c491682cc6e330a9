"""What one person is told: help, and why a thing cannot be done; nobody else sees it."""

from bot.core.attempt import Attempt
from bot.core.execution import Execution
from bot.core.stages import Why
from bot.render.message import Message


def usage(command: str) -> Message:
    """Explain the command; *command* is its name with the slash."""
    return Message(f"Type {command} and the id of an execution or a link to it.")


def not_an_id(text: str, command: str) -> Message:
    """Answer a text that names no execution."""
    return Message(f"That is not an id: {text}. Try {command} help.")


def other_account(account: str) -> Message:
    """Answer a link into another Harness account."""
    return Message(f"That link belongs to the account {account}.")


def unknown_execution(execution_id: str) -> Message:
    """Answer an id that Harness does not know or does not show (it does not tell which)."""
    return Message(f"Harness shows no execution {execution_id}.")


def lone_workflow(execution_id: str) -> Message:
    """Answer a workflow's run that did not happen inside a pipeline."""
    return Message(f"{execution_id} is a workflow's run.")


def cannot(why: Why, execution: Execution) -> Message:
    """Say why *execution* cannot be resumed."""
    return Message(f"{execution.name} cannot be resumed: {why}.")


def not_latest(execution: Execution, url: str = "") -> Message:
    """Say that the run was resumed already; *url* is Harness's link to the latest, if known."""
    return Message(f"{execution.name} was resumed already. {url}")


def taken(by: Attempt, execution: Execution, link: str = "") -> Message:
    """Tell who was first, with the link to the card's thread (ruling 12)."""
    return Message(f"{execution.name} is being resumed by <@{by.presser.user_id}>. {link}")


def no_longer_offered(execution: Execution, label: str) -> Message:
    """Answer a press on a group that cannot be chosen any more."""
    return Message(f"{execution.name} cannot be resumed from {label} any more.")


def outdated(command: str) -> Message:
    """Answer a button that is unreadable, or whose card is not known any more."""
    return Message(f"That button is outdated; type {command} again.")


def started(attempt: Attempt, execution: Execution, link: str = "") -> Message:
    """Tell the presser that the resume was accepted, where the thread cannot say it."""
    return Message(f"{execution.name} was resumed. {link}")


def lost(attempt: Attempt, execution: Execution) -> Message:
    """Tell the presser that the answer was lost: perhaps resumed, being looked for (ruling 10)."""
    return Message(f"It is not known whether {execution.name} was resumed.")


def not_found(attempt: Attempt, execution: Execution) -> Message:
    """Tell the presser that the lost call seems to have started nothing (ruling 11)."""
    return Message(f"{execution.name} seems not to have been resumed.")


def cancelled(attempt: Attempt, execution: Execution) -> Message:
    """Tell the presser that nothing was started because the bot stopped before the call."""
    return Message(f"{execution.name} was not resumed: the bot stopped.")


def interrupted() -> Message:
    """Answer a click that a crash swallowed before anything was done."""
    return Message("Your click was lost in a restart; nothing was started. Please press again.")


def not_in_channel(bot_user_id: str, command: str) -> Message:
    """Say how to invite the bot; *bot_user_id* may be empty."""
    return Message(f"Invite <@{bot_user_id}> and type {command} again.")


def in_direct_message(command: str) -> Message:
    """Say that the command belongs in a channel."""
    return Message(f"{command} belongs in a channel.")


def already_here(link: str) -> Message:
    """Say that the run has a card already, with the link to it."""
    return Message(f"There is a card already: {link}")


def unexpected(error_id: str) -> Message:
    """Say that the bot itself failed; *error_id* finds the cause in the log."""
    return Message(f"Something went wrong on our side ({error_id}).")
