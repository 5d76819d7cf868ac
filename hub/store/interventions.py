"""What operators do to runs: look, cancel, hurry, replay, discard."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from hub.store.batch import among
from hub.store.chosen import ids_where, in_state
from hub.store.database import Tx
from hub.store.schema import job, run


@dataclass(frozen=True, slots=True)
class Shown:
    """A run as operators see it."""

    id: int
    job: str
    system: str
    cause: str
    state: str
    generation: int
    scheduled_at: datetime | None
    stands_for: int
    reason: str | None
    blocked: bool
    not_before: datetime
    published_at: datetime | None
    worker: str | None
    lease_until: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    failures: int
    crashes: int
    cancel_by: str | None
    message: str | None
    counts: Mapping[str, int] | None


_COLUMNS = tuple(run.c[name] for name in Shown.__dataclass_fields__)


def find(
    tx: Tx,
    *,
    numbers: Collection[int] | None = None,
    job: str | None = None,
    system: str | None = None,
    states: Collection[str] = (),
    most: int = 50,
) -> list[Shown]:
    """List runs, the latest first."""
    statement = sa.select(*_COLUMNS)
    if numbers is not None:
        statement = statement.where(among(tx.dialect, run.c.id, numbers))
    if job is not None:
        statement = statement.where(run.c.job == job)
    if system is not None:
        statement = statement.where(run.c.system == system)
    if states:
        statement = statement.where(run.c.state.in_(states))
    return [Shown(*row) for row in tx.execute(statement.order_by(run.c.id.desc()).limit(most))]


def last_of_each(tx: Tx) -> dict[str, Shown]:
    """Return the latest run of each job."""
    latest = sa.select(sa.func.max(run.c.id)).group_by(run.c.job)
    return {row.job: Shown(*row) for row in tx.execute(sa.select(*_COLUMNS).where(run.c.id.in_(latest)))}


def cancel(tx: Tx, number: int, by: str) -> str | None:
    """Cancel a run: at once if it waits, at its next page if it runs. Returns its state then; none: it had ended."""
    # Locked: between the two looks below it would be handed on, and found in neither state.
    tx.execute(sa.select(run.c.id).where(run.c.id == number).with_for_update())
    waiting = (run.c.id == number) & (run.c.state == "waiting")
    ended = {"state": "cancelled", "ended_at": tx.now, "cancel_by": by, "message": f"cancelled by {by}"}
    if tx.execute(sa.update(run).where(waiting).values(**ended, generation=run.c.generation + 1)).rowcount:
        return "cancelled"
    running = (run.c.id == number) & (run.c.state == "running")
    return "running" if tx.execute(sa.update(run).where(running).values(cancel_by=by)).rowcount else None


def hurry(tx: Tx, number: int) -> bool:
    """Let a waiting run (a retry, say) go out now instead of later; returns whether it waited."""
    waiting = (run.c.id == number) & (run.c.state == "waiting") & (run.c.not_before > tx.now)
    return bool(tx.execute(sa.update(run).where(waiting).values(not_before=tx.now)).rowcount)


def replay(tx: Tx, numbers: Collection[int], by: str) -> list[int]:
    """Hand dead runs on anew with all their attempts; returns those that were dead."""
    dead = among(tx.dialect, run.c.id, numbers) & (run.c.state == "dead")
    again = {
        "state": "waiting",
        "generation": run.c.generation + 1,
        "not_before": tx.now,
        "published_at": None,
        "published": 0,
        # A new beginning: it takes its turn behind a run of the job that is open now.
        "started_at": None,
        "ended_at": None,
        "failures": 0,
        "crashes": 0,
        "cancel_by": None,
        "cause": "manual",
        "message": f"replayed by {by}",
    }
    return sorted(tx.execute(sa.update(run).where(dead).values(again).returning(run.c.id)).scalars())


def discard(tx: Tx, numbers: Collection[int], by: str) -> list[int]:
    """Put dead runs away for good; they are pruned like any other. Returns those that were dead."""
    dead = among(tx.dialect, run.c.id, numbers) & (run.c.state == "dead")
    told = sa.func.coalesce(run.c.message, "") + f" (discarded by {by})"
    values = {"state": "discarded", "message": told}
    return sorted(tx.execute(sa.update(run).where(dead).values(values).returning(run.c.id)).scalars())


def cancel_waiting(tx: Tx, names: Collection[str], by: str, why: str) -> int:
    """Cancel all waiting runs of some jobs; returns how many."""
    waiting = run.c.id.in_(ids_where(in_state("waiting"), run.c.job.in_(names)))
    ended = {"state": "cancelled", "ended_at": tx.now, "cancel_by": by, "message": why}
    return tx.execute(sa.update(run).where(waiting).values(**ended, generation=run.c.generation + 1)).rowcount


def cancel_removed(tx: Tx, *, published: bool) -> int:
    """Cancel what waits for jobs that are configured no more, or are switched off; returns how many.

    Such runs were under way when their job was taken out, or were triggered since. What somebody asked for stays.
    `published`: those that are, or those that are not. Each has a partial index, and wants a transaction of its own:
    within one, rows are locked in the order of their ids.
    """
    part = run.c.published_at.is_not(None) if published else run.c.published_at.is_(None)
    stands = sa.or_(job.c.enabled, run.c.cause.in_(("manual", "backfill")))
    unknown = sa.not_(sa.exists().where(job.c.name == run.c.job, stands))
    waiting = run.c.id.in_(ids_where(in_state("waiting"), part, unknown))
    ended = {"state": "cancelled", "ended_at": tx.now, "message": "the job is configured no more, or switched off"}
    return tx.execute(sa.update(run).where(waiting).values(**ended, generation=run.c.generation + 1)).rowcount
