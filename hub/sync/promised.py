"""What was sold and does not show in the ERP's stock yet: it counts as reserved until it does (PAINS S5)."""

from collections import defaultdict
from decimal import Decimal

from hub.canonical.values import quantity
from hub.store import Tx, promised, records
from hub.sync.system import System

NOTHING = Decimal(0)
BATCH = 1000
"""Orders looked at together."""


def units(tx: Tx, system: System) -> dict[str, Decimal]:
    """Return SKU -> units that orders of any channel wait for, and that no ERP's stock has as reserved yet.

    Nothing where no ERP takes orders in: there, what a channel sold is never told to whoever counts the stock.
    """
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for order in promised.orders(tx, system.takes_orders):
        for line in order.get("lines") or ():
            if line.get("sku"):
                found[line["sku"]] += max(Decimal(line["quantity"]), NOTHING)
    return found


def ordered_since(tx: Tx, revision: int) -> set[str]:
    """Return the SKUs of all orders that have changed after a revision of theirs."""
    found: set[str] = set()
    while some := records.since(tx, "orders", revision, BATCH):
        found |= {line["sku"] for each in some for line in each.fields.get("lines") or () if line.get("sku")}
        revision = some[-1].revision
    return found


def told(found: dict[str, Decimal]) -> dict[str, str]:
    """Return the same as it is kept in a checkpoint."""
    return {sku: quantity(f"{number:f}") for sku, number in sorted(found.items()) if number}
