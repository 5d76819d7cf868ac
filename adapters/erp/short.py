"""Of what less was sent than ordered, in an order that an ERP has closed. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from adapters.erp.orders import plain

SENT = ("shipped", "completed")
"""Before that, more may be sent."""


def short_shipped(
    lines: Iterable[tuple[str | None, Any, Any]], status: str = "completed"
) -> list[dict[str, str]] | None:
    """Return what an order with this status says as `short_shipped`.

    `lines`: the SKU, what was ordered, and what was sent, of each line. What has no SKU is no product: a text, or the way.
    """
    if status not in SENT:
        return None
    ordered, sent = defaultdict[str, Decimal](Decimal), defaultdict[str, Decimal](Decimal)
    for sku, quantity, done in lines:
        ordered[sku or ""] += _decimal(quantity)
        sent[sku or ""] += _decimal(done)
    short = [sku for sku, quantity in ordered.items() if sku and sent[sku] < quantity]
    return [{"sku": sku, "sent": plain(max(sent[sku], Decimal()))} for sku in sorted(short)] or None


def _decimal(value: Any) -> Decimal:
    """Databases keep quantities as floats, with what reckoning has left behind."""
    return round(Decimal(str(value or 0)), 6)
