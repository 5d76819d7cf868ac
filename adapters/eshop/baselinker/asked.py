"""What BaseLinker is asked for, and the documents that its rows make."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from adapters.eshop.baselinker.shop import Shop
from adapters.eshop.baselinker.translate import BUYER, LINE, ORDER, PRODUCT, TEXTS, VARIANT
from adapters.eshop.buyers import guest
from adapters.eshop.categories import Categories
from adapters.rows import Row
from adapters.writing.bulk import portions
from hub.connector import GUEST, Document

_AT_ONCE = 100
REMOVED = (4,)
OTHER_EVENTS = tuple({*range(1, 22)} - {*REMOVED})
"""Page "getJournalList"; that something is removed is also said of an order's invoices and receipts."""


def rows_of(_: Shop, ids: Iterable[str]) -> list[Row]:
    """Return rows that say no more than their identity; `details` leaves out what is not there."""
    return [{"id": id_} for id_ in ids]


def numbered(shop: Shop, page: int) -> list[Row]:
    """Return the rows of a page, of a thousand (page "getInventoryProductsList")."""
    return rows_of(shop, shop.of_catalogue("getInventoryProductsList", filter_sort="id ASC", page=page)["products"])


def having(shop: Shop, skus: Iterable[str]) -> Iterator[Row]:
    """Yield the rows of products with one of these SKUs (page "getInventoryProductsList")."""
    for sku in skus:
        yield from dict(shop.of_catalogue("getInventoryProductsList", filter_sku=sku)["products"]).values()


def details(shop: Shop, rows: Iterable[Row]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what is sold: a product, or its variants as `PRODUCT|VARIANT` (page "getInventoryProductsData")."""
    for some in portions([int(row["id"]) for row in rows], _AT_ONCE):
        for id_, row in dict(shop.of_catalogue("getInventoryProductsData", products=some)["products"]).items():
            variants = dict(row.get("variants") or {})
            yield from ((f"{id_}|{each}", {**own, "parent": id_}) for each, own in variants.items())
            if not variants:
                yield id_, row | {name: dict(row["text_fields"] or {}).get(name) for name in TEXTS}


def there(shop: Shop, ids: Iterable[str]) -> dict[str, Row]:
    """Return what is sold under some identities, as far as it is there."""
    return dict(details(shop, rows_of(shop, {id_.partition("|")[0] for id_ in ids})))


def products(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each product or variant."""
    paths, makers = (categories(shop).paths, brands(shop).paths) if rows else ({}, {})
    for id_, row in details(shop, rows):
        if "parent" in row:
            yield Document(id_, {name: row[name] for name in VARIANT})
        else:
            named = {"category": paths.get(str(row["category_id"])), "brand": makers.get(str(row["manufacturer_id"]))}
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


def categories(shop: Shop) -> Categories:
    """Return all categories (pages "getInventoryCategories", "addInventoryCategory")."""
    rows = shop.of_catalogue("getInventoryCategories")["categories"]

    def make(name: str, _: str, above: str | None) -> str:
        told = {"name": name, "parent_id": int(above or 0)}
        return str(shop.of_catalogue("addInventoryCategory", repeatable=False, **told)["category_id"])

    return Categories(
        ({**row, "id": str(row["category_id"]), "parent": str(row["parent_id"])} for row in rows), "parent", make
    )


def brands(shop: Shop) -> Categories:
    """Return all manufacturers (pages "getInventoryManufacturers", "addInventoryManufacturer"), as a tree of one level."""
    rows = names(shop, "getInventoryManufacturers", "manufacturers", "manufacturer_id")

    def make(name: str, _: str, __: str | None) -> str:
        return str(shop.call("addInventoryManufacturer", repeatable=False, name=name)["manufacturer_id"])

    return Categories(({"id": id_, "name": name, "parent": None} for id_, name in rows.items()), "parent", make)


def names(shop: Shop, method: str, rows: str, key: str) -> dict[str, str]:
    """Return the names of what an account has of one sort, by identity."""
    return {str(row[key]): row["name"] for row in shop.call(method)[rows]}


def confirmed(shop: Shop, **chosen: Any) -> list[Row]:
    """Return confirmed orders, a hundred at most, as they come (page "getOrders")."""
    return [_order(row) for row in shop.call("getOrders", **chosen)["orders"]]


def _order(row: Row) -> dict[str, Any]:
    lines = [{name: line[name] for name in LINE} for line in row["products"]]
    own = {"id": str(row["order_id"]), "buyer": guest(row["email"]), "products": lines}
    return {name: row.get(name) for name in (*ORDER, *BUYER)} | own


def confirmed_from(shop: Shop, at: int, number: int) -> list[Row]:
    """Return orders that were confirmed at a time or later, by that; of no lower number, if one is given.

    To PHP, 0 is as if nothing was given; then nothing is said of the order in which they come.
    """
    return confirmed(shop, date_confirmed_from=at or 1, **({"id_from": number} if number else {}))


def orders_of(shop: Shop, ids: Sequence[str]) -> list[Row]:
    """Return orders by their numbers, and the last order of each buyer."""
    chosen = [{"filter_email": id_[len(GUEST) :]} if id_.startswith(GUEST) else {"order_id": int(id_)} for id_ in ids]
    return [row for each in chosen for row in confirmed(shop, **each)[-1:]]


def buyers(_: Shop, rows: Sequence[Row]) -> Iterable[Document]:
    """Return a document for each buyer, of the last of their orders."""
    told = {row["buyer"]: {name: row[name] for name in BUYER} for row in rows if row["buyer"]}
    return [Document(id_, raw) for id_, raw in told.items()]


def entries(shop: Shop, behind: int, types: Sequence[int]) -> list[tuple[int, str]]:
    """Return what happened to orders (page "getJournalList", whose table calls an entry's number `id`)."""
    logs = shop.call("getJournalList", last_log_id=behind, logs_types=types)["logs"]
    return [(log.get("log_id") or log["id"], str(log["order_id"])) for log in logs]
