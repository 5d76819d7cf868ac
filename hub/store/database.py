"""How a transaction is had, on PostgreSQL and on SQLite alike."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
import sqlalchemy.event
import sqlalchemy.exc
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_random

from hub.clock import Clock, SystemClock
from hub.errors import Misconfigured, TryLater
from hub.log import without_password
from hub.store.types import json_text

BUSY_SECONDS = 30
"""How long a writer of SQLite waits for another one."""


class DatabaseAway(TryLater):
    """The database does not answer."""


def file_address(path: Path) -> str:
    """Return the address of an SQLite file; characters that mean something in an address are quoted."""
    return sa.URL.create("sqlite", database=path.as_posix()).render_as_string()


class Tx:
    """A transaction, with the one time by which leases are judged."""

    def __init__(self, connection: sa.Connection, clock: Clock | None) -> None:
        """`clock`: none means the database's own."""
        self.connection = connection
        self.dialect = connection.dialect.name
        self._clock = clock

    @cached_property
    def now(self) -> datetime:
        """The present instant by the database's clock; the same throughout the transaction."""
        if self._clock is not None:
            return self._clock.now()
        return self.connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one().astimezone(UTC)

    def execute(self, statement: sa.Executable, parameters: Any = None) -> sa.CursorResult[Any]:
        """Execute one statement; a list of parameters executes it for each."""
        return self.connection.execute(statement, parameters)  # pyright: ignore[reportReturnType]

    @contextmanager
    def savepoint(self) -> Generator[None]:
        """Undo only what happens inside when it fails."""
        with self.connection.begin_nested():
            yield


class Store:
    """A database of the hub. Threads share it; each transaction has a connection of its own."""

    def __init__(self, url: str, clock: Clock | None = None, *, connections: int = 10) -> None:
        """`clock` replaces the database's clock (the simulator's does); SQLite has none and uses the machine's."""
        self.engine = _engine(url, connections)
        self.dialect = self.engine.dialect.name
        self._clock = clock or (None if self.dialect == "postgresql" else SystemClock())

    @contextmanager
    def read(self) -> Generator[Tx]:
        """Open a transaction that only reads. Raises DatabaseAway."""
        with self._begin(write=False) as tx:
            yield tx

    @contextmanager
    def write(self) -> Generator[Tx]:
        """Open a transaction that commits at the end of the block, or not at all. Raises DatabaseAway."""
        with self._begin(write=True) as tx:
            yield tx

    @contextmanager
    def _begin(self, *, write: bool) -> Generator[Tx]:
        engine = self.engine.execution_options(hub_write=True) if write else self.engine
        try:
            with engine.connect() as connection, connection.begin() as transaction:
                yield Tx(connection, self._clock)
                if not write:
                    transaction.rollback()
        except sqlalchemy.exc.TimeoutError as fault:
            raise DatabaseAway(f"{DatabaseAway.__doc__} ({_told(fault)})") from fault
        except sqlalchemy.exc.DBAPIError as fault:
            if _is_pooled(fault):
                raise Misconfigured(f"{POOLED} ({_told(fault)})") from fault
            if _is_unusable(fault):
                raise Misconfigured(
                    f"the database file {self.engine.url.database} cannot be used ({_told(fault)}); "
                    "see that its folder is there and may be written to, and that it is a database of the hub"
                ) from fault
            if isinstance(fault, sqlalchemy.exc.ProgrammingError) and fault.statement is None:  # nothing was asked yet
                raise Misconfigured(f"{UNLIKE} ({_told(fault)})") from fault
            if _is_read_only(fault):
                self.engine.dispose()  # whoever leads now is asked with the next connection
            if _is_full(fault):
                raise DatabaseAway(f"{FULL} ({_told(fault)})") from fault
            if _is_away(fault):
                raise DatabaseAway(f"{DatabaseAway.__doc__} ({_told(fault)})") from fault
            raise

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


UNLIKE = (
    "the database's address is not understood; it looks like postgresql+psycopg://hub@localhost/hub or "
    "sqlite:///hub.db; in a password @ is written %40, and % is %25"
)
POOLED = (
    "a pooler such as PgBouncer stands before the database and takes the hub's sessions apart; "
    "give the address of PostgreSQL itself as database in hub.toml: the hub keeps few connections and pools them"
)
FULL = "The database's disk is full: make room there"
_AWAY = (sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError)
_OURS = ("54000", "54001", "54011", "54023")
"""Operational errors to the driver (PostgreSQL's manual, "Error Codes", class 54): what is too long will never be taken."""
_PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR", "SQLITE_FULL", "SQLITE_NOMEM", "SQLITE_PROTOCOL")
_UNUSABLE = ("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_PERM")


def _told(fault: BaseException) -> str:
    cause = getattr(fault, "orig", None) or fault
    first = str(cause).strip().splitlines()
    return without_password(first[0]) if first else type(cause).__name__


def _is_away(fault: sqlalchemy.exc.DBAPIError) -> bool:
    """Tell whether the same may succeed later; SQLite calls faults of ours, such as a wrong column, operational too."""
    if isinstance(fault.orig, sqlite3.Error):
        return getattr(fault.orig, "sqlite_errorname", "").startswith(_PASSING)
    if getattr(fault.orig, "sqlstate", "") in _OURS:
        return False
    return isinstance(fault, _AWAY) or _is_read_only(fault) or fault.connection_invalidated


def _is_full(fault: sqlalchemy.exc.DBAPIError) -> bool:
    """Tell whether there is no room for what is to be written.

    Sources: PostgreSQL's manual, "Error Codes", disk_full; SQLite, page "Result and Extended Result Codes".
    """
    name: str = getattr(fault.orig, "sqlite_errorname", "")
    return name in ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE") or getattr(fault.orig, "sqlstate", "") == "53100"


def _is_read_only(fault: sqlalchemy.exc.DBAPIError) -> bool:
    """Tell whether PostgreSQL takes no writes: a replica that a failover led us to, or a host with a full disk."""
    return getattr(fault.orig, "sqlstate", "") == "25006"


def _is_pooled(fault: sqlalchemy.exc.DBAPIError) -> bool:
    """Tell whether a pooler is in between: it takes no settings of a session, or mixes up what sessions have prepared.

    Sources: PgBouncer, page "Config", ignore_startup_parameters; PostgreSQL's manual, "Error Codes".
    """
    mixed_up = getattr(fault.orig, "sqlstate", "") in ("42P05", "26000")
    return mixed_up or "unsupported startup parameter" in str(fault.orig)


def _is_unusable(fault: sqlalchemy.exc.DBAPIError) -> bool:
    """Tell whether it is SQLite that will never be able to use its file, however often it is asked."""
    return getattr(fault.orig, "sqlite_errorname", "").startswith(_UNUSABLE)


# A plan made while the table was small would be kept while it grows: planning each time costs a third of a millisecond.
# Limits for impatient people's sessions would cut off a migration, or a plan that asks a system: again with each try.
_SESSION = (
    "-c timezone=utc -c plan_cache_mode=force_custom_plan"
    " -c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0"
)

# A machine that is gone answers nothing, not even a reset: noticed within half a minute rather than after two hours.
_ALIVE = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000}


def _engine(url: str, connections: int) -> sa.Engine:
    try:
        address = sa.make_url(url)
    except (sqlalchemy.exc.ArgumentError, ValueError):
        raise Misconfigured(UNLIKE) from None
    if address.get_backend_name() == "postgresql":
        if url.count("@") > 1:  # the rest of the password would be taken for a host, and shown
            raise Misconfigured(UNLIKE)
        address = address.set(drivername="postgresql+psycopg")
        options: dict[str, Any] = {
            "pool_size": connections,
            "max_overflow": connections,
            "connect_args": {"connect_timeout": 5, **_ALIVE, "prepare_threshold": 2, "options": _SESSION},
        }
    elif address.get_backend_name() == "sqlite":
        options = {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}}
        if address.database in (None, "", ":memory:"):
            options["poolclass"] = sa.StaticPool
    else:
        raise Misconfigured(
            f"{address.get_backend_name()} is not supported; PostgreSQL (postgresql://) and SQLite (sqlite:///) are"
        )
    try:
        engine = sa.create_engine(
            address,
            json_serializer=json_text,
            json_deserializer=orjson.loads,
            **options,
        )
    except sqlalchemy.exc.ArgumentError:  # sqlite://hub.db
        raise Misconfigured(UNLIKE) from None
    except ModuleNotFoundError as missing:
        raise Misconfigured(f"{missing.name} is missing; mend: pip install 'hubwerk[postgres]'") from None
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    return engine


@retry(
    retry=retry_if_exception_type(sqlite3.OperationalError),
    stop=stop_after_delay(5),
    wait=wait_random(0.01, 0.1),
    reraise=True,
)
def _set(connection: sqlite3.Connection, pragma: str) -> None:
    # Of several that open a new file at once, one makes it a WAL; the others are told "locked" without waiting.
    connection.execute(f"PRAGMA {pragma}")


def _prepare_sqlite(engine: sa.Engine) -> None:
    @sqlalchemy.event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: Any) -> None:  # pyright: ignore[reportUnusedFunction]
        # The driver's own transactions begin too late and read-only; ours are begun below.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            _set(connection, pragma)

    @sqlalchemy.event.listens_for(engine, "begin")
    def _begun(connection: sa.Connection) -> None:  # pyright: ignore[reportUnusedFunction]
        # A writer takes its turn at once: a reader that becomes a writer would fail instead of waiting.
        write = connection.get_execution_options().get("hub_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
