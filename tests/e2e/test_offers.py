"""The buttons equal the truth, for runs of every shape: drawn at random, and as nasty as can be."""

from random import Random
from typing import Any

import pytest

from bot.demo.harness import Run, stage, workflow
from bot.demo.harness.random_world import NASTY_NAMES, RandomRun, random_run, truth
from bot.demo.slack import Message
from tests.e2e.world import World, words

pytestmark = pytest.mark.asyncio(loop_scope="module")

RUNS = 25
"""In each of the seeds below."""


def labels(card: Message) -> list[str]:
    """Give what can be chosen, as a person reads it: the menu's options, then the buttons."""
    found: list[str] = []
    for block in card.blocks:
        for element in block.get("elements", []) if block["type"] == "actions" else []:
            found += [option["text"]["text"] for option in element.get("options", [])]
            if element["type"] == "button" and "url" not in element:
                found.append(element["text"]["text"])
    return found


def begins(label: str, name: str) -> bool:
    """Say whether a label stands for the stage *name*: its beginning, 38 characters at least."""
    kept = " ".join(name.split())
    said = label[2:].removesuffix("…")
    return said.startswith(kept[: min(len(kept), 38)])


def marked_up(node: Any) -> list[str]:
    """Give the texts in which Slack reads markup, where a name could call the whole channel."""
    if isinstance(node, dict):
        own = [node["text"]] if node.get("type") == "mrkdwn" else []
        return own + [text for value in node.values() for text in marked_up(value)]
    return [text for item in node for text in marked_up(item)] if isinstance(node, list) else []


def demand_truth(card: Message, drawn: RandomRun) -> None:
    """See that what is offered is what may be, in order, and that the rest is explained."""
    found = labels(card)
    assert len(found) == len(drawn.offers), (found, drawn)
    for label, offer in zip(found, drawn.offers, strict=True):
        assert label[:2] in {"▶ ", "↺ "}
        assert begins(label, offer.name), (label, offer.name)
    if drawn.unaddressable:
        assert "an earlier stage has the same name" in words(card)


@pytest.mark.parametrize("seed", range(7))
async def test_the_offered_groups_are_the_truth(shop: World, seed: int) -> None:
    """For random runs the buttons and menu options are the groups that may be named, in order."""
    dice = Random(seed)
    for _ in range(RUNS):
        drawn = random_run(shop.harness.world, dice, most_groups=9)
        if drawn.offers:
            demand_truth(await shop.card(drawn.run), drawn)
        else:
            assert "cannot be resumed" in await shop.answer(shop.dana, drawn.run.id)


def long_run(shop: World, groups: int, fails: int) -> Run:
    """Give a run of many groups of which one failed."""
    stages = [
        stage(
            f"Group {n}",
            workflow(f"W{n}", shop.dev, seconds=1, ends=("FAILED" if n == fails else "SUCCESS",)),
        )
        for n in range(1, groups + 1)
    ]
    return shop.failed_run(shop.harness.world.pipeline(shop.shop, "Long", *stages))


@pytest.mark.parametrize(("groups", "fails"), [(5, 5), (6, 6), (9, 7), (100, 100), (100, 40)])
async def test_many_groups_are_a_menu_and_four_buttons(
    shop: World, groups: int, fails: int
) -> None:
    """Up to five groups are buttons; of more, the last four, below a menu of the earlier ones."""
    card = await shop.card(long_run(shop, groups, fails))

    assert labels(card) == [
        f"{'▶' if n == fails else '↺'} Group {n} (W{n})" for n in range(1, fails + 1)
    ]
    menus = [e for b in card.blocks for e in b.get("elements", []) if e["type"] == "static_select"]
    assert len(menus) == (0 if fails <= 5 else 1)
    assert len(menus[0]["options"]) == fails - 4 if menus else True


async def test_the_failed_group_is_the_primary_button(shop: World) -> None:
    """One button stands out: the group that failed, the last one."""
    card = await shop.card(shop.failed_run())

    found = [e for b in card.blocks for e in b.get("elements", []) if "accessibility_label" in e]
    assert [e.get("style") for e in found] == [None, "primary"]
    assert found[-1]["text"]["text"].startswith("▶ Deploy (Deploy EU, Deploy US)")


@pytest.mark.parametrize("name", NASTY_NAMES)
async def test_a_nasty_name_is_shown_harmlessly_and_resumes_its_own_stage(
    shop: World, name: str
) -> None:
    """Whatever a stage is called, its card is accepted by Slack and its button restarts it."""
    pipeline = shop.harness.world.pipeline(
        shop.shop,
        name,
        stage("Before", workflow("One", shop.dev, seconds=1)),
        stage(name, workflow(name, shop.dev, seconds=1, ends=("FAILED", "SUCCESS"))),
        stage("After", workflow("Two", shop.dev, seconds=1)),
    )
    run = shop.failed_run(pipeline)
    card = await shop.card(run)
    assert "<!channel>" not in "".join([card.text, *marked_up(card.blocks)])

    await shop.dana.presses(card, labels(card)[-1])

    await shop.slack.until(lambda: shop.resumes_of(run) or shop.dana.ephemerals(shop.ops), 10)
    assert [r.group for r in shop.harness.world.resumes if r.old == run.id] == [1]
    shop.passes(60)
    assert truth(run)[0][-1].group == 1


async def test_the_seed_case_is_one_button(shop: World) -> None:
    """Two rows called STAGE 1, Mongo and Redis, both failed, are one button."""
    pipeline = shop.harness.world.pipeline(
        shop.shop,
        "Databases",
        stage(
            None,
            workflow("Mongo", shop.dev, seconds=1, ends="FAILED"),
            workflow("Redis", shop.dev, seconds=1, ends="FAILED"),
        ),
    )

    assert labels(await shop.card(shop.failed_run(pipeline))) == ["▶ STAGE 1 (Mongo, Redis)"]
