"""Lists of a Shopify shop: by cursor only (page "Paginating results with GraphQL").

A query may cost 1000 points at most, by a formula of the shop's own: one that is refused for that asks for half.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import partial
from typing import Any, cast

from adapters import walks
from adapters.bulk import portions
from adapters.cursors import by_cursor
from adapters.declared import Row, Source, Way
from adapters.eshop.shopify import queries
from adapters.eshop.shopify.shop import Shop
from adapters.graphql import Declined
from adapters.pages import instant
from hub.errors import TryLater

MARK = "updatedAt"
LATE = timedelta(minutes=5)
"""A change may be found so long after its mark: `query` asks an index that lags behind."""
MOST = 250
"""Identities that can be asked for at once (page "Shopify API limits", input limits)."""
NOTHING: Mapping[str, object] = {}


def flat(value: Any) -> Any:
    """Return JSON in which a list within a record is a list, and not the page that it came in."""
    if isinstance(value, list):
        return [flat(each) for each in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    table = cast("dict[str, Any]", value)
    return flat(table["nodes"]) if "nodes" in table else {name: flat(part) for name, part in table.items()}


@dataclass(frozen=True)
class Listing:
    """A list whose records have one list of their own that may be long: an article's variants, an order's lines."""

    name: str
    type: str
    """Of its records; the type of its sort keys is called after it."""
    fields: str
    part: str = ""
    part_fields: str = ""
    size: int = 50
    part_size: int = 20
    declared: str = ""
    """Further variables of the query, with their types."""
    given: Callable[[Shop], Mapping[str, object]] = lambda _: NOTHING
    owners: str = ""
    """The query for the records that parts of them stand in, where it is these that are asked for by their identity."""

    @property
    def _all_fields(self) -> str:
        own = queries.part(self.part, self.part_fields, self.part_size) if self.part else ""
        return f"{self.fields} {own}"

    def page(
        self, shop: Shop, offset: int, size: int, mark: str | None = None, since: str | None = None
    ) -> tuple[list[Row], None]:
        """Return rows in the order of a mark; Shopify does not say how many there are."""
        query = f"updated_at:>='{_second(since)}'" if mark and since else None
        rows, after, more = list[Row](), None, True
        while more and len(rows) < offset + size:
            part, after, more = self.after(shop, after, query, "UPDATED_AT" if mark else "ID")
            rows += part
        return rows[offset : offset + size], None

    def last(self, shop: Shop) -> list[Row]:
        """Return the row that was changed last, if there is any."""
        return shop.ask(queries.last(self.name))["last"]["nodes"]

    def after(self, shop: Shop, after: str | None, query: str | None, sort: str) -> tuple[list[Row], str | None, bool]:
        """Return the rows behind a cursor, the cursor behind them, and whether there are more."""
        text = queries.listing(self.name, f"{self.type}SortKeys", self._all_fields, self.declared)
        told = self._fitting(shop, text, after=after, query=query, sort=sort, **self.given(shop))["list"]
        more = told["pageInfo"]["hasNextPage"]
        if more and not told["nodes"]:
            raise TryLater(f"{shop.name} shows nothing of {self.name}, and says that there is more")
        return self._whole(shop, told["nodes"]), told["pageInfo"]["endCursor"], more

    def some(self, shop: Shop, ids: Sequence[str]) -> list[Row]:
        """Return rows by their identity, or by that of their parts, as far as they are there."""
        text = queries.some(self.type, self._all_fields, self.declared)
        rows, left = list[Row](), self._owners(shop, ids) if self.owners else list(ids)
        while left:
            first = min(shop.fits.get(text, self.size), MOST)
            try:
                nodes = shop.ask(text, ids=left[:first], **self.given(shop))["nodes"]
            except Declined as fault:
                _halve(shop, text, first, fault)
                continue
            rows += self._whole(shop, [each for each in nodes if each])
            left = left[first:]
        return rows

    def _owners(self, shop: Shop, ids: Sequence[str]) -> list[str]:
        told = [each for some in portions(ids, MOST) for each in shop.ask(self.owners, ids=some)["nodes"] if each]
        return list(dict.fromkeys(each["owner"]["id"] for each in told))

    def _fitting(self, shop: Shop, text: str, /, **variables: object) -> Any:
        while True:
            first = shop.fits.get(text, self.size)
            try:
                return shop.ask(text, first=first, **variables)
            except Declined as fault:
                _halve(shop, text, first, fault)

    def _whole(self, shop: Shop, rows: Iterable[Row]) -> list[Row]:
        """Return rows with all that belongs to them: a list within a row comes in pages as well."""
        return [flat({**row, self.part: self._parts(shop, row)} if self.part else row) for row in rows]

    def _parts(self, shop: Shop, row: Row) -> list[Row]:
        text = queries.rest(self.type, self.part, self.part_fields, self.declared)
        told, found = row[self.part], list(row[self.part]["nodes"])
        while told["pageInfo"]["hasNextPage"]:
            asked = shop.ask(text, id=row["id"], after=told["pageInfo"]["endCursor"], **self.given(shop))
            if not asked["node"]:  # it was deleted meanwhile
                break
            told = asked["node"]["list"]
            found += told["nodes"]
        return found


def _second(since: str) -> str:
    """Return the second that an instant lies in: marks have no parts of one."""
    return instant(since).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _halve(shop: Shop, text: str, first: int, fault: Declined) -> None:
    if fault.code != "MAX_COST_EXCEEDED" or first == 1:
        raise fault
    shop.fits[text] = first // 2


def changed(listing: Listing) -> Way[Shop]:
    """Walk through what has changed in a list."""
    return walks.changed(listing, MARK, LATE, listing.last)


def everything(listing: Listing) -> Way[Shop]:
    """Walk through a whole list by identity, without Shopify's search, which lags behind."""
    return Way(lambda shop, spot: by_cursor(partial(_fetch, listing, shop), spot))


def _fetch(listing: Listing, shop: Shop, cursor: str | None) -> tuple[list[Row], str | None]:
    rows, following, more = listing.after(shop, cursor, None, "ID")
    return rows, following if more else None


def listed(listing: Listing, way: Way[Shop] | None = None) -> Source[Shop]:
    """Return everything in a list. What is behind a bar in a document's id, the shop does not know.

    `way`: through all of it, if not page by page.
    """

    def some(shop: Shop, ids: Sequence[str]) -> Sequence[Row]:
        return listing.some(shop, list(dict.fromkeys(id_.partition("|")[0] for id_ in ids)))

    return Source(way or everything(listing), some)
