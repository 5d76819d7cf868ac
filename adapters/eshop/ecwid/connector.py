"""The connector `ecwid`: what a shop has, stream by stream."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from adapters.asking.auth.keys import HeaderKey
from adapters.asking.connecting import connected
from adapters.declared import Declared
from adapters.eshop.ecwid import translate, writing
from adapters.eshop.ecwid.options import EcwidOptions
from adapters.eshop.ecwid.shop import BY_REFERENCE, BY_SKU, CUSTOMERS, ORDERS, PRODUCTS, Shop, changed
from adapters.eshop.forward import check_open, forward
from adapters.eshop.variants import articles, each_variant, find
from adapters.fields import Table
from adapters.reading.stable import by_table
from adapters.reading.walks import kind
from adapters.rows import Row
from adapters.writing.writes import saving
from hub.clock import Clock
from hub.config import resolve
from hub.connector import Document, Stream


def shown(table: Table, parts: Callable[[Shop, Sequence[Row]], Iterable[Row]]) -> Callable[..., Iterable[Document]]:
    """Return what yields documents of the parts of rows, of what a table is made of: theirs, and the shop's profile."""

    def documents(shop: Shop, rows: Sequence[Row]) -> Iterable[Document]:
        profile = shop.profile() if rows else {}
        return by_table(table)(shop, ({**profile, **each} for each in parts(shop, rows)))

    return documents


def sold(shop: Shop, rows: Sequence[Row]) -> Iterator[Row]:
    """Yield what is sold of products, with the paths of their categories."""
    tree = shop.categories() if rows else None
    return ({**each, "category": tree and translate.category(each["product"], tree)} for each in each_variant(rows))


def counted(_: Shop, rows: Sequence[Row]) -> Iterator[Row]:
    """Yield what of it can run out."""
    return (each for each in each_variant(rows) if not each.get("unlimited"))


def buyers(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield who placed orders, as far as they are in the list of customers, and guests."""
    known = {translate.buyer(row): row for row in rows if row.get("customerId")}
    guests = [translate.guest_of(row) for row in rows if row.get("email") and not row.get("customerId")]
    return PARTIES(shop, [*CUSTOMERS.some(shop, [*known]), *guests])


PARTIES = by_table(translate.PARTY)
KINDS = {
    "products": kind(
        Stream("products", writes=translate.SET_OF_PRODUCTS, create="intent", removes=True),
        PRODUCTS,
        shown(translate.PRODUCT, sold),
        translate.product,
        changed(PRODUCTS),
        write=saving(partial(articles, PRODUCTS), writing.needed, writing.save, writing.remove),
        find=find("externalReferenceId", BY_REFERENCE, BY_SKU),
    ),
    "prices": kind(
        Stream("prices", writes=frozenset(["amount"]), create="put"),
        PRODUCTS,
        shown(translate.PRICE, lambda _, rows: each_variant(rows)),
        translate.price,
        changed(PRODUCTS),
        write=writing.put(translate.price_told),
    ),
    "stock": kind(
        Stream("stock", writes=frozenset(["available"]), create="put"),
        PRODUCTS,
        shown(translate.STOCK, counted),
        translate.stock,
        changed(PRODUCTS),
        write=writing.put(translate.stock_told),
    ),
    "parties": kind(Stream("parties"), CUSTOMERS, PARTIES, translate.party, changed(CUSTOMERS)),
    "orders": kind(
        Stream("orders", writes=frozenset(["status", "tracking", "invoice"])),
        ORDERS,
        shown(translate.ORDER, lambda _, rows: rows),
        translate.order,
        changed(ORDERS),
        buyers=buyers,
        write=forward(ORDERS, {}, before=[check_open(translate.is_cancelled)], after=[writing.tell]),
    ),
}


class EcwidConnector(Declared[Shop, EcwidOptions]):
    """A shop in Ecwid by Lightspeed."""

    def __init__(self, name: str, options: EcwidOptions, clock: Clock) -> None:
        key = HeaderKey("Authorization", resolve(options.key), "Bearer ")
        super().__init__(name, options, Shop(connected(name, options, clock, auth=key), options), KINDS)
