"""What the people of each ERP do with a sale, by its documents: they send a part, then the rest, and bill it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.fakes.businesscentral import selling as sales
from tests.fakes.dolibarr import Dolibarr, orders
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


def odoo_sends_less(erp: Odoo, sale: str) -> None:
    """One of the first line stays, without a backorder (stock: stock_move.py, _action_done with cancel_backorder)."""
    odoo_sends("P-1", all_of_it=True)(erp, sale)
    first, *others = [
        each for each in erp.orm.tables["sale.order.line"].there() if each.values["order_id"] == int(sale)
    ]
    for line in (first, *others):
        line.values["qty_delivered"] = line.values["product_uom_qty"] - (line is first)
    left = erp.make("stock.move", product_id=first.values["product_id"], state="cancel", sale_line_id=first.id)
    first.values["move_ids"] = [left]


def erpnext_sends_less(erp: ErpNext, sale: str) -> None:
    """One of the first line stays."""
    erpnext_sends("P-1", 1.0)(erp, sale)
    order = erp.store.docs["Sales Order"][sale]
    order["items"][0]["delivered_qty"] -= 1
    selling.deliver(order, 0.0)


def erpnext_closes(erp: ErpNext, sale: str) -> None:
    """sales_order.py, update_status, as the button "Close" does."""
    erp.store.update("Sales Order", sale, {"status": "Closed"})


CLOSE_SHORT: Mapping[str, Sequence[Act]] = {
    "odoo": [odoo_sends_less],
    "erpnext": [erpnext_sends_less, erpnext_closes],
    "sapb1": [
        lambda erp, sale: documents.deliver(erp, int(sale), "P-1", whole=False, less=1),
        lambda erp, sale: documents.close(erp, int(sale)),
    ],
    "dolibarr": [lambda erp, sale: orders.send(erp, int(sale), less=1), dolibarr_is(status=3)],
}
"""They send less than was ordered, two of three, and no more."""
