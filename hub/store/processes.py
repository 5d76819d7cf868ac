"""Who is at work, so that a hub whose scheduler is dead can be told from one that has nothing to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from hub.store.batch import insert_into
from hub.store.database import Tx
from hub.store.schema import process

GONE = timedelta(seconds=30)
"""Who has not been seen for so long is at work no more: a process shows itself every few seconds."""
FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Process:
    """A process that has been seen at work lately."""

    name: str
    role: str
    started_at: datetime
    seen_at: datetime


def seen(tx: Tx, name: str, role: str) -> None:
    """Note that a process is at work."""
    values = {"name": name, "role": role, "started_at": tx.now, "seen_at": tx.now}
    statement = insert_into(tx.dialect, process).values(values)
    tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"seen_at": tx.now}))


def ended(tx: Tx, name: str) -> None:
    """Note that a process has ended as it should."""
    tx.execute(sa.delete(process).where(process.c.name == name))


def find(tx: Tx) -> list[Process]:
    """List the processes seen within the last day."""
    columns = [process.c[name] for name in Process.__dataclass_fields__]
    recent = process.c.seen_at > tx.now - FORGOTTEN
    return [Process(*row) for row in tx.execute(sa.select(*columns).where(recent).order_by(process.c.name))]
