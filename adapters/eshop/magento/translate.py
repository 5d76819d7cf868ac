"""A Magento document -> canonical fields. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from adapters.eshop import translating
from adapters.eshop.magento.options import MagentoOptions
from adapters.eshop.magento.sales import CREDIT
from adapters.eshop.magento.unsent import FIXED, amount, gross, sent
from adapters.eshop.notes import invoice_in
from adapters.eshop.orders import Fields, Raw, plain, rate_of
from adapters.eshop.translating import in_one, number, use
from adapters.fields import Field, fixed, or_none, parts, table, told, words
from hub.canonical.contacts import vat_id_in

KILOGRAMS = {"kgs": Decimal(1), "lbs": Decimal("0.45359237")}
"""The shop's units of weight (page "Store configuration endpoints")."""
ENABLED, DISABLED = 1, 2
"""A product's status (source: Magento\\Catalog\\Model\\Product\\Attribute\\Source\\Status)."""
STATUS = words(
    pending="new pending_payment payment_review holded",
    confirmed="processing",
    completed="complete",
    cancelled="closed canceled",
)
"""By an order's state (page "Order Status"): its status may be a word of the shop's own."""


def _region(raw: Any) -> Any:
    """Return a region's name: an order has it as text, a customer as a record."""
    return cast("Raw", raw).get("region") if isinstance(raw, Mapping) else raw


PERSON = in_one("", "firstname", "lastname")
ADDRESS = table(
    "company city postcode country=country_id phone=telephone",
    name=PERSON,
    street=Field("street", lambda lines: next(iter(lines), None)),
    street_more=Field("street", lambda lines: ", ".join(filter(None, lines[1:]))),
    region=Field("region", _region),
)
PARTY = table(
    "email",
    person=PERSON,
    addresses=parts("addresses", ADDRESS | table(id=Field("id", str), use=use("default_billing", "default_shipping"))),
)


LINE = table(
    "name quantity=qty_ordered",
    id=Field("item_id", str),
    sku=Field("sku", or_none),
    tax_rate=Field("tax_percent", lambda rate: plain(number(rate))),
    gross=Field("", gross),
    net=Field("", lambda raw: gross(raw) - amount(raw, "tax_amount")),
    full_net=Field("", lambda raw: amount(raw, "row_total") / number(raw["qty_ordered"])),
    full_gross=Field("", lambda raw: amount(raw, "row_total_incl_tax") / number(raw["qty_ordered"])),
)
SHIPPING = table(
    "name=shipping_description code=shipping_method",
    tax_rate=Field("shipping_taxes", rate_of),
    gross=Field("", lambda raw: gross(raw, "shipping_amount", "shipping_")),
    net=Field("", lambda raw: gross(raw, "shipping_amount", "shipping_") - amount(raw, "shipping_tax_amount")),
)


def _shipping(raw: Raw) -> list[Fields]:
    return [told(SHIPPING, raw)] if raw["shipping_description"] else []


def _fixed_taxes(items: Sequence[Raw]) -> list[Fields]:
    """Return the fixed taxes of what is sent, with the rate of their line, if they are taxed."""

    def shown(each: Raw, item: Raw) -> Fields:
        is_taxed = amount(each, "net") != amount(each, "gross")
        rate = plain(amount(item, "tax_percent")) if is_taxed else None
        return {**each, "name": each["title"], "tax_rate": rate}

    return [shown(each, item) for item in items for each in item.get(FIXED, ()) if amount(each, "gross")]


def _paid(raw: Raw) -> str:
    due, paid, back = (amount(raw, name) for name in ("grand_total", "total_paid", "total_refunded"))
    if back and back >= paid:
        return "refunded"
    held = amount(raw["payment"] or {}, "amount_authorized")
    return "paid" if paid >= due else "authorised" if held >= due else "unpaid"


ORDER = table(
    "number=increment_id party=buyer email=customer_email currency=order_currency_code tax=tax_amount "
    "tracking=parcels note=customer_note",
    gross=Field("", lambda raw: sum((amount(raw, name) for name in ("grand_total", *CREDIT.split())), Decimal(0))),
    placed_at=Field("created_at", lambda at: f"{at.replace(' ', 'T')}Z"),
    billing_address=Field("billing", lambda raw: told(ADDRESS, raw) | {"use": "billing"}),
    shipping_address=Field("shipping", lambda raw: told(ADDRESS, raw) | {"use": "shipping"}),
    lines=parts("items", LINE, where=lambda raw: number(raw["qty_ordered"]) > 0),
    shipping=Field("", _shipping),
    surcharges=Field("items", _fixed_taxes),
    paid=Field("", _paid),
    payments=Field("payment", lambda raw: [{"method": raw["method"], "reference": raw["last_trans_id"]}]),
    rounding=fixed("total"),
    status=Field("state", STATUS.get),
    invoice=Field("notes", invoice_in),
)


def product(raw: Raw, options: MagentoOptions) -> Fields:
    """Return a simple product."""
    rates = {number: rate for rate, number in options.tax_classes.items()}
    family: Raw = raw["family"] or {}
    fields: Fields = {
        "sku": raw["sku"],
        "name": raw["name"],
        "description": raw["description"],
        "active": raw["status"] == ENABLED,
        "category": next(iter(raw["categories"]), None),
        "images": raw["images"],
        "weight": plain(number(raw["weight"]) * KILOGRAMS[raw["weight_unit"]]) if raw["weight"] else None,
        "variant_of": family.get("sku"),
        "options": family.get("options"),
    }
    gtin = {"gtin": raw.get(options.gtin_attribute) or None} if options.gtin_attribute else {}
    return fields | gtin | ({"tax_rate": rates.get(str(raw["tax_class_id"]))} if rates else {})


def price(raw: Raw, options: MagentoOptions) -> Fields:
    """Return what a product costs, without special prices and tiers."""
    return translating.price({**raw, "tax_included": options.prices_include_tax}, options)


def stock(raw: Raw, _: MagentoOptions) -> Fields:
    """Return what may be sold."""
    return {"sku": raw["sku"], "available": plain(max(number(raw["qty"]), Decimal(0)))}


def party(raw: Raw, options: MagentoOptions) -> Fields:
    """Return a customer; the shop does not say in which country a VAT id holds: that of the first address."""
    return translating.party(told(PARTY, raw), options) | _vat_id(raw["taxvat"], next(iter(raw["addresses"]), None))


def order(raw: Raw, options: MagentoOptions) -> Fields:
    """Return an order."""
    raw = sent(raw)
    fields = told(ORDER, raw) | {"tax_included": options.prices_include_tax}
    return translating.order(fields, options) | _vat_id(raw["customer_taxvat"], raw["billing"])


def _vat_id(value: str | None, address: Raw | None) -> Fields:
    return {"vat_id": vat_id_in(value, (address or {}).get("country_id"))} if value else {}
