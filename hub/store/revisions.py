"""The configuration as it was applied, numbered; the highest number is in force."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
import sqlalchemy.exc

from hub.errors import Misconfigured
from hub.store.database import Tx
from hub.store.schema import revision
from hub.store.types import storable


@dataclass(frozen=True, slots=True)
class Revision:
    """One applied configuration."""

    number: int
    applied_at: datetime
    applied_by: str
    note: str | None
    source: str


_COLUMNS = tuple(revision.c[name] for name in Revision.__dataclass_fields__)


def number_in_force(tx: Tx) -> int:
    """Return the number of the revision in force, 0 before the first."""
    return tx.execute(sa.select(sa.func.coalesce(sa.func.max(revision.c.number), 0))).scalar_one()


def in_force(tx: Tx) -> Revision | None:
    """Return the revision in force."""
    row = tx.execute(sa.select(*_COLUMNS).order_by(revision.c.number.desc()).limit(1)).first()
    return Revision(*row) if row else None


def get(tx: Tx, number: int) -> Revision | None:
    """Return one revision."""
    row = tx.execute(sa.select(*_COLUMNS).where(revision.c.number == number)).first()
    return Revision(*row) if row else None


def history(tx: Tx, most: int = 100) -> list[Revision]:
    """List revisions, the latest first."""
    return [Revision(*row) for row in tx.execute(sa.select(*_COLUMNS).order_by(revision.c.number.desc()).limit(most))]


def add(tx: Tx, source: str, by: str, note: str | None, after: int) -> int:
    """Store the next revision; raises Misconfigured if somebody applied another one since number `after` was seen."""
    number = after + 1
    try:
        with tx.savepoint():
            told = note and storable(note)
            values = {"number": number, "applied_at": tx.now, "applied_by": by, "note": told, "source": source}
            tx.execute(sa.insert(revision).values(values))
    except sqlalchemy.exc.IntegrityError:
        raise Misconfigured(
            f"somebody applied revision {number} meanwhile; look at it (hub config history), then apply again"
        ) from None
    return number
