"""What was planned, to be done later if it is still what would be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from hub.store import bulk
from hub.store.database import Tx
from hub.store.schema import plan


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A plan: stream -> what would be done, and its digest."""

    id: str
    system: str
    revision: int
    body: Mapping[str, Any]
    made_at: datetime


def put(tx: Tx, identity: str, system: str, revision: int, body: Mapping[str, Any]) -> None:
    """Keep a plan; the same plan made again is the same row."""
    row = {"id": identity, "system": system, "revision": revision, "body": body, "made_at": tx.now}
    bulk.insert(tx, plan, [row], replace=("id",))


def get(tx: Tx, identity: str) -> StoredPlan | None:
    """Return a plan by its id."""
    columns = (plan.c.id, plan.c.system, plan.c.revision, plan.c.body, plan.c.made_at)
    row = tx.execute(sa.select(*columns).where(plan.c.id == identity)).first()
    return StoredPlan(*row) if row else None


def prune(tx: Tx, before: datetime) -> int:
    """Forget plans that were made before a time; returns how many."""
    return tx.execute(sa.delete(plan).where(plan.c.made_at < before)).rowcount
