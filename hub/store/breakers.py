"""The circuit breaker of each system: shared by all processes, visible to operators."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from hub.store.batch import insert_into
from hub.store.database import Tx
from hub.store.schema import breaker
from hub.store.types import storable

FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Breaker:
    """How a system has answered lately; open while `opened_at` is set."""

    system: str
    failures: int
    opened_at: datetime | None
    probe_at: datetime | None
    probes: int
    reason: str | None


_COLUMNS = tuple(breaker.c[name] for name in Breaker.__dataclass_fields__)


def find(tx: Tx) -> dict[str, Breaker]:
    """Return the breakers of all systems that have ever failed."""
    return {row.system: Breaker(*row) for row in tx.execute(sa.select(*_COLUMNS))}


def failed(tx: Tx, system: str, reason: str, most: int) -> bool:
    """Count a failure to reach a system; returns whether this one opened its breaker (`most` in a row)."""
    first = {"system": system, "failures": 1, "probes": 0, "reason": storable(reason)}
    statement = insert_into(tx.dialect, breaker).values(first)
    counted = {"failures": breaker.c.failures + 1, "reason": storable(reason)}
    changed = statement.on_conflict_do_update(index_elements=["system"], set_=counted)
    failures = tx.execute(changed.returning(breaker.c.failures)).scalar_one()
    if failures < most:
        return False
    closed = (breaker.c.system == system) & breaker.c.opened_at.is_(None)
    values = {"opened_at": tx.now, "probe_at": tx.now + FIRST_REST, "probes": 0}
    return bool(tx.execute(sa.update(breaker).where(closed).values(values)).rowcount)


def reached(tx: Tx, system: str) -> None:
    """Note that a system has answered: its breaker closes."""
    values = {"failures": 0, "opened_at": None, "probe_at": None, "probes": 0, "reason": None}
    tx.execute(sa.update(breaker).where(breaker.c.system == system).values(values))


def end_rests(tx: Tx, systems: Collection[str]) -> None:
    """Have those of these systems that are open asked again at once: what was wrong may have been mended."""
    resting = breaker.c.opened_at.is_not(None) & breaker.c.system.in_(systems)
    tx.execute(sa.update(breaker).where(resting).values(probe_at=tx.now))


def forget(tx: Tx, configured: Collection[str]) -> None:
    """Forget the systems that are not among those that are configured: nobody asks them again."""
    tx.execute(sa.delete(breaker).where(breaker.c.system.not_in(configured)))


def ready(tx: Tx, each: Breaker) -> bool:
    """Tell whether a system has rested; no rest is longer than `LONGEST_REST`, whatever a clock that was ahead says."""
    at = each.probe_at
    return each.opened_at is not None and at is not None and not tx.now < at <= tx.now + LONGEST_REST


def may_probe(tx: Tx, system: str) -> bool:
    """Take the right to ask an open system again; one process has it at a time, with a longer rest after each."""
    row = tx.execute(sa.select(*_COLUMNS).where(breaker.c.system == system).with_for_update()).first()
    if row is None or not ready(tx, Breaker(*row)):
        return False
    rest = min(FIRST_REST * 2 ** min(row.probes + 1, 10), LONGEST_REST)
    values = {"probe_at": tx.now + rest, "probes": row.probes + 1}
    tx.execute(sa.update(breaker).where(breaker.c.system == system).values(values))
    return True
