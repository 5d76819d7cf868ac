"""What a PrestaShop shop has."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from operator import itemgetter

from adapters.declared import Declared, Kind, Source, Way
from adapters.eshop.prestashop import asked, orders, translate, writing
from adapters.eshop.prestashop.options import PrestaShopOptions
from adapters.eshop.prestashop.shop import PAGE, Shop, earlier
from adapters.eshop.prestashop.writing import Given
from adapters.reading import pages
from adapters.reading.walks import ID
from adapters.reading.windows import by_key
from adapters.rows import Row
from adapters.writing import prices
from adapters.writing.finding import by_sku
from adapters.writing.writes import singly, singly_with
from hub.clock import Clock
from hub.connector import Stream

PRODUCT = frozenset(["name", "description", "active", "category", "gtin", "weight", "tax_rate", "images"])
MARK = "date_upd"
FIRST, LAST = "1970-01-01 00:00:00", "9999-12-31 23:59:59"
"""Rows that some import has left with the shop's zero date are found by the full scan."""


def everything(resource: str, some: Callable[[Shop, Sequence[str]], Sequence[Row]]) -> Source[Shop]:
    """Walk through everything, by its numbers."""

    def walk(shop: Shop, spot: pages.Spot | None) -> Iterable[tuple[Sequence[Row], pages.Spot]]:
        return by_key(partial(shop.after, resource), PAGE, spot)

    return Source(Way(walk), some)


def changed(resource: str) -> Mapping[str, Way[Shop]]:
    """Walk through what has changed, by the shop's own time (pages "List options", "Filter by date": `date=1`)."""

    def walk(shop: Shop, spot: pages.Spot | None) -> Iterable[tuple[Sequence[Row], pages.Spot]]:
        def fetch(mark: str | None, offset: int, size: int) -> Sequence[Row]:
            since: Row = {f"filter[{MARK}]": f"[{mark or FIRST},{LAST}]", "date": 1}
            return shop.rows(resource, sort=f"[{MARK}_ASC,id_ASC]", limit=f"{offset},{size}", **since)

        before = partial(earlier, zone=shop.zone())
        return pages.by_mark(fetch, PAGE, since=spot, key=ID, mark=itemgetter(MARK), earlier=before)

    return {"changed": Way(walk)}


def numbered(resource: str) -> Source[Shop]:
    """Walk through what is known by its number."""
    return everything(resource, lambda shop, ids: shop.some(resource, ids))


CATALOGUE = everything("products", asked.product_rows)
KINDS: Mapping[str, Kind[Shop, PrestaShopOptions]] = {
    # The mark stays when only a combination is edited through the webservice: the full scan finds that.
    "products": Kind(
        Stream("products", writes=PRODUCT, create="intent", removes=True, bulk=25),
        CATALOGUE,
        asked.products,
        translate.product,
        changed("products"),
        write=singly_with(Given, writing.write_product),
        find=by_sku(writing.having, "reference"),
    ),
    "prices": Kind(
        Stream("prices", writes=prices.WRITTEN, create="put", bulk=25),
        CATALOGUE,
        asked.prices,
        translate.price,
        changed("products"),
        write=singly_with(Given, writing.put_price),
    ),
    # Levels have no mark.
    "stock": Kind(
        Stream("stock", delta=False, writes=frozenset(["available"]), create="put", bulk=25),
        everything("stock_availables", asked.levels),
        asked.stock,
        translate.stock,
        write=singly(writing.put_stock),
    ),
    # The mark stays when only an address is edited: the full scan finds that.
    "parties": Kind(Stream("parties"), numbered("customers"), asked.customers, translate.party, changed("customers")),
    # The mark stays when a tracking number is written: the full scan finds that.
    "orders": Kind(
        Stream("orders", writes=frozenset(["status", "tracking"])),
        numbered("orders"),
        orders.orders,
        translate.order,
        changed("orders"),
        orders.buyers,
        singly_with(Given, writing.write_order),
    ),
}


NO_RETURNS = (
    "what is refunded after delivery is taken off its order, as if it had not been sent, until returns are switched on "
    "(Customer Service > Merchandise Returns)"
)


def look(shop: Shop) -> str:
    """Say what the shop sells in, and how it counts what comes back; raises what the key may not read."""
    for resource in ("products", "stock_availables", "customers", "orders"):
        shop.rows(resource, "[id]", limit=1)
    settings = shop.configuration()
    (currency,) = asked.currencies(shop, [settings["PS_CURRENCY_DEFAULT"]]).values()
    told = f"PrestaShop {shop.version} sells in {currency}, its clock is that of {settings['PS_TIMEZONE']}"
    return told if settings.get("PS_ORDER_RETURN") == "1" else f"{told}; {NO_RETURNS}"


class PrestaShopConnector(Declared[Shop, PrestaShopOptions]):
    """A PrestaShop shop."""

    def __init__(self, name: str, options: PrestaShopOptions, clock: Clock) -> None:
        super().__init__(name, options, Shop(name, options, clock), KINDS, look)
