"""The shop's lists, and the ways through them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from adapters.declared import Source, Way
from adapters.eshop.magento.shop import EVERYWHERE, PAGE, Filter, Shop
from adapters.reading.walks import by_key, by_window
from adapters.rows import Row
from adapters.writing.bulk import portions

MANY = 50
"""Values in one address."""
STAND_FOR_OTHERS = "configurable,grouped,bundle"


@dataclass(frozen=True)
class Listing:
    """A list of the shop. It is read in the order of its numbers, from one on: its pages would move under the reader."""

    path: str
    chosen: tuple[Filter, ...] = ()
    """Makes it a part of a longer one."""
    number: str = "entity_id"
    """What rows call the number by which they are ordered."""
    ident: str = "entity_id"
    """The field that documents are known by."""
    scope: str = ""
    """Where it is read, instead of in the store view in the options."""
    size: ClassVar[int] = PAGE
    """The rows of a page."""

    def behind(self, shop: Shop, since: datetime | None, after: int | str) -> list[Row]:
        """Return the first rows with a higher number; `since`: by `updated_at`, which is in UTC, in whole seconds."""
        later = [("updated_at", "gteq", since.strftime("%Y-%m-%d %H:%M:%S"))] if since else []
        return self._numbered(self._page(shop, *later, ("entity_id", "gt", after)))

    def latest(self, shop: Shop) -> str | None:
        """Return the latest change mark that there is."""
        rows, _ = shop.rows(self.path, *self.chosen, order="updated_at", down=True, size=1, scope=self.scope)
        return rows[0]["updated_at"] if rows else None

    def _numbered(self, rows: Sequence[Row]) -> list[Row]:
        return [{**row, "id": str(row[self.number])} for row in rows]

    def some(self, shop: Shop, ids: Sequence[str]) -> list[Row]:
        """Return the rows of documents, as far as they are there."""
        return self._numbered([row for each in any_of(self.ident, ids) for row in self._page(shop, each)])

    def _page(self, shop: Shop, *filters: Filter) -> list[Row]:
        return shop.page(self.path, *self.chosen, *filters, scope=self.scope)

    def source(self, some: Callable[[Shop, Sequence[str]], Sequence[Row]] | None = None) -> Source[Shop]:
        """Return where the records of this list are; `some`: how they are asked for, if not by this list alone."""
        return Source(by_key(self), some or self.some)

    def changed(self) -> Way[Shop]:
        """Walk through what has changed."""
        return by_window(self)


CATALOGUE = Listing("products", (("type_id", "nin", STAND_FOR_OTHERS),), "id", "sku")
PRICED = replace(CATALOGUE, scope=EVERYWHERE)
"""Prices are read where they are set: a website may have others."""
ALL_TYPES = Listing("products", number="id", ident="sku")
CUSTOMERS = Listing("customers/search", number="id")
ORDERS = Listing("orders")


def any_of(field: str, values: Iterable[str]) -> Iterator[Filter]:
    """Yield filters that all together let through what has one of some values; a comma would part one in two."""
    wanted = list(dict.fromkeys(values))
    for part in portions([each for each in wanted if "," not in each], MANY):
        yield field, "in", ",".join(part)
    yield from ((field, "eq", each) for each in wanted if "," in each)


def picked(row: Row, names: str) -> dict[str, Any]:
    """Return the fields of a row that count; what is empty may be left out by the shop."""
    return {name: row.get(name) for name in names.split()}
