"""Documents of BaseLinker -> canonical fields. Pure."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from adapters.eshop import translating
from adapters.eshop.baselinker.options import BaseLinkerOptions
from adapters.eshop.orders import Fields, address, charge, plain
from adapters.eshop.translating import by_table, number
from adapters.fields import Field, fixed, or_none, table, told
from adapters.rows import Row
from hub.canonical.sums import rounded

EXEMPT = {"E": -1.0, "O": -0.02, "AE": -0.03}
"""Our tax category -> the rate by which BaseLinker says so (page "addInventoryProduct")."""
_CATEGORY = {rate: category for category, rate in EXEMPT.items()}

VARIANT = ("sku", "ean", "name", "parent")
TEXTS = ("name", "description", "features")
PRODUCT = ("sku", "ean", "tax_rate", "weight", "tags", *TEXTS)
"""What documents hold."""
LINE = ("order_product_id", "sku", "name", "price_brutto", "tax_rate", "quantity")
_PLACE = ("fullname", "company", "address", "city", "state", "postcode", "country_code")
BUYER = ("email", "phone", "invoice_nip", *(f"{use}_{name}" for use in ("invoice", "delivery") for name in _PLACE))
ORDER = (
    "order_status_id", "date_add", "date_confirmed", "currency", "payment_method", "payment_done", "delivery_method",
    "delivery_price", "delivery_package_module", "delivery_package_nr", "delivery_point_id", "user_comments",
)  # fmt: skip


def _rate(rate: Any) -> str:
    return plain(max(number(rate), Decimal(0)))


def _category(rate: Any) -> str | None:
    return _CATEGORY.get(float(rate))


_OF_VARIANT = table("sku variant_of=parent", gtin=Field("ean", or_none), name=Field("name", or_none))
_OF_PRODUCT = table(
    "sku category brand",
    gtin=Field("ean", or_none),
    name=Field("name", or_none),
    description=Field("description", or_none),
    attributes=Field("features", or_none),
    tags=Field("tags", lambda tags: sorted(tags) or None),
    tax_rate=Field("tax_rate", _rate),
    weight=Field("weight", lambda weight: plain(number(weight)) if weight else None),
    variant_of=fixed(None),
)


def product(raw: Row, _: BaseLinkerOptions) -> Fields:
    """Return what a product says, or a variant, which has little of its own."""
    if "parent" in raw:
        return told(_OF_VARIANT, raw)
    category = _category(raw["tax_rate"])
    return told(_OF_PRODUCT, raw) | ({"tax_category": category} if category else {})


price = by_table(table("sku currency amount", tax_included=fixed(True)), translating.price)
stock = by_table(table("sku on_hand=stock", reserved=fixed(0)), translating.stock)


def party(raw: Row, options: BaseLinkerOptions) -> Fields:
    """Return what the latest order says of who placed it."""
    places = [place for use in ("invoice", "delivery") if (place := _place(raw, use))]
    fields = {"company_name": raw["invoice_company"], "email": raw["email"], "phone": raw["phone"] or None}
    return translating.party(fields | {"vat_id": _vat_id(raw), "addresses": places}, options)


def order(raw: Row, options: BaseLinkerOptions) -> Fields:
    """Return what an order says. It shows no total: that is what its lines and its delivery cost together."""
    currency = raw["currency"]
    lines = [_line(each, currency) for each in raw["products"]]
    delivery = number(raw["delivery_price"] or 0)
    gross = sum((Decimal(line["gross"]) for line in lines), delivery)
    billing, shipping = _place(raw, "invoice"), _place(raw, "delivery")
    point = {"street_more": raw["delivery_point_id"]} if raw["delivery_point_id"] else {}
    status = options.statuses.get(str(raw["order_status_id"]))
    way = raw["delivery_method"]
    paid = {"state": "paid" if number(raw["payment_done"] or 0) >= gross else "unpaid"}
    parcel = {"number": raw["delivery_package_nr"], "carrier": raw["delivery_package_module"] or None}
    return {
        "number": raw["id"],
        "placed_at": datetime.fromtimestamp(raw["date_add"], UTC).isoformat().replace("+00:00", "Z"),
        **({"party": raw["buyer"], "email": raw["email"]} if raw["buyer"] else {}),
        "name": raw["invoice_company"] or raw["invoice_fullname"] or raw["delivery_fullname"] or None,
        "phone": raw["phone"] or None,
        "vat_id": _vat_id(raw),
        "billing_address": billing or shipping or None,
        "shipping_address": shipping | point or None,
        "currency": currency,
        "tax_included": True,
        "lines": lines,
        "shipping": [charge(way, way, options.shipping, delivery, options.delivery_tax_rate)]
        if way or delivery
        else [],
        "payment": paid | {"method": options.payment.get(raw["payment_method"], raw["payment_method"]) or None},
        "totals": {"gross": plain(gross)},
        **({"status": status} if status else {}),
        "tracking": [parcel] if parcel["number"] else [],
        "note": raw["user_comments"] or None,
    }


def _line(raw: Row, currency: str) -> Fields:
    price, quantity = number(raw["price_brutto"]), number(raw["quantity"])
    category = _category(raw["tax_rate"])
    return {
        "id": str(raw["order_product_id"]),
        "sku": raw["sku"] or None,
        "name": raw["name"],
        "quantity": plain(quantity),
        "unit_price": plain(price),
        "tax_rate": _rate(raw["tax_rate"]),
        "gross": plain(rounded(price * quantity, currency)),
        **({"tax_category": category} if category else {}),
    }


def _place(raw: Row, use: str) -> Fields:
    names = dict(zip(("name", "company", "street", "city", "region", "postcode", "country"), _PLACE, strict=True))
    found = address(raw, {ours: f"{use}_{theirs}" for ours, theirs in names.items()})
    return found if found.keys() - {"country"} else {}


def _vat_id(raw: Row) -> str | None:
    """Return the number that the buyer gave, with the country in front, which people leave out at home."""
    digits = "".join(each for each in raw["invoice_nip"] or "" if each.isalnum())
    return (raw["invoice_country_code"] or "") + digits if digits[:2].isdigit() else digits or None
