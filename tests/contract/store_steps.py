"""Steps that the tests of the store take again and again."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from hub.store import Store, Tx, claims, interventions, runs

START = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
LEASE = timedelta(seconds=60)
LATEST = 30
"""Seconds after which a test gives up waiting."""


class StandingClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.instant = START

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return (self.instant - START).total_seconds()

    def move(self, **length: float) -> datetime:
        self.instant += timedelta(**length)
        return self.instant


def new(job: str = "shop.orders", **told: Any) -> runs.NewRun:
    """Return a run that was asked for by hand, of the system that the job's name begins with."""
    given: dict[str, Any] = {"system": job.partition(".")[0], "cause": "manual", "not_before": START, **told}
    return runs.NewRun(job=job, **given)


def scheduled(job: str = "shop.orders", at: datetime = START, **told: Any) -> runs.NewRun:
    """Return an occurrence of a job."""
    return new(job, cause="schedule", scheduled_at=at, not_before=at, **told)


def triggered(job: str = "shop.orders", **told: Any) -> runs.NewRun:
    """Return a run that an external system asks for."""
    return new(job, cause="trigger", **told)


def make(store: Store, *wanted: runs.NewRun) -> list[int]:
    """Make runs and publish them; returns their ids."""
    with store.write() as tx:
        made = runs.make(tx, wanted)
        runs.mark_published(tx, runs.due(tx, tx.now, 10_000))
    return made


def named(tx: Tx, *pairs: tuple[int, int]) -> list[claims.Named]:
    """Return runs, given by id and generation, as the relay's messages name them."""
    jobs = {
        each.id: each.job for each in interventions.find(tx, numbers=[number for number, _ in pairs], most=len(pairs))
    }
    return [claims.Named(number, generation, jobs.get(number, "no.such")) for number, generation in pairs]


def claim(store: Store, *pairs: tuple[int, int], worker: str = "one") -> list[claims.Claimed]:
    """Claim runs in a transaction of its own."""
    with store.write() as tx:
        return claims.claim(tx, named(tx, *pairs), worker, LEASE)[0]


def begun(store: Store, *wanted: runs.NewRun) -> list[claims.Claimed]:
    """Make runs, publish and claim them."""
    return claim(store, *((number, 1) for number in make(store, *wanted)))


def settle(store: Store, held: claims.Claimed, state: str = "done", **told: Any) -> set[int]:
    """Settle one run in a transaction of its own."""
    with store.write() as tx:
        return claims.settle(tx, [settlement(held, state, tx.now, **told)])


def settlement(held: claims.Claimed, state: str, now: datetime, **told: Any) -> claims.Settlement:
    """Return how a run goes on: ended now, or waiting again from now on."""
    when: dict[str, Any] = {"not_before": now} if state == "waiting" else {"ended_at": now}
    known: dict[str, Any] = {"id": held.id, "generation": held.generation, "job": held.job, "failures": held.failures}
    known |= {"state": state, "message": None, "result": "{}"}
    return claims.Settlement(**known | when | told)


def shown(store: Store, number: int) -> interventions.Shown:
    """Return a run as it stands."""
    with store.read() as tx:
        return interventions.find(tx, numbers=[number])[0]


def together(*pieces: Callable[[], Any]) -> list[Any]:
    """Do several things at the same moment, each on a thread; returns what they came to, exceptions included."""
    line = threading.Barrier(len(pieces))

    def begin(piece: Callable[[], Any]) -> Any:
        line.wait(LATEST)
        try:
            return piece()
        except Exception as error:  # noqa: BLE001  # handed to the test
            return error

    with ThreadPoolExecutor(len(pieces)) as pool:
        return list(pool.map(begin, pieces, timeout=2 * LATEST))


def until_somebody_waits(store: Store) -> None:
    """Return once a connection of this database waits for another one's lock; SQLite's wait before they begin."""
    if store.dialect == "sqlite":
        return
    waiting = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    latest = time.monotonic() + LATEST
    pause = threading.Event()
    while time.monotonic() < latest:
        with store.read() as tx:
            if tx.execute(waiting).scalar_one():
                return
        pause.wait(0.01)
    raise AssertionError("nobody waits for a lock")
