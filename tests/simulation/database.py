"""The database of a simulation: the hub's own store, with a point before and after each transaction, and an observer.

The observer is a set of triggers in the database: it sees what really happened to runs and records, whoever did it, in
the very transaction in which it happened. The checker reads what it noted, and nothing that the hub says about itself.
"""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import sqlalchemy.event

from hub.store import DatabaseAway, Store, Tx
from hub.store.schema import metadata
from hub.store.types import iso
from tests.simulation.clock import SimClock
from tests.simulation.faults import Faults

RUN = ("id", "job", "cause", "scheduled_at", "stands_for", "overlap")
"""Columns of a run that are noted with each change."""

_COMPILED: dict[Any, Any] = {}
"""Statements as SQL, shared by all simulations of this process: compiling them anew would cost more than running them."""

_OBSERVER = """
CREATE TABLE seen_run (
  seq INTEGER, at TEXT, who TEXT, id INTEGER, job TEXT, cause TEXT, scheduled_at TEXT, stands_for INTEGER, overlap TEXT,
  state_before TEXT, state TEXT, generation_before INTEGER, generation INTEGER, worker TEXT, pages INTEGER,
  published INTEGER, not_before TEXT, message TEXT);
CREATE TABLE seen_record (seq INTEGER, who TEXT, entity TEXT, key TEXT, version INTEGER, fields TEXT, run INTEGER);
CREATE TRIGGER run_made AFTER INSERT ON run BEGIN
  INSERT INTO seen_run VALUES (sim_seq(), sim_now(), sim_who(), new.id, new.job, new.cause, new.scheduled_at,
    new.stands_for, new.overlap, NULL, new.state, NULL, new.generation, NULL, 0, 0, new.not_before, new.message);
END;
CREATE TRIGGER run_changed AFTER UPDATE ON run
WHEN old.state IS NOT new.state OR old.generation IS NOT new.generation OR old.parts IS NOT new.parts
  OR old.stands_for IS NOT new.stands_for OR (old.published_at IS NULL AND new.published_at IS NOT NULL) BEGIN
  INSERT INTO seen_run VALUES (sim_seq(), sim_now(), sim_who(), new.id, new.job, new.cause, new.scheduled_at,
    new.stands_for, new.overlap, old.state, new.state, old.generation, new.generation,
    coalesce(old.worker, new.worker), new.parts - old.parts,
    old.published_at IS NULL AND new.published_at IS NOT NULL, new.not_before, new.message);
END;
CREATE TRIGGER record_made AFTER INSERT ON record BEGIN
  INSERT INTO seen_record VALUES (sim_seq(), sim_who(), new.entity, new.key, new.version, new.fields, new.run);
END;
CREATE TRIGGER record_changed AFTER UPDATE ON record BEGIN
  INSERT INTO seen_record VALUES (sim_seq(), sim_who(), new.entity, new.key, new.version, new.fields, new.run);
END;
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What happened to a run."""

    seq: int
    at: str
    who: str
    id: int
    job: str
    cause: str
    scheduled_at: str | None
    stands_for: int
    overlap: str
    state_before: str | None
    state: str
    generation_before: int | None
    generation: int
    worker: str | None
    """Who held the run before the change; after a claim, who holds it."""
    pages: int
    """Pages committed by this change: 0 or 1."""
    published: int
    """1: it was marked as published by this change."""
    not_before: str
    message: str | None


class Database:
    """One SQLite database in memory, shared by all processes."""

    def __init__(self, clock: SimClock) -> None:
        self.clock = clock
        self.who = "setup"
        """Who is having a transaction."""
        self._seq = 0
        self.store = Store("sqlite://", clock)
        sqlalchemy.event.listen(self.store.engine, "connect", self._connected)
        self.store.engine = self.store.engine.execution_options(compiled_cache=_COMPILED)
        with self.store.write() as tx:
            metadata.create_all(tx.connection)
        raw: Any = self.store.engine.raw_connection()
        raw.executescript(_OBSERVER)

    def next(self) -> int:
        """Return the next number in the order of all that happens."""
        self._seq += 1
        return self._seq

    def _connected(self, connection: sqlite3.Connection, _record: object) -> None:
        connection.create_function("sim_seq", 0, self.next)
        connection.create_function("sim_now", 0, lambda: iso(self.clock.now()))
        connection.create_function("sim_who", 0, lambda: self.who)

    def ask(self, text: str, **parameters: Any) -> list[Any]:
        """Return the rows of a query, in plain SQL."""
        with self.store.read() as tx:
            return list(tx.execute(sa.text(text), parameters))

    def seen(self) -> list[Seen]:
        """Return what happened to runs, in order."""
        return [Seen(*row) for row in self.ask("SELECT * FROM seen_run ORDER BY seq")]


class SimStore(Store):
    """The store as one process has it: between any two of its transactions something may happen."""

    def __init__(self, database: Database, name: str, faults: Faults, point: Callable[[str], None]) -> None:
        self.engine = database.store.engine
        self.dialect = database.store.dialect
        self._clock = database.clock
        self._database = database
        self._name = name
        self._faults = faults
        self._point = point

    @contextmanager
    def _begin(self, *, write: bool) -> Generator[Tx]:
        self._point("before a transaction")
        if self._faults.happens("database-away"):
            raise DatabaseAway("simulated: no connection")
        with super()._begin(write=write) as tx:
            self._database.who = self._name
            yield tx
            if write and self._faults.happens("not-committed"):
                raise DatabaseAway("simulated: connection lost before the commit")
        if write:
            if self._faults.happens("answer-lost"):
                raise DatabaseAway("simulated: committed, but the answer is lost")
            self._point("after a commit")


def instant(text: str) -> datetime:
    """Return an instant as the database has it."""
    return datetime.fromisoformat(text)
