"""Jobs of the configuration in force, and where their schedules stand."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from hub.store.batch import insert_into, pack, rows
from hub.store.database import Tx
from hub.store.schema import job
from hub.store.types import storable


@dataclass(frozen=True, slots=True)
class Job:
    """A job as the scheduler sees it."""

    name: str
    system: str
    kind: str
    settings: Mapping[str, Any]
    enabled: bool
    next_due: datetime | None
    paused_at: datetime | None = None
    paused_by: str | None = None
    paused_note: str | None = None


_COLUMNS = tuple(Job.__dataclass_fields__)
_CONFIGURED = _COLUMNS[:6]


def find(tx: Tx, names: Collection[str] | None = None, *, to_change: bool = False) -> list[Job]:
    """List jobs by name. `to_change`: by what stands there, in this transaction; nobody else changes them meanwhile."""
    statement = sa.select(*(job.c[name] for name in _COLUMNS)).order_by(job.c.name)
    if names is not None:
        statement = statement.where(job.c.name.in_(names))
    if to_change:
        statement = statement.with_for_update()
    return [Job(*row) for row in tx.execute(statement)]


@cache
def _put(dialect: str) -> sa.Executable:
    given = rows(dialect, "given", **{name: job.c[name].type for name in _CONFIGURED})
    source = sa.select(*(given.c[name] for name in _CONFIGURED)).where(sa.true())
    statement = insert_into(dialect, job).from_select(list(_CONFIGURED), source)
    return statement.on_conflict_do_update(
        index_elements=["name"], set_={name: statement.excluded[name] for name in _CONFIGURED[1:]}
    )


def put(tx: Tx, jobs: Iterable[Job]) -> None:
    """Store jobs as configured; whether they are paused stays as it is."""
    given = [{name: getattr(each, name) for name in _CONFIGURED} for each in sorted(jobs, key=lambda each: each.name)]
    if given:
        tx.execute(_put(tx.dialect), {"given": pack(given)})


def remove(tx: Tx, names: Collection[str]) -> None:
    """Forget jobs that are configured no more; their runs stay."""
    if names:
        tx.execute(sa.delete(job).where(job.c.name.in_(names)))


def due(tx: Tx, now: datetime, most: int) -> list[Job]:
    """Return the jobs whose next occurrence has come."""
    ready = (job.c.next_due <= now) & job.c.enabled & job.c.paused_at.is_(None)
    statement = sa.select(*(job.c[name] for name in _COLUMNS)).where(ready).order_by(job.c.next_due, job.c.name)
    # Whoever changes a job at this moment, another scheduler or `hub apply`, has it; it is due again right after.
    free = statement.limit(most).with_for_update(skip_locked=True)
    return [Job(*row) for row in tx.execute(free)]


@cache
def _move_on(dialect: str) -> sa.Executable:
    given = rows(dialect, "given", name=sa.Text(), next_due=job.c.next_due.type)
    return sa.update(job).where(job.c.name == given.c.name).values(next_due=given.c.next_due)


def move_on(tx: Tx, next_due: Mapping[str, datetime | None]) -> None:
    """Set when jobs are due next."""
    if next_due:
        given = pack({"name": name, "next_due": instant} for name, instant in sorted(next_due.items()))
        tx.execute(_move_on(tx.dialect), {"given": given})


def pause(tx: Tx, names: Collection[str], by: str, note: str | None) -> int:
    """Pause jobs: nothing of them becomes due until they are resumed; returns how many were not paused before."""
    running = job.c.name.in_(names) & job.c.paused_at.is_(None)
    values = {"paused_at": tx.now, "paused_by": by, "paused_note": note and storable(note)}
    return tx.execute(sa.update(job).where(running).values(values)).rowcount


def resume(tx: Tx, next_due: Mapping[str, datetime | None]) -> int:
    """Resume paused jobs with the next occurrence after now: what was missed meanwhile stays missed."""
    move_on(tx, next_due)
    values = {"paused_at": None, "paused_by": None, "paused_note": None}
    paused = job.c.name.in_(next_due) & job.c.paused_at.is_not(None)
    return tx.execute(sa.update(job).where(paused).values(values)).rowcount
