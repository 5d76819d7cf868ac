"""Many rows in one statement: they travel as one JSON parameter, so that the statement's text never changes."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.store.types import json_text


def insert_into(dialect: str, table: sa.Table) -> Any:
    """Return the dialect's INSERT, which knows ON CONFLICT."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def rows(dialect: str, name: str, /, **columns: sa.types.TypeEngine[Any]) -> sa.FromClause:
    """Return a table of the rows given as parameter NAME (see `pack`), to join with or to insert from."""
    return _rows(dialect, name, sa.bindparam(name, type_=sa.Text), columns)


def among(dialect: str, column: sa.ColumnElement[Any], values: Iterable[object]) -> sa.ColumnElement[bool]:
    """Tell whether a column has one of these values: any number of them, where `in_` is limited by the databases."""
    text = pack({"value": value} for value in values)
    given = _rows(dialect, "among", sa.literal(text, sa.Text), {"value": column.type})
    return one_of(dialect, column, sa.select(given.c.value))


def one_of(dialect: str, column: sa.ColumnElement[Any], given: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """Tell whether a column has one of the values that were given, found by an index."""
    if dialect == "postgresql":
        # As an array: with IN the planner may read the whole table, as long as it does not know how large that is.
        return column == sa.any_(sa.func.array(given.scalar_subquery()))
    return column.in_(given)


def _rows(
    dialect: str, name: str, parameter: sa.ColumnElement[str], columns: Mapping[str, sa.types.TypeEngine[Any]]
) -> sa.FromClause:
    if dialect == "postgresql":
        # Parsed once: from `json` every column of type jsonb would be written as text and parsed again.
        source = sa.func.jsonb_to_recordset(sa.cast(parameter, postgresql.JSONB))
        derived = source.table_valued(*(sa.column(n, t) for n, t in columns.items()), name=name)
        return derived.render_derived(name=name, with_types=True)
    each = sa.func.json_each(parameter).table_valued("value")
    extracted = (
        sa.type_coerce(sa.func.json_extract(each.c.value, sa.literal_column(f"'$.{n}'")), t).label(n)
        for n, t in columns.items()
    )
    return sa.select(*extracted).subquery(name)


def pack(items: Iterable[object]) -> str:
    """Return rows, mappings or dataclasses, as the parameter that `rows` expects."""
    return json_text(list(items))
