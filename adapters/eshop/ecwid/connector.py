"""The connector `ecwid`: what a shop has, and how it is written, one record at a time."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from adapters.asking.auth.keys import HeaderKey
from adapters.asking.connecting import connected
from adapters.declared import Declared
from adapters.eshop.buyers import brought
from adapters.eshop.categories import Categories
from adapters.eshop.ecwid import translate
from adapters.eshop.ecwid.options import EcwidOptions
from adapters.eshop.ecwid.shop import CUSTOMERS, Shop
from adapters.eshop.ecwid.translate import BY_REFERENCE, BY_SKU, ORDERS, PRODUCTS
from adapters.eshop.forward import check_open, forward
from adapters.eshop.variants import articles, each_variant, find, parted
from adapters.reading.stable import by_table
from adapters.reading.walks import changed_in_any_order, kind
from adapters.rows import Row
from adapters.writing.writes import Writing, putting, saving
from hub.canonical.statuses import moves_forward
from hub.clock import Clock
from hub.config import resolve
from hub.connector import Document, Stream, Write

parties, prices = by_table(translate.PARTY), by_table(translate.PRICE, each_variant)
stock, orders = by_table(translate.STOCK, translate.counted), by_table(translate.ORDER)


def products(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield what is sold, with the paths of categories."""
    tree = shop.categories() if rows else None
    return by_table(translate.PRODUCT, partial(translate.placed, tree))(shop, rows)


def save(shop: Shop, tree: Categories, row: Row | None, write: Write) -> str:
    """Make a product, or change what is there; a category that is missing is made. Returns its identity."""
    if row is None:
        return str(shop.api.send("POST", "products", translate.new(write, tree, shop.profile())).body["id"])
    one = next(each for each in row["variants"] if each["id"] == write.id)
    article, variant = partial(translate.article, row, tree), partial(translate.variant, one)
    shared, own = parted({one["id"]: row}, [write], article, variant)
    for id_, fields in (*shared.items(), *own.items()):
        shop.send("PUT", "products", id_, fields)
    return one["id"]


def _put(told: Callable[[Write, Row], Row]) -> Writing[Shop]:
    return putting(Shop.profile, told, lambda shop, id_, fields: shop.send("PUT", "products", id_, fields))


def _delete(shop: Shop, id_: str) -> None:
    shop.send("DELETE", "products", id_)


def tell(shop: Shop, order: Row, write: Write) -> None:
    """Tell an order's parcels, invoice and status at once: the mail about the one names the others."""
    wanted = write.fields.get("status")
    ahead = moves_forward(translate.status(order, shop.options.status), wanted)
    shop.send("PUT", "orders", order["id"], translate.told_to(order, write.fields, wanted if ahead else None))


CHANGED = partial(changed_in_any_order, mark=translate.MARK, late=translate.LATE)
KINDS = {
    "products": kind(
        Stream("products", writes=translate.PRODUCT_WRITTEN, create="intent", removes=True),
        PRODUCTS,
        products,
        translate.product,
        CHANGED,
        write=saving(partial(articles, PRODUCTS), Shop.categories, save, _delete),
        find=find("externalReferenceId", BY_REFERENCE, BY_SKU),
    ),
    "prices": kind(
        Stream("prices", writes=translate.AMOUNT, create="put"),
        PRODUCTS,
        prices,
        translate.price,
        CHANGED,
        write=_put(translate.price_told),
    ),
    "stock": kind(
        Stream("stock", writes=translate.AVAILABLE, create="put"),
        PRODUCTS,
        stock,
        translate.stock,
        CHANGED,
        write=_put(translate.stock_told),
    ),
    "parties": kind(Stream("parties"), CUSTOMERS, parties, translate.party, CHANGED),
    "orders": kind(
        Stream("orders", writes=translate.ORDER_WRITTEN),
        ORDERS,
        orders,
        translate.order,
        CHANGED,
        buyers=brought(parties, CUSTOMERS.some, translate.buyer, translate.guest_of),
        write=forward(ORDERS, {}, before=[check_open(translate.is_cancelled)], after=[tell]),
    ),
}


class EcwidConnector(Declared[Shop, EcwidOptions]):
    """A shop in Ecwid by Lightspeed."""

    def __init__(self, name: str, options: EcwidOptions, clock: Clock) -> None:
        key = HeaderKey("Authorization", resolve(options.key), "Bearer ")
        super().__init__(name, options, Shop(connected(name, options, clock, auth=key), options), KINDS)
