"""Telling a shop what became of its orders."""

from collections.abc import Iterator, Sequence
from typing import Any

from adapters.answers import Rejected
from adapters.eshop.medusa.asked import FIELDS, Row
from adapters.eshop.medusa.shop import Shop, refusal
from hub.connector import Write, Written

SENT = ("shipped", "completed")


def write_order(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Bring orders forward. Each step looks at what has been done already, so that it can be repeated."""
    rows = {row["id"]: row for row in shop.some("orders", FIELDS["orders"], "id[]", [each.id or "" for each in writes])}
    for each in writes:
        if each.id not in rows:
            yield Written(each.key, "gone")
            continue
        try:
            _bring_forward(shop, rows[each.id], each)
        except Rejected as why:
            yield refusal(each, why)
        else:
            yield Written(each.key, "done", each.id)


def _bring_forward(shop: Shop, row: Row, write: Write) -> None:
    """Medusa has no state between placed and packed: `confirmed` and `processing` change nothing there."""
    path, fields, status = f"orders/{row['id']}", write.fields, write.fields.get("status")
    parcels = write.record.get("tracking") or ()
    noted: dict[str, Any] = {}
    if "invoice" in fields:
        noted["invoice"] = fields["invoice"] or ""
    if "tracking" in fields:
        noted["tracking"] = list(parcels)
    if noted:
        shop.send(path, {"metadata": noted}, repeatable=True)
    if status == "cancelled" and row["status"] != "canceled":
        shop.send(f"{path}/cancel", {})
    if status in SENT:
        _ship(shop, row, [_label(parcel) for parcel in parcels])
    if status == "completed" and row["status"] == "pending":
        shop.send(f"{path}/complete", {}, repeatable=True)


def _label(parcel: Row) -> dict[str, str]:
    return {"tracking_number": parcel["number"], "tracking_url": parcel.get("address") or "", "label_url": ""}


def _ship(shop: Shop, row: Row, labels: Sequence[dict[str, str]]) -> None:
    """Pack what is not packed yet, and send what is packed."""
    path = f"orders/{row['id']}/fulfillments"
    left = [(item["id"], item["quantity"] - item["detail"]["fulfilled_quantity"]) for item in row["items"]]
    items = [{"id": id_, "quantity": quantity} for id_, quantity in left if quantity > 0]
    if items:
        shop.send(path, {"items": items, "location_id": shop.location()["id"]})
        (row,) = shop.some("orders", FIELDS["orders"], "id[]", [row["id"]])
    for packed in row["fulfillments"]:
        if not packed["shipped_at"] and not packed["canceled_at"]:
            sent = [{"id": item["line_item_id"], "quantity": item["quantity"]} for item in packed["items"]]
            shop.send(f"{path}/{packed['id']}/shipments", {"items": sent, "labels": labels})
