"""What the policy file is against, in a sentence each, with what it would allow instead."""

from bot.core.execution import Execution
from bot.core.policy import Edge, Outside
from bot.core.stages import StageGroup
from bot.render.blocks import message
from bot.render.message import Message
from bot.render.untrusted import mrkdwn

_NAME, _MOST_NAMED = 100, 10


def outside(found: Outside, execution: Execution, group: StageGroup) -> Message:
    """Tell the presser which rule of the policy file their press does not meet."""
    name = mrkdwn(execution.name, _NAME)
    return message(f"🚫 *{name}* was not resumed. {_rule(found, execution, group)}")


def _rule(found: Outside, execution: Execution, group: StageGroup) -> str:  # noqa: PLR0911
    allowed = found.allowed
    match found.why:
        case Edge.APPLICATION:
            its = mrkdwn(execution.application or execution.ref.scope, _NAME)
            return (
                f"The bot's policy does not let it resume runs of the application {its}; it "
                f"allows only: {_listed(allowed)}. Resume the run in Harness itself."
            )
        case Edge.PIPELINE:
            return (
                "The bot's policy does not let it resume this pipeline; it allows only: "
                f"{_listed(allowed)}. Resume the run in Harness itself."
            )
        case Edge.STAGE:
            return (
                f"The bot's policy does not let it resume from {mrkdwn(group.name, _NAME)}; it "
                f"allows only: {_listed(allowed)}. Choose one of these stages, or resume the run "
                "in Harness itself."
            )
        case Edge.CHANNEL:
            return (
                "The bot's policy lets nobody resume it from this channel, only from "
                f"{_channels(allowed)}. Ask for a card there."
            )
        case Edge.HOURS:
            *hours, zone = allowed
            return (
                f"The bot's policy lets it be resumed only at these times: {_listed(tuple(hours))} "
                f"(time zone {mrkdwn(zone, _NAME)})."
            )
        case Edge.REASON:
            return (
                "The bot's policy wants a reason for it. Press the button again and type one in "
                "the window that opens."
            )
        case Edge.SECOND_PERSON:
            return (
                "The bot's policy wants a second person for it: somebody who neither asked for it "
                "nor started the run, and who has an e-mail address in Slack."
            )


def _listed(allowed: tuple[str, ...]) -> str:
    named = [mrkdwn(text, _NAME) for text in allowed[:_MOST_NAMED]]
    if len(allowed) > _MOST_NAMED:
        named.append(f"{len(allowed) - _MOST_NAMED} more")
    return ", ".join(named) if named else "nothing"


def _channels(allowed: tuple[str, ...]) -> str:
    shown = [f"<#{mrkdwn(channel, 20)}>" for channel in allowed[:_MOST_NAMED]]
    more = len(allowed) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
