"""A WooCommerce document -> canonical fields: pure. Amounts are text there, names hold HTML's entities."""

from collections.abc import Mapping
from decimal import Decimal
from html import unescape

from adapters.eshop.orders import Fields, Raw, address, charge, joined, parcels, plain, sums
from adapters.eshop.weights import KILOGRAMS
from adapters.eshop.woocommerce.asked import INVOICE, PLUGIN_TRACKING, TRACKING, own_sku
from adapters.eshop.woocommerce.options import WooCommerceOptions
from hub.canonical.contacts import vat_id_in

DEFAULT_LIST = "default"
STANDARD = "standard"
ADDRESS = {
    "company": "company",
    "street": "address_1",
    "street_more": "address_2",
    "city": "city",
    "postcode": "postcode",
    "region": "state",
    "country": "country",
    "phone": "phone",
}


def product(raw: Raw, options: WooCommerceOptions) -> Fields:
    """Return a product: an article that stands alone, or a variation with what it has from its article."""
    article, variation = raw["article"], raw["variation"]
    own: Raw = variation or article
    chosen = (
        {unescape(each["name"]): unescape(each["option"]) for each in variation["attributes"]} if variation else None
    )
    name, weight = unescape(article["name"]), own["weight"] or article["weight"]
    shared = article["attributes"]
    fields: Fields = {
        "sku": own_sku(article, variation),
        "gtin": own.get("global_unique_id") or None,
        "name": f"{name} - {', '.join(chosen.values())}" if chosen else name,
        "description": own["description"] or article["description"],
        "active": article["status"] == own["status"] == "publish",
        "category": next(map(unescape, article["categories"]), None),
        "tags": [unescape(each) for each in article["tags"]],
        "images": (variation and variation["images"]) or article["images"],
        "attributes": {unescape(e["name"]): unescape(", ".join(e["options"])) for e in shared if not e["variation"]},
        "weight": plain(Decimal(weight) * KILOGRAMS[raw["weight_unit"]]) if weight else None,
        "variant_of": (article["sku"] or article["slug"]) if variation else None,
        "options": chosen,
    }
    rates = {slug: rate for rate, slug in options.tax_classes.items()}
    return fields | ({"tax_rate": rates.get(article["tax_class"] or STANDARD)} if rates else {})


def price(raw: Raw, options: WooCommerceOptions) -> Fields:
    """Return what a product costs, sales apart."""
    return {"list": options.range.price_list or DEFAULT_LIST} | dict(raw)


def stock(raw: Raw, _: WooCommerceOptions) -> Fields:
    """Return how much of a product may be sold; below zero is what was sold although it was not there."""
    return {"sku": raw["sku"], "available": plain(max(_number(raw["quantity"]), Decimal(0)))}


def party(raw: Raw, options: WooCommerceOptions) -> Fields:
    """Return a customer."""
    billing: Raw = raw["billing"]
    company, person = billing.get("company"), _person(raw) or _person(billing)
    fields = {"name": company or person or raw["email"], "company": bool(company), "customer": True}
    fields |= {"email": raw["email"], "phone": billing.get("phone") or None, "vat_id": _vat_id(raw, options)}
    fields["addresses"] = [_address(raw[use], use, id=use) for use in ("billing", "shipping") if _is_told(raw[use])]
    return fields | ({"contacts": [{"name": person}]} if company and person else {})


def order(raw: Raw, options: WooCommerceOptions) -> Fields:
    """Return an order. What coupons took off is taken off its lines already (page "Orders", line items)."""
    billing, included, meta = raw["billing"], raw["prices_include_tax"], raw["meta"]
    rates = {each["rate_id"]: each for each in raw["tax_lines"]}
    gross = _number(raw["total"])
    fees = [(each, _amount(each, included=included)) for each in raw["fee_lines"]]
    return {
        "number": raw["number"],
        "placed_at": _utc(raw["date_created_gmt"]),
        "party": raw["customer"],
        "name": _person(billing),
        "email": billing.get("email") or None,
        "phone": billing.get("phone") or None,
        "vat_id": _vat_id(raw, options),
        "billing_address": _address(billing, "billing") if _is_told(billing) else None,
        "shipping_address": _address(raw["shipping"], "shipping") if _is_told(raw["shipping"]) else None,
        "currency": raw["currency"],
        "tax_included": included,
        "lines": [
            *(_line(each, rates, included=included) for each in raw["line_items"] if each["quantity"]),
            *(_line(each | {"quantity": 1}, rates, included=included) for each, amount in fees if amount >= 0),
        ],
        "shipping": [_shipping(each, rates, options.shipping, included=included) for each in raw["shipping_lines"]],
        "discounts": [
            {"name": unescape(each["name"]), "amount": plain(amount), "tax_rate": _rate(each, rates)}
            for each, amount in fees
            if amount < 0
        ],
        "payment": _payment(raw, gross, options.payment),
        "totals": sums(gross - _number(raw["total_tax"]), gross),
        "rounding": raw["rounding"],
        "status": options.status.get(raw["status"]),
        "tracking": parcels(*(meta.get(TRACKING) or ()), *map(_parcel, meta.get(PLUGIN_TRACKING) or ())),
        "invoice": meta.get(INVOICE) or None,
        "note": raw["customer_note"] or None,
    }


def _line(item: Raw, rates: Mapping[int, Raw], *, included: bool) -> Fields:
    quantity, amount = _number(item["quantity"]), _amount(item, included=included)
    before = _amount(item, "subtotal", included=included) if "subtotal" in item else amount
    net = _number(item["total"])
    fields = {
        "id": str(item["id"]),
        "sku": item.get("sku") or None,
        "name": unescape(item["name"]),
        "quantity": plain(quantity),
        "unit_price": plain(amount / quantity),
        "discount": plain((before - amount) / quantity) if before > amount else None,
        "tax_rate": _rate(item, rates),
    }
    return fields | sums(net, net + _number(item["total_tax"]))


def _shipping(item: Raw, rates: Mapping[int, Raw], words: Mapping[str, str], *, included: bool) -> Fields:
    name = unescape(item["method_title"])
    return charge(name, item["method_id"], words, _amount(item, included=included), _rate(item, rates))


def _payment(raw: Raw, gross: Decimal, words: Mapping[str, str]) -> Fields:
    refunded = -sum((_number(each["total"]) for each in raw["refunds"]), Decimal(0))
    method, paid = raw["payment_method"], raw["date_paid_gmt"]
    is_refunded = raw["status"] == "refunded" or (refunded and refunded >= gross)
    return {
        "method": words.get(method, method) or None,
        "state": "refunded" if is_refunded else "paid" if paid else "unpaid",
        "reference": raw["transaction_id"] or None,
        "paid_at": _utc(paid) if paid else None,
    }


def _rate(item: Raw, rates: Mapping[int, Raw]) -> str | None:
    """Return the per cent of all its taxes together; compound ones are taxes on the others."""
    taxes = [rates[each["id"]] for each in item["taxes"] if each["total"] not in ("", None) and each["id"] in rates]
    known = [(_number(each["rate_percent"]) / 100, each["compound"]) for each in taxes if "rate_percent" in each]
    factor = 1 + sum((rate for rate, compound in known if not compound), Decimal(0))
    for rate in (rate for rate, compound in known if compound):
        factor *= 1 + rate
    return plain((factor - 1) * 100) if known else None


def _amount(item: Raw, name: str = "total", *, included: bool) -> Decimal:
    return _number(item[name]) + (_number(item[f"{name}_tax"]) if included else 0)


def _parcel(told: Raw) -> Fields:
    carrier = told.get("tracking_provider") or told.get("custom_tracking_provider")
    return {"number": told["tracking_number"], "carrier": carrier, "address": told.get("custom_tracking_link")}


def _vat_id(raw: Raw, options: WooCommerceOptions) -> str | None:
    told = raw["meta"].get(options.vat_id_meta)
    return vat_id_in(told, raw["billing"].get("country")) if told else None


def _address(raw: Raw, use: str, **more: str) -> Fields:
    return address(raw, ADDRESS, name=_person(raw), use=use, **more)


def _is_told(raw: Raw) -> bool:
    return any(raw.get(name) for name in ("address_1", "city", "postcode", "company", "last_name"))


def _person(raw: Raw) -> str | None:
    return joined(raw.get("first_name"), raw.get("last_name"))


def _utc(naive: str) -> str:
    """Return an instant as RFC 3339 has it; the shop's dates in GMT do not say that they are."""
    return f"{naive}Z"


def _number(value: str | float | None) -> Decimal:
    return Decimal(str(value or 0))
