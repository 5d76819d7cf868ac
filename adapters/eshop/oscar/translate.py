"""The shop's documents -> canonical fields. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from adapters.eshop.oscar.options import OscarOptions

Raw = Mapping[str, Any]

NOTHING: dict[str, Any] = {}
SIXTH_DECIMAL = Decimal("0.000001")
ADDRESS = {
    "street": "line1",
    "street_more": "line2",
    "city": "line4",
    "region": "state",
    "postcode": "postcode",
    "country": "country",
    "phone": "phone_number",
}


def product(raw: Raw, _name: str, _options: OscarOptions) -> dict[str, Any]:
    """Return a product; the first of several categories is its category."""
    fields = {
        "sku": raw["upc"],
        "description": raw["description"],
        "category": next(iter(raw["categories"]), None),
        "attributes": {each["name"]: str(each["value"]) for each in raw["attributes"]},
        "active": raw["is_public"],
    }
    # A variant may have no title of its own.
    named = {"name": raw["title"]} if raw["title"] else {}
    return fields | named | ({"variant_of": str(raw["parent"])} if raw["parent"] else {})


def price(raw: Raw, name: str, options: OscarOptions) -> dict[str, Any]:
    """Return a price, on the list that the shop is given."""
    price_list = options.range.price_list or name
    told = {"currency": raw["price_currency"], "amount": raw["price"], "tax_included": options.tax_included}
    return {"sku": raw["upc"], "list": price_list} | told


def stock(raw: Raw, _name: str, _options: OscarOptions) -> dict[str, Any]:
    """Return what the shop promises: what it has, less what its open orders hold."""
    available = (raw["num_in_stock"] or 0) - (raw["num_allocated"] or 0)
    return {"sku": raw["upc"], "available": str(max(available, 0))}


def party(raw: Raw, _name: str, _options: OscarOptions) -> dict[str, Any]:
    """Return a buyer, with the addresses of the latest order."""
    told = {use: raw[f"{use}_address"] for use in ("billing", "shipping") if raw[f"{use}_address"]}
    addresses = [_address(each) | {"use": use} for use, each in told.items()]
    known = next(iter(addresses), NOTHING)
    fields = {"name": known.get("name", raw["email"]), "customer": True, "email": raw["email"]}
    return fields | {"phone": _phone(addresses), "addresses": addresses}


def order(raw: Raw, name: str, options: OscarOptions) -> dict[str, Any]:
    """Return an order; its prices are those with tax, already less all discounts."""
    net, gross = raw["total_excl_tax"], raw["total_incl_tax"]
    addresses = {key: _address(raw[key]) for key in ("billing_address", "shipping_address") if raw[key]}
    buyer = next(iter(addresses.values()), NOTHING)
    status = options.status.get(raw["status"])
    fields = {
        "channel": name,
        "number": raw["number"],
        "placed_at": raw["date_placed"],
        "party": raw["buyer"],
        "name": buyer.get("name"),
        "email": raw["email"],
        "phone": _phone(addresses.values()),
        "currency": raw["currency"],
        "tax_included": True,
        "lines": [_line(each) for each in raw["lines"]],
        "shipping": list(_charges(raw, options)),
        "totals": {"net": net, "tax": _less(gross, net), "gross": gross},
        "rounding": "line",
        "note": raw["shipping_address"] and raw["shipping_address"]["notes"],
    }
    return fields | addresses | ({"status": status} if status else {})


def _line(raw: Raw) -> dict[str, Any]:
    """Return a line. Its product is known by `upc`, which we look up, unless the shop shows more than it does at first."""
    gross, net, quantity = raw["price_incl_tax"], raw["price_excl_tax"], raw["quantity"]
    discount = _less(raw["price_incl_tax_excl_discounts"], gross)
    line = {
        "id": raw["id"],
        "sku": raw["upc"] or raw.get("partner_sku"),
        "name": raw.get("title"),
        "quantity": str(quantity),
        "unit_price": _each(gross, quantity),
        "discount": _each(discount, quantity) if Decimal(discount) else None,
    }
    sums = {"net": net, "tax": _less(gross, net), "gross": gross}
    return {key: value for key, value in line.items() if value} | sums


def _charges(raw: Raw, options: OscarOptions) -> Iterator[dict[str, Any]]:
    code, amount = raw["shipping_code"], raw["shipping_incl_tax"]
    if code and code != "no-shipping-required":
        yield {"name": raw["shipping_method"], "code": options.shipping.get(code, code), "amount": amount}
    for each in raw["surcharges"]:
        yield {"name": each["name"], "amount": each["incl_tax"]}


def _phone(addresses: Iterable[Raw]) -> str | None:
    return next((each["phone"] for each in addresses if each.get("phone")), None)


def _address(raw: Raw) -> dict[str, Any]:
    """Return an address; one that bills are sent to has no telephone in the shop."""
    name = " ".join(part for part in (raw["first_name"], raw["last_name"]) if part)
    fields = {"name": name} | {ours: raw.get(theirs) for ours, theirs in ADDRESS.items()}
    return {key: value for key, value in fields.items() if value}


def _less(one: str, other: str) -> str:
    return str(Decimal(one) - Decimal(other))


def _each(amount: str, quantity: int) -> str:
    """Return the part of one unit: to the sixth decimal, where it does not come out even."""
    return format((Decimal(amount) / (quantity or 1)).quantize(SIXTH_DECIMAL, ROUND_HALF_UP), "f")
