"""A SQL Server that is not there: a driver in pymssql's place, which takes down what it is told and has a row to show."""

import re
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

ROWS_WITHOUT_TABLE = {
    "transaction_isolation_level": 2,  # READ COMMITTED
    "@@version": "Microsoft SQL Server 2019 (RTM) - 15.0.2000.5",
}
"""What SQLAlchemy asks of a server when it meets it."""
COMMITTED = re.compile(r"(INSERT|UPDATE|DELETE|EXEC)\b", re.IGNORECASE)


class SqlServer(ModuleType):
    """In the place of the module `pymssql`. `rows`: part of a query -> the row that it finds."""

    paramstyle, apilevel, threadsafety, __version__ = "pyformat", "2.0", 1, "2.4.6"

    class Error(Exception):
        """The root of a driver's errors."""

    DatabaseError = OperationalError = ProgrammingError = IntegrityError = InterfaceError = Error
    InternalError = DataError = NotSupportedError = Warning = Error

    def __init__(self, rows: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__("pymssql")
        self.rows, self.told, self.given = rows, list[str](), list[Any]()

    def connect(self, **_: Any) -> "Connection":
        return Connection(self)

    def answer(self, statement: str) -> Mapping[str, Any] | None:
        for part, value in ROWS_WITHOUT_TABLE.items():
            if part in statement:
                return {"": value}
        if COMMITTED.match(statement.lstrip()):
            return None
        return next((row for part, row in self.rows.items() if part in statement), {})


class Connection:
    def __init__(self, server: SqlServer) -> None:
        self.server = server

    def cursor(self) -> "Cursor":
        return Cursor(self.server)

    def autocommit(self, _on: bool) -> None: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def close(self) -> None: ...


class Cursor:
    arraysize, rowcount, lastrowid = 1, 1, None

    def __init__(self, server: SqlServer) -> None:
        self.server = server
        self.description: Sequence[tuple[Any, ...]] | None = None
        self._rows: list[tuple[Any, ...]] = []

    def execute(self, statement: str, given: Any = ()) -> None:
        self.server.told.append(statement)
        values = given.values() if isinstance(given, Mapping) else given
        self.server.given.extend(values)
        row = self.server.answer(statement)
        shown = None if row is None else self._asked_for(statement, row)
        self.description = None if shown is None else [(name, None, None, None, None, None, None) for name in shown]
        empty = "TOP 0" in statement or "IS NULL" in statement
        self._rows = [tuple(shown.values())] if shown and not empty else []

    @staticmethod
    def _asked_for(statement: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
        named = re.match(r"SELECT (?:TOP \d+ )?((?:r\.\w+(?:, )?)+)\s+FROM", statement)
        wanted = [each.strip().removeprefix("r.") for each in named[1].split(",")] if named else list(row)
        return {name: row.get(name) for name in wanted}

    def fetchone(self) -> Any:
        return self._rows.pop(0) if self._rows else None

    def fetchall(self) -> Any:
        rows, self._rows = self._rows, []
        return rows

    def fetchmany(self, _size: int = 1) -> Any:
        return self.fetchall()

    def close(self) -> None: ...
