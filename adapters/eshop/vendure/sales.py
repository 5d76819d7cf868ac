"""Customers and orders: what a Vendure shop is asked for, and how its orders are brought forward."""

from collections.abc import Sequence
from functools import partial

from adapters.asking.forms import send
from adapters.eshop.forward import Step, unless
from adapters.eshop.notes import notes_of, withdrawn
from adapters.eshop.vendure import queries
from adapters.eshop.vendure.client import Listing, Shop
from adapters.eshop.vendure.translate import CUSTOMER, PLACED_ORDER, fulfilments, unsent
from adapters.rows import Row
from hub.connector import Write

PLACED = "orderPlacedAt"
REACHED = {"Shipped": ("Shipped", "PartiallyDelivered", "Delivered"), "Delivered": ("Delivered",)}
"""State of an order -> where one stands that has come so far."""
SENT = [*REACHED["Shipped"], "Cancelled"]
CUSTOMERS = Listing("customers", CUSTOMER)
ORDERS, SENT_ORDERS, OPEN_ORDERS = (
    # An order of several sellers' goods is split into one for each: the hub would have them twice.
    Listing("orders", PLACED_ORDER, 100, chosen, money=True, at_home={"type": {"notEq": "Seller"}})
    for chosen in (
        {PLACED: {"isNull": False}},
        {PLACED: {"isNull": False}, "state": {"in": SENT}},
        {"state": {"notIn": SENT}},
    )
)
NO_PARCEL: Row = {}


cancel: Step[Shop] = unless(
    lambda row: row["state"] == "Cancelled", lambda shop, row, _: shop.ask(queries.CANCEL, id=row["id"])
)


def _move(shop: Shop, row: Row, write: Write, *, states: Sequence[str]) -> None:
    """Bring all that is in no fulfilment yet into a new one, and all of them through these states.

    The order follows; what keeps it from that, Vendure says.
    """
    sent = fulfilments(row)
    parcel = next(iter(write.record.get("tracking") or ()), NO_PARCEL)
    if rest := unsent(row):
        told: dict[str, str] = {"method": parcel.get("carrier") or "hub", "trackingCode": parcel.get("number", "")}
        handler = {"code": "manual-fulfillment", "arguments": [{"name": name, "value": told[name]} for name in told]}
        lines = [{"orderLineId": id_, "quantity": quantity} for id_, quantity in rest.items()]
        sent.append(shop.ask(queries.FULFIL, input={"lines": lines, "handler": handler})["done"])
    for each in sent:
        for state in states:
            if each["state"] not in (state, "Delivered"):
                shop.ask(queries.MOVE, id=each["id"], state=state)
    # Vendure leaves an order behind whose payment is not settled, or was so only after it was sent.
    if shop.ask(queries.STATE, id=row["id"])["order"]["state"] not in REACHED[states[-1]]:
        shop.ask(queries.ADVANCE, id=row["id"], state=states[-1])


ship: Step[Shop] = partial(_move, states=["Shipped"])
deliver: Step[Shop] = partial(_move, states=["Shipped", "Delivered"])


def tell(shop: Shop, row: Row, write: Write) -> None:
    """Note all parcels and the invoice: a fulfilment has one number, which cannot be changed, and no place for it."""
    there = {each["data"].get("note"): each["id"] for each in row["history"]["items"]}
    wanted = notes_of(write.record.get("tracking") or (), write.fields.get("invoice"))
    told = [queries.NOTE(input={"id": row["id"], "note": n, "isPublic": True}) for n in wanted if n not in there]
    told += [queries.FORGET(id=there[note]) for note in notes_of(withdrawn(write), None) if note in there]
    if told:
        send(shop.ask, "mutation", told)
