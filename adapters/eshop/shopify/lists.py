"""Lists of a Shopify shop: by cursor only (page "Paginating results with GraphQL").

A query may cost 1000 points at most, by a formula of the shop's own: one that is refused for that asks for half.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from adapters.asking.cursors import by_cursor, rows_of
from adapters.asking.edges import flat, page_of
from adapters.asking.graphql import Declined
from adapters.declared import Source, Way
from adapters.eshop.shopify import queries
from adapters.eshop.shopify.shop import Shop
from adapters.reading import walks
from adapters.reading.pages import instant
from adapters.rows import Row
from adapters.writing.bulk import portions
from hub.errors import TryLater

MARK = "updatedAt"
LATE = timedelta(minutes=5)
"""A change may be found so long after its mark: `query` asks an index that lags behind."""
MOST = 250
"""Identities that can be asked for at once (page "Shopify API limits", input limits)."""
NOTHING: Mapping[str, object] = {}


class Part(NamedTuple):
    """A list within a record."""

    fields: str
    size: int = 20
    """How many are asked for along with the record, which the cost of a query grows with (page "GraphQL Admin API rate
    limits", connections); what does not fit is asked for record by record."""


@dataclass(frozen=True)
class Listing:
    """A list whose records have lists of their own that may be long: an article's variants and images, an order's lines."""

    name: str
    type: str
    """Of its records; the type of its sort keys is called after it."""
    fields: str
    parts: Mapping[str, Part] = field(default_factory=dict[str, Part])
    size: int = 50
    declared: str = ""
    """Further variables of the query, with their types."""
    given: Callable[[Shop], Mapping[str, object]] = lambda _: NOTHING
    owners: str = ""
    """The query for the records that parts of them stand in, where it is these that are asked for by their identity."""

    @property
    def all_fields(self) -> str:
        """What is asked for of a record; `whole` asks for the rest."""
        return " ".join([self.fields, *(queries.part(name, *part) for name, part in self.parts.items())])

    def page(
        self, shop: Shop, offset: int, size: int, mark: str | None = None, since: str | None = None
    ) -> tuple[list[Row], None]:
        """Return rows in the order of a mark; Shopify does not say how many there are."""
        query = f"updated_at:>='{_second(since)}'" if mark and since else None
        rows = rows_of(partial(self.after, shop, query, "UPDATED_AT" if mark else "ID"))
        return list(islice(rows, offset, offset + size)), None

    def last(self, shop: Shop) -> list[Row]:
        """Return the row that was changed last, if there is any."""
        return shop.ask(queries.last(self.name))["last"]["nodes"]

    def after(self, shop: Shop, query: str | None, sort: str, after: str | None) -> tuple[list[Row], str | None]:
        """Return the rows behind a cursor, and the next cursor, none behind the last page."""
        text = queries.listing(self.name, f"{self.type}SortKeys", self.all_fields, self.declared)
        told = self._fitting(shop, text, after=after, query=query, sort=sort, **self.given(shop))["list"]
        rows, following = page_of(told)
        if following and not rows:
            raise TryLater(f"{shop.name} shows nothing of {self.name}, and says that there is more")
        return self.whole(shop, rows), following

    def some(self, shop: Shop, ids: Sequence[str]) -> list[Row]:
        """Return rows by their identity, or by that of their parts, as far as they are there."""
        text = queries.some(self.type, self.all_fields, self.declared)
        rows, left = list[Row](), self._owners(shop, ids) if self.owners else list(ids)
        while left:
            first = min(shop.fits.get(text, self.size), MOST)
            try:
                nodes = shop.ask(text, ids=left[:first], **self.given(shop))["nodes"]
            except Declined as fault:
                _halve(shop, text, first, fault)
                continue
            rows += self.whole(shop, [each for each in nodes if each])
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

    def whole(self, shop: Shop, rows: Iterable[Row]) -> list[Row]:
        """Return rows with all that belongs to them: a list within a row comes in pages as well."""
        return [flat({**row, **{name: self._part(shop, row, name) for name in self.parts}}) for row in rows]

    def _part(self, shop: Shop, row: Row, name: str) -> list[Row]:
        text = queries.rest(self.type, name, self.parts[name].fields, self.declared)

        def fetch(after: str | None) -> tuple[list[Row], str | None]:
            if after is None:
                return page_of(row[name])
            told = shop.ask(text, id=row["id"], after=after, **self.given(shop))["node"]
            return page_of(told["list"]) if told else ([], None)  # it was deleted meanwhile

        return list(rows_of(fetch))


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
    return Way(lambda shop, spot: by_cursor(partial(listing.after, shop, None, "ID"), spot))


def listed(listing: Listing) -> Source[Shop]:
    """Return everything in a list."""
    return walks.source(everything(listing), listing)
