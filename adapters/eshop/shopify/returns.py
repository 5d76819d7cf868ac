"""What came back after it was sent: it does not change what was ordered.

`currentQuantity` and the totals fall alike, whether pieces are taken off an order before they are sent or given back
afterwards; which it was, only refunds say (enum "RefundLineItemRestockType", objects "Refund", "Fulfillment").
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from adapters.eshop.orders import Raw
from adapters.eshop.shopify import queries
from adapters.eshop.shopify.shop import Shop
from adapters.eshop.translating import number
from adapters.rows import Row

SENT = "FULFILLED"


def with_refunds(shop: Shop, rows: Sequence[Row]) -> Iterator[Row]:
    """Yield orders, with their refunds where some of what may have been sent is not there any more."""
    for row in rows:
        if row["displayFulfillmentStatus"] in (SENT, "PARTIALLY_FULFILLED") and _is_less(row):
            told = shop.ask(queries.REFUNDS, id=row["id"])["order"]
            yield {**row, "given": told} if told else row  # none: it was deleted meanwhile
        else:
            yield row


def _is_less(row: Row) -> bool:
    lines = any(each["currentQuantity"] < each["quantity"] for each in row["lineItems"])
    return lines or any(_money(each["left"]) < _money(each["price"]) for each in row["shippingLines"])


def as_sent(raw: Raw) -> Raw:
    """Return an order with what came back of it after it was sent; its totals stay as they are told."""
    if "given" not in raw:
        return raw
    pieces, charges = _back(raw)
    lines = [
        {**each, "currentQuantity": min(each["quantity"], each["currentQuantity"] + pieces[each["id"]])}
        for each in raw["lineItems"]
    ]
    shipping = [
        {**each, "left": _bag(min(_money(each["price"]), _money(each["left"]) + charges.get(each["id"], Decimal(0))))}
        for each in raw["shippingLines"]
    ]
    return {**raw, "lineItems": lines, "shippingLines": shipping}


def _back(raw: Raw) -> tuple[Counter[str], Mapping[str, Decimal]]:
    """Return the pieces of each line, and the amount of each charge, that were given back after they were sent.

    What is not put back into stock may have been sent or not: that it was is known once all is.
    """
    pieces, charges = Counter[str](), dict[str, Decimal]()
    sent = [each["createdAt"] for each in raw["given"]["fulfillments"]]
    for refund in raw["given"]["refunds"]:
        later = raw["displayFulfillmentStatus"] == SENT and bool(sent) and refund["createdAt"] >= max(sent)
        for each in refund["refundLineItems"]["nodes"]:
            if each["restockType"] == "RETURN" or (later and each["restockType"] != "CANCEL"):
                pieces[each["lineItem"]["id"]] += each["quantity"]
        for each in refund["refundShippingLines"]["nodes"] if later else ():
            id_ = each["shippingLine"]["id"]
            charges[id_] = charges.get(id_, Decimal(0)) + _money(each["subtotalAmountSet"])
    return pieces, charges


def _money(bag: Raw) -> Decimal:
    return number(bag["shopMoney"]["amount"])


def _bag(amount: Decimal) -> Raw:
    return {"shopMoney": {"amount": str(amount)}}
