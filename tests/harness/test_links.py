"""Finding executions in texts (facts 6.4, 6.5)."""

import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.execution import ExecutionRef
from bot.harness.links import locate
from bot.ports import Found, NoExecution, OtherAccount

ACCOUNT = "kmpySmUISimoRrJL6NL73w"
APP = "d5sAd3xgTnyR0cXq2dF7Tw"
RUN = "Xk3VbnQ1R6-9uyDq0nQ4Xg"
FLOW = "-b7dJtqzSKmE1rW8vHn_3A"
BASE = f"https://app.harness.io/#/account/{ACCOUNT}/app/{APP}"
PIPELINE = f"{BASE}/pipeline-execution/{RUN}/workflow-execution/undefined/details"
INNER = f"{BASE}/pipeline-execution/{RUN}/workflow-execution/{FLOW}/details"
WORKFLOW = f"{BASE}/env/8QyTq0sUT3u9oL6k2Jd1Zw/executions/{FLOW}/details"

ids = st.from_regex(re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII), fullmatch=True)

LINKS = [
    (PIPELINE, RUN),
    (INNER, RUN),
    (WORKFLOW, FLOW),
    (WORKFLOW.replace("8QyTq0sUT3u9oL6k2Jd1Zw", "build"), FLOW),
    (WORKFLOW.replace("8QyTq0sUT3u9oL6k2Jd1Zw", "empty"), FLOW),
    (WORKFLOW.replace("8QyTq0sUT3u9oL6k2Jd1Zw", "null"), FLOW),
    (PIPELINE.replace("app.harness.io", "app.harness.io/gratis"), RUN),
    (PIPELINE.replace("https://app.harness.io", "https://acme.harness.io"), RUN),
    (PIPELINE.replace("https://app.harness.io", "http://10.0.0.7:8080/some/path"), RUN),
    (f"<{PIPELINE}|Checkout Release>", RUN),
    (f"<{PIPELINE}>", RUN),
    (f"`{PIPELINE}`", RUN),
    (f"  {PIPELINE}?tab=1&amp;x=2  ", RUN),
    (quote(PIPELINE), RUN),
    (quote(PIPELINE, safe=""), RUN),
    (f"https://sso.example.com/go?to={quote(quote(PIPELINE, safe=''), safe='')}&amp;a=b", RUN),
    (PIPELINE.removesuffix("/workflow-execution/undefined/details"), RUN),
]


@pytest.mark.parametrize(("text", "execution"), LINKS)
def test_every_form_of_a_link_leads_to_its_execution(text, execution):
    """Hosts, paths, Slack's wrapping and encodings do not matter (trap 37)."""
    assert locate(text, ACCOUNT) == Found(ExecutionRef(execution, APP))


def test_the_first_execution_link_counts():
    """In a workflow's alert the first link is the workflow's (trap 36, ruling 5)."""
    alert = f" Workflow *<{WORKFLOW}|Deploy>*  in pipeline *<{INNER}|Release>* failed\n "
    assert locate(alert, ACCOUNT) == Found(ExecutionRef(FLOW, APP))


def test_links_to_other_things_are_passed_over():
    """An application's link names no execution."""
    text = f"<{BASE}/details|Storefront> <{BASE}/services/{RUN}/details|x> <{PIPELINE}|y>"
    assert locate(text, ACCOUNT) == Found(ExecutionRef(RUN, APP))
    assert locate(f"{BASE}/details", ACCOUNT) == NoExecution()
    assert locate(f"{BASE}/environments/{RUN}/details", ACCOUNT) == NoExecution()


def test_another_accounts_link_is_told_apart():
    """A link of another account is not ours to follow, even with ours behind it (ruling 5)."""
    other = PIPELINE.replace(ACCOUNT, "A" * 22)
    assert locate(f"{other} {PIPELINE}", ACCOUNT) == OtherAccount("A" * 22)


@pytest.mark.parametrize(
    "dress",
    [
        "{}",
        " {} ",
        "`{}`",
        '"{}"',
        "'{}'",
        "<{}>",
        "“{}”",
        "```{}```",
        "*{}*",
        "_{}_",
        "{}\n",
        "{}.",
    ],
)
@pytest.mark.parametrize(
    "execution", [RUN, FLOW, "_c1XrVd4Tn6wB0eYkq9uLg", "--__abcdefghijklmnop--"]
)
def test_a_bare_id_is_found_in_any_dress(dress, execution):
    """Ids may begin with a dash or an underscore (trap 38)."""
    assert locate(dress.format(execution), ACCOUNT) == Found(ExecutionRef(execution))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "help",
        RUN[:-1],
        RUN + "x",
        f"{RUN} {RUN}",
        f"resume {RUN}",
        RUN.replace("X", "é", 1),
        RUN.replace("-", "/"),
        PIPELINE.replace(RUN, RUN + "x"),
        PIPELINE.replace(RUN, RUN[:-1]),
        PIPELINE.replace("#/account", "/account"),
        "https://example.com/#/nothing",
        "%",
        "%E0%A4%A",
    ],
)
def test_what_is_no_id_names_nothing(text):
    """Twenty-two characters it has to be, and nothing beside them."""
    assert locate(text, ACCOUNT) == NoExecution()


@given(ids, ids, ids)
def test_links_and_bare_ids_agree(account, app, execution):
    """Any id is found alone and in its link alike."""
    link = f"https://x.y/#/account/{account}/app/{app}/pipeline-execution/{execution}/"
    assert locate(link, account) == Found(ExecutionRef(execution, app))
    assert locate(f" <{link}workflow-execution/undefined/details|n> ", account) == locate(
        link, account
    )
    assert locate(execution, account) == Found(ExecutionRef(execution))


@given(st.text(max_size=300))
def test_no_text_breaks_it(text):
    """Whatever is pasted, there is an answer."""
    assert isinstance(locate(text, ACCOUNT), Found | NoExecution | OtherAccount)
