"""What is gone everywhere is forgotten after some time, with all that says who had it: people stand in it, too."""

from datetime import datetime

import sqlalchemy as sa

from hub.store import records
from hub.store.batch import among
from hub.store.database import Tx
from hub.store.schema import binding, record

_THERE = sa.exists().where(
    binding.c.key == record.c.key, binding.c.entity == record.c.entity, binding.c.gone_at.is_(None)
)
"""A system that goes on having a record has yet to be told, or keeps what it has."""


def forget(tx: Tx, before: datetime, most: int) -> int:
    """Delete records that were deleted before an instant, and that no system has any more; returns how many.

    At most `most` of one entity, in its writers' turn: that one may come back just now.
    """
    gone = (record.c.deleted_at < before) & ~_THERE
    found = tx.execute(sa.select(record.c.entity).where(gone).limit(1)).scalar_one_or_none()
    if found is None:
        return 0
    records.take_turn(tx, found)
    mine = (record.c.entity == found) & gone
    keys = tx.execute(sa.select(record.c.key).where(mine).limit(most)).scalars().all()
    tx.execute(sa.delete(record).where(record.c.entity == found, among(tx.dialect, record.c.key, keys)))
    tx.execute(sa.delete(binding).where(binding.c.entity == found, among(tx.dialect, binding.c.key, keys)))
    return len(keys)
