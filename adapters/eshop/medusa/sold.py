"""Orders as they were sold: what returns, exchanges, claims and refunds make of them afterwards is the shop's own affair.

Medusa keeps all of it in the order itself: what was given back comes off its line, what is sent instead is a line more,
what is refunded a credit line (source: `refundPaymentWorkflow`).
"""

from collections.abc import Collection, Sequence
from decimal import Decimal

from adapters.eshop.medusa.shop import Shop
from adapters.eshop.orders import rate_of, with_tax
from adapters.eshop.translating import number
from adapters.fields import at
from adapters.rows import Row
from adapters.writing.bulk import portions

AFTERWARDS = {
    "claims": "additional_items.item_id,shipping_methods.id",
    "exchanges": "additional_items.item_id,shipping_methods.id",
    "returns": "shipping_methods.id",
}
"""Lists of what may follow a sale, and which items and shipping methods of the order belong to it."""
MOST = 50
"""Orders in one address."""
SUMS = ("total", "tax_total")
LATER = "metadata.created_in_version"
"""Of a credit line: what only those have that were made after the order was placed (source: `applyChangesToOrder`)."""
BACK = {"return_received_total": "return_received_quantity", "return_dismissed_total": "return_dismissed_quantity"}
"""Of an item: what is given back is worth, and how many pieces that are."""


def as_sold(shop: Shop, rows: Sequence[Row]) -> list[Row]:
    """Return orders without what was added after they were placed, and with what was given back."""
    added = _added(shop, [row["id"] for row in rows if row["version"] > 1])
    return [_sold(row, added) if row["version"] > 1 else row for row in rows]


def _added(shop: Shop, orders: Sequence[str]) -> set[str]:
    found = set[str]()
    for path, fields in AFTERWARDS.items():
        for some in portions(orders, MOST):
            rows, _ = shop.rows(path, fields=f"id,{fields}", limit=1000, **{"order_id[]": some})
            for way in fields.split(","):
                found.update(at(rows, way) or ())
    return found


def _sold(row: Row, added: Collection[str]) -> Row:
    now: list[Row] = [*row["items"], *row["shipping_methods"]]
    items = [_whole(each) for each in row["items"] if each["id"] not in added]
    methods = [each for each in row["shipping_methods"] if each["id"] not in added]
    kept = [each for each in row["credit_lines"] if not at(each, LATER)]
    sums = {name: number(row[name]) + _sum(name, [*items, *methods]) - _sum(name, now) for name in SUMS}
    sums["total"] += _sum("amount", row["credit_lines"]) - _sum("amount", kept)
    sold = {"items": items, "shipping_methods": methods, "credit_lines": kept}
    return {**row, **sold, **{name: str(sums[name]) for name in sums}}


def _sum(name: str, parts: Sequence[Row]) -> Decimal:
    return sum((number(each[name]) for each in parts), Decimal())


def _whole(item: Row) -> Row:
    """Return an item with the sums of all its pieces; those that are given back are worth as much as the others."""
    pieces = sum((number(item["detail"][quantity]) for quantity in BACK.values()), Decimal())
    if not pieces:
        return item
    gross = sum((number(item[total]) for total in BACK), Decimal()) / pieces * number(item["quantity"])
    rate = rate_of([each["rate"] for each in item["tax_lines"] or ()]) or "0"
    net = with_tax(gross, rate, held=True, wanted=False)
    return {**item, "total": str(gross), "subtotal": str(net), "discount_subtotal": 0, "tax_total": str(gross - net)}
