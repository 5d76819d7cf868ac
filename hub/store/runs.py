"""Making runs and publishing them: the outbox side of a run's life."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from hub.store.batch import insert_into, pack, rows
from hub.store.chosen import ids_where, in_state, literal, named
from hub.store.database import Tx
from hub.store.schema import breaker, job, run

UNCLAIMED = timedelta(minutes=5)
"""How long a published run may stay unclaimed before it is published again; doubled each time."""
LONGEST_UNCLAIMED = timedelta(days=1)
MOST_KEYS = 10_000
"""A trigger for more records than this asks for everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """A run to be made. `scheduled_at` is unique for its job; runs without one are made on request."""

    job: str
    system: str
    cause: str
    not_before: datetime
    scheduled_at: datetime | None = None
    stands_for: int = 1
    overlap: str = "skip"
    reason: str | None = None
    scope: Sequence[str] | None = None
    state: str = "waiting"
    message: str | None = None
    ended_at: datetime | None = None
    plan: str | None = None
    """To be done only if this plan is still what would be done."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A run whose time has come, to be published."""

    id: int
    generation: int
    job: str
    system: str
    published: int


_NEW = tuple(NewRun.__dataclass_fields__)
_BLANK = {"generation": 1, "published": 0, "failures": 0, "crashes": 0, "parts": 0}


@cache
def _make(dialect: str) -> sa.Executable:
    given = rows(dialect, "given", **{name: run.c[name].type for name in _NEW})
    values: list[sa.ColumnElement[Any]] = [given.c[name] for name in _NEW]
    values += [sa.literal(value, sa.Integer) for value in _BLANK.values()]
    source = sa.select(*values, sa.false()).where(sa.true())
    statement = insert_into(dialect, run).from_select([*_NEW, *_BLANK, "blocked"], source)
    return statement.on_conflict_do_nothing().returning(run.c.id)


def make(tx: Tx, new: Iterable[NewRun]) -> list[int]:
    """Store runs; an occurrence that is there already is left as it is. Returns the ids of those that were made."""
    # In one order, whoever makes them: two who wait for each other's rows must not do so in a circle.
    ordered = sorted(new, key=lambda each: (each.job, each.scheduled_at or each.not_before))
    return list(tx.execute(_make(tx.dialect), {"given": pack(ordered)}).scalars())


def trigger(tx: Tx, wanted: NewRun) -> int:
    """Store a triggered run, or let it coalesce into the one of its job that waits, at the earlier time. Returns its id."""
    waiting = (run.c.job == wanted.job) & in_state("waiting") & (run.c.cause == literal("trigger"))
    look = (
        sa.select(run.c.id, run.c.scope, run.c.not_before).where(waiting, run.c.started_at.is_(None)).with_for_update()
    )
    while True:
        found = tx.execute(look).first()
        if found:
            scope = _united(found.scope, wanted.scope)
            earlier = min(found.not_before, wanted.not_before)
            more = {"stands_for": run.c.stands_for + wanted.stands_for, "scope": scope, "not_before": earlier}
            tx.execute(sa.update(run).where(run.c.id == found.id).values(more))
            return found.id
        made = make(tx, [wanted])
        if made:
            return made[0]
        # Somebody made it between the look and the insert: look again.


def _united(one: Sequence[str] | None, other: Sequence[str] | None) -> list[str] | None:
    if one is None or other is None:
        return None
    keys = list(dict.fromkeys([*one, *other]))
    return keys if len(keys) <= MOST_KEYS else None


def open_run_of(name: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Tell whether a run of the job has begun, has not ended, and suffers no other beside it."""
    other = run.alias("open_run")
    begun = other.c.started_at.is_not(None) & other.c.ended_at.is_(None) & (other.c.overlap != literal("allow"))
    return sa.exists().where(other.c.job == name, begun)


def held_back() -> sa.ColumnElement[bool]:
    """Tell whether a run's job is paused or switched off; what somebody asks for by hand goes out all the same."""
    stands = sa.or_(job.c.paused_at.is_not(None), sa.not_(job.c.enabled))
    return sa.and_(run.c.cause != "manual", sa.exists().where(job.c.name == run.c.job, stands))


def resting() -> sa.ColumnElement[bool]:
    """Tell whether the breaker of a run's system is open."""
    return sa.exists().where(breaker.c.system == run.c.system, breaker.c.opened_at.is_not(None))


@cache
def _due() -> sa.Executable:
    return (
        sa.select(run.c.id, run.c.generation, run.c.job, run.c.system, run.c.published)
        .where(
            in_state("waiting"),
            run.c.published_at.is_(None),
            run.c.not_before <= sa.bindparam("now", type_=run.c.not_before.type),
            sa.or_(sa.not_(run.c.blocked), sa.not_(open_run_of(run.c.job))),
            sa.not_(held_back()),
        )
        .order_by(run.c.not_before, run.c.id)
        .limit(sa.bindparam("most", type_=sa.Integer))
    )


def due(tx: Tx, now: datetime, most: int) -> list[Waiting]:
    """Return the runs whose time has come and that are not published, the longest due first."""
    return [Waiting(*row) for row in tx.execute(_due(), {"now": now, "most": most})]


@cache
def _mark(dialect: str) -> sa.Executable:
    given = rows(dialect, "given", id=sa.BigInteger(), generation=sa.Integer(), recall_at=run.c.recall_at.type)
    there = named(given, "waiting", given.c.recall_at)
    return (
        sa.update(run)
        .where(run.c.id == there.c.id, run.c.published_at.is_(None))
        .values(published_at=sa.bindparam("now"), published=run.c.published + 1, recall_at=there.c.recall_at)
        .returning(run.c.id)
    )


def mark_published(tx: Tx, confirmed: Iterable[Waiting]) -> int:
    """Note that the broker has confirmed these; rows that have moved on meanwhile stay as they are."""
    given = pack(
        {"id": each.id, "generation": each.generation, "recall_at": tx.now + _patience(each.published)}
        for each in confirmed
    )
    return len(tx.execute(_mark(tx.dialect), {"given": given, "now": tx.now}).all())


def _patience(published: int) -> timedelta:
    return min(UNCLAIMED * 2 ** min(published, 20), LONGEST_UNCLAIMED)


_PUBLISHED = sa.and_(in_state("waiting"), run.c.published_at.is_not(None))


def recall(tx: Tx) -> int:
    """Take back what was published and never claimed, unless its system's breaker is open; returns how many."""
    lost = ids_where(_PUBLISHED, run.c.recall_at < tx.now, sa.not_(resting()))
    return tx.execute(sa.update(run).where(run.c.id.in_(lost)).values(published_at=None)).rowcount


def recall_all(tx: Tx) -> int:
    """Take back all that was published and not claimed: the broker inside this process has forgotten it."""
    lost = run.c.id.in_(ids_where(_PUBLISHED))
    return tx.execute(sa.update(run).where(lost).values(published_at=None)).rowcount
