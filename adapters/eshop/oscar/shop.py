"""Asking a django-oscar shop, and its rows as documents."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from adapters.asking.connecting import connected
from adapters.eshop.buyers import guest, with_latest
from adapters.eshop.named import named
from adapters.eshop.oscar import translate
from adapters.eshop.oscar.options import OscarOptions
from adapters.eshop.sources import sources
from adapters.fields import at
from adapters.reading.lists import Listing
from adapters.reading.stable import by_table, id_of, stable, without_host
from adapters.rows import Row
from hub.clock import Clock
from hub.config import resolve
from hub.connector import Document

MOVING = frozenset(["url", "lines", "basket", "payment_url", "stockrecords", "images", "date_updated", "rating"])
"""What is not the record's own, moves by itself, or holds the host's address."""
BUYER = ("email", "billing_address", "shipping_address")
"""What an order says of who placed it."""
mark = "{} ".format
"""UPC -> what the codes of our images of a product begin with: a code is of one image of one product alone."""


class Shop:
    """A shop's API for its staff."""

    def __init__(self, name: str, options: OscarOptions, clock: Clock) -> None:
        self.name, self.options, self.clock = name, options, clock
        self.api = connected(name, options, clock, auth=(options.user, resolve(options.password)))

    def partner(self) -> Row:
        """Return the partner whose prices and stock are meant."""
        return named(self.api.get("admin/partners/").body, "partner", self.options.partner, "code")

    def product_class(self) -> str:
        """Return the class that new products get."""
        rows = self.api.get("admin/productclasses/").body
        return named(rows, "product class", self.options.product_class, "slug")["slug"]


SHORT = Listing[Shop]("products/")
"""Says of each product its `upc` and `title` only: 5,000 take less than half a second."""


def lasting(row: Row) -> dict[str, Any]:
    """Return a row without what moves, with its own `id`, and with those of others for their addresses."""
    api = row["url"].partition("/admin/")[0] + "/"
    return stable(row, MOVING.__contains__, leaf=without_host(api)) | {"id": id_of(row["url"])}


def products(_: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield the products; of an article with variants, only these are."""
    for row in rows:
        if row["structure"] != "parent":
            images = sources(at(row, "images.code"), mark(row["upc"]))
            yield Document(str(row["id"]), lasting(row) | {"images": images})


def with_record(shop: Shop, partner: Row | None = None) -> Callable[[Row], Row]:
    """Return what adds to a product its stock `record` of the shop's partner, if it has one, and its price's `list`."""
    whose, list_ = partner or shop.partner(), shop.options.range.price_list or shop.name
    return lambda product: {**product, "record": record_of(whose, product["stockrecords"]), "list": list_}


def record_of(partner: Row, records: Sequence[Row]) -> Row | None:
    """Return the stock record of a partner; in the shop's short lists, its id stands for its address."""
    return next((each for each in records if id_of(str(each["partner"])) == id_of(partner["url"])), None)


prices = by_table(translate.PRICE, lambda rows: (row for row in rows if at(row, "record.price") is not None))
"""Yields the prices that there are."""
levels = by_table(translate.STOCK, lambda rows: (row for row in rows if row["record"]))
"""Yields the stock of those products whose stock is kept."""


def as_orders(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return orders with their `id`, and their `buyer`: the customer's account, or a guest's e-mail address."""
    orders = [each | {"buyer": each["owner"] or guest(each["email"])} for each in map(lasting, rows)]
    return with_latest(orders, BUYER)


def lines_of(shop: Shop) -> Callable[[Row], Row]:
    """Return what asks for the lines of an order, with what is known of what was bought."""
    short = cache(lambda: {str(row["id"]): row for row in SHORT.rows(shop)})

    def complete(order: Row) -> Row:
        rows = shop.api.get(f"admin/orders/{order['id']}/lines/").body
        return {**order, "lines": [called(row, short().get(row["product"] or "", {})) for row in map(lasting, rows)]}

    return complete


def called(line: Row, product: Row) -> dict[str, Any]:
    """Return a line with `sku` and `title`: its own where the shop shows them, otherwise those of the product as it is now.

    A line keeps both, but django-oscar-api shows them only if OSCARAPI_ORDERLINE_FIELDS says so. A product's title may
    change, and the line's does not: it counts only where nothing else is known.
    """
    upc = line.get("upc") or product.get("upc")
    return {
        **line,
        "sku": upc or line.get("partner_sku"),
        "title": line.get("title") or (None if upc else product.get("title")),
    }
