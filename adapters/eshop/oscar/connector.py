"""What a django-oscar shop has."""

from collections.abc import Mapping

from adapters.asking.http import Rejected
from adapters.declared import Declared, Kind, Source
from adapters.eshop import buyers
from adapters.eshop.oscar import shop, translate, writing
from adapters.eshop.oscar.options import OscarOptions
from adapters.eshop.oscar.shop import Shop
from adapters.reading.lists import Listing, in_blocks, listed
from adapters.writing import prices
from adapters.writing.finding import by_sku
from adapters.writing.writes import singly_with
from hub.clock import Clock
from hub.connector import Stream

MEND = "set OSCARAPI_BLOCK_ADMIN_API_ACCESS = False in the shop"
PRODUCT = frozenset(["name", "description", "category", "active", "images"])
RECORDS = listed(Listing("admin/products/", rest=shop.with_record))
ORDERS = Listing("admin/orders/", shop.as_orders, shop.lines_of)
BY_BUYER = Listing[Shop]("admin/orders/", lambda rows: buyers.one_each(shop.as_orders(rows)))
BUYERS = Source(listed(BY_BUYER).everything, lambda shop, _: BY_BUYER.rows(shop))
KINDS: Mapping[str, Kind[Shop, OscarOptions]] = {
    "products": Kind(
        Stream("products", delta=False, writes=PRODUCT, create="intent", removes=True),
        listed(Listing[Shop]("admin/products/")),
        shop.products,
        translate.product,
        write=singly_with(Shop.product_class, writing.write_product),
        find=by_sku(lambda system, _: shop.SHORT.rows(system), "upc"),  # of which there are no doubles
    ),
    "prices": Kind(
        Stream("prices", delta=False, writes=prices.WRITTEN, create="put"),
        RECORDS,
        shop.prices,
        translate.price,
        write=writing.putting(writing.price, shop.prices),
    ),
    "stock": Kind(
        Stream("stock", delta=False, writes=frozenset(["available"]), create="put"),
        RECORDS,
        shop.levels,
        translate.stock,
        write=writing.putting(writing.stock, shop.levels),
    ),
    # They are known by their orders only.
    "parties": Kind(Stream("parties", delta=False), BUYERS, buyers.buyers, translate.party),
    # The list of orders shows all but their lines, so that what has changed is known without a mark.
    "orders": Kind(
        Stream("orders"),
        listed(ORDERS, 20),
        buyers.orders,
        translate.order,
        {"blocks": in_blocks(ORDERS, buyers.own)},
        buyers.buyers,
    ),
}


def look(shop: Shop) -> str:
    """Say where new products would belong; the admin API has to answer for it."""
    shop.partner()
    return f"django-oscar; new products get the class {shop.product_class()}"


class OscarConnector(Declared[Shop, OscarOptions]):
    """A django-oscar shop."""

    def __init__(self, name: str, options: OscarOptions, clock: Clock) -> None:
        super().__init__(name, options, Shop(name, options, clock), KINDS, look, MEND, Rejected)
