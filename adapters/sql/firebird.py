"""Firebird, by SQLAlchemy's dialect for it, mended where that and its driver leave out what the hub relies on.

SQLAlchemy loads it for an address that begins with `firebird+firebird`, and nobody else: the driver may not be there.
What is said of Firebird itself is from its "Firebird 3.0 Language Reference", "Transaction Statements", and from
"Using OO API".
"""

import signal
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from threading import Lock, Timer, current_thread
from typing import Any

import sqlalchemy as sa
from firebird.driver import CancelType, DatabaseError, Isolation, TraAccessMode, driver_config, tpb  # pyright: ignore[reportMissingTypeStubs]
from firebird.driver.fbapi import (  # pyright: ignore[reportMissingTypeStubs]
    FB_SHUTDOWN_CALLBACK,
    ISC_STATUS_ARRAY,
    fb_shut_confirmation,
    fb_shutrsn_signal,
    get_api,
    load_api,
)
from sqlalchemy_firebird.firebird import FBDialect_firebird  # pyright: ignore[reportMissingTypeStubs]

from adapters.sql.drivers import CONNECT_SECONDS, READ_ONLY

LEVELS: Mapping[str, Isolation] = {
    "READ COMMITTED": Isolation.READ_COMMITTED_RECORD_VERSION,
    "REPEATABLE READ": Isolation.SNAPSHOT,
    "SNAPSHOT": Isolation.SNAPSHOT,
    "SERIALIZABLE": Isolation.SERIALIZABLE,
}
DEFAULT = "READ COMMITTED"
"""A SNAPSHOT cannot write what another transaction has changed since it began."""
CANCELLED = 335544794
"""Firebird's own code for a statement that was ended from outside."""


class Watch:
    """Cuts the connection of what takes too long: Firebird 3 has no time-out for statements, nor for silent servers.

    The server then ends the statement by itself. It can be asked to end one, too, but not while rows are fetched, which
    is when it sorts.
    """

    def __init__(self, connection: Any, seconds: int) -> None:
        self.over = False
        self._connection, self._seconds = connection, seconds
        self._lock = Lock()
        self._timer: Timer | None = None

    def begin(self) -> None:
        """Give the next statement its time, with the fetching of its rows."""
        self.end()
        self._timer = Timer(self._seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        """Look away."""
        with self._lock:  # a connection must not be closed while it is being cut
            if self._timer is not None:
                self._timer.cancel()
            self._timer = None

    def _cut(self) -> None:
        with self._lock:
            if self._timer is current_thread():
                self.over = True
                self._connection._att.cancel_operation(CancelType.ABORT)  # noqa: SLF001 - the driver has no public way


@FB_SHUTDOWN_CALLBACK
def _has_its_own_way(reason: int, _mask: int, _: Any) -> int:
    """Say no (1) to the client library, which shuts its connections at SIGTERM, where that has a handler of ours."""
    return int(reason == fb_shutrsn_signal and callable(signal.getsignal(signal.SIGTERM)))


@cache
def _go_on_at_signals() -> None:
    """Let a hub that is stopped finish what it does ("fb_shutdown_callback")."""
    library: Any = get_api()
    library.fb_shutdown_callback(ISC_STATUS_ARRAY(), _has_its_own_way, fb_shut_confirmation, None)


class Dialect(FBDialect_firebird):
    """How Firebird is spoken to."""

    name = "firebird"
    supports_statement_cache = True
    _isolation_lookup = LEVELS  # pyright: ignore[reportAssignmentType]

    @classmethod
    def import_dbapi(cls) -> Any:
        """Return the driver. Raises ImportError if Firebird's own client library is not there."""
        try:
            load_api()
        except OSError as missing:
            raise ImportError(f"{missing} On Debian: apt-get install libfbclient2") from None
        _go_on_at_signals()
        return super().import_dbapi()

    def create_connect_args(self, url: sa.URL) -> Any:
        """Return the address as one text: its parts would be kept for the process, and be taken for another server's."""
        place = f"inet://{url.host}:{url.port or 3050}/{url.database}" if url.host else url.database
        return [], {"charset": "UTF8", **url.query, "database": place, "user": url.username, "password": url.password}

    def connect(self, *_: Any, timeout: int = 30, **told: Any) -> Any:
        """Return a new connection. `timeout`: seconds for a statement, also where it waits for another's lock."""
        driver_config.db_defaults.timeout.value = CONNECT_SECONDS
        connection = self.loaded_dbapi.connect(**told)
        connection.watch = Watch(connection, timeout)
        self.set_isolation_level(connection, DEFAULT)
        return connection

    def get_isolation_level(self, dbapi_connection: Any) -> Any:
        """Return the level of the transactions to come."""
        return dbapi_connection.level

    def set_isolation_level(self, dbapi_connection: Any, level: str) -> None:
        """Set the level of the transactions to come."""
        dbapi_connection.level = level
        # Without a time-out for locks: where there is one, nobody looks for deadlocks, and both sides lose.
        dbapi_connection.main_transaction.default_tpb = tpb(LEVELS[level])

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """Execute a statement; the one that begins a transaction is a call of its own here."""
        connection = cursor.connection
        connection.watch.begin()
        if statement == READ_ONLY:
            connection.begin(tpb(LEVELS[connection.level], access_mode=TraAccessMode.READ))
        else:
            super().do_execute(cursor, statement, parameters, context)  # pyright: ignore[reportUnknownMemberType]

    def do_commit(self, dbapi_connection: Any) -> None:
        """Commit, if there is a transaction."""
        super().do_commit(dbapi_connection)  # pyright: ignore[reportUnknownMemberType]
        dbapi_connection.watch.end()

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Roll back, if there is a transaction."""
        super().do_rollback(dbapi_connection)  # pyright: ignore[reportUnknownMemberType]
        dbapi_connection.watch.end()

    def is_disconnect(self, e: Any, connection: Any, cursor: Any) -> bool:
        """Tell whether the connection is broken; what we have cut ourselves is told as what it is."""
        broken = bool(getattr(e, "gds_codes", ())) and super().is_disconnect(e, connection, cursor)
        if broken and connection is not None and connection.watch.over:
            e.gds_codes = (CANCELLED,)
        return broken

    def do_ping(self, dbapi_connection: Any) -> bool:
        """Ask whether the server is there; without a statement, which would begin a transaction."""
        dbapi_connection.watch.begin()
        dbapi_connection.ping()
        dbapi_connection.watch.end()
        return True

    def do_terminate(self, dbapi_connection: Any) -> None:
        """Close a connection that is broken; what it held is let go of: the server cannot be told any more."""
        dbapi_connection.watch.end()
        for held in dbapi_connection._statements:  # noqa: SLF001 - else each complains when it is collected
            if (statement := held()) is not None:
                statement._istmt = None  # noqa: SLF001
        with suppress(DatabaseError):
            self.do_close(dbapi_connection)
