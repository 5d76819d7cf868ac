"""Orders brought to SAP Business One: made, brought to their total, cancelled; one at a time."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from adapters.asking.odata import SOME, NotFit, any_of, literal
from adapters.erp.entering import Entered, Entering, customer_of, entering, placed
from adapters.erp.orders import HAS_LEFT, NOTHING, ROUNDING, SaleLine, sale_lines
from adapters.erp.reference import OURS
from adapters.erp.sapb1 import drawn, translate
from adapters.erp.sapb1.asked import vat_rates
from adapters.erp.sapb1.client import ServiceLayer
from adapters.rows import Row
from adapters.writing.bulk import portions
from adapters.writing.writes import Gone, Unfit
from hub.connector import Write

Values = dict[str, Any]
STANDING = f"{drawn.ORDERS.fields} DocTotal DocTotalFc RoundingDiffAmount"
HALF_CENT = Decimal("0.005")
"""A unit's price is rounded by so much, if the company keeps two decimals (General Settings, Display)."""


def find_orders(sap: ServiceLayer, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
    """Look for orders by the hub's reference, then by the number that people see; cancelled ones if there is no other."""
    rows: list[Row] = []
    for some in portions(wanted, SOME):
        shown = {translate.shown_number(each.record) for each in some}
        where = any_of(f"startswith(NumAtCard, {literal(each)})" for each in sorted(shown))
        rows += sap.rows("Orders", "DocEntry NumAtCard Cancelled", where, key="DocEntry")
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


def _entering(sap: ServiceLayer) -> Entering[ServiceLayer]:
    codes, mend = _tax_codes(sap), "see Document Settings, or change it there"
    return Entering(partial(_enter, codes), _look, _cancel, partial(_round, codes), HALF_CENT, mend)


def _enter(codes: Mapping[str, str], sap: ServiceLayer, write: Write) -> Entered:
    """Make an order. Where orders have to be approved, the answer is an error, and a draft is kept (seen: code -2028)."""
    values = _new_order(sap, codes, write)
    _refuse_draft(sap, values)
    try:
        return _entered(sap.create("Orders", values))
    except NotFit:
        _refuse_draft(sap, values)
        raise


def _refuse_draft(sap: ServiceLayer, values: Values) -> None:
    for draft in sap.having("Drafts", "DocEntry", "NumAtCard", [values["NumAtCard"]], key="DocEntry"):
        why = f"draft {draft['DocEntry']} of it waits in SAP Business One: let it be approved and added there"
        raise Unfit("awaits-approval", why)


def _look(sap: ServiceLayer, id_: str) -> Entered:
    for row in sap.having("Orders", STANDING, "DocEntry", [int(id_)], key="DocEntry"):
        return _entered(row)
    raise Gone


def _entered(row: Row) -> Entered:
    """Return how an order stands, in its own currency."""
    lines: list[Row] = row["DocumentLines"] or []
    return Entered(
        str(row["DocEntry"]),
        str(row["DocTotalFc"] or row["DocTotal"]),
        changes=row["DocumentStatus"] == drawn.OPEN,
        rounded=bool(row["DocTotalFc"]) and any(line["ItemDescription"] == ROUNDING for line in lines),
        goods=[(line["ItemCode"], line["Quantity"]) for line in lines],
        row=row,
    )


def _cancel(sap: ServiceLayer, order: Entered) -> None:
    """Cancel an order, unless it is over already, or of what it had some has left: SAP Business One refuses that."""
    [became] = drawn.orders(sap, [{**order.row, "id": order.row["DocEntry"]}])
    if became.raw["delivered"] or became.raw["invoice"]:
        raise Unfit("delivered", HAS_LEFT)
    if translate.order(became.raw, sap.options)["status"] != "cancelled":
        sap.cancel("Orders", order.row["DocEntry"])


def _round(codes: Mapping[str, str], sap: ServiceLayer, order: Entered, amount: Decimal) -> None:
    """Add what is missing: the Service Layer reckons amounts anew (KBA 3697554).

    It is the document's rounding; in a foreign currency that can only be read (sdk, RoundingDiffAmountFC), and it is a line.
    """
    row = order.row
    if row["DocTotalFc"]:
        line = _line(sap, codes, {}, SaleLine(None, ROUNDING, "1", amount, None))
        sap.change("Orders", row["DocEntry"], {"DocumentLines": [line]}, repeatable=False)
    else:
        whole = Decimal(str(row["RoundingDiffAmount"] or 0)) + amount
        sap.change("Orders", row["DocEntry"], {"Rounding": translate.YES, "RoundingDiffAmount": float(whole)})


def _new_order(sap: ServiceLayer, codes: Mapping[str, str], write: Write) -> Values:
    record, options, items = write.record, sap.options, write.links.get("products", {})
    customer, at = customer_of(write), placed(write, sap.clock)
    lines = [_line(sap, codes, items, each) for each in sale_lines(record)]
    values = translate.new_order(record, write.reference, at.astimezone(options.place), lines, options)
    return {"CardCode": customer, **values}


def _line(sap: ServiceLayer, codes: Mapping[str, str], items: Mapping[str, str], sold: SaleLine) -> Values:
    item = items.get(sold.sku or "") or sap.options.service_item
    where = f"in [systems.{sap.name}]"
    if not item:
        raise Unfit("item-missing", f"there is no item for {sold.text}; name one as service_item {where}")
    rate = sold.rate or NOTHING
    if rate not in codes:
        why = f"there is no VAT group of {rate} %, or there are several; name one under taxes {where}"
        raise Unfit("tax-unknown", why)
    return translate.line(sold, item, codes[rate], sap.options)


write_orders = entering(_entering)
