"""The drivers of databases: what to install, and how each is told how long a connection and a statement may take."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Given = Mapping[str, Any]


def _nothing(_seconds: int, _zone: str) -> Given:
    return {}


def _no_words(_seconds: int) -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Driver:
    """How one driver is spoken to. Seconds are those that a statement may take."""

    package: str
    """What pip installs."""
    connect: Callable[[int, str], Given] = _nothing
    """Seconds, and the time zone of what has none -> what `connect` is given."""
    session: Callable[[int], Sequence[str]] = _no_words
    """Seconds -> what is said once on each new connection."""
    patience: tuple[str, int] | None = None
    """The connection's own attribute for the same, and how many of it make a second."""
    read_only: str | None = None
    """What is said first in a transaction that only reads."""
    isolation: str | None = None
    """Of transactions that read, so that a page and its children show one moment; none: the database's own."""


CONNECT_SECONDS = 10
READ_ONLY = "SET TRANSACTION READ ONLY"


def _postgres(seconds: int, zone: str) -> Given:
    patience = {"connect_timeout": CONNECT_SECONDS, "keepalives_idle": 30, "tcp_user_timeout": seconds * 1000}
    # An instant that is written to a column without an offset becomes the time of this zone.
    # A statement that the server has prepared is refused once a view has got another column ("cached plan"); of a
    # database without an encoding (SQL_ASCII) the driver would tell every text in bytes.
    return patience | {
        "options": f"-c statement_timeout={seconds * 1000} -c timezone={zone}",
        "prepare_threshold": None,
        "client_encoding": "utf8",
    }


def _mariadb(seconds: int, _zone: str) -> Given:
    # The server ends a statement itself; the socket's patience is for a server that has fallen silent.
    return {"connect_timeout": CONNECT_SECONDS, "read_timeout": seconds + 5, "write_timeout": seconds + 5}


def _pymssql(seconds: int, _zone: str) -> Given:
    return {"login_timeout": CONNECT_SECONDS, "timeout": seconds}


def _pyodbc(_seconds: int, _zone: str) -> Given:
    return {"timeout": CONNECT_SECONDS}


def _oracledb(_seconds: int, _zone: str) -> Given:
    return {"tcp_connect_timeout": CONNECT_SECONDS}


def _firebird(seconds: int, zone: str) -> Given:
    return {"timeout": seconds, "session_time_zone": zone}  # the zone since Firebird 4; 3 passes over it


def _sqlite(seconds: int, _zone: str) -> Given:
    return {"timeout": seconds, "check_same_thread": False}


def _mysql_words(seconds: int) -> Sequence[str]:
    # What stands in /*M! is said by MariaDB alone, in /*!50708 by MySQL from 5.7.8 on ("Comment Syntax"): either address
    # may lead to either. Without a strict mode a text is cut, and an amount becomes the highest that fits, in silence.
    maria, mysql = f"max_statement_time = {seconds}", f"max_execution_time = {seconds * 1000}"
    waiting, strict = f"innodb_lock_wait_timeout = {seconds}", "sql_mode = CONCAT(@@sql_mode, ',STRICT_TRANS_TABLES')"
    return (f"SET SESSION {waiting}, {strict} /*M!100101 , {maria} */ /*!50708 , {mysql} */",)


def _lock_timeout(seconds: int) -> Sequence[str]:
    return (f"SET LOCK_TIMEOUT {seconds * 1000}",)


_PSYCOPG = Driver("psycopg[binary]", _postgres, read_only=READ_ONLY, isolation="REPEATABLE READ")
_PYMYSQL = Driver("pymysql[rsa]", _mariadb, _mysql_words, read_only=READ_ONLY, isolation="REPEATABLE READ")
_PYMSSQL = Driver("pymssql", _pymssql, _lock_timeout)
_PYODBC = Driver("pyodbc", _pyodbc, _lock_timeout, patience=("timeout", 1))
_ORACLE = Driver("oracledb", _oracledb, patience=("call_timeout", 1000), read_only=READ_ONLY)
_FIREBIRD = Driver("sqlalchemy-firebird", _firebird, read_only=READ_ONLY, isolation="SNAPSHOT")

DRIVERS: Mapping[str, Driver] = {
    "postgresql": _PSYCOPG,
    "postgresql+psycopg": _PSYCOPG,
    "mariadb+pymysql": _PYMYSQL,
    "mysql+pymysql": _PYMYSQL,
    "mssql+pymssql": _PYMSSQL,
    "mssql+pyodbc": _PYODBC,
    "oracle+oracledb": _ORACLE,
    "firebird+firebird": _FIREBIRD,
    "sqlite": Driver("", _sqlite),
}
"""By what stands before :// in the address."""
