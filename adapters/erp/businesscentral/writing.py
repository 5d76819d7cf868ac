"""Customers and orders brought to Business Central, one at a time."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from adapters.asking.odata import Guid
from adapters.erp.businesscentral import asked, translate
from adapters.erp.businesscentral.company import Company
from adapters.erp.entering import Entered, Entering, write_order
from adapters.erp.orders import NOTHING, ROUNDING, SaleLine, no_customer, sale_lines
from adapters.rows import Row
from adapters.writing.finding import Sign, by_signs
from adapters.writing.writes import Gone, Unfit, singly
from hub.connector import Write, Written

PARTY_SIGNS = (
    Sign("customers", "number", "id", lambda write: translate.customer_number(write.reference)),
    Sign("customers", "taxRegistrationNumber", "id", lambda write: write.record.get("vat_id")),
    Sign("customers", "email", "id", lambda write: write.record.get("email")),
)
ORDER_SIGNS = (
    Sign("salesOrders", "externalDocumentNumber", "number", lambda write: write.reference),
    Sign("salesInvoices", "externalDocumentNumber", "orderNumber", lambda write: write.reference, [asked.DRAWN]),
    Sign("salesOrders", "externalDocumentNumber", "number", lambda write: translate.shown_number(write.record)),
)


def found(signs: Sequence[Sign], company: Company, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
    """Look by the first sign that finds any; capitals do not count."""

    def ask(sign: Sign, values: Sequence[str]) -> Iterator[Row]:
        called, fields = {value.lower(): value for value in values}, f"{sign.id} {sign.field}"
        for row in company.having(sign.model, fields, f"tolower({sign.field})", called, *sign.only, key="number"):
            yield {**row, sign.field: called.get(row[sign.field].lower())}

    return by_signs(wanted, signs, ask)


def _write_party(company: Company, write: Write) -> Written:
    if write.id:
        company.change("customers", write.id, translate.party_values(write.fields))
        return Written(write.key, "done", write.id)
    made = company.create("customers", translate.new_party(write.record, write.reference))
    return Written(write.key, "done", made["id"])


def _enter(company: Company, write: Write) -> str:
    record, products = write.record, write.links.get("products", {})
    customer = write.links.get("parties", {}).get(record.get("party") or "")
    if not customer:
        raise Unfit("party-missing", no_customer(record))
    there = company.having("items", "baseUnitOfMeasureCode", "id", map(Guid, products.values()), key="number")
    # Otherwise the unit is that of sales, which may be a box.
    items = {row["id"]: {"itemId": row["id"], "unitOfMeasureCode": row["baseUnitOfMeasureCode"]} for row in there}
    lines = [_line(company, each, items.get(products.get(each.sku or "", ""))) for each in sale_lines(record)]
    at = datetime.fromisoformat(record["placed_at"]) if record.get("placed_at") else company.clock.now()
    placed = at.astimezone(company.options.place)
    values = translate.new_order(record, write.reference, customer, placed, lines)
    return company.create("salesOrders", values)["number"]


def _line(company: Company, sold: SaleLine, item: Mapping[str, Any] | None = None) -> dict[str, Any]:
    service, where = company.options.service_item, f"in [systems.{company.name}]"
    if not item and not service:
        raise Unfit("item-missing", f"there is no item for {sold.text}; name one as service_item {where}")
    rate = sold.rate or NOTHING
    if rate not in company.options.taxes:
        raise Unfit("tax-unknown", f"no tax code is named for {rate} %; name it under taxes {where}")
    return translate.line(sold, item or {"lineObjectNumber": service}, company.options.taxes[rate])


def _look(company: Company, number: str) -> Entered:
    for row in company.having("salesOrders", translate.STANDING_FIELDS, "number", [number], key="number"):
        return translate.entered(row)
    bills = asked.INVOICES.having(company, "orderNumber", [number])
    if not bills:
        raise Gone
    return translate.entered_once(number, bills)


def _cancel(company: Company, order: Entered) -> None:
    """Delete it: cancelled orders there are none."""
    company.delete("salesOrders", order.row["id"], order.row["etag"])


def _round(company: Company, order: Entered, amount: Decimal) -> None:
    line = _line(company, SaleLine(None, ROUNDING, "1", amount, None))
    company.create(f"salesOrders({order.row['id']})/salesOrderLines", line)


write_parties = singly(_write_party)
write_orders = singly(partial(write_order, Entering(_enter, _look, _cancel, _round)))
find_parties, find_orders = partial(found, PARTY_SIGNS), partial(found, ORDER_SIGNS)
