"""Many rows in one statement: they travel as one JSON parameter, so that the statement's text never changes."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from hub.store.types import json_text


def rows(dialect: str, name: str, /, **columns: sa.types.TypeEngine[Any]) -> sa.FromClause:
    """Return a table of the rows given as parameter NAME (see `pack`), to join with or to insert from."""
    return _rows(dialect, name, sa.bindparam(name, type_=sa.Text), columns)


def among(dialect: str, column: sa.ColumnElement[Any], values: Iterable[object]) -> sa.ColumnElement[bool]:
    """Tell whether a column has one of these values: any number of them, where `in_` is limited by the databases."""
    text = pack({"value": value} for value in values)
    given = _rows(dialect, "among", sa.literal(text, sa.Text), {"value": column.type})
    return column.in_(sa.select(given.c.value))


def _rows(
    dialect: str, name: str, parameter: sa.ColumnElement[str], columns: Mapping[str, sa.types.TypeEngine[Any]]
) -> sa.FromClause:
    if dialect == "postgresql":
        source = sa.func.json_to_recordset(sa.cast(parameter, sa.JSON))
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
