"""What a system has shown that is none of our records, where neither side makes what the other has."""

from collections.abc import Collection, Mapping
from functools import cache

import sqlalchemy as sa

from hub.store import bulk
from hub.store.batch import among
from hub.store.database import Tx
from hub.store.schema import LOOKED_UP, record, unmatched

_HERE = (unmatched.c.system == sa.bindparam("system")) & (unmatched.c.entity == sa.bindparam("of"))


def put(tx: Tx, system: str, entity: str, keys: Mapping[str, str]) -> None:
    """Keep what was shown: the system's identity -> the natural key."""
    rows = [{"external_id": identity, "key": key} for identity, key in keys.items()]
    same = {"system": system, "entity": entity}
    bulk.insert(tx, unmatched, rows, same, replace=("system", "entity", "external_id"))


def forget(tx: Tx, system: str, entity: str, external_ids: Collection[str]) -> None:
    """Take off what has been matched, waits in quarantine, or is gone."""
    if external_ids:
        here = (unmatched.c.system == system) & (unmatched.c.entity == entity)
        tx.execute(sa.delete(unmatched).where(here, among(tx.dialect, unmatched.c.external_id, external_ids)))


def clear(tx: Tx, system: str, entity: str) -> None:
    """Take everything off: a full scan begins, and shows it anew."""
    tx.execute(sa.delete(unmatched).where(unmatched.c.system == system, unmatched.c.entity == entity))


@cache
def _met(entity: str, field: str | None) -> sa.Executable:
    assert field is None or (entity, field) in LOOKED_UP, "an index must serve it"
    named = record.c.key if field is None else sa.literal_column(f"(fields ->> '{field}')", sa.Text)
    ours = sa.select(record.c.id).where(
        record.c.entity == sa.literal_column(f"'{entity}'", sa.Text),
        named == unmatched.c.key,
        record.c.deleted_at.is_(None),
    )
    return sa.select(unmatched.c.external_id, unmatched.c.key).where(_HERE, ours.exists())


def met(tx: Tx, system: str, entity: str, *, field: str | None = None) -> dict[str, str]:
    """Return what has a record of ours by now: the system's identity -> the natural key.

    `field`: of our records, where it holds what the system has for a key; one of `schema.LOOKED_UP`.
    """
    found = tx.execute(_met(entity, field), {"system": system, "of": entity})
    return {row.external_id: row.key for row in found}
