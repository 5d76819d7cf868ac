"""Ways through the Service Layer's lists: by key, and by dates of changes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from adapters.asking.odata import literal
from adapters.declared import Source
from adapters.erp.sapb1.client import PAGE, ServiceLayer, any_of
from adapters.reading.local_time import earliest_at, instant_of
from adapters.reading.walks import by_key
from adapters.rows import Row

MARKS = ("UpdateDate,UpdateTime", "CreateDate,CreateTime")
"""What was never changed has only the date of its making (OITM and OCRD; documents have both at once)."""


@dataclass(frozen=True, slots=True)
class Listing:
    """An entity set."""

    name: str
    key: str
    fields: str
    only: str = ""
    """The condition by which its rows are chosen."""
    marks: Sequence[str] = MARKS
    size: ClassVar[int] = PAGE
    """The rows of a page."""

    def behind(self, sap: ServiceLayer, since: datetime | None, after: Any) -> Sequence[Row]:
        """Return the first rows behind a key; `since`: of those that have changed then or later."""
        changed = any_of(_since(sap, mark, since) for mark in self.marks) if since else ""
        behind = f"{self.key} gt {literal(after)}" if after else ""
        return sap.rows(self.name, self.fields, self.only, changed, behind, key=self.key, size=self.size)

    def latest(self, sap: ServiceLayer) -> str | None:
        """Return the latest change mark that there is, as RFC 3339 text in UTC."""
        rows = [(mark.split(","), row) for mark in self.marks if (row := sap.last(self.name, mark))]
        told = [f"{row[date][:10]}T{row[time] or '00:00:00'}" for (date, time), row in rows]
        return max((instant_of(each, sap.options.place) for each in told), default=None)

    def some(self, sap: ServiceLayer, keys: Iterable[Any], field: str = "") -> list[Row]:
        """Return the rows that have one of these keys, or values of another field."""
        return list(sap.having(self.name, self.fields, field or self.key, keys, self.only, key=self.key))


def _since(sap: ServiceLayer, mark: str, since: datetime) -> str:
    """Of a date, hours count for nothing, and of a time only hours and minutes (guide, "Filter")."""
    date, time = mark.split(",")
    at = earliest_at(since, sap.options.place)
    return f"{date} gt '{at:%Y-%m-%d}' or ({date} eq '{at:%Y-%m-%d}' and {time} ge '{at:%H:%M}:00')"


def source(listing: Listing, key: Callable[[str], Any] = str) -> Source[ServiceLayer]:
    """Return everything in a list; `key`: the identity of a document -> the key of its row."""
    return Source(by_key(listing), lambda sap, ids: listing.some(sap, map(key, ids)))
