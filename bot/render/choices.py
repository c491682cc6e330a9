"""The buttons of a card: one for each group that can be resumed from, in the pipeline's order."""

from collections.abc import Sequence

from bot.core.card import Card
from bot.core.execution import Environment, Environments
from bot.core.stages import Resumable, StageGroup
from bot.render.blocks import BUTTON, MOST_OPTIONS, actions, button, confirm, section, select
from bot.render.choice import MENU, action_id, encode
from bot.render.message import Block
from bot.render.untrusted import mrkdwn, plain

_MOST_BUTTONS = 5
_BUTTONS_BELOW_MENU = 4
_SHOWN_ENVIRONMENTS = 3
KEPT = 38
"""So much of a longer name is always kept (ruling 2)."""
_MENU_TEXT = 4300
"""All options together: a hundred of full length would take the room of everything else."""
_AGAIN, _FAILED = "↺ ", "▶ "


def choices(card: Card, found: Resumable) -> tuple[Block, ...]:
    """Draw what a person can choose from, and what will run again for each choice (ruling 2)."""
    offered = found.offered
    split = 0 if len(offered) <= _MOST_BUTTONS else len(offered) - _BUTTONS_BELOW_MENU
    menu, buttons = offered[max(0, split - MOST_OPTIONS) : split], offered[split:]
    blocks = [section(_explained(found, buttons, in_menu=len(menu)))]
    if menu:
        width = min(BUTTON, _MENU_TEXT // len(menu))
        blocks.append(
            actions(
                select(
                    "Resume from an earlier stage",
                    [(label(found, g, width), _value(card, g)) for g in menu],
                    action_id=MENU,
                    confirm=_confirm(card, "the chosen stage"),
                )
            )
        )
    blocks.append(actions(*(_button(card, found, group, at) for at, group in enumerate(buttons))))
    return tuple(blocks)


def label(found: Resumable, group: StageGroup, width: int = BUTTON) -> str:
    """Write what a button or an option says: ``▶ `` at the failed group, ``↺ `` at earlier ones."""
    mark = _FAILED if group == found.failed else _AGAIN
    return mark + plain(group.label, width - len(mark), keep=KEPT)


def environment_name(environment: Environment) -> str:
    """Call an environment by its name, else by its id."""
    return environment.name or environment.id


def _button(card: Card, found: Resumable, group: StageGroup, at: int) -> Block:
    return button(
        label(found, group),
        action_id=action_id(at),
        value=_value(card, group),
        accessibility_label=plain(f"Resume {card.execution.name} from {group.name}", BUTTON),
        primary=group == found.failed,
        confirm=_confirm(card, plain(group.label, 60, keep=KEPT)),
    )


def _value(card: Card, group: StageGroup) -> str:
    return encode(card.id, group.key, group.name)


def _explained(found: Resumable, buttons: Sequence[StageGroup], *, in_menu: int) -> str:
    """Say what each choice runs again."""
    lines = ["*Resume from*"]
    if in_menu:
        lines.append(
            f"{_AGAIN}an earlier stage ({in_menu} in the menu): it and every stage after it"
        )
    for group in buttons:
        mark = _FAILED if group == found.failed else _AGAIN
        lines.append(
            f"{mark}{mrkdwn(group.label, 90)}: {_runs(len(found.choices) - group.key - 1)}"
        )
    if any(len(group.rows) > 1 for group in found.offered):
        lines.append("Parallel members of a stage all run again, also those that succeeded.")
    return "\n".join(lines)


def _runs(after: int) -> str:
    if after == 0:
        return "this stage only"
    return f"this stage and the {'one' if after == 1 else after} after it"


def _confirm(card: Card, stage: str) -> Block | None:
    """Ask again before production, which the dialog names, and where it may be production."""
    where = _production(card.environments)
    if not where:
        return None
    sure = bool(card.environments.production())
    return confirm(
        "Resume in production?" if sure else "Resume, perhaps in production?",
        f"{plain(card.execution.name, 60)} resumes from {stage}. {where}",
        yes="Resume",
        no="Cancel",
    )


def _production(environments: Environments) -> str:
    """Name the production environments; empty when there certainly are none."""
    names = [plain(environment_name(e), 40) for e in environments.production()]
    if not names:
        known = "Not all of its environments are known; production may be among them."
        return "" if environments.complete else known
    shown, more = ", ".join(names[:_SHOWN_ENVIRONMENTS]), len(names) - _SHOWN_ENVIRONMENTS
    return f"Production: {shown}{f' and {more} more' if more > 0 else ''}."
