"""What databases say, of which there is none here, and what it comes to: by the shapes of their drivers' errors."""

from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

from adapters.sql.faults import cause_of, sort_of, words_of


class FirebirdError(Exception):
    """As firebird-driver raises it: several codes, from the general to the cause; what it has not is None."""

    def __init__(self, state: str, *codes: int, text: str = "no") -> None:
        super().__init__(text)
        self.sqlstate, self.gds_codes = state, codes

    def __getattr__(self, name: str) -> None:
        return None


class OracleError:
    """As oracledb hands it over; its own errors have no number."""

    def __init__(self, code: int, text: str) -> None:
        self.code, self.text, self.full_code = code, text, text.partition(":")[0]

    def __str__(self) -> str:
        return self.text


def fault(kind: type[DBAPIError], *args: Any) -> DBAPIError:
    return kind("SELECT 1", {}, Exception(*args))


@pytest.mark.parametrize(
    ("backend", "args", "sort"),
    [
        ("mssql", (18456, b"Login failed for user 'hub'."), "login"),
        ("mssql", ((20009, b"Unable to connect: Adaptive Server is unavailable"),), "away"),
        ("mssql", (1205, b"Transaction was deadlocked; it was chosen as the deadlock victim."), "busy"),
        ("mssql", (2627, b"Violation of PRIMARY KEY constraint"), "record"),
        ("mssql", (50001, b"The period is closed."), "record"),
        ("mssql", (229, b"The SELECT permission was denied"), "denied"),
        ("mssql", (208, b"Invalid object name 'CDN.Towar'."), "mistake"),
        ("mssql", ((334, b"The target table 'CDN.TraNag' cannot have any enabled triggers"),), "mistake"),
        ("mssql", ((8156, b"The column 'id' was specified multiple times for 'r'."),), "mistake"),
        ("mssql", ((1105, b"Could not allocate space: the filegroup is full."),), "away"),
        ("mssql", ((20003, b"DB-Lib error message 20003, severity 6:\nAdaptive Server connection timed out"),), "slow"),
        ("mssql", ((20047, b"DBPROCESS is dead or not enabled"),), "away"),
        ("mssql", ("28000", "[28000] [Microsoft] Login failed for user 'hub'."), "login"),
        ("mssql", ("08S01", "[08S01] [Microsoft] Communication link failure"), "away"),
        ("mssql", ("HYT00", "[HYT00] [Microsoft] Query timeout expired"), "slow"),
        ("mssql", ("42S02", "[42S02] [Microsoft] Invalid object name"), "mistake"),
        ("mssql", ("42000", "[42000] [Microsoft][SQL Server]The period is closed. (50001) (SQLExecDirectW)"), "record"),
        ("mssql", ("42000", "[42000] [Microsoft][SQL Server]The SELECT was denied (229) (SQLExecDirectW)"), "denied"),
        ("mssql", ("42000", "[42000] [Microsoft][SQL Server]Incorrect syntax (102) (SQLExecDirectW)"), "mistake"),
        ("oracle", (OracleError(1017, "ORA-01017: invalid username/password"),), "login"),
        ("oracle", (OracleError(1, "ORA-00001: unique constraint violated"),), "record"),
        ("oracle", (OracleError(20001, "ORA-20001: the period is closed"),), "record"),
        ("oracle", (OracleError(942, "ORA-00942: table or view does not exist"),), "mistake"),
        ("oracle", (OracleError(60, "ORA-00060: deadlock detected"),), "busy"),
        ("oracle", (OracleError(0, "DPY-4024: call timeout of 30000 ms exceeded"),), "slow"),
        ("oracle", (OracleError(4020, "ORA-04020: deadlock detected while trying to lock object"),), "busy"),
        ("mysql", (1205, "Lock wait timeout exceeded"), "busy"),
        ("mysql", (1644, "the period is closed"), "record"),
        ("mysql", (1054, "Unknown column 'a' in 'field list'"), "mistake"),
        ("firebird", ("anything",), "mistake"),
    ],
)
def test_each_error_comes_to_what_is_done_next(backend: str, args: tuple[Any, ...], sort: str):
    by_tuple = isinstance(args[0], tuple)  # pymssql calls operational whatever it does not know
    kind = OperationalError if backend == "mssql" and (by_tuple or args[0] in (18456, 1205)) else ProgrammingError
    assert sort_of(fault(kind, *args), backend) == sort


@pytest.mark.parametrize(
    ("orig", "sort", "cause"),
    [
        (FirebirdError("08006", 335544721, 335544722), "away", "refused"),
        (FirebirdError("08001", 335544344, 335544734), "login", "refused"),
        (FirebirdError("28000", 335544472), "login", "refused"),
        (FirebirdError("28000", 335544352), "denied", "refused"),
        (FirebirdError("08003", 335544794), "slow", "refused"),
        (FirebirdError("40001", 335544336, 335544451), "busy", "refused"),
        (FirebirdError("42S22", 335544569, 335544578), "mistake", "refused"),
        (FirebirdError("23000", 335544665, 335545072), "record", "duplicate"),
        (FirebirdError("23000", 335544558), "record", "refused"),
        (FirebirdError("22001", 335544569, 335544914), "record", "refused"),
        (FirebirdError("HY000", 335544517, 335544842), "record", "refused"),
    ],
)
def test_each_error_of_firebird_as_well(orig: FirebirdError, sort: str, cause: str):
    told = DBAPIError("SELECT 1", {}, orig)
    assert (sort_of(told, "firebird"), cause_of(told)) == (sort, cause)


def test_an_error_that_is_not_known_is_judged_by_its_sort():
    assert sort_of(fault(IntegrityError, "x"), "firebird") == "record"
    assert sort_of(fault(OperationalError, "x"), "firebird") == "away"


@pytest.mark.parametrize(("backend", "number", "sort"), [("mariadb", 30001, "own"), ("mysql", 2013, "away")])
def test_a_server_that_gives_an_error_of_its_own_is_there(backend: str, number: int, sort: str):
    assert sort_of(fault(OperationalError, number, "the period is closed"), backend) == sort


def test_a_duplicate_is_told_from_other_refusals():
    assert cause_of(fault(IntegrityError, 2627, b"Violation")) == "duplicate"
    assert cause_of(fault(IntegrityError, 547, b"Conflict")) == "refused"


def test_words_are_one_line_and_hold_no_secret():
    told = words_of(fault(OperationalError, 18456, b"Login of hub\nwith s3cret failed."), frozenset(["s3cret"]))
    assert told == "Login of hub with *** failed."


def test_of_what_pymssql_says_the_servers_words_are_told():
    behind = b"DB-Lib error message 20018, severity 16:\nGeneral SQL Server error: Check messages from the SQL Server\n"
    told = words_of(fault(OperationalError, (334, b"The target table has triggers." + behind)), frozenset())
    assert told == "The target table has triggers."
