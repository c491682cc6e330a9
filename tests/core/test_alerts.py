"""What an alert's text says, for every form that is documented and some that are not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.alerts import Failure, NotAFailure, WhyNot, what_it_says

WORKFLOW = "<https://app.harness.io/#/account/a/app/b/env/c/executions/w/details|{}>"
PIPELINE = "<https://app.harness.io/#/account/a/app/b/pipeline-execution/p/details|{}>"


def workflow(verb, name="Deploy checkout", pipeline="Checkout Release", before=""):
    return (
        f"{before} Workflow *{WORKFLOW.format(name)}*  in pipeline *{PIPELINE.format(pipeline)}* "
        f"{verb}\n \n *Application:* *Storefront*\n *Phase 1 failed*\n4m 12s"
    )


@pytest.mark.parametrize("verb", ["failed", "rejected", "expired", "aborted"])
@pytest.mark.parametrize("before", ["", "Phase 1 of ", "failed canary of "])
def test_a_bad_end_of_a_workflow_is_a_failure(verb, before):
    """Shapes A, B and C, and those of a phase (facts 6.5)."""
    assert what_it_says(workflow(verb, before=before)) == Failure(verb)


@pytest.mark.parametrize("name", ["Retry failed jobs", "a > b failed", "x | failed", "aborted"])
@pytest.mark.parametrize(
    ("verb", "why"),
    [("completed", WhyNot.ENDED_WELL), ("paused", WhyNot.GOES_ON), ("resumed", WhyNot.GOES_ON)],
)
def test_other_verbs_are_none_whatever_the_names_say(name, verb, why):
    """Names are not escaped and may hold any word (facts 6.3); the verb behind them counts."""
    assert what_it_says(workflow(verb, name=name, pipeline=name)) == NotAFailure(why)


OTHERS = [
    (f"Approval Rejected - *{PIPELINE.format('P')}* is rejected by *Dana* in *S*", "rejected"),
    (f"Approval Expired - *{PIPELINE.format('P')}* expired in *S* application ", "expired"),
    (f"Pipeline aborted\n \n *Pipeline Step:* x\n*Pipeline:* *{PIPELINE.format('P')}*", "aborted"),
    ("Pipeline expired\n \n *Pipeline Step:* x", "expired"),
    ("Pipeline Execution Rejected\n \n*Pipeline*: x", "frozen"),
    ("Workflow Execution Aborted - *<https://h/#/x|W>*", "aborted"),
    (f"Approval Completed - *{PIPELINE.format('failed')}* is approved by *D*", WhyNot.ENDED_WELL),
    ("*Approval Required*\n>*Approval Step*: *<https://h/#/x|failed>*", WhyNot.GOES_ON),
    ("Approval Required - *failed jobs* in *S*", WhyNot.GOES_ON),
    ("Workflow Execution Paused - *<https://h/#/x|W>*: failed step", WhyNot.GOES_ON),
    ("Workflow Execution Resumed - *<https://h/#/x|W>*", WhyNot.GOES_ON),
    ("Manual Intervention Needed for *x*, which failed", WhyNot.GOES_ON),
    ("Runtime Inputs Required\nfor failed", WhyNot.GOES_ON),
    ("Runtime Inputs Provided\nfor failed", WhyNot.GOES_ON),
]


@pytest.mark.parametrize(("text", "meant"), OTHERS)
def test_the_other_first_words_of_harness_are_known(text, meant):
    """Shapes D to H and the list at the end of facts 6.5."""
    said = what_it_says(text)
    wanted = NotAFailure(meant) if isinstance(meant, WhyNot) else Failure(meant)
    assert said == wanted


@pytest.mark.parametrize(
    "cut",
    [
        " Workflow *<https://h/#/x|A\nB>*  in pipeline *<https://h/#/y|P>* failed\n 4m",
        " Workflow *<https://h/#/x|A>*  in pipeline *<https://h/#/y|P\n Q>* failed\n \n App",
    ],
)
def test_a_message_that_was_cut_in_a_name_is_read_across_the_cut(cut):
    """``||`` in a name shifts the parts; joined again they say what they said (facts 6.3)."""
    assert what_it_says(cut) == Failure("failed")


@pytest.mark.parametrize(
    "text",
    [
        "Deployment FAILED: <https://h/#/x|run>",
        "<https://h/#/x|Checkout failed>",
        "🔴 https://h/#/x",
        ":x: checkout https://h/#/x",
        "errors in prod https://h/#/x",
        "The build timed out. https://h/#/x",
        "Smoke test unsuccessful",
        "2 failed, 10 passed",
        "failed: 0 retries left",
        "finished with 1 error",
    ],
)
def test_a_word_of_alarm_in_another_apps_message_is_a_failure(text):
    """A false alarm costs one look; a missed one costs a person's time."""
    assert isinstance(what_it_says(text), Failure)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Deployed <https://h/#/x|it> successfully, no errors", WhyNot.ENDED_WELL),
        ("✅ 10 passed, 0 failed, errors: 0", WhyNot.ENDED_WELL),
        ("Deploying <https://h/#/failed|it>, please wait", WhyNot.NO_WORD),
        ("<!date^1^failed|x> <@U1> https://h/#/error", WhyNot.NO_WORD),
        ("", WhyNot.NO_WORD),
    ],
)
def test_no_alarm_is_no_failure(text, why):
    """Good words, addresses and Slack's own tokens alarm nobody."""
    assert what_it_says(text) == NotAFailure(why)


def test_a_red_attachment_alarms_where_no_word_says_otherwise():
    """Some apps say it with a colour alone."""
    assert what_it_says("https://h/#/x", ("#A30200",)) == Failure("the colour")
    assert what_it_says("https://h/#/x", ("danger",)) == Failure("the colour")
    assert what_it_says("completed", ("danger",)) == NotAFailure(WhyNot.ENDED_WELL)


@given(st.text(max_size=400), st.lists(st.text(max_size=9), max_size=3))
def test_any_text_is_read(text, colors):
    """Whatever arrives, there is an answer."""
    assert isinstance(what_it_says(text, tuple(colors)), Failure | NotAFailure)


@settings(max_examples=10)
@given(st.text(alphabet="*<>| \nWorkflwpin:/", max_size=3000))
def test_no_text_takes_long(text):
    """Unclosed links and stars do not make the masks run for ever."""
    for unclosed in ("*<", "*<a|", "<https://h|", "*"):
        what_it_says(unclosed * 5000 + text)
