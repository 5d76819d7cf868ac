"""SQL as it stands in hub.toml: which values it names, and how those are bound. Values never become part of a text."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import NullType


@lru_cache(1000)
def parameters(sql: str) -> frozenset[str]:
    """Return the names of the values that a text names, as `:name`; a cast (`::`) names none."""
    return frozenset(str(name) for name in sa.text(sql).compile().params)


def bound(sql: str, values: Mapping[str, Any]) -> sa.TextClause:
    """Return a statement with its values; those that it does not name are left out."""
    return sa.text(sql).bindparams(*(value(values.get(name), name) for name in sorted(parameters(sql))))


def value(given: Any, name: str | None = None) -> sa.BindParameter[Any]:
    """Return a value whose type the driver tells the database, or leaves to it: no guess is pasted around it."""
    return sa.bindparam(name, given, type_=NullType(), unique=name is None)


def rows_of(table: str | None, query: str | None, columns: Iterable[str]) -> sa.FromClause:
    """Return what is read from, as a FROM clause that other conditions can be put to."""
    named: list[sa.ColumnClause[Any]] = [sa.column(name) for name in dict.fromkeys(columns)]
    if query is not None:
        return sa.text(query.strip().rstrip(";")).columns(*named).subquery("r")
    schema, _, name = (table or "").rpartition(".")
    return sa.table(name, *named, schema=schema or None).alias("r")
