"""What operators and `hub up` ask across subjects: what is under way, what went wrong lately, what waits for whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from hub.store.chosen import IN_TURN, in_state
from hub.store.database import Tx
from hub.store.interventions import Shown
from hub.store.quarantine import Entry
from hub.store.runs import held_back, open_run_of, resting
from hub.store.schema import job, quarantine, result, run

_SHOWN = tuple(run.c[name] for name in Shown.__dataclass_fields__)
_WELL = ("done", "skipped", "discarded")


def server(tx: Tx) -> str:
    """Return what the database is: `PostgreSQL 17.2`."""
    if tx.dialect == "postgresql":
        return f"PostgreSQL {tx.execute(sa.text('SHOW server_version')).scalar_one().split()[0]}"
    return f"SQLite {tx.execute(sa.text('SELECT sqlite_version()')).scalar_one()}"


def latest_run(tx: Tx) -> int:
    """Return the highest id of a run, 0 before the first."""
    return tx.execute(sa.select(sa.func.coalesce(sa.func.max(run.c.id), 0))).scalar_one()


def _due(now: datetime) -> sa.ColumnElement[bool]:
    """Tell whether a run's time has come, and neither its job nor the run before it holds it back."""
    return sa.and_(
        in_state("waiting"),
        run.c.not_before <= now,
        sa.not_(held_back()),
        sa.or_(sa.not_(run.c.blocked), sa.not_(open_run_of(run.c.job))),
    )


def under_way(tx: Tx) -> int:
    """Count what a hub that is at work has still to do now: runs that are running or due, jobs that are due.

    What is paused, waits for a retry, or belongs to a system whose breaker is open does not count.
    """
    # The jobs first: what becomes a run between the two statements is counted twice then, and otherwise not at all.
    ready = (job.c.next_due <= tx.now) & job.c.enabled & job.c.paused_at.is_(None)
    jobs = tx.execute(sa.select(sa.func.count()).select_from(job).where(ready)).scalar_one()
    # Each part by its partial index, in one statement: with `or` the whole table would be read, five times a second.
    due = sa.and_(_due(tx.now), sa.not_(resting()))
    parts = (in_state("running"), run.c.published_at.is_(None) & due, run.c.published_at.is_not(None) & due)
    counts = (sa.select(sa.func.count()).select_from(run).where(part).scalar_subquery() for part in parts)
    return jobs + sum(tx.execute(sa.select(*counts)).one())


def running(tx: Tx, most: int) -> list[Shown]:
    """List the runs that are running, the latest first."""
    statement = sa.select(*_SHOWN).where(in_state("running")).order_by(IN_TURN.desc()).limit(most)
    return [Shown(*row) for row in tx.execute(statement)]


def gone_wrong(tx: Tx, since: datetime, after: int, most: int = 100) -> list[Shown]:
    """List the runs made after run `after`, or carried out since an instant, that did not go well.

    They are dead or cancelled, wait for a retry, or are due and held back by an open breaker.
    """
    failed = sa.exists().where(result.c.run == run.c.id, result.c.ended_at >= since, result.c.outcome == "later")
    # One that found no room on the disk, say, has no failure of its own.
    waits = in_state("waiting") & sa.or_((run.c.failures > 0) & (run.c.id > after), failed)
    ended = (run.c.ended_at >= since) & run.c.state.not_in(_WELL)
    held_back = _due(tx.now) & resting()
    statement = sa.select(*_SHOWN).where(sa.or_(ended, waits, held_back)).order_by(run.c.id).limit(most)
    return [Shown(*row) for row in tx.execute(statement)]


def results_since(tx: Tx, since: datetime, most: int = 1000) -> list[Mapping[str, Any]]:
    """Return the results of all runs since an instant, as they were published, the earliest first."""
    statement = sa.select(result.c.body).where(result.c.ended_at >= since).order_by(result.c.ended_at).limit(most)
    return list(tx.execute(statement).scalars())


@dataclass(frozen=True, slots=True)
class Neglected:
    """Runs of one system that nobody takes."""

    system: str
    runs: int
    oldest: datetime


def neglected(tx: Tx, before: datetime) -> list[Neglected]:
    """Return what was due before an instant and is still unclaimed, by system; open breakers and pauses explain it."""
    wait = _due(before) & sa.not_(resting())
    # Each part by its partial index: asked for at once, the whole table would be read.
    parts = (run.c.published_at.is_(None) & wait, run.c.published_at.is_not(None) & wait)
    found = sa.union_all(*(sa.select(run.c.system, run.c.not_before).where(part) for part in parts)).subquery()
    oldest = sa.func.min(found.c.not_before, type_=run.c.not_before.type)
    statement = sa.select(found.c.system, sa.func.count(), oldest).group_by(found.c.system)
    return [Neglected(*row) for row in tx.execute(statement.order_by(found.c.system))]


def occurrences(tx: Tx, name: str, first: datetime, last: datetime) -> set[datetime]:
    """Return the occurrences of a job, from `first` to `last`, that are runs already."""
    between = (run.c.job == name) & (run.c.scheduled_at >= first) & (run.c.scheduled_at <= last)
    return set(tx.execute(sa.select(run.c.scheduled_at).where(between)).scalars())


def waiting_for_record(tx: Tx, entity: str, key: str) -> list[Entry]:
    """List what waits in quarantine under a record's key."""
    mine = (quarantine.c.entity == entity) & (quarantine.c.key == key) & (quarantine.c.state == "open")
    statement = sa.select(*(quarantine.c[name] for name in Entry.__dataclass_fields__)).where(mine)
    return [Entry(*row) for row in tx.execute(statement.order_by(quarantine.c.id))]


def waiting_numbers(tx: Tx, *, system: str | None = None, stream: str | None = None, cause: str | None) -> list[int]:
    """Return the ids of all open quarantine entries of a system, stream or cause."""
    statement = sa.select(quarantine.c.id).where(quarantine.c.state == "open").order_by(quarantine.c.id)
    for column, value in ((quarantine.c.system, system), (quarantine.c.stream, stream), (quarantine.c.cause, cause)):
        if value is not None:
            statement = statement.where(column == value)
    return list(tx.execute(statement).scalars())


def given_up(tx: Tx) -> tuple[int, datetime | None]:
    """Return how many runs are dead, and since when the first of them."""
    told = (sa.func.count().label("number"), sa.func.min(run.c.ended_at).label("first"))
    found = tx.execute(sa.select(*told).where(in_state("dead"))).one()
    return found.number, found.first


def dead_numbers(tx: Tx, name: str | None = None) -> list[int]:
    """Return the ids of all dead runs, or of those of one job."""
    statement = sa.select(run.c.id).where(in_state("dead")).order_by(run.c.id)
    if name is not None:
        statement = statement.where(run.c.job == name)
    return list(tx.execute(statement).scalars())
