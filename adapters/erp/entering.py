"""Orders brought to an ERP that takes one at a time: entered, brought to the order's total, cancelled.

An order is taken on from wherever a run that broke off has left it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from adapters.erp import goods
from adapters.erp.orders import HAS_LEFT, UNIT_PRICE, Unwritable, lacking, no_customer
from adapters.erp.sales import CONTENT
from adapters.rows import Row
from adapters.writing.writes import Unfit
from hub.clock import Clock
from hub.connector import Write, Written

System = TypeVar("System")


@dataclass(frozen=True, slots=True)
class Entered:
    """An order as it stands in the ERP."""

    id: str
    total: str
    """With tax."""
    changes: bool
    """Whether it can be changed."""
    left: bool
    """Whether something of it was delivered or invoiced."""
    rounded: bool
    """Whether it has a line of rounding."""
    goods: Iterable[tuple[Any, Any]]
    """The product, by the ERP's identity, and the quantity of each line."""
    row: Row = field(default_factory=dict[str, Any])
    """What else the ERP knows it by."""


@dataclass(frozen=True, slots=True)
class Entering(Generic[System]):
    """What an ERP does with orders."""

    enter: Callable[[System, Write], str]
    """Makes one; returns its identity. Raises Unfit or what the ERP refuses."""
    look: Callable[[System, str], Entered]
    """Raises Gone."""
    cancel: Callable[[System, Entered], object]
    round: Callable[[System, Entered, Decimal], object]
    """Adds a line of rounding, without tax."""
    unit: Decimal = UNIT_PRICE
    """By so much the ERP may round the price of a unit."""


def customer_of(write: Write) -> str:
    """Return the ERP's identity of who ordered. Raises Unfit."""
    customer = write.links.get("parties", {}).get(write.record.get("party") or "")
    if not customer:
        raise Unfit("party-missing", no_customer(write.record))
    return customer


def placed(write: Write, clock: Clock) -> datetime:
    """Return when an order was placed, as far as that is known."""
    at = write.record.get("placed_at")
    return datetime.fromisoformat(at) if at else clock.now()


def write_order(erp: Entering[System], system: System, write: Write) -> Written:
    """Carry the write of an order out; one that cancelling has made gone is. Raises Rejected, TryLater."""
    order = erp.look(system, write.id or erp.enter(system, write))
    if write.record.get("status") == "cancelled":
        if order.left:
            raise Unfit("delivered", HAS_LEFT)
        erp.cancel(system, order)
        erp.look(system, order.id)
    elif CONTENT & write.fields.keys():
        try:
            _settle(erp, system, write, order)
            if write.id and goods.have_changed(write):
                goods.check(write, order.goods)
        except Unwritable as fault:
            raise Unfit(fault.cause, str(fault)) from None
    return Written(write.key, "done", order.id)


def _settle(erp: Entering[System], system: System, write: Write, order: Entered) -> None:
    """Bring an order to its total."""
    left = lacking(write.record, order.total, erp.unit)
    if not left or not order.changes:
        return
    if not order.rounded:  # a second line of rounding would come to no more
        erp.round(system, order, left)
        left = lacking(write.record, erp.look(system, order.id).total, erp.unit)
    if left:
        why = f"order {order.id} lacks {left} to its total, and cannot be rounded"
        raise Unwritable("total-differs", f"{why}; change it there, and try again")
