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
CONTENT = frozenset(["lines", "shipping", "discounts", "totals"])
"""What changes of an order in its shop with what is taken off it there."""


def unsent(order: Mapping[str, Any]) -> dict[str, tuple[Decimal, Decimal]]:
    """Return the products of which an order has more than was sent and ever will be: SKU -> what was sent, what it has."""
    sent, has = _sent(order), _goods(order.get("lines"))
    return {sku: (quantity, has[sku]) for sku, quantity in sent.items() if has[sku] > quantity}


def _sent(order: Mapping[str, Any]) -> dict[str, Decimal]:
    return {each["sku"]: Decimal(each["sent"]) for each in order.get("short_shipped") or ()}


def _goods(lines: Any) -> defaultdict[str, Decimal]:
    found = defaultdict[str, Decimal](Decimal)
    for line in lines or ():
        found[line.get("sku") or ""] += Decimal(line["quantity"])
    return found


def is_known_to(flow: Flow, order: Mapping[str, Any], agreed: Any) -> bool:
    """Tell whether nothing but what was not sent is off an order since its ERP was told of it, which has said so itself.

    `agreed`: the lines that the ERP was told of. It cannot change a sale that it has closed, and need not.
    """
    sent = _sent(order)
    if not sent or order.get("channel") == flow.system.name:
        return False
    before, now = _goods(agreed), _goods(order.get("lines"))
    changed = {sku for sku in (*before, *now) if before[sku] != now[sku]}
    return bool(changed) and all(sku in sent and now[sku] == sent[sku] for sku in changed)


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
