"""How Dolibarr's lists are asked for, page by page in the order of their numbers.

Sources: Dolibarr wiki, "Module Web Services API REST (developer)"; Dolibarr/dolibarr, htdocs/api/class/api.class.php and
api_access.class.php, and each module's api_*.class.php.
"""

import re
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, cast

from adapters.asking.answers import rows_in
from adapters.asking.connecting import connected
from adapters.asking.http import Rejected
from adapters.erp.dolibarr.options import DolibarrOptions
from adapters.reading.local_time import earliest_at, instant_of
from adapters.reading.windows import by_key
from adapters.rows import Row
from adapters.writing.bulk import portions
from hub.clock import Clock
from hub.config import resolve
from hub.errors import Refused

PAGE = 100
"""The most rows that are given at once (default of `limit`)."""
SOME = 20
"""Values in one condition."""
MARK = "date_modification"
"""The change mark in a row: seconds since 1970, or, of products, the server's local time. In conditions it is `tms`."""
TIME = "%Y%m%dT%H%M%S"
"""ISO 8601 without its colons, which MySQL, MariaDB and PostgreSQL take: up to version 20 Dolibarr ends a value at the
first, and then compares with 0, so that all has changed (pull request 30720)."""
SAFE = re.compile(r"[\w .,@+/&-]*")
"""What a value in a condition may hold: there is no way to write a quote or a parenthesis."""


class Dolibarr:
    """One company in one Dolibarr. Raises what `Api` raises."""

    def __init__(self, name: str, options: DolibarrOptions, clock: Clock) -> None:
        self.name, self.options, self.clock = name, options, clock
        headers = {"DOLAPIKEY": resolve(options.key)}
        self.api = connected(name, options, clock, headers=headers, below="/api/index.php", refuses=says_no)

    def rows(self, path: str, filters: Sequence[str] = (), *, limit: int = 0, **params: Any) -> list[dict[str, Any]]:
        """Return rows for which all conditions hold, by their numbers; `id` is a number then."""
        asked = {"sortfield": "t.rowid", "sortorder": "ASC", "limit": limit or PAGE, "page": 0} | params
        where = " and ".join(f"({each})" for each in filters)
        try:
            with self._at_home():
                told = self.api.get(path, asked | ({"sqlfilters": where} if where else {}))
            found: list[Row] = rows_in(self.name, told.body)
        except Rejected as fault:
            if not (what_is_missing(fault) or "").endswith(" found"):  # up to version 19, see there
                raise
            found = list[Row]()
        return [{**row, "id": int(row["id"])} for row in found]

    def all(self, path: str, *filters: str, **params: Any) -> list[dict[str, Any]]:
        """Return all rows for which all conditions hold, however many pages they are."""
        pages = by_key(lambda after: self.rows(path, [*filters, f"(t.rowid:>:{after})"], **params), PAGE, None)
        return [dict(row) for rows, _ in pages for row in rows]

    def having(self, path: str, field: str, values: Iterable[object], **params: Any) -> list[dict[str, Any]]:
        """Return rows that have one of these values."""
        asked = [str(value) for value in values if SAFE.fullmatch(str(value))]
        groups = [" or ".join(f"(t.{field}:=:'{value}')" for value in some) for some in portions(asked, SOME)]
        return [row for group in groups for row in self.rows(path, [group], **params)]

    def latest(self, path: str, filters: Sequence[str]) -> str | None:
        """Return the latest change mark that there is, as RFC 3339 text."""
        newest = self.rows(path, filters, limit=1, sortfield="t.tms,t.rowid", sortorder="DESC,DESC")
        mark = str(newest[0].get(MARK) or "") if newest else ""
        if not mark:
            return None
        if mark.isdigit():
            return datetime.fromtimestamp(int(mark), UTC).isoformat()
        return instant_of(mark, self.options.place)

    def since(self, mark: datetime) -> str:
        """Return the condition for what has changed then or later."""
        return f"(t.tms:>=:'{earliest_at(mark, self.options.place).strftime(TIME)}')"

    def look_up(self, path: str) -> Any:
        """Return what lies there, if it does."""
        try:
            with self._at_home():
                return self.api.get(path).body
        except Rejected as fault:
            if not fault.is_gone:
                raise
            return None

    def send(self, method: str, path: str, body: Mapping[str, Any], *, repeatable: bool = False) -> Any:
        """Carry something out."""
        with self._at_home():
            return self.api.send(method, path, body, repeatable=repeatable).body

    @contextmanager
    def _at_home(self) -> Generator[None]:
        """Let Dolibarr's own refusals through; a 404 of another's says nothing of any record. Raises Refused for it."""
        try:
            yield
        except Rejected as fault:
            if fault.is_gone and not what_is_missing(fault):
                mend = f"mend url in [systems.{self.name}], or switch the module on there: Home > Setup > Modules"
                raise Refused(f"{self.name} has no such interface: {fault}; {mend}") from fault
            raise


def says_no(status: int, body: Any) -> bool:
    """Return whether a 500 is Dolibarr's own: a record that it could not make, and has rolled back."""
    told: Any = cast("Mapping[str, Any]", body).get("error") if isinstance(body, Mapping) else None
    return status == HTTPStatus.INTERNAL_SERVER_ERROR and isinstance(told, Mapping) and "code" in told


def what_is_missing(fault: Rejected) -> str | None:
    """Return what a 404 of Dolibarr's own says is missing: "Not Found: Order not found".

    Up to version 19 an empty list says so, too: "Not Found: No product found" (pull request 27261).
    None for an address that is not there, which says "Not Found" alone, or in a page of the web server's, and for a module
    that is off: "Not Found: API not found (failed to include API file)".
    """
    body: Any = fault.body
    error: Any = cast("Mapping[str, Any]", body).get("error") if isinstance(body, Mapping) else None
    words: Any = cast("Mapping[str, Any]", error).get("message") if isinstance(error, Mapping) else None
    said = re.fullmatch(r"Not Found: (?!API)(.+)", str(words)) if fault.is_gone else None
    return said and said[1]


def kept(*names: str) -> Callable[[Row], dict[str, Any]]:
    """Return what leaves of a row only these fields: much else moves by itself."""
    return lambda row: {name: row.get(name) for name in names}
