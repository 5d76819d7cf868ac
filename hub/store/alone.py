"""The embedded database is one process's: its broker lives in that process, so that another one would get no work.

Held as a lock of SQLite's, which knows how files are locked on each system, and in a file of its own, which others never
wait for. Such a lock ends with its process, however that ends (SQLite, page "File Locking And Concurrency").
"""

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from hub.errors import HubError, Misconfigured

LOCK_NAME = "hub.lock"
"""Beside the database."""


class Taken(HubError):
    """Another process has the embedded database."""


@contextmanager
def alone(lock: Path) -> Generator[None]:
    """Keep others out of here as long as the block lasts. Raises Taken, or Misconfigured if nothing can be locked."""
    with closing(_locked(lock)):
        yield


def _locked(lock: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(lock, timeout=0, isolation_level=None, check_same_thread=False)
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as fault:
        if fault.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise Taken from None
        mend = "make room there" if fault.sqlite_errorcode == sqlite3.SQLITE_FULL else "see that it may be written to"
        raise Misconfigured(f"{lock} cannot be locked ({fault}); {mend}") from None
    return connection
