"""What happened to a record, and which values lost against others: kept beside it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from hub.store import bulk
from hub.store.database import Tx
from hub.store.schema import conflict, history


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a record. `what`: changed, bound, made, found, told, removed, deleted, late ..."""

    entity: str
    key: str
    system: str
    what: str
    detail: Mapping[str, Any]
    run: int
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A field that both sides had changed. `values`: base, stands, lost."""

    system: str
    entity: str
    key: str
    field: str
    lost_by: str
    """Whose value lost: the system's name, or `hub` for what stood in the record."""
    values: Mapping[str, Any]
    run: int
    at: datetime | None = None


def _told(each: Event | Conflict) -> dict[str, Any]:
    return {name: getattr(each, name) for name in each.__dataclass_fields__ if name != "at"}


def note(tx: Tx, events: Collection[Event]) -> None:
    """Keep what happened."""
    bulk.insert(tx, history, [_told(each) for each in events], {"at": tx.now})


def keep(tx: Tx, conflicts: Collection[Conflict]) -> None:
    """Keep the values that lost."""
    bulk.insert(tx, conflict, [_told(each) for each in conflicts], {"at": tx.now})


def of_record(tx: Tx, entity: str, key: str, most: int = 100) -> list[Event]:
    """Return what happened to a record, the oldest first; of more than `most` events the latest."""
    columns = [history.c[name] for name in Event.__dataclass_fields__]
    statement = sa.select(*columns).where(history.c.entity == entity, history.c.key == key)
    found = tx.execute(statement.order_by(history.c.id.desc()).limit(most)).mappings().all()
    return [Event(**row) for row in reversed(found)]  # pyright: ignore[reportArgumentType]  # names are strings


def conflicts_of(tx: Tx, entity: str, key: str, most: int = 100) -> list[Conflict]:
    """Return the values that lost in a record, the latest first."""
    columns = [conflict.c[name] for name in Conflict.__dataclass_fields__]
    statement = sa.select(*columns).where(conflict.c.entity == entity, conflict.c.key == key)
    found = tx.execute(statement.order_by(conflict.c.id.desc()).limit(most)).mappings()
    return [Conflict(**row) for row in found]  # pyright: ignore[reportArgumentType]  # names are strings


def prune(tx: Tx, before: datetime, most: int) -> tuple[int, int]:
    """Delete events and lost values of before an instant; of each at most `most`. Returns how many of each."""
    return _prune(tx, history, before, most), _prune(tx, conflict, before, most)


def _prune(tx: Tx, table: sa.Table, before: datetime, most: int) -> int:
    # Numbers rise with time: what is old stands at the beginning, and no index has to be kept for it.
    first = sa.select(table.c.id).order_by(table.c.id).limit(most)
    return tx.execute(sa.delete(table).where(table.c.id.in_(first), table.c.at < before)).rowcount


def rename(tx: Tx, entity: str, old: str, new: str) -> None:
    """Follow a record to its new key."""
    for table in (history, conflict):
        tx.execute(sa.update(table).where(table.c.entity == entity, table.c.key == old).values(key=new))
