"""Why a service or a rule said no, in sentences that say what happened and what to do about it."""

from collections.abc import Mapping

from bot.core.attempt import Attempt
from bot.core.errors import HarnessTrouble, RefusalKind, SlackTrouble, Trouble
from bot.core.execution import Execution
from bot.core.identity import WhyUnknown
from bot.core.permission import Denied
from bot.render.blocks import date, mention, message
from bot.render.message import Message
from bot.render.permission import why_denied
from bot.render.troubles import kind_sentence, trouble_sentence
from bot.render.untrusted import mrkdwn, quoted

_NAME, _REASON = 150, 500
_NOTHING = "Nothing was resumed."

_STRANGERS: Mapping[WhyUnknown, str] = {
    WhyUnknown.DELETED: "Your Slack account is deactivated.",
    WhyUnknown.BOT: "Bots cannot resume pipelines; a person has to do it.",
    WhyUnknown.GUEST: (
        "You are a guest here, and the bot acts for full members of this workspace only. "
        "Ask one of them to do it."
    ),
    WhyUnknown.OTHER_TEAM: (
        "You belong to another workspace, so the bot cannot act for you. "
        "Ask a full member of this one."
    ),
    WhyUnknown.UNSAID: (
        "Slack did not say whether you are a full member of this workspace, and the bot acts for "
        "full members only. Try again in a minute."
    ),
    WhyUnknown.NO_EMAIL: (
        "Slack did not tell the bot your e-mail address, which leads to your Harness user. "
        "Add one to your Slack profile, or ask whoever looks after this bot to map your user."
    ),
    WhyUnknown.ODD_EMAIL: (
        "The e-mail address in your Slack profile is not one that the bot can look up in Harness. "
        "Ask whoever looks after this bot to map your user."
    ),
}


_LASTING = frozenset({"missing_scope", "invalid_auth", "token_revoked", "account_inactive"})


def harness_trouble(trouble: HarnessTrouble, *, clicked: bool = False) -> Message:
    """Say what Harness would not do; *clicked*: it was a press on a button, nothing was resumed."""
    said = trouble_sentence(trouble.kind)
    if trouble.kind in {Trouble.REFUSED, Trouble.FORBIDDEN} and trouble.detail.strip():
        said += f" It says: {quoted(trouble.detail, _REASON)}"
    return message(f"⚠️ {f'{_NOTHING} ' if clicked else ''}{said}")


def slack_trouble(trouble: SlackTrouble, *, clicked: bool = False) -> Message:
    """Say that Slack would not tell who somebody is, so that nothing was decided."""
    code = mrkdwn(trouble.code, 60)
    what_helps = (
        "Please tell whoever looks after this bot: waiting does not help."
        if trouble.code in _LASTING
        else "Try again in a minute."
    )
    return message(
        f"⚠️ {f'{_NOTHING} ' if clicked else ''}Slack did not tell the bot who you are "
        f"(error: {code}), so it cannot act for you. {what_helps}"
    )


def not_identified(why: WhyUnknown) -> Message:
    """Refuse a press by somebody for whom the bot does not act."""
    return message(f"🚫 {_NOTHING} {_STRANGERS[why]}")


def not_a_member(why: WhyUnknown) -> Message:
    """Refuse a command by somebody who is not a full member of our workspace (ruling 4)."""
    return message(
        f"🚫 The bot shows runs to full members of this workspace only. {_STRANGERS[why]}"
    )


def not_permitted(denied: Denied, execution: Execution, email: str) -> Message:
    """Tell a person why they may not resume *execution*; *email* led to their Harness user."""
    return message(denial(denied, execution, email))


def denial(denied: Denied, execution: Execution, email: str) -> str:
    """Say the same as markup: what is missing, and which Harness user was looked up."""
    name = mrkdwn(execution.name, _NAME)
    said = f"🚫 You may not resume *{name}*. {why_denied(denied, execution, email)}"
    looked_up = mrkdwn(email, _NAME)
    return said if looked_up in said else f"{said} (Your Harness user: {looked_up}.)"


def refused(kind: RefusalKind, text: str, execution: Execution) -> Message:
    """Tell the presser that Harness refused, and in which words."""
    name = mrkdwn(execution.name, _NAME)
    asked = (
        f"⚠️ *{name}*: Harness refused to resume it"
        if kind is RefusalKind.FREEZE
        else f"🚫 *{name}* was not resumed"
    )
    words = f" Harness says: {quoted(text, _REASON)}" if text.strip() else ""
    return message(f"{asked}: {kind_sentence(kind)}{words}")


def refused_note(attempt: Attempt, kind: RefusalKind, text: str) -> str:
    """Give the note for ``Open`` after a refusal: who tried, and Harness's words."""
    words = f" Harness says: {quoted(text, _REASON)}" if text.strip() else ""
    return f"🚫 {_tried(attempt)}, but {kind_sentence(kind)}{words}"


def cancelled_note(attempt: Attempt) -> str:
    """Give the note for ``Open`` after an attempt that ended before its call."""
    return (
        f"⚠️ {_tried(attempt)}, but the bot was interrupted before it asked Harness. "
        "Nothing was started; please choose again."
    )


def too_late(execution: Execution) -> Message:
    """Say that the call was not made because its deadline had passed: nothing was resumed."""
    return refused(RefusalKind.TOO_LATE, "", execution)


def _tried(attempt: Attempt) -> str:
    who, label = mention(attempt.presser.user_id), mrkdwn(attempt.chosen.label, _NAME)
    return f"{who} tried to resume from *{label}*, {date(attempt.claimed_at)}"
