"""What a Magento shop has."""

from collections.abc import Mapping
from dataclasses import replace

from adapters.declared import Declared, Kind
from adapters.eshop.forward import forward
from adapters.eshop.magento import fulfilling, goods, levels, sales, translate, writing
from adapters.eshop.magento.lists import CATALOGUE, CUSTOMERS, ORDERS, PRICED
from adapters.eshop.magento.options import MagentoOptions
from adapters.eshop.magento.shop import Shop
from adapters.writing import prices
from hub.clock import Clock
from hub.connector import Stream

FAMILY = frozenset(["variant_of", "options"])
PRODUCT = frozenset(["name", "description", "active", "category", "gtin", "weight", "tax_rate", "images"])
MEND = (
    "System > Integrations: an active integration with the resources Catalog, Sales, Customers, Inventory and Stores; "
    "its token as bearer needs Stores > Configuration > Services > OAuth > Allow OAuth Access Tokens to be used as "
    "standalone Bearer tokens"
)
KINDS: Mapping[str, Kind[Shop, MagentoOptions]] = {
    "products": Kind(
        # Only when its queue comes to it, a product is made.
        Stream("products", writes=PRODUCT, create="intent", removes=True, bulk=100, late=900),
        CATALOGUE.source(),
        goods.products,
        translate.product,
        {"changed": CATALOGUE.changed()},
        write=writing.write_products,
        find=writing.find_products,
    ),
    # Prices that are set by themselves move no mark: the full scan finds that.
    "prices": Kind(
        Stream("prices", writes=prices.WRITTEN, create="put", bulk=100),
        PRICED.source(),
        goods.prices,
        translate.price,
        {"changed": PRICED.changed()},
        write=writing.put_prices,
    ),
    # Levels have no mark.
    "stock": Kind(
        Stream("stock", delta=False, writes=frozenset(["available"]), create="put", bulk=100),
        CATALOGUE.source(),
        goods.stock,
        translate.stock,
        write=writing.put_stock,
    ),
    "parties": Kind(
        Stream("parties"),
        CUSTOMERS.source(sales.customers),
        sales.parties,
        translate.party,
        {"changed": CUSTOMERS.changed()},
    ),
    "orders": Kind(
        Stream("orders", writes=frozenset(["status", "tracking", "invoice"])),
        ORDERS.source(),
        sales.orders,
        translate.order,
        {"changed": ORDERS.changed()},
        sales.buyers,
        # There is no state between placed and shipped that could be told.
        forward(
            ORDERS,
            {"cancelled": fulfilling.cancel, "shipped": fulfilling.ship, "completed": fulfilling.complete},
            after=[fulfilling.tell],
        ),
    ),
}


def look(shop: Shop) -> str:
    """Return what the shop says of itself, as far as the jobs need it."""
    for path in ("products", "orders", "customers/search", "shipments"):
        shop.rows(path, size=1, order="")
    levels.check(shop)
    return f"Magento sells in {shop.currency()}, weighs in {shop.config()['weight_unit']}"


class MagentoConnector(Declared[Shop, MagentoOptions]):
    """A Magento shop."""

    def __init__(self, name: str, options: MagentoOptions, clock: Clock) -> None:
        products = KINDS["products"]
        families = replace(products, stream=replace(products.stream, writes=PRODUCT | FAMILY))
        kinds = {**KINDS, "products": families if options.families else products}
        super().__init__(name, options, Shop(name, options, clock), kinds, look, MEND)
