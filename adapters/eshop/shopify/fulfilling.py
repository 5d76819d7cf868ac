"""Bringing an order forward. Each step looks whether it is done already."""

from collections import defaultdict

from adapters.eshop.forward import Step, unless
from adapters.eshop.notes import withdrawn
from adapters.eshop.shopify import queries
from adapters.eshop.shopify.shop import Shop
from adapters.eshop.shopify.translate import order as translated
from adapters.fields import at
from adapters.rows import Row
from adapters.writing.writes import Unfit
from hub.connector import Write

OPEN = ("OPEN", "IN_PROGRESS")
"""Of a fulfillment order: what may be sent (object "FulfillmentOrder", statuses)."""
HELD = ("ON_HOLD", "SCHEDULED")
SENT = ("SUCCESS", "OPEN", "PENDING")


def cancel(shop: Shop, row: Row, _: Write) -> None:
    """Cancel an order, and put its goods back; the shop does that a little later."""
    if not row["cancelledAt"]:
        refund = {"originalPaymentMethodsRefund": shop.options.refund}
        shop.ask(queries.CANCEL, id=row["id"], notify=shop.options.tell_customers, refund=refund)


def ship(shop: Shop, row: Row, write: Write) -> None:
    """Send all that is not sent yet, from each location apart (input "FulfillmentInput")."""
    parts = shop.ask(queries.OPEN, id=row["id"])["order"]["fulfillmentOrders"]["nodes"]
    if any(each["status"] in HELD for each in parts):
        raise Unfit("on-hold", "parts of it are on hold in the shop, or scheduled for later; release them there")
    places = defaultdict[str | None, list[Row]](list)
    for each in parts:
        if each["status"] in OPEN:
            places[at(each, "assignedLocation.location.id")].append({"fulfillmentOrderId": each["id"]})
    for some in places.values():
        told = {"lineItemsByFulfillmentOrder": some, "notifyCustomer": shop.options.tell_customers}
        shop.ask(queries.FULFIL, input={**told, **({"trackingInfo": info} if (info := _info(write)) else {})})


close: Step[Shop] = unless(
    lambda row: bool(row["closedAt"]), lambda shop, row, _: shop.ask(queries.CLOSE, id=row["id"])
)
"""Close an order: the shop calls it archived."""


def tell(shop: Shop, row: Row, write: Write) -> None:
    """Tell the parcels of what was sent before, and the invoice."""
    told = {each["number"] for each in translated(row, shop.options).get("tracking", ())}
    sent = [each for each in row["fulfillments"] if each["status"] in SENT]
    info, old = _info(write), {each["number"] for each in withdrawn(write)}
    wrong = [each for each in sent if old & {*at(each, "trackingInfo.number")}]
    if info and (wrong or {*info["numbers"]} - told):
        for each in wrong or sent[-1:]:
            shop.ask(queries.TRACKING, id=each["id"], info=info, notify=shop.options.tell_customers)
    invoice, noted = write.fields.get("invoice"), at(row, "invoice.value")
    if "invoice" in write.fields and invoice != noted:
        shop.ask(queries.NOTE, id=row["id"], value=invoice) if invoice else shop.ask(queries.FORGET, id=row["id"])


def _info(write: Write) -> Row:
    """Return all parcels; a fulfillment has one carrier for them (input "FulfillmentTrackingInput")."""
    parcels = write.record.get("tracking") or ()
    numbers = [each["number"] for each in parcels]
    urls = [each["address"] for each in parcels if each.get("address")]
    carrier = next((each["carrier"] for each in parcels if each.get("carrier")), None)
    more = ({"company": carrier} if carrier else {}) | ({"urls": urls} if len(urls) == len(numbers) else {})
    return {"numbers": numbers, **more} if numbers else {}
