"""Orders brought to an ERP as sales: made, brought to the order's total, taken from state to state; many at once.

A sale is taken on from wherever a run that broke off has left it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from adapters.erp import goods
from adapters.erp.address_book import AddressBook
from adapters.erp.orders import DISCARD, HAS_LEFT, Fields, Unwritable, lacking, no_customer
from adapters.writing.bulk import Batch
from hub.connector import Stream, Write, Written

FIELDS = (
    "channel number placed_at party billing_address shipping_address currency tax_included lines shipping discounts "
    "totals note status"
)
"""Of an order, what becomes of it in a sale; parted by blanks."""
ORDERS = Stream("orders", writes=frozenset(FIELDS.split()), create="intent", late=120.0)
CONTENT = frozenset(["lines", "shipping", "discounts", "totals"])
"""Fields of an order that make its total."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A sale as it stands in the ERP."""

    id: int
    state: str
    """The ERP's own; `cancelled`, or `delivered`, where it would cancel what has left or is invoiced."""
    total: str
    """With tax."""


class Sales(Protocol):
    """What an ERP does with sales, by its own numbers. What it does to several, it does to all, or raises Rejected."""

    @property
    def create(self) -> Callable[[Sequence[Any]], Sequence[int]]:
        """Makes sales of their values."""
        ...

    @property
    def make_addresses(self) -> Callable[[Sequence[Any]], Sequence[int]]:
        """Makes addresses of their values."""
        ...

    @property
    def press(self) -> Callable[[str, Sequence[int]], Sequence[int]]:
        """Takes sales a step further, or cancels them, by the button's name."""
        ...

    def addresses(self, customers: Iterable[int]) -> Iterable[tuple[int, Fields, int]]:
        """Return each customer's addresses: customer, address, and its number."""
        ...

    def address_values(self, customer: int, place: Fields) -> Any:
        """Return the values of a new address. Raises Unwritable."""
        ...

    def sale_values(self, write: Write, customer: int, billing: int, shipping: int) -> Any:
        """Return the values of a new sale. Raises Unwritable."""
        ...

    def standing(self, ids: Sequence[int]) -> Iterable[Standing]:
        """Look at sales; those that are gone are left out."""
        ...

    def goods(self, ids: Sequence[int]) -> Iterable[tuple[int, int, str]]:
        """Return the lines of sales that have a product: the sale, the product, and its quantity."""
        ...

    def add(self, rounding: Sequence[tuple[int, Decimal]]) -> Sequence[int]:
        """Add to sales a line with an amount and no tax."""
        ...

    def rounded(self, ids: Sequence[int]) -> Iterable[tuple[int, int, str]]:
        """Return such lines that sales have: the sale, the line, and what it comes to."""
        ...

    def round_anew(self, sale: int, line: int, amount: Decimal) -> None:
        """Give such a line another amount."""
        ...


def bring_sales(erp: Sales, writes: Sequence[Write], steps: Mapping[str, str], until: str) -> Iterator[Written]:
    """Carry writes of orders out. `steps`: what leads on from each state, in their order; in the first, sales can change."""
    batch, orders = Batch(writes), {write.key: write for write in writes}
    made = batch.together(_new(erp, batch), erp.create)
    ids = {write.key: int(write.id) for write in writes if write.id} | made

    def standing() -> dict[str, Standing]:
        keys = {id_: key for key, id_ in ids.items() if key not in batch.refused}
        return {keys[sale.id]: sale for sale in erp.standing([*keys])}

    there = standing()
    stopped = {key for key in there if orders[key].record.get("status") == "cancelled"}
    _stop(erp, batch, {key: there[key] for key in stopped if there[key].state != "cancelled"})
    going = {key: sale for key, sale in there.items() if key not in stopped}
    differences = batch.each(going, lambda key, sale: _difference(orders[key], sale, draft=next(iter(steps))))
    _check_goods(erp, batch, {key: ids[key] for key in differences if key not in made})
    differences = {key: amount for key, amount in differences.items() if key not in batch.refused}
    rounding = {key: (there[key].id, amount) for key, amount in differences.items() if amount}
    _round(erp, batch, rounding, made)
    rounded = {key: sale for key, sale in (standing() if rounding else {}).items() if key in rounding}
    batch.each(rounded, lambda key, sale: _check_rounded(orders[key], sale))
    for state, button in steps.items():
        if state == until:
            break
        ready = {key: sale for key, sale in standing().items() if key in going and sale.state == state}
        _press(erp, batch, button, ready)
    return batch.outcomes({key: sale.id for key, sale in there.items()})


def _new(erp: Sales, batch: Batch) -> dict[str, Any]:
    """Return the values of new sales; addresses that their customers do not have yet are made."""
    orders = {write.key: write for write in batch.writes if not write.id}
    if not orders:
        return {}
    customers = batch.each(orders, lambda _key, order: _customer(order))
    book, places = AddressBook(), Batch(())
    for customer, address, id_ in erp.addresses({*customers.values()}):
        book.note(customer, address, id_)
    missing = book.missing((customer, orders[key].record) for key, customer in customers.items())
    wanted = places.each(missing, lambda _spot, address: erp.address_values(*address))
    book.ids |= places.together(wanted, erp.make_addresses)

    def values(key: str, customer: int) -> Any:
        billing, shipping = book.spots(customer, orders[key].record)
        for spot in (billing, shipping):
            if spot in places.refused:
                raise places.refused[spot]
        return erp.sale_values(orders[key], customer, book.ids[billing], book.ids[shipping])

    return batch.each(customers, values)


def _customer(order: Write) -> int:
    id_ = order.links.get("parties", {}).get(order.record.get("party") or "")
    if not id_:
        raise Unwritable("party-missing", no_customer(order.record))
    return int(id_)


def _check_goods(erp: Sales, batch: Batch, ids: Mapping[str, int]) -> None:
    """Refuse sales that are there and have other goods than their orders by now."""
    orders = {write.key: write for write in batch.writes}
    changed = {key: id_ for key, id_ in ids.items() if goods.have_changed(orders[key])}
    held = [*erp.goods([*changed.values()])] if changed else []
    batch.each(changed, lambda key, id_: goods.check(orders[key], (line[1:] for line in held if line[0] == id_)))


def _press(erp: Sales, batch: Batch, button: str, ready: Mapping[str, Standing]) -> None:
    """Take sales a step further; what another run has taken there meanwhile is not refused."""
    batch.together({key: sale.id for key, sale in ready.items()}, lambda ids: erp.press(button, ids))
    refused = {ready[key].id: key for key in ready.keys() & batch.refused.keys()}
    for sale in erp.standing([*refused]) if refused else ():
        key = refused[sale.id]
        if sale.state not in (ready[key].state, "cancelled"):
            del batch.refused[key]


def _stop(erp: Sales, batch: Batch, sales: Mapping[str, Standing]) -> None:
    """Cancel sales; what the ERP does not cancel (any more) is for people."""
    stopping = batch.each(sales, lambda _key, sale: _not_delivered(sale))
    batch.together(stopping, lambda ids: erp.press("cancel", ids))
    for key in stopping.keys() & batch.refused.keys():
        why = f"the ERP does not cancel it: {batch.refused[key]}"
        batch.refused[key] = Unwritable("not-cancelled", f"{why}; see there what is to become of it; {DISCARD}")


def _round(erp: Sales, batch: Batch, rounding: Mapping[str, tuple[int, Decimal]], made: Collection[str]) -> None:
    """Round sales: one that was there may have a line of rounding, which is changed, so that there is no second."""
    before = [sale for key, (sale, _) in rounding.items() if key not in made]
    lines = {sale: (line, Decimal(come)) for sale, line, come in erp.rounded(before)} if before else {}
    batch.together({key: each for key, each in rounding.items() if each[0] not in lines}, erp.add)
    anew = {key: (sale, *lines[sale], amount) for key, (sale, amount) in rounding.items() if sale in lines}
    batch.each(anew, lambda _key, each: erp.round_anew(*each[:2], each[2] + each[3]))


def _not_delivered(sale: Standing) -> int:
    if sale.state == "delivered":
        raise Unwritable("delivered", HAS_LEFT)
    return sale.id


def _check_rounded(order: Write, sale: Standing) -> None:
    """Refuse what is still not the order's total: the ERP rounds amounts further than the order's currency does."""
    gross = order.record["totals"]["gross"]
    if left := Decimal(gross) - Decimal(sale.total):
        why = f"the sale comes to {sale.total}, the order to {gross}: the ERP rounds a line of {left} away"
        raise Unwritable("total-differs", f"{why}; give its prices more decimals, and try again")


def _difference(order: Write, sale: Standing, *, draft: str) -> Decimal:
    """Return what a draft lacks to its order's total; of one that can no longer be changed, refuse what is no rounding."""
    if sale.state == draft:
        return lacking(order.record, sale.total)
    if CONTENT & order.fields.keys():
        lacking(order.record, sale.total)
    return Decimal()
