"""What was sold and is in no ERP's stock figures yet."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from hub.store.database import Tx
from hub.store.schema import OPEN_ORDER, binding, checkpoint, record

SHOWN = "/orders"
"""Behind the name of an ERP's stream of stock: the checkpoint that says which orders its stock takes into account."""
STOCK = "stock"


def orders(tx: Tx, takes_orders: Mapping[str, bool]) -> list[Mapping[str, Any]]:
    """Return the fields of the open orders that some ERP does not have, or got after its stock was last read.

    `takes_orders`: each ERP that orders are brought to, and whether its stock is read. None: no order counts.
    """
    return list(tx.execute(unknown_to(takes_orders)).scalars()) if takes_orders else []


def unknown_to(takes_orders: Mapping[str, bool]) -> sa.Select[tuple[Mapping[str, Any]]]:
    """Return the statement, of one ERP at least."""
    waiting = [~_known(system, stock_is_read=read) for system, read in takes_orders.items()]
    return sa.select(record.c.fields).where(sa.text(OPEN_ORDER), record.c.deleted_at.is_(None), sa.or_(*waiting))


def _known(system: str, *, stock_is_read: bool) -> sa.ColumnElement[bool]:
    made = sa.select(binding.c.id).where(
        binding.c.key == record.c.key, binding.c.entity == "orders", binding.c.system == system
    )
    if stock_is_read:
        here = (checkpoint.c.system == system) & (checkpoint.c.stream == STOCK + SHOWN)
        shown = sa.select(checkpoint.c.value["shown"].as_integer()).where(here).scalar_subquery()
        made = made.where(binding.c.id <= sa.func.coalesce(shown, 0))
    return made.exists()
