"""Questions to people: for a reason, for a second person, and to others who could resume."""

from collections.abc import Sequence

from bot.core import brake
from bot.core.execution import Execution
from bot.render import ticket
from bot.render.blocks import actions, button, confirm, cut, date, mention, message, section
from bot.render.message import Block, Message, Modal
from bot.render.untrusted import mrkdwn, plain, quoted

LONGEST_REASON = 500
_NAME, _FAILURE, _MOST_NAMED, _MOST_TRIED = 150, 300, 5, 6
_NOTHING = "Nothing was resumed."


# ── a reason ───────────────────────────────────────────────────────────────────────────────────


def reason_window(
    execution: Execution, label: str, tried: Sequence[brake.Try], metadata: str
) -> Modal:
    """Ask why a run should be resumed; after *tried* attempts say what they were (the brake)."""
    name, stage = mrkdwn(execution.name, _NAME), mrkdwn(label, _NAME)
    blocks = [section(f"*{name}* resumes from *{stage}*.")]
    if tried:
        blocks.append(section(_what_was_tried(execution, tried)))
    else:
        blocks.append(section("The bot's policy wants a reason; it is shown in the thread."))
    return Modal(
        callback_id=ticket.REASON,
        title="Why resume?",
        submit="Resume",
        blocks=(*blocks, _reason_input()),
        metadata=metadata,
    )


def _what_was_tried(execution: Execution, tried: Sequence[brake.Try]) -> str:
    stage = brake.failed_stage(execution)
    at = f" at *{mrkdwn(stage, _NAME)}*" if stage else ""
    said = f": {quoted(execution.failure, _FAILURE)}" if execution.failure.strip() else "."
    lines = [f"✋ It was resumed {len(tried)} times and failed{at} each time{said}"]
    for one in tried[-_MOST_TRIED:]:
        attempt = one.attempt
        why = f", because {quoted(attempt.reason, 120)}" if attempt.reason else ""
        lines.append(
            f"• Attempt {attempt.number}: {mention(attempt.presser.user_id)} from "
            f"{mrkdwn(attempt.chosen.label, 80)}, {date(attempt.claimed_at)}{why}"
        )
    lines.append("What will be different this time? The answer is shown in the thread.")
    return "\n".join(lines)


def _reason_input() -> Block:
    return {
        "type": "input",
        "block_id": ticket.REASON_BLOCK,
        "label": {"type": "plain_text", "text": "Reason", "emoji": False},
        "element": {
            "type": "plain_text_input",
            "action_id": ticket.REASON_INPUT,
            "multiline": True,
            "max_length": LONGEST_REASON,
        },
    }


def no_window(execution: Execution) -> Message:
    """Say that Slack did not open the window that asks for a reason."""
    return message(
        f"⚠️ *{mrkdwn(execution.name, _NAME)}* needs a reason, but Slack did not open the window "
        f"that asks for it. {_NOTHING} Press the button again."
    )


def window_is_over(command: str) -> Message:
    """Answer a window whose time is over, or that was not opened for whoever submitted it."""
    return message(
        f"❔ That window is too old for the bot to know what it was for. {_NOTHING} Press the "
        f"card's button again, or type {mrkdwn(command, 60)} with the id of the execution."
    )


# ── a second person ────────────────────────────────────────────────────────────────────────────


def second_request(user: str, label: str, reason: str, until: int, value: str) -> Message:
    """Ask, in the thread, for a second person's yes; *until* is epoch ms."""
    said = (
        f"🤝 {mention(user)} asks to resume from *{mrkdwn(label, _NAME)}* in production; "
        f"a second person must agree before {date(until)}."
    )
    if reason.strip():
        said += f" The reason: {quoted(reason, LONGEST_REASON)}"
    agree = button(
        "Agree and resume",
        action_id=ticket.AGREE,
        value=value,
        accessibility_label=plain(f"Agree to resume from {label}", 75),
        primary=True,
        confirm=confirm(
            "Agree to resume?",
            plain(f"It resumes from {label} in production, at once.", 300),
            yes="Agree and resume",
            no="Cancel",
        ),
    )
    rule = "Who agrees needs the right to resume it, did not ask for it and did not start the run."
    return message(f"{said} {rule}", section(said), section(rule), actions(agree))


def second_asked(until: int) -> Message:
    """Tell the requester that the request is in the thread."""
    return message(
        "🤝 This is production, so a second person must agree. The request is in the card's "
        f"thread and ends {date(until)}; nothing is resumed before."
    )


def second_asked_before(until: int) -> Message:
    """Answer a requester who presses again."""
    return message(
        "🤝 You have asked already; the request is in the card's thread and waits for a second "
        f"person until {date(until)}. {_NOTHING}"
    )


def second_agreed(user: str, label: str, by: str) -> Message:
    """Show on the request that it was agreed to."""
    return message(
        f"🤝 {mention(user)} asked to resume from *{mrkdwn(label, _NAME)}* in production; "
        f"{mention(by)} agreed."
    )


def second_ended(user: str, label: str, why: str) -> Message:
    """Show on the request that it is over; *why* is our own clause."""
    return message(
        f"⌛ {mention(user)} asked to resume from *{mrkdwn(label, _NAME)}* in production; "
        f"the request is over: {why}."
    )


def request_over() -> Message:
    """Show on a request that nobody knows any more that it is over."""
    return message("⌛ This request is over.")


def request_is_over(why: str = "") -> Message:
    """Answer a press on a request that is over; *why* is our own clause."""
    because = f": {why}" if why else "; it was used, or its time is over"
    return message(f"⌛ That request is over{because}. {_NOTHING} Press the card's button anew.")


def not_yourself() -> Message:
    """Answer the requester who agrees with themselves."""
    return message(f"🚫 You asked for it, so somebody else must agree. {_NOTHING}")


def not_you() -> Message:
    """Answer somebody who may not be the second person."""
    return message(
        "🚫 You cannot be the second person: whoever asked for it or started the run cannot, also "
        f"not under another Slack user. Somebody else must agree. {_NOTHING}"
    )


def requester_may_not(user: str) -> Message:
    """Tell the second person that the requester has lost the right."""
    return message(f"🚫 {mention(user)}, who asked for it, may not resume it any more. {_NOTHING}")


def requester_unknown(user: str) -> Message:
    """Tell the second person that the requester's right could not be read."""
    return message(
        f"⚠️ The right of {mention(user)}, who asked for it, could not be read. {_NOTHING} "
        "Try again in a minute."
    )


# ── others who could ───────────────────────────────────────────────────────────────────────────


def refused(denial: str, groups: Sequence[str], people: Sequence[str], value: str) -> Message:
    """Add to a *denial* (markup) the groups that would grant it and whom to ask."""
    named = [f"*{mrkdwn(name, 80)}*" for name in groups[:_MOST_NAMED]]
    more = f" and {len(groups) - len(named)} more" if len(groups) > len(named) else ""
    hint = f"In Harness these user groups could allow it: {', '.join(named)}{more}."
    hint = hint if named else ""
    if not people:
        return message(f"{denial} {hint}".strip())
    hint = f"{hint} In this channel you can ask {', '.join(map(mention, people))}.".strip()
    ask = button(
        "Ask them",
        action_id=ticket.ASK_THEM,
        value=value,
        accessibility_label="Ask them in the card's thread",
    )
    return message(f"{denial} {hint}", section(cut(denial, 2000)), section(hint), actions(ask))


def please(user: str, execution: Execution, label: str, people: Sequence[str]) -> Message:
    """Ask *people*, in the thread, to press the card's buttons for somebody who may not."""
    return message(
        f"🙋 {mention(user)} may not resume *{mrkdwn(execution.name, _NAME)}* from "
        f"*{mrkdwn(label, _NAME)}* and asks {', '.join(map(mention, people))}: please look, and "
        "press the card's button if it should go on."
    )


def asked() -> Message:
    """Tell who asked that the request is posted."""
    return message("🙋 They were asked, in the card's thread.")


def asked_before() -> Message:
    """Answer somebody who asks a second time."""
    return message("🙋 You have asked already; the request is in the card's thread.")
