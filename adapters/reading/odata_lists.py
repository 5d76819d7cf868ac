"""Entity sets of OData (`adapters.asking.odata`) that are read behind a key, and by a change mark."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from adapters.asking.odata import PAGE, Guid, Service, literal
from adapters.rows import Row


@dataclass(frozen=True, slots=True)
class Listing:
    """An entity set; `adapters.reading.keyed` makes a stream of it."""

    name: str
    fields: str
    """Paths, parted by blanks."""
    only: str = ""
    """The condition by which its rows are chosen."""
    ident: str = "id"
    """The field that holds the identity of documents: `id` is a GUID, others are text."""
    mark: str = "lastModifiedDateTime"
    """The field that says when a row has last changed, as the service understands it: see `Service.since`."""
    key: str = "number"
    """The field that holds the key."""
    size: ClassVar[int] = PAGE

    def behind(self, service: Service, since: datetime | None, after: Any) -> Sequence[Row]:
        """Return the first rows behind a key; `since`: of those that have changed then or later."""
        changed = service.since(self.mark, since) if since else ""
        behind = f"{self.key} gt {literal(after)}" if after else ""
        return self._rows(service, self.only, changed, behind, size=self.size)

    def first(self, service: Service) -> Sequence[Row]:
        """Return the first row, if there is any."""
        return self._rows(service, self.only, size=1)

    def latest(self, service: Service) -> str | None:
        """Return the latest change mark that there is, as RFC 3339 text."""
        return service.latest(self.name, self.mark, self.only, key=self.key)

    def some(self, service: Service, ids: Iterable[str]) -> list[Row]:
        """Return the rows of these identities, as far as they are there, chosen or not."""
        return self.having(service, self.ident, map(Guid if self.ident == "id" else str, ids))

    def having(self, service: Service, field: str, values: Iterable[Any], *only: str) -> list[Row]:
        """Return the rows that have one of these values."""
        found = service.having(self.name, f"{self.fields} {self.ident}", field, values, *only, key=self.key)
        return [row | {"id": row[self.ident]} for row in found]

    def _rows(self, service: Service, *only: str, size: int) -> list[Row]:
        found = service.rows(self.name, f"{self.fields} {self.ident}", *only, key=self.key, size=size)
        return [row | {"id": row[self.ident]} for row in found]
