"""What is asked of a run, of its stages and of a user group, wherever the question stands.

``status`` stands in both stage fragments because the interface does not have it (facts 2.1).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fragment:
    """What is asked of each of many runs, under its name, and in two words for the log."""

    what: str
    name: str
    text: str


STAGES = """
fragment Stages on PipelineExecution {
  pipelineStageExecutions {
    __typename pipelineStageName pipelineStepName
    ... on ApprovalStageExecution { status approvalStepType }
    ... on WorkflowStageExecution { status workflowExecutionId }
  }
}"""

RUN = (
    """
fragment Run on Execution {
  __typename id status createdAt startedAt endedAt executionUrl failureDetails
  application { id name }
  cause {
    __typename
    ... on ExecutedByUser { user { name email } using }
    ... on ExecutedByAPIKey { apiKey { name } }
    ... on ExecutedByTrigger { trigger { name } }
    ... on ExecutedAlongPipeline { execution { id } }
  }
  ... on PipelineExecution { pipeline { id name } ...Stages }
}"""
    + STAGES
)

LOOK = Fragment(
    "poll",
    "Look",
    """
fragment Look on Execution {
  __typename id status createdAt startedAt endedAt executionUrl failureDetails
  application { id name }
  cause { __typename }
  ... on PipelineExecution { pipeline { id name } ...Stages }
}"""
    + STAGES,
)

GLANCE = Fragment(
    "glance",
    "Glance",
    """
fragment Glance on Execution {
  __typename id status endedAt
  application { id }
  cause { __typename ... on ExecutedAlongPipeline { execution { id } } }
}""",
)

FULL = Fragment(
    "read many",
    "Full",
    """
fragment Full on Execution {
  ...Run
  ... on PipelineExecution { memberExecutions { nodes { ... on WorkflowExecution { outcomes {
    nodes { ... on DeploymentOutcome { environment { id name type } } }
  } } } } }
}"""
    + RUN,
)

GROUPS = """
fragment Groups on UserGroupConnection {
  pageInfo { total hasMore }
  nodes { id name permissions { appPermissions {
    permissionType actions
    applications { filterType appIds }
    deployments {
      filterTypes envIds
      executableElementFilter { executableElementType executableElementFilterType ids }
    }
  } } }
}"""

LATER = (
    """
fragment Later on Execution {
  __typename id createdAt executionUrl
  application { id }
  cause { __typename }
  ... on PipelineExecution { pipeline { id } ...Stages }
}"""
    + STAGES
)
