"""Orders closed short: less was sent than ordered, and the rest will not be. Pure.

No shop is told that all of such an order was sent: it would tell its customer so, and may take the money for it.
"""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hub.sync.system import Flow

SENT = ("shipped", "completed")
"""Statuses by which a shop takes all that was ordered for sent."""


def unsent(order: Mapping[str, Any]) -> dict[str, tuple[Decimal, Decimal]]:
    """Return the products of which an order has more than was sent and ever will be: SKU -> what was sent, what it has."""
    sent = {each["sku"]: Decimal(each["sent"]) for each in order.get("short_shipped") or ()}
    has = defaultdict[str, Decimal](Decimal)
    for line in order.get("lines") or () if sent else ():
        has[line.get("sku") or ""] += Decimal(line["quantity"])
    return {sku: (quantity, has[sku]) for sku, quantity in sent.items() if has[sku] > quantity}


def is_short(flow: Flow, order: Mapping[str, Any]) -> bool:
    """Tell whether an order's status would tell its shop that more was sent than was."""
    return (
        flow.stream.entity == "orders"
        and order.get("channel") == flow.system.name
        and order.get("status") in SENT
        and bool(unsent(order))
    )


def held_at(flow: Flow, order: Mapping[str, Any], status: Any) -> Mapping[str, Any]:
    """Return an order as its shop may be told of it: of one closed short, the status stays as it is there."""
    return {**order, "status": status} if is_short(flow, order) else order


def in_words(order: Mapping[str, Any]) -> str:
    """Return what was sent of what the order has: `1 of 3 LAMP`."""
    return ", ".join(f"{sent:f} of {has:f} {sku}" for sku, (sent, has) in unsent(order).items())
