"""What full scans have shown so far: a record is deleted only if a whole scan did not show it."""

from collections.abc import Sequence

import sqlalchemy as sa

from hub.store import bulk
from hub.store.database import Tx
from hub.store.schema import scan


def shown(tx: Tx, system: str, stream: str, number: int, entity: str, ids: Sequence[str], part: int) -> None:
    """Keep identities in the transaction of the page that ends with them; `part` is another one each time."""
    row = {"system": system, "stream": stream, "number": number, "part": part, "entity": entity, "ids": list(ids)}
    bulk.insert(tx, scan, [row])


def ids(dialect: str, system: str, stream: str, number: int) -> sa.Select[str]:
    """Return the statement for the identities that a scan has shown."""
    each = {"postgresql": sa.func.jsonb_array_elements_text, "sqlite": sa.func.json_each}[dialect]
    shown = each(scan.c.ids).table_valued("value")
    here = (scan.c.system == system) & (scan.c.stream == stream) & (scan.c.number == number)
    return sa.select(shown.c.value).select_from(scan.join(shown, sa.true())).where(here)


def forget(tx: Tx, system: str, stream: str) -> None:
    """Forget all scans of a stream: the last has ended, or a new one begins."""
    tx.execute(sa.delete(scan).where(scan.c.system == system, scan.c.stream == stream))
