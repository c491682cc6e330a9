"""What one person is told: every reason has a sentence that says what to do."""

import pytest
from hypothesis import given, settings

from bot.core.attempt import Chosen
from bot.core.errors import HarnessTrouble, RefusalKind, SlackTrouble, Trouble
from bot.core.execution import EnvironmentType
from bot.core.identity import SlackPerson, WhyUnknown
from bot.core.permission import Denied, Refusal
from bot.core.stages import Why
from bot.render import refusals, words
from tests.render.test_card import NAMES
from tests.render.worlds import PROD, QA, an_attempt, check, run, running

LINK = "https://example.slack.com/archives/C1/p1"
NEWER = "https://app.harness.io/#/newer"
ME = SlackPerson("U0ALICE")


def denied(why):
    return Denied(
        why,
        environments=(PROD, QA) if why is Refusal.ENVIRONMENTS else (),
        types=(EnvironmentType.PROD,) if why is Refusal.ENVIRONMENTS_UNKNOWN else (),
        unconfirmed=("Deployers",) if why is Refusal.UNCONFIRMED else (),
    )


SAID = {
    "usage": words.usage("/resume"),
    "not-an-id": words.not_an_id("<!channel> nonsense", "/resume"),
    "other-account": words.other_account("kmpySmUISimoRrJL6NL73w"),
    "unknown-execution": words.unknown_execution("ddUCod0mT5ykAxOHjSvabg"),
    "lone-workflow": words.lone_workflow("ddUCod0mT5ykAxOHjSvabg"),
    **{f"cannot-{why}": words.cannot(why, run()) for why in Why},
    "not-latest": words.not_latest(run()),
    "not-latest-linked": words.not_latest(run(), NEWER),
    "taken": words.taken(running(), run(), LINK),
    "resumed-already": words.resumed_already(running(), run(), link_to_thread=LINK, latest=NEWER),
    "no-longer-offered": words.no_longer_offered(run(), "STAGE 1"),
    "outdated": words.outdated("/resume"),
    "lost": words.lost(an_attempt(), run()),
    "not-found": words.not_found(an_attempt(), run()),
    "cancelled": words.cancelled(an_attempt(), run()),
    "interrupted": words.interrupted(),
    "not-in-channel": words.not_in_channel("U0BOT", "/resume"),
    "in-direct-message": words.in_direct_message("/resume"),
    "cannot-post": words.cannot_post("is_archived", "/resume"),
    "unexpected": words.unexpected("e-1234"),
    **{
        f"trouble-{kind}": refusals.harness_trouble(HarnessTrouble(kind, "Some <words>"))
        for kind in Trouble
    },
    "trouble-clicked": refusals.harness_trouble(HarnessTrouble(Trouble.TIMEOUT), clicked=True),
    "slack-trouble": refusals.slack_trouble(SlackTrouble("ratelimited"), clicked=True),
    **{f"refused-{kind}": refusals.refused(kind, "Its words", run()) for kind in RefusalKind},
    "too-late": refusals.too_late(run()),
    **{f"stranger-{why}": refusals.not_identified(why) for why in WhyUnknown},
    "not-a-member": refusals.not_a_member(WhyUnknown.OTHER_TEAM),
    **{
        f"denied-{why}": refusals.not_permitted(denied(why), run(), "alice@example.com")
        for why in Refusal
    },
    "denied-unread": refusals.not_permitted(
        Denied(Refusal.NO_GRANT, unread=("Secret",), more_groups=True), run(), "alice@example.com"
    ),
}


def test_how_it_reads(golden):
    """Every sentence reads as the golden file says."""
    golden("words", {name: message.text for name, message in SAID.items()})


@pytest.mark.parametrize("name", SAID)
def test_it_fits(name):
    """Every message keeps the limits, and no two reasons are told in the same words."""
    check(SAID[name])
    same = [other for other, m in SAID.items() if m.text == SAID[name].text and other != name]
    assert set(same) <= {"too-late", "refused-too late"}


@settings(max_examples=25)
@given(NAMES, NAMES)
def test_any_words_fit(one, two):
    """Whatever Harness or a person wrote, it is quoted harmlessly and fits."""
    execution = run(pipeline=one, application=two)
    attempt = running(chosen=Chosen(0, two, two))
    said = [
        words.not_an_id(one, "/resume"), words.other_account(one), words.unknown_execution(one),
        words.taken(attempt, execution), words.no_longer_offered(execution, two),
        words.unexpected(one), words.cannot_post(one, "/resume"), words.lone_workflow(one),
        *(words.cannot(why, execution) for why in Why),
        *(refusals.harness_trouble(HarnessTrouble(kind, one)) for kind in Trouble),
        *(refusals.refused(kind, one, execution) for kind in RefusalKind),
        *(refusals.not_permitted(Denied(why, unread=(one, two) * 9), execution, one)
          for why in Refusal),
    ]  # fmt: skip
    for message in said:
        check(message)
    check(words.cancelled(attempt, execution))
