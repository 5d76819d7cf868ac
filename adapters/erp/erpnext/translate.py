"""What ERPNext's fields mean: tables of our fields and the ways to its own. Pure."""

from typing import Any

from stdnum import ean

from adapters.asking.http import exact
from adapters.erp.erpnext.options import ErpNextOptions
from adapters.erp.reference import OURS
from adapters.fields import Field, Table, fixed, parts, table, told, words
from adapters.rows import Row
from hub.canonical.contacts import vat_id_in
from hub.config import resolve

UNITS = words(H87="Nos Unit Each Piece", KGM="Kg", GRM="Gram", MTR="Meter", LTR="Litre", HUR="Hour", DAY="Day")
"""Units that the setup makes, unless the canonical model knows their words itself."""
KILOGRAMS = {"Kg": 1, "Gram": 1000}
STATUS = {
    "Draft": "pending",
    "On Hold": "confirmed",
    "To Pay": "confirmed",
    "To Deliver and Bill": "processing",
    "To Deliver": "processing",
    "Completed": "completed",
    "Cancelled": "cancelled",
}
CLOSED = "Closed"
ALL_SENT = {"To Deliver and Bill": "shipped", "To Pay": "shipped", "To Deliver": "completed"}
RESERVED = ("reserved_qty", "reserved_qty_for_production", "reserved_qty_for_sub_contract")
"""What orders, production and subcontractors are to get (stock/doctype/bin/bin.py, set_projected_qty)."""
WHOLE = 100
"""Per cent."""
USES = {"Billing": "billing", "Shipping": "shipping"}


def unit(uom: str) -> str:
    """Return what the canonical model knows a unit by."""
    return UNITS.get(uom, uom)


def number(value: Any) -> str:
    """Return a quantity or an amount; databases keep nine decimals, as floats."""
    return exact(round(float(value), 9))


def stock(value: Any) -> str:
    """Return a quantity that lies somewhere; sold before it came in is nothing."""
    return number(max(float(value), 0.0))


def status(order: Row) -> str:
    """Return how far an order is: closed ones are what came of them, sent ones that are to be billed are shipped.

    What came back was sent; "To Pay" says that a payment was asked for, whatever was delivered (status_updater.py).
    """
    state, sent = order["status"], max(float(order["per_delivered"] or 0), float(order.get("sent") or 0))
    if state == CLOSED:
        return "completed" if sent else "cancelled"
    if state == "To Bill":
        return "shipped" if sent else "processing"
    if state in ALL_SENT and sent >= WHOLE:
        return ALL_SENT[state]
    if state == "To Pay" and sent:
        return "processing"
    return STATUS.get(state, "confirmed")


def reference(order: Row) -> str | None:
    """Return the hub's reference behind the number that people know."""
    _, ours, found = (order.get("po_no") or "").rpartition(OURS)
    return found if ours else None


def _gtin(item: Row) -> str | None:
    """Return the barcode of one unit that is a right EAN; others are the company's own."""
    own = [each["barcode"] for each in item["barcodes"] if each["uom"] in (None, "", item["stock_uom"])]
    return next((each for each in own if ean.is_valid(each)), None)


def _weight(item: Row) -> str | None:
    grams = KILOGRAMS.get(item["weight_uom"] or "")
    return number(item["weight_per_unit"] / grams) if grams and item["weight_per_unit"] else None


PRODUCT: Table = table(
    "sku=name name=item_name description brand variant_of category",
    unit=Field("stock_uom", unit),
    gtin=Field("", _gtin),
    weight=Field("", _weight),
    options=Field("attributes", lambda rows: {row["attribute"]: row["attribute_value"] for row in rows} or None),
    # What has reached its end of life, ERPNext sells no more (stock/doctype/item/item.py, validate_end_of_life).
    active=Field("", lambda item: not item["disabled"] and not item["ended"] and bool(item["is_sales_item"])),
)
PRICE: Table = table(
    "sku=item_code list=price_list currency valid_from valid_to=valid_upto",
    amount=Field("price_list_rate", number),
)
STOCK: Table = table(
    "sku=item_code",
    on_hand=Field("actual_qty", stock),
    reserved=Field("", lambda row: stock(sum(float(row[name] or 0) for name in RESERVED))),
    unit=Field("stock_uom", unit),
)
ADDRESS: Table = table(
    "name=address_title street=address_line1 street_more=address_line2 city postcode=pincode region=state "
    "country=code phone",
    use=Field("address_type", lambda type_: USES.get(type_, "other")),
)
PARTY: Table = table(
    "number=name name=customer_name email=email_id phone=mobile_no language price_list=default_price_list "
    "currency=default_currency",
    company=Field("customer_type", lambda type_: type_ != "Individual"),
    customer=fixed(value=True),
    vat_id=Field("", lambda raw: vat_id_in(raw["tax_id"] or "", _country(raw)) or None),
    addresses=parts("addresses", ADDRESS),
    blocked=Field("", lambda raw: bool(raw["disabled"] or raw["is_frozen"])),
)
ORDER: Table = {
    "status": Field("", status),
    "tracking": parts("parcels", table("number carrier address")),
    "invoice": Field("invoice"),
    "short_shipped": Field("short"),
}
"""What becomes of an order; its content is the channel's."""


def product(raw: Row, options: ErpNextOptions) -> dict[str, Any]:
    """Return what an item says; what stands for charges in orders is not for sale by itself."""
    image, rates = raw["image"] or "", {options.tax_templates.get(each) for each in raw["tax_templates"]}
    whole = f"{resolve(options.url).rstrip('/')}{image}" if image.startswith("/files/") else image
    told_of = {"images": [whole]} if whole.startswith("http") else {}
    rate = rates.pop() if len(rates) == 1 else None
    fields = told(PRODUCT, raw) | told_of | ({"tax_rate": rate} if rate else {})
    return fields | {"active": fields["active"] and fields["sku"] != options.service_item}


def price(raw: Row, options: ErpNextOptions) -> dict[str, Any]:
    """Return what an item costs on a price list."""
    return told(PRICE, raw) | {"tax_included": options.tax_included}


def level(raw: Row, options: ErpNextOptions) -> dict[str, Any]:
    """Return how much of an item lies in a warehouse."""
    return told(STOCK, raw) | {"location": options.storage.get(raw["warehouse"], raw["warehouse"])}


def party(raw: Row, _: ErpNextOptions) -> dict[str, Any]:
    """Return what a customer says."""
    return told(PARTY, raw)


def order(raw: Row, _: ErpNextOptions) -> dict[str, Any]:
    """Return what became of an order."""
    return told(ORDER, raw)


def _country(raw: Row) -> str | None:
    return next((each["code"] for each in raw["addresses"] if each["code"]), None)
