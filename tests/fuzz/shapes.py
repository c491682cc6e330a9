"""What the fuzzers throw: any JSON, JSON with the right names in it, and nearly right payloads."""

import copy
from typing import Any

from hypothesis import strategies as st

WORDS = [
    "actions",
    "action_id",
    "value",
    "user",
    "id",
    "channel",
    "container",
    "message",
    "message_ts",
    "thread_ts",
    "trigger_id",
    "response_url",
    "text",
    "blocks",
    "attachments",
    "fields",
    "title_link",
    "type",
    "view",
    "state",
    "values",
    "callback_id",
    "private_metadata",
    "event",
    "subtype",
    "bot_id",
    "metadata",
    "event_type",
    "event_payload",
    "mark",
    "eventType",
    "data",
    "status",
    "pipelineExecution",
    "application",
    "environments",
    "pipelineStageExecutions",
    "pipeline",
    "name",
    "cause",
    "execution",
    "outcomes",
    "nodes",
    "pageInfo",
    "hasMore",
    "permissions",
    "appPermissions",
    "permissionType",
    "applications",
    "filterType",
    "deployments",
    "filterTypes",
    "envIds",
    "appIds",
    "userGroups",
    "isDisabled",
    "message",
    "path",
    "extensions",
    "only",
    "production",
    "people",
    "key",
    "alerts",
    "routes",
    "mutes",
    "timezone",
    "applications",
    "stages",
    "hours",
    "channels",
    "second_person",
    "__typename",
    "startedAt",
    "endedAt",
    "failureDetails",
    "pipelineStageName",
]
VALUES = [
    "resume:0",
    "resume:menu",
    "block_actions",
    "FAILED",
    "SUCCESS",
    "RUNNING",
    "PipelineExecution",
    "ALL",
    "SELECTED",
    "DEPLOYMENT",
    "EXECUTE",
    "PRODUCTION_ENVIRONMENTS",
    "pipeline_end",
    "workflow_end",
    "TEST",
    "message",
    "message_changed",
    "bot_message",
    "v1.card.0.0123456789abcdef",
    "UTC",
    "08:00-18:00",
    "Europe/Berlin",
]

texts = (
    st.sampled_from(VALUES)
    | st.text(max_size=40)
    | st.from_regex(r"[A-Za-z0-9_-]{22}", fullmatch=True)
)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
names = st.sampled_from(WORDS) | st.text(max_size=8)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=6),
    max_leaves=25,
)
objects = st.dictionaries(names, anything, max_size=8)


@st.composite
def nearly(draw: Any, right: Any) -> Any:
    """Give *right* with a few of its parts removed or replaced by anything."""
    changed = copy.deepcopy(right)
    for _ in range(draw(st.integers(0, 3))):
        spots = list(_spots(changed))
        if not spots:
            break
        holder, key = draw(st.sampled_from(spots))
        if isinstance(holder, dict) and draw(st.booleans()):
            del holder[key]
        else:
            holder[key] = draw(anything)
    return changed


def _spots(node: Any) -> Any:
    keys = node.keys() if isinstance(node, dict) else range(len(node))
    for key in keys:
        yield node, key
        if isinstance(node[key], dict | list):
            yield from _spots(node[key])
