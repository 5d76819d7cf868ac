"""Leases on runs: claim, keep, settle, rescue. Whoever comes late changes nothing.

Every statement is conditional on the run's generation.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
import sqlalchemy.exc

from hub.errors import LeaseLost, RunCancelled
from hub.store import outbox
from hub.store.batch import pack, rows
from hub.store.chosen import IN_TURN, in_state, literal, named
from hub.store.database import Tx
from hub.store.runs import open_run_of
from hub.store.schema import run


class Named(NamedTuple):
    """A run as a message names it.

    The job belongs to it: a database that was restored gives numbers out once more, of which older messages may be left.
    """

    id: int
    generation: int
    job: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A run that this worker may carry out, until its lease lapses."""

    id: int
    generation: int
    job: str
    system: str
    cause: str
    scheduled_at: datetime | None
    scope: Sequence[str] | None
    failures: int
    counts: Mapping[str, int] | None
    plan: str | None = None
    cancel_by: str | None = None
    """Who wanted it cancelled while another had it, who is gone."""


@dataclass(frozen=True, slots=True)
class Overlapped:
    """A run that found its job's run still open: left out, or waiting for that one to end."""

    id: int
    generation: int
    job: str
    system: str
    cause: str
    scheduled_at: datetime | None
    skipped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How a claimed run goes on: ended (`state` done, dead, cancelled), or waiting again until `not_before`."""

    id: int
    generation: int
    state: str
    failures: int
    message: str | None
    ended_at: datetime | None = None
    not_before: datetime | None = None
    result: str = ""
    """The result as it goes out."""
    job: str = ""


_RETURNED = tuple(Claimed.__dataclass_fields__)


def _given(dialect: str) -> sa.FromClause:
    return rows(dialect, "given", id=sa.BigInteger(), generation=sa.Integer())


def _pairs(pairs: Iterable[tuple[int, int]]) -> str:
    return pack({"id": number, "generation": generation} for number, generation in pairs)


def _given_with_job(dialect: str) -> sa.FromClause:
    return rows(dialect, "given", id=sa.BigInteger(), generation=sa.Integer(), job=sa.Text())


def _with_job(wanted: Iterable[Named]) -> str:
    return pack(each._asdict() for each in wanted)


@cache
def _claim(dialect: str) -> sa.Executable:
    given = _given_with_job(dialect)
    there = named(given, "waiting", run.c.job, run.c.overlap, run.c.started_at)
    # Among those that exclude each other: a run that suffers others beside it takes nobody's turn.
    apart = [there.c.job, there.c.overlap == literal("allow")]
    turn = sa.func.row_number().over(partition_by=apart, order_by=there.c.id).label("turn")
    ranked = sa.select(there, turn).cte("ranked")
    free = sa.or_(
        ranked.c.overlap == literal("allow"),
        ranked.c.started_at.is_not(None),
        sa.and_(ranked.c.turn == 1, sa.not_(open_run_of(ranked.c.job))),
    )
    mine = sa.select(ranked.c.id).where(free)
    now = sa.bindparam("now", type_=run.c.started_at.type)
    return (
        sa.update(run)
        .where(run.c.id.in_(mine))
        .values(
            state="running",
            worker=sa.bindparam("worker"),
            lease_until=sa.bindparam("until"),
            started_at=sa.func.coalesce(run.c.started_at, now),
            blocked=sa.false(),
        )
        .returning(*(run.c[name] for name in _RETURNED))
    )


def claim(tx: Tx, wanted: Collection[Named], worker: str, lease: timedelta) -> tuple[list[Claimed], list[Overlapped]]:
    """Claim the runs that are still waiting in the given generation, and are of the given job.

    The others have moved on, are held by somebody, are another job's (see `of_another_job`), or are answered by their
    overlap policy (returned second): their deliveries can be acknowledged, the rows know better.
    """
    claimed = _claim_all(tx, wanted, worker, lease)
    left = set(wanted) - {Named(each.id, each.generation, each.job) for each in claimed}
    return claimed, _overlapped(tx, left) if left else []


def _claim_all(tx: Tx, wanted: Collection[Named], worker: str, lease: timedelta) -> list[Claimed]:
    values = {"worker": worker, "until": tx.now + lease, "now": tx.now}
    try:
        with tx.savepoint():
            found = tx.execute(_claim(tx.dialect), {"given": _with_job(wanted), **values})
            return [Claimed(*row) for row in found]
    except sqlalchemy.exc.IntegrityError:
        # Another worker has claimed a run of one of these jobs at the same moment. One run's conflict is its own.
        if len(wanted) == 1:
            return []
        return [each for one in sorted(wanted) for each in _claim_all(tx, [one], worker, lease)]


def of_another_job(tx: Tx, wanted: Collection[Named]) -> dict[Named, str]:
    """Return those whose run is another job's than they say, with that job: messages older than a restored backup."""
    if not wanted:
        return {}
    given = _given_with_job(tx.dialect)
    columns = (given.c.id, given.c.generation, given.c.job.label("told"), run.c.job)
    other = sa.select(*columns).join_from(given, run, run.c.id == given.c.id).where(run.c.job != given.c.job)
    found = tx.execute(other, {"given": _with_job(wanted)})
    return {Named(row.id, row.generation, row.told): row.job for row in found}


def _overlapped(tx: Tx, wanted: Iterable[Named]) -> list[Overlapped]:
    given = _given_with_job(tx.dialect)
    columns = (run.c.generation, run.c.job, run.c.system, run.c.cause, run.c.scheduled_at, run.c.overlap)
    there = named(given, "waiting", *columns)
    found = tx.execute(sa.select(there).order_by(there.c.id), {"given": _with_job(wanted)}).all()
    buffered: set[str] = set()
    if any(row.overlap == "buffer-one" for row in found):
        buffered = _buffered(tx, {row.job for row in found}, beside=[row.id for row in found])
    answered: list[Overlapped] = []
    for row in found:
        # Only the schedule's own runs may be left out: what somebody asked for is done after the open run.
        skipped = row.cause == "schedule" and (row.overlap == "skip" or row.job in buffered)
        if row.cause == "schedule":
            buffered.add(row.job)
        answered.append(Overlapped(row.id, row.generation, row.job, row.system, row.cause, row.scheduled_at, skipped))
    _answer(tx, answered)
    return answered


def _buffered(tx: Tx, names: Collection[str], beside: Collection[int]) -> set[str]:
    """Return the jobs of which another scheduled run waits for the open one to end."""
    other = run.c.job.in_(names) & run.c.id.not_in(beside) & run.c.blocked & (run.c.cause == "schedule")
    return set(tx.execute(sa.select(run.c.job).where(in_state("waiting"), other)).scalars())


STILL_OPEN = "the run before it was still under way (overlap policy)"


def _answer(tx: Tx, overlapped: Sequence[Overlapped]) -> None:
    skipped = [each.id for each in overlapped if each.skipped]
    if skipped:
        ended = {"state": "skipped", "ended_at": tx.now, "message": STILL_OPEN}
        tx.execute(sa.update(run).where(run.c.id.in_(skipped)).values(ended))
    waiting = [each.id for each in overlapped if not each.skipped]
    if waiting:
        blocked = {"blocked": True, "published_at": None, "published": 0, "generation": run.c.generation + 1}
        tx.execute(sa.update(run).where(run.c.id.in_(waiting)).values(blocked))


@cache
def _keep(dialect: str) -> sa.Executable:
    given = _given(dialect)
    there = named(given, "running")
    until = sa.bindparam("until", type_=run.c.lease_until.type)
    return (
        sa.update(run)
        .where(run.c.id == there.c.id)
        .values(lease_until=until)
        .returning(run.c.id, run.c.generation, run.c.cancel_by)
    )


def keep(tx: Tx, pairs: Collection[tuple[int, int]], lease: timedelta) -> dict[tuple[int, int], str | None]:
    """Prolong leases. Returns those that are still held, each with who asked to cancel it, if anybody did."""
    found = tx.execute(_keep(tx.dialect), {"given": _pairs(pairs), "until": tx.now + lease})
    return {(row.id, row.generation): row.cancel_by for row in found}


def hold(tx: Tx, number: int, generation: int, lease: timedelta, counts: Mapping[str, int], parts: int = 1) -> int:
    """Make sure, within a page's transaction, that the run is still ours, and note the progress.

    `parts`: in how many messages the page goes out. Returns the number of the last one. Raises LeaseLost or RunCancelled: nothing of the page is stored then.
    """
    held = (run.c.id == number) & (run.c.generation == generation) & (run.c.state == "running")
    progress = {"crashes": 0, "parts": run.c.parts + parts, "counts": counts, "lease_until": tx.now + lease}
    row = tx.execute(sa.update(run).where(held).values(progress).returning(run.c.cancel_by, run.c.parts)).first()
    if row is None:
        raise LeaseLost
    if row.cancel_by is not None:
        raise RunCancelled(f"cancelled by {row.cancel_by}")
    return row.parts


def snooze(tx: Tx, wanted: Collection[Named], until: datetime) -> None:
    """Put waiting runs off without using an attempt, e.g. while the breaker of their system is open."""
    given = _given_with_job(tx.dialect)
    there = run.c.id.in_(sa.select(named(given, "waiting").c.id))
    later = {"not_before": until, "published_at": None, "published": 0, "generation": run.c.generation + 1}
    tx.execute(sa.update(run).where(there).values(later), {"given": _with_job(wanted)})


_SETTLED = ("id", "generation", "state", "failures", "message", "ended_at", "not_before")


@cache
def _settle(dialect: str) -> sa.Executable:
    given = rows(dialect, "given", **{name: run.c[name].type for name in _SETTLED})
    told = {name: given.c[name] for name in _SETTLED[2:]}
    there = named(given, "running", *(column.label(f"new_{name}") for name, column in told.items()))
    again = there.c.new_state == literal("waiting")
    return (
        sa.update(run)
        .where(run.c.id == there.c.id)
        .values(
            state=there.c.new_state,
            generation=run.c.generation + sa.case((again, 1), else_=0),
            published_at=sa.case((again, sa.null()), else_=run.c.published_at),
            published=sa.case((again, 0), else_=run.c.published),
            not_before=sa.func.coalesce(there.c.new_not_before, run.c.not_before),
            ended_at=there.c.new_ended_at,
            failures=there.c.new_failures,
            crashes=0,
            message=there.c.new_message,
            worker=None,
            lease_until=None,
        )
        .returning(run.c.id, run.c.generation, run.c.state)
    )


def settle(tx: Tx, settlements: Collection[Settlement]) -> set[int]:
    """Store how runs go on together with their results; returns the ids of those that were still ours to settle."""
    given = {(each.id, each.generation): each for each in settlements}
    packed = pack({name: getattr(each, name) for name in _SETTLED} for each in given.values())
    found = tx.execute(_settle(tx.dialect), {"given": packed})
    settled = [given[row.id, row.generation - (row.state == "waiting")] for row in found]
    outbox.put(tx, [outbox.Unsent(s.id, s.generation, 0, s.job, s.result) for s in settled])
    return {each.id for each in settled}


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A run whose worker is gone."""

    id: int
    generation: int
    job: str
    system: str
    cause: str
    scheduled_at: datetime | None
    started_at: datetime
    worker: str | None
    crashes: int
    failures: int


LONGEST_LEASE = timedelta(hours=2)
"""No lease is as long: one that ends later was given by a clock that was ahead, and holds its job up no more."""


def lapsed(tx: Tx, most: int) -> list[Lapsed]:
    """Return the running runs whose lease has lapsed, locked until the transaction ends."""
    columns = [run.c[name] for name in Lapsed.__dataclass_fields__]
    over = sa.or_(run.c.lease_until < tx.now, run.c.lease_until > tx.now + LONGEST_LEASE)
    gone = sa.select(*columns).where(in_state("running"), over)
    return [Lapsed(*row) for row in tx.execute(gone.order_by(IN_TURN).limit(most).with_for_update())]


def take_back(tx: Tx, gone: Lapsed, not_before: datetime | None, message: str, result: str) -> None:
    """Hand a lapsed run on anew from `not_before`, or give it up as dead when that is None."""
    values: dict[str, Any] = {"worker": None, "lease_until": None, "crashes": gone.crashes + 1, "message": message}
    if not_before is None:
        values |= {"state": "dead", "ended_at": tx.now}
    else:
        again = {"state": "waiting", "generation": gone.generation + 1, "published_at": None, "published": 0}
        values |= again | {"not_before": not_before}
    ours = (run.c.id == gone.id) & (run.c.generation == gone.generation) & (run.c.state == "running")
    if tx.execute(sa.update(run).where(ours).values(values)).rowcount:
        outbox.put(tx, [outbox.Unsent(gone.id, gone.generation, 0, gone.job, result)])
