"""Ecwid's orders -> canonical fields, and what is asked of them ("Search orders" at docs.ecwid.com). Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

from adapters.eshop import translating
from adapters.eshop.buyers import guest
from adapters.eshop.ecwid.options import EcwidOptions
from adapters.eshop.ecwid.translate import MARK, PERSON, listing, valid, values
from adapters.eshop.notes import invoice_in, parcels_in
from adapters.eshop.orders import Fields, Raw, charge, rate_of
from adapters.eshop.translating import number
from adapters.eshop.variants import full_name
from adapters.fields import Field, asked, below, or_none, part, table, told

FULFILLMENT = {
    "AWAITING_PROCESSING": "confirmed",
    "PROCESSING": "processing",
    "READY_FOR_PICKUP": "processing",
    "SHIPPED": "shipped",
    "OUT_FOR_DELIVERY": "shipped",
    "DELIVERED": "completed",
    "RETURNED": "completed",
    "WILL_NOT_DELIVER": "cancelled",
}
"""Ecwid's status -> ours."""
UNSENT = frozenset(["pending", "confirmed", "processing"])
PAYMENT = {"PAID": "paid", "PARTIALLY_REFUNDED": "paid", "REFUNDED": "refunded"}
"""Ecwid's payment status -> ours; nothing has come by the others."""
Rows = Iterable[Raw] | None


def status(raw: Raw, own: Mapping[str, str]) -> str | None:
    """Return how far an order is: given back before it was sent, it is over. `own`: what the options say of statuses."""
    theirs, paid = raw["fulfillmentStatus"], raw["paymentStatus"]
    if paid == "CANCELLED":
        return "cancelled"
    waits = (theirs, paid) == ("AWAITING_PROCESSING", "AWAITING_PAYMENT")
    so_far = own.get(theirs) or ("pending" if waits else FULFILLMENT.get(theirs))
    return "cancelled" if paid == "REFUNDED" and so_far in UNSENT else so_far


def is_cancelled(raw: Raw) -> bool:
    """Return whether an order is cancelled."""
    return status(raw, {}) == "cancelled"


def buyer(raw: Raw) -> str | None:
    """Return who placed an order: somebody in the list of customers, or a guest."""
    return str(raw["customerId"]) if raw.get("customerId") else guest(raw.get("email"))


def guest_of(raw: Raw) -> Fields:
    """Return who placed an order as the list of customers would show them: a guest, or somebody who was deleted since."""
    billing = cast("Raw", raw.get("billingPerson") or {})
    return {"id": buyer(raw), "name": billing.get("name"), "email": raw.get("email"), "billingPerson": billing}


# Sums


def _total(rows: Rows, name: str) -> Decimal:
    return sum((number(each[name] or 0) for each in rows or ()), Decimal(0))


def _rate(taxes: Rows) -> str | None:
    return rate_of([each["value"] for each in taxes or ()])


def _sums(amount: Decimal, tax: Decimal, raw: Raw) -> Fields:
    """Return both sums of a part of an order; whether amounts hold the tax is one thing for the whole order."""
    return {"net": amount - tax, "gross": amount} if raw["pricesIncludeTax"] else {"net": amount, "gross": amount + tax}


def _off(item: Raw) -> Decimal:
    """Return what is taken off a line: its parts of the coupon and of promotions."""
    return number(item["couponAmount"] or 0) + _total(item["discounts"], "total")


def _lines(raw: Raw) -> list[Fields]:
    return [_line(each, raw) for each in raw["items"]]


def _line(item: Raw, raw: Raw) -> Fields:
    full, quantity = number(item["price"]), number(item["quantity"])
    return {
        "id": str(item["id"]),
        "sku": item["sku"] or None,
        "name": full_name(item["name"], values(item["selectedOptions"]), ""),
        "quantity": quantity,
        "full_net": full,
        "full_gross": full,
        "tax_rate": _rate(item["taxes"]),
        **_sums(full * quantity - _off(item), _total(item["taxes"], "taxOnDiscountedSubtotal"), raw),
    }


def _amount(raw: Raw, of: Raw, name: str) -> Decimal:
    """Return what a part of an order costs: without tax, where prices come so ("Search orders", ...WithoutTax)."""
    without = None if raw["pricesIncludeTax"] else of[f"{name}WithoutTax"]
    return number(of[name] if without is None else without)


def _shipping(raw: Raw) -> list[Fields]:
    way = raw["shippingOption"]
    if not way:
        return []
    tax = sum((_total(each["taxes"], "taxOnShipping") for each in raw["items"]), Decimal(0))
    name, rate = way["shippingMethodName"], _rate(raw["taxesOnShipping"])
    return [{"name": name, "code": name, "tax_rate": rate, **_sums(_amount(raw, way, "shippingRate"), tax, raw)}]


def _surcharges(raw: Raw) -> list[Fields]:
    fees = [(raw["handlingFee"], "value", "Handling fee")] if raw["handlingFee"] and raw["handlingFee"]["value"] else []
    more = [(each, "total", each["description"] or each["id"]) for each in raw["customSurcharges"] or ()]
    return [
        {"name": of.get("name") or name, "tax_rate": _rate(of["taxes"])}
        | _sums(_amount(raw, of, amount), _total(of["taxes"], "total"), raw)
        for of, amount, name in (*fees, *more)
    ]


def _discounts(raw: Raw) -> list[Fields]:
    """Return what is taken off besides the lines' own parts.

    All is `couponDiscount` and `discount` (page "Discounts in order details", in its answer).
    """
    rest = number(raw["couponDiscount"] or 0) + number(raw["discount"] or 0) - sum(map(_off, raw["items"]), Decimal(0))
    coupon = cast("Raw", raw["discountCoupon"] or {})
    return [charge(coupon.get("name") or "Discount", coupon.get("code"), {}, -rest, None)] if rest > 0 else []


def _gross(raw: Raw) -> Any:
    """Return what the order is worth: a gift card is a way to pay."""
    return raw["totalBeforeGiftCardRedemption"] or raw["total"]


def _payments(raw: Raw) -> list[Fields]:
    method = raw["paymentMethod"]
    return [{"method": method, "reference": raw["externalTransactionId"]}] if method else []


# What became of it


def notes(raw: Raw) -> list[str]:
    """Return the notes that the staff sees at an order, one a line."""
    return str(raw.get("privateAdminNotes") or "").splitlines()


def _parcels(raw: Raw) -> list[Fields]:
    """Return the parcels that notes tell of, and those of labels that were bought in Ecwid."""
    told_ = [told(PARCEL, each) for each in raw["shipments"] or ()]
    return [*parcels_in(notes(raw)), *(each for each in told_ if each["number"])]


def _instant(timestamp: int) -> str:
    return datetime.fromtimestamp(timestamp, UTC).isoformat().replace("+00:00", "Z")


PARCEL = table(
    "number=tracking.trackingNumber address=tracking.trackingUrl carrier=shippingService.carrierName",
)
ITEM = "id sku name price quantity couponAmount discounts.total selectedOptions.value taxes.value"
TAXED = "name value valueWithoutTax id description total totalWithoutTax taxes.value taxes.total"
ORDER = table(
    "number=id currency tax_included=pricesIncludeTax tax",
    party=Field("", buyer, "customerId email"),
    placed_at=Field("createTimestamp", _instant),
    email=Field("email", or_none),
    note=Field("orderComments", or_none),
    vat_id=valid("customerTaxId"),
    billing_address=part("billingPerson", PERSON),
    shipping_address=part("shippingPerson", PERSON),
    lines=Field("", _lines, f"pricesIncludeTax {below('items', ITEM)} items.taxes.taxOnDiscountedSubtotal"),
    shipping=Field(
        "",
        _shipping,
        f"{below('shippingOption', 'shippingMethodName shippingRate shippingRateWithoutTax')} taxesOnShipping.value "
        "items.taxes.taxOnShipping",
    ),
    surcharges=Field("", _surcharges, f"{below('handlingFee', TAXED)} {below('customSurcharges', TAXED)}"),
    discounts=Field("", _discounts, "couponDiscount discount discountCoupon.name discountCoupon.code"),
    gross=Field("", _gross, "totalBeforeGiftCardRedemption total"),
    payments=Field("", _payments, "paymentMethod externalTransactionId"),
    paid=Field("paymentStatus", lambda theirs: PAYMENT.get(theirs, "unpaid")),
    status=Field("", dict, "fulfillmentStatus paymentStatus"),
    tracking=Field("", _parcels, f"privateAdminNotes {below('shipments', asked(PARCEL))}"),
    labels=Field("trackingNumber", lambda numbers: numbers.replace(",", " ").split()),
    invoice=Field("", lambda raw: invoice_in(notes(raw)), "privateAdminNotes"),
)
LIST = listing("orders", "ids", MARK, asked({ours: each for ours, each in ORDER.items() if ours != "currency"}))


def order(raw: Raw, options: EcwidOptions) -> Fields:
    """Return an order."""
    fields = told(ORDER, raw)
    return translating.order(fields | {"status": status(fields["status"], options.status)}, options)
