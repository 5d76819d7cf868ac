"""How far each stream of each system has durably come; stored in the transaction of the page it speaks of."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from hub.errors import LeaseLost
from hub.store import bulk
from hub.store.batch import insert_into
from hub.store.database import Tx
from hub.store.schema import checkpoint


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A stream's place, and how often it has been moved."""

    value: Mapping[str, Any] | None
    version: int


NOWHERE = Checkpoint(None, 0)

_GET = sa.select(checkpoint.c.value, checkpoint.c.version).where(
    checkpoint.c.system == sa.bindparam("of"), checkpoint.c.stream == sa.bindparam("named")
)

_GET_TO_MOVE = _GET.with_for_update()


def get(tx: Tx, system: str, stream: str, *, to_move: bool = False) -> Checkpoint:
    """Return where a stream stands; `NOWHERE` if it has never been read.

    `to_move`: it is moved in this transaction, whoever moved it before; nobody else does meanwhile.
    """
    statement, named = _GET_TO_MOVE if to_move else _GET, {"of": system, "named": stream}
    row = tx.execute(statement, named).first()
    if row is None and to_move:
        # Nobody can wait for a row that is not there: the second of two who come first would be taken for overtaken.
        nowhere: dict[str, Any] = {"value": {}, "version": NOWHERE.version, "stored_at": tx.now}
        bulk.insert(tx, checkpoint, [{"system": system, "stream": stream, **nowhere}])
        row = tx.execute(statement, named).one()
    return Checkpoint(row.value, row.version) if row and row.version else NOWHERE


def systems(tx: Tx) -> set[str]:
    """Return the systems that were ever read from or brought something, those that are gone too."""
    moved = sa.select(checkpoint.c.system).where(checkpoint.c.version > NOWHERE.version)
    return set(tx.execute(moved.distinct()).scalars())


@cache
def _move(dialect: str) -> sa.Executable:
    seen = sa.bindparam("seen", type_=checkpoint.c.version.type)
    given = {
        name: sa.bindparam(name, type_=checkpoint.c[name].type) for name in ("system", "stream", "value", "stored_at")
    }
    statement = insert_into(dialect, checkpoint).values(**given, version=seen + 1)
    new = {name: statement.excluded[name] for name in ("value", "stored_at", "version")}
    changed = statement.on_conflict_do_update(
        index_elements=["system", "stream"], set_=new, where=checkpoint.c.version == seen
    )
    return changed.returning(checkpoint.c.version)


def move(tx: Tx, system: str, stream: str, value: Mapping[str, Any], seen: Checkpoint) -> Checkpoint:
    """Move a stream on from where this reader saw it; raises LeaseLost if somebody else has moved it meanwhile."""
    given = {"system": system, "stream": stream, "value": value, "stored_at": tx.now, "seen": seen.version}
    if tx.execute(_move(tx.dialect), given).first() is None:
        raise LeaseLost(f"another run is reading {system}.{stream}")
    return Checkpoint(value, seen.version + 1)


def amend(tx: Tx, system: str, stream: str, value: Mapping[str, Any]) -> None:
    """Change what is noted with a stream's place, which is locked (`to_move`), and leave the place: its reader goes on."""
    here = (checkpoint.c.system == system) & (checkpoint.c.stream == stream)
    tx.execute(sa.update(checkpoint).where(here).values(value=value))
