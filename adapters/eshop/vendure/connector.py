"""What a Vendure shop has."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from adapters.declared import Declared, Kind, Row, Source, Way
from adapters.eshop.vendure import queries, translate, writing
from adapters.eshop.vendure.client import Shop
from adapters.eshop.vendure.options import VendureOptions
from adapters.pages import before
from adapters.walks import by_mark, by_offset, from_time_on
from adapters.writes import all_or_none, singly
from hub.clock import Clock
from hub.connector import Finding, Stream
from hub.errors import HubError

LATE = timedelta(seconds=5)
"""A change may be seen so long after its mark: Vendure marks it before its transaction ends."""
JUST_BEFORE = before(timedelta(milliseconds=1))
"""`after` leaves the mark itself out, and marks have milliseconds at most."""
PLACED = {"orderPlacedAt": {"isNull": False}}
SENT = ["Shipped", "PartiallyDelivered", "Delivered", "Cancelled"]
PRODUCT = frozenset(["name", "description", "category", "tax_rate", "active"])
Filter = Mapping[str, Any]


def listed(query: str, size: int, chosen: Filter | None = None) -> Source[Shop]:
    """Return a list's rows, by identity."""

    def ask(shop: Shop, offset: int, size: int) -> tuple[list[Row], int]:
        return shop.rows(query, skip=offset, take=size, sort={"id": "ASC"}, filter=chosen or {})

    def some(shop: Shop, ids: Sequence[str]) -> list[Row]:
        return list(shop.by_id(query, [each.partition("|")[0] for each in ids]).values())

    return Source(by_offset(ask, size), some)


def changed(query: str, size: int, chosen: Filter | None = None, mark: str = "updatedAt") -> Way[Shop]:
    """Walk through a list by change mark."""

    def ask(shop: Shop, since: str | None, offset: int, size: int) -> list[Row]:
        later = {mark: {"after": JUST_BEFORE(since)}} if since else {}
        # One key only to sort by: GraphQL does not keep their order.
        return shop.rows(query, skip=offset, take=size, sort={mark: "ASC"}, filter={**(chosen or {}), **later})[0]

    return by_mark(ask, size, mark, LATE)


def still_open(shop: Shop) -> str:
    """Return since when orders are looked at that are not sent yet."""
    return (shop.clock.now() - shop.options.open_orders).isoformat()


KINDS: Mapping[str, Kind[Shop, VendureOptions]] = {
    "products": Kind(
        Stream("products", writes=PRODUCT, create="intent", removes=True),
        listed(queries.VARIANTS, 500),
        translate.documents,
        translate.product,
        # A change of an article does not move its variants' mark.
        {"variants": changed(queries.VARIANTS, 500), "articles": changed(queries.ARTICLES, 500)},
        write=all_or_none(writing.write_products),
        find=writing.find_products,
    ),
    "prices": Kind(
        Stream("prices", writes=frozenset(["amount", "tax_included"]), create="put", bulk=200),
        listed(queries.PRICES, 1000),
        translate.prices,
        translate.price,
        {"variants": changed(queries.PRICES, 1000)},
        write=all_or_none(writing.put_prices),
    ),
    # Orders move the stock and leave no mark.
    "stock": Kind(
        Stream("stock", delta=False, writes=frozenset(["available"]), create="put", bulk=200),
        listed(queries.STOCK, 1000),
        translate.documents,
        translate.stock,
        write=all_or_none(writing.put_stock),
    ),
    # A changed address leaves no mark at its customer: the next order tells it, or the full scan.
    "parties": Kind(
        Stream("parties"),
        listed(queries.CUSTOMERS, 500),
        translate.documents,
        translate.party,
        {"customers": changed(queries.CUSTOMERS, 500)},
    ),
    # Being placed, paid or shipped does not move an order's `updatedAt`; being cancelled does.
    "orders": Kind(
        Stream("orders", writes=frozenset(["status", "tracking", "invoice"])),
        listed(queries.ORDERS, 100, PLACED),
        translate.documents,
        translate.order,
        {
            "placed": changed(queries.ORDERS, 100, PLACED, "orderPlacedAt"),
            "changed": changed(queries.ORDERS, 100, PLACED | {"state": {"in": SENT}}),
            "open": from_time_on(still_open, changed(queries.ORDERS, 100, {"state": {"notIn": SENT}}, "orderPlacedAt")),
        },
        translate.buyers,
        singly(writing.write_order),
    ),
}


class VendureConnector(Declared[Shop, VendureOptions]):
    """A Vendure shop."""

    def __init__(self, name: str, options: VendureOptions, clock: Clock) -> None:
        super().__init__(name, options, Shop(name, options, clock), KINDS)

    def check(self) -> list[Finding]:
        """Look whether what the jobs read is shown to us; what we may write, Vendure says when it is asked to."""
        try:
            self.system.ask(queries.LOOK)
        except HubError as fault:
            return [Finding(self.name, good=False, message=str(fault))]
        return [Finding(self.name, good=True, message="Vendure answers, and shows products, orders and customers")]
