"""A shop that runs on Shopware 6, as a declaration."""

from collections.abc import Callable, Iterator, Sequence

from adapters.asking.checks import all_there
from adapters.declared import Declared
from adapters.eshop import putting, telling
from adapters.eshop.forward import check_open, forward
from adapters.eshop.shopware import told, translate
from adapters.eshop.shopware.lists import KEY, Listing
from adapters.eshop.shopware.options import ShopwareOptions
from adapters.eshop.shopware.shop import Shop
from adapters.eshop.shopware.writing import known
from adapters.fields import asked, at, below
from adapters.reading.keyed import kind
from adapters.reading.stable import by_table
from adapters.reading.walks import found
from adapters.rows import Row
from adapters.writing.finding import by_reference_or_sku
from hub.clock import Clock
from hub.connector import Document, Stream


def _products(paths: str) -> Listing:
    return Listing("product", paths, translate.PRODUCT_MARKS, [translate.SINGLE])


PRODUCTS, STOCK = _products(asked(translate.PRODUCT)), _products(asked(translate.STOCK))
HELD, PRICES = _products(told.HELD), _products(told.PRICED)
PARTIES = Listing("customer", asked(translate.PARTY), translate.PARTY_MARKS, [translate.ACCOUNT])
BUYER = below("orderCustomer", f"company {below('customer', asked(translate.PARTY))}")
ORDERS = Listing("order", f"{asked(translate.ORDER)} {BUYER}", translate.ORDER_MARKS)
SHOWN, BUYERS = by_table(translate.PRODUCT), by_table(translate.PARTY)
WRITTEN = frozenset(
    ["sku", "gtin", "name", "description", "category", "brand", "images", "tax_rate", "weight", "active"]
)


def _codes(shop: Shop) -> dict[str, str]:
    """Return the currencies' identities by their ISO codes."""
    return {row["isoCode"]: row["id"] for row in shop.search("currency")["data"]}


def _prices(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each price of each product."""
    codes = {id_: code for code, id_ in _codes(shop).items()}
    for row in rows:
        for each in row["price"] or ():
            if code := codes.get(each["currencyId"]):
                amounts = {name: each[name] for name in ("net", "gross")}
                yield Document(f"{row['id']}|{code}", {"sku": row["productNumber"], "currency": code, **amounts})


def _by(field: str, ident: str, made: Callable[[str], str] = str) -> Callable[[Shop, Sequence[str]], list[Row]]:
    """Return what looks for products by what is made of values, and gives each with its value as `field`."""

    def find(shop: Shop, values: Sequence[str]) -> list[Row]:
        by = {made(each): each for each in values}
        rows = Listing("product", told.HELD, chosen=[translate.SINGLE], ident=ident).some(shop, [*by])
        return [{**row, field: by[row[ident]]} for row in rows if row[ident] in by]

    return find


def _look(shop: Shop) -> None:
    """See whether the sales channel is there."""
    channels = {row["id"]: at(row, translate.TITLE) for row in shop.search("sales_channel")["data"]}
    all_there({"sales channel": channels}, [("sales channel", shop.options.channel)])
    PRODUCTS.latest(shop)


KINDS = {
    "products": kind(
        Stream("products", writes=WRITTEN, create="intent", removes=True),
        PRODUCTS,
        translate.PRODUCT,
        translate.product,
        KEY,
        write=telling.products(
            found(HELD),
            known,
            told.new_products,
            told.changed_product,
            told.removed_product,
            lambda shop, ids: SHOWN(shop, PRODUCTS.some(shop, ids)),
            lambda known: known.missing,
            "productNumber",
        ),
        find=by_reference_or_sku("reference", _by("reference", "id", told.identity), _by("sku", "productNumber")),
        look=_look,
    ),
    "prices": kind(
        Stream("prices", writes=frozenset({"amount"}), create="put"),
        PRICES,
        {},
        translate.price,
        KEY,
        documents=_prices,
        write=putting.prices(
            found(PRICES), lambda shop, pairs: shop.carry_out(told.prices(_codes(shop), shop.options, pairs))
        ),
    ),
    "stock": kind(
        Stream("stock", writes=frozenset({"available"}), create="put"),
        STOCK,
        translate.STOCK,
        translate.stock,
        KEY,
        write=putting.stock(found(STOCK), telling.put(lambda _: None, told.stock)),
    ),
    "parties": kind(Stream("parties"), PARTIES, translate.PARTY, translate.party, KEY),
    "orders": kind(
        Stream("orders", writes=frozenset({"status", "tracking", "invoice"})),
        ORDERS,
        translate.ORDER,
        translate.order,
        KEY,
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

    def __init__(self, name: str, options: ShopwareOptions, clock: Clock) -> None:
        """`name`: the system's in hub.toml; nothing is sent yet."""
        super().__init__(name, options, Shop(name, options, clock), KINDS)
