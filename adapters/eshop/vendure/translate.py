"""Vendure's records -> canonical fields. Pure. Its amounts are whole numbers of the smallest coin."""

import re
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from adapters.eshop.vendure.options import VendureOptions
from adapters.http import exact

Raw = Mapping[str, Any]

INVOICE, PARCEL = "Invoice: ", "Parcel: "
"""How notes at an order begin that say what Vendure has no field for."""
STATUS = {
    "PaymentAuthorized": "confirmed",
    "PaymentSettled": "confirmed",
    "PartiallyShipped": "processing",
    "Shipped": "shipped",
    "PartiallyDelivered": "shipped",
    "Delivered": "completed",
    "Cancelled": "cancelled",
}
"""Other states (being modified, or a shop's own) say nothing about how far the order has come."""
_PARCEL = re.compile(rf"{PARCEL}(\S+)(?: \((.+)\))?")


def amount(coins_: int, precision: int) -> str:
    """Return an amount as a decimal string: 1999 -> `19.99`."""
    return format(Decimal(coins_).scaleb(-precision), "f")


def coins(amount_: str, precision: int, rate: str, *, tax_included: bool, wanted: bool) -> int:
    """Return an amount in coins, with or without tax as `wanted`; halves are rounded up."""
    value, factor = Decimal(amount_).scaleb(precision), 1 + Decimal(rate) / 100
    if tax_included != wanted:
        value = value * factor if wanted else value / factor
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def product(raw: Raw, options: VendureOptions) -> dict[str, Any]:
    """Return a variant, with what it has from its article."""
    article = raw["article"]
    images = [each["preview"] for each in (article["main"], *article["assets"], *raw["assets"]) if each]
    categories = [each["name"] for each in article["facetValues"] if each["facet"]["code"] == options.category_facet]
    return {
        "sku": raw["sku"],
        "name": raw["name"],
        "description": article["description"],
        "category": categories[0] if categories else None,
        "images": [options.url.rstrip("/") + path if path[0] == "/" else path for path in dict.fromkeys(images)],
        "variant_of": article["id"] if raw["options"] else None,
        "options": {each["group"]["name"]: each["name"] for each in raw["options"]} or None,
        "tax_rate": exact(raw["tax"]["value"]),
        "active": raw["enabled"] and article["enabled"],
    }


def price(raw: Raw, options: VendureOptions) -> dict[str, Any]:
    """Return what a variant costs in one currency."""
    fields = {name: raw[name] for name in ("sku", "currency", "tax_included")}
    return fields | {"list": options.range.price_list or "default", "amount": amount(raw["price"], raw["precision"])}


def stock(raw: Raw, _: VendureOptions) -> dict[str, Any]:
    """Return what can be had: orders that are not shipped hold theirs."""
    free = sum(level["stockOnHand"] - level["stockAllocated"] for level in raw["levels"])
    return {"sku": raw["sku"], "available": str(max(0, free))}


def party(raw: Raw, _: VendureOptions) -> dict[str, Any]:
    """Return a customer."""
    fields = {"customer": True, "name": _name(raw) or raw["email"], "email": raw["email"], "phone": raw["phone"]}
    return fields | {"addresses": [_address(each) for each in raw["addresses"] or ()]}


def _name(customer: Raw) -> str:
    return f"{customer['firstName']} {customer['lastName']}".strip()


def _address(raw: Raw) -> dict[str, Any]:
    """Return what an address says, of a customer or an order."""
    fields = {name: value for name, value in raw.items() if value and not name.startswith("default")}
    if isinstance(raw["country"], Mapping):
        billing, shipping = raw["defaultBillingAddress"], raw["defaultShippingAddress"]
        fields["use"] = "billing" if billing else "shipping" if shipping else "other"
        fields["country"] = raw["country"]["code"]
    return fields


def order(raw: Raw, options: VendureOptions) -> dict[str, Any]:
    """Return a placed order. Prices hold the tax if the channel's do: those are exact, the others computed by Vendure."""
    status = {"status": STATUS[raw["state"]]} if raw["state"] in STATUS else {}
    if raw["state"] == "Cancelled":  # all quantities and sums are nothing then
        return {"number": raw["number"]} | status
    fields = {name: raw[name] for name in ("number", "currency", "tax_included")} | status
    if customer := raw["customer"]:
        fields |= {"party": customer["id"], "name": _name(customer) or None}
        fields |= {"email": customer["email"], "phone": customer["phone"] or raw["shipping_address"]["phone"]}
    invoices = [note.removeprefix(INVOICE) for note in notes(raw) if note.startswith(INVOICE)]
    return fields | {
        "placed_at": raw["orderPlacedAt"],
        "billing_address": _address(raw["billing_address"]) or None,
        "shipping_address": _address(raw["shipping_address"]) or None,
        "lines": list(_lines(raw)),
        "shipping": [_shipping(each, raw, options) for each in raw["shippingLines"]],
        "payment": _payment(raw, options),
        "totals": _sums(raw, raw["precision"]),
        "rounding": "line",
        "tracking": parcels(raw),
        "invoice": invoices[-1] if invoices else None,
    }


def _sums(raw: Raw, precision: int) -> dict[str, str]:
    net, gross = raw["sum"], raw["sumWithTax"]
    return {name: amount(value, precision) for name, value in (("net", net), ("tax", gross - net), ("gross", gross))}


def _lines(raw: Raw) -> Iterator[dict[str, Any]]:
    """Yield the lines: what is taken off the whole order, Vendure has spread over them to the last coin."""
    with_tax = "WithTax" if raw["tax_included"] else ""
    extra = [
        each | {"id": f"surcharge-{each['id']}", "quantity": 1, "productVariant": each} for each in raw["surcharges"]
    ]
    for line in (*raw["lines"], *extra):
        if line["quantity"]:  # otherwise cancelled
            unit = Decimal(line["sum" + with_tax]) / line["quantity"]
            discount = line.get("full" + with_tax, unit) - unit
            yield {
                "id": line["id"],
                "sku": line["productVariant"]["sku"] or None,
                "name": line["productVariant"]["name"],
                "quantity": str(line["quantity"]),
                "unit_price": _rounded(unit, raw["precision"]),
                "discount": _rounded(discount, raw["precision"]) if discount else None,
                "tax_rate": exact(line["taxRate"]),
            } | _sums(line, raw["precision"])


def _rounded(value: Decimal, precision: int) -> str:
    """Return coins as an amount with six decimals at most, so that price times quantity is the line's sum."""
    return format(value.scaleb(-precision).quantize(Decimal("0.000001"), ROUND_HALF_UP).normalize(), "f")


def _shipping(raw: Raw, order_: Raw, options: VendureOptions) -> dict[str, Any]:
    net, gross, code = raw["sum"], raw["sumWithTax"], raw["method"]["code"]
    rates = [exact(each["taxRate"]) for each in order_["taxSummary"]]
    return {
        "name": raw["method"]["name"],
        "code": options.shipping.get(code, code),
        "amount": amount(gross if order_["tax_included"] else net, order_["precision"]),
        "tax_rate": next((r for r in rates if coins(str(net), 0, r, tax_included=False, wanted=True) == gross), None),
    }


def _payment(raw: Raw, options: VendureOptions) -> dict[str, Any]:
    settled = [each for each in raw["payments"] or () if each["state"] == "Settled"]
    good = settled or [each for each in raw["payments"] or () if each["state"] == "Authorized"]
    if not good:
        return {"state": "unpaid"}
    paid = sum(each["amount"] for each in settled)
    back = sum(each["total"] for payment in settled for each in payment["refunds"] if each["state"] == "Settled")
    state = "authorised" if not settled else "unpaid" if paid < raw["sumWithTax"] else "paid"
    method = options.payment.get(good[-1]["method"], good[-1]["method"])
    return {"method": method, "state": "refunded" if 0 < paid <= back else state, "reference": good[-1]["reference"]}


def notes(raw: Raw) -> list[str]:
    """Return the texts of an order's notes."""
    return [each["data"]["note"] for each in raw["history"]["items"]]


def parcels(raw: Raw) -> list[dict[str, str]]:
    """Return an order's parcels, from its fulfilments and from our notes."""
    told = [(found[1], found[2]) for found in map(_PARCEL.fullmatch, notes(raw)) if found]
    sent = [each for each in raw["fulfillments"] or () if each["state"] != "Cancelled" and each["trackingCode"]]
    found: dict[str, str | None] = {each["trackingCode"]: each["method"] for each in sent} | dict(told)
    return [{"number": number} | ({"carrier": carrier} if carrier else {}) for number, carrier in found.items()]
