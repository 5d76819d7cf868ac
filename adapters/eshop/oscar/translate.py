"""The shop's documents -> canonical fields. Pure."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from adapters.eshop.orders import Fields, Raw, address, charge, joined, plain, sums
from adapters.eshop.oscar.options import OscarOptions

ADDRESS = {
    "street": "line1",
    "street_more": "line2",
    "city": "line4",
    "region": "state",
    "postcode": "postcode",
    "country": "country",
    "phone": "phone_number",
}


def product(raw: Raw, _: OscarOptions) -> Fields:
    """Return a product; the first of several categories is its category."""
    fields = {
        "sku": raw["upc"],
        "description": raw["description"],
        "category": next(iter(raw["categories"]), None),
        "attributes": {each["name"]: str(each["value"]) for each in raw["attributes"]},
        "active": raw["is_public"],
        "images": raw["images"],
    }
    # A variant may have no title of its own.
    named = {"name": raw["title"]} if raw["title"] else {}
    return fields | named | ({"variant_of": str(raw["parent"])} if raw["parent"] else {})


def price(raw: Raw, options: OscarOptions) -> Fields:
    """Return a price."""
    told = {"currency": raw["price_currency"], "amount": raw["price"], "tax_included": options.tax_included}
    return {"sku": raw["upc"], "list": raw["list"]} | told


def stock(raw: Raw, _: OscarOptions) -> Fields:
    """Return what the shop promises: what it has, less what its open orders hold."""
    available = (raw["num_in_stock"] or 0) - (raw["num_allocated"] or 0)
    return {"sku": raw["upc"], "available": str(max(available, 0))}


def party(raw: Raw, _: OscarOptions) -> Fields:
    """Return a buyer, with the addresses of the latest order."""
    told = {use: raw[f"{use}_address"] for use in ("billing", "shipping")}
    addresses = [_address(each, use) for use, each in told.items() if each]
    fields = {"name": _first("name", addresses) or raw["email"], "customer": True, "email": raw["email"]}
    return fields | {"phone": _first("phone", addresses), "addresses": addresses}


def order(raw: Raw, options: OscarOptions) -> Fields:
    """Return an order; its prices are those with tax, already less all discounts."""
    addresses = {key: _address(raw[key]) for key in ("billing_address", "shipping_address") if raw[key]}
    status = options.status.get(raw["status"])
    fields = {
        "number": raw["number"],
        "placed_at": raw["date_placed"],
        "party": raw["buyer"],
        "name": _first("name", addresses.values()),
        "email": raw["email"],
        "phone": _first("phone", addresses.values()),
        "currency": raw["currency"],
        "tax_included": True,
        "lines": [_line(each) for each in raw["lines"]],
        "shipping": list(_charges(raw, options)),
        "totals": sums(Decimal(raw["total_excl_tax"]), Decimal(raw["total_incl_tax"])),
        "rounding": "line",
        "note": raw["shipping_address"] and raw["shipping_address"]["notes"],
    }
    return fields | addresses | ({"status": status} if status else {})


def _line(raw: Raw) -> Fields:
    """Return a line. Its product is known by `upc`, which we look up, unless the shop shows more than it does at first."""
    net, gross, quantity = Decimal(raw["price_excl_tax"]), Decimal(raw["price_incl_tax"]), raw["quantity"]
    discount = Decimal(raw["price_incl_tax_excl_discounts"]) - gross
    line = {
        "id": raw["id"],
        "sku": raw["upc"] or raw.get("partner_sku"),
        "name": raw.get("title"),
        "quantity": str(quantity),
        "unit_price": plain(gross / (quantity or 1)),
        "discount": plain(discount / (quantity or 1)) if discount else None,
    }
    return {key: value for key, value in line.items() if value} | sums(net, gross)


def _charges(raw: Raw, options: OscarOptions) -> Iterator[Fields]:
    code, amount = raw["shipping_code"], raw["shipping_incl_tax"]
    if code and code != "no-shipping-required":
        yield charge(raw["shipping_method"], code, options.shipping, Decimal(amount), None)
    for each in raw["surcharges"]:
        yield charge(each["name"], None, {}, Decimal(each["incl_tax"]), None)


def _first(name: str, addresses: Iterable[Raw]) -> str | None:
    return next((each[name] for each in addresses if each.get(name)), None)


def _address(raw: Raw, use: str | None = None) -> Fields:
    return address(raw, ADDRESS, name=joined(raw["first_name"], raw["last_name"]), use=use)
