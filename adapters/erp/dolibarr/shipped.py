"""Orders as documents; of those that are delivered, what their shipments lack.

Sources: Dolibarr/dolibarr, htdocs/commande/class/api_orders.class.php (getOrderShipments), expedition/class/
expedition.class.php (fetch_lines, STATUS_*).
"""

from collections.abc import Iterator, Sequence

from adapters.erp.dolibarr.client import Dolibarr, kept
from adapters.erp.dolibarr.translate import CLOSED, ORDER, state
from adapters.erp.short import short_shipped
from adapters.rows import Row
from hub.connector import Document

LEFT = (1, 2)
"""A shipment that is validated or closed; 0 is a draft, -1 is cancelled."""
GOODS = 0
"""`product_type`: services are not shipped."""

_only = kept(*ORDER)


def orders(erp: Dolibarr, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each order."""
    for row in rows:
        asked = erp.options.shipments and state(row) == CLOSED
        yield Document(str(row["id"]), _only(row) | ({"short": _short(erp, row)} if asked else {}))


def _short(erp: Dolibarr, order: Row) -> list[dict[str, str]] | None:
    """Return what was sent less. An order without any shipment was called delivered by hand: nobody says what was sent."""
    shipments: Sequence[Row] = erp.look_up(f"orders/{order['id']}/shipment") or ()
    left = [each for each in shipments if state(each) in LEFT]
    goods = [
        line for line in order.get("lines") or () if line["fk_product"] and int(line["product_type"] or 0) == GOODS
    ]
    refs = {int(line["fk_product"]): line["product_ref"] for line in goods}
    sent = [
        (refs.get(int(line["fk_product"] or 0)), 0, line["qty_shipped"])
        for each in left
        for line in each.get("lines") or ()
    ]
    return short_shipped([*((line["product_ref"], line["qty"], 0) for line in goods), *sent]) if left else None
