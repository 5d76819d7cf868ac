"""Orders brought to an ERP that takes one at a time: entered, brought to the order's total, cancelled.

An order is taken on from wherever a run that broke off has left it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from adapters.erp import goods, parties, sales
from adapters.erp.orders import HAS_LEFT, UNIT_PRICE, Unwritable, lacking, no_customer
from adapters.rows import Row
from adapters.writing.writes import Unfit, Writing, singly_with
from hub.clock import Clock
from hub.connector import Write, Written

System = TypeVar("System")
PARTIES, ORDERS = replace(parties.PARTIES, bulk=20), replace(sales.ORDERS, bulk=20)
"""The streams of such an ERP: each record takes a request or more, and what has been done is kept after so many."""


@dataclass(frozen=True, slots=True)
class Entered:
    """An order as it stands in the ERP."""

    id: str
    total: str
    """With tax."""
    changes: bool
    """Whether it can be changed."""
    rounded: bool
    """Whether it has a line of rounding."""
    goods: Iterable[tuple[Any, Any]]
    """The product, by the ERP's identity, and the quantity of each line."""
    left: bool = False
    """Whether something of it was delivered or invoiced, as far as that shows without another request."""
    row: Row = field(default_factory=dict[str, Any])
    """What else the ERP knows it by."""


@dataclass(frozen=True, slots=True)
class Entering(Generic[System]):
    """What an ERP does with orders."""

    enter: Callable[[System, Write], Entered]
    """Makes one. Raises Unfit or what the ERP refuses."""
    look: Callable[[System, str], Entered]
    """Raises Gone."""
    cancel: Callable[[System, Entered], object]
    """Raises Unfit, if something has left after all."""
    round: Callable[[System, Entered, Decimal], object]
    """Adds what is missing, without tax."""
    unit: Decimal = UNIT_PRICE
    """By so much the ERP may round the price of a unit."""
    mend: str = "change it there"
    """What people do about one that cannot be rounded."""


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


def entering(erp: Callable[[System], Entering[System]]) -> Writing[System]:
    """Make a function that writes orders one by one; `erp`: what an ERP does, made once for all of them."""
    return singly_with(erp, _write)


def _write(system: System, erp: Entering[System], write: Write) -> Written:
    """Carry the write of an order out; one that cancelling has made gone is. Raises Rejected, TryLater."""
    order = erp.look(system, write.id) if write.id else erp.enter(system, write)
    if write.record.get("status") == "cancelled":
        if order.left:
            raise Unfit("delivered", HAS_LEFT)
        erp.cancel(system, order)
        erp.look(system, order.id)
    elif sales.CONTENT & write.fields.keys():
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
        raise Unwritable("total-differs", f"{why}; {erp.mend}, and try again")
