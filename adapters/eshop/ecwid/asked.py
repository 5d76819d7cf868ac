"""Ecwid's lists, and what of their rows documents are made of."""

from collections.abc import Callable, Iterator, Sequence

from adapters.declared import Way
from adapters.eshop.customers import customers_of
from adapters.eshop.ecwid import translate
from adapters.eshop.ecwid.shop import Shop
from adapters.fields import Table
from adapters.reading import pages
from adapters.reading.rest_lists import RestListing
from adapters.reading.stable import by_table
from adapters.reading.walks import ID
from adapters.rows import Row, Spot
from hub.connector import Document

LATE = 300
"""Seconds after which a change has surely come to the lists."""


class Customers(RestListing[Shop]):
    """Customers: the list does not choose by identities."""

    def some(self, system: Shop, ids: Sequence[str]) -> list[Row]:
        """Return customers, as far as they are there."""
        return system.customers(ids)


PRODUCTS = RestListing[Shop]("products", translate.PRODUCTS, "productId", size=100, since="updatedFrom")
BY_SKU = RestListing[Shop]("products", translate.PRODUCTS, "sku", most=1)
BY_REFERENCE = RestListing[Shop]("products", translate.PRODUCTS, "externalReferenceId", most=1)
CUSTOMERS = Customers("customers", translate.CUSTOMERS, size=100, since="updatedFrom")
ORDERS = RestListing[Shop]("orders", translate.ORDERS, "ids", size=100, since="updatedFrom")


def changed(listing: RestListing[Shop]) -> Way[Shop]:
    """Walk through what has changed since shortly before the latest change that there was when the last walk began.

    The lists do not come in the order of their marks, so that no row's own mark says how far they were read.
    """

    def walk(shop: Shop, spot: Spot | None) -> Iterator[tuple[Sequence[Row], Spot]]:
        at = {"until": shop.latest(listing.path), "since": None, **(spot or {})}

        def ask(offset: int, size: int) -> tuple[Sequence[Row], int | None]:
            return listing.page(shop, offset, size, None, at["since"])

        for rows, place in pages.by_offset(ask, listing.size, key=ID, since=at):
            yield rows, at | place
        yield (), {"since": at["until"] and at["until"] - LATE}

    return Way(walk)


def sold(table: Table, *, counted: bool = False) -> Callable[[Shop, Sequence[Row]], Iterator[Document]]:
    """Return what yields a document for each variant of products, of what a table is made of.

    `counted`: only for those that can run out.
    """

    def documents(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
        if rows:
            profile, paths = shop.profile(), shop.categories().known
            more = {row["id"]: {**profile, "category": next(iter(paths(_categories(row))), None)} for row in rows}
            told = ({**more[each["product"]["id"]], **each} for row in rows for each in row["variants"])
            yield from by_table(table)(shop, (each for each in told if not (counted and each.get("unlimited"))))

    return documents


def _categories(row: Row) -> list[str]:
    """Return the categories of a product that tell its path: the main one, if there is one."""
    return [str(each) for each in ([row["defaultCategoryId"]] if row.get("defaultCategoryId") else row["categoryIds"])]


orders = by_table(translate.ORDER)
parties = by_table(translate.PARTY)


def buyers(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield who placed orders, as the list of customers shows them, as far as it does."""
    return parties(shop, customers_of([row for row in rows if row["customer"] or row["email"]], "guest"))
