"""What a Magento shop is told of an order: how far it is, its parcels, its invoice. What is done is not done again."""

from typing import Any

from adapters.eshop.forward import left
from adapters.eshop.magento.lists import ORDERS
from adapters.eshop.magento.sales import notes, shipments
from adapters.eshop.magento.shop import Shop
from adapters.eshop.notes import notes_of
from adapters.rows import Row
from adapters.writing.writes import Unfit
from hub.connector import Write

CARRIER = "custom"
"""What the shop calls every carrier for which it has no module (source: Magento\\Shipping\\Model\\Order\\Track)."""
ENDED = ("complete", "closed", "canceled")


def tell(shop: Shop, row: Row, write: Write) -> None:
    """Note the parcels that no shipment tells, and the invoice: a comment for the staff, each once."""
    told = {track["track_number"] for each in _sent(shop, row) for track in each.get("tracks") or ()}
    parcels = [each for each in write.fields.get("tracking") or () if each["number"] not in told]
    wanted = notes_of(parcels, write.fields.get("invoice"))
    if not (missing := [note for note in wanted if note not in notes(row)]):
        return
    (now,) = ORDERS.some(shop, [row["id"]])
    for note in missing:
        # A comment sets the order's status as well: one without a status takes it away.
        body = {"comment": note, "is_customer_notified": 0, "is_visible_on_front": 0, "status": now["status"]}
        shop.send("POST", f"orders/{row['entity_id']}/comments", {"statusHistory": body})


def cancel(shop: Shop, row: Row, _: Write) -> None:
    """Cancel an order; the shop answers false where it cannot, such as one that is invoiced."""
    if row["state"] not in ENDED and not shop.send("POST", f"orders/{row['entity_id']}/cancel", repeatable=True):
        raise Unfit("not-cancelled", "the shop cannot cancel this order; is it invoiced or shipped already?")


def ship(shop: Shop, row: Row, write: Write) -> None:
    """Ship what is not shipped yet, with the parcels' numbers (page "Ship an order").

    Of several sources, the shop would take the goods from the one called `default` (source: InventoryShipping,
    AssignSourceCodeToShipmentPlugin). Without Inventory it knows no sources, and refuses what names one.
    """
    if row["state"] in ENDED:
        return
    rest = left(_open(row), [(str(item["item_id"]), item.get("qty_shipped") or 0) for item in _goods(row)])
    if not rest:
        return
    numbers = {each["number"]: each.get("carrier") for each in write.record.get("tracking") or ()}
    tracks = [{"track_number": n, "title": carrier or n, "carrier_code": CARRIER} for n, carrier in numbers.items()]
    body: dict[str, Any] = {"items": _items(rest), "notify": shop.options.tell_customers, "tracks": tracks}
    if not shop.options.stock_items:
        body["arguments"] = {"extension_attributes": {"source_code": shop.options.source}}
    shop.send("POST", f"order/{row['entity_id']}/ship", body)


def complete(shop: Shop, row: Row, write: Write) -> None:
    """Ship and invoice what is left: the shop then calls the order complete."""
    ship(shop, row, write)
    if row["state"] in ENDED:
        return
    lines = [item for item in row["items"] if not item.get("parent_item_id")]
    due = [(str(item["item_id"]), item["qty_ordered"] - (item.get("qty_canceled") or 0)) for item in lines]
    if rest := left(due, [(str(item["item_id"]), item.get("qty_invoiced") or 0) for item in lines]):
        body = {"items": _items(rest), "capture": shop.options.capture, "notify": False}
        shop.send("POST", f"order/{row['entity_id']}/invoice", body)


def _goods(row: Row) -> list[Row]:
    return [item for item in row["items"] if not item.get("parent_item_id") and not item.get("is_virtual")]


def _open(row: Row) -> list[tuple[str, float]]:
    """Return how much of each line is to be shipped."""
    gone = ("qty_canceled", "qty_refunded")
    return [
        (str(item["item_id"]), item["qty_ordered"] - sum(item.get(name) or 0 for name in gone)) for item in _goods(row)
    ]


def _items(rest: dict[str, float]) -> list[dict[str, Any]]:
    return [{"order_item_id": int(id_), "qty": quantity} for id_, quantity in rest.items()]


def _sent(shop: Shop, row: Row) -> list[Row]:
    return shipments(shop, [str(row["entity_id"])]).get(str(row["entity_id"]), [])
