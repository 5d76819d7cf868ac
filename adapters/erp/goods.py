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
    """Refuse a sale that has more or less of what its order has. What else is in it, such as delivery, is the ERP's own.

    `held`: the product, by the ERP's identity, and the quantity of each line. Raises Unwritable.
    """
    there = defaultdict[str, Decimal](Decimal)
    for product, quantity in held:
        there[str(product)] += Decimal(str(quantity))
    ids = order.links.get("products", {})
    wanted = {sku: quantity for sku, quantity in _goods(order.record).items() if sku in ids}
    if off := [f"{quantity:f} of {sku}" for sku, quantity in wanted.items() if there[ids[sku]] != quantity]:
        why = f"the order now has {', '.join(off)}, the sale has not"
        raise Unwritable("lines-differ", f"{why}; change the sale in the ERP, and try again")


def _goods(order: Fields) -> Mapping[str, Decimal]:
    found = defaultdict[str, Decimal](Decimal)
    for line in order.get("lines") or ():
        found[line.get("sku") or ""] += Decimal(line["quantity"])
    return {sku: quantity for sku, quantity in found.items() if sku and quantity}
