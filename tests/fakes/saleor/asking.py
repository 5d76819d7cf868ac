"""GraphQL over HTTP: validation, cost, permissions, errors, connections (usage: pagination, usage limits)."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, GraphQLResolveInfo, execute_sync, parse, validate
from graphql.language import FieldNode, OperationDefinitionNode, SelectionSetNode

from tests.fakes.saleor.schema import SCHEMA
from tests.fakes.server import Reply

if TYPE_CHECKING:
    from tests.fakes.saleor.shop import Saleor

Row = dict[str, Any]
Info = GraphQLResolveInfo[Any]
MOST = 100
"""Rows of a page (usage: pagination, and `GRAPHQL_PAGINATION_LIMIT` in the source)."""
MAXIMUM_COST = 50000


class Fault(GraphQLError):
    """An error of the whole field. Saleor writes the class of the exception as its code (source: graphql/utils)."""

    def __init__(self, message: str, code: str = "GraphQLError") -> None:
        super().__init__(message, extensions={"exception": {"code": code}})


def answer(root: Mapping[str, Any], told: Row) -> Reply:
    """Answer a query or mutation; what is not of the schema comes with status 400 (source: graphql/views)."""
    document = parse(told["query"])
    if errors := validate(SCHEMA, document):
        return _invalid(errors[0].message)
    variables = told.get("variables") or {}
    operation = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    cost = _cost(operation.selection_set, variables)
    shown = {"extensions": {"cost": {"requestedQueryCost": cost, "maximumAvailable": MAXIMUM_COST}}}
    if cost > MAXIMUM_COST:
        return _invalid(f"The query exceeds the maximum cost of {MAXIMUM_COST}. Actual cost is {cost}", shown)
    result = execute_sync(SCHEMA, document, root, variable_values=variables)
    for each in result.errors or ():
        if each.original_error and not isinstance(each.original_error, GraphQLError):
            raise each.original_error  # the fake's own mistake
    if result.errors and result.data is None:  # a variable of the wrong type
        return _invalid(result.errors[0].message)
    errors = {"errors": [_formatted(each) for each in result.errors]} if result.errors else {}
    return Reply(200, {**errors, "data": result.data, **shown})


def _formatted(error: GraphQLError) -> Row:
    return {"extensions": {"exception": {"code": "GraphQLError"}}, **error.formatted}


def _invalid(message: str, more: Mapping[str, Any] | None = None) -> Reply:
    error = {"message": message, "extensions": {"exception": {"code": "GraphQLError"}}}
    return Reply(400, {"errors": [error], **(more or {})})


def _cost(selected: SelectionSetNode | None, variables: Mapping[str, Any]) -> int:
    """One for each object that is asked for, whether it is there or not (usage: query cost)."""
    total = 0
    for node in selected.selections if selected else ():
        if isinstance(node, FieldNode) and node.selection_set:
            first: Any = next((each.value for each in node.arguments or () if each.name.value == "first"), None)
            times = variables.get(first.name.value, 1) if hasattr(first, "name") else int(first.value) if first else 1
            total += max(1, int(times or 1)) * (1 + _cost(node.selection_set, variables))
    return total


def allowed(shop: "Saleor", *permissions: str) -> None:
    """Refuse who has none of these permissions; a wrong token is nobody's (source: core/auth_backend)."""
    held = shop.permissions if shop.is_app else frozenset[str]()
    if shop.is_app and "AUTHENTICATED_APP" in permissions:
        return
    if not held & {*permissions}:
        wanted = ", ".join(permissions)
        raise Fault(f"To access this path, you need one of the following permissions: {wanted}", "PermissionDenied")


def connection(
    rows: Iterable[Row],
    place: Callable[[Row], tuple[str, ...]],
    first: int | None,
    after: str | None,
    *,
    name: str,
    descending: bool = False,
) -> Row:
    """Return a page; a cursor holds the values that the last row is sorted by (source: graphql/core/connection)."""
    if not first:
        raise Fault(f"You must provide a `first` or `last` value to properly paginate the `{name}` connection.")
    if first > MOST:
        raise Fault(
            f"Requesting {first} records on the `{name}` connection exceeds the `first` limit of {MOST} records."
        )
    found = sorted(rows, key=place, reverse=descending)
    total = len(found)
    if after:
        last = _values(after)
        if found and len(last) != len(place(found[0])):
            raise Fault("Received cursor is invalid.")
        found = [row for row in found if (list(place(row)) < last if descending else list(place(row)) > last)]
    shown = found[:first]
    edges = [{"node": row, "cursor": _cursor(place(row))} for row in shown]
    page = {"hasNextPage": len(found) > len(shown), "hasPreviousPage": bool(after)}
    ends = {"startCursor": edges[0]["cursor"], "endCursor": edges[-1]["cursor"]} if edges else {}
    return {"edges": edges, "pageInfo": page | ends, "totalCount": total}


def _cursor(values: Sequence[str]) -> str:
    return base64.b64encode(json.dumps(list(values)).encode()).decode()


def _values(cursor: str) -> list[str]:
    try:
        return json.loads(base64.b64decode(cursor))
    except (binascii.Error, ValueError):
        raise Fault("Received cursor is invalid.") from None


def gid(kind: str, id_: int) -> str:
    """Return a global id; an order's number within it is a UUID."""
    return base64.b64encode(f"{kind}:{_uuid(id_) if kind == 'Order' else id_}".encode()).decode()


def _uuid(id_: int) -> str:
    return f"5e2b7c1e-0000-4000-8000-{id_:012d}"


def number(id_: str, kind: str) -> int:
    """Return the number in a global id of this kind; others are refused (source: `from_global_id_or_error`)."""
    try:
        told, _, key = base64.b64decode(id_, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Fault(f"Invalid ID: {id_}. Expected: {kind}.") from None
    if told != kind:
        raise Fault(f"Invalid ID: {id_}. Expected: {kind}, received: {told}.")
    return int(key.rpartition("-")[2])


def said(message: str, field: str | None = None, code: str = "INVALID") -> Row:
    """Return what is wrong with what a mutation was given (developer: error handling)."""
    return {"errors": [{"field": field, "message": message, "code": code}]}


def money(amount: float, currency: str = "PLN") -> Row:
    """Object "Money"."""
    return {"currency": currency, "amount": amount}


def taxed(net: float, gross: float) -> Row:
    """Object "TaxedMoney"."""
    return {"currency": "PLN", "net": money(net), "gross": money(gross), "tax": money(round(gross - net, 2))}
