"""What a BaseLinker account has."""

from functools import partial

from adapters.declared import Declared, Kind, Source
from adapters.eshop.baselinker import asked, told, translate
from adapters.eshop.baselinker.options import BaseLinkerOptions
from adapters.eshop.baselinker.shop import Shop
from adapters.eshop.forward import forward
from adapters.instants import by_instant
from adapters.journals import by_journal
from adapters.numbered import Numbered
from adapters.walks import listed
from hub.clock import Clock
from hub.connector import Stream

PRODUCTS = listed(Numbered(asked.numbered, asked.rows_of, size=1000))
CONFIRMED = by_instant(asked.confirmed_from, 100, "date_confirmed")
ORDERS = Source(CONFIRMED, asked.orders_of)
CHANGES = {"journal": by_journal(asked.changed, asked.orders_of), "confirmed": CONFIRMED}
"""The journal is first: what it has not told when its end is looked for, the confirmed orders show."""
WRITES = frozenset({"status", "tracking"})
STATUSES = ("pending", "confirmed", "processing", "shipped", "completed", "cancelled")
BRING = forward(ORDERS, dict.fromkeys(STATUSES, told.status), before=[told.parcels])

put = partial(Stream, delta=False, create="put", bulk=1000)
KINDS = {
    "products": Kind(
        Stream("products", delta=False, writes=told.PRODUCT, create="intent", removes=True),
        PRODUCTS,
        asked.products,
        translate.product,
        write=told.products,
        find=told.find,
    ),
    "prices": Kind(
        put("prices", writes=frozenset({"amount"})), PRODUCTS, asked.prices, translate.price, write=told.prices
    ),
    "stock": Kind(
        put("stock", writes=frozenset({"available"})), PRODUCTS, asked.stock, translate.stock, write=told.stock
    ),
    "parties": Kind(Stream("parties"), ORDERS, asked.buyers, translate.party, CHANGES),
    "orders": Kind(
        Stream("orders", writes=WRITES),
        ORDERS,
        asked.orders,
        translate.order,
        CHANGES,
        buyers=asked.buyers,
        write=BRING,
        gone={"removed": by_journal(asked.removed, asked.rows_of)},
    ),
}


class BaseLinkerConnector(Declared[Shop, BaseLinkerOptions]):
    """A BaseLinker account."""

    def __init__(self, name: str, options: BaseLinkerOptions, clock: Clock) -> None:
        super().__init__(name, options, Shop(name, options, clock), KINDS, asked.look)
