"""What an order comes to: without what was given back before it was sent, and before gift cards. Pure.

What is given back by its lines stands in a fulfillment REFUNDED, of what was sent and what was not alike; the order's own
lines, total and status stay (source: order/actions, `create_refund_fulfillment`). A gift card is a way to pay, but taken
off the total, with and without tax (source: checkout/calculations, `calculate_checkout_total_with_gift_cards`).
"""

from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Any

from adapters.eshop.orders import Raw
from adapters.eshop.translating import number
from hub.canonical.sums import rounded

UNSENT = ("UNCONFIRMED", "UNFULFILLED")
NO_PARCEL = ("CANCELED", "WAITING_FOR_APPROVAL", "REFUNDED", "REPLACED")
"""Of a fulfillment: what is given back or exchanged is moved into one of its own, sent or not."""
ASKED = (
    "fulfillments.created fulfillments.lines.quantity fulfillments.lines.orderLine.id "
    "fulfillments.shippingRefundedAmount.amount lines.quantityToFulfill paymentStatus transactions.refundedAmount.amount "
    "giftCards.id"
)
SIDES = ("net", "gross")


def sent(raw: Raw) -> list[Raw]:
    """Return the parcels of an order."""
    return [each for each in raw["fulfillments"] if each["status"] not in NO_PARCEL]


def is_refunded(raw: Raw) -> bool:
    """Return whether all money was given back; of payment apps, only their transactions tell it in all versions."""
    back = sum((number(each["refundedAmount"]["amount"]) for each in raw["transactions"]), Decimal())
    return raw["paymentStatus"] == "FULLY_REFUNDED" or 0 < number(raw["total"]["gross"]["amount"]) <= back


def is_over(raw: Raw) -> bool:
    """Return whether an order came to nothing: all of it was given back, and none was sent."""
    left = any(each["quantityToFulfill"] for each in raw["lines"])
    return raw["status"] in UNSENT and (is_refunded(raw) or not left)


def left(raw: Raw) -> Raw:
    """Return an order without what was given back before anything was sent of it, unless that was all.

    Of one that gift cards pay for, the total is what its parts come to.
    """
    refunds = [] if is_over(raw) else _before_sending(raw)
    units = Counter[str]()
    for part in (part for each in refunds for part in each["lines"] or ()):
        units[part["orderLine"]["id"]] += part["quantity"]
    lines = [_less(each, units[each["id"]], raw["total"]["currency"]) for each in raw["lines"]]
    gone = [(each["totalPrice"], kept["totalPrice"]) for each, kept in zip(raw["lines"], lines, strict=True)]
    told = {**raw, "lines": [each for each in lines if each["quantity"]]}
    if any(each["shippingRefundedAmount"] for each in refunds):
        told |= {"shippingMethodName": None, "collectionPointName": None}
        gone.append((raw["shippingPrice"], _priced(raw["shippingPrice"], dict.fromkeys(SIDES, Decimal()))))
    off = {side: sum((_amount(had, side) - _amount(has, side) for had, has in gone), Decimal()) for side in SIDES}
    full = {side: _full(raw, side) for side in SIDES}
    total = _priced(raw["total"], {side: full[side] - off[side] for side in SIDES})
    return {**told, "total": total} if refunds or raw["giftCards"] else raw


def _full(raw: Raw, side: str) -> Decimal:
    """Return what an order came to as it was placed, before gift cards."""
    parts = [*(each["totalPrice"] for each in raw["lines"]), raw["shippingPrice"]]
    return sum((_amount(each, side) for each in parts if raw["giftCards"]), Decimal()) or _amount(raw["total"], side)


def _before_sending(raw: Raw) -> list[Raw]:
    """Return the refunds of what surely was not sent: there is no parcel, or none yet when they were made."""
    parcels, none = [_made(each) for each in sent(raw)], raw["status"] in UNSENT
    refunds = [each for each in raw["fulfillments"] if each["status"] == "REFUNDED"]
    return [each for each in refunds if none or (parcels and _made(each) < min(parcels))]


def _made(fulfillment: Raw) -> datetime:
    return datetime.fromisoformat(fulfillment["created"])


def _less(line: Raw, units: int, currency: str) -> dict[str, Any]:
    """Return a line of which so many units are no part any more."""
    price, quantity = line["totalPrice"], line["quantity"]
    kept = max(quantity - units, 0)
    share = {side: rounded(_amount(price, side) * kept / quantity, currency) for side in SIDES}
    return {**line, "quantity": kept, "totalPrice": _priced(price, share) if units else price}


def _amount(price: Raw, side: str) -> Decimal:
    return number(price[side]["amount"])


def _priced(price: Raw, amounts: dict[str, Decimal]) -> dict[str, Any]:
    return {**price, **{side: {"amount": str(amounts[side])} for side in SIDES}}
