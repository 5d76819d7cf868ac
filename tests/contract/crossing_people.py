"""What the people of each ERP do with a sale, by its documents: they send a part, then the rest, and bill it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.fakes.businesscentral import selling as sales
from tests.fakes.dolibarr import Dolibarr
from tests.fakes.erpnext import ErpNext, selling
from tests.fakes.odoo import Odoo
from tests.fakes.sapb1 import SapB1, documents

Act = Callable[[Any, str], object]
"""(the fake, the sale's identity)."""
Became = tuple[str, list[str], str | None]
"""Status, parcels and invoice, as the hub then has them."""


def odoo_sends(number: str, *, all_of_it: bool) -> Act:
    def send(erp: Odoo, sale: str) -> None:
        pickings = [each for each in erp.orm.tables["stock.picking"].there() if each.values["sale_id"] == int(sale)]
        [open_] = [each for each in pickings if each.values["state"] == "assigned"]
        erp.orm.write("stock.picking", [open_.id], {"state": "done", "carrier_tracking_ref": number})
        if not all_of_it:  # stock: stock_picking.py, _create_backorder
            places = {name: open_.values[name] for name in ("location_id", "location_dest_id")}
            erp.make("stock.picking", name="WH/OUT/2", state="assigned", sale_id=int(sale), **places)

    return send


def odoo_bills(erp: Odoo, sale: str) -> None:
    invoice = erp.make("account.move", name="INV/1", state="posted", move_type="out_invoice")
    entry = erp.make("account.move.line", move_id=invoice)
    erp.orm.tables["sale.order"].records[int(sale)].values |= {"invoice_ids": [invoice], "invoice_status": "invoiced"}
    lines = erp.orm.tables["sale.order.line"].there()
    next(each for each in lines if each.values["order_id"] == int(sale)).values["invoice_lines"] = [entry]


def erpnext_sends(number: str, share: float) -> Act:
    def send(erp: ErpNext, sale: str) -> None:
        lines = [{"item_code": "A-1", "against_sales_order": sale}]
        note = erp.put("Delivery Note", f"DN-{number}", lr_no=number, transporter_name="DPD", items=lines)
        note["docstatus"] = 1
        selling.deliver(erp.store.docs["Sales Order"][sale], share)
        erp.store.update("Sales Order", sale, {})

    return send


def erpnext_bills(erp: ErpNext, sale: str) -> None:
    lines = [{"item_code": "A-1", "sales_order": sale}]
    erp.put("Sales Invoice", "INV-1", items=lines)["docstatus"] = 1
    erp.store.update("Sales Order", sale, {"per_billed": 100.0, "status": "Completed"})


def sapb1_bills(erp: SapB1, _: str) -> None:
    for each in list(erp.deliveries.there()):
        documents.invoice(erp, each.id)


def dolibarr_is(**state: Any) -> Act:
    def change(erp: Dolibarr, sale: str) -> None:
        erp.orders.change(int(sale), state)

    return change


PEOPLE: Mapping[str, Sequence[tuple[Act, Became]]] = {
    "odoo": (
        (odoo_sends("P-1", all_of_it=False), ("processing", ["P-1"], None)),
        (odoo_sends("P-2", all_of_it=True), ("shipped", ["P-1", "P-2"], None)),
        (odoo_bills, ("completed", ["P-1", "P-2"], "INV/1")),
    ),
    "erpnext": (
        (erpnext_sends("P-1", 0.5), ("processing", ["P-1"], None)),
        (erpnext_sends("P-2", 0.5), ("shipped", ["P-1", "P-2"], None)),
        (erpnext_bills, ("completed", ["P-1", "P-2"], "INV-1")),
    ),
    "sapb1": (
        (lambda erp, sale: documents.deliver(erp, int(sale), "P-1", whole=False), ("processing", ["P-1"], None)),
        (lambda erp, sale: documents.deliver(erp, int(sale), "P-2"), ("shipped", ["P-1", "P-2"], None)),
        (sapb1_bills, ("completed", ["P-1", "P-2"], "1001")),
    ),
    "business central": (
        (lambda bc, sale: sales.ship(bc, sale, whole=False), ("processing", [], None)),
        (sales.ship, ("shipped", [], None)),
        (sales.invoice, ("completed", [], "PS-INV100000")),
    ),
    "dolibarr": (
        (dolibarr_is(status=2), ("processing", [], None)),
        (dolibarr_is(status=3), ("shipped", [], None)),
        (dolibarr_is(billed=1), ("completed", [], None)),
    ),
}
"""Dolibarr's orders tell neither parcels nor invoices (docs/connectors/dolibarr.md), Business Central's no parcels."""
