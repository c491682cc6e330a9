"""No reader of foreign data raises anything but its documented errors, whatever it is given."""

import pytest
from hypothesis import given

from tests.fuzz import shapes
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
@given(data=shapes.objects | shapes.anything)
def test_any_json_is_read_or_refused(name, data):
    """Wrong types, missing fields and strange words end in a value or in a known error."""
    TARGETS[name](data)


RUN = {
    "__typename": "PipelineExecution",
    "id": "a" * 22,
    "status": "FAILED",
    "application": {"id": "b" * 22, "name": "Storefront"},
    "pipeline": {"id": "c" * 22, "name": "Release"},
    "startedAt": 1_700_000_000_000,
    "endedAt": 1_700_000_600_000,
    "cause": {"__typename": "ExecutedByTrigger", "trigger": {"name": "merge"}},
    "failureDetails": "exit 1",
    "pipelineStageExecutions": [
        {
            "__typename": "WorkflowStageExecution",
            "pipelineStageName": "STAGE 1",
            "pipelineStepName": step,
            "pipelineStageElementId": step,
            "status": status,
        }
        for step, status in (("Mongo", "SUCCESS"), ("Redis", "FAILED"), ("Web", "QUEUED"))
    ],
}
USER = {
    "id": "u" * 22,
    "email": "dana@example.com",
    "isDisabled": False,
    "isUserLocked": False,
    "isEmailVerified": True,
    "userGroups": {
        "pageInfo": {"hasMore": False},
        "nodes": [
            {
                "id": "g",
                "name": "Deployers",
                "permissions": {
                    "appPermissions": [
                        {
                            "permissionType": "DEPLOYMENT",
                            "actions": ["EXECUTE_PIPELINE"],
                            "applications": {"filterType": "ALL", "appIds": []},
                            "deployments": {"filterTypes": ["PRODUCTION_ENVIRONMENTS"]},
                        }
                    ]
                },
            }
        ],
    },
}
POLICY = {
    "only": {
        "timezone": "Europe/Berlin",
        "applications": ["Store*"],
        "channels": ["C0123"],
        "hours": ["mon-fri 08:00-18:00"],
    },
    "production": {"second_person": True},
    "people": {"U012AB3CD": "dana@example.com"},
    "routes": [{"applications": ["x"], "channel": "C0123"}],
}


@given(node=shapes.nearly(RUN))
def test_a_nearly_right_run_is_read_or_refused(node):
    """A run with a few odd parts becomes a card within Slack's limits, or trouble with a name."""
    TARGETS["harness_run"](node)


@given(node=shapes.nearly(USER))
def test_a_nearly_right_user_is_read_or_refused(node):
    """A user with odd groups is decided upon without an error."""
    TARGETS["harness_user"](node)


@given(mapping=shapes.nearly(POLICY))
def test_a_nearly_right_policy_is_read_or_refused(mapping):
    """A policy file with odd parts is used, or every problem has a line of its own."""
    TARGETS["policy_file"](mapping)
