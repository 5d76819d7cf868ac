"""Orders brought to ERPNext as Sales Orders: made, brought to the order's total, submitted or cancelled; one by one."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from adapters.erp import goods
from adapters.erp.erpnext import translate
from adapters.erp.erpnext.client import ErpNext
from adapters.erp.erpnext.new_orders import NewOrders
from adapters.erp.orders import HAS_LEFT, ROUNDING, Unwritable, lacking
from adapters.erp.reference import OURS
from adapters.erp.sales import CONTENT
from adapters.rows import Row
from adapters.writing.writes import Unfit, one_by_one
from hub.connector import Write, Written

DRAFT, SUBMITTED, CANCELLED = 0, 1, 2
"""Of `docstatus`."""
HALF_CENT = Decimal("0.005")
"""A rate is rounded by so much, if the site keeps two decimals."""
MANY = 20
"""References in one address."""


def find(erp: ErpNext, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
    """Look for orders by the hub's reference; one that was cancelled and amended is found as what it became."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for start in range(0, len(wanted), MANY):
        signs = [["po_no", "like", f"%{OURS}{each.reference}"] for each in wanted[start : start + MANY]]
        for row in erp.rows("Sales Order", "po_no docstatus", or_filters=signs):
            found[translate.reference(row) or ""].append(row)
    return {each.key: _best(found[each.reference]) for each in wanted}


def _best(rows: Sequence[Row]) -> list[str]:
    kept = [row["name"] for row in rows if row["docstatus"] != CANCELLED]
    return kept or [row["name"] for row in rows]


def write_orders(erp: ErpNext, writes: Sequence[Write]) -> Iterator[Written]:
    """Make orders; of those that are there, do what is still to be done."""
    bringing = Bringing(erp, NewOrders(erp, writes))
    return one_by_one(writes, bringing.carry_out)


@dataclass
class Bringing:
    """Orders on their way into one site."""

    erp: ErpNext
    new: NewOrders

    def carry_out(self, write: Write) -> Written:
        """Make an order if it is new, and take it on from where it stands."""
        try:
            order = self.erp.document("Sales Order", write.id) if write.id else self._make(write)
            self._take_on(write, order)
        except Unwritable as fault:
            raise Unfit(fault.cause, str(fault)) from None
        return Written(write.key, "done", order["name"])

    def _make(self, write: Write) -> Row:
        return self.erp.create("Sales Order", self.new.values(write))

    def _take_on(self, write: Write, order: Row) -> None:
        """Round it, submit it, cancel it. Only what was submitted can be cancelled; a draft would have to be deleted.

        One that was closed before anything was delivered stays so: it cannot be cancelled (sales_order.py, on_cancel). Nor
        can one of which all has come back, which its delivery notes are linked to.
        """
        stopped, state = write.record.get("status") == "cancelled", order["docstatus"]
        if stopped and state == SUBMITTED and (order.get("per_delivered") or order.get("per_billed")):
            raise Unwritable("delivered", HAS_LEFT)
        if state == DRAFT and not stopped:
            self._round(write, order)
        elif state == SUBMITTED and not stopped and CONTENT & write.fields.keys():
            lacking(write.record, str(order["grand_total"]), HALF_CENT)
        if write.id and not stopped and state != CANCELLED and goods.have_changed(write):
            goods.check(write, ((row["item_code"], row["qty"]) for row in order["items"]))
        if state == DRAFT and (stopped or self.erp.options.confirm == "submitted"):
            self.erp.change("Sales Order", order["name"], {"docstatus": SUBMITTED})
        ended = state == CANCELLED or (state == SUBMITTED and translate.status(order) == "cancelled")
        ended |= any(row.get("returned_qty") for row in order["items"])
        if stopped and not ended:
            self.erp.cancel("Sales Order", order["name"])

    def _round(self, write: Write, order: Row) -> None:
        difference = lacking(write.record, str(order["grand_total"]), HALF_CENT)
        if not difference:
            return
        before = [row for row in order["taxes"] if row["description"] == ROUNDING]
        others = [row for row in order["taxes"] if row["description"] != ROUNDING]
        amount = difference + sum((Decimal(str(row["tax_amount"])) for row in before), Decimal())
        row = self.new.rounding(amount)
        changed = self.erp.change("Sales Order", order["name"], {"taxes": [*others, row]})
        if lacking(write.record, str(changed["grand_total"]), HALF_CENT):
            raise Unfit(
                "total-differs", f"the order comes to {changed['grand_total']}; change its draft, and try again"
            )
