"""JMESPath over rows and records. Pure."""

import html
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any

import jmespath
from jmespath.functions import Functions, signature
from jmespath.parser import ParsedResult

from hub.config.expressions import below, expressions


class SqlFunctions(Functions):
    """What expressions may call beside JMESPath's own functions."""

    @signature({"types": ["string", "null"]})
    def _func_unescape(self, text: str | None) -> str | None:
        """unescape(text): what a database keeps as HTML has it (`&amp;`), as people typed it."""
        return None if text is None else html.unescape(text)


Expression = Annotated[str, expressions(SqlFunctions)]
"""A JMESPath expression that can be read, over a row or a record."""
SCOPED = frozenset(["subexpression", "pipe", "projection", "value_projection", "filter_projection", "index_expression"])
"""In these, what stands behind the first part is about what that has found, and no longer about the row."""
_OPTIONS = jmespath.Options(custom_functions=SqlFunctions())


def found(path: str, record: Mapping[str, Any]) -> Any:
    """Return what an expression finds. Raises ValueError where a function is handed what it cannot take."""
    column = column_of(path)
    return record.get(column) if column is not None else _compiled(path).search(record, options=_OPTIONS)


@lru_cache(1000)
def column_of(path: str) -> str | None:
    """Return the column that an expression names, if it does nothing else."""
    parsed: Mapping[str, Any] = _compiled(path).parsed
    return parsed["value"] if parsed["type"] == "field" else None


@lru_cache(1000)
def computes(path: str) -> bool:
    """Tell whether an expression hands what it finds to functions or compares it, which know JSON's types alone."""
    return any(node["type"] in ("function_expression", "comparator") for node in _nodes(_compiled(path).parsed))


@lru_cache(1000)
def columns_in(path: str) -> frozenset[str]:
    """Return all columns of the row that an expression names."""
    return frozenset(_columns(_compiled(path).parsed))


@lru_cache(1000)
def columns_of(path: str, child: str) -> frozenset[str]:
    """Return all columns that an expression names of each row of a child, as in `lines[].{sku: code}`."""
    goes_through = (node for node in _nodes(_compiled(path).parsed) if _list_in(node) == child)
    return frozenset(name for node in goes_through for part in node["children"][1:] for name in _columns(part))


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for child in below(node):
        yield from _nodes(child)


def _list_in(node: Mapping[str, Any]) -> str | None:
    """Return which list of the row is gone through, if it is one."""
    if node["type"] not in ("projection", "filter_projection"):
        return None
    first = node["children"][0]
    inner = first["children"][0] if first["type"] == "flatten" else first
    return inner["value"] if inner["type"] == "field" else None


def _columns(node: Mapping[str, Any]) -> Iterator[str]:
    if node["type"] == "field":
        yield node["value"]
    if node["type"] != "expref":  # which is about each item of a list
        about_the_row = node["children"][:1] if node["type"] in SCOPED else below(node)
        for child in about_the_row:
            yield from _columns(child)


@lru_cache(1000)
def _compiled(path: str) -> ParsedResult:
    return jmespath.compile(path)
