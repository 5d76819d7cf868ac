"""Many rows of a table written by one statement."""

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.store.batch import pack, rows
from hub.store.database import Tx
from hub.store.schema import metadata

NOTHING: Mapping[str, Any] = {}


def insert(
    tx: Tx,
    table: sa.Table,
    items: Collection[Mapping[str, Any]],
    same: Mapping[str, Any] = NOTHING,
    *,
    replace: Iterable[str] = (),
) -> int:
    """Insert rows that all have the same columns; returns how many were.

    `same`: what stands in every row. `replace`: the columns of a unique constraint; what is there already under them is
    overwritten. Without it, rows that meet a constraint are left out.
    """
    if not items:
        return 0
    statement = _insert(tx.dialect, table.name, tuple(next(iter(items))), tuple(same), tuple(replace))
    return tx.execute(statement, {"given": pack(items), **same}).rowcount


@cache
def _insert(
    dialect: str, name: str, own: tuple[str, ...], same: tuple[str, ...], unique: tuple[str, ...]
) -> sa.Executable:
    table = metadata.tables[name]
    columns = own + same
    given = rows(dialect, "given", **{column: table.c[column].type for column in own})
    alike = (sa.bindparam(column, type_=table.c[column].type) for column in same)
    source = sa.select(*(given.c[column] for column in own), *alike).where(sa.true())
    dialects: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
    statement = dialects[dialect](table).from_select(list(columns), source)
    if not unique:
        return statement.on_conflict_do_nothing()
    taken = {column: statement.excluded[column] for column in columns if column not in unique}
    return statement.on_conflict_do_update(index_elements=list(unique), set_=taken)
