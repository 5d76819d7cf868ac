"""What full scans have shown so far: a record is deleted only if a whole scan did not show it."""

from collections.abc import Sequence

import sqlalchemy as sa

from hub.store import bulk
from hub.store.database import Tx
from hub.store.schema import scan


def shown(tx: Tx, system: str, stream: str, number: int, entity: str, ids: Sequence[str]) -> None:
    """Keep the identities of a page, in the page's transaction."""
    here = (scan.c.system == system) & (scan.c.stream == stream) & (scan.c.number == number)
    last = tx.execute(sa.select(sa.func.max(scan.c.part)).where(here)).scalar_one() or 0
    row = {"system": system, "stream": stream, "number": number, "part": last + 1, "entity": entity, "ids": list(ids)}
    bulk.insert(tx, scan, [row])


def forget(tx: Tx, system: str, stream: str) -> None:
    """Forget all scans of a stream: the last has ended, or a new one begins."""
    tx.execute(sa.delete(scan).where(scan.c.system == system, scan.c.stream == stream))
