"""How far each stream of each system has durably come; stored in the transaction of the page it speaks of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from hub.errors import LeaseLost
from hub.store.database import Tx
from hub.store.runs import insert
from hub.store.schema import checkpoint


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A stream's place, and how often it has been moved."""

    value: Mapping[str, Any] | None
    version: int


NOWHERE = Checkpoint(None, 0)


def get(tx: Tx, system: str, stream: str) -> Checkpoint:
    """Return where a stream stands; `NOWHERE` if it has never been read."""
    here = (checkpoint.c.system == system) & (checkpoint.c.stream == stream)
    row = tx.execute(sa.select(checkpoint.c.value, checkpoint.c.version).where(here)).first()
    return Checkpoint(row.value, row.version) if row else NOWHERE


def move(tx: Tx, system: str, stream: str, value: Mapping[str, Any], seen: Checkpoint) -> Checkpoint:
    """Move a stream on from where this reader saw it; raises LeaseLost if somebody else has moved it meanwhile."""
    key = {"system": system, "stream": stream}
    new = {"value": value, "version": seen.version + 1, "stored_at": tx.now}
    statement = insert(tx, checkpoint).values({**key, **new})
    changed = statement.on_conflict_do_update(
        index_elements=list(key), set_=new, where=checkpoint.c.version == seen.version
    )
    if tx.execute(changed.returning(checkpoint.c.version)).first() is None:
        raise LeaseLost(f"another run is reading {system}.{stream}")
    return Checkpoint(value, seen.version + 1)
