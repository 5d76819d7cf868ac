"""What a database says when something goes wrong, and what happens next."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InternalError, NotSupportedError, ProgrammingError

Sort = Literal["away", "slow", "busy", "login", "denied", "copy", "mistake", "record", "own"]
"""away: nobody answers; slow: it took too long; busy: another transaction stood in the way, the same may succeed at once;
login: the user is turned away; denied: the user may not do this; copy: the database only reads, for now or for ever;
mistake: the SQL is wrong; record: these values cannot be taken; own: the same, by an error that is not known
here, after which a commit may stand or not."""
DUPLICATE = "duplicate"
LONGEST_WORDS = 300

STATES: Mapping[str, Sort] = {
    "08": "away", "57P": "away", "53": "away", "58": "away", "57014": "slow", "HYT00": "slow", "HYT01": "away",
    "40": "busy", "55P03": "busy", "28": "login", "3D": "login", "42501": "denied", "25006": "copy", "42": "mistake", "3F": "mistake",
    "0A": "mistake", "07": "mistake", "25": "mistake", "22": "record", "23": "record", "44": "record", "45": "record", "P0": "record",
}  # fmt: skip
"""SQLSTATE (PostgreSQL's manual, "PostgreSQL Error Codes"; ODBC's "SQLSTATE Mappings"), or how it begins; the longest
that fits. Others are made up by triggers and procedures, or tell of a single value."""


def _numbers(**of: str) -> Mapping[int, Sort]:
    return {int(number): sort for sort, numbers in of.items() for number in numbers.split()}  # pyright: ignore[reportReturnType]  # the words are those of Sort


_MYSQL = _numbers(
    away="1021 1030 1037 1038 1040 1041 1047 1053 1077 1114 1129 1135 1152 1158 1159 1160 1161 1180 1194 1195 1203 1226 1637 1927",
    slow="1317 1969 3024",
    busy="1020 1205 1213 1412",
    login="1044 1045 1049 1130 1698",
    denied="1142 1143 1227 1370",
    copy="1290 1836",
    mistake="1046 1136 1193 1210 1222 1318 1792",
    record="1048 1062 1264 1265 1292 1364 1366 1406 1451 1452 1526 1557 1586 1644 1690 3819 4025",
)
"""Server and client error numbers (MariaDB's documentation, "MariaDB Error Code Reference")."""
NUMBERS: Mapping[str, Mapping[int, Sort]] = {
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "mssql": _numbers(
        away="121 233 258 701 802 823 824 825 1105 8645 8651 9001 9002 10053 10054 10060 10061 20002 20004 20006 20009 20047 40197 40501 40613",
        slow="-2 3617 20003",
        busy="1204 1205 1222 3935 3960 41302 41305 41325",
        login="4060 4064 18452 18456 18470 18486 18487 18488",
        denied="229 230 262 297 300 916",
        copy="3906",
        record="220 232 241 242 245 295 515 517 544 547 2601 2627 2628 8114 8115 8134 8152 50000",
    ),  # Microsoft's documentation, "Database Engine events and errors"; 20000s: FreeTDS' own
    "oracle": _numbers(
        away="1012 1033 1034 1089 1090 1092 3113 3114 3135 12170 12505 12514 12516 12518 12520 12528 12537 12541 12547",
        slow="1013 3136 -4024",
        busy="54 60 104 4020 8177 30006",
        login="1005 1017 1045 28000 28001",
        denied="1031 1720",
        copy="16000",
        record="1 1400 1401 1407 1438 1722 1840 1843 1847 1858 1861 2290 2291 2292 12899",
    ),  # Oracle's "Database Error Messages"; below zero: python-oracledb's own, DPY-
    "firebird": _numbers(
        away="335544528 335544856",
        slow="335544794",
        login="335544734",
        denied="335544352",
        record="335544517",
    ),  # Firebird's "Language Reference", "SQLCODE and GDSCODE Error Codes": of those whose SQLSTATE says another thing
}
"""Backend -> its error numbers."""
CLIENTS = range(2000, 3000)
"""These numbers are not MySQL's server's, but of the library that speaks to it: nobody was there."""
FREETDS = 20_000
"""From here on a number is not SQL Server's, but of the library that pymssql is made of: nobody was there."""
DUPLICATES = frozenset(["23505", 1062, 2601, 2627, 335544349, 335544665])
"""Of those, what says that there is such a record already."""

_FULL = ("too many connections", "connection slots", "not currently accepting connections")
"""What PostgreSQL says to a user whose password was right."""
_ODBC_NUMBER = re.compile(r"\((\d+)\) \(SQL\w+\)")
"""How SQL Server's own number stands in what pyodbc says: `... The period is closed. (50001) (SQLExecDirectW)`."""


def sort_of(fault: DBAPIError, backend: str) -> Sort:
    """Return what a fault comes to."""
    found = _of_sqlite(fault.orig) if backend == "sqlite" else _by_code(fault.orig, backend)
    if found:
        return found
    if fault.connection_invalidated:
        return "away"
    if isinstance(fault, IntegrityError | DataError):
        return "record"
    if isinstance(fault, ProgrammingError | NotSupportedError | InternalError):
        return "mistake"
    # Who gives an error of its own is there, whatever the driver calls it.
    if backend in ("mysql", "mariadb") and any(number > 0 and number not in CLIENTS for number in _codes(fault.orig)):
        return "own"
    return "record" if backend in ("postgresql", "firebird") and _state(fault.orig) else "away"


def cause_of(fault: DBAPIError) -> str:
    """Return a short word to group refusals by."""
    unique = any(sort in _name(fault.orig) for sort in ("UNIQUE", "PRIMARYKEY"))
    return DUPLICATE if unique or {_state(fault.orig), *_codes(fault.orig)} & DUPLICATES else "refused"


def words_of(fault: BaseException, secrets: frozenset[str]) -> str:
    """Return what the database says, in one line, without any secret."""
    orig = getattr(fault, "orig", None) or fault
    told = getattr(getattr(orig, "diag", None), "message_primary", None)
    detail = getattr(getattr(orig, "diag", None), "message_detail", None)
    text = f"{told}; {detail}" if told and detail else told or _last_text(orig)
    line = " ".join(text.split())
    for secret in secrets:
        line = line.replace(secret, "***")
    return line if len(line) <= LONGEST_WORDS else f"{line[:LONGEST_WORDS]}..."


def _by_code(orig: Any, backend: str) -> Sort | None:
    if _turned_away_by_postgres(orig):
        return "login"
    state, known = _state(orig), NUMBERS.get(backend, {})
    for number in _codes(orig):
        if number in known:
            return known[number]
        if (backend == "mssql" and number > 50_000) or _is_raised_in_oracle(backend, number):  # noqa: PLR2004 - THROW's own
            return "record"
        if backend == "mssql" and 0 < number < FREETDS:  # pymssql calls all that it does not know operational
            return "mistake"
    fitting = [begin for begin in STATES if state and state.startswith(begin)]
    return STATES[max(fitting, key=len)] if fitting else None


def _is_raised_in_oracle(backend: str, number: int) -> bool:
    """RAISE_APPLICATION_ERROR has these numbers for a procedure's own refusals."""
    return backend == "oracle" and 20_000 <= number <= 20_999  # noqa: PLR2004


def _turned_away_by_postgres(orig: Any) -> bool:
    """The client library gives no code when it cannot connect, but says whether a password was asked for."""
    connection = getattr(orig, "pgconn", None)
    if connection is None or _state(orig) or any(words in str(orig) for words in _FULL):
        return False
    return bool(connection.needs_password or connection.used_password)


def _of_sqlite(orig: Any) -> Sort | None:
    name = _name(orig)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "busy"
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_AUTH", "SQLITE_PERM")):
        return "login"
    if name.startswith("SQLITE_READONLY"):
        return "copy"
    if name.startswith(("SQLITE_CONSTRAINT", "SQLITE_MISMATCH", "SQLITE_TOOBIG")):
        return "record"
    return "away" if name.startswith(("SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_FULL")) else "mistake"


def _name(orig: Any) -> str:
    return getattr(orig, "sqlite_errorname", None) or ""


def _state(orig: Any) -> str | None:
    state = getattr(orig, "sqlstate", None) or next(iter(getattr(orig, "args", ())), None)
    return state if isinstance(state, str) and len(state) == len("42000") and state.isalnum() else None


def _codes(orig: Any) -> Sequence[int]:
    """Return the database's own numbers for an error; Firebird tells it in several, from the general to the cause."""
    if gds := getattr(orig, "gds_codes", None):
        return gds
    first: Any = next(iter(_arguments(orig)), None)
    number = getattr(first, "code", first)  # oracledb's
    if (own := getattr(first, "full_code", None)) and own.startswith("DPY-"):
        number = -int(own.removeprefix("DPY-"))
    if isinstance(number, int):
        return (number,)
    return [int(each) for each in _ODBC_NUMBER.findall(str(orig))]


def _last_text(orig: BaseException) -> str:
    """Return the words among an exception's arguments: drivers put their numbers in front, FreeTDS its own behind."""
    texts = [each.decode("utf-8", "replace") if isinstance(each, bytes) else each for each in _arguments(orig)]
    words = [
        each.partition("DB-Lib error message")[0] or each for each in texts if isinstance(each, str) and each.strip()
    ]
    return words[-1] if words else str(orig) or type(orig).__name__


def _arguments(orig: Any) -> tuple[Any, ...]:
    """Return what an exception was made with; pymssql gives a pair in the place of two."""
    arguments: tuple[Any, ...] = getattr(orig, "args", ())
    paired = len(arguments) == 1 and isinstance(arguments[0], tuple)
    return cast("tuple[Any, ...]", arguments[0]) if paired else arguments
