"""Customers and orders brought to Business Central, one at a time."""

from decimal import Decimal

from adapters.asking.odata import Guid
from adapters.erp.businesscentral import translate
from adapters.erp.businesscentral.asked import INVOICES
from adapters.erp.businesscentral.company import Company
from adapters.erp.entering import Entered, Entering, customer_of, entering, placed
from adapters.writing.odata_records import finding, saving
from adapters.writing.writes import Gone
from hub.connector import Write


def _enter(company: Company, write: Write) -> Entered:
    """Make an order. Units are those that prices are of: an item's unit of sales may be a box."""
    customer, ids = customer_of(write), map(Guid, write.links.get("products", {}).values())
    there = company.having("items", "id baseUnitOfMeasureCode", "id", ids, key="number")
    units = {row["id"]: row["baseUnitOfMeasureCode"] for row in there}
    values = translate.new_order(write, customer, placed(write, company.clock), units, company.options)
    # The answer shows an order without its lines.
    return _look(company, company.create("salesOrders", values)["number"])


def _look(company: Company, number: str) -> Entered:
    for row in company.having("salesOrders", translate.STANDING_FIELDS, "number", [number], key="number"):
        return translate.entered(row)
    bills = INVOICES.having(company, "orderNumber", [number])
    if not bills:
        raise Gone
    return translate.entered_once(number, bills)


def _cancel(company: Company, order: Entered) -> None:
    """Delete it: there are no cancelled orders."""
    company.delete("salesOrders", Guid(order.row["id"]), order.row["etag"])


def _round(company: Company, order: Entered, amount: Decimal) -> None:
    company.create(f"salesOrders({order.row['id']})/salesOrderLines", translate.rounding(amount, company.options))


write_parties = saving("customers", translate.new_party, translate.party_values)
write_orders = entering(lambda _: Entering(_enter, _look, _cancel, _round))
find_parties, find_orders = finding("number", translate.PARTY_SIGNS), finding("number", translate.ORDER_SIGNS)
