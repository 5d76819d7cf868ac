"""Many rows of a table written by one statement."""

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa

from hub.store.batch import insert_into, pack, rows
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
    unique = tuple(replace)
    alike = _alike(items) if unique else NOTHING
    own = tuple(name for name in next(iter(items)) if name not in alike)
    statement = _insert(tx.dialect, table.name, own, (*same, *alike), unique)
    given = [{name: each[name] for name in own} for each in items] if alike else items
    return tx.execute(statement, {"given": pack(given), **same, **alike}).rowcount


def _alike(items: Collection[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return what stands in all rows and so can travel once: of new bindings most columns. Texts go as JSON, for NUL."""
    first = next(iter(items)).items()
    return {n: v for n, v in first if not isinstance(v, str) and all(each[n] == v for each in items)}


@cache
def _insert(
    dialect: str, name: str, own: tuple[str, ...], same: tuple[str, ...], unique: tuple[str, ...]
) -> sa.Executable:
    table = metadata.tables[name]
    columns = own + same
    given = rows(dialect, "given", **{column: table.c[column].type for column in own})
    alike = (sa.bindparam(column, type_=table.c[column].type) for column in same)
    source = sa.select(*(given.c[column] for column in own), *alike).where(sa.true())
    statement = insert_into(dialect, table).from_select(list(columns), source)
    if not unique:
        return statement.on_conflict_do_nothing()
    taken = {column: statement.excluded[column] for column in columns if column not in unique}
    return statement.on_conflict_do_update(index_elements=list(unique), set_=taken)
