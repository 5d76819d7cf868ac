"""SQL as it stands in hub.toml: which values it names, and how those are bound. Values never become part of a text."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator


class Given(TypeDecorator[Any]):
    """A value whose type the driver tells the database, or leaves to it: no guess is pasted around it.

    SQL Server is given times in the one form that means the same in every language ("datetime (Transact-SQL)", "ISO
    8601"): pymssql would write 2026-07-01, which a Polish server takes for the 7th of January. As texts they take the
    column's own type, with its rounding, so that a mark equals the row that it is of.
    """

    impl = NullType
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        """Return the value as it is handed over."""
        if dialect.name != "mssql" or not isinstance(value, date):
            return value
        return value.isoformat(timespec="milliseconds") if isinstance(value, datetime) else f"{value:%Y%m%d}"


class Narrow(FunctionElement[Any]):
    """A text of plain letters, of the narrower of two sorts where a database has two."""

    inherit_cache = True


@compiles(Narrow)
def _as_it_is(element: Narrow, compiler: Any, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


@compiles(Narrow, "mssql")
def _as_varchar(element: Narrow, compiler: Any, **kw: Any) -> str:
    # Drivers send nvarchar; a varchar column is converted to it row by row, past its index ("Data Type Precedence").
    return f"CAST({compiler.process(element.clauses, **kw)} AS VARCHAR(8000))"


@lru_cache(1000)
def parameters(sql: str) -> frozenset[str]:
    """Return the names of the values that a text names, as `:name`; a cast (`::`) names none."""
    return frozenset(str(name) for name in sa.text(sql).compile().params)


def bound(sql: str, values: Mapping[str, Any]) -> sa.TextClause:
    """Return a statement with its values; those that it does not name are left out."""
    return sa.text(sql).bindparams(*(value(values.get(name), name) for name in sorted(parameters(sql))))


def value(given: Any, name: str | None = None) -> sa.BindParameter[Any]:
    """Return a value to be bound."""
    return sa.bindparam(name, given, type_=Given(), unique=name is None)


def compared(given: Any) -> sa.ColumnElement[Any]:
    """Return a value that columns are compared with."""
    return Narrow(value(given)) if isinstance(given, str) and given.isascii() else value(given)


def comparing(values: Iterable[Any]) -> Callable[[Any], sa.ColumnElement[Any]]:
    """Return how each of these is made what columns are compared with: all alike, so that few statements differ."""
    plain = all(each.isascii() for each in values if isinstance(each, str))
    return compared if plain else value


def rows_of(table: str | None, query: str | None, columns: Iterable[str]) -> sa.FromClause:
    """Return what is read from, as a FROM clause that other conditions can be put to."""
    named: list[sa.ColumnClause[Any]] = [sa.column(name) for name in dict.fromkeys(columns)]
    if query is not None:  # a line of its own for what follows, as the last may end with a comment
        return sa.text(query.strip().rstrip(";") + "\n").columns(*named).subquery("r")
    schema, _, name = (table or "").rpartition(".")
    return sa.table(name, *named, schema=schema or None).alias("r")
