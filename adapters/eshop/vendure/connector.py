"""What a Vendure shop has."""

from collections.abc import Mapping
from datetime import timedelta

from adapters.declared import Declared, Kind
from adapters.eshop import putting
from adapters.eshop.customers import placed_by
from adapters.eshop.forward import check_open, forward
from adapters.eshop.vendure import catalogue, queries, sales, translate
from adapters.eshop.vendure.client import Shop
from adapters.eshop.vendure.options import VendureOptions
from adapters.eshop.vendure.sales import PLACED, move
from adapters.reading.walks import changed, found, from_time_on, listed
from adapters.writing.writes import by_sort
from hub.clock import Clock
from hub.connector import Stream

LATE = timedelta(seconds=5)
"""A change may be seen so long after its mark: Vendure marks it before its transaction ends."""
MARK = "updatedAt"
PRODUCT = frozenset(["name", "description", "category", "tax_rate", "active", "images"])
KINDS: Mapping[str, Kind[Shop, VendureOptions]] = {
    "products": Kind(
        Stream("products", writes=PRODUCT, create="intent", removes=True),
        listed(catalogue.VARIANTS),
        translate.documents,
        translate.product,
        # A change of an article does not move its variants' mark.
        {"variants": changed(catalogue.VARIANTS, MARK, LATE), "articles": changed(catalogue.ARTICLES, MARK, LATE)},
        write=by_sort(catalogue.create, catalogue.change, catalogue.remove),
        find=lambda shop, writes: catalogue.search(shop, writes)[0],
    ),
    "prices": Kind(
        Stream("prices", writes=frozenset(["amount", "tax_included"]), create="put", bulk=200),
        listed(catalogue.PRICES),
        translate.prices,
        translate.price,
        {"variants": changed(catalogue.PRICES, MARK, LATE)},
        write=putting.prices(found(catalogue.PRICES), catalogue.put_prices),
    ),
    # Orders move the stock and leave no mark.
    "stock": Kind(
        Stream("stock", delta=False, writes=frozenset(["available"]), create="put", bulk=200),
        listed(catalogue.STOCK),
        translate.documents,
        translate.stock,
        write=putting.stock(found(catalogue.LYING), catalogue.put_stock),
    ),
    # A changed address leaves no mark at its customer: the next order tells it, or the full scan.
    "parties": Kind(
        Stream("parties"),
        listed(sales.CUSTOMERS),
        translate.documents,
        translate.party,
        {"customers": changed(sales.CUSTOMERS, MARK, LATE)},
    ),
    # Being placed, paid or shipped does not move an order's mark; being cancelled does.
    "orders": Kind(
        Stream("orders", writes=frozenset(["status", "tracking", "invoice"])),
        listed(sales.ORDERS),
        translate.documents,
        translate.order,
        {
            "placed": changed(sales.ORDERS, PLACED, LATE),
            "changed": changed(sales.SENT_ORDERS, MARK, LATE),
            "open": from_time_on(
                lambda shop: (shop.clock.now() - shop.options.open_orders).isoformat(),
                changed(sales.OPEN_ORDERS, PLACED, LATE),
            ),
        },
        placed_by(translate.documents),
        forward(
            sales.ORDERS,
            {"cancelled": sales.cancel, "shipped": move("Shipped"), "completed": move("Shipped", "Delivered")},
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
