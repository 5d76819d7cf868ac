"""What of an order is not to be sent any more: it was cancelled in part, or refunded before it was shipped. Pure."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from adapters.eshop.orders import Raw, plain
from adapters.eshop.translating import number
from adapters.rows import Row

ENDED = ("canceled", "closed")
"""States of an order of which nothing is sent, whatever its lines say."""
AMOUNTS = "row_total row_total_incl_tax tax_amount discount_amount discount_tax_compensation_amount"
"""Those of a line."""
FIXED = "fixed_taxes"
"""Of a line, beside its sums: each with `title`, `net` and `gross`."""
CENT = Decimal("0.01")
"""What the shop rounds the amounts of its documents to, in all currencies (source: PriceCurrencyInterface, DEFAULT_PRECISION)."""


def unsent(item: Row, order: Row) -> dict[str, float]:
    """Return as `unsent` how much of a line is not to be sent; nothing, if all is.

    As the shop itself reckons what it may still ship (source: Sales, order item, getSimpleQtyToShip). What is virtual is
    not shipped: when that was refunded is not known.
    """
    if order["state"] in ENDED or not item["qty_ordered"]:
        return {}
    cancelled = item.get("qty_canceled") or 0
    there = 0 if item.get("is_virtual") else item["qty_ordered"] - cancelled - _shipped(item, order["items"])
    gone = cancelled + min(item.get("qty_refunded") or 0, max(there, 0))
    return {"unsent": gone} if gone else {}


def _shipped(item: Row, items: Sequence[Row]) -> float:
    """Return how much of a line was shipped: a bundle by its own line, or by those below it."""
    above, id_ = item.get("parent_item_id"), item["item_id"]
    kin = [each for each in items if each["item_id"] in (id_, above) or each.get("parent_item_id") == id_]
    shares = [(each.get("qty_shipped") or 0) / each["qty_ordered"] for each in kin if each["qty_ordered"]]
    return item["qty_ordered"] * max(shares, default=0)


def sent(raw: Raw) -> Raw:
    """Return an order less what is not to be sent."""
    items = [_left(item) for item in raw["items"]]
    lost = {
        "grand_total": sum(map(_cost, raw["items"])) - sum(map(_cost, items)),
        "tax_amount": sum(map(_tax, raw["items"])) - sum(map(_tax, items)),
    }
    less = {name: plain(amount(raw, name) - off) for name, off in lost.items() if off}
    return {**raw, "items": items, **less}


def _left(item: Raw) -> Raw:
    if not item.get("unsent"):
        return item
    share = 1 - number(item["unsent"]) / number(item["qty_ordered"])

    def shared(row: Raw, names: str) -> dict[str, str]:
        return {name: plain((amount(row, name) * share).quantize(CENT, ROUND_HALF_UP)) for name in names.split()}

    fixed = {FIXED: [each | shared(each, "net gross") for each in item[FIXED]]} if FIXED in item else {}
    parts = shared(item, AMOUNTS)
    return {**item, **parts, **fixed, "qty_ordered": plain(number(item["qty_ordered"]) * share)}


def _cost(item: Raw) -> Decimal:
    return gross(item) + sum((amount(each, "gross") for each in item.get(FIXED, ())), Decimal(0))


def _tax(item: Raw) -> Decimal:
    fixed = sum((amount(each, "gross") - amount(each, "net") for each in item.get(FIXED, ())), Decimal(0))
    return amount(item, "tax_amount") + fixed


def amount(raw: Raw, name: str) -> Decimal:
    """Return an amount; what is not told is nothing."""
    return number(raw.get(name) or 0)


def gross(raw: Raw, total: str = "row_total", before: str = "") -> Decimal:
    """Return a sum with its tax and less its discount, as the order's grand total is made up of them.

    The "tax compensation" is the tax that a discount took off where catalogue prices hold it.
    """
    taken = amount(raw, f"{before}discount_tax_compensation_amount") - amount(raw, f"{before}discount_amount")
    return amount(raw, total) + amount(raw, f"{before}tax_amount") + taken
