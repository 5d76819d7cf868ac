"""Expressions for the files that are handed out: what they may call, what they see, what they are of. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from typing import Annotated, Any, cast

from jmespath.functions import signature

from adapters.asking.http import exact
from adapters.rest.functions import RestFunctions, Tables
from adapters.writing.writes import Unfit
from hub.canonical import ENTITIES
from hub.canonical.fields import models_in
from hub.config.expressions import compiled, expressions, found
from hub.config.faults import show

ORDERS = "orders"
"""The stream in which orders go out and what became of them comes in."""
Scope = Mapping[str, Any]
"""What an expression sees: the order's fields, `reference`, `customer`; of a line its own, `position` and `order`."""


class FileFunctions(RestFunctions):
    """The functions of described systems (docs/rest.md), and `decimal`."""

    def __init__(self, tables: Tables, sign: str) -> None:
        """`sign`: the decimal sign in these files."""
        super().__init__(tables)
        self._sign = sign

    @signature({"types": ["number", "string", "null"], "variadic": True})
    def _func_decimal(self, value: Any, *decimals: Any) -> str | None:
        """decimal(value) or decimal(value, `2`): a number as these files write it; halves are rounded up."""
        if value in (None, ""):
            return None
        try:
            number = Decimal(_text(value))
        except InvalidOperation:
            raise ValueError(f"{show(value)} is not a number") from None
        if decimals:
            number = number.quantize(Decimal(1).scaleb(-int(decimals[0])), ROUND_HALF_UP)
        return f"{number:f}".replace(".", self._sign)


Expression = Annotated[str, expressions(FileFunctions)]
"""A JMESPath expression over an order, or one of its lines."""
CHECK = cast("Any", expressions(FileFunctions)).func
"""Checks one that stands within a text."""


def value_of(expression: str, scope: Scope, functions: FileFunctions) -> Any:
    """Return what an expression says; raises Unfit."""
    try:
        return found(expression, scope, functions)
    except ValueError as fault:
        raise Unfit("not-mapped", f"{show(expression)}: {fault}") from fault


def text_of(expression: str, scope: Scope, functions: FileFunctions) -> str:
    """Return what an expression says as text; nothing is the empty one. Raises Unfit."""
    value = value_of(expression, scope, functions)
    if isinstance(value, Mapping | list):
        raise Unfit("not-mapped", f"{show(expression)} says several things, and a file has room for one there")
    return "" if value is None else _text(value)


def each_of(expression: str, scope: Scope, functions: FileFunctions) -> Iterator[Scope]:
    """Yield what is seen for each item of a list: its own fields before those of the order. Raises Unfit."""
    items: Sequence[Any] = value_of(expression, scope, functions) or ()
    left_out = dict.fromkeys(_fields_in(roots(expression)))  # a line without a name has not the buyer's
    for position, item in enumerate(items, 1):
        own: Scope = cast("Scope", item) if isinstance(item, Mapping) else {}
        yield {**scope, **(left_out if own else {}), **own, "position": position, "order": scope.get("order", scope)}


@cache
def _fields_in(names: frozenset[str]) -> frozenset[str]:
    """Return the fields that the records in some fields of an order have."""
    known = ENTITIES[ORDERS].model.model_fields
    models = (model for name in names & known.keys() for model in models_in(known[name].annotation))
    return frozenset[str]().union(*(model.model_fields for model in models))


def roots(expression: str) -> frozenset[str]:
    """Return the names that an expression begins with: of `payment.method`, `payment`; of `order.name`, `name`."""
    return frozenset(_roots(compiled(expression).parsed))


def _roots(node: Mapping[str, Any]) -> Iterator[str]:
    kind, children = node["type"], node["children"]
    if kind == "field":
        yield node["value"]
    elif kind == "subexpression" and children[0].get("value") == "order":
        yield from _roots(children[1])
    elif kind in _FROM_LEFT:
        yield from _roots(children[0])
    else:
        for child in children:
            yield from _roots(child)


_FROM_LEFT = frozenset(
    ["subexpression", "index_expression", "projection", "value_projection", "filter_projection", "flatten", "pipe"]
)
"""What stands behind is looked for in what the first part finds."""


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else exact(value)
