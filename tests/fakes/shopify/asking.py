"""GraphQL over HTTP: validation, cost, throttling, errors, connections (usage: limits, response codes, pagination)."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLResolveInfo,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    execute_sync,
    parse,
    validate,
)

from tests.fakes.server import Reply
from tests.fakes.shopify.schema import SCHEMA

Row = dict[str, Any]
Info = GraphQLResolveInfo[Any]
DOCS = "https://shopify.dev/api/usage/rate-limits"


class Fault(GraphQLError):
    """An error of the whole request, with a code."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message, extensions={"code": code})


@dataclass
class Bucket:
    """The points of the app at this shop: they are restored all the time (usage: limits, leaky bucket)."""

    maximum: float = 1000.0
    available: float = 1000.0
    rate: float = 1000.0
    """A second. As many as a standard shop gets would make tests wait."""
    most: float = 1000.0
    """Of a single query."""
    at: float = 0.0

    def restore(self, now: float) -> None:
        self.available = min(self.maximum, self.available + (now - self.at) * self.rate)
        self.at = now

    def shown(self, requested: float, actual: float | None) -> Row:
        status = {"maximumAvailable": self.maximum, "currentlyAvailable": self.available, "restoreRate": self.rate}
        return {"cost": {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": status}}


def answer(bucket: Bucket, root: Mapping[str, Any], told: Row, now: float) -> Reply:
    """Answer a query or mutation; what is wrong with it comes with status 200."""
    document = parse(told["query"])
    if errors := validate(SCHEMA, document):
        return Reply(200, {"errors": [{"message": errors[0].message, "extensions": {"code": "undefinedField"}}]})
    operation = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    variables = told.get("variables") or {}
    base = 10.0 if operation.operation.value == "mutation" else 0.0
    cost = base + _cost(operation.selection_set, variables)
    bucket.restore(now)
    if cost > bucket.most:
        said = {"code": "MAX_COST_EXCEEDED", "cost": cost, "maxCost": bucket.most, "documentation": DOCS}
        message = f"Query cost is {cost:g}, which exceeds the single query max cost limit ({bucket.most:g})."
        return Reply(200, {"errors": [{"message": message, "extensions": said}]})
    if cost > bucket.available:
        error = {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": DOCS}}
        return Reply(200, {"errors": [error], "extensions": bucket.shown(cost, None)})
    result = execute_sync(SCHEMA, document, root, variable_values=variables)
    bucket.available -= cost
    body = {"data": result.data, **({"errors": [each.formatted for each in result.errors]} if result.errors else {})}
    for each in result.errors or ():
        if each.original_error and not isinstance(each.original_error, GraphQLError):
            raise each.original_error  # the fake's own mistake
    return Reply(200, body | {"extensions": bucket.shown(cost, cost)})


def _cost(selected: SelectionSetNode | None, variables: Mapping[str, Any]) -> float:
    """Objects cost 1, connections 2 and what they may show; numbers and texts nothing (usage: limits, cost calculation)."""
    total = 0.0
    for node in selected.selections if selected else ():
        if isinstance(node, InlineFragmentNode):
            total += _cost(node.selection_set, variables)
        elif isinstance(node, FieldNode) and node.selection_set:
            below = _cost(node.selection_set, variables)
            first = next((each.value for each in node.arguments or () if each.name.value == "first"), None)
            if first is None or not any(_named(each, "nodes") for each in node.selection_set.selections):
                total += 1 + below
            else:
                value: Any = getattr(first, "value", None) or variables[first.name.value]  # type: ignore[union-attr]
                total += 2 + int(value) * below / 10  # what is asked for in bulk is cheaper, by how much is not told
    return total


def _named(node: object, name: str) -> bool:
    return isinstance(node, FieldNode) and node.name.value == name and not isinstance(node, FragmentDefinitionNode)


def connection(
    rows: Sequence[Row], first: int | None, after: str | None, value: Callable[[Row], Any] = lambda row: row["id"]
) -> Row:
    """Return a page behind a cursor, which holds the last row's place in the order (usage: pagination)."""
    if first is None or not 0 <= first <= 250:
        raise Fault("you must provide one of first or last, of 250 at most", "BAD_REQUEST")
    if after:
        last = tuple(json.loads(base64.b64decode(after)))
        rows = [row for row in rows if _place(row, value) > last]
    shown = rows[:first]
    end = base64.b64encode(json.dumps(_place(shown[-1], value)).encode()).decode() if shown else None
    more = len(rows) > len(shown)
    return {"nodes": shown, "pageInfo": {"hasNextPage": more, "hasPreviousPage": bool(after), "endCursor": end}}


def _place(row: Row, value: Callable[[Row], Any]) -> tuple[Any, int]:
    given = value(row)
    return (number(given) if isinstance(given, str) and given.startswith("gid:") else given), number(row["id"])


def number(gid: str) -> int:
    """Return the number in a global id; others are refused."""
    tail = gid.partition("?")[0].rpartition("/")[2]
    if not gid.startswith("gid://shopify/") or not tail.isdigit():
        raise Fault(f"Invalid global id '{gid}'", "argumentLiteralsIncompatible")
    return int(tail)


def part(rows: Callable[[], Iterable[Row]]) -> Callable[..., Row]:
    """Return a list within a record."""

    def resolve(_info: Info, first: int | None = None, after: str | None = None, **_: Any) -> Row:
        return connection(sorted(rows(), key=lambda row: number(row["id"])), first, after)

    return resolve


def said(message: str, *field: str, code: str | None = None) -> Row:
    """Return what is wrong with what a mutation was given."""
    return {"userErrors": [{"field": list(field), "message": message, "code": code}]}
