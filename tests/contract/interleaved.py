"""Two pieces of the hub's code on PostgreSQL, one stopped before a statement of it while the other goes on.

SQLite's writers stand one behind the other; PostgreSQL's meet between any two statements. What is found is told by a
test with its order of steps: the same each time, as only one of the two moves at a time.
"""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
import sqlalchemy.event

from hub.store import Store
from tests.contract.store_steps import LATEST

LOOK = 0.002
"""Seconds between two looks whether a piece waits for a lock."""
_WAITS = sa.text("SELECT cardinality(pg_blocking_pids(:pid)) > 0")


@dataclass(eq=False)
class Piece:
    """A piece of code on a thread of its own, that stops before each statement until it may go on."""

    do: Callable[[], Any]
    free: bool = False
    """It stops no more."""
    statements: list[str] = field(default_factory=list[str])
    came_to: Any = None
    """What it returned, or the exception by which it ended."""
    process: int = 0
    """The database's process that works for it."""
    ended: bool = False
    moved: threading.Event = field(default_factory=threading.Event)
    """Set when it has stopped, or ended."""
    _may_go: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> None:
        """Start it."""
        threading.Thread(target=self._run, name=f"piece {id(self)}", daemon=True).start()

    def go_on(self) -> None:
        """Let it carry out the statement before which it stands."""
        self.moved.clear()
        self._may_go.set()

    def come_to(self, process: int, statement: str) -> None:
        """Stop before a statement; called on its thread."""
        self.process = process or self.process
        self.statements.append(statement)
        if not self.free:
            self.moved.set()
            assert self._may_go.wait(LATEST), "nobody let it go on"
            self._may_go.clear()

    def _run(self) -> None:
        _pieces[threading.get_ident()] = self
        try:
            self.came_to = self.do()
        except Exception as fault:  # noqa: BLE001  # handed to the test
            self.came_to = fault
        finally:
            del _pieces[threading.get_ident()]
            self.ended = True
            self.moved.set()


_pieces: dict[int, Piece] = {}


def interleave(
    store: Store, first: Callable[[], Any], second: Callable[[], Any], *, before: str | int
) -> tuple[Piece, Piece]:
    """Stop `first` before a statement, take `second` to its end, and then `first`.

    `before`: a text in the statement, or its number. As long as `second` waits for what `first` has locked, `first` goes
    on by one statement at a time. Returns both; `first` may have ended without having come to the statement.
    """
    one, other = Piece(first), Piece(second, free=True)
    with _stopping(store), _watching(store) as settled:
        one.begin()
        settled(one)
        while not one.ended and not _is_meant(one.statements, before):
            one.go_on()
            settled(one)
        other.begin()
        while not settled(other):
            if one.moved.is_set() and not one.ended:
                one.go_on()
                settled(one)
        one.free = True
        if not one.ended:
            one.go_on()
        while not settled(one):
            pass
    return one, other


def _is_meant(statements: list[str], before: str | int) -> bool:
    return before in statements[-1] if isinstance(before, str) else len(statements) > before


@contextmanager
def _stopping(store: Store) -> Generator[None]:
    def before(connection: sa.Connection, _cursor: Any, statement: str, *_: Any) -> None:
        driver: Any = connection.connection.driver_connection
        if piece := _pieces.get(threading.get_ident()):
            piece.come_to(driver.info.backend_pid, statement)

    def after(*_: Any) -> None:
        if piece := _pieces.get(threading.get_ident()):
            piece.come_to(0, "-- the transaction has ended")

    told: tuple[tuple[Any, str, Any], ...] = (
        (store.engine, "before_cursor_execute", before),
        (store.engine.pool, "checkin", after),
    )
    for each in told:
        sqlalchemy.event.listen(*each)
    try:
        yield
    finally:
        for each in told:
            sqlalchemy.event.remove(*each)


@contextmanager
def _watching(store: Store) -> Generator[Callable[[Piece], bool]]:
    """Give a function that returns once a piece has stopped or ended (true), or waits for a lock (false)."""
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:

        def settled(piece: Piece) -> bool:
            latest = time.monotonic() + LATEST
            while not piece.moved.wait(LOOK):
                if piece.process and connection.execute(_WAITS, {"pid": piece.process}).scalar_one():
                    return False
                assert time.monotonic() < latest, "it neither ends nor waits for a lock"
            return True

        yield settled
