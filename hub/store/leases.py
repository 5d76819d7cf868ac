"""Named leases, such as the scheduler's lead. They save work; correctness never rests on them."""

from datetime import timedelta

import sqlalchemy as sa

from hub.store.batch import insert_into
from hub.store.database import Tx
from hub.store.schema import lease

LONGEST = timedelta(minutes=5)
"""No lease is taken for longer: one that ends later was taken by a clock that was ahead, and holds nobody up."""


def take(tx: Tx, name: str, holder: str, length: timedelta) -> bool:
    """Take or prolong a lease, for `LONGEST` at most; returns whether it is held now."""
    values = {"name": name, "holder": holder, "until": tx.now + length}
    statement = insert_into(tx.dialect, lease).values(values)
    free = (lease.c.holder == holder) | (lease.c.until < tx.now) | (lease.c.until > tx.now + LONGEST)
    changed = statement.on_conflict_do_update(index_elements=["name"], set_=values, where=free)
    return tx.execute(changed.returning(lease.c.name)).first() is not None


def give_up(tx: Tx, name: str, holder: str) -> None:
    """End a lease, so that another need not wait for it to lapse."""
    tx.execute(sa.delete(lease).where(lease.c.name == name, lease.c.holder == holder))


def holder(tx: Tx, name: str) -> str | None:
    """Return who holds a lease now."""
    statement = sa.select(lease.c.holder).where(lease.c.name == name, lease.c.until >= tx.now)
    return tx.execute(statement).scalar_one_or_none()
