"""What Business Central's properties mean, and the other way: tables of our fields and the ways to its own. Pure.

Sources: learn.microsoft.com, Business Central API v2.0: item, customer, salesOrder, salesOrderLine, salesInvoice resource
types; microsoft/ALAppExtensions, Apps/W1/APIV2 (code), for what the pages leave open.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from stdnum import ean

from adapters.asking.http import exact
from adapters.erp.businesscentral.options import BusinessCentralOptions
from adapters.erp.customers import called, is_company, number_of
from adapters.erp.entering import Entered
from adapters.erp.orders import (
    NOTHING,
    ROUNDING,
    Fields,
    SaleLine,
    main_address,
    places_of,
    sale_lines,
    visible_number,
)
from adapters.fields import Field, Table, asked, emptied, fixed, given, or_none, table, told, written
from adapters.rows import Row
from adapters.writing.finding import Sign
from adapters.writing.writes import Unfit
from hub.canonical.contacts import vat_id_in
from hub.connector import Write

LONGEST_TEXT, LONGEST_NUMBER = 100, 35
"""Letters of a line's description, and of an external document number."""
BLANK = ("", " ", "_x0020_", None)
"""Choices that are blank come encoded as an XML name."""
DRAFT = "Draft"
"""The one status in which an order can be changed: the page Sales Order calls it Open, and our Open Released."""


# What it says

ITEM_FIELDS = "number displayName gtin blocked itemCategoryCode"
PRODUCT: Table = table(
    "sku=number name=displayName category",
    gtin=Field("gtin", lambda code: code if ean.is_valid(code) else None),
    active=Field("blocked", lambda blocked: not blocked),
)
PRICE: Table = table("sku=number currency tax_included=priceIncludesTax", amount=Field("unitPrice", exact))
LEVEL: Table = table("sku=number", on_hand=Field("inventory", exact), reserved=Field("reserved", exact))
PLACE: Table = table(
    "street=addressLine1 street_more=addressLine2 city=city postcode=postalCode region=state country=country"
)
PARTY: Table = table(
    "number=number",
    name=Field("displayName", or_none),
    company=Field("type", lambda kind: kind == "Company"),
    customer=fixed(True),
    vat_id=Field(
        "",
        lambda raw: vat_id_in(raw["taxRegistrationNumber"] or "", raw["country"] or None) or None,
        "taxRegistrationNumber country",
    ),
    email=Field("email", lambda text: text.partition(";")[0].strip() or None),
    phone=Field("phoneNumber", or_none),
    addresses=Field("", lambda raw: [place] if (place := _place(raw)) else [], asked(PLACE)),
    currency=Field("currencyCode", or_none),
    blocked=Field("blocked", lambda sort: sort not in BLANK),
)
ORDER_FIELDS = "externalDocumentNumber status fullyShipped salesOrderLines.shippedQuantity"
INVOICE_FIELDS = "number orderNumber externalDocumentNumber status totalAmountIncludingTax"
OWED_FIELDS = "salesOrderLines.itemId salesOrderLines.quantity salesOrderLines.shippedQuantity"
STANDING_FIELDS = f"id number status totalAmountIncludingTax salesOrderLines.description {OWED_FIELDS}"


def _place(raw: Row) -> dict[str, Any]:
    """Return the one address of a customer, if there is more of it than a country."""
    place = {name: value for name, value in told(PLACE, raw).items() if value}
    return {**place, "use": "billing"} if place.keys() - {"country"} else {}


def product(raw: Row, options: BusinessCentralOptions) -> dict[str, Any]:
    """Return what an item says; what stands for charges in orders is not for sale."""
    fields = told(PRODUCT, raw)
    return fields | {"active": fields["active"] and fields["sku"] != options.service_item}


def price(raw: Row, options: BusinessCentralOptions) -> dict[str, Any]:
    """Return what an item costs by its card."""
    return told(PRICE, raw) | {"list": options.price_list}


def level(raw: Row, options: BusinessCentralOptions) -> dict[str, Any]:
    """Return how much of an item there is at all places."""
    return told(LEVEL, raw) | {"location": options.location}


def party(raw: Row, _: BusinessCentralOptions) -> dict[str, Any]:
    """Return what a customer says."""
    return told(PARTY, raw)


def order(raw: Row, _: BusinessCentralOptions) -> dict[str, Any]:
    """Return what became of an order; its content is the channel's.

    An order that is fully invoiced is no more: its posted invoices are. Those that were cancelled do not count.
    """
    if raw["status"] is None:
        status = "completed" if raw["invoice"] else "cancelled"
    elif raw["fullyShipped"]:
        status = "shipped"
    elif raw["shipped"]:
        status = "processing"
    else:
        status = "confirmed" if raw["status"] == "Open" else "pending"
    return {"status": status, "invoice": raw["invoice"]}


def owed(orders: Iterable[Row]) -> Mapping[str, Decimal]:
    """Return how much of each item orders are still owed, which only their lines say."""
    found = defaultdict[str, Decimal](Decimal)
    for line in (line for each in orders for line in each["salesOrderLines"] or ()):
        found[line["itemId"]] += max(Decimal(str(line["quantity"])) - Decimal(str(line["shippedQuantity"])), Decimal())
    return found


def became(row: Row, bills: Iterable[Row]) -> dict[str, Any]:
    """Return what counts of an order: how far it is, and the first of its invoices that was not cancelled."""
    numbers = [each["number"] for each in bills if each["status"] != "Canceled"]
    shipped = any(line["shippedQuantity"] for line in row["salesOrderLines"] or ())
    told = {name: row[name] for name in ("externalDocumentNumber", "status", "fullyShipped")}
    return told | {"shipped": shipped, "invoice": min(numbers, default=None)}


def invoiced(bill: Row) -> Row:
    """Return the row of an order that is no more, made of an invoice."""
    told = {"id": bill["orderNumber"], "externalDocumentNumber": bill["externalDocumentNumber"]}
    return told | {"status": None, "fullyShipped": None, "salesOrderLines": ()}


def entered(row: Row) -> Entered:
    """Return how an order stands."""
    lines: list[Row] = row["salesOrderLines"] or []
    return Entered(
        row["number"],
        exact(row["totalAmountIncludingTax"]),
        changes=row["status"] == DRAFT,
        left=any(line["shippedQuantity"] for line in lines),
        rounded=any(line["description"] == ROUNDING for line in lines),
        goods=[(line["itemId"], line["quantity"]) for line in lines],
        row=row,
    )


def entered_once(number: str, bills: Sequence[Row]) -> Entered:
    """Return the same of one that is no more, by its invoices."""
    total = sum((Decimal(exact(bill["totalAmountIncludingTax"])) for bill in bills), Decimal())
    return Entered(number, str(total), changes=False, left=True, rounded=False, goods=())


def order_reference(raw: Row) -> str:
    """Return the hub's reference; codes are in capitals there."""
    return (raw["externalDocumentNumber"] or "").lower()


# The other way

PARTY_VALUES: Table = {
    theirs: Field(ours, emptied)
    for theirs, ours in {
        "displayName": "name",
        "taxRegistrationNumber": "vat_id",
        "email": "email",
        "phoneNumber": "phone",
    }.items()
}
SHIP_TO: Table = table(
    "shipToName=name shipToAddressLine1=street shipToAddressLine2=street_more shipToCity=city shipToPostCode=postcode "
    "shipToState=region shipToCountry=country",
)


def party_values(fields: Fields) -> dict[str, Any]:
    """Return what is set of a customer; of several addresses, that of the invoice."""
    values = given(PARTY_VALUES, fields)
    if "addresses" in fields:
        place = main_address(fields)
        values |= {theirs.path: place.get(ours) or "" for ours, theirs in PLACE.items()}
    return values


def new_party(record: Fields, reference: str) -> dict[str, Any]:
    """Return a new customer."""
    values = {name: value for name, value in party_values(record).items() if value}
    kind = "Company" if is_company(record) else "Person"
    return {"number": number_of(reference), **values, "displayName": called(record), "type": kind}


def shown_number(record: Fields) -> str:
    """Return the external document number of an order that people have entered under its number in the channel."""
    return visible_number(record).upper()[:LONGEST_NUMBER].strip()


PARTY_SIGNS = (
    Sign("customers", "number", "id", lambda write: number_of(write.reference)),
    Sign("customers", "taxRegistrationNumber", "id", lambda write: write.record.get("vat_id")),
    Sign("customers", "email", "id", lambda write: write.record.get("email")),
)
ORDER_SIGNS = (
    Sign("salesOrders", "externalDocumentNumber", "number", lambda write: write.reference),
    Sign(
        "salesInvoices", "externalDocumentNumber", "orderNumber", lambda write: write.reference, ["orderNumber ne ''"]
    ),
    Sign("salesOrders", "externalDocumentNumber", "number", lambda write: shown_number(write.record)),
)


def new_order(
    write: Write, customer: str, placed: datetime, units: Mapping[str, str], options: BusinessCentralOptions
) -> dict[str, Any]:
    """Return a new order. `units`: of the items that are there, by their ids. Raises Unfit.

    Properties are taken in their order: first the customer's own settings, then ours.
    """
    record, products = write.record, write.links.get("products", {})
    _, shipping = places_of(record)
    company = shipping.get("company")
    words = (visible_number(record), *(record.get("note") or "").splitlines())
    comments = [{"lineType": "Comment", "description": each[:LONGEST_TEXT]} for each in words if each.strip()]
    named = {"shipToName": company, "shipToContact": shipping.get("name") or ""} if company else {}
    sold = [(each, products.get(each.sku or "", "")) for each in sale_lines(record)]
    items = {id_: {"itemId": id_, "unitOfMeasureCode": unit} for id_, unit in units.items()}
    return {
        "externalDocumentNumber": write.reference.upper(),
        "orderDate": f"{placed.astimezone(options.place):%Y-%m-%d}",
        "customerId": customer,
        "currencyCode": record.get("currency"),
        "pricesIncludeTax": False,
        **written(SHIP_TO, shipping),
        **named,
        "salesOrderLines": [*comments, *(_line(each, items.get(id_), options) for each, id_ in sold)],
    }


def rounding(amount: Decimal, options: BusinessCentralOptions) -> dict[str, Any]:
    """Return a line that makes an order come to its total. Raises Unfit."""
    return _line(SaleLine(None, ROUNDING, "1", amount, None), None, options)


def _line(sold: SaleLine, item: Fields | None, options: BusinessCentralOptions) -> dict[str, Any]:
    """Return a line; `item`: what says which it is, and its unit."""
    rate, (quantity, price) = sold.rate or NOTHING, sold.amounts
    if not item and not options.service_item:
        raise Unfit("item-missing", f"there is no item for {sold.text}; name one as service_item in hub.toml")
    if rate not in options.taxes:
        raise Unfit("tax-unknown", f"no tax code is named for {rate} %; name it under taxes in hub.toml")
    return {
        "lineType": "Item",
        **(item or {"lineObjectNumber": options.service_item}),
        "description": sold.text[:LONGEST_TEXT],
        "quantity": quantity,
        "unitPrice": price,
        "discountPercent": 0,
        "taxCode": options.taxes[rate],
    }
