"""What a WooCommerce shop has."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from adapters import pages
from adapters.declared import Declared, Kind, Row, Source, Way
from adapters.eshop.woocommerce import asked, fulfilling, translate, writing
from adapters.eshop.woocommerce.hooks import ShopHooks
from adapters.eshop.woocommerce.options import WooCommerceOptions
from adapters.eshop.woocommerce.shop import PAGE, Shop
from adapters.walks import by_mark, by_offset
from adapters.writes import singly
from hub.clock import Clock
from hub.connector import Hooks, Stream

LATE = timedelta(minutes=2)
"""A change may become visible so long after its mark: a batch is marked record by record while it is carried out."""
SECOND = timedelta(seconds=1)
PRODUCT = frozenset(["name", "description", "active", "category", "tags", "images", "gtin", "weight", "tax_rate"])
ORDER = frozenset(["status", "tracking", "invoice"])
MEND = (
    "WooCommerce > Settings > Advanced > REST API: a key with Read/Write of a shop manager; "
    "Settings > Permalinks: any structure but Plain"
)


def listed(path: str, **params: str) -> Way[Shop]:
    """Walk through everything; `orderby=id` stands still."""

    def ask(shop: Shop, offset: int, size: int) -> tuple[Sequence[Row], int | None]:
        return shop.rows(path, orderby="id", order="asc", offset=offset, per_page=size, **params)

    return by_offset(ask, PAGE)


def changed(path: str) -> Mapping[str, Way[Shop]]:
    """Walk through what has changed, by whole seconds (page "List all products", available parameters).

    `modified_after` leaves out what bears the mark itself. With `dates_are_gmt` it is taken as it is written only if it
    names no zone; otherwise the shop turns it into its own local time.
    """

    def ask(shop: Shop, mark: str | None, offset: int, size: int) -> Sequence[Row]:
        since = (pages.instant(mark) - SECOND).replace(tzinfo=None, microsecond=0).isoformat() if mark else None
        later = {"modified_after": since, "dates_are_gmt": "true"} if since else {}
        return shop.rows(path, orderby="modified", order="asc", offset=offset, per_page=size, **later)[0]

    def last(shop: Shop) -> Sequence[Row]:
        return shop.rows(path, orderby="modified", order="desc", per_page=1)[0]

    return {"changed": by_mark(ask, PAGE, "date_modified_gmt", LATE, last)}


def accounts() -> Way[Shop]:
    """Walk through the accounts of the role that is named."""

    def ask(shop: Shop, offset: int, size: int) -> tuple[Sequence[Row], int | None]:
        role = shop.options.role
        return shop.rows("customers", orderby="id", order="asc", offset=offset, per_page=size, role=role)

    return by_offset(ask, PAGE)


# A change of a variation moves its article's mark too, but not every change moves any: stock that an order takes
# (woocommerce#40060), lines that are edited (#34798). The full scan finds these.
CATALOGUE = Source(listed("products"), asked.articles)
KINDS: Mapping[str, Kind[Shop, WooCommerceOptions]] = {
    "products": Kind(
        # The shop fetches the images while it answers: more at once would take it longer than it may.
        Stream("products", writes=PRODUCT, create="intent", removes=True, bulk=25, late=300),
        CATALOGUE,
        asked.products,
        translate.product,
        changed("products"),
        write=writing.write_products,
        find=writing.find_products,
    ),
    "prices": Kind(
        Stream("prices", writes=frozenset(["amount"]), create="put", bulk=PAGE),
        CATALOGUE,
        asked.prices,
        translate.price,
        changed("products"),
        write=writing.put_prices,
    ),
    "stock": Kind(
        Stream("stock", writes=frozenset(["available"]), create="put", bulk=PAGE),
        CATALOGUE,
        asked.stock,
        translate.stock,
        changed("products"),
        write=writing.put_stock,
    ),
    # The list of customers knows no marks.
    "parties": Kind(
        Stream("parties", delta=False), Source(accounts(), asked.customers), asked.parties, translate.party
    ),
    "orders": Kind(
        Stream("orders", writes=ORDER),
        Source(listed("orders"), lambda shop, ids: shop.some("orders", ids)),
        asked.orders,
        translate.order,
        changed("orders"),
        asked.buyers,
        singly(fulfilling.write_order),
    ),
}


def look(shop: Shop) -> str:
    """Return what the shop says of itself, as far as the jobs need it; a batch of nothing changes nothing."""
    for path in ("products", "orders", "customers"):
        shop.rows(path, per_page=1)
    shop.send("POST", "products/batch", {}, repeatable=True)
    tax = "with" if asked.taxes_included(shop) else "without"
    return f"WooCommerce sells in {shop.setting('general', 'currency')}, its prices are {tax} tax"


class WooCommerceConnector(Declared[Shop, WooCommerceOptions]):
    """A WooCommerce shop."""

    def __init__(self, name: str, options: WooCommerceOptions, clock: Clock) -> None:
        super().__init__(name, options, Shop(name, options, clock), KINDS, look, MEND)

    @property
    def hooks(self) -> Hooks:
        """How the shop calls."""
        return ShopHooks(self.system)
