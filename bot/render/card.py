"""The card: one message that shows a run, what became of it, and the buttons to resume it.

From top to bottom: a headline with the outcome, small lines about the run, what happened since,
the stages, the choices. The stages come last in the calculation, because they get what room is
left (ruling 3).
"""

from dataclasses import replace

from bot.core.attempt import Attempt
from bot.core.card import Card
from bot.core.execution import ENDED, Execution, Status
from bot.core.stages import NotResumable, Resumable, assess
from bot.render import facts as run_facts
from bot.render.blocks import (
    MOST_TEXT,
    context,
    cut,
    date,
    header,
    link,
    mention,
    section,
    total_text,
)
from bot.render.blocks import message as put_together
from bot.render.choices import choices
from bot.render.looks import (
    Elsewhere,
    Ended,
    Look,
    NotFound,
    Open,
    OtherCard,
    Stopped,
    Taken,
    Unknown,
    Vanished,
)
from bot.render.message import Block, Message
from bot.render.motive import motive
from bot.render.stage_list import (
    Row,
    progress_bar,
    rows_of_choices,
    rows_of_progress,
    rows_of_run,
    stage_list,
)
from bot.render.states import again, read, state
from bot.render.thread import unsure
from bot.render.untrusted import mrkdwn, plain
from bot.render.why import why_not

_NAME = 100
_NOTE = 800
_NAMED = 4
_SHORT, _LIST = 200, 1300
"""The least room for the reason, and what the stages should have before the reason gets more."""
_SPARE = 200


def card(facts: Card, look: Look) -> Message:
    """Draw *facts* as they stand now; same facts and look in, same message out.

    The text names the execution, so that no two runs' cards are equal in words.
    """
    drawn = _drawn(facts, look)
    return replace(drawn, text=f"{drawn.text} Execution {mrkdwn(facts.execution.ref.id, 40)}.")


def _drawn(facts: Card, look: Look) -> Message:
    match look:
        case Open(note):
            return _open(facts, note)
        case NotFound(attempt):
            return _open(facts, not_found_note(attempt))
        case Taken(attempt, run):
            return _followed(facts, attempt, run)
        case Ended(attempt, run):
            return _ended(facts, attempt, run)
        case Unknown() | Stopped() | Vanished() | OtherCard() | Elsewhere():
            return _plainly(facts, *_settled(look))


def not_found_note(attempt: Attempt) -> str:
    """Say on the card that a lost call seems to have started nothing (ruling 11)."""
    return (
        f"⚠️ {_who(attempt)} Harness gave no clear answer, and no new run was found since. "
        "It seems that nothing was started; choosing again is a new decision."
    )


def _open(facts: Card, note: str) -> Message:
    execution = facts.execution
    found = assess(execution)
    how = state(execution.status)
    above = [header(f"{how.mark} {plain(execution.name, _NAME)} {how.one}"), *_about(facts)]
    told = [section(cut(note, _NOTE))] if note else []
    match found:
        case NotResumable(why):
            rows, below = rows_of_run(execution), list[Block]()
            told.append(section(why_not(why)))
        case Resumable(groups):
            rows, below = rows_of_choices(groups), list(choices(facts, found))
    room = MOST_TEXT - _SPARE - total_text([*above, *told, *below])
    reason = run_facts.reason(execution, max(_SHORT, min(run_facts.REASON, room - _LIST)))
    above += [section(reason), *told] if reason else told
    return _with_stages(_sentence(facts, note, found), above, rows, below)


def _sentence(facts: Card, note: str, found: Resumable | NotResumable) -> str:
    """Say an open card in words: what failed, where, why, and what can be done."""
    execution = facts.execution
    said = f"{mrkdwn(execution.name, 200)} {state(execution.status).one}"
    if isinstance(found, Resumable) and found.failed is not None:
        said += f" at {mrkdwn(found.failed.label, 200)}"
    said += f": {mrkdwn(execution.failure, 300)}" if execution.failure.strip() else ""
    said = said if said.endswith((".", "…")) else f"{said}."
    if note:
        said += f" {cut(note, _NOTE)}"
    if isinstance(found, Resumable):
        names = [mrkdwn(group.label, 80) for group in found.offered]
        said += f" It can be resumed from {', '.join(names[-_NAMED:])}"
        earlier = len(names) - _NAMED
        said += f" and {earlier} earlier." if earlier > 0 else "."
    return said


def _followed(facts: Card, attempt: Attempt, run: Execution | None) -> Message:
    """Draw a run that is being resumed, or runs again."""
    status = run.status if run is not None else read(attempt.progress.status)
    rows = _rows(attempt, run)
    if status is None and attempt.run is None:
        return _plainly(facts, "⏳", "is being resumed", _who(attempt), "Harness is being asked.")
    waits = status in {Status.PAUSED, Status.WAITING} or attempt.progress.waiting
    mark, phrase = ("⏸️", "waits for a person") if waits else ("▶️", "is running again")
    if status in ENDED:
        mark, phrase = state(status).mark, again(status)
    lines = [_who(attempt)]
    if waits:
        lines.append(f"⏸️ *A person is needed*{_waiting_for(rows)}. Decide in Harness.")
    if rows:
        lines.append(progress_bar(rows))
    lines.append(_new_run(attempt, run))
    return _plainly(facts, mark, phrase, *lines, run=run, attempt=attempt)


def _ended(facts: Card, attempt: Attempt, run: Execution | None) -> Message:
    status = run.status if run is not None else read(attempt.outcome)
    mark, phrase = ("⏹️", "ended") if status is None else (state(status).mark, again(status))
    took = run_facts.took(run) if run is not None else ""
    ended_at = run.ended_at if run is not None else attempt.ended_at
    result = f"{mark} The new run {'ended' if status is None else f'*{state(status).word}*'}"
    result += f" {took}" if took else ""
    result += f", {date(ended_at)}." if ended_at is not None else "."
    lines = [_who(attempt), result, _new_run(attempt, run)]
    if run is not None and (why := run_facts.reason(run)):
        lines.append(why)
    return _plainly(facts, mark, phrase, *lines, run=run, attempt=attempt)


def _settled(look: Unknown | Stopped | Vanished | OtherCard | Elsewhere) -> tuple[str, ...]:
    """Say what became of a run whose stages are not shown: mark, phrase, and lines of markup."""
    match look:
        case Unknown(attempt):
            said = f"{unsure(attempt)} Please do not resume it elsewhere meanwhile."
            return "❔", "may have been resumed", _who(attempt), said
        case Stopped(attempt, run):
            said = "The bot followed the new run for 14 days and does not look at it any more."
            return "⏹️", "is no longer followed", _who(attempt), said, _new_run(attempt, run)
        case Vanished(attempt):
            said = "Harness does not show the new run any more; how it ends cannot be told here."
            return "⏹️", "is no longer followed", _who(attempt), said, _new_run(attempt, None)
        case OtherCard(attempt, where):
            there = link(where, "Follow it there") if where else ""
            return "↪️", "was resumed with another card", _who(attempt), there
        case Elsewhere(url):
            said = "It was resumed outside this bot."
            there = link(url, "Open the latest run in Harness") if url else ""
            return "↪️", "was resumed elsewhere", said, there


def _plainly(
    facts: Card,
    mark: str,
    phrase: str,
    *lines: str,
    run: Execution | None = None,
    attempt: Attempt | None = None,
) -> Message:
    """Draw a card without buttons: the headline, what happened, and the stages of the new run."""
    name = facts.execution.name
    body = "\n".join(line for line in lines if line)
    above = [header(f"{mark} {plain(name, _NAME)} {phrase}"), *_about(facts), section(body)]
    told = [line for line in lines if line and not line.startswith(("▰", "▱"))]
    text = f"{mrkdwn(name, 200)} {phrase}. {' '.join(told[:2])}"
    rows = _rows(attempt, run) if attempt is not None else ()
    return _with_stages(text.strip(), above, rows, [])


def _with_stages(
    text: str, above: list[Block], rows: tuple[Row, ...], below: list[Block]
) -> Message:
    room = MOST_TEXT - _SPARE - total_text([*above, *below])
    return put_together(text, *above, *stage_list(rows, room), *below)


def _rows(attempt: Attempt, run: Execution | None) -> tuple[Row, ...]:
    if run is not None and run.stages:
        return rows_of_run(run)
    return rows_of_progress(attempt.progress)


def _about(facts: Card) -> list[Block]:
    return [context(line) for line in run_facts.about(facts.execution, facts.environments)]


def _who(attempt: Attempt) -> str:
    """Say who resumed from where, when, and which attempt it is."""
    return (
        f"{mention(attempt.presser.user_id)} chose to resume from "
        f"*{mrkdwn(attempt.chosen.label, 150)}*, {date(attempt.claimed_at)} "
        f"(attempt {attempt.number}).{motive(attempt)}"
    )


def _new_run(attempt: Attempt, run: Execution | None) -> str:
    url = attempt.run_url or (run.url if run is not None else "")
    return link(url, "Open the new run in Harness") if url else ""


def _waiting_for(rows: tuple[Row, ...]) -> str:
    for row in rows:
        if row.status in {Status.PAUSED, Status.WAITING}:
            return f": {mrkdwn(row.label, 100)} is {row.word}"
    return ""
