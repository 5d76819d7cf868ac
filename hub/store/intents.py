"""Creates that may be under way: written down and committed before, taken off with what became of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa

from hub.store import bulk
from hub.store.batch import among, one_of, pack
from hub.store.database import Tx
from hub.store.schema import intent


@dataclass(frozen=True, slots=True)
class Intent:
    """A create that may have been carried out."""

    key: str
    reference: str
    run: int
    made_at: datetime


@cache
def _find(dialect: str) -> sa.Executable:
    known = one_of(dialect, intent.c.key, "given")
    here = (intent.c.system == sa.bindparam("system")) & (intent.c.entity == sa.bindparam("entity"))
    return sa.select(intent.c.key, intent.c.reference, intent.c.run, intent.c.made_at).where(here, known)


def find(tx: Tx, system: str, entity: str, keys: Collection[str]) -> dict[str, Intent]:
    """Return the open intents among some keys."""
    if not keys:
        return {}
    given = {"system": system, "entity": entity, "given": pack(keys)}
    return {row.key: Intent(*row) for row in tx.execute(_find(tx.dialect), given)}


def under_way(tx: Tx, system: str, entity: str) -> dict[str, datetime]:
    """Return all open intents of a system, the oldest first: key -> when it was made."""
    here = (intent.c.system == system) & (intent.c.entity == entity)
    found = tx.execute(sa.select(intent.c.key, intent.c.made_at).where(here).order_by(intent.c.made_at, intent.c.key))
    return {row.key: row.made_at for row in found}


def called(tx: Tx, system: str, entity: str, references: Collection[str]) -> dict[str, str]:
    """Return what the records of open intents are called now: reference -> key."""
    here = (intent.c.system == system) & (intent.c.entity == entity) & among(tx.dialect, intent.c.reference, references)
    found = tx.execute(sa.select(intent.c.reference, intent.c.key).where(here)) if references else ()
    return {row.reference: row.key for row in found}


def rename(tx: Tx, entity: str, old: str, new: str) -> None:
    """Follow a record to its new key, in every system."""
    tx.execute(sa.update(intent).where(intent.c.entity == entity, intent.c.key == old).values(key=new))


def make(
    tx: Tx, system: str, entity: str, references: Mapping[str, str], known: Collection[Intent], run: int
) -> set[str]:
    """Write intents down (key -> the hub's reference); returns the keys that are ours to create.

    `known`: older intents that have been looked into, and may be replaced. A key whose intent somebody else has written
    meanwhile is not ours.
    """
    for each in known:
        mine = (intent.c.system == system) & (intent.c.entity == entity) & (intent.c.key == each.key)
        tx.execute(sa.delete(intent).where(mine, intent.c.made_at == each.made_at, intent.c.run == each.run))
    there = find(tx, system, entity, list(references))
    free = {key: reference for key, reference in references.items() if key not in there}
    same = {"system": system, "entity": entity, "run": run, "made_at": tx.now}
    bulk.insert(tx, intent, [{"key": key, "reference": reference, **same} for key, reference in free.items()])
    ours = find(tx, system, entity, list(free))
    return {key for key, each in ours.items() if each.run == run and each.made_at == tx.now}


def close(tx: Tx, system: str, entity: str, keys: Collection[str]) -> None:
    """Take intents off, in the transaction that keeps what became of them."""
    if keys:
        here = (intent.c.system == system) & (intent.c.entity == entity)
        tx.execute(sa.delete(intent).where(here, among(tx.dialect, intent.c.key, keys)))
