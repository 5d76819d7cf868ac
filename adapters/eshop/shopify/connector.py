"""What a Shopify shop has."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from adapters.asking.checks import Amiss
from adapters.declared import Declared, Kind
from adapters.eshop import putting
from adapters.eshop.customers import placed_by
from adapters.eshop.forward import check_open, forward, in_turn
from adapters.eshop.shopify import fulfilling, queries, translate, writing
from adapters.eshop.shopify.bulk import all_at_once
from adapters.eshop.shopify.hooks import hooks
from adapters.eshop.shopify.lists import Listing, Part, changed, listed
from adapters.eshop.shopify.options import ShopifyOptions
from adapters.eshop.shopify.shop import Shop
from adapters.eshop.shopify.writing import PRODUCTS
from adapters.eshop.variants import articles
from adapters.reading.walks import source
from adapters.writing import prices
from hub.clock import Clock
from hub.connector import Stream


def _place(shop: Shop) -> Mapping[str, object]:
    """Return whose stock is asked for."""
    return {"location": shop.location}


PRICES = replace(PRODUCTS, fields="id updatedAt", parts={"variants": Part(queries.PRICE)})
STOCK = replace(PRICES, parts={"variants": Part(queries.STOCK)}, declared=",$location:ID!", given=_place)
CUSTOMERS = Listing("customers", "Customer", queries.CUSTOMER)
ORDERS = Listing("orders", "Order", queries.ORDER, {"lineItems": Part(queries.LINE)})
PRODUCT = frozenset(["name", "description", "brand", "category", "tags", "active", "gtin", "weight", "images"])
KINDS: Mapping[str, Kind[Shop, ShopifyOptions]] = {
    "products": Kind(
        Stream("products", writes=PRODUCT, create="intent", removes=True),
        source(all_at_once(PRODUCTS), PRODUCTS),
        translate.products,
        translate.product,
        {"changed": changed(PRODUCTS)},
        write=writing.write_products,
        find=writing.find_products,
    ),
    "prices": Kind(
        Stream("prices", writes=prices.WRITTEN, create="put", bulk=100),
        source(all_at_once(PRICES), PRICES),
        lambda shop, rows: translate.prices(rows, shop.terms()),
        translate.price,
        {"changed": changed(PRICES)},
        write=putting.prices(partial(articles, PRICES), writing.put_prices),
    ),
    "stock": Kind(
        Stream("stock", writes=frozenset(["available"]), create="put", bulk=100),
        source(all_at_once(STOCK), STOCK),
        translate.stock,
        translate.stock_level,
        {"changed": changed(STOCK)},
        write=putting.stock(partial(articles, STOCK), writing.put_stock),
    ),
    "parties": Kind(
        Stream("parties"),
        listed(CUSTOMERS),
        translate.records,
        translate.party,
        {"changed": changed(CUSTOMERS)},
    ),
    "orders": Kind(
        Stream("orders", writes=frozenset(["status", "tracking", "invoice"])),
        listed(ORDERS),
        translate.orders,
        translate.order,
        {"changed": changed(ORDERS)},
        placed_by(translate.records),
        forward(
            ORDERS,
            {
                "cancelled": fulfilling.cancel,
                "shipped": fulfilling.ship,
                "completed": in_turn(fulfilling.ship, fulfilling.close),
            },
            before=[check_open(lambda row: row["cancelledAt"] is not None)],
            after=[fulfilling.tell],
        ),
    ),
}


def look(shop: Shop) -> str:
    """Say what the shop sells in, whether it shows what the jobs read, and where stock is kept.

    Amiss, if it answers by another version than is asked for: it takes the oldest that it has for one that has ended.
    """
    terms = shop.ask(queries.LOOK)["shop"]
    asked, served = shop.options.version, shop.served or shop.options.version
    if served != asked:
        mend = (
            f'read what has changed since (shopify.dev, "Release notes"), and set version = "{served}" or a later one'
        )
        raise Amiss(f"Shopify has version {asked} of its API no longer, and answers as {served} does", mend)
    shop.location  # noqa: B018  # refuses a name that is not there
    shop.channels  # noqa: B018  # the same
    tax = "with" if terms["taxesIncluded"] else "without"
    return f"Shopify sells in {terms['currencyCode']}, its prices are {tax} tax"


class ShopifyConnector(Declared[Shop, ShopifyOptions]):
    """A Shopify shop."""

    def __init__(self, name: str, options: ShopifyOptions, clock: Clock) -> None:
        super().__init__(name, options, Shop(name, options, clock), KINDS, look, hooks=hooks)
