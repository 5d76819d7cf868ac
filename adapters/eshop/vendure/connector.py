"""What a Vendure shop has."""

from collections.abc import Mapping
from datetime import timedelta

from adapters.declared import Declared, Kind
from adapters.eshop import putting
from adapters.eshop.forward import forward
from adapters.eshop.vendure import queries, translate, writing
from adapters.eshop.vendure.client import Listing, Shop
from adapters.eshop.vendure.options import VendureOptions
from adapters.eshop.vendure.writing import move
from adapters.walks import changed, found, from_time_on, listed
from adapters.writes import by_sort
from hub.clock import Clock
from hub.connector import Stream

LATE = timedelta(seconds=5)
"""A change may be seen so long after its mark: Vendure marks it before its transaction ends."""
MARK, PLACED = "updatedAt", "orderPlacedAt"
SENT = ["Shipped", "PartiallyDelivered", "Delivered", "Cancelled"]
ARTICLES, CUSTOMERS = Listing(queries.ARTICLES, 500), Listing(queries.CUSTOMERS, 500)
PRICES, STOCK = Listing(queries.PRICES, 1000), Listing(queries.STOCK, 1000)
ORDERS, SENT_ORDERS, OPEN_ORDERS = (
    Listing(queries.ORDERS, 100, chosen)
    for chosen in (
        {PLACED: {"isNull": False}},
        {PLACED: {"isNull": False}, "state": {"in": SENT}},
        {"state": {"notIn": SENT}},
    )
)
PRODUCT = frozenset(["name", "description", "category", "tax_rate", "active", "images"])
KINDS: Mapping[str, Kind[Shop, VendureOptions]] = {
    "products": Kind(
        Stream("products", writes=PRODUCT, create="intent", removes=True),
        listed(writing.VARIANTS),
        translate.documents,
        translate.product,
        # A change of an article does not move its variants' mark.
        {"variants": changed(writing.VARIANTS, MARK, LATE), "articles": changed(ARTICLES, MARK, LATE)},
        write=by_sort(writing.create, writing.change, writing.remove),
        find=writing.find_products,
    ),
    "prices": Kind(
        Stream("prices", writes=frozenset(["amount", "tax_included"]), create="put", bulk=200),
        listed(PRICES),
        translate.prices,
        translate.price,
        {"variants": changed(PRICES, MARK, LATE)},
        write=putting.prices(found(PRICES), writing.put_prices),
    ),
    # Orders move the stock and leave no mark.
    "stock": Kind(
        Stream("stock", delta=False, writes=frozenset(["available"]), create="put", bulk=200),
        listed(STOCK),
        translate.documents,
        translate.stock,
        write=putting.stock(found(STOCK), writing.put_stock),
    ),
    # A changed address leaves no mark at its customer: the next order tells it, or the full scan.
    "parties": Kind(
        Stream("parties"),
        listed(CUSTOMERS),
        translate.documents,
        translate.party,
        {"customers": changed(CUSTOMERS, MARK, LATE)},
    ),
    # Being placed, paid or shipped does not move an order's mark; being cancelled does.
    "orders": Kind(
        Stream("orders", writes=frozenset(["status", "tracking", "invoice"])),
        listed(ORDERS),
        translate.documents,
        translate.order,
        {
            "placed": changed(ORDERS, PLACED, LATE),
            "changed": changed(SENT_ORDERS, MARK, LATE),
            "open": from_time_on(
                lambda shop: (shop.clock.now() - shop.options.open_orders).isoformat(),
                changed(OPEN_ORDERS, PLACED, LATE),
            ),
        },
        translate.buyers,
        forward(
            ORDERS,
            {"cancelled": writing.cancel, "shipped": move("Shipped"), "completed": move("Shipped", "Delivered")},
            before=[writing.check_open],
            after=[writing.tell],
        ),
    ),
}


def look(shop: Shop) -> str:
    """Say whether what the jobs read is shown to us; what we may write, Vendure says when it is asked to."""
    shop.ask(queries.LOOK)
    return "Vendure answers, and shows products, orders and customers"


class VendureConnector(Declared[Shop, VendureOptions]):
    """A Vendure shop."""

    def __init__(self, name: str, options: VendureOptions, clock: Clock) -> None:
        super().__init__(name, options, Shop(name, options, clock), KINDS, look)
