"""Whether a sale has the goods that its order has by now: another size at the same price moves no total."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from adapters.erp.orders import Fields, Unwritable
from hub.connector import Write


def have_changed(order: Write) -> bool:
    """Tell whether an order that is there already has other goods than were agreed on, as far as anything was."""
    return "lines" in order.fields and _goods(order.agreed) != _goods(order.record)


def check(order: Write, held: Iterable[tuple[Any, Any]]) -> None:
    """Refuse a sale that has more or less of what has changed in its order.

    What else is in it is the ERP's own, such as delivery, or what a promotion there gives away.
    `held`: the product, by the ERP's identity, and the quantity of each line. Raises Unwritable.
    """
    there = defaultdict[str, Decimal](Decimal)
    for product, quantity in held:
        there[str(product)] += Decimal(str(quantity))
    ids, before, now = order.links.get("products", {}), _goods(order.agreed), _goods(order.record)
    changed = [sku for sku in {**now, **before} if now.get(sku) != before.get(sku) and sku in ids]
    wanted = {sku: now.get(sku, Decimal()) for sku in changed}
    if off := [f"{quantity:f} of {sku}" for sku, quantity in wanted.items() if there[ids[sku]] != quantity]:
        why = f"the order now has {', '.join(off)}, the sale has not"
        raise Unwritable("lines-differ", f"{why}; change the sale in the ERP, and try again")


def _goods(order: Fields) -> Mapping[str, Decimal]:
    found = defaultdict[str, Decimal](Decimal)
    for line in order.get("lines") or ():
        found[line.get("sku") or ""] += Decimal(line["quantity"])
    return {sku: quantity for sku, quantity in found.items() if sku and quantity}
