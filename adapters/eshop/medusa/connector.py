"""What a Medusa shop has."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from adapters.asking.checks import Amiss
from adapters.declared import Declared, Kind
from adapters.eshop import putting
from adapters.eshop.forward import forward, in_turn
from adapters.eshop.medusa import catalogue, packing, sales, translate
from adapters.eshop.medusa.options import MedusaOptions
from adapters.eshop.medusa.shop import Shop
from adapters.eshop.variants import articles, find
from adapters.reading.walks import changed, kind
from adapters.writing import prices
from adapters.writing.writes import by_sort
from hub.clock import Clock
from hub.connector import Stream

MARK = "updated_at"
LATE = timedelta(minutes=1)
"""A change may become visible so long after its mark: Medusa marks it at the beginning of a longer piece of work."""
CHANGED = partial(changed, mark=MARK, late=LATE)
PRODUCT = frozenset(["name", "description", "active", "category", "images", "gtin"])
KINDS: Mapping[str, Kind[Shop, MedusaOptions]] = {
    # The mark stays when only a variant is edited: the full scan finds that.
    "products": kind(
        Stream("products", writes=PRODUCT, create="intent", removes=True),
        catalogue.PRODUCTS,
        lambda shop, rows: catalogue.products(rows, catalogue.categories(shop)),
        translate.product,
        CHANGED,
        write=by_sort(catalogue.create, catalogue.change, catalogue.remove),
        find=find("external_id", catalogue.BY_REFERENCE, catalogue.BY_SKU),
    ),
    # A changed price or level moves nothing that can be asked for.
    "prices": kind(
        Stream("prices", delta=False, writes=prices.WRITTEN, create="put", bulk=100),
        catalogue.PRICES,
        lambda shop, rows: catalogue.prices(rows, shop.tax_included()),
        translate.price,
        write=putting.prices(partial(articles, catalogue.PRICES), catalogue.put_prices),
    ),
    "stock": kind(
        Stream("stock", delta=False, writes=frozenset(["available"]), create="put", bulk=100),
        catalogue.STOCK,
        lambda shop, rows: catalogue.stock(rows, shop.the("stock_location")["id"]),
        translate.stock,
        write=putting.stock(partial(articles, catalogue.STOCK), catalogue.put_stock),
    ),
    "parties": kind(Stream("parties"), sales.CUSTOMERS, sales.parties, translate.party, CHANGED),
    # The mark stays when a payment is captured: the full scan finds that.
    "orders": kind(
        Stream("orders", writes=frozenset(["status", "tracking", "invoice"])),
        sales.ORDERS,
        sales.orders,
        translate.order,
        CHANGED,
        buyers=sales.buyers,
        # There is no state between placed and packed.
        write=forward(
            sales.ORDERS,
            {"cancelled": sales.cancel, "shipped": packing.ship, "completed": in_turn(packing.ship, sales.end)},
            before=[sales.tell],
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
