"""Lists of the shop, in the order in which it counts its records: their identities come in none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar

from adapters.eshop.shopware.shop import Shop
from adapters.eshop.shopware.translate import ALIASES
from adapters.fields import tree
from adapters.reading.windows import by_key
from adapters.rows import Row
from adapters.writing.bulk import portions
from hub.connector import GUEST

KEY = "autoIncrement"


@dataclass(frozen=True)
class Listing:
    """A list (page "Search Criteria"); `adapters.reading.keyed` makes a stream of it, by `KEY`."""

    entity: str
    paths: str
    """What is asked for of a record."""
    marks: str = ""
    """When it, or what belongs to it, was made or changed: paths."""
    chosen: Sequence[Mapping[str, Any]] = ()
    """Filters that make the list a part of a longer one."""
    ident: str = "id"
    """The field by which `some` chooses."""
    size: ClassVar[int] = 200

    def behind(self, shop: Shop, since: datetime | None, after: int) -> list[Row]:
        """Return the first rows behind a key; `since`: of those that have changed then or later."""
        # As the database has it, which need not know offsets (MariaDB, and MySQL before 8.0.19).
        then = since and since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        changed = {
            "type": "multi",
            "operator": "or",
            "queries": [_range(each, gte=then) for each in self.marks.split()],
        }
        filters = [_range(KEY, gt=after), *([changed] if then else ())]
        return self._rows(shop, *filters, limit=self.size, sort=[{"field": KEY}])

    def latest(self, shop: Shop) -> str | None:
        """Return the latest mark that there is."""
        wanted = [{"name": mark, "type": "max", "field": mark} for mark in self.marks.split()]
        told = shop.search(self.entity, limit=1, aggregations=wanted, includes={self.entity: ["id"]})["aggregations"]
        found = max((each["max"] or "" for each in told.values()), default="")
        return f"{found.replace(' ', 'T')}+00:00" if found else None

    def some(self, shop: Shop, ids: Sequence[str]) -> list[Row]:
        """Return the rows that have one of these ids, or of other values of `ident`."""
        asked = portions([each for each in ids if not each.startswith(GUEST)], self.size)
        return [row for part in asked for row in self._rows(shop, _any(self.ident, part))]

    def all(self, shop: Shop) -> list[Row]:
        """Return all rows."""
        pages = by_key(partial(self.behind, shop, None), self.size, None, KEY)
        return [row for page, _ in pages for row in page]

    def _rows(self, shop: Shop, *filters: Mapping[str, Any], **more: Any) -> list[Row]:
        """Return rows of what paths lead to, and nothing else."""
        includes: dict[str, list[str]] = {}

        def within(entity: str, below: Mapping[str, Any]) -> dict[str, Any]:
            includes.setdefault(entity, []).extend(below)
            led = {name: alias for name in below if (alias := ALIASES.get(f"{entity}.{name}"))}
            return {"associations": {name: within(alias, below[name]) for name, alias in led.items()}}

        criteria = within(self.entity, tree(f"id {KEY} {self.paths}"))
        return shop.search(self.entity, **criteria, includes=includes, filter=[*self.chosen, *filters], **more)["data"]


def _range(field: str, **limits: Any) -> dict[str, Any]:
    return {"type": "range", "field": field, "parameters": limits}


def _any(field: str, values: Sequence[str]) -> dict[str, Any]:
    return {"type": "equalsAny", "field": field, "value": values}
