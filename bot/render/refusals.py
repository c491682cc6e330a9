"""Why a service or a rule said no, in sentences that say what happened and what to do about it."""

from collections.abc import Mapping

from bot.core.attempt import Attempt
from bot.core.errors import HarnessTrouble, RefusalKind, SlackTrouble, Trouble
from bot.core.execution import Execution
from bot.core.identity import SlackPerson, WhyUnknown
from bot.render.blocks import date, link, mention, message
from bot.render.message import Message
from bot.render.untrusted import mrkdwn, quoted

_NAME, _REASON = 150, 500
_NOTHING = "Nothing was resumed."
_ADMIN = "Please tell whoever looks after this bot"

_TROUBLES: Mapping[Trouble, str] = {
    Trouble.RATE_LIMITED: (
        "Harness turned the bot away because the account has used up its requests for this "
        "minute. Try again in a minute."
    ),
    Trouble.OWN_BUDGET: (
        "The bot has used up its own share of requests to Harness for this minute. "
        "Try again in a minute."
    ),
    Trouble.BAD_KEY: (
        f"Harness does not accept the bot's API key. {_ADMIN}: the key must be renewed."
    ),
    Trouble.FORBIDDEN: (
        f"The bot's API key may not read this in Harness. {_ADMIN}: the key needs the right to "
        "read the application."
    ),
    Trouble.MIGRATED: (
        f"Harness moved the account to another address. {_ADMIN}: HARNESS_URL must be changed."
    ),
    Trouble.NEXTGEN: (
        "Harness FirstGen is switched off for this account, so its pipelines cannot be resumed."
    ),
    Trouble.NOT_WHITELISTED: (
        f"Harness does not let the bot in from its present network address. {_ADMIN}: "
        "the address must be on Harness's IP allow-list."
    ),
    Trouble.FEATURE_OFF: (
        f"Harness's GraphQL API is switched off for this account. {_ADMIN}: "
        "Harness's support can switch it on."
    ),
    Trouble.ACCOUNT_GONE: "Harness says that the account is deleted or inactive.",
    Trouble.GATEWAY: "Harness's gateway does not reach Harness at present. Try again in a minute.",
    Trouble.SERVER: "Harness failed while it answered. Try again in a minute.",
    Trouble.TIMEOUT: "Harness did not answer in time. Try again in a minute.",
    Trouble.UNREACHABLE: (
        "The bot cannot reach Harness. Try again in a minute; if it stays so, tell whoever looks "
        "after this bot."
    ),
    Trouble.STRANGE: "Harness gave an answer that makes no sense. Try again in a minute.",
    Trouble.NOT_FOUND: (
        "Harness does not know that execution, or does not show it to the bot. "
        "Check the id; the bot's key may lack access to its application."
    ),
    Trouble.TOO_OLD: (
        f"This Harness is too old for the bot: it does not know a field that is needed. {_ADMIN}."
    ),
    Trouble.REFUSED: "Harness refused the question.",
}

_KINDS: Mapping[RefusalKind, str] = {
    RefusalKind.MODIFIED: (
        "the pipeline, or a workflow in it, was changed since this run. "
        "Harness resumes only what is unchanged; start a new run in Harness."
    ),
    RefusalKind.FREEZE: (
        "a deployment freeze is on. Try again when it is over, or ask who may lift it."
    ),
    RefusalKind.NOT_LATEST: (
        "the run was resumed before and is not the latest of its chain. Resume the latest one."
    ),
    RefusalKind.NOT_ALLOWED: (
        f"the bot's own API key may not run it in all of its environments. {_ADMIN}."
    ),
    RefusalKind.NOT_RESUMABLE: (
        "Harness says that it cannot be resumed as it stands now. Look at the run in Harness."
    ),
    RefusalKind.LIMIT: (
        "a limit of the account on deployments is reached. Try again later, or ask your Harness "
        "administrator."
    ),
    RefusalKind.TOO_LATE: (
        "reading Harness took so long that the bot did not ask any more. Please press again."
    ),
    RefusalKind.TROUBLE: (
        "Harness turned the request away before it looked at it. Try again in a minute; "
        "if it stays so, tell whoever looks after this bot."
    ),
    RefusalKind.OTHER: "Harness refused.",
}

_STRANGERS: Mapping[WhyUnknown, str] = {
    WhyUnknown.DELETED: "Your Slack account is deactivated.",
    WhyUnknown.BOT: "Bots cannot resume pipelines; a person has to do it.",
    WhyUnknown.GUEST: (
        "Guests cannot use this command. Ask a full member of this workspace to do it."
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


def harness_trouble(trouble: HarnessTrouble, *, clicked: bool = False) -> Message:
    """Say what Harness would not do; *clicked*: it was a press on a button, nothing was resumed."""
    said = _TROUBLES[trouble.kind]
    if trouble.kind in {Trouble.REFUSED, Trouble.FORBIDDEN} and trouble.detail.strip():
        said += f" It says: {quoted(trouble.detail, _REASON)}"
    return message(f"⚠️ {f'{_NOTHING} ' if clicked else ''}{said}")


def slack_trouble(trouble: SlackTrouble, *, clicked: bool = False) -> Message:
    """Say that Slack would not tell who somebody is, so that nothing was decided."""
    code = mrkdwn(trouble.code, 60)
    return message(
        f"⚠️ {f'{_NOTHING} ' if clicked else ''}Slack did not tell the bot who you are "
        f"(error: {code}), so it cannot act for you. Try again in a minute."
    )


def not_identified(person: SlackPerson, why: WhyUnknown) -> Message:
    """Refuse a press by somebody for whom the bot does not act."""
    del person  # they know who they are
    return message(f"🚫 {_NOTHING} {_STRANGERS[why]}")


def not_a_member(person: SlackPerson, why: WhyUnknown = WhyUnknown.GUEST) -> Message:
    """Refuse a command by somebody who is not a full member of our workspace (ruling 4)."""
    del person
    return message(
        f"🚫 The bot shows runs to full members of this workspace only. {_STRANGERS[why]}"
    )


def refused(kind: RefusalKind, text: str, execution: Execution, *, url: str = "") -> Message:
    """Tell the presser that Harness refused; *url* leads to the latest run, if known."""
    name = mrkdwn(execution.name, _NAME)
    asked = (
        f"⚠️ *{name}*: Harness refused to resume it"
        if kind is RefusalKind.FREEZE
        else f"🚫 *{name}* was not resumed"
    )
    words = f" Harness says: {quoted(text, _REASON)}" if text.strip() else ""
    there = f" {link(url, 'Open the latest run in Harness')}" if url else ""
    return message(f"{asked}: {kind_sentence(kind)}{words}{there}")


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


def kind_sentence(kind: RefusalKind) -> str:
    """Say why Harness did not resume, as the end of a sentence."""
    return _KINDS[kind]


def _tried(attempt: Attempt) -> str:
    who, label = mention(attempt.presser.user_id), mrkdwn(attempt.chosen.label, _NAME)
    return f"{who} tried to resume from *{label}*, {date(attempt.claimed_at)}"
