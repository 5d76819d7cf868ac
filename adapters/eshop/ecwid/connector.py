"""The connector `ecwid`: what a shop has, and how its records are written, one at a time."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from adapters.asking.auth.keys import HeaderKey
from adapters.asking.connecting import connected
from adapters.declared import Declared, Kind
from adapters.eshop.buyers import brought
from adapters.eshop.categories import Categories
from adapters.eshop.ecwid import orders, told, translate
from adapters.eshop.ecwid.options import EcwidOptions
from adapters.eshop.ecwid.shop import CUSTOMERS, Shop
from adapters.eshop.ecwid.translate import BY_REFERENCE, BY_SKU, PRODUCTS
from adapters.eshop.forward import check_open, forward
from adapters.eshop.variants import articles, each_variant, find, parted
from adapters.reading.stable import by_table
from adapters.reading.walks import changed_in_any_order, kind
from adapters.rows import Row
from adapters.writing import prices
from adapters.writing.writes import known, one_by_one, putting, saving, whole_product_of
from hub.canonical.statuses import moves_forward
from hub.clock import Clock
from hub.config import resolve
from hub.connector import Document, Stream, Write, Written


def products(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield what is sold, with the paths of categories."""
    return by_table(translate.PRODUCT, partial(translate.placed, shop.categories()))(shop, rows)


def save(shop: Shop, tree: Categories, row: Row | None, write: Write) -> str:
    """Make a product, or change what is there; a category that is missing is made. Returns its identity."""
    if row is None:
        return str(shop.api.send("POST", "products", told.new(write, tree, shop.profile())).body["id"])
    one = next(each for each in row["variants"] if each["id"] == write.id)
    article, variant = partial(told.article, row, tree), partial(told.variant, one)
    shared, own = parted({one["id"]: row}, [write], article, variant)
    for id_, fields in (*shared.items(), *own.items()):
        shop.put(id_, fields)
    return one["id"]


def put_stock(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Set what can be had of products that have a price."""
    there = articles(
        PRODUCTS, shop, [each.id or each.links.get("products", {}).get(each.record["sku"]) for each in writes]
    )

    def put(write: Write) -> Written:
        id_ = whole_product_of(write)
        one = next(each for each in known(there, id_)["variants"] if each["id"] == id_)
        prices.check_priced(write, one["price"])
        shop.put(id_, told.stock(write))
        return Written(write.key, "done", id_)

    return one_by_one(writes, put)


def tell(shop: Shop, row: Row, write: Write) -> None:
    """Tell an order's parcels, invoice and status at once: the mail about the one names the others."""
    wanted = write.fields.get("status")
    ahead = moves_forward(orders.status(row, shop.options.status), wanted)
    if fields := told.order(row, write, wanted if ahead else None):
        shop.api.send("PUT", f"orders/{row['id']}", fields, repeatable=True)


PRODUCT = frozenset(["name", "description", "active", "category", "gtin", "weight"])
AVAILABLE, ORDER = frozenset(["available"]), frozenset(["status", "tracking", "invoice"])
CHANGED = partial(changed_in_any_order, mark=translate.MARK, late=translate.LATE)
PARTIES, PRICES = by_table(translate.PARTY), by_table(translate.PRICE, each_variant)
STOCK = by_table(translate.STOCK, translate.counted)
KINDS: Mapping[str, Kind[Shop, EcwidOptions]] = {
    "products": kind(
        Stream("products", writes=PRODUCT, create="intent", removes=True),
        PRODUCTS,
        products,
        translate.product,
        CHANGED,
        write=saving(partial(articles, PRODUCTS), Shop.categories, save, Shop.delete),
        find=find("externalReferenceId", BY_REFERENCE, BY_SKU),
    ),
    "prices": kind(
        Stream("prices", writes=prices.WRITTEN, create="put"),
        PRODUCTS,
        PRICES,
        translate.price,
        CHANGED,
        write=putting(Shop.profile, told.price, Shop.put),
    ),
    "stock": kind(
        Stream("stock", writes=AVAILABLE, create="put"),
        PRODUCTS,
        STOCK,
        translate.stock,
        CHANGED,
        write=put_stock,
    ),
    "parties": kind(Stream("parties"), CUSTOMERS, PARTIES, translate.party, CHANGED),
    "orders": kind(
        Stream("orders", writes=ORDER),
        orders.LIST,
        by_table(orders.ORDER),
        orders.order,
        CHANGED,
        buyers=brought(PARTIES, CUSTOMERS.some, orders.buyer, orders.guest_of),
        write=forward(orders.LIST, {}, before=[check_open(orders.is_cancelled)], after=[tell]),
    ),
}


class EcwidConnector(Declared[Shop, EcwidOptions]):
    """A shop in Ecwid by Lightspeed."""

    def __init__(self, name: str, options: EcwidOptions, clock: Clock) -> None:
        key = HeaderKey("Authorization", resolve(options.key), "Bearer ")
        super().__init__(name, options, Shop(connected(name, options, clock, auth=key), options), KINDS)
