"""Tokens of systems, sealed: the key is not in the database."""

from dataclasses import dataclass

import sqlalchemy as sa

from hub.store.batch import insert_into
from hub.store.database import Tx
from hub.store.schema import token


@dataclass(frozen=True, slots=True)
class Sealed:
    """A system's tokens as they are kept, and how often they have been replaced."""

    text: str
    version: int


def get(tx: Tx, system: str) -> Sealed | None:
    """Return a system's tokens, if it has any."""
    row = tx.execute(sa.select(token.c.sealed, token.c.version).where(token.c.system == system)).first()
    return Sealed(*row) if row else None


def put(tx: Tx, system: str, text: str) -> None:
    """Replace a system's tokens, whichever they are."""
    first = insert_into(tx.dialect, token).values(system=system, sealed=text, version=1, stored_at=tx.now)
    new = {"sealed": text, "version": token.c.version + 1, "stored_at": tx.now}
    tx.execute(first.on_conflict_do_update(index_elements=["system"], set_=new))


def replace(tx: Tx, system: str, text: str, seen: Sealed | None) -> bool:
    """Replace the tokens that were seen; returns whether they were still there."""
    if seen is None:
        first = insert_into(tx.dialect, token).values(system=system, sealed=text, version=1, stored_at=tx.now)
        return tx.execute(first.on_conflict_do_nothing().returning(token.c.version)).first() is not None
    unchanged = (token.c.system == system) & (token.c.version == seen.version)
    values = {"sealed": text, "version": seen.version + 1, "stored_at": tx.now}
    return bool(tx.execute(sa.update(token).where(unchanged).values(values)).rowcount)
