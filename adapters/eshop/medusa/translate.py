"""A Medusa document -> canonical fields: pure."""

from collections.abc import Mapping
from decimal import Decimal

from adapters.eshop.medusa.options import MedusaOptions
from adapters.eshop.orders import Fields, Raw, address, charge, joined, parcels, plain, sums
from adapters.http import exact
from hub.canonical.sums import rounded

DEFAULT_LIST = "default"
STATUS = {"canceled": "cancelled", "completed": "completed", "archived": "completed"}
FULFILLED = {
    "partially_fulfilled": "processing",
    "fulfilled": "processing",
    "partially_shipped": "processing",
    "shipped": "shipped",
    "partially_delivered": "shipped",
    "delivered": "shipped",
}
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


def product(raw: Raw, _: MedusaOptions) -> Fields:
    """Return a variant with what it has from its product."""
    article, variant = raw["product"], raw["variant"]
    alone = article["alone"]
    return {
        "sku": variant["sku"],
        "gtin": variant["ean"] or None,
        "name": article["title"] if alone else variant["title"],
        "description": article["description"],
        "active": article["status"] == "published",
        "category": next(iter(article["categories"]), None),
        "images": [image["url"] for image in sorted(article["images"], key=lambda image: image["rank"])],
        "variant_of": None if alone else article["external_id"] or article["handle"],
        "options": None if alone else {each["option"]["title"]: each["value"] for each in variant["options"]},
    }


def price(raw: Raw, options: MedusaOptions) -> Fields:
    """Return what a variant costs."""
    rest = {"currency": raw["currency"], "amount": exact(raw["amount"]), "tax_included": raw["tax_included"]}
    return {"sku": raw["sku"], "list": options.range.price_list or DEFAULT_LIST} | rest


def stock(raw: Raw, _: MedusaOptions) -> Fields:
    """Return how much of a variant may be sold: what open orders have reserved is not."""
    left = _number(raw["stocked_quantity"]) - _number(raw["reserved_quantity"])
    return {"sku": raw["sku"], "available": plain(max(left, Decimal(0)))}


def party(raw: Raw, _: MedusaOptions) -> Fields:
    """Return a customer."""
    company, person = raw["company_name"], _person(raw)
    fields = {"name": company or person or raw["email"], "company": bool(company), "customer": True}
    fields |= {"email": raw["email"], "phone": raw["phone"]}
    fields["addresses"] = [_address(each, "other", id=each["id"]) for each in raw["addresses"] or ()]
    return fields | ({"contacts": [{"name": person}]} if company and person else {})


def order(raw: Raw, options: MedusaOptions) -> Fields:
    """Return an order. The shop never rounds its sums; they are given in whole cents, as the customer sees them."""
    billing, shipped_to = raw["billing_address"], raw["shipping_address"]
    told: Raw = raw["metadata"] or {}
    buyer: Raw = billing or shipped_to or {}
    included = any(item["is_tax_inclusive"] for item in raw["items"])
    gross, tax = (rounded(_number(raw[name]), raw["currency_code"].upper()) for name in ("total", "tax_total"))
    labels = [{"number": label["tracking_number"]} for sent in raw["fulfillments"] for label in sent["labels"]]
    return {
        "number": str(raw["display_id"]),
        "placed_at": raw["created_at"],
        "party": raw["customer_id"],
        "name": _person(buyer),
        "email": raw["email"],
        "phone": buyer.get("phone"),
        "billing_address": _address(billing, "billing") if billing else None,
        "shipping_address": _address(shipped_to, "shipping") if shipped_to else None,
        "currency": raw["currency_code"].upper(),
        "tax_included": included,
        "lines": [_line(item, included=included) for item in raw["items"] if item["quantity"]],
        "shipping": [_shipping(each, options.shipping, included=included) for each in raw["shipping_methods"]],
        "discounts": [
            {"name": each["reference"], "amount": plain(-_number(each["amount"]))}
            for each in raw["credit_lines"]
            if each["amount"]
        ],
        "payment": _payment(raw, options.payment),
        "totals": sums(gross - tax, gross),
        "rounding": "total",
        "status": STATUS.get(raw["status"]) or FULFILLED.get(raw["fulfillment_status"], "pending"),
        "tracking": parcels(*told.get("tracking", ()), *labels),
        "invoice": told.get("invoice"),
    }


def _line(item: Raw, *, included: bool) -> Fields:
    """Return a line after its adjustments: what promotions took off."""
    quantity, net, gross = _number(item["quantity"]), _net(item), _number(item["total"])
    title, variant = item["product_title"] or item["title"], item["variant_title"]
    fields = {
        "id": item["id"],
        "sku": item["variant_sku"],
        "name": title if variant in (*NAMELESS, title) else f"{title} ({variant})",
        "quantity": plain(quantity),
        "unit_price": plain((gross if included else net) / quantity),
        "tax_rate": _rate(item),
    }
    return fields | sums(net, gross)


def _shipping(method: Raw, words: Mapping[str, str], *, included: bool) -> Fields:
    amount = _number(method["total"]) if included else _net(method)
    return charge(method["name"], method["name"], words, amount, _rate(method))


def _payment(raw: Raw, words: Mapping[str, str]) -> Fields:
    state = {"state": PAID.get(raw["payment_status"], "unpaid")}
    payments = [each for collection in raw["payment_collections"] for each in collection["payments"]]
    for each in payments[-1:]:
        method = each["provider_id"]
        state |= {"method": words.get(method, method), "reference": each["id"], "paid_at": each["captured_at"]}
    return state


def _address(raw: Raw, use: str, **more: str) -> Fields:
    return address(raw, ADDRESS, name=_person(raw), use=use, **more)


def _person(raw: Raw) -> str | None:
    return joined(raw.get("first_name"), raw.get("last_name"))


def _net(part: Raw) -> Decimal:
    return _number(part["subtotal"]) - _number(part["discount_subtotal"])


def _rate(part: Raw) -> str | None:
    """Return the per cent of all its taxes together."""
    return plain(sum((_number(tax["rate"]) for tax in part["tax_lines"]), Decimal(0))) if part["tax_lines"] else None


def _number(value: float) -> Decimal:
    return Decimal(exact(value))
