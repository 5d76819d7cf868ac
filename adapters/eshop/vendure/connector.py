"""What a Vendure shop has."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from adapters.declared import Declared, Kind
from adapters.eshop import putting
from adapters.eshop.customers import placed_by
from adapters.eshop.forward import check_open, forward
from adapters.eshop.vendure import catalogue, queries, sales, translate
from adapters.eshop.vendure.client import Shop
from adapters.eshop.vendure.options import VendureOptions
from adapters.reading.walks import changed, found, from_time_on, kind, listed
from adapters.writing import prices
from adapters.writing.writes import by_sort
from hub.clock import Clock
from hub.connector import Stream

LATE = timedelta(seconds=5)
"""A change may be seen so long after its mark: Vendure marks it before its transaction ends."""
CHANGED = partial(changed, mark=translate.MARK, late=LATE)
PRODUCT = frozenset(["name", "description", "category", "tax_rate", "active", "images"])
KINDS: Mapping[str, Kind[Shop, VendureOptions]] = {
    "products": Kind(
        Stream("products", writes=PRODUCT, create="intent", removes=True),
        listed(catalogue.VARIANTS),
        translate.RECORDS,
        translate.product,
        # A change of an article does not move its variants' mark.
        {"variants": CHANGED(catalogue.VARIANTS), "articles": CHANGED(catalogue.ARTICLES)},
        write=by_sort(catalogue.create, catalogue.change, catalogue.remove),
        find=lambda shop, writes: catalogue.search(shop, writes)[0],
    ),
    "prices": kind(
        Stream("prices", writes=prices.WRITTEN, create="put", bulk=200),
        catalogue.PRICES,
        translate.prices,
        translate.price,
        CHANGED,
        write=putting.prices(found(catalogue.PRICES), catalogue.put_prices),
    ),
    # Orders move the stock and leave no mark.
    "stock": kind(
        Stream("stock", delta=False, writes=frozenset(["available"]), create="put", bulk=200),
        catalogue.STOCK,
        translate.RECORDS,
        translate.stock,
        write=putting.stock(found(catalogue.LYING), catalogue.put_stock),
    ),
    # A changed address leaves no mark at its customer: the next order tells it, or the full scan.
    "parties": kind(Stream("parties"), sales.CUSTOMERS, translate.RECORDS, translate.party, CHANGED),
    # Being placed, paid or shipped does not move an order's mark; being cancelled does.
    "orders": Kind(
        Stream("orders", writes=frozenset(["status", "tracking", "invoice"])),
        listed(sales.ORDERS),
        translate.RECORDS,
        translate.order,
        {
            "placed": CHANGED(sales.ORDERS, mark=sales.PLACED),
            "changed": CHANGED(sales.SENT_ORDERS),
            "open": from_time_on(
                lambda shop: (shop.clock.now() - shop.options.open_orders).isoformat(),
                CHANGED(sales.OPEN_ORDERS, mark=sales.PLACED),
            ),
        },
        placed_by(translate.RECORDS),
        forward(
            sales.ORDERS,
            {"cancelled": sales.cancel, "shipped": sales.ship, "completed": sales.deliver},
            before=[check_open(lambda row: row["state"] == "Cancelled"), sales.tell],
        ),
    ),
}


def look(shop: Shop) -> str:
    """Say whether what the jobs read is shown to us; what we may write, Vendure says when it is asked to."""
    shop.ask(queries.LOOK)
    shop.stock_location()
    return "Vendure answers, and shows products, orders and customers"


class VendureConnector(Declared[Shop, VendureOptions]):
    """A Vendure shop."""

    def __init__(self, name: str, options: VendureOptions, clock: Clock) -> None:
        super().__init__(name, options, Shop(name, options, clock), KINDS, look)
