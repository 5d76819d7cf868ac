"""A Medusa document -> canonical fields: pure."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from adapters.answers import exact
from adapters.eshop.medusa.asked import noted
from adapters.eshop.medusa.options import MedusaOptions
from hub.canonical.sums import rounded

Raw = Mapping[str, Any]
Fields = dict[str, Any]

DEFAULT_LIST = "default"
STATUS = {"canceled": "cancelled", "completed": "completed", "archived": "completed"}
FULFILLED = dict.fromkeys(("partially_fulfilled", "fulfilled", "partially_shipped"), "processing") | dict.fromkeys(
    ("shipped", "partially_delivered", "delivered"), "shipped"
)
PAID = {"authorized": "authorised", "captured": "paid", "partially_refunded": "paid", "refunded": "refunded"}
ADDRESS = {
    "company": "company",
    "street": "address_1",
    "street_more": "address_2",
    "city": "city",
    "postcode": "postal_code",
    "region": "province",
    "country": "country_code",
    "phone": "phone",
}
NAMELESS = (None, "", "Default variant")
_SMALLEST = Decimal("0.000001")


def product(raw: Raw, options: MedusaOptions, _: str) -> Fields:
    """Return a variant with what it has from its product."""
    article, variant = raw["product"], raw["variant"]
    alone = article["article"] is None
    owner = article if alone else variant
    weight = variant["weight"]
    return {
        "sku": variant["sku"],
        "gtin": variant["ean"] or variant["upc"] or None,
        "name": owner["title"],
        "description": article["description"],
        "active": article["status"] == "published",
        "category": next(iter(article["categories"]), None),
        "tags": sorted(tag["value"] for tag in article["tags"]),
        "images": [image["url"] for image in sorted(article["images"], key=lambda image: image["rank"])],
        "attributes": noted(owner).get("attributes") or {},
        "weight": None if weight is None else _digits(_number(weight) / options.per_kilogram),
        "variant_of": article["article"],
        "options": None if alone else {each["option"]["title"]: each["value"] for each in variant["options"]},
    }


def price(raw: Raw, options: MedusaOptions, _: str) -> Fields:
    """Return what a variant costs."""
    rest = {"currency": raw["currency"], "amount": exact(raw["amount"]), "tax_included": raw["tax_included"]}
    return {"sku": raw["sku"], "list": options.range.price_list or DEFAULT_LIST} | rest


def stock(raw: Raw, _: MedusaOptions, __: str) -> Fields:
    """Return how much of a variant may be sold: what open orders have reserved is not."""
    left = _number(raw["stocked_quantity"]) - _number(raw["reserved_quantity"])
    return {"sku": raw["sku"], "available": _digits(max(left, Decimal(0)))}


def party(raw: Raw, _: MedusaOptions, __: str) -> Fields:
    """Return a customer."""
    company, person = raw["company_name"], _person(raw)
    fields = {"name": company or person or raw["email"], "company": bool(company), "customer": True}
    fields |= {"email": raw["email"], "phone": raw["phone"]}
    fields["addresses"] = [_address(each, "other") | {"id": each["id"]} for each in raw["addresses"] or ()]
    return fields | ({"contacts": [{"name": person}]} if company and person else {})


def order(raw: Raw, options: MedusaOptions, channel: str) -> Fields:
    """Return an order. The shop never rounds its sums; they are given in whole cents, as the customer sees them."""
    told, currency = noted(raw), raw["currency_code"].upper()
    billing, shipped_to = raw["billing_address"], raw["shipping_address"]
    included = any(item["is_tax_inclusive"] for item in raw["items"])
    gross, tax = (rounded(_number(raw[name]), currency) for name in ("total", "tax_total"))
    labels = [label["tracking_number"] for sent in raw["fulfillments"] for label in sent["labels"]]
    parcels: list[Fields] = told.get("tracking") or []
    buyer: Raw = billing or shipped_to or {}
    fields: Fields = {
        "channel": channel,
        "number": str(raw["display_id"]),
        "placed_at": raw["created_at"],
        "party": raw["customer_id"],
        "name": _person(buyer),
        "email": raw["email"],
        "phone": buyer.get("phone"),
        "currency": currency,
        "tax_included": included,
        "lines": [_line(item, included=included) for item in raw["items"] if item["quantity"]],
        "shipping": [_charge(each, options.shipping, included=included) for each in raw["shipping_methods"]],
        "discounts": [
            {"name": each["reference"], "amount": f"-{exact(each['amount'])}"}
            for each in raw["credit_lines"]
            if each["amount"]
        ],
        "payment": _payment(raw, options.payment),
        "totals": {"net": str(gross - tax), "tax": str(tax), "gross": str(gross)},
        "rounding": "total",
        "status": STATUS.get(raw["status"]) or FULFILLED.get(raw["fulfillment_status"], "pending"),
        "tracking": [*parcels, *({"number": label} for label in labels if label not in {p["number"] for p in parcels})],
        "invoice": told.get("invoice"),
    }
    places = {"billing_address": (billing, "billing"), "shipping_address": (shipped_to, "shipping")}
    return fields | {name: _address(each, use) for name, (each, use) in places.items() if each}


def _line(item: Raw, *, included: bool) -> Fields:
    """Return a line after its adjustments: what promotions took off."""
    quantity, net, gross = _number(item["quantity"]), _net(item), _number(item["total"])
    title, variant = item["product_title"] or item["title"], item["variant_title"]
    return {
        "id": item["id"],
        "sku": item["variant_sku"],
        "name": title if variant in (*NAMELESS, title) else f"{title} ({variant})",
        "quantity": _digits(quantity),
        "unit_price": _digits((gross if included else net) / quantity),
        "net": _digits(net),
        "tax": _digits(gross - net),
        "gross": _digits(gross),
        "tax_rate": _rate(item),
    }


def _charge(method: Raw, words: Mapping[str, str], *, included: bool) -> Fields:
    name, amount = method["name"], _number(method["total"]) if included else _net(method)
    return {"name": name, "code": words.get(name, name), "amount": _digits(amount), "tax_rate": _rate(method)}


def _payment(raw: Raw, words: Mapping[str, str]) -> Fields:
    state = {"state": PAID.get(raw["payment_status"], "unpaid")}
    payments = [each for collection in raw["payment_collections"] for each in collection["payments"]]
    for each in payments[-1:]:
        method = each["provider_id"]
        state |= {"method": words.get(method, method), "reference": each["id"], "paid_at": each["captured_at"]}
    return state


def _address(raw: Raw, use: str) -> Fields:
    found = {name: raw[theirs] for name, theirs in ADDRESS.items()} | {"name": _person(raw)}
    return {"use": use} | {name: value for name, value in found.items() if value}


def _person(raw: Raw) -> str | None:
    return " ".join(filter(None, (raw.get("first_name"), raw.get("last_name")))) or None


def _net(part: Raw) -> Decimal:
    return _number(part["subtotal"]) - _number(part["discount_subtotal"])


def _rate(part: Raw) -> str | None:
    """Return the per cent of all its taxes together."""
    return _digits(sum((_number(tax["rate"]) for tax in part["tax_lines"]), Decimal(0))) if part["tax_lines"] else None


def _number(value: float) -> Decimal:
    return Decimal(exact(value))


def _digits(value: Decimal) -> str:
    """Return a number with the six decimals that fit."""
    return exact(value.quantize(_SMALLEST, ROUND_HALF_UP).normalize())
