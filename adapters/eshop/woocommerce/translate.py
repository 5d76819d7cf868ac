"""A WooCommerce document -> canonical fields: a table of each. Pure. Amounts are text there, names hold HTML's entities."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import unescape

from adapters.eshop import translating
from adapters.eshop.orders import Fields, Raw, plain
from adapters.eshop.translating import by_table, in_one
from adapters.eshop.weights import KILOGRAMS
from adapters.eshop.woocommerce.asked import INVOICE, PLUGIN_TRACKING, TRACKING, own_sku
from adapters.eshop.woocommerce.options import WooCommerceOptions
from adapters.eshop.woocommerce.refunds import PARTS, unsent
from adapters.fields import Field, fixed, or_none, parts, table, told
from hub.canonical.contacts import vat_id_in

STANDARD = "standard"
CENT = Decimal("0.01")


def _utc(naive: str) -> str | None:
    """Return an instant as RFC 3339 has it; the shop's dates in GMT do not say that they are."""
    return f"{naive}Z" if naive else None


def _number(value: str | float | None) -> Decimal:
    return Decimal(str(value or 0))


PERSON = in_one("", "first_name", "last_name")
ADDRESS = table("company street=address_1 street_more=address_2 city postcode region=state country phone", name=PERSON)


def _address(raw: Raw, use: str) -> Fields | None:
    given = any(raw.get(name) for name in ("address_1", "city", "postcode", "company", "last_name"))
    return told(ADDRESS, raw) | {"use": use} if given else None


def _addresses(raw: Raw) -> list[Fields]:
    found = {use: _address(raw[use], use) for use in ("billing", "shipping")}
    return [address | {"id": use} for use, address in found.items() if address]


PARTY = table(
    "email company_name=billing.company",
    person=Field("", lambda raw: PERSON.make(raw) or PERSON.make(raw["billing"])),
    phone=Field("billing.phone", or_none),
    addresses=Field("", _addresses),
)


def _gross(item: Raw, name: str = "total") -> Decimal:
    return _number(item[name]) + _number(item.get(f"{name}_tax"))


def _rate(item: Raw, rates: Mapping[int, Raw]) -> str | None:
    """Return the per cent of all its taxes together; compound ones are taxes on the others."""
    taxes = [rates[each["id"]] for each in item["taxes"] if each["total"] not in ("", None) and each["id"] in rates]
    known = [(_number(each["rate_percent"]) / 100, each["compound"]) for each in taxes if "rate_percent" in each]
    factor = 1 + sum((rate for rate, compound in known if not compound), Decimal(0))
    for rate in (rate for rate, compound in known if compound):
        factor *= 1 + rate
    return plain((factor - 1) * 100) if known else None


def _paid(raw: Raw) -> str:
    refunded = -sum((_number(each["total"]) for each in raw["refunds"]), Decimal(0))
    is_refunded = raw["status"] == "refunded" or (refunded and refunded >= _number(raw["total"]))
    return "refunded" if is_refunded else "paid" if raw["date_paid_gmt"] else "unpaid"


SUMS = table("tax_rate=rate", net=Field("total", _number), gross=Field("", _gross))
LINE = SUMS | table(
    id=Field("id", str),
    sku=Field("sku", or_none),
    name=Field("name", unescape),
    quantity=Field("quantity", _number),
    full_net=Field("", lambda item: max(_number(item["subtotal"]), _number(item["total"])) / _number(item["quantity"])),
    full_gross=Field("", lambda item: max(_gross(item, "subtotal"), _gross(item)) / _number(item["quantity"])),
)
DISCOUNT = table(
    "tax_rate=rate",
    name=Field("name", unescape),
    amount=Field("", lambda item: plain(_gross(item) if item["included"] else _number(item["total"]))),
)
PARCEL = table(
    "number=tracking_number address=custom_tracking_link",
    carrier=Field("", lambda raw: raw.get("tracking_provider") or raw.get("custom_tracking_provider")),
)


def _parcels(meta: Raw) -> list[Fields]:
    return [*(meta.get(TRACKING) or ()), *(told(PARCEL, each) for each in meta.get(PLUGIN_TRACKING) or ())]


PAYMENT = table(
    method=Field("payment_method", or_none),
    reference=Field("transaction_id", or_none),
    paid_at=Field("date_paid_gmt", _utc),
)
ORDER = table(
    "number party=customer currency tax_included=prices_include_tax gross=total rounding",
    placed_at=Field("date_created_gmt", _utc),
    name=Field("billing", PERSON.make),
    email=Field("billing.email", or_none),
    phone=Field("billing.phone", or_none),
    billing_address=Field("billing", lambda raw: _address(raw, "billing")),
    shipping_address=Field("shipping", lambda raw: _address(raw, "shipping")),
    shipping=parts("shipping_lines", SUMS | table("code=method_id", name=Field("method_title", unescape))),
    net=Field("", lambda raw: _number(raw["total"]) - _number(raw["total_tax"])),
    payments=Field("", lambda raw: [told(PAYMENT, raw)]),
    lines=parts("lines", LINE),
    discounts=parts("discounts", DISCOUNT),
    tracking=Field("meta", _parcels),
    invoice=Field(f"meta.{INVOICE}", or_none),
    note=Field("customer_note", or_none),
)
price = by_table(table("sku currency tax_included amount"), translating.price)
stock = by_table(table("sku on_hand=quantity", reserved=fixed(0)), translating.stock)


def product(raw: Raw, options: WooCommerceOptions) -> Fields:
    """Return a product: an article that stands alone, or a variation with what it has from its article."""
    article, variation = raw["article"], raw["variation"]
    own: Raw = variation or article
    chosen = (
        {unescape(each["name"]): unescape(each["option"]) for each in variation["attributes"]} if variation else None
    )
    name, weight = unescape(article["name"]), own["weight"] or article["weight"]
    shared, paths = article["attributes"], map(unescape, article["categories"])
    fields: Fields = {
        "sku": own_sku(article, variation),
        "gtin": own.get("global_unique_id") or None,
        "name": f"{name} - {', '.join(chosen.values())}" if chosen else name,
        "description": own["description"] or article["description"],
        "active": article["status"] == own["status"] == "publish",
        "category": next((each for each in paths if each != options.default_category), None),
        "tags": [unescape(each) for each in article["tags"]],
        "images": (variation and variation["images"]) or article["images"],
        "attributes": {unescape(e["name"]): unescape(", ".join(e["options"])) for e in shared if not e["variation"]},
        "weight": plain(Decimal(weight) * KILOGRAMS[raw["weight_unit"]]) if weight else None,
        "variant_of": (article["sku"] or article["slug"]) if variation else None,
        "options": chosen,
    }
    rates = {slug: rate for rate, slug in options.tax_classes.items()}
    return fields | ({"tax_rate": rates.get(article["tax_class"] or STANDARD)} if rates else {})


def party(raw: Raw, options: WooCommerceOptions) -> Fields:
    """Return a customer."""
    return translating.party(told(PARTY, raw), options) | {"vat_id": _vat_id(raw, options)}


def order(raw: Raw, options: WooCommerceOptions) -> Fields:
    """Return an order. What coupons took off is taken off its lines already (page "Orders", line items).

    A fee is a line; one below zero, a discount.
    """
    left = unsent(raw)
    items, shipping, fees = (_items(left, name) for name in PARTS)
    charged = [each for each in fees if _number(each["total"]) >= 0]
    taken = [part for each in fees if each not in charged for part in _apportioned(each, _rates(left))]
    lines = [each for each in (*items, *charged) if each["quantity"]]
    fields = told(ORDER, {**left, "lines": lines, "shipping_lines": shipping, "discounts": taken})
    fields |= {"status": options.status.get(raw["status"]), "vat_id": _vat_id(raw, options), "paid": _paid(raw)}
    return translating.order(fields, options)


def _items(raw: Raw, name: str) -> list[Fields]:
    """Return lines of an order, or what stands beside them, alike: with a quantity, and what was to be paid at first."""
    rates, included = _rates(raw), raw["prices_include_tax"]
    first = {"quantity": 1, "included": included}
    return [
        first | {"subtotal": each["total"], "subtotal_tax": each["total_tax"]} | each | {"rate": _rate(each, rates)}
        for each in raw[name]
    ]


def _rates(raw: Raw) -> dict[int, Raw]:
    return {each["rate_id"]: each for each in raw["tax_lines"]}


def _apportioned(item: Raw, rates: Mapping[int, Raw]) -> list[Raw]:
    """Return a discount's parts: of what is taxed by each rate it takes off its share, with that tax; the rest is untaxed.

    Source: WC_Cart_Totals, get_fees_from_cart; WC_Order_Item_Fee, calculate_taxes. If several taxes are on the whole of
    it, it is one part.
    """
    told = [(rates[each["id"]], _number(each["total"])) for each in item["taxes"] if each["id"] in rates]
    known = [(_number(rate.get("rate_percent")), tax) for rate, tax in told if not rate["compound"]]
    parts: list[Fields] = [
        {"rate": plain(rate), "total": plain(tax * 100 / rate), "total_tax": plain(tax)} for rate, tax in known if rate
    ]
    rest = _number(item["total"]) - _sum(parts, "total")
    slack = CENT + sum((CENT / 2 * 100 / rate for rate, _ in known if rate), Decimal(0))
    if not parts or rest > slack or len(known) < len(told):
        return [item]
    *others, last = parts if rest >= -slack else [*parts, {"rate": None}]
    last |= {name: plain(_number(item[name]) - _sum(others, name)) for name in ("total", "total_tax")}
    return [{**item, **part} for part in (*others, last)]


def _sum(parts: Sequence[Raw], name: str) -> Decimal:
    return sum((_number(part[name]) for part in parts), Decimal(0))


def _vat_id(raw: Raw, options: WooCommerceOptions) -> str | None:
    told_ = raw["meta"].get(options.vat_id_meta)
    return vat_id_in(told_, raw["billing"].get("country")) if told_ else None
