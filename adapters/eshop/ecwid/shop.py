"""Who speaks to Ecwid, and its lists (docs.ecwid.com, "REST API overview")."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

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

    def latest(self, path: str) -> int | None:
        """Return when something in a list was changed last, as a UNIX timestamp ("Get latest store update stats")."""
        told = self.api.get("latest-stats").body.get(f"{path}Updated")
        return int(datetime.strptime(told, "%Y-%m-%d %H:%M:%S %z").timestamp()) if told else None

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
    """Walk through what has changed since shortly before the list's latest change when the last walk began.

    The lists do not come in the order of their marks, so that no row's own mark says how far they were read.
    """

    def walk(shop: Shop, spot: Spot | None) -> Iterator[tuple[Sequence[Row], Spot]]:
        at = {"since": None, "until": shop.latest(listing.path), **(spot or {})}

        def ask(offset: int, size: int) -> tuple[Sequence[Row], int | None]:
            return listing.page(shop, offset, size, None, at["since"])

        for rows, place in pages.by_offset(ask, listing.size, key=ID, since=at):
            yield rows, at | place
        yield (), {"since": at["until"] and at["until"] - LATE}

    return Way(walk)
