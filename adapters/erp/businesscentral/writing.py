"""Customers and orders brought to Business Central, one at a time."""

from datetime import datetime
from decimal import Decimal
from functools import partial

from adapters.asking.odata import Guid
from adapters.erp.businesscentral import translate
from adapters.erp.businesscentral.asked import INVOICES
from adapters.erp.businesscentral.company import Company
from adapters.erp.entering import Entered, Entering, write_order
from adapters.erp.orders import no_customer
from adapters.writing.odata_finding import finding
from adapters.writing.writes import Gone, Unfit, singly
from hub.connector import Write, Written


def _write_party(company: Company, write: Write) -> Written:
    if write.id:
        company.change("customers", write.id, translate.party_values(write.fields))
        return Written(write.key, "done", write.id)
    made = company.create("customers", translate.new_party(write.record, write.reference))
    return Written(write.key, "done", made["id"])


def _enter(company: Company, write: Write) -> str:
    """Make an order. Units are those that prices are of: an item's unit of sales may be a box."""
    customer = write.links.get("parties", {}).get(write.record.get("party") or "")
    if not customer:
        raise Unfit("party-missing", no_customer(write.record))
    ids = map(Guid, write.links.get("products", {}).values())
    units = {
        row["id"]: row["baseUnitOfMeasureCode"]
        for row in company.having("items", "id baseUnitOfMeasureCode", "id", ids, key="number")
    }
    at = write.record.get("placed_at")
    placed = datetime.fromisoformat(at) if at else company.clock.now()
    return company.create("salesOrders", translate.new_order(write, customer, placed, units, company.options))["number"]


def _look(company: Company, number: str) -> Entered:
    for row in company.having("salesOrders", translate.STANDING_FIELDS, "number", [number], key="number"):
        return translate.entered(row)
    bills = INVOICES.having(company, "orderNumber", [number])
    if not bills:
        raise Gone
    return translate.entered_once(number, bills)


def _cancel(company: Company, order: Entered) -> None:
    """Delete it: there are no cancelled orders."""
    company.delete("salesOrders", order.row["id"], order.row["etag"])


def _round(company: Company, order: Entered, amount: Decimal) -> None:
    company.create(f"salesOrders({order.row['id']})/salesOrderLines", translate.rounding(amount, company.options))


write_parties = singly(_write_party)
write_orders = singly(partial(write_order, Entering(_enter, _look, _cancel, _round)))
find_parties, find_orders = finding("number", translate.PARTY_SIGNS), finding("number", translate.ORDER_SIGNS)
