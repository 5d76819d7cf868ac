"""Many rows in one statement: they travel as one JSON parameter, so that the statement's text never changes."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.store.types import json_text


def insert_into(dialect: str, table: sa.Table) -> Any:
    """Return the dialect's INSERT, which knows ON CONFLICT."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def rows(dialect: str, name: str, /, **columns: sa.types.TypeEngine[Any]) -> sa.FromClause:
    """Return a table of the rows given as parameter NAME (see `pack`), to join with or to insert from."""
    parameter = sa.bindparam(name, type_=sa.Text)
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


def pairs(dialect: str, name: str) -> sa.FromClause:
    """Return a table of texts, `key` and `value`, given as parameter NAME: an object as JSON."""
    parameter = sa.bindparam(name, type_=sa.Text)
    each = sa.func.json_each(parameter)
    if dialect == "postgresql":
        each = sa.func.jsonb_each_text(sa.cast(parameter, postgresql.JSONB))
    return each.table_valued(sa.column("key", sa.Text), sa.column("value", sa.Text), name=name)


def among(dialect: str, column: sa.ColumnElement[Any], values: Iterable[object]) -> sa.ColumnElement[bool]:
    """Tell whether a column has one of these values: any number of them, where `in_` is limited by the databases."""
    return _one_of(dialect, column, sa.literal(pack(values), sa.Text))


def one_of(dialect: str, column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
    """Tell whether a column has one of the values given as parameter NAME (see `pack`), found by an index."""
    return _one_of(dialect, column, sa.bindparam(name, type_=sa.Text))


def _one_of(dialect: str, column: sa.ColumnElement[Any], parameter: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    if dialect == "postgresql":
        each = sa.func.jsonb_array_elements_text(sa.cast(parameter, postgresql.JSONB)).table_valued("value")
        value = each.c.value if isinstance(column.type, sa.Text) else sa.cast(each.c.value, column.type)
        # As an array: with IN the planner may read the whole table, as long as it does not know how large that is.
        return column == sa.any_(sa.func.array(sa.select(value).scalar_subquery()))
    return column.in_(sa.select(sa.func.json_each(parameter).table_valued("value").c.value))


def pack(items: Iterable[object]) -> str:
    """Return rows (mappings or dataclasses) as the parameter that `rows` expects, or values as `one_of` does."""
    return json_text(list(items))
