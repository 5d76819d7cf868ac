"""What a Medusa shop has."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from adapters.checks import Amiss
from adapters.declared import Declared, Kind
from adapters.eshop import putting
from adapters.eshop.forward import forward
from adapters.eshop.medusa import asked, translate, writing
from adapters.eshop.medusa.asked import BY_REFERENCE, BY_SKU, CUSTOMERS, ORDERS, PRICES, PRODUCTS, STOCK
from adapters.eshop.medusa.options import MedusaOptions
from adapters.eshop.medusa.shop import Shop
from adapters.eshop.variants import articles, find
from adapters.walks import changed, listed
from adapters.writes import by_sort
from hub.clock import Clock
from hub.connector import Stream

MARK = "updated_at"
LATE = timedelta(minutes=1)
"""A change may become visible so long after its mark: Medusa marks it at the beginning of a longer piece of work."""
PRODUCT = frozenset(["name", "description", "active", "category", "images", "gtin"])
KINDS: Mapping[str, Kind[Shop, MedusaOptions]] = {
    # The mark stays when only a variant is edited: the full scan finds that.
    "products": Kind(
        Stream("products", writes=PRODUCT, create="intent", removes=True),
        listed(PRODUCTS),
        lambda shop, rows: asked.products(rows, writing.categories(shop).paths),
        translate.product,
        {"changed": changed(PRODUCTS, MARK, LATE)},
        write=by_sort(writing.create, writing.change, writing.remove),
        find=find("external_id", BY_REFERENCE, BY_SKU),
    ),
    # A changed price or level moves nothing that can be asked for.
    "prices": Kind(
        Stream("prices", delta=False, writes=frozenset(["amount"]), create="put", bulk=100),
        listed(PRICES),
        lambda shop, rows: asked.prices(rows, shop.tax_included()),
        translate.price,
        write=putting.prices(partial(articles, PRICES), writing.put_prices),
    ),
    "stock": Kind(
        Stream("stock", delta=False, writes=frozenset(["available"]), create="put", bulk=100),
        listed(STOCK),
        lambda shop, rows: asked.stock(rows, shop.the("stock_location")["id"]),
        translate.stock,
        write=putting.stock(partial(articles, STOCK), writing.put_stock),
    ),
    "parties": Kind(
        Stream("parties"),
        listed(CUSTOMERS),
        lambda _, rows: asked.parties(rows),
        translate.party,
        {"changed": changed(CUSTOMERS, MARK, LATE)},
    ),
    # The mark stays when a payment is captured: the full scan finds that.
    "orders": Kind(
        Stream("orders", writes=frozenset(["status", "tracking", "invoice"])),
        listed(ORDERS),
        lambda _, rows: asked.orders(rows),
        translate.order,
        {"changed": changed(ORDERS, MARK, LATE)},
        lambda _, rows: asked.buyers(rows),
        # There is no state between placed and packed.
        forward(
            ORDERS,
            {"cancelled": writing.cancel, "shipped": writing.ship, "completed": writing.complete},
            before=[writing.tell],
        ),
    ),
}


def look(shop: Shop) -> str:
    """Say what the options name, as far as it is there."""
    channel, place = shop.the("sales_channel"), shop.the("stock_location", "*sales_channels")
    shop.the("shipping_profile")
    said = f"Medusa sells through {channel['name']}, stock at {place['name']}"
    if channel["id"] not in {each["id"] for each in place["sales_channels"]}:
        raise Amiss(
            f"{said}, which it cannot sell", f"Settings > Locations > {place['name']}: connect the sales channel"
        )
    return said


class MedusaConnector(Declared[Shop, MedusaOptions]):
    """A Medusa shop."""

    def __init__(self, name: str, options: MedusaOptions, clock: Clock) -> None:
        super().__init__(name, options, Shop(name, options, clock), KINDS, look)
