"""Sending what was ordered: in which parcels it goes, and that they are on their way."""

from collections import defaultdict
from collections.abc import Mapping

from adapters.eshop.forward import left
from adapters.eshop.medusa.sales import ORDERS
from adapters.eshop.medusa.shop import Shop
from adapters.eshop.medusa.sold import as_sold
from adapters.eshop.orders import Fields
from adapters.fields import at
from adapters.rows import Row
from hub.connector import Write

CHOSEN = "shipping_methods.shipping_option_id"
PACKED = f"id,items.id,items.requires_shipping,items.variant.product.shipping_profile.id,{CHOSEN}"


def ship(shop: Shop, row: Row, write: Write) -> None:
    """Pack what is in no parcel yet, and send what is packed. What a claim or an exchange sends is packed by people."""
    path, (sold,) = f"orders/{row['id']}/fulfillments", as_sold(shop, [row])
    open_ = [(item["id"], item["quantity"] - item["detail"]["fulfilled_quantity"]) for item in sold["items"]]
    if items := left(open_, ()):
        for each in _parcels(shop, row["id"], items):
            shop.send(path, each)
        (row,) = ORDERS.some(shop, [row["id"]])
    numbers = [each["number"] for each in write.record.get("tracking") or ()]
    labels = [{"tracking_number": number, "tracking_url": "", "label_url": ""} for number in numbers]
    own = {item["id"] for item in sold["items"]}
    for packed in row["fulfillments"]:
        if not packed["shipped_at"] and not packed["canceled_at"] and own >= {*at(packed, "items.line_item_id")}:
            sent = [{"id": item["line_item_id"], "quantity": item["quantity"]} for item in packed["items"]]
            shop.send(f"{path}/{packed['id']}/shipments", {"items": sent, "labels": labels})


def _parcels(shop: Shop, order: str, items: Mapping[str, float]) -> list[Fields]:
    """Return the parcels of some items: one for each shipping profile, another for what needs no shipping.

    Medusa refuses what is mixed; each leaves from where its stock is reserved, as no location is named.
    """
    (row,), _ = shop.rows("orders", fields=PACKED, **{"id[]": order})
    chosen = at(row, CHOSEN)
    options = shop.rows("shipping-options", fields="id,shipping_profile_id", **{"id[]": chosen})[0] if chosen else ()
    by_profile = {each["shipping_profile_id"]: each["id"] for each in options}
    parcels = defaultdict[tuple[bool, str | None], list[Fields]](list)
    for item in row["items"]:
        if item["id"] in items:
            profile = at(item, "variant.product.shipping_profile.id") if item["requires_shipping"] else None
            told = {"id": item["id"], "quantity": items[item["id"]]}
            parcels[item["requires_shipping"], by_profile.get(profile)].append(told)
    named = {option: {"shipping_option_id": option} for option in by_profile.values()}
    return [{"items": some, **named.get(option, {})} for (_, option), some in parcels.items()]
