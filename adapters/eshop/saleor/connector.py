"""What a Saleor shop has."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from adapters.connections import changed, changed_with, found, listed
from adapters.declared import Declared, Kind, Row
from adapters.eshop import putting
from adapters.eshop.forward import forward
from adapters.eshop.saleor import translate, writing
from adapters.eshop.saleor.hooks import ShopHooks
from adapters.eshop.saleor.options import SaleorOptions
from adapters.eshop.saleor.shop import APP, ARTICLES, CUSTOMERS, ORDERS, PRICES, STOCK, VARIANTS, Shop
from adapters.writes import by_sort
from hub.clock import Clock
from hub.connector import Document, Hooks, Stream

MARK = "updatedAt"
LATE = timedelta(seconds=30)
"""A change may be seen so long after its mark, which is set before its transaction ends."""


def _prices(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    return translate.prices(rows, shop.terms()[0])


KINDS: Mapping[str, Kind[Shop, SaleorOptions]] = {
    "products": Kind(
        Stream(
            "products",
            writes=frozenset(["name", "description", "category", "active", "weight"]),
            create="intent",
            removes=True,
        ),
        listed(VARIANTS),
        translate.documents,
        translate.product,
        # A change of an article does not move its variants' mark.
        {"changed": changed_with(VARIANTS, ARTICLES, MARK, LATE)},
        write=by_sort(writing.create, writing.change, writing.remove),
        find=writing.find_products,
    ),
    # Neither a price nor a stock level moves a mark (source: graphql/product/mutations/channels).
    "prices": Kind(
        Stream("prices", delta=False, writes=frozenset(["amount"]), create="put"),
        listed(PRICES),
        _prices,
        translate.price,
        write=putting.prices(found(PRICES), writing.put_prices),
    ),
    "stock": Kind(
        Stream("stock", delta=False, writes=frozenset(["available"]), create="put"),
        listed(STOCK),
        translate.documents,
        translate.stock,
        write=putting.stock(found(STOCK), writing.put_stock),
    ),
    "parties": Kind(
        Stream("parties"),
        listed(CUSTOMERS),
        translate.documents,
        translate.party,
        {"changed": changed(CUSTOMERS, MARK, LATE)},
    ),
    "orders": Kind(
        Stream("orders", writes=frozenset(["status", "tracking", "invoice"])),
        listed(ORDERS),
        translate.documents,
        translate.order,
        {"changed": changed(ORDERS, MARK, LATE)},
        translate.buyers,
        forward(
            ORDERS,
            {
                "confirmed": writing.confirm,
                "processing": writing.confirm,
                "shipped": writing.ship,
                "completed": writing.ship,
                "cancelled": writing.cancel,
            },
            before=[writing.check_open],
            after=[writing.tell],
        ),
    ),
}


def look(shop: Shop) -> str:
    """Say what the channel sells in; refuse a token that lacks a right, and names that are not there."""
    (app,) = shop.ask(APP())
    for listing in (VARIANTS, CUSTOMERS, ORDERS):
        shop.allow(app, listing.right)
    channel = shop.terms()[0]
    tax = "with" if channel["tax_included"] else "without"
    return f"Saleor sells in {channel['currencyCode']} in the channel {channel['slug']}, its prices are {tax} tax"


class SaleorConnector(Declared[Shop, SaleorOptions]):
    """A channel of a Saleor shop."""

    def __init__(self, name: str, options: SaleorOptions, clock: Clock) -> None:
        super().__init__(name, options, Shop(name, options, clock), KINDS, look)

    @property
    def hooks(self) -> Hooks:
        """How the shop calls."""
        return ShopHooks(self.system)
