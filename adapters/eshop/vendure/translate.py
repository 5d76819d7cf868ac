"""Vendure's records -> canonical fields. Pure. Its amounts are whole numbers of the smallest coin."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from adapters.eshop.orders import Fields, Raw, charge, from_coins, in_coins, joined, parcels, plain, sums, with_tax
from adapters.eshop.vendure.options import VendureOptions
from adapters.http import exact
from adapters.stable import stable
from hub.connector import Document

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
_moves = frozenset(["updatedAt"]).__contains__


def documents(_: object, rows: Sequence[Raw]) -> Iterator[Document]:
    """Yield a document for each row; an article stands for its variants."""
    for row in rows:
        for each in row.get("variants", [row]):
            yield Document(each["id"], stable(each, _moves))


def prices(_: object, rows: Sequence[Raw]) -> Iterator[Document]:
    """Yield a document for each variant and currency."""
    for row in rows:
        shared = {name: row[name] for name in ("sku", "tax_included", "precision")}
        for price_ in row["prices"]:
            yield Document(f"{row['id']}|{price_['currency']}", shared | price_)


def buyers(_: object, rows: Sequence[Raw]) -> Iterator[Document]:
    """Yield the customers of orders, as the list of customers shows them."""
    return documents(_, [row["customer"] for row in rows if row["customer"]])


def product(raw: Raw, options: VendureOptions) -> Fields:
    """Return a variant, with what it has from its article."""
    article, chosen = raw["article"], {each["group"]["name"]: each["name"] for each in raw["options"]}
    categories = [each["name"] for each in article["facetValues"] if each["facet"]["code"] == options.category_facet]
    return {
        "sku": raw["sku"],
        "name": raw["name"],
        "description": article["description"],
        "category": categories[0] if categories else None,
        "variant_of": article["id"] if chosen else None,
        "options": chosen or None,
        "tax_rate": exact(raw["tax"]["value"]),
        "active": raw["enabled"] and article["enabled"],
    }


def price(raw: Raw, options: VendureOptions) -> Fields:
    """Return what a variant costs in one currency."""
    fields = {name: raw[name] for name in ("sku", "currency", "tax_included")}
    amount = from_coins(raw["price"], raw["precision"])
    return fields | {"list": options.range.price_list or "default", "amount": plain(amount)}


def stock(raw: Raw, _: VendureOptions) -> Fields:
    """Return what can be had."""
    return {"sku": raw["sku"], "available": str(max(0, free(raw)))}


def free(raw: Raw) -> int:
    """Return what is left of a variant's stock: orders that are not shipped hold theirs."""
    return sum(level["stockOnHand"] - level["stockAllocated"] for level in raw["levels"])


def party(raw: Raw, _: VendureOptions) -> Fields:
    """Return a customer."""
    name = joined(raw["firstName"], raw["lastName"]) or raw["email"]
    fields = {"customer": True, "name": name, "email": raw["email"], "phone": raw["phone"]}
    return fields | {"addresses": [_address(each) for each in raw["addresses"] or ()]}


def _address(raw: Raw) -> Fields:
    """Return what an address says, of a customer or an order: it was asked for by our names."""
    fields = {name: value for name, value in raw.items() if value and not name.startswith("default")}
    if "defaultBillingAddress" not in raw:
        return fields
    use = "billing" if raw["defaultBillingAddress"] else "shipping" if raw["defaultShippingAddress"] else "other"
    return fields | {"use": use, "country": raw["country"]["code"]}


def order(raw: Raw, options: VendureOptions) -> Fields:
    """Return a placed order. Prices hold the tax if the channel's do: those are exact, the others computed by Vendure."""
    status = {"status": STATUS[raw["state"]]} if raw["state"] in STATUS else {}
    if raw["state"] == "Cancelled":  # all quantities and sums are nothing then
        return {"number": raw["number"]} | status
    fields = {name: raw[name] for name in ("number", "currency", "tax_included")} | status
    if customer := raw["customer"]:
        name = joined(customer["firstName"], customer["lastName"])
        fields |= {"party": customer["id"], "name": name, "email": customer["email"]}
        fields["phone"] = customer["phone"] or raw["shipping_address"]["phone"]
    return fields | {
        "placed_at": raw["orderPlacedAt"],
        "billing_address": _address(raw["billing_address"]) or None,
        "shipping_address": _address(raw["shipping_address"]) or None,
        "lines": [_line(each, raw) for each in raw["lines"] if each["quantity"]],  # the others were cancelled
        "shipping": [_charge(each, raw, options) for each in (*raw["shippingLines"], *raw["surcharges"])],
        "payment": _payment(raw, options),
        "totals": _sums(raw, raw),
        "rounding": "line",
        "tracking": tracking(raw),
        "invoice": next((note.removeprefix(INVOICE) for note in notes(raw)[::-1] if note.startswith(INVOICE)), None),
    }


def _sums(part: Raw, order_: Raw) -> dict[str, str]:
    return sums(*(from_coins(part[name], order_["precision"]) for name in ("sum", "sumWithTax")))


def _line(line: Raw, raw: Raw) -> Fields:
    """Return a line: what is taken off the whole order, Vendure has spread over them to the last coin."""
    suffix, scale = "WithTax" if raw["tax_included"] else "", -raw["precision"]
    unit = Decimal(line[f"sum{suffix}"]) / line["quantity"]
    discount = line[f"full{suffix}"] - unit
    fields = {
        "id": line["id"],
        "sku": line["productVariant"]["sku"],
        "name": line["productVariant"]["name"],
        "quantity": str(line["quantity"]),
        "unit_price": plain(unit.scaleb(scale)),
        "discount": plain(discount.scaleb(scale)) if discount else None,
        "tax_rate": exact(line["taxRate"]),
    }
    return fields | _sums(line, raw)


def _charge(raw: Raw, order_: Raw, options: VendureOptions) -> Fields:
    """Return what shipping, or a surcharge, costs. The rate is the one of the order's by which its two sums differ."""
    method, net, gross = raw.get("method", raw), Decimal(raw["sum"]), raw["sumWithTax"]
    rates = [exact(each["taxRate"]) for each in order_["taxSummary"]]
    rate = next((each for each in rates if in_coins(with_tax(net, each, held=False, wanted=True), 0) == gross), None)
    amount = from_coins(gross if order_["tax_included"] else raw["sum"], order_["precision"])
    return charge(method["name"], method.get("code"), options.shipping, amount, rate)


def _payment(raw: Raw, options: VendureOptions) -> Fields:
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


def fulfilments(raw: Raw) -> list[Raw]:
    """Return what was sent of an order."""
    return [each for each in raw["fulfillments"] or () if each["state"] != "Cancelled"]


def tracking(raw: Raw) -> list[Fields]:
    """Return an order's parcels, from what was sent and from our notes."""
    sent = [(each["trackingCode"], each["method"]) for each in fulfilments(raw) if each["trackingCode"]]
    told = [found.groups() for found in map(_PARCEL.fullmatch, notes(raw)) if found]
    return parcels(*({"number": number, "carrier": carrier} for number, carrier in (*sent, *told)))
