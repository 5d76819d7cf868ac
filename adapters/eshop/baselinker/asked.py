"""What BaseLinker is asked for, and the documents that its rows make."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from adapters.bulk import portions
from adapters.checks import Amiss
from adapters.declared import Row
from adapters.eshop.baselinker.shop import Shop
from adapters.eshop.baselinker.translate import BUYER, LINE, ORDER, PRODUCT, TEXTS, VARIANT
from adapters.eshop.buyers import guest
from adapters.eshop.categories import Categories
from hub.connector import GUEST, Document

_AT_ONCE = 100
_REMOVED = 4
_OTHERS = [each for each in range(1, 22) if each != _REMOVED]


def rows_of(_: Shop, ids: Iterable[str]) -> list[Row]:
    """Return rows of products, which say no more than which there are; `details` leaves out what is not there."""
    return [{"id": id_} for id_ in ids]


def numbered(shop: Shop, page: int) -> list[Row]:
    """Return the rows of a page, of a thousand (page "getInventoryProductsList")."""
    return rows_of(shop, shop.of_catalogue("getInventoryProductsList", filter_sort="id ASC", page=page)["products"])


def details(shop: Shop, rows: Iterable[Row]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what is sold: a product, or its variants as `PRODUCT|VARIANT` (page "getInventoryProductsData")."""
    for some in portions([int(row["id"]) for row in rows], _AT_ONCE):
        for id_, row in dict(shop.of_catalogue("getInventoryProductsData", products=some)["products"]).items():
            variants = dict(row["variants"])
            yield from ((f"{id_}|{each}", {**own, "parent": id_}) for each, own in variants.items())
            if not variants:
                yield id_, row | {name: dict(row["text_fields"]).get(name) for name in TEXTS}


def products(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each product or variant."""
    tree = Categories(categories(shop) if rows else (), "above", lambda *_: "")
    brands = {row["id"]: row["name"] for row in (manufacturers(shop) if rows else ())}
    for id_, row in details(shop, rows):
        if "parent" in row:
            yield Document(id_, {name: row[name] for name in VARIANT})
        else:
            named = {"category": tree.paths.get(row["category_id"]), "brand": brands.get(row["manufacturer_id"])}
            yield Document(id_, {name: row.get(name) for name in PRODUCT} | named)


def prices(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each price in the price group; 0 stands for none."""
    for id_, row in details(shop, rows):
        if amount := dict(row["prices"]).get(str(shop.options.price_group)):
            yield Document(id_, {"sku": row["sku"], "amount": amount, "currency": shop.options.currency})


def stock(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each stock level in the warehouse."""
    for id_, row in details(shop, rows):
        yield Document(id_, {"sku": row["sku"], "stock": dict(row["stock"]).get(shop.options.warehouse, 0)})


def categories(shop: Shop) -> list[dict[str, Any]]:
    """Return all categories (page "getInventoryCategories")."""
    rows = shop.of_catalogue("getInventoryCategories")["categories"]
    return [{"id": row["category_id"], "name": row["name"], "above": row["parent_id"]} for row in rows]


def manufacturers(shop: Shop) -> list[dict[str, Any]]:
    """Return all manufacturers (page "getInventoryManufacturers")."""
    rows = shop.call("getInventoryManufacturers")["manufacturers"]
    return [{"id": row["manufacturer_id"], "name": row["name"]} for row in rows]


def confirmed(shop: Shop, **chosen: Any) -> list[Row]:
    """Return confirmed orders, a hundred at most, as they come (page "getOrders")."""
    return [_order(row) for row in shop.call("getOrders", **chosen)["orders"]]


def _order(row: Row) -> dict[str, Any]:
    lines = [{name: line[name] for name in LINE} for line in row["products"]]
    own = {"id": str(row["order_id"]), "buyer": guest(row["email"]), "products": lines}
    return {name: row.get(name) for name in (*ORDER, *BUYER)} | own


def confirmed_from(shop: Shop, at: int, number: int) -> list[Row]:
    """Return orders that were confirmed at a time or later, by that; of no lower number, if one is given."""
    return confirmed(shop, date_confirmed_from=at, **({"id_from": number} if number else {}))


def orders_of(shop: Shop, ids: Sequence[str]) -> list[Row]:
    """Return orders by their numbers, and the last order of each buyer."""
    chosen = [{"filter_email": id_[len(GUEST) :]} if id_.startswith(GUEST) else {"order_id": int(id_)} for id_ in ids]
    return [row for each in chosen for row in confirmed(shop, **each)[-1:]]


def buyers(_: Shop, rows: Sequence[Row]) -> Iterable[Document]:
    """Return a document for each buyer, of the last of their orders."""
    told = {row["buyer"]: {name: row[name] for name in BUYER} for row in rows if row["buyer"]}
    return [Document(id_, raw) for id_, raw in told.items()]


def changed(shop: Shop, entry: int) -> list[tuple[int, str]]:
    """Return what happened to orders (page "getJournalList")."""
    return _entries(shop, entry, _OTHERS)


def removed(shop: Shop, entry: int) -> list[tuple[int, str]]:
    """Return which orders were removed; the same event is that of their invoices and receipts."""
    return _entries(shop, entry, [_REMOVED])


def _entries(shop: Shop, entry: int, types: Sequence[int]) -> list[tuple[int, str]]:
    logs = shop.call("getJournalList", last_log_id=entry, logs_types=types)["logs"]
    return [(log["log_id"], str(log["order_id"])) for log in logs]


def orders(_: Shop, rows: Sequence[Row]) -> Iterable[Document]:
    """Return a document for each order."""
    return [Document(row["id"], row) for row in rows]


def look(shop: Shop) -> str:
    """Return the numbers that the options name; Amiss, if there is nothing of one of them."""
    catalogues = {row["inventory_id"]: row["name"] for row in shop.call("getInventories")["inventories"]}
    groups = {row["price_group_id"]: row["name"] for row in shop.call("getInventoryPriceGroups")["price_groups"]}
    statuses = {row["id"]: row["name"] for row in shop.call("getOrderStatusList")["statuses"]}
    there = {"catalogues": catalogues, "price groups": groups, "statuses": statuses}
    shown = "; ".join(
        f"{what}: {', '.join(f'{id_} {name}' for id_, name in rows.items())}" for what, rows in there.items()
    )
    named = [(shop.options.catalogue, catalogues), (shop.options.price_group, groups)]
    named += [(int(id_), statuses) for id_ in shop.options.statuses]
    if missing := [id_ for id_, rows in named if id_ not in rows]:
        raise Amiss(f"there is no {', '.join(map(str, missing))}", f"name what there is: {shown}")
    return shown
