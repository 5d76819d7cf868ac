"""Business Central's lists, and their rows -> documents, with what stands elsewhere."""

from collections.abc import Iterable, Iterator, Sequence

from adapters.asking.odata import literal
from adapters.erp.businesscentral import translate
from adapters.erp.businesscentral.company import Company
from adapters.fields import asked
from adapters.reading.odata_lists import Listing
from adapters.reading.stable import by_table
from adapters.rows import Row
from hub.connector import Document

OURS = f"startswith(externalDocumentNumber, {literal('HUB-')})"
DRAWN = f"orderNumber ne '' and {OURS}"
ITEMS = Listing("items", translate.ITEM_FIELDS)
PRICED = Listing("items", "number unitPrice priceIncludesTax")
STORED = Listing("items", "number inventory", "type eq 'Inventory'")
CUSTOMERS = Listing("customers", asked(translate.PARTY))
ORDERS = Listing("salesOrders", translate.ORDER_FIELDS, OURS, "number")
SHIPMENTS = Listing("salesShipments", "orderNumber", DRAWN)
INVOICES = Listing("salesInvoices", translate.INVOICE_FIELDS, DRAWN)

customers = by_table(translate.PARTY)
_products, _prices, _levels = map(by_table, (translate.PRODUCT, translate.PRICE, translate.LEVEL))


def products(company: Company, rows: Sequence[Row]) -> Iterable[Document]:
    """Yield items with the name of their category."""
    names = company.names("itemCategories", "code", "displayName")
    return _products(company, ({**row, "category": names.get(row["itemCategoryCode"])} for row in rows))


def prices(company: Company, rows: Sequence[Row]) -> Iterable[Document]:
    """Yield what items cost, in the company's currency; a price of zero is none."""
    [about] = company.rows("companyInformation", "currencyCode", key="id")
    return _prices(company, ({**row, "currency": about["currencyCode"]} for row in rows if row["unitPrice"]))


def levels(company: Company, rows: Sequence[Row]) -> Iterable[Document]:
    """Yield how much of items there is, and how much of it orders are still owed: the inventory is before they are shipped."""
    owed = translate.owed(company.rows("salesOrders", translate.OWED_FIELDS, key="number"))
    return _levels(company, ({**row, "reserved": str(owed.get(row["id"], 0))} for row in rows))


def orders(company: Company, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield orders with the number of their first invoice."""
    bills = INVOICES.having(company, "orderNumber", [row["id"] for row in rows])
    for row in rows:
        yield Document(row["id"], translate.became(row, [each for each in bills if each["orderNumber"] == row["id"]]))


def some_orders(company: Company, numbers: Sequence[str]) -> Sequence[Row]:
    """Return orders; of those that are fully invoiced, and so are no more, what their invoices say."""
    there = {row["id"]: row for row in ORDERS.some(company, numbers)}
    bills = INVOICES.having(company, "orderNumber", [each for each in numbers if each not in there])
    return [*there.values(), *{bill["orderNumber"]: translate.invoiced(bill) for bill in bills}.values()]


def orders_of(company: Company, drawn: Sequence[Row]) -> Sequence[Row]:
    """Return the orders that shipments, or invoices, are of."""
    return some_orders(company, list(dict.fromkeys(row["orderNumber"] for row in drawn)))
