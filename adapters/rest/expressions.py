"""Templates: tables whose values are expressions, filled in from a document or a record. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, cast
from urllib.parse import quote

from jmespath.functions import Functions
from pydantic import AfterValidator

from adapters.asking.http import exact
from adapters.rest.dates import check_form
from adapters.rest.functions import RestFunctions
from hub.config.expressions import below, compiled, expressions, found
from hub.config.faults import refuse, show
from hub.errors import Refused

_FUNCTIONS = expressions(RestFunctions)


def check_expression(value: str) -> str:
    """Return an expression that can be read; raises pydantic's error, also for a form of dates that there is not."""
    cast("Any", _FUNCTIONS).func(value)
    for _, form in literals(value, "date", "date_as"):
        check_form(form)
    return value


def literals(expression: str, *functions: str) -> Iterator[tuple[str, str]]:
    """Yield each call of some functions with the texts that it is handed as they stand: function, text."""
    yield from _literals(compiled(expression).parsed, functions)


def _literals(node: Mapping[str, Any], functions: Sequence[str]) -> Iterator[tuple[str, str]]:
    called = node["type"] == "function_expression" and node["value"] in functions
    first = next((each["value"] for each in node["children"] if called and each["type"] == "literal"), None)
    if isinstance(first, str):
        yield node["value"], first
    for child in below(node):
        yield from _literals(child, functions)


Expression = Annotated[str, AfterValidator(check_expression)]
"""A JMESPath expression; see `RestFunctions` for what it may call."""
_BRACES = re.compile(r"\{([^{}]*)\}")


class Unmapped(Refused):
    """An expression cannot be carried out on this record."""

    def __init__(self, message: str, field: str) -> None:
        """`field`: the one that it was to make."""
        super().__init__(message)
        self.field = field


def check_template(value: Any) -> Any:
    """Return a template: expressions, or tables of templates; raises pydantic's error for one that cannot be read."""
    if isinstance(value, Mapping):
        table = cast("Mapping[str, Any]", value)
        return {name: check_template(each) for name, each in table.items()}
    if not isinstance(value, str):
        refuse(f"{show(value)} is no expression; a constant is written in quotes within the quotes, as in \"'web'\"")
    return check_expression(value)


Template = Annotated[Any, AfterValidator(check_template)]
"""An expression, or a table of templates."""


def _check_address(value: str) -> str:
    for inner in _BRACES.findall(value):
        check_expression(inner)
    if value.count("{") != value.count("}"):
        refuse(f"{show(value)} has a brace without its other; what stands in braces is an expression")
    return value


Address = Annotated[str, AfterValidator(_check_address)]
"""A path, or any text; what stands in braces is an expression: `products/{id}`."""


def braced(template: str) -> list[str]:
    """Return the expressions in a path, or any text."""
    return _BRACES.findall(template)


def said(expression: str, data: Any, functions: Functions, field: str = "") -> Any:
    """Return what an expression says of data; raises Unmapped."""
    try:
        return found(expression, data, functions)
    except ValueError as fault:
        raise Unmapped(str(fault) if field else f"{show(expression)}: {fault}", field) from fault


def filled(template: Any, data: Any, functions: Functions, field: str = "") -> Any:
    """Return a template with what its expressions say; raises Unmapped."""
    if isinstance(template, Mapping):
        table = cast("Mapping[str, Any]", template)
        return {name: filled(each, data, functions, field or name) for name, each in table.items()}
    return said(template, data, functions, field)


def address(template: str, data: Any, functions: Functions) -> str | None:
    """Return a path with what its expressions say, quoted; none, if one of them says nothing."""
    values = [said(inner, data, functions) for inner in _BRACES.findall(template)]
    if any(value in (None, "") for value in values):
        return None
    quoted = iter([quote(value if isinstance(value, str) else exact(value), safe="") for value in values])
    return _BRACES.sub(lambda _: next(quoted), template)


def line(template: str, data: Any, functions: Functions) -> Any:
    """Return a text with what its expressions say; the value itself, if it is nothing but one expression."""
    whole = _BRACES.fullmatch(template)
    if whole:
        return said(whole[1], data, functions)
    return _BRACES.sub(lambda one: str(said(one[1], data, functions)), template)


def canonical(value: Any) -> Any:
    """Return a value as records have it: numbers are text, and nothing else changes."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return exact(value)
    if isinstance(value, Mapping):
        return {name: canonical(each) for name, each in cast("Mapping[str, Any]", value).items()}
    return [canonical(each) for each in cast("Sequence[Any]", value)]


def names_in(expression: str) -> frozenset[str]:
    """Return the names of all fields that an expression speaks of."""
    return frozenset(_names(compiled(expression).parsed))


def _names(node: Mapping[str, Any]) -> list[str]:
    own = [node["value"]] if node["type"] == "field" else []
    return own + [name for child in below(node) for name in _names(child)]
