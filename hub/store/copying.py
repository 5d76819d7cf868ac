"""Everything that one database holds, put into another one that is empty."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from hub.errors import Misconfigured
from hub.store.database import Tx
from hub.store.schema import lease, metadata, process

LEFT = (process, lease)
"""Who is at work, and who leads: there nobody any more, and here nobody yet."""
MANY = 1000
"""Rows written by one statement."""


def copy(source: Tx, target: Tx, told: Callable[[str], None]) -> Mapping[str, int]:
    """Put all rows of one database into another; returns how many, by table. Both have this version's schema.

    `told` hears the name of each table before it is copied. Raises Misconfigured where the other holds something.
    """
    tables = [each for each in metadata.sorted_tables if each not in LEFT]
    for table in tables:
        if target.execute(sa.select(sa.exists(sa.select(table)))).scalar_one():
            raise Misconfigured(
                f"the database is not empty ({table.name}); what it holds would be mixed with the other's"
            )
    copied = dict[str, int]()
    for table in tables:
        told(table.name)
        copied[str(table.name)] = _copy(source, target, table)
    return copied


def _copy(source: Tx, target: Tx, table: sa.Table) -> int:
    count, statement = 0, sa.insert(table).values({each.name: _given(each, target.dialect) for each in table.c})
    rows = source.execute(sa.select(*(_shown(each) for each in table.c)).execution_options(yield_per=MANY))
    for part in rows.mappings().partitions():
        target.execute(statement, [dict(each) for each in part])
        count += len(part)
    numbered = table.autoincrement_column
    if count and numbered is not None and target.dialect == "postgresql":
        sequence = sa.func.pg_get_serial_sequence(table.name, numbered.name)
        target.execute(sa.select(sa.func.setval(sequence, sa.func.max(numbered))))
    return count


# JSON goes over as text: read and written anew, a null of JSON would become one of SQL, and numbers might be rounded.
def _shown(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(column, sa.Text).label(column.name) if isinstance(column.type, sa.JSON) else column


def _given(column: sa.Column[Any], dialect: str) -> sa.ColumnElement[Any]:
    if not isinstance(column.type, sa.JSON):
        return sa.bindparam(column.name, type_=column.type)
    text = sa.bindparam(column.name, type_=sa.Text)
    return sa.cast(text, column.type) if dialect == "postgresql" else text  # SQLite's cast would make a number of it
