"""The connector `ecwid`: what a shop has, and how it is written, one record at a time."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from adapters.asking.auth.keys import HeaderKey
from adapters.asking.connecting import connected
from adapters.declared import Declared
from adapters.eshop.categories import Categories
from adapters.eshop.ecwid import translate
from adapters.eshop.ecwid.options import EcwidOptions
from adapters.eshop.ecwid.shop import BY_REFERENCE, BY_SKU, CUSTOMERS, ORDERS, PRODUCTS, Shop
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


def buyers(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield who placed orders: who is in the list of customers, and guests."""
    listed = {translate.buyer(row) for row in rows if row.get("customerId")}
    guests = [translate.guest_of(row) for row in rows if row.get("email") and not row.get("customerId")]
    return parties(shop, [*CUSTOMERS.some(shop, [*listed]), *guests])


def save(shop: Shop, tree: Categories, row: Row | None, write: Write) -> str:
    """Make a product, or change what is there; a category that is missing is made. Returns its identity."""
    if row is None:
        return str(shop.api.send("POST", "products", translate.new(write, tree, shop.profile())).body["id"])
    one = next(each for each in row["variants"] if each["id"] == write.id)
    article, variant = partial(translate.article, row, tree), partial(translate.variant, one)
    shared, own = parted({one["id"]: row}, [write], article, variant)
    for id_, fields in (*shared.items(), *own.items()):
        shop.put(_address(id_), fields)
    return one["id"]


def put(told: Callable[[Write, Row], Row]) -> Writing[Shop]:
    """Make what sets prices or stock levels; `told`: what is set, as the shop's profile allows."""
    return putting(Shop.profile, lambda shop, profile, id_, write: shop.put(_address(id_), told(write, profile)))


def _address(id_: str) -> str:
    return f"products/{id_}".replace("|", "/combinations/")


def remove(shop: Shop, id_: str) -> None:
    """Delete a product, or one of its variations."""
    shop.api.send("DELETE", _address(id_))


def tell(shop: Shop, order: Row, write: Write) -> None:
    """Tell an order's parcels, invoice and status at once: the mail about the one names the others."""
    wanted = write.fields.get("status")
    ahead = moves_forward(translate.status(order, shop.options.status), wanted)
    shop.put(f"orders/{order['id']}", translate.told_to(order, write.fields, wanted if ahead else None))


CHANGED = partial(changed_in_any_order, mark=translate.MARK, late=translate.LATE)
KINDS = {
    "products": kind(
        Stream("products", writes=translate.PRODUCT_WRITTEN, create="intent", removes=True),
        PRODUCTS,
        products,
        translate.product,
        CHANGED,
        write=saving(partial(articles, PRODUCTS), Shop.categories, save, remove),
        find=find("externalReferenceId", BY_REFERENCE, BY_SKU),
    ),
    "prices": kind(
        Stream("prices", writes=translate.AMOUNT, create="put"),
        PRODUCTS,
        prices,
        translate.price,
        CHANGED,
        write=put(translate.price_told),
    ),
    "stock": kind(
        Stream("stock", writes=translate.AVAILABLE, create="put"),
        PRODUCTS,
        stock,
        translate.stock,
        CHANGED,
        write=put(translate.stock_told),
    ),
    "parties": kind(Stream("parties"), CUSTOMERS, parties, translate.party, CHANGED),
    "orders": kind(
        Stream("orders", writes=translate.ORDER_WRITTEN),
        ORDERS,
        orders,
        translate.order,
        CHANGED,
        buyers=buyers,
        write=forward(ORDERS, {}, before=[check_open(translate.is_cancelled)], after=[tell]),
    ),
}


class EcwidConnector(Declared[Shop, EcwidOptions]):
    """A shop in Ecwid by Lightspeed."""

    def __init__(self, name: str, options: EcwidOptions, clock: Clock) -> None:
        key = HeaderKey("Authorization", resolve(options.key), "Bearer ")
        super().__init__(name, options, Shop(connected(name, options, clock, auth=key), options), KINDS)
