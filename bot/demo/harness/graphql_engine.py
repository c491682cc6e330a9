"""GraphQL as Harness runs it: graphql-core made to speak like graphql-java 12 (facts 1.4)."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from inspect import isawaitable
from pathlib import Path
from typing import Any

from graphql import (
    ASTValidationRule,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLScalarType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    execute,
    parse,
    specified_rules,
    validate,
)
from graphql.language import DocumentNode, FragmentSpreadNode
from graphql.validation import FieldsOnCorrectTypeRule

from bot.demo.harness import texts
from bot.demo.harness.texts import Refusal, ServerFault

Answer = dict[str, Any]
_DEPTH_LIMIT = 10
_KEPT_DOCUMENTS = 200
_RULE_NAMES = {
    "KnownArgumentNamesRule": "UnknownArgument",
    "ProvidedRequiredArgumentsRule": "MissingFieldArgument",
    "ValuesOfCorrectTypeRule": "WrongType",
    "ScalarLeafsRule": "SubSelectionRequired",
    "KnownTypeNamesRule": "UnknownType",
    "KnownFragmentNamesRule": "UndefinedFragment",
    "VariablesInAllowedPositionRule": "VariableTypeMismatch",
    "NoUndefinedVariablesRule": "UndefinedVariable",
    "NoUnusedFragmentsRule": "UnusedFragment",
    "OverlappingFieldsCanBeMergedRule": "FieldsConflict",
    "PossibleFragmentSpreadsRule": "InvalidFragmentType",
}
#: graphql-java 12 has no rule against a variable that is declared and not used.
_UNKNOWN_TO_JAVA = {"NoUnusedVariablesRule", "DeferStreamDirectiveOnRootFieldRule"}


@dataclass(frozen=True, slots=True)
class RootField:
    """A root field of an operation: what is asked, and under which key it is answered."""

    name: str
    alias: str


@dataclass(frozen=True, slots=True)
class Question:
    """A request's document after parsing: ready to run, or with the errors that stop it."""

    operation: str
    fields: tuple[RootField, ...]
    document: DocumentNode | None
    refused: Answer | None = None


class _UndefinedFieldRule(FieldsOnCorrectTypeRule):
    """Refuse an unknown field in graphql-java's words."""

    def enter_field(self, node: FieldNode, *args: Any) -> None:
        kind = self.context.get_parent_type()
        if kind is None or self.context.get_field_def():
            return
        ancestors = args[-1] if args else []
        names = [one.name.value for one in ancestors if isinstance(one, FieldNode)]
        where = "/".join([*names, node.name.value])
        self.report_error(
            GraphQLError(
                f"Validation error of type FieldUndefined: Field '{node.name.value}' "
                f"in type '{kind.name}' is undefined @ '{where}'",
                node,
            ),
        )


class GraphQLEngine:
    """Parse, validate and execute against the restated public schema."""

    def __init__(self) -> None:
        """Build the schema from the files beside this one."""
        self._schema = _schema()
        self._rules = [
            _in_java_words(rule)
            for rule in specified_rules
            if rule.__name__ not in _UNKNOWN_TO_JAVA and rule is not FieldsOnCorrectTypeRule
        ]
        self._rules.append(_UndefinedFieldRule)
        self._known: dict[tuple[str, str | None], Question] = {}
        self.crashes: list[BaseException] = []

    def read(self, text: str, operation_name: str | None = None) -> Question:
        """Parse and validate a document; the same text again costs nothing."""
        known = (text, operation_name)
        if known not in self._known:
            if len(self._known) >= _KEPT_DOCUMENTS:
                self._known.clear()
            self._known[known] = self._read(text, operation_name)
        return self._known[known]

    async def answer(
        self,
        question: Question,
        root: Mapping[str, Any],
        variables: dict[str, Any] | None,
        operation_name: str | None,
    ) -> Answer:
        """Execute a question that was not refused."""
        if question.refused is not None or question.document is None:
            return question.refused or {}
        outcome = execute(
            self._schema,
            question.document,
            root,
            variable_values=variables,
            operation_name=operation_name,
        )
        result = await outcome if isawaitable(outcome) else outcome
        if not isinstance(result, ExecutionResult):
            raise TypeError(type(result))
        errors = [self._tell(error) for error in result.errors or ()]
        if errors and result.data is None and all(not e.path for e in result.errors or ()):
            return {"errors": errors}
        return {"errors": errors, "data": result.data} if errors else {"data": result.data}

    def _read(self, text: str, operation_name: str | None) -> Question:
        try:
            document = parse(text)
        except GraphQLError as error:
            return Question("", (), None, _refused(f"Invalid Syntax : {error.message}", error))
        operation = _operation(document, operation_name)
        if operation is None:
            words = "Must provide operation name if query contains multiple operations."
            return Question("", (), None, {"errors": [{"message": words, "locations": []}]})
        fragments = _fragments(document)
        fields = tuple(_root_fields(operation.selection_set, fragments))
        kind = operation.operation.value
        errors = validate(self._schema, document, self._rules)
        if errors:
            told = [{"message": _said(error), "locations": _locations(error)} for error in errors]
            return Question(kind, fields, None, {"errors": told})
        depth = _depth(operation.selection_set, fragments)
        if depth > _DEPTH_LIMIT and "__schema" not in text:
            words = f"maximum query depth exceeded {depth} > {_DEPTH_LIMIT}"
            return Question(kind, fields, None, {"errors": [{"message": words, "locations": []}]})
        return Question(kind, fields, document)

    def _tell(self, error: GraphQLError) -> dict[str, Any]:
        """Write one error as graphql-java 12 does: no extensions, a prefix with the path."""
        told: dict[str, Any] = {"message": error.message, "locations": _locations(error)}
        if error.path is None:
            return told
        cause = error.original_error
        text = str(cause) if isinstance(cause, Refusal) else texts.GENERIC
        if cause is not None and not isinstance(cause, Refusal | ServerFault):
            self.crashes.append(cause)
            logging.getLogger(__name__).error("The pretend Harness broke", exc_info=cause)
        told["message"] = f"Exception while fetching data ({_java_path(error.path)}) : {text}"
        told["path"] = list(error.path)
        return told


@cache
def _schema() -> GraphQLSchema:
    """Build the schema; it never changes, so that one serves every pretender."""
    folder = Path(__file__).parent / "schema"
    schema = build_schema(
        "\n".join(file.read_text("utf-8") for file in sorted(folder.glob("*.graphql"))),
    )
    _scalar(schema, "DateTime").coerce_output_value = int
    _scalar(schema, "DateTime").coerce_input_value = _milliseconds
    _scalar(schema, "Long").coerce_output_value = lambda value: str(int(value))
    return schema


def _scalar(schema: GraphQLSchema, name: str) -> GraphQLScalarType:
    found = schema.type_map[name]
    if not isinstance(found, GraphQLScalarType):
        raise TypeError(name)
    return found


def _milliseconds(value: object) -> int:
    """Read a time: a number of milliseconds, or a string of digits (facts 1.6)."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        message = f"Expected a number of milliseconds but was {type(value).__name__}"
        raise GraphQLError(message)
    try:
        return int(value)
    except ValueError as error:
        message = "Expected a number of milliseconds"
        raise GraphQLError(message) from error


def _in_java_words(rule: type[ASTValidationRule]) -> type[ASTValidationRule]:
    """Make a rule report with graphql-java's name of the error in front."""
    name = _RULE_NAMES.get(rule.__name__, rule.__name__.removesuffix("Rule"))

    def report_error(self: ASTValidationRule, error: GraphQLError) -> None:
        told = GraphQLError(f"Validation error of type {name}: {error.message}", error.nodes)
        rule.report_error(self, told)

    return type(rule.__name__, (rule,), {"report_error": report_error})


def _said(error: GraphQLError) -> str:
    """Read a validation error's words; some rules report past our own naming."""
    if error.message.startswith("Validation error"):
        return error.message
    return f"Validation error of type UnknownArgument: {error.message}"


def _refused(message: str, error: GraphQLError) -> Answer:
    return {"errors": [{"message": message, "locations": _locations(error)}]}


def _locations(error: GraphQLError) -> list[dict[str, int]]:
    return [{"line": place.line, "column": place.column} for place in error.locations or ()]


def _java_path(path: list[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f"/{step}" for step in path)


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {
        one.name.value: one
        for one in document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    found = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    if name:
        found = [one for one in found if one.name and one.name.value == name]
    return found[0] if len(found) == 1 else None


def _selected(
    selection: SelectionSetNode,
    fragments: dict[str, FragmentDefinitionNode],
    seen: frozenset[str],
) -> list[tuple[FieldNode, frozenset[str]]]:
    """List the fields of a selection with its fragments laid open."""
    out: list[tuple[FieldNode, frozenset[str]]] = []
    for node in selection.selections:
        if isinstance(node, FieldNode):
            out.append((node, seen))
        elif isinstance(node, InlineFragmentNode):
            out += _selected(node.selection_set, fragments, seen)
        elif isinstance(node, FragmentSpreadNode):
            name = node.name.value
            if name in fragments and name not in seen:
                out += _selected(fragments[name].selection_set, fragments, seen | {name})
    return out


def _root_fields(
    selection: SelectionSetNode,
    fragments: dict[str, FragmentDefinitionNode],
) -> list[RootField]:
    return [
        RootField(node.name.value, node.alias.value if node.alias else node.name.value)
        for node, _ in _selected(selection, fragments, frozenset())
    ]


def _depth(
    selection: SelectionSetNode,
    fragments: dict[str, FragmentDefinitionNode],
    seen: frozenset[str] = frozenset(),
) -> int:
    """Count levels; a root field has depth 1."""
    return 1 + max(
        (
            _depth(node.selection_set, fragments, inner) if node.selection_set else 0
            for node, inner in _selected(selection, fragments, seen)
        ),
        default=-1,
    )
