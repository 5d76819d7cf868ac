"""A database as the hub uses it: short transactions, and every fault as what happens next."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import registry
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolIsEmpty

from adapters.sql.drivers import DRIVERS, Driver
from adapters.sql.faults import cause_of, sort_of, words_of
from adapters.sql.options import SqlOptions
from adapters.writing.writes import Unfit
from hub.config import resolve
from hub.errors import HubError, Misconfigured, Refused, TryLater, Unanswered

CONNECTIONS = 4
RECYCLE = 1800
"""Seconds after which a connection is not used again: firewalls forget those that stand idle."""

registry.register("firebird.firebird", "adapters.sql.firebird", "Dialect")  # in the place of the one as it comes
_LOADING = Lock()
"""Held while SQLAlchemy imports a dialect: two threads at once find it half imported."""


class Busy(TryLater):
    """Another transaction stood in the way; nothing was changed."""


class Database:
    """One database. Threads share it; each transaction has a connection of its own."""

    def __init__(self, name: str, options: SqlOptions, folder: Path) -> None:
        """`name`: the system's; `folder`: from which an SQLite file's path counts. Nothing is opened yet."""
        self.name, self.options, self._folder = name, options, folder
        self._lock = Lock()
        self._opened: sa.Engine | None = None
        self._secrets: frozenset[str] = frozenset()

    @property
    def backend(self) -> str:
        """Which database it is: `postgresql`, `mssql` ..."""
        return self._engine.dialect.name

    @contextmanager
    def reading(self, place: str) -> Generator[sa.Connection]:
        """Open a transaction that only reads. `place`: in hub.toml, where a fault would have to be mended.

        Raises TryLater or Refused.
        """
        try:
            with self._lent(place) as connection, self._told(place), connection.begin():
                if self._driver.read_only:
                    connection.exec_driver_sql(self._driver.read_only)
                yield connection
        except Unfit as fault:
            mend = "mend the value there, or let the query read it otherwise (NULLIF, CASE, CAST)"
            raise Refused(f"{place}: a row cannot be read: {fault}; {mend}") from None

    @contextmanager
    def writing(self, place: str) -> Generator[sa.Connection]:
        """Open a transaction that is committed at the end of the block, or not at all.

        Raises Unfit for values that the database does not take, Busy, TryLater, Unanswered or Refused.
        """
        with self._lent(place, reads=False) as connection:
            transaction = connection.begin()
            try:
                with self._told(place):
                    yield connection
            except BaseException:
                self._rolled_back(transaction)
                raise
            with self._told(place, lost=Unanswered):
                transaction.commit()

    @contextmanager
    def _lent(self, place: str, *, reads: bool = True) -> Generator[sa.Connection]:
        isolation = (self.options.isolation or self._driver.isolation) if reads else None
        connection = self._connected(place)
        try:
            with self._told(place):
                if isolation:
                    connection = connection.execution_options(isolation_level=isolation)
            yield connection
        finally:
            connection.close()

    def _connected(self, place: str) -> sa.Connection:
        try:
            with self._told(place):
                return self._engine.connect()
        except (
            Unfit,
            OSError,
            TypeError,
            ValueError,
            AttributeError,
        ) as fault:  # of a driver that is told what it does not know
            told = f"[systems.{self.name}] url: the driver cannot connect as it is told there: "
            told += f"{words_of(fault, self._secrets)}; mend what stands behind the ?"
            raise Refused(told, system_away=True) from None

    @staticmethod
    def _rolled_back(transaction: sa.RootTransaction) -> None:
        try:
            transaction.rollback()
        except SQLAlchemyError:  # the connection is gone, and the transaction with it
            transaction.connection.invalidate()

    @contextmanager
    def _told(self, place: str, *, lost: type[TryLater] = TryLater) -> Generator[None]:
        try:
            yield
        except PoolIsEmpty:
            raise TryLater(f"all connections to {self.name} are in use") from None
        except DBAPIError as fault:
            raise self._fault(fault, place, lost) from None
        except SQLAlchemyError as fault:
            raise Refused(f"{place}: {words_of(fault, self._secrets)}") from None
        except UnicodeDecodeError as fault:
            key = "client_encoding" if self.backend == "postgresql" else "charset"
            mend = f"name it at the end of [systems.{self.name}] url, as in ?{key}=WIN1250"
            raise Refused(f"{place}: a text there is not in the character set {fault.encoding}; {mend}") from None
        except UnicodeEncodeError as fault:
            raise Unfit(
                "refused", f"{fault.object!r} cannot be written in the character set {fault.encoding}"
            ) from None

    def _fault(self, fault: DBAPIError, place: str, lost: type[TryLater]) -> HubError:
        words = words_of(fault, self._secrets)
        match sort_of(fault, self.backend):
            case "away":
                return lost(f"{self.name} does not answer: {words}")
            case "slow":
                return lost(f"{place}: the database took longer than timeout allows: {words}")
            case "busy":
                return Busy(f"{self.name} is busy: {words}")
            case "login":
                self._forget()
                told = f"[systems.{self.name}] the database turns us away: {words}; mend url and password there"
                return Refused(told, system_away=True)
            case "denied":
                return Refused(f"{place}: the user may not do this: {words}; grant it in the database")
            case "copy":
                mend = "let url lead to the database that is written; if it is that, it will be tried again"
                return Refused(f"{place}: the database takes no changes: {words}; {mend}")
            case "own" if lost is Unanswered:  # while it was committed
                return lost(f"{self.name}: {words}")
            case "record" | "own":
                return Unfit(cause_of(fault), words)
            case "mistake":
                return Refused(f"{place}: the database says: {words}; mend the SQL there")

    def _forget(self) -> None:
        """Have the address and the password read anew: whoever changed it may have changed it here by now."""
        with self._lock:
            opened, self._opened = self._opened, None
            self.__dict__.pop("_url", None)
        if opened is not None:
            opened.dispose()

    @property
    def _driver(self) -> Driver:
        return DRIVERS[self._url.drivername]

    @cached_property
    def _url(self) -> sa.URL:
        address = resolve(self.options.url)
        password = resolve(self.options.password) if self.options.password else None
        try:
            url = sa.make_url(address)
        except (SQLAlchemyError, ValueError):
            raise Misconfigured(f"[systems.{self.name}] url: {self.options.url} holds no database's address") from None
        if url.drivername not in DRIVERS:
            raise Misconfigured(
                f"[systems.{self.name}] url: {url.drivername} is not known; there are {', '.join(DRIVERS)}"
            )
        url = url.set(password=password) if password else url
        self._secrets = frozenset(each for each in (str(url.password or ""), password or "") if each)
        return url

    @property
    def _engine(self) -> sa.Engine:
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def _open(self) -> sa.Engine:
        seconds, driver = round(self.options.timeout.total_seconds()), self._driver
        ours, told = driver.connect(seconds, self.options.timezone), self._url.query
        arguments = {name: each for name, each in ours.items() if name not in told}
        if "options" in ours and "options" in told:  # PostgreSQL's, such as a search_path
            arguments["options"] = f"{told['options']} {ours['options']}"
        given: dict[str, Any] = {"connect_args": arguments, "hide_parameters": True}
        if self._url.drivername == "sqlite":
            given["creator"] = self._file_opener(given.pop("connect_args"))
        try:
            with _LOADING:
                engine = sa.create_engine(
                    self._url,
                    pool_pre_ping=True,
                    pool_recycle=RECYCLE,
                    pool_size=CONNECTIONS,
                    max_overflow=2 * CONNECTIONS,
                    **given,
                )
        except (ImportError, SQLAlchemyError) as missing:
            mend = f"pip install '{driver.package}'"
            raise Misconfigured(f"[systems.{self.name}] the driver is missing ({missing}); mend: {mend}") from None
        _prepare(engine, driver, seconds)
        if engine.dialect.name == "sqlite":
            _begin_by_hand(engine)
        return engine

    def _file_opener(self, arguments: dict[str, Any]) -> Any:
        """Return what opens an SQLite file that is there: a wrong path must not make an empty database."""
        path = (self._folder / (self._url.database or "")).absolute()
        return lambda: sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, isolation_level=None, **arguments)


def _prepare(engine: sa.Engine, driver: Driver, seconds: int) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:  # pyright: ignore[reportUnusedFunction]
        if driver.patience:
            name, of_a_second = driver.patience
            setattr(connection, name, seconds * of_a_second)
        if words := driver.session(seconds):
            cursor = connection.cursor()
            for each in words:
                cursor.execute(each)
            cursor.close()
            connection.commit()


def _begin_by_hand(engine: sa.Engine) -> None:
    """SQLite's driver begins its transactions too late: a page and its children would show two moments."""

    @event.listens_for(engine, "begin")
    def _begun(connection: sa.Connection) -> None:  # pyright: ignore[reportUnusedFunction]
        connection.exec_driver_sql("BEGIN")
