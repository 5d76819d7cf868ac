"""Who speaks to Ecwid, and its lists (docs.ecwid.com, "REST API overview")."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from operator import itemgetter
from typing import Any

from adapters.asking.cursors import since_mark
from adapters.asking.http import Api
from adapters.declared import Way
from adapters.eshop.categories import Categories
from adapters.eshop.ecwid import translate
from adapters.eshop.ecwid.options import EcwidOptions
from adapters.reading import pages
from adapters.reading.rest_lists import RestListing
from adapters.reading.walks import ID
from adapters.rows import Row, Spot


class Shop:
    """A shop, as its token may see it."""

    def __init__(self, api: Api, options: EcwidOptions) -> None:
        self.api, self.options = api, options

    def rows(self, path: str, *, fields: str, order: str = "", **params: Any) -> tuple[list[Row], int]:
        """Return a part of a list, and how many there are in all; its `order` is the same for whatever mark."""
        given = {name: ",".join(value) if isinstance(value, list) else value for name, value in params.items()}
        body = self.api.get(path, {"responseFields": fields} | given).body
        return [translate.shaped(path, row) for row in body["items"]], body["total"]

    def put(self, path: str, fields: Row) -> None:
        """Set fields of what lies there, if there are any."""
        if fields:
            self.api.send("PUT", path, fields, repeatable=True)

    def profile(self) -> Row:
        """Return `currency`, `weightUnit` and `pricesIncludeTax` ("Get store profile")."""
        told = self.api.get("profile").body
        return told["formatsAndUnits"] | told["taxSettings"]

    def categories(self) -> Categories:
        """Return all categories; one that is asked for and missing is made."""

        def make(name: str, _path: str, parent: str | None) -> str:
            return str(self.api.send("POST", "categories", {"name": name, "parentId": int(parent or 0)}).body["id"])

        return Categories(pages.everything(partial(CATEGORIES.page, self), CATEGORIES.size), "parent", make)


class Customers(RestListing[Shop]):
    """Customers: the list does not choose by identities."""

    def some(self, system: Shop, ids: Sequence[str]) -> list[Row]:
        """Return customers, as far as they are there."""
        found = (system.api.look_up(f"customers/{id_}") for id_ in ids)
        return [translate.shaped(self.path, row) for row in found if row]


def _first(order: str) -> Callable[[Shop], Row]:
    return lambda _: {"sortBy": order}


PRODUCTS = RestListing("products", translate.PRODUCTS, "productId", _first("ADDED_TIME_ASC"), 100, "updatedFrom")
BY_SKU, BY_REFERENCE = (replace(PRODUCTS, ident=ident, most=1) for ident in ("sku", "externalReferenceId"))
CUSTOMERS = Customers("customers", translate.CUSTOMERS, "", _first("REGISTERED_DATE_ASC"), 100, "updatedFrom")
ORDERS = RestListing[Shop]("orders", translate.ORDERS, "ids", size=100, since="updatedFrom")
CATEGORIES = RestListing[Shop](
    "categories", translate.CATEGORIES, chosen=lambda _: {"hidden_categories": "true"}, size=100
)
LATE = 300
"""Seconds after which a change has surely come to the lists."""


def changed(listing: RestListing[Shop]) -> Way[Shop]:
    """Walk through what has changed: no list has to come in the order of its marks."""

    def walk(shop: Shop, spot: Spot | None) -> Iterable[tuple[Sequence[Row], Spot]]:
        def since(mark: str | None, within: Spot | None) -> Iterable[tuple[Sequence[Row], Spot]]:
            ask = partial(listing.page, shop, mark=None, since=mark)
            return pages.by_offset(ask, listing.size, key=ID, since=within)

        earlier, mark = (lambda mark: str(int(mark) - LATE)), itemgetter(translate.MARK)
        return since_mark(since, mark=mark, moment=int, earlier=earlier, since=spot)

    return Way(walk)
