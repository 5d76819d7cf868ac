"""Orders brought to SAP Business One: made, brought to their total, cancelled; one at a time."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from adapters.asking.odata import literal
from adapters.erp import goods
from adapters.erp.entering import customer_of, placed
from adapters.erp.orders import HAS_LEFT, NOTHING, ROUNDING, SaleLine, Unwritable, lacking, sale_lines
from adapters.erp.reference import OURS
from adapters.erp.sales import CONTENT
from adapters.erp.sapb1 import drawn, translate
from adapters.erp.sapb1.asked import vat_rates
from adapters.erp.sapb1.client import SOME, ServiceLayer, any_of
from adapters.rows import Row
from adapters.writing.bulk import portions
from adapters.writing.writes import Gone, Unfit, singly_with
from hub.connector import Write, Written

Values = dict[str, Any]
STANDING = f"{drawn.ORDERS.fields},DocTotal,DocTotalFc,RoundingDiffAmount"
HALF_CENT = Decimal("0.005")
"""A unit's price is rounded by so much, if the company keeps two decimals (General Settings, Display)."""


def find_orders(sap: ServiceLayer, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
    """Look for orders by the hub's reference, then by the number that people see; cancelled ones if there is no other."""
    rows: list[Row] = []
    for some in portions(wanted, SOME):
        shown = {translate.shown_number(each.record) for each in some}
        where = any_of(f"startswith(NumAtCard, {literal(each)})" for each in sorted(shown))
        rows += sap.rows("Orders", "DocEntry,NumAtCard,Cancelled", where, key="DocEntry")
    found: dict[str, Sequence[str]] = {}
    for each in wanted:
        ours = [row for row in rows if translate.order_reference(row) == each.reference]
        number = translate.shown_number(each.record)
        same = ours or [row for row in rows if row["NumAtCard"].partition(f" {OURS}")[0] == number]
        kept = [row for row in same if row["Cancelled"] != translate.YES] or same
        found[each.key] = [str(row["DocEntry"]) for row in kept]
    return found


def _tax_codes(sap: ServiceLayer) -> dict[str, str]:
    """Return rate in per cent -> VAT group; of several of 0 %, which mean different things, the one that is named."""
    rates = vat_rates(sap)
    several = [*rates.values()].count(NOTHING) > 1
    known = {rate: code for code, rate in reversed(rates.items()) if not (several and rate == NOTHING)}
    return known | {**sap.options.taxes}


def _write_order(sap: ServiceLayer, codes: Mapping[str, str], write: Write) -> Written:
    """Make an order, or go on where a run that broke off has left it."""
    row = _standing(sap, write.id) if write.id else _make(sap, _new_order(sap, codes, write))
    if write.record.get("status") == "cancelled":
        _cancel(sap, row)
    elif CONTENT & write.fields.keys():
        try:
            _settle(sap, codes, write, row)
            _check_goods(sap, write)
        except Unwritable as fault:
            raise Unfit(fault.cause, str(fault)) from None
    return Written(write.key, "done", str(row["DocEntry"]))


def _make(sap: ServiceLayer, values: Values) -> Row:
    """Make an order. Where orders have to be approved, the answer is an error, and a draft is kept (seen: code -2028)."""
    _refuse_draft(sap, values)
    try:
        return sap.create("Orders", values)
    except Unfit:
        _refuse_draft(sap, values)
        raise


def _refuse_draft(sap: ServiceLayer, values: Values) -> None:
    for draft in sap.having("Drafts", "DocEntry", "NumAtCard", [values["NumAtCard"]], key="DocEntry"):
        why = f"draft {draft['DocEntry']} of it waits in SAP Business One: let it be approved and added there"
        raise Unfit("awaits-approval", why)


def _standing(sap: ServiceLayer, id_: str) -> Row:
    row = next(sap.having("Orders", STANDING, "DocEntry", [int(id_)], key="DocEntry"), None)
    if row is None:
        raise Gone
    return row


def _cancel(sap: ServiceLayer, row: Row) -> None:
    """Cancel an order, unless it is over already, or of what it had some has left: SAP Business One refuses that."""
    [became] = drawn.orders(sap, [{**row, "id": row["DocEntry"]}])
    if became.raw["delivered"] or became.raw["invoice"]:
        raise Unfit("delivered", HAS_LEFT)
    if translate.order(became.raw, sap.options)["status"] != "cancelled":
        sap.cancel("Orders", row["DocEntry"])


def _new_order(sap: ServiceLayer, codes: Mapping[str, str], write: Write) -> Values:
    record, options = write.record, sap.options
    customer, at = customer_of(write), placed(write, sap.clock)
    lines = [_line(sap, codes, write, each) for each in sale_lines(record)]
    values = translate.new_order(record, write.reference, at.astimezone(options.place), lines, options)
    return {"CardCode": customer, **values}


def _line(sap: ServiceLayer, codes: Mapping[str, str], write: Write, sold: SaleLine) -> Values:
    item = write.links.get("products", {}).get(sold.sku or "") or sap.options.service_item
    where = f"in [systems.{sap.name}]"
    if not item:
        raise Unfit("item-missing", f"there is no item for {sold.text}; name one as service_item {where}")
    rate = sold.rate or NOTHING
    if rate not in codes:
        why = f"there is no VAT group of {rate} %, or there are several; name one under taxes {where}"
        raise Unfit("tax-unknown", why)
    return translate.line(sold, item, codes[rate], sap.options)


def _settle(sap: ServiceLayer, codes: Mapping[str, str], write: Write, row: Row) -> None:
    """Bring an order to its total; the Service Layer reckons amounts anew (KBA 3697554).

    What is missing is the document's rounding; in a foreign currency that can only be read (sdk, RoundingDiffAmountFC),
    and it is a line.
    """
    difference, id_ = _difference(write, row), row["DocEntry"]
    if not difference or row["DocumentStatus"] != "bost_Open":
        return
    if row["DocTotalFc"]:
        if any(line["ItemDescription"] == ROUNDING for line in row["DocumentLines"]):
            raise _not_rounded(id_, difference)  # a second one would come to no more
        line = _line(sap, codes, write, SaleLine(None, ROUNDING, "1", difference, None))
        sap.change("Orders", id_, {"DocumentLines": [line]}, repeatable=False)
    else:
        amount = Decimal(str(row["RoundingDiffAmount"] or 0)) + difference
        sap.change("Orders", id_, {"Rounding": translate.YES, "RoundingDiffAmount": float(amount)})
    if left := _difference(write, _standing(sap, str(id_))):
        raise _not_rounded(id_, left)


def _not_rounded(id_: int, left: Decimal) -> Unwritable:
    why = f"order {id_} cannot be rounded: it lacks {left} to its total; see Document Settings"
    return Unwritable("total-differs", f"{why}, or change the order there, and try again")


def _difference(write: Write, row: Row) -> Decimal:
    """Return what an order lacks to its total, in its own currency. Raises Unwritable."""
    return lacking(write.record, str(row["DocTotalFc"] or row["DocTotal"]), HALF_CENT)


def _check_goods(sap: ServiceLayer, write: Write) -> None:
    if write.id and goods.have_changed(write):
        for row in sap.having("Orders", "DocEntry,DocumentLines", "DocEntry", [int(write.id)], key="DocEntry"):
            goods.check(write, ((line["ItemCode"], line["Quantity"]) for line in row["DocumentLines"]))


write_orders = singly_with(_tax_codes, _write_order)
