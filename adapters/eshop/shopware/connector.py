"""A shop that runs on Shopware 6, as a declaration."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from adapters.asking.checks import all_there
from adapters.declared import Declared
from adapters.eshop import putting, telling
from adapters.eshop.forward import check_open, forward
from adapters.eshop.shopware import told, translate
from adapters.eshop.shopware.lists import Listing
from adapters.eshop.shopware.options import ShopwareOptions
from adapters.eshop.shopware.shop import Shop
from adapters.eshop.shopware.writing import known
from adapters.fields import asked, at, below
from adapters.reading.keyed import kind
from adapters.reading.stable import by_table
from adapters.reading.walks import found
from adapters.rows import Row
from adapters.writing import prices
from adapters.writing.finding import SKU, Sign, by_signs
from hub.clock import Clock
from hub.connector import Document, Stream, Write
from hub.tokens import Vault


def _products(paths: str) -> Listing:
    return Listing("product", paths, translate.PRODUCT_MARKS, translate.SINGLE)


PRODUCTS, STOCK = _products(f"parentId {asked(translate.PRODUCT)}"), _products(asked(translate.STOCK))
HELD, PRICES = _products(told.HELD), _products(told.PRICED)
PARTIES = Listing("customer", asked(translate.PARTY), translate.PARTY_MARKS, translate.ACCOUNT)
BUYER = below("orderCustomer", f"company {below('customer', asked(translate.PARTY))}")
ORDERS = Listing("order", f"{asked(translate.ORDER)} {BUYER}", translate.ORDER_MARKS)
SHOWN, BUYERS = by_table(translate.PRODUCT), by_table(translate.PARTY)
SIGNS = (Sign("product", "id", "id", lambda write: told.identity(write.reference)), replace(SKU, field="productNumber"))


def _shown(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield the documents of products."""
    parents = Listing("product", "productNumber").some(shop, [*{row["parentId"] for row in rows} - {None}])
    numbers = {row["id"]: row["productNumber"] for row in parents}
    return SHOWN(shop, [translate.in_family(row, numbers) for row in rows])


def _codes(shop: Shop) -> dict[str, str]:
    """Return the currencies' identities by their ISO codes."""
    return {row["isoCode"]: row["id"] for row in shop.search("currency")["data"]}


def _prices(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    codes = {id_: code for code, id_ in _codes(shop).items()}
    return (Document(*each) for row in rows for each in translate.prices(row, codes))


def _send_prices(shop: Shop, pairs: putting.Pairs) -> None:
    shop.carry_out(told.prices(_codes(shop), shop.options, pairs))


def _find(shop: Shop, wanted: Sequence[Write]) -> dict[str, list[str]]:
    return by_signs(wanted, SIGNS, lambda sign, values: replace(HELD, ident=sign.field).some(shop, values))


def _look(shop: Shop) -> None:
    """See whether the sales channel is there."""
    channels = {row["id"]: at(row, translate.TITLE) for row in shop.search("sales_channel")["data"]}
    all_there({"sales channel": channels}, [("sales channel", shop.options.channel)])
    PRODUCTS.latest(shop)


KINDS = {
    "products": kind(
        Stream("products", writes=told.WRITTEN, create="intent", removes=True),
        PRODUCTS,
        _shown,
        translate.product,
        write=telling.products(
            found(HELD),
            known,
            told.new_products,
            told.changed_product,
            told.removed_product,
            lambda shop, ids: _shown(shop, PRODUCTS.some(shop, ids)),
            lambda known: known.missing,
            "productNumber",
        ),
        find=_find,
        look=_look,
    ),
    "prices": kind(
        Stream("prices", writes=prices.WRITTEN, create="put"),
        PRICES,
        _prices,
        translate.price,
        write=putting.prices(found(PRICES), _send_prices),
    ),
    "stock": kind(
        Stream("stock", writes=frozenset({"available"}), create="put"),
        STOCK,
        by_table(translate.STOCK),
        translate.stock,
        write=putting.stock(found(STOCK), telling.put(lambda _: None, told.stock)),
    ),
    "parties": kind(Stream("parties"), PARTIES, BUYERS, translate.party),
    "orders": kind(
        Stream("orders", writes=frozenset({"status", "tracking", "invoice"})),
        ORDERS,
        by_table(translate.ORDER),
        translate.order,
        buyers=lambda shop, orders: BUYERS(shop, filter(None, map(translate.placed_by, orders))),
        write=forward(
            ORDERS,
            dict.fromkeys(told.STEPS, telling.step(told.moves)),
            before=(check_open(lambda order: translate.status(order) == "cancelled"), telling.step(told.noted)),
        ),
    ),
}


class ShopwareConnector(Declared[Shop, ShopwareOptions]):
    """A shop that runs on Shopware 6."""

    def __init__(self, name: str, options: ShopwareOptions, clock: Clock, vault: Vault) -> None:
        """`name`: the system's in hub.toml; nothing is sent yet."""
        super().__init__(name, options, Shop(name, options, clock, vault), KINDS)
