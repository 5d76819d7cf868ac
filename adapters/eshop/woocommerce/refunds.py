"""What was given back of an order. A line of a refund names the order's own by `_refunded_item_id` (wc_create_refund)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from adapters.asking.http import Rejected
from adapters.eshop.orders import Fields, Raw, plain
from adapters.eshop.translating import number
from adapters.eshop.woocommerce.shop import Shop
from adapters.rows import Row

OF = "_refunded_item_id"
PARTS = ("line_items", "shipping_lines", "fee_lines")
OVER = ("cancelled", "refunded", "failed")
"""Nothing of these is sent, whatever was given back."""


def refunds(shop: Shop, rows: Sequence[Row]) -> Mapping[int, list[Row]]:
    """Return order -> the lines of its refunds, each with the refund's date; of orders that may still be sent, or were."""
    wanted = {each["id"]: row["id"] for row in rows if row["status"] not in OVER for each in row["refunds"]}
    found: dict[int, list[Row]] = {}
    for row in _listed(shop, wanted) if wanted else ():
        if row["id"] in wanted:
            found.setdefault(wanted[row["id"]], []).extend(_lines(row))
    return found


def _listed(shop: Shop, wanted: Mapping[int, int]) -> list[Row]:
    try:
        return shop.some("refunds", [str(id_) for id_ in wanted])
    except Rejected as fault:
        if not fault.is_gone:
            raise
    # Before 9.0 there is no list of all of them.
    return [row for order in dict.fromkeys(wanted.values()) for row in shop.all(f"orders/{order}/refunds")]


def _lines(refund: Row) -> list[Row]:
    """Return a refund's lines; versions differ in whether they show those of shipping and fees."""
    found: list[Row] = []
    for line in (each for name in PARTS for each in refund.get(name) or ()):
        of = next((each["value"] for each in line.get("meta_data") or () if each["key"] == OF), None)
        amounts = {name: line[name] for name in ("quantity", "total", "total_tax") if name in line}
        found += [{"of": int(of), "at": refund["date_created_gmt"], **amounts}] if of else []
    return found


def unsent(raw: Raw) -> Raw:
    """Return an order less what was given back before it was sent; what comes back later has been sold."""
    end = raw.get("date_completed_gmt")
    back = [each for each in raw.get("returned", ()) if not end or each["at"] < end]
    if not back:
        return raw
    tax = sum((number(each["total_tax"]) for each in back), Decimal(0))
    gross = sum((number(each["total"]) for each in back), tax)
    parts = {name: [_left(item, [e for e in back if e["of"] == item["id"]]) for item in raw[name]] for name in PARTS}
    totals = {"total": plain(number(raw["total"]) + gross), "total_tax": plain(number(raw["total_tax"]) + tax)}
    return {**raw, **parts, **totals}


def _left(item: Raw, back: Sequence[Raw]) -> Raw:
    """Return what is left of a line. Money that was kept although no piece is left, is for nothing that is sent."""
    if not back:
        return item
    amounts: Fields = {
        name: plain(sum((number(each[name]) for each in back), number(item[name]))) for name in ("total", "total_tax")
    }
    had = number(item.get("quantity") or 0)
    quantity = max(sum((number(each.get("quantity") or 0) for each in back), had), Decimal(0))
    if quantity:
        full = {name: plain(number(item[name]) * quantity / had) for name in ("subtotal", "subtotal_tax")}
        return {**item, **amounts, **full, "quantity": plain(quantity)}
    rest = {**item, **amounts, "sku": None, "quantity": int(any(number(each) for each in amounts.values()))}
    return {name: value for name, value in rest.items() if name not in ("subtotal", "subtotal_tax")}
