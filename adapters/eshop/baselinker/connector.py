"""What a BaseLinker account has."""

from functools import partial

from adapters.asking.checks import all_there
from adapters.declared import Declared, Kind, Source
from adapters.eshop.baselinker import asked, told, translate, writing
from adapters.eshop.baselinker.options import BaseLinkerOptions
from adapters.eshop.baselinker.shop import Shop
from adapters.eshop.forward import forward
from adapters.reading.instants import by_instant
from adapters.reading.journals import by_journal
from adapters.reading.numbered import Numbered
from adapters.reading.stable import documents
from adapters.reading.walks import listed
from adapters.writing import prices
from adapters.writing.finding import by_sku
from hub.clock import Clock
from hub.connector import Stream

_PRODUCTS = listed(Numbered(asked.numbered, asked.rows_of, size=1000))
_CONFIRMED = by_instant(asked.confirmed_from, 100, "date_confirmed")
_ORDERS = Source(_CONFIRMED, asked.orders_of)
_CHANGES = {
    "journal": by_journal(partial(asked.entries, types=asked.OTHER_EVENTS), asked.orders_of),
    "confirmed": _CONFIRMED,
}
_REMOVED = {"removed": by_journal(partial(asked.entries, types=asked.REMOVED), asked.rows_of)}
_bring = forward(_ORDERS, {}, before=[writing.send_parcels, writing.set_status])
_put = partial(Stream, delta=False, create="put", bulk=1000)
KINDS = {
    "products": Kind(
        Stream("products", delta=False, writes=told.PRODUCT, create="intent", removes=True),
        _PRODUCTS,
        asked.products,
        translate.product,
        write=writing.products,
        find=by_sku(asked.having),
    ),
    "prices": Kind(
        _put("prices", writes=prices.WRITTEN),
        _PRODUCTS,
        asked.prices,
        translate.price,
        write=writing.put("updateInventoryProductsPrices", told.price),
    ),
    "stock": Kind(
        _put("stock", writes=frozenset({"available"})),
        _PRODUCTS,
        asked.stock,
        translate.stock,
        write=writing.put("updateInventoryProductsStock", told.stock),
    ),
    "parties": Kind(Stream("parties"), _ORDERS, asked.buyers, translate.party, _CHANGES),
    "orders": Kind(
        Stream("orders", writes=frozenset({"status", "tracking"})),
        _ORDERS,
        documents("date_confirmed"),
        translate.order,
        _CHANGES,
        buyers=asked.buyers,
        write=_bring,
        gone=_REMOVED,
    ),
}


class BaseLinkerConnector(Declared[Shop, BaseLinkerOptions]):
    """A BaseLinker account."""

    def __init__(self, name: str, options: BaseLinkerOptions, clock: Clock) -> None:
        super().__init__(name, options, Shop(name, options, clock), KINDS, _look)


def _look(shop: Shop) -> str:
    lists = {
        "catalogue": asked.names(shop, "getInventories", "inventories", "inventory_id"),
        "price group": asked.names(shop, "getInventoryPriceGroups", "price_groups", "price_group_id"),
        "order status": asked.names(shop, "getOrderStatusList", "statuses", "id"),
    }
    named = [("catalogue", str(shop.options.catalogue)), ("price group", str(shop.options.price_group))]
    return all_there(lists, named + [("order status", number) for number in shop.options.statuses])
