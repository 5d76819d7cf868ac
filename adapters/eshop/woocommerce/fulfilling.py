"""What a WooCommerce shop is told of an order: how far it is, its parcels, its invoice."""

import re
from collections.abc import Sequence

from adapters.eshop.orders import Fields
from adapters.eshop.woocommerce.asked import INVOICE, TRACKING
from adapters.eshop.woocommerce.shop import Shop
from adapters.rows import Row
from adapters.writing.writes import Gone
from hub.canonical import moves_forward
from hub.connector import Write, Written

NOTED = {"tracking": TRACKING, "invoice": INVOICE}
"""Our field -> the meta key under which it is kept."""


def write_order(shop: Shop, write: Write) -> Written:
    """Bring an order forward, and say what parcels and invoice there are; what it knows already is not told again."""
    rows = shop.some("orders", [write.id or ""])
    if not rows:
        raise Gone
    body = _status(shop, rows[0]["status"], write.fields.get("status"))
    if write.fields.get("tracking"):
        _tell_parcels(shop, write, write.fields["tracking"])
    if noted := [name for name in NOTED if name in write.fields]:
        body["meta_data"] = [{"key": NOTED[name], "value": write.fields[name] or ""} for name in noted]
    if body:
        shop.send("PUT", f"orders/{write.id}", body, repeatable=True)
    return Written(write.key, "done", write.id)


def _status(shop: Shop, now: str, wanted: str | None) -> Fields:
    """Return the shop's word for a status, if the order comes forward by it."""
    theirs = shop.options.told.get(wanted or "", now)
    forward = theirs != now and moves_forward(shop.options.status.get(now), wanted)
    return {"status": theirs} if forward else {}


def _tell_parcels(shop: Shop, write: Write, parcels: Sequence[Row]) -> None:
    """Note each parcel once: a note may be an e-mail to the customer, and the shop would send it twice."""
    path = f"orders/{write.id}/notes"
    notes = " ".join(each["note"] for each in shop.look(path))
    for each in parcels:
        if not re.search(rf"(?<!\w){re.escape(each['number'])}(?!\w)", notes):  # 12 is not told by 123
            text = " ".join(each[name] for name in ("carrier", "number", "address") if each.get(name))
            shop.send("POST", path, {"note": text, "customer_note": shop.options.tell_customers})
