"""Lists of the shop, in the order in which it counts its records: their identities come in none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar

from adapters.eshop.shopware.shop import Shop
from adapters.eshop.shopware.translate import ASSOCIATIONS
from adapters.fields import tree
from adapters.reading.windows import by_key
from adapters.rows import Row
from adapters.writing.bulk import portions
from hub.connector import GUEST

Filter = Mapping[str, Any]


@dataclass(frozen=True)
class Listing:
    """A list (page "Search Criteria"); `adapters.reading.keyed` makes a stream of it."""

    entity: str
    paths: str
    """What is asked for of a record."""
    marks: str = ""
    """When it, or what belongs to it, was made or changed: paths."""
    chosen: Sequence[Filter] = ()
    """Filters that make the list a part of a longer one: one of them has to fit."""
    ident: str = "id"
    """The field by which `some` chooses."""
    size: ClassVar[int] = 200
    key: str = "autoIncrement"

    def behind(self, shop: Shop, since: datetime | None, after: int) -> list[Row]:
        """Return the first rows behind a key; `since`: of those that have changed then or later."""
        # As the database has it, which need not know offsets (MariaDB, and MySQL before 8.0.19).
        then = since and since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        changed = [_range(mark, gte=then) for mark in self.marks.split()] if then else []
        return self._rows(shop, [_range(self.key, gt=after)], changed, limit=self.size, sort=[{"field": self.key}])

    def first(self, shop: Shop) -> list[Row]:
        """Return the first row, if there is any."""
        return self._rows(shop, limit=1, sort=[{"field": self.key}])

    def latest(self, shop: Shop) -> str | None:
        """Return the latest mark that there is."""
        wanted = [{"name": mark, "type": "max", "field": mark} for mark in self.marks.split()]
        told = shop.search(self.entity, limit=1, aggregations=wanted, includes={self.entity: ["id"]})["aggregations"]
        found = max((each["max"] or "" for each in told.values()), default="")
        return f"{found.replace(' ', 'T')}+00:00" if found else None

    def some(self, shop: Shop, ids: Sequence[str]) -> list[Row]:
        """Return the rows that have one of these ids, or of other values of `ident`."""
        parts = portions([each for each in ids if not each.startswith(GUEST)], self.size)
        chosen = [{"type": "equalsAny", "field": self.ident, "value": part} for part in parts]
        return [row for each in chosen for row in self._rows(shop, [each])]

    def all(self, shop: Shop) -> list[Row]:
        """Return all rows."""
        pages = by_key(partial(self.behind, shop, None), self.size, None, self.key)
        return [row for page, _ in pages for row in page]

    def _rows(self, shop: Shop, *groups: Sequence[Filter], **more: Any) -> list[Row]:
        """Return rows that fit one filter of each group, with what paths lead to."""
        wanted = tree(f"id {self.key} {self.paths}")
        filters = [{"type": "multi", "operator": "or", "queries": each} for each in (self.chosen, *groups) if each]
        criteria = {"includes": {self.entity: [*wanted]}, "associations": _associations(wanted), "filter": filters}
        return shop.search(self.entity, **criteria, **more)["data"]


def _associations(below: Mapping[str, Any]) -> dict[str, Any]:
    led = {name: rest for name, rest in below.items() if name in ASSOCIATIONS.split()}
    return {name: {"associations": _associations(rest)} for name, rest in led.items()}


def _range(field: str, **limits: Any) -> Filter:
    return {"type": "range", "field": field, "parameters": limits}
