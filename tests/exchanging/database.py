"""The hub's own store in memory, and an observer in it: triggers note what every record has ever been."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from typing import Any

import orjson
import sqlalchemy as sa
import sqlalchemy.event

from hub.store import Store, Tx
from hub.store.schema import metadata
from tests.simulation.clock import SimClock

_COMPILED: dict[Any, Any] = {}
"""Statements as SQL, shared by all simulations of this process: compiling them anew would cost more than running them."""

_OBSERVER = """
CREATE TABLE seen_record (seq INTEGER, entity TEXT, number INTEGER, key TEXT, fields TEXT, system TEXT);
CREATE TRIGGER record_made AFTER INSERT ON record BEGIN
  INSERT INTO seen_record VALUES (sim_seq(), new.entity, new.id, new.key, new.fields, new.system);
END;
CREATE TRIGGER record_changed AFTER UPDATE ON record BEGIN
  INSERT INTO seen_record VALUES (sim_seq(), new.entity, new.id, new.key, new.fields, new.system);
END;
"""


class _OneConnection(Store):
    """A store of one thread, whose transactions come one after the other: its connection is never given back."""

    def __init__(self, clock: SimClock, connected: Callable[[sqlite3.Connection, object], None]) -> None:
        super().__init__("sqlite://", clock)
        sqlalchemy.event.listen(self.engine, "connect", connected)
        self._only = self.engine.execution_options(compiled_cache=_COMPILED).connect()

    @property
    def driver(self) -> sqlite3.Connection:
        """Return the connection as the database's own library has it."""
        found: Any = self._only.connection.driver_connection
        return found

    @contextmanager
    def _begin(self, *, write: bool) -> Generator[Tx]:
        with self._only.begin() as transaction:
            yield Tx(self._only, self._clock)
            if not write:
                transaction.rollback()


class Database:
    """One SQLite database in memory."""

    def __init__(self, clock: SimClock, seq: Callable[[], int]) -> None:
        self._seq = seq
        self._copy: sqlite3.Connection | None = None
        self.restored = 0
        """When it was last restored."""
        self.store = _OneConnection(clock, self._connected)
        _template().backup(self.store.driver)

    def _connected(self, connection: sqlite3.Connection, _record: object) -> None:
        connection.create_function("sim_seq", 0, self._seq)

    def ask(self, text: str, **parameters: Any) -> list[Any]:
        """Return the rows of a query, in plain SQL."""
        with self.store.read() as tx:
            return list(tx.execute(_text(text), parameters))

    def write(self, do: Callable[[Tx], Any]) -> None:
        """Change something as an operator."""
        with self.store.write() as tx:
            do(tx)

    def back_up(self) -> None:
        """Make a copy, in the place of an earlier one."""
        self._copy = sqlite3.connect(":memory:")
        self.store.driver.backup(self._copy)

    def restore(self) -> bool:
        """Go back to the copy; returns whether there is one. What the observer has noted stays."""
        if self._copy is None:
            return False
        noted = self.ask("SELECT * FROM seen_record")
        self._copy.backup(self.store.driver)
        with self.store.write() as tx:
            tx.execute(sa.text("DELETE FROM seen_record"))
            for row in noted:
                tx.execute(
                    _text("INSERT INTO seen_record VALUES (:a, :b, :c, :d, :e, :f)"),
                    dict(zip("abcdef", row, strict=True)),
                )
        self._copy, self.restored = None, self._seq()
        return True

    def seen(self) -> list[tuple[int, str, int, dict[str, Any]]]:
        """Return what records have been: (when, entity, number, fields)."""
        rows = self.ask("SELECT seq, entity, number, fields FROM seen_record ORDER BY seq")
        return [(row.seq, row.entity, row.number, orjson.loads(row.fields)) for row in rows]


_text = cache(sa.text)
_TEMPLATE: list[sqlite3.Connection] = []


def _template() -> sqlite3.Connection:
    """Return a database with all its tables, to be copied: making them takes longer than a simulation's step."""
    if not _TEMPLATE:
        store = Store("sqlite://", SimClock())
        raw: Any = store.engine.raw_connection()
        metadata.create_all(store.engine)
        raw.executescript(_OBSERVER)
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        raw.driver_connection.backup(copy)
        _TEMPLATE.append(copy)
        store.close()
    return _TEMPLATE[0]
