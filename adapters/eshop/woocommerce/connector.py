"""What a WooCommerce shop has."""

from collections.abc import Mapping
from datetime import timedelta

from adapters.declared import Declared, Kind, Source
from adapters.eshop.woocommerce import asked, fulfilling, translate, writing
from adapters.eshop.woocommerce.hooks import hooks
from adapters.eshop.woocommerce.options import WooCommerceOptions
from adapters.eshop.woocommerce.shop import PAGE, Listing, Shop
from adapters.reading.walks import changed, listed
from adapters.writing import prices
from adapters.writing.writes import singly
from hub.clock import Clock
from hub.connector import Stream

LATE = timedelta(minutes=2)
"""A change may become visible so long after its mark: a batch is marked record by record while it is carried out."""
MARK = "date_modified_gmt"
PRODUCT = frozenset(["name", "description", "active", "category", "tags", "images", "gtin", "weight", "tax_rate"])
ORDER = frozenset(["status", "tracking", "invoice"])
MEND = (
    "WooCommerce > Settings > Advanced > REST API: a key with Read/Write of a shop manager; Settings > General: url is the "
    "Site Address, without wp-json; Settings > Permalinks: any structure but Plain"
)


PRICES = {
    True: "its prices are with tax",
    False: "its prices are without tax",
    None: "without taxes (Settings > General > Enable taxes): a price is what customers pay",
}

# A change of a variation moves its article's mark too, but not every change moves any: stock that an order takes
# (woocommerce#40060), lines that are edited (#34798). The full scan finds these.
PRODUCTS, ORDERS = Listing("products"), Listing("orders")
ACCOUNTS = Listing("customers", lambda shop: {"role": shop.options.role})
CATALOGUE = Source(listed(PRODUCTS).everything, asked.articles)
CHANGED = {"changed": changed(PRODUCTS, MARK, LATE, PRODUCTS.last)}
KINDS: Mapping[str, Kind[Shop, WooCommerceOptions]] = {
    "products": Kind(
        # The shop fetches the images while it answers: more at once would take it longer than it may.
        Stream("products", writes=PRODUCT, create="intent", removes=True, bulk=25, late=300),
        CATALOGUE,
        asked.products,
        translate.product,
        CHANGED,
        write=writing.write_products,
        find=writing.find_products,
    ),
    "prices": Kind(
        Stream("prices", writes=prices.WRITTEN, create="put", bulk=PAGE),
        CATALOGUE,
        asked.prices,
        translate.price,
        CHANGED,
        write=writing.put_prices,
    ),
    "stock": Kind(
        Stream("stock", writes=frozenset(["available"]), create="put", bulk=PAGE),
        CATALOGUE,
        asked.stock,
        translate.stock,
        CHANGED,
        write=writing.put_stock,
    ),
    # The list of customers knows no marks.
    "parties": Kind(
        Stream("parties", delta=False),
        Source(listed(ACCOUNTS).everything, asked.customers),
        asked.parties,
        translate.party,
    ),
    "orders": Kind(
        Stream("orders", writes=ORDER),
        listed(ORDERS),
        asked.orders,
        translate.order,
        {"changed": changed(ORDERS, MARK, LATE, ORDERS.last)},
        asked.buyers,
        singly(fulfilling.write_order),
    ),
}


def look(shop: Shop) -> str:
    """Return what the shop says of itself, as far as the jobs need it; a batch of nothing changes nothing."""
    for path in ("products", "orders", "customers"):
        shop.rows(path, per_page=1)
    shop.send("POST", "products/batch", {}, repeatable=True)
    told = PRICES[asked.taxes_included(shop)]
    return f"WooCommerce sells in {shop.setting('general', 'currency')}, {told}"


class WooCommerceConnector(Declared[Shop, WooCommerceOptions]):
    """A WooCommerce shop."""

    def __init__(self, name: str, options: WooCommerceOptions, clock: Clock) -> None:
        super().__init__(name, options, Shop(name, options, clock), KINDS, look, MEND, hooks=hooks)
