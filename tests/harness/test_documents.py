"""Every document that is sent stands up to the schema."""

import importlib.resources

import pytest
from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLSchema,
    build_schema,
    parse,
    validate,
)

from bot.harness import documents
from bot.harness.fragments import FULL, GLANCE, LOOK

DEPTH = 10


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    folder = importlib.resources.files("bot.demo.harness") / "schema"
    parts = sorted(p.name for p in folder.iterdir() if p.name.endswith(".graphql"))
    text = "\n".join((folder / name).read_text() for name in parts)
    if "scalar Long" not in text:
        text += "\nscalar Long"
    return build_schema(text, assume_valid_sdl=True)


def questions():
    yield documents.run_for_resume("x")
    yield documents.click("x", "a@b.c")
    yield documents.click("x", "a@b.c", "a")
    yield documents.who_could()
    yield documents.group_page("a@b.c", 100)
    yield documents.single_groups("a@b.c", 0)
    yield documents.environments("a", 0)
    yield documents.successors("p", "a", 1)
    yield documents.resume("a", "x", "S")
    yield documents.hello()
    for size in (1, 2, 7, 50, 99, 100):
        for fragment in (LOOK, GLANCE, FULL):
            yield documents.aliased(fragment, ["x"] * size)
        yield documents.refresh([("a", "x")] * size)
        yield documents.later([("a", ["p", "q"], 1)] * size)


@pytest.mark.parametrize(
    "question", list(questions()), ids=lambda q: f"{q.what}-{len(q.variables)}"
)
def test_a_document_is_valid(schema, question):
    """A single unknown field fails a whole request (trap 7), so none is left to chance."""
    document = parse(question.text)
    assert validate(schema, document) == []
    defined = {v.variable.name.value for v in document.definitions[0].variable_definitions or ()}
    assert defined == set(question.variables)


@pytest.mark.parametrize(
    "question", list(questions()), ids=lambda q: f"{q.what}-{len(q.variables)}"
)
def test_a_document_is_not_too_deep(question):
    """Harness takes no more than ten levels, a root field being the first (facts 1.4)."""
    document = parse(question.text)
    fragments = {d.name.value: d for d in document.definitions[1:]}

    def depth(node) -> int:
        if isinstance(node, FragmentSpreadNode):
            node = fragments[node.name.value]
        below = node.selection_set.selections if node.selection_set else ()
        return isinstance(node, FieldNode) + max(map(depth, below), default=0)

    assert max(map(depth, document.definitions[0].selection_set.selections)) <= DEPTH


def test_the_status_of_a_stage_is_asked_in_both_fragments():
    """The interface has no status (trap 7)."""
    text = documents.run_for_resume("x").text
    assert "on ApprovalStageExecution { status" in text
    assert "on WorkflowStageExecution { status" in text


def test_filters_leave_out_what_is_not_known():
    """An empty id would match nothing; the application is given wherever it is known."""
    (when,) = documents.successors("", "", 5).variables["filters"]
    assert when == {"creationTime": {"operator": "AFTER", "value": 5}}
    assert len(documents.successors("p", "a", 5).variables["filters"]) == 3


def test_a_batch_is_written_once():
    """Writing a hundred aliases costs nothing the second time (engine section 7)."""
    for fragment in (LOOK, GLANCE, FULL):
        written = documents.aliased(fragment, ["a"] * 40).text
        assert documents.aliased(fragment, ["b"] * 40).text is written
