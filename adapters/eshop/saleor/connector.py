"""What a Saleor shop has."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from adapters.asking.edges import nodes
from adapters.declared import Declared, Kind
from adapters.eshop import putting, telling
from adapters.eshop.categories import ids_of
from adapters.eshop.customers import apart
from adapters.eshop.forward import check_open, forward
from adapters.eshop.saleor import told, translate
from adapters.eshop.saleor.options import SaleorOptions
from adapters.eshop.saleor.shop import LISTS, Shop
from adapters.reading.connections import Connection, kind
from adapters.rows import Row
from adapters.webhooks import SignedHooks
from adapters.writing import prices
from adapters.writing.finding import by_reference_or_sku
from hub.clock import Clock
from hub.connector import GUEST, Stream, Write

_list = partial(Connection[Shop], LISTS)
VARIANTS = _list(
    "productVariants", translate.OF_VARIANT, "MANAGE_PRODUCTS", "ids:[ID!]", by_id=lambda ids: {"ids": ids}
)
PRICES, STOCK = replace(VARIANTS, selected=translate.OF_PRICE), replace(VARIANTS, selected=translate.OF_STOCK)
ARTICLES = _list("products", translate.OF_ARTICLE, "MANAGE_PRODUCTS")
ORDERS = _list("orders", translate.OF_ORDER, "MANAGE_ORDERS", "channel:String!", told.channel)


class Customers(Connection[Shop]):
    """The list of customers; a guest is who the latest order of that e-mail address says."""

    def some(self, system: Shop, ids: Sequence[str]) -> list[Row]:
        """Return customers by their identities."""
        accounts, emails = apart(ids)
        rows = super().some(system, accounts)
        for email in emails:
            placed = ORDERS.asked(system, {"filter": {"customer": email}}, direction="DESC")
            rows += [translate.placed_by(row) for row in nodes(placed) if translate.buyer(row) == GUEST + email][:1]
        return rows


CUSTOMERS = Customers(LISTS, "customers", translate.OF_PARTY, "MANAGE_USERS")


def _known(shop: Shop, writes: Sequence[Write]) -> tuple[Row, dict[str, str]]:
    """Return what the options name, and the categories that are written: path -> identity."""

    def make(name: str, above: str | None) -> str:
        return shop.carry_out(told.CATEGORY(input={"name": name}, parent=above))[0]["category"]["id"]

    paths = (each.fields.get("category") for each in writes)
    return shop.terms(), ids_of(paths, lambda: shop.all(told.CATEGORIES), make)


KINDS: Mapping[str, Kind[Shop, SaleorOptions]] = {
    "products": kind(
        Stream("products", writes=told.PRODUCT, create="intent", removes=True, bulk=20),
        VARIANTS,
        translate.product,
        ARTICLES,  # what changes in one does not move its variants' mark
        write=telling.products(VARIANTS.by_ids, _known, told.new, told.changes, told.removal, translate.made),
        find=by_reference_or_sku(
            "externalReference",
            lambda shop, values: shop.ask_each(told.BY_REFERENCE, "externalReference", values),
            lambda shop, values: nodes(VARIANTS.asked(shop, {"filter": {"sku": values}})),
        ),
    ),
    # Neither a price nor a stock level moves a mark (source: graphql/product/mutations/channels).
    "prices": kind(
        Stream("prices", delta=False, writes=prices.WRITTEN, create="put"),
        PRICES,
        translate.price,
        documents=lambda shop, rows: translate.prices(rows, shop.terms()),
        write=putting.prices(PRICES.by_ids, telling.put(Shop.terms, told.price)),
        look=Shop.terms,
    ),
    "stock": kind(
        Stream("stock", delta=False, writes=frozenset(["available"]), create="put"),
        STOCK,
        translate.stock,
        write=putting.stock(STOCK.by_ids, telling.put(Shop.terms, told.level)),
    ),
    "parties": kind(Stream("parties"), CUSTOMERS, translate.party),
    "orders": kind(
        Stream("orders", writes=frozenset(["status", "tracking", "invoice"])),
        ORDERS,
        translate.order,
        buyers=translate.buyers,
        write=forward(
            ORDERS,
            {status: telling.step(forms) for status, forms in told.STATUS.items()},
            before=[check_open(told.is_closed)],
            after=[telling.step(told.noted)],
        ),
    ),
}


def hooks(shop: Shop) -> SignedHooks:
    """Return how the shop calls.

    A webhook with a secret key is signed with HMAC: deprecated, but in all of 3.x (page "Payload Signature").
    """
    return SignedHooks(
        told.TOPICS,
        "Saleor-Signature",
        lambda call: call.headers.get("saleor-event", "").upper(),
        told.meant,
        registered=lambda: told.registered(*shop.ask(told.HOOKS())),
        register=lambda topic, address, secret: shop.carry_out(told.subscription(topic, address, secret)),
        wake=lambda id_, secret: shop.carry_out(told.REHOOK(id=id_, input={"isActive": True, "secretKey": secret})),
        resign=lambda id_, secret: shop.carry_out(told.REHOOK(id=id_, input={"secretKey": secret})),
        form="hex",
    )


class SaleorConnector(Declared[Shop, SaleorOptions]):
    """A channel of a Saleor shop."""

    def __init__(self, name: str, options: SaleorOptions, clock: Clock) -> None:
        super().__init__(name, options, Shop(name, options, clock), KINDS, hooks=hooks)
