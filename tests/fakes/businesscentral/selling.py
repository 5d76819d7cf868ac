"""Orders: what they come to, and what becomes of them."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from tests.fakes.businesscentral.odata import Wrong
from tests.fakes.records import Record

if TYPE_CHECKING:
    from tests.fakes.businesscentral.environment import BusinessCentral

Values = dict[str, Any]
RATES = {"VAT23": 23, "VAT8": 8, "NOVAT": 0}
"""VAT product posting groups."""
DECIMALS = {"EUR": 2, "PLN": 2, "JPY": 0, "KWD": 3}
"""Currencies; the first is the company's own."""
NONE = "00000000-0000-0000-0000-000000000000"
LINE: Values = {
    "itemId": NONE,
    "lineType": "Comment",
    "lineObjectNumber": "",
    "description": "",
    "unitOfMeasureCode": "",
    "quantity": 0,
    "unitPrice": 0,
    "discountPercent": 0,
    "taxCode": "",
    "taxPercent": 0,
    "shippedQuantity": 0,
    "invoicedQuantity": 0,
}
HEADER: Values = {
    "externalDocumentNumber": "",
    "orderDate": "0001-01-01",
    "customerId": NONE,
    "currencyCode": "",
    "pricesIncludeTax": False,
    **{f"shipTo{each}": "" for each in ("Name", "Contact", "AddressLine1", "AddressLine2", "City", "State")},
    "shipToPostCode": "",
    "shipToCountry": "",
    "status": "Draft",
}


def rounded(number: Decimal, decimals: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def number(value: object) -> Decimal:
    return Decimal(str(value or 0))


def new_order(bc: "BusinessCentral", given: Values) -> Record:
    """code: page 30028; a deep insert is one transaction: nothing is there if a line is refused."""
    lines = given.pop("salesOrderLines", [])
    values = dict(HEADER)
    for name, value in given.items():  # in their order
        bc.check(name, value, HEADER)
        values[name] = bc.stored(name, value)
        if name == "customerId":
            customer = bc.by_guid(bc.customers, value)
            if customer is None:
                raise Wrong("Application_DialogException", "The sell-to customer cannot be found.")
            values["pricesIncludeTax"] = customer.values["gross"]
        if name == "currencyCode" and value not in DECIMALS:
            raise Wrong("Application_DialogException", 'The "currencyCode" does not match to a Currency.')
    if values["customerId"] == NONE:
        raise Wrong("Application_DialogException", 'A "customerNumber" or a "customerId" must be provided.')
    made = [new_line(bc, each) for each in lines]
    return bc.orders.add({**values, "salesOrderLines": made})


def new_line(bc: "BusinessCentral", given: Values) -> Values:
    """code: page 30044. An item's unit is that of sales; its price, discount and tax are its own, unless others follow."""
    line = dict(LINE)
    for name, value in given.items():
        bc.check(name, value, LINE)
        line[name] = bc.stored(name, value)
        if name in ("itemId", "lineObjectNumber"):
            item = bc.by_guid(bc.items, value) if name == "itemId" else bc.by_number(bc.items, value)
            if item is None:
                raise Wrong("Application_DialogException", "Item does not exist.")
            own = {"itemId": bc.guid(bc.items, item), "lineObjectNumber": item.values["number"]}
            line |= own | {"unitOfMeasureCode": item.values["salesUnit"], "discountPercent": 10, "taxCode": "VAT23"}
        if name == "taxCode" and value not in RATES:
            raise Wrong(
                "Internal_InvalidTableRelation", f"The field VAT Prod. Posting Group contains a value ({value})"
            )
    line["unitPrice"] = float(rounded(number(line["unitPrice"]), 5))
    line["taxPercent"] = RATES.get(line["taxCode"], 0)
    return line


def sums(values: Values) -> dict[int, tuple[Decimal, Decimal]]:
    """Return rate -> net and tax: tax is reckoned of all that has one rate."""
    decimals, nets = DECIMALS[values["currencyCode"] or "EUR"], defaultdict[int, Decimal](Decimal)
    for line in values["salesOrderLines"]:
        amount = number(line["quantity"]) * number(line["unitPrice"]) * (1 - number(line["discountPercent"]) / 100)
        nets[line["taxPercent"]] += rounded(amount, decimals)
    if values["pricesIncludeTax"]:
        nets = {rate: rounded(gross / (1 + Decimal(rate) / 100), decimals) for rate, gross in nets.items()}
    return {rate: (net, rounded(net * rate / 100, decimals)) for rate, net in nets.items()}


def total(values: Values) -> Decimal:
    return sum((net + tax for net, tax in sums(values).values()), Decimal())


def shown(values: Values) -> Values:
    """Return an order with what is reckoned."""
    lines = values["salesOrderLines"]
    goods = [line for line in lines if line["lineType"] != "Comment"]
    whole = bool(goods) and all(line["shippedQuantity"] == line["quantity"] for line in goods)
    return {**values, "fullyShipped": whole, "totalAmountIncludingTax": float(total(values))}


def delete(bc: "BusinessCentral", record: Record) -> None:
    """What was shipped has to be invoiced first."""
    if any(line["shippedQuantity"] != line["invoicedQuantity"] for line in record.values["salesOrderLines"]):
        raise Wrong("Application_FieldValidationException", "Qty. Shipped Not Invoiced must be equal to '0'")
    bc.orders.remove(record.id)


# What people do there. None of it moves the order's mark.


def release(bc: "BusinessCentral", order: str) -> None:
    bc.orders.change(_record(bc, order).id, {"status": "Open"}, marked=False)


def ship(bc: "BusinessCentral", order: str, *, whole: bool = True) -> None:
    """Post a shipment of all, or of one piece of the first line that has any."""
    record = _record(bc, order)
    lines = [dict(line) for line in record.values["salesOrderLines"]]
    some = [line for line in lines if line["lineType"] != "Comment"]
    for line in some if whole else some[:1]:
        line["shippedQuantity"] = line["quantity"] if whole else 1
    bc.orders.change(record.id, {"salesOrderLines": lines, "status": "Open"}, marked=False)
    _draw(bc, bc.shipments, record)


def invoice(bc: "BusinessCentral", order: str, *, whole: bool = True) -> str:
    """Post an invoice of what was shipped: an order of which nothing is left is deleted."""
    record = _record(bc, order)
    posted = _draw(bc, bc.invoices, record, status="Open", totalAmountIncludingTax=float(total(record.values)))
    if whole:
        bc.orders.remove(record.id)
    return posted


def _draw(bc: "BusinessCentral", table: Any, record: Record, **more: Any) -> str:
    sort = "PS-INV" if table is bc.invoices else "PS-SHPT"
    number = f"{sort}{100000 + len(table.records)}"
    own = {"orderNumber": bc.order_number(record), "externalDocumentNumber": record.values["externalDocumentNumber"]}
    table.add({"number": number, **own, **more})
    return number


def _record(bc: "BusinessCentral", order: str) -> Record:
    return next(each for each in bc.orders.there() if bc.order_number(each) == order)
