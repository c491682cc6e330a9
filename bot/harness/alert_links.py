"""Which run an alert is about: the pipeline's, also where the first link is a workflow's.

A workflow's failure message links to the workflow run first and then, within its pipeline, to the
run with the workflow's id in the path (facts 6.4). That pair spares a read. It cannot mislead
anybody: the card is built from what Harness says of the run that the link names.
"""

import re

from bot.core.execution import ExecutionRef
from bot.harness import links
from bot.ports import Found, Located, NoExecution

_PIPED = re.compile(
    r"#/account/(?P<account>[\w-]+)/app/(?P<app>[\w-]+)/"
    r"pipeline-execution/(?P<pipeline>[\w-]{22})/workflow-execution/(?P<workflow>[\w-]{22})(?![\w-])",
    re.ASCII,
)


def locate(text: str, account: str) -> Located:
    """Find the run of the first execution link in *text*; an id without a link counts for nothing.

    A workflow's run is replaced by the pipeline's where a later link of the same account and
    application names both.
    """
    if "#/account/" not in (plain := links.plain(text)):
        return NoExecution()
    found = links.locate(text, account)
    if not isinstance(found, Found):
        return found
    for piped in _PIPED.finditer(plain):
        same = (piped["account"], piped["app"], piped["workflow"])
        if same == (account, found.ref.scope, found.ref.id):
            return Found(ExecutionRef(piped["pipeline"], scope=found.ref.scope))
    return found
