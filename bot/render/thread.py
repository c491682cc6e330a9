"""The lines of a card's thread: news only, each different from every other (ruling 14).

Every line names the attempt, which differs within a lineage, and with it the group or the moment;
what can be said of one attempt only once needs no moment, but has one, so that the thread reads as
a record. People are named by mention, so they hear of it.
"""

from collections.abc import Sequence

from bot.core.attempt import Attempt
from bot.core.errors import RefusalKind
from bot.core.execution import NEGATIVE, Execution, Status
from bot.core.progress import Ended, GroupFailed, GroupStarted, News, Wait, Waiting
from bot.core.stages import group_stages
from bot.render.blocks import date, duration, link, mention, message
from bot.render.message import Message
from bot.render.motive import motive
from bot.render.states import again, state
from bot.render.troubles import kind_sentence
from bot.render.untrusted import mrkdwn, quoted

_LABEL, _REASON = 150, 500
_MOST_NAMED = 5
_WAITS_FOR = {
    Wait.APPROVAL: "waits for an approval",
    Wait.HOLD: "is paused, by hand or because it needs inputs",
    Wait.INTERVENTION: "waits for a person's decision or for a resource",
}


def started(attempt: Attempt) -> Message:
    """Say who resumed from where, that the new run exists, and where to see it."""
    run = f" {link(attempt.run_url, 'Open the new run in Harness')}" if attempt.run_url else ""
    who = mention(attempt.presser.user_id)
    return message(
        f"▶️ {who} resumed from *{mrkdwn(attempt.chosen.label, _LABEL)}*, "
        f"{date(attempt.claimed_at)} (attempt {attempt.number})."
        f"{motive(attempt)}{run}"
    )


def news(attempt: Attempt, item: News, at: int, run: Execution) -> Message:
    """Say one piece of news of the new *run*, seen at *at* (epoch ms)."""
    match item:
        case GroupStarted(_, label, finished):
            return group_started(attempt, label, at, finished=finished)
        case GroupFailed(_, label, status, steps, going_on, finished):
            return group_failed(
                attempt, label, status, at, steps=steps, going_on=going_on, finished=finished
            )
        case Waiting(_, label, _, what, finished):
            return waiting(attempt, label, what, at, url=run.url, finished=finished)
        case Ended(_, _, finished):
            return final(attempt, run, finished=finished)


def group_started(
    attempt: Attempt, label: str, at: int, *, finished: Sequence[str] = ()
) -> Message:
    """Say that a group of the new run began; *finished* are the groups that succeeded before."""
    said = f"▶️ *{mrkdwn(label, _LABEL)}* started, {_when(attempt, at)}."
    return message(_succeeded(finished) + said)


def group_failed(
    attempt: Attempt,
    label: str,
    status: Status,
    at: int,
    *,
    steps: Sequence[str] = (),
    going_on: bool = False,
    finished: Sequence[str] = (),
) -> Message:
    """Say that a group ended badly: which of its members, and whether others still run."""
    how = state(status)
    members = f" in {_names(steps)}" if steps and tuple(steps) != (label,) else ""
    rest = " Its other members go on." if going_on else ""
    said = f"{how.mark} *{mrkdwn(label, _LABEL)}* {how.one}{members}, {_when(attempt, at)}.{rest}"
    return message(_succeeded(finished) + said)


def waiting(
    attempt: Attempt,
    label: str,
    what: Wait,
    at: int,
    *,
    url: str = "",
    finished: Sequence[str] = (),
) -> Message:
    """Say that a person is needed; *label* is empty when no group is known to wait."""
    who = f"*{mrkdwn(label, _LABEL)}*" if label else "The new run"
    address = attempt.run_url or url
    there = f" {link(address, 'Decide in Harness')}" if address else ""
    said = f"⏸️ A person is needed: {who} {_WAITS_FOR[what]}, {_when(attempt, at)}.{there}"
    return message(_succeeded(finished) + said)


def final(attempt: Attempt, run: Execution, *, finished: Sequence[str] = ()) -> Message:
    """Say how the new run ended, how long it ran, why it failed, and where to see it.

    *finished* are the groups whose success no line has told yet (ruling 14).
    """
    how = state(run.status)
    name = mrkdwn(run.pipeline, _LABEL) if run.pipeline else "the new run"
    said = f"{how.mark} *{name}* {again(run.status)}"
    failed = [group.label for group in group_stages(run.stages) if group.negative]
    if failed and run.status in NEGATIVE:
        said += f" at {_names(failed)}"
    lasted = f"ran {duration(run.seconds)}, " if run.seconds is not None else ""
    ended_at = run.ended_at if run.ended_at is not None else attempt.ended_at
    moment = f", {date(ended_at)}" if ended_at is not None else ""
    said += (
        f" ({lasted}attempt {attempt.number}, resumed from {mrkdwn(attempt.chosen.label, _LABEL)} "
        f"by {mention(attempt.presser.user_id)}{moment})."
    )
    if run.failure.strip():
        said += f" Harness says: {quoted(run.failure, _REASON)}"
    return message(_succeeded(finished) + said + _run_link(attempt, run.url))


def refused(attempt: Attempt, kind: RefusalKind, text: str) -> Message:
    """Say that Harness refused the resume, so that nothing was started."""
    said = f" Harness says: {quoted(text, _REASON)}" if text.strip() else ""
    return message(f"🚫 Not resumed: {kind_sentence(kind)} {_try(attempt)}{said}")


def lost(attempt: Attempt) -> Message:
    """Say that it is not known what the call came to, and that the new run is looked for."""
    return message(f"❔ {unsure(attempt)} {_try(attempt)}")


def unsure(attempt: Attempt) -> str:
    """Say why it is not known whether a call worked: no clear answer, or a freeze (facts 3.7)."""
    if attempt.refusal is not None:
        return (
            "Harness refused because a deployment freeze is on, which may leave a run all the "
            "same. The bot looks whether it did."
        )
    return (
        "Harness gave no clear answer, so it is not known whether the run was resumed. "
        "The bot is looking for the new run."
    )


def found(attempt: Attempt) -> Message:
    """Say that the run of a lost call was found, with the link to it."""
    return message(
        f"▶️ The new run was found: the resume had worked. {_try(attempt)}{_run_link(attempt)}"
    )


def several(attempt: Attempt, urls: Sequence[str]) -> Message:
    """Say that more than one run could be the one that the lost call started (ruling 11)."""
    links = [link(url, f"run {n}") for n, url in enumerate(urls[:_MOST_NAMED], 1)]
    return message(
        f"❔ {len(urls)} runs could be the one that was started ({', '.join(links)}); "
        f"please look in Harness which it is. {_try(attempt)}"
    )


def not_found(attempt: Attempt) -> Message:
    """Say that the lost call seems to have started nothing; the buttons are back."""
    return message(
        "⚠️ No new run was found: it seems that nothing was started. The card has its buttons "
        f"again; pressing one is a new decision. {_try(attempt)}"
    )


def cancelled(attempt: Attempt) -> Message:
    """Say that the bot stopped before the call, so that nothing was started."""
    return message(
        "⚠️ Not resumed: the bot was interrupted before it asked Harness. Nothing was started; "
        f"the card has its buttons again. {_try(attempt)}"
    )


def left(attempt: Attempt) -> Message:
    """Say that the bot stops looking at the new run after 14 days (ruling 17)."""
    return message(
        "⏹️ The new run has not ended in 14 days; the bot does not look at it any more. "
        f"{_try(attempt)}{_run_link(attempt)}"
    )


def vanished(attempt: Attempt) -> Message:
    """Say that Harness does not show the new run any more, so that its end cannot be told."""
    return message(
        "⏹️ Harness does not show the new run any more (deleted, or hidden from the bot); how it "
        f"ends cannot be told here. {_try(attempt)}{_run_link(attempt)}"
    )


def has_a_card(execution: Execution, url: str) -> Message:
    """Answer a later alert of a run that has a card already; *url* leads to it (ruling 18)."""
    name = mrkdwn(execution.name, _LABEL)
    return message(f"↪️ *{name}* has a card already{_colon(url)}")


def _colon(url: str) -> str:
    return f": {link(url, 'go to the card')}." if url else "."


def _when(attempt: Attempt, at: int) -> str:
    return f"{date(at)} (attempt {attempt.number})"


def _try(attempt: Attempt) -> str:
    """Name the attempt in full: number, person, group and moment."""
    return (
        f"(Attempt {attempt.number} by {mention(attempt.presser.user_id)}, from "
        f"{mrkdwn(attempt.chosen.label, _LABEL)}, {date(attempt.claimed_at)}.)"
    )


def _run_link(attempt: Attempt, url: str = "") -> str:
    address = attempt.run_url or url
    return f" {link(address, 'Open the new run in Harness')}" if address else ""


def _succeeded(labels: Sequence[str]) -> str:
    return f"✅ {_names(labels)} succeeded.\n" if labels else ""


def _names(labels: Sequence[str]) -> str:
    """Join names, at most five of them: ``A, B and C``."""
    named = [mrkdwn(label, _LABEL // 2) for label in labels[:_MOST_NAMED]]
    if len(labels) > _MOST_NAMED:
        named.append(f"{len(labels) - _MOST_NAMED} more")
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
