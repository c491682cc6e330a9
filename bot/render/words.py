"""What one person is told: help, and why a thing cannot be done; nobody else sees it."""

from bot.core.attempt import Attempt
from bot.core.execution import Execution
from bot.core.stages import Why
from bot.render.blocks import date, link, mention, message, section
from bot.render.message import Message
from bot.render.untrusted import mrkdwn, quoted
from bot.render.why import why_not

_NAME = 150
_ID = 60


def usage(command: str) -> Message:
    """Explain the command; *command* is its name with the slash."""
    name = mrkdwn(command, _ID)
    how = (
        f"*{name}* resumes a failed Harness pipeline from a stage that you choose.\n"
        f"• `{name} &lt;execution id&gt;`, such as `{name} hUtAJdKOSxKWaTSkFlciyg`\n"
        f"• `{name} &lt;link&gt;` to the run in Harness, from the browser or a message\n"
        f"• `{name} here` tells which failures come into this channel by themselves\n"
        f"• `{name} mute 2h` keeps them out for a time, `{name} unmute` lets them in again\n"
        f"• `{name} help` shows this"
    )
    more = (
        "The bot posts a card with a button for each stage that can be resumed. Who presses one "
        "needs the right to execute that pipeline in Harness. Everything that happens then goes "
        "into the card's thread."
    )
    text = f"Type {name} and the id of a failed execution, or a link to it in Harness."
    return message(text, section(how), section(more))


def not_an_id(text: str, command: str) -> Message:
    """Answer a text that names no execution."""
    return message(
        f"❔ {quoted(text, 200)} is neither the id of an execution (22 letters, digits, "
        f"hyphens or underscores) nor a link to one in Harness. "
        f"{mrkdwn(command, _ID)} help shows what can be typed."
    )


def other_account(account: str) -> Message:
    """Answer a link into another Harness account."""
    return message(
        f"🚫 That link leads to another Harness account ({mrkdwn(account, _ID)}); "
        "the bot works for one account only. Paste a link from ours."
    )


def unknown_execution(execution_id: str) -> Message:
    """Answer an id that Harness does not know or does not show (it does not tell which)."""
    return message(
        f"❔ Harness shows the bot no execution {mrkdwn(execution_id, _ID)}: there is none, or the "
        "bot's key has no access to its application. Check the id, or paste the link to the run."
    )


def lone_workflow(execution_id: str) -> Message:
    """Answer a workflow's run that did not happen inside a pipeline."""
    return message(
        f"🚫 {mrkdwn(execution_id, _ID)} is the run of a workflow outside a pipeline, as far as "
        "Harness says. Only pipelines can be resumed; use the id of the pipeline's run, or run the "
        "workflow again in Harness."
    )


def cannot(why: Why, execution: Execution) -> Message:
    """Say why *execution* cannot be resumed."""
    return message(
        f"🚫 *{_name(execution)}* cannot be resumed. {why_not(why)}{_harness(execution.url)}"
    )


def not_latest(execution: Execution, url: str = "") -> Message:
    """Say that the run was resumed already; *url* is Harness's link to the latest, if known."""
    there = (
        f" Resume the latest run instead: {link(url, 'open it in Harness')}."
        if url
        else " Use the id of its latest run, which Harness shows in the list of deployments."
    )
    return message(
        f"🚫 *{_name(execution)}* cannot be resumed from this run: it was resumed before, and only "
        f"the latest run of a chain can be.{there}"
    )


def taken(by: Attempt, execution: Execution, link_to_thread: str = "") -> Message:
    """Tell who was first, with the link to the card's thread (ruling 12)."""
    return message(
        f"🚫 *{_name(execution)}*: {mention(by.presser.user_id)} was first and chose to resume it "
        f"from *{mrkdwn(by.chosen.label, _NAME)}*, {date(by.claimed_at)}. Nothing was done for "
        f"your press.{_there(link_to_thread, 'Follow it in its thread')}"
    )


def resumed_already(
    by: Attempt, execution: Execution, *, link_to_thread: str = "", latest: str = ""
) -> Message:
    """Answer a command for a run that this bot resumed; *latest* is the link to the latest run."""
    there = f" {link(latest, 'Open its latest run in Harness')}." if latest else ""
    return message(
        f"🚫 *{_name(execution)}* was resumed already: {mention(by.presser.user_id)} chose "
        f"*{mrkdwn(by.chosen.label, _NAME)}*, {date(by.claimed_at)}. Only the latest run of a "
        f"chain can be resumed.{there}{_there(link_to_thread, 'Follow it in its thread')}"
    )


def no_longer_offered(execution: Execution, label: str) -> Message:
    """Answer a press on a group that cannot be chosen any more."""
    return message(
        f"🚫 *{_name(execution)}* cannot be resumed from {mrkdwn(label, _NAME)} any more: its "
        "stages have changed since the card was posted. Ask for a new card."
        f"{_harness(execution.url)}"
    )


def outdated(command: str) -> Message:
    """Answer a button that is unreadable, or whose card is not known any more."""
    return message(
        "❔ That button is too old for the bot to know what it stands for. Nothing was resumed. "
        f"Type {mrkdwn(command, _ID)} with the id of the execution for a new card."
    )


def lost(attempt: Attempt, execution: Execution) -> Message:
    """Tell the presser that the answer was lost: perhaps resumed, being looked for (ruling 10)."""
    return message(
        f"❔ Harness gave no clear answer, so it is not known whether *{_name(execution)}* was "
        f"resumed from {mrkdwn(attempt.chosen.label, _NAME)}. The bot is looking for the new run "
        "and tells the thread; please do not resume it elsewhere meanwhile."
    )


def not_found(attempt: Attempt, execution: Execution) -> Message:
    """Tell the presser that the lost call seems to have started nothing (ruling 11)."""
    return message(
        f"⚠️ No new run of *{_name(execution)}* was found: it seems that your choice of "
        f"{mrkdwn(attempt.chosen.label, _NAME)} (attempt {attempt.number}) started nothing. The "
        "card has its buttons again; pressing one is a new decision."
    )


def cancelled(attempt: Attempt, execution: Execution) -> Message:
    """Tell the presser that nothing was started because the bot stopped before the call."""
    return message(
        f"⚠️ *{_name(execution)}* was not resumed from {mrkdwn(attempt.chosen.label, _NAME)}: the "
        "bot was interrupted before it asked Harness. Nothing was started; please press again."
    )


def interrupted() -> Message:
    """Answer a click that a crash swallowed before anything was done."""
    return message(
        "⚠️ The bot was restarted while it looked at your press. Nothing was resumed; "
        "please press again."
    )


def not_in_channel(bot_user_id: str, command: str) -> Message:
    """Say how to invite the bot; *bot_user_id* may be empty."""
    who = mention(bot_user_id) if bot_user_id else "the bot"
    name = mrkdwn(command, _ID)
    return message(
        f"⚠️ The bot is not in this channel, so it cannot post the card. Invite it by typing "
        f"`/invite` and {who}, then type {name} again. If this is a direct message, use {name} in "
        "a channel instead."
    )


def in_direct_message(command: str) -> Message:
    """Say that the command belongs in a channel."""
    return message(
        f"⚠️ {mrkdwn(command, _ID)} belongs in a channel where the bot is a member: "
        "the card and its thread are for everybody who is concerned. Type it there."
    )


def cannot_post(code: str, command: str) -> Message:
    """Say that Slack does not let the bot post here; *code* is Slack's word for it."""
    return message(
        f"⚠️ Slack does not let the bot post in this channel (error: {mrkdwn(code, _ID)}). "
        f"Type {mrkdwn(command, _ID)} in another channel where the bot is a member."
    )


def unexpected(error_id: str) -> Message:
    """Say that the bot itself failed; *error_id* finds the cause in the log."""
    return message(
        "⚠️ Something went wrong in the bot itself. Try again; if it happens again, tell whoever "
        f"looks after this bot the error's id: {mrkdwn(error_id, _ID)}."
    )


def _name(execution: Execution) -> str:
    return mrkdwn(execution.name, _NAME)


def _harness(url: str) -> str:
    return _there(url, "Open in Harness")


def _there(url: str, text: str) -> str:
    return f" {link(url, text)}" if url else ""
