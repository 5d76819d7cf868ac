"""The connector `ecwid`."""

from adapters.asking.auth.keys import HeaderKey
from adapters.asking.connecting import connected
from adapters.declared import Declared, Kind
from adapters.eshop.ecwid import asked, translate, writing
from adapters.eshop.ecwid.asked import BY_REFERENCE, BY_SKU, CUSTOMERS, ORDERS, PRODUCTS, changed, sold
from adapters.eshop.ecwid.options import EcwidOptions
from adapters.eshop.ecwid.shop import Shop
from adapters.eshop.forward import check_open, forward
from adapters.eshop.variants import find
from adapters.reading.walks import listed
from hub.clock import Clock
from hub.config import resolve
from hub.connector import Stream

PRODUCT = frozenset(["name", "description", "active", "category", "gtin", "weight"])
ORDER = frozenset(["status", "tracking", "invoice"])
KINDS = {
    "products": Kind(
        Stream("products", writes=PRODUCT, create="intent", removes=True),
        listed(PRODUCTS),
        sold(translate.PRODUCT),
        translate.product,
        {"changed": changed(PRODUCTS)},
        write=writing.products,
        find=find("externalReferenceId", BY_REFERENCE, BY_SKU),
    ),
    "prices": Kind(
        Stream("prices", writes=frozenset(["amount"]), create="put"),
        listed(PRODUCTS),
        sold(translate.PRICE),
        translate.price,
        {"changed": changed(PRODUCTS)},
        write=writing.put(translate.price_told),
    ),
    "stock": Kind(
        Stream("stock", writes=frozenset(["available"]), create="put"),
        listed(PRODUCTS),
        sold(translate.STOCK, counted=True),
        translate.stock,
        {"changed": changed(PRODUCTS)},
        write=writing.put(translate.stock_told),
    ),
    "parties": Kind(
        Stream("parties"), listed(CUSTOMERS), asked.parties, translate.party, {"changed": changed(CUSTOMERS)}
    ),
    "orders": Kind(
        Stream("orders", writes=ORDER),
        listed(ORDERS),
        asked.orders,
        translate.order,
        {"changed": changed(ORDERS)},
        buyers=asked.buyers,
        write=forward(ORDERS, {}, before=[check_open(translate.is_cancelled)], after=[writing.tell]),
    ),
}


class EcwidConnector(Declared[Shop, EcwidOptions]):
    """A shop in Ecwid by Lightspeed."""

    def __init__(self, name: str, options: EcwidOptions, clock: Clock) -> None:
        key = HeaderKey("Authorization", resolve(options.key), "Bearer ")
        super().__init__(name, options, Shop(connected(name, options, clock, auth=key), options), KINDS, look)


def look(shop: Shop) -> str:
    """Return what the shop is like; raises what keeps its lists from being read."""
    for listing in (PRODUCTS, CUSTOMERS, ORDERS):
        listing.page(shop, 0, 1)
    return f"products, customers and orders can be read; prices are in {shop.profile()['currency']}"
