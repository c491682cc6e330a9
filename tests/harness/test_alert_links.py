"""Which run an alert is about."""

import pytest

from bot.core.execution import ExecutionRef
from bot.harness.alert_links import locate
from bot.ports import Found, NoExecution, OtherAccount

ACCOUNT, APP = "kmpySmUISimoRrJL6NL73w", "d5sAd3xgTnyR0cXq2dF7Tw"
PIPE, FLOW, OTHER = "Xk3VbnQ1R6-9uyDq0nQ4Xg", "-b7dJtqzSKmE1rW8vHn_3A", "8QyTq0sUT3u9oL6k2Jd1Zw"
BASE = f"https://app.harness.io/#/account/{ACCOUNT}/app/{APP}"


def flow(execution=FLOW):
    return f"<{BASE}/env/build/executions/{execution}/details|Deploy>"


def pipe(workflow, execution=PIPE, base=BASE):
    return f"<{base}/pipeline-execution/{execution}/workflow-execution/{workflow}/details|Release>"


@pytest.mark.parametrize(
    ("text", "run"),
    [
        (f"Workflow *{flow()}*  in pipeline *{pipe(FLOW)}* failed", PIPE),
        (f"Workflow *{flow()}* failed", FLOW),
        (f"{flow()} {pipe('undefined')}", FLOW),
        (f"{flow()} {pipe(OTHER)}", FLOW),
        (f"{flow()} {pipe(OTHER, OTHER)} {pipe(FLOW)}", PIPE),
        (f"{flow()} {pipe(FLOW, base=BASE.replace(APP, OTHER))}", FLOW),
        (f"{pipe('undefined')} {flow()}", PIPE),
        (f"{BASE}/details {flow()} {pipe(FLOW)}".replace("#", "%23"), PIPE),
    ],
)
def test_a_workflow_is_followed_where_a_link_names_both(text, run):
    """The second link has the workflow's id in its path (facts 6.4), in the same application."""
    assert locate(text, ACCOUNT) == Found(ExecutionRef(run, APP))


def test_the_first_links_account_decides():
    """Ruling 5: another account's link first is another account's alert."""
    foreign = flow().replace(ACCOUNT, OTHER)
    assert locate(f"{foreign} {pipe(FLOW)}", ACCOUNT) == OtherAccount(OTHER)


@pytest.mark.parametrize("text", ["", PIPE, f"failed: {PIPE}", "https://x/#/account/"])
def test_an_id_without_a_link_is_no_alert(text):
    """Twenty-two letters may be anything; only a person means them."""
    assert locate(text, ACCOUNT) == NoExecution()
