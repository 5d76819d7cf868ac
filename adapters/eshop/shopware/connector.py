"""A shop that runs on Shopware 6, as a declaration."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from adapters.asking.checks import all_there
from adapters.declared import Declared, Kind
from adapters.eshop.shopware import lists, translate, writing
from adapters.eshop.shopware.lists import KEY, Listing
from adapters.eshop.shopware.options import ShopwareOptions
from adapters.eshop.shopware.shop import Shop
from adapters.eshop.translating import Translate
from adapters.fields import Table, asked, at, picked, tree
from adapters.reading.stable import shown, stable
from adapters.reading.walks import by_key, by_window, source
from adapters.rows import Row
from hub.clock import Clock
from hub.connector import Document, Stream
from hub.tokens import Vault

Documents = Callable[[Shop, Sequence[Row]], Iterable[Document]]
PRODUCT = frozenset(
    ["sku", "gtin", "name", "description", "category", "brand", "images", "tax_rate", "weight", "active"]
)


def _lasting(table: Table) -> Callable[[Row], Any]:
    """Return what shows of a row what a table is made of, in an order of its own."""
    wanted = tree(asked(table))
    return lambda row: stable(picked(row, wanted), lambda _: False, ordered=False)


def _kind(
    stream: Stream, listing: Listing, documents: Documents, translated: Translate, **more: Any
) -> Kind[Shop, ShopwareOptions]:
    changes = {"changed": by_window(listing, KEY)}
    return Kind(stream, source(by_key(listing, KEY), listing), documents, translated, changes, **more)


def _prices(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each price of each product, in currencies that the shop has."""
    codes = {row["id"]: row["isoCode"] for row in shop.search("currency", {})}
    for row in rows:
        for price in row["price"] or ():
            if code := codes.get(price["currencyId"]):
                raw = {"sku": row["productNumber"], "currency": code, "net": price["net"], "gross": price["gross"]}
                yield Document(f"{row['id']}|{code}", raw)


def _buyers(_: object, orders: Sequence[Row]) -> Iterator[Document]:
    """Yield who placed each order: a customer as the list shows them, a guest as the order does."""
    lasting = _lasting(translate.PARTY)
    for order in orders:
        buyer, told_of = translate.buyer(order), order["orderCustomer"]
        if buyer and buyer == at(told_of, "customer.id"):
            yield Document(buyer, lasting(told_of["customer"]))
        elif buyer:
            yield Document(buyer, lasting({**told_of, "addresses": [{**order["billingAddress"], "id": None}]}))


def _look(shop: Shop) -> str:
    """Return which sales channels there are; raises what is wrong."""
    for listing in (lists.PRODUCTS, lists.PARTIES, lists.ORDERS):
        listing.latest(shop)
    channels = {row["id"]: row["translated"]["name"] for row in shop.search("sales_channel", {})}
    return all_there({"sales channel": channels}, [("sales channel", shop.options.channel)])


KINDS = {
    "products": _kind(
        Stream("products", writes=PRODUCT, create="intent", removes=True),
        lists.PRODUCTS,
        shown(_lasting(translate.PRODUCT)),
        translate.product,
        write=writing.products,
        find=writing.find,
    ),
    "prices": _kind(
        Stream("prices", writes=frozenset({"amount"}), create="put"),
        lists.PRICES,
        _prices,
        translate.price,
        write=writing.prices,
    ),
    "stock": _kind(
        Stream("stock", writes=frozenset({"available"}), create="put"),
        lists.STOCK,
        shown(_lasting(translate.STOCK)),
        translate.stock,
        write=writing.stock,
    ),
    "parties": _kind(Stream("parties"), lists.PARTIES, shown(_lasting(translate.PARTY)), translate.party),
    "orders": _kind(
        Stream("orders", writes=frozenset({"status", "tracking", "invoice"})),
        lists.ORDERS,
        shown(_lasting(translate.ORDER)),
        translate.order,
        buyers=_buyers,
        write=writing.orders,
    ),
}


class ShopwareConnector(Declared[Shop, ShopwareOptions]):
    """A shop that runs on Shopware 6."""

    def __init__(self, name: str, options: ShopwareOptions, clock: Clock, vault: Vault) -> None:
        """`name`: the system's in hub.toml; nothing is sent yet."""
        super().__init__(name, options, Shop(name, options, clock, vault), KINDS, _look)
