"""Customers, orders, and what is sent of them (source: graphql/order)."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.fakes.records import Record
from tests.fakes.saleor.asking import Info, Row, allowed, connection, gid, number, said, taxed

if TYPE_CHECKING:
    from tests.fakes.saleor.shop import Saleor

PLAIN = (
    "number", "created", "status", "userEmail", "shippingMethodName", "paymentStatus", "chargeStatus",
    "authorizeStatus", "payments", "transactions", "total", "shippingPrice", "shippingTaxRate", "customerNote",
    "displayGrossPrices", "lines", "fulfillments", "giftCards",
)  # fmt: skip


def address(id_: int, **more: Any) -> Row:
    """Object "Address": empty where nothing is known, never null, but for the phone."""
    told = {"firstName": "Jan", "lastName": "Żak", "companyName": "", "streetAddress1": "Prosta 1"}
    rest = {"streetAddress2": "", "city": "WARSZAWA", "cityArea": "", "postalCode": "00-950", "countryArea": ""}
    where = {"country": {"code": "PL", "country": "Poland"}, "phone": "+48225550123"}
    return {"id": gid("Address", id_), **told, **rest, **where, **more}


def user(record: Record) -> Row:
    """Object "User"."""
    values = record.values
    own = address(record.id, isDefaultShippingAddress=True, isDefaultBillingAddress=False)
    return {
        **{name: values[name] for name in ("email", "firstName", "lastName")},
        "id": gid("User", record.id),
        "isActive": True,
        "addresses": [own],
        "externalReference": None,
        "updatedAt": record.modified.isoformat(),
        "metadata": [],
    }


def list_users(
    shop: "Saleor", _info: Info, first: int | None = None, after: str | None = None, filter: Row | None = None,  # noqa: A002
    sortBy: Row | None = None, **_: Any,  # noqa: N803
) -> Row:  # fmt: skip
    """Query "customers"."""
    allowed(shop, "MANAGE_ORDERS", "MANAGE_USERS")
    ids = (filter or {}).get("ids")
    rows = [user(each) for each in shop.users.there() if shop.fits(each, filter)]
    rows = [each for each in rows if ids is None or each["id"] in ids]
    descending = bool(sortBy) and sortBy["direction"] == "DESC"

    def place(row: Row) -> tuple[str, ...]:
        return (row["updatedAt"], f"{number(row['id'], 'User'):09d}") if sortBy else (row["email"],)

    return connection(rows, place, first, after, name="customers", descending=descending)


def _line(id_: int, sku: str | None, name: str) -> Row:
    unit, full = taxed(3.33, 4.1), taxed(4.33, 5.33)
    return {
        "id": gid("OrderLine", id_), "productName": name, "variantName": sku or "UHJvZHVjdFZhcmlhbnQ6NA==", "productSku": sku,
        "productVariantId": None if sku else "UHJvZHVjdFZhcmlhbnQ6NA==",
        "quantity": 1, "quantityFulfilled": 0, "quantityToFulfill": 1, "taxRate": 0.23, "unitPrice": unit,
        "undiscountedUnitPrice": full, "totalPrice": unit, "variant": None,
        "allocations": [{"id": gid("Allocation", id_), "quantity": 1, "warehouse": {"id": gid("Warehouse", 1)}}],
    }  # fmt: skip


def placed(shop: "Saleor", at: datetime, buyer: int | None) -> tuple[Record, Mapping[str, str]]:
    """Add an order of three articles at 3.33, one of a product that is gone, with shipping; its tax is rounded once."""
    id_ = 1 + max(shop.orders.records, default=shop.orders.first - 1)
    lines = [_line(10 * id_, "00042", "Lamp"), _line(10 * id_ + 1, "A-1", "Bulb"), _line(10 * id_ + 2, None, "Candle")]
    payment = {
        "id": gid("Payment", id_),
        "gateway": "mirumee.payments.adyen",
        "isActive": True,
        "pspReference": f"p{id_}",
    }
    values: Row = {
        "number": str(id_), "created": at.isoformat(), "status": "UNFULFILLED", "userEmail": f"guest{id_}@example.com",
        "shippingMethodName": "Kurier", "paymentStatus": "FULLY_CHARGED", "chargeStatus": "FULL",
        "authorizeStatus": "FULL", "transactions": [], "total": taxed(14.99, 18.44), "shippingPrice": taxed(5.0, 6.15),
        "payments": [{**payment, "created": at.isoformat(), "chargeStatus": "FULLY_CHARGED"}], "shippingTaxRate": 0.23,
        "customerNote": "ring twice", "displayGrossPrices": True, "lines": lines, "fulfillments": [], "giftCards": [],
        "buyer": buyer, "metadata": {},
    }  # fmt: skip
    return shop.orders.add(values), {"net": "14.99", "tax": "3.45", "gross": "18.44"}


def order(shop: "Saleor", record: Record) -> Row:
    """Object "Order"."""
    values = record.values
    buyer = shop.users.records.get(values["buyer"] or 0)
    told: dict[str, str] = values["metadata"]

    def metafield(_info: Info, key: str) -> str | None:
        return told.get(key)

    return {
        **{name: values[name] for name in PLAIN},
        "id": gid("Order", record.id),
        "updatedAt": record.modified.isoformat(),
        "user": buyer and user(buyer),
        "isPaid": values["chargeStatus"] in ("FULL", "OVERCHARGED"),
        "channel": shop.channel_row(1),
        "billingAddress": address(7000 + record.id),
        "shippingAddress": address(8000 + record.id),
        "metadata": [{"key": key, "value": value} for key, value in told.items()],
        "metafield": metafield,
    }


def list_orders(
    shop: "Saleor", _info: Info, first: int | None = None, after: str | None = None, filter: Row | None = None,  # noqa: A002
    sortBy: Row | None = None, channel: str | None = None, **_: Any,  # noqa: N803
) -> Row:  # fmt: skip
    """Query "orders": drafts are not among them, and the newest comes first if no order is asked for."""
    allowed(shop, "MANAGE_ORDERS")
    ids, customer = (filter or {}).get("ids"), (filter or {}).get("customer", "")
    rows = [order(shop, each) for each in shop.orders.there() if shop.fits(each, filter)]
    # source: graphql/order/filters, `filter_customer`: whoever is called alike
    rows = [each for each in rows if customer.lower()[:5] in each["userEmail"].lower()]
    rows = [
        each
        for each in rows
        if each["status"] != "DRAFT" and channel in (None, "pl") and (ids is None or each["id"] in ids)
    ]
    direction = sortBy["direction"] if sortBy else "DESC"

    def place(row: Row) -> tuple[str, ...]:
        key = f"{number(row['id'], 'Order'):09d}"
        return (row["updatedAt"], row["status"], key) if sortBy else (key,)

    return connection(rows, place, first, after, name="orders", descending=direction == "DESC")


def confirm(shop: "Saleor", _info: Info, id: str) -> Row:  # noqa: A002
    """Mutation "orderConfirm"."""
    allowed(shop, "MANAGE_ORDERS")
    record = shop.orders.records[number(id, "Order")]
    if record.values["status"] != "UNCONFIRMED":
        return said("Provided order id belongs to an order with status different than unconfirmed.", "id")
    shop.orders.change(record.id, {"status": "UNFULFILLED"})
    return {"order": order(shop, record), "errors": []}


def cancel(shop: "Saleor", _info: Info, id: str) -> Row:  # noqa: A002
    """Mutation "orderCancel": not of what is sent."""
    allowed(shop, "MANAGE_ORDERS")
    record = shop.orders.records[number(id, "Order")]
    sent = [each for each in record.values["fulfillments"] if each["status"] != "CANCELED"]
    if sent or record.values["status"] in ("CANCELED", "DRAFT", "EXPIRED"):
        return said("This order can't be canceled.", "order", "CANNOT_CANCEL_ORDER")
    shop.orders.change(record.id, {"status": "CANCELED"})
    return {"order": order(shop, record), "errors": []}


def fulfil(shop: "Saleor", _info: Info, order: str, input: Row) -> Row:  # noqa: A002
    """Mutation "orderFulfill" (order/mutations/order_fulfill)."""
    allowed(shop, "MANAGE_ORDERS")
    record = shop.orders.records[number(order, "Order")]
    if not shop.fulfils_unpaid and record.values["chargeStatus"] not in ("FULL", "OVERCHARGED"):
        return said("Cannot fulfill unpaid order.", "order", "CANNOT_FULFILL_UNPAID_ORDER")
    lines = {each["id"]: each for each in record.values["lines"]}
    sent: list[Row] = []
    for each in input["lines"]:
        line = lines[each["orderLineId"]]
        quantity = sum(part["quantity"] for part in each["stocks"])
        if quantity > line["quantityToFulfill"]:
            message = f"Only {line['quantityToFulfill']} items remaining to fulfill: {line['productName']}."
            return said(message, "orderLineId", "FULFILL_ORDER_LINE")
        if any(number(part["warehouse"], "Warehouse") not in shop.warehouses for part in each["stocks"]):
            return said("Couldn't resolve to a node.", "warehouse", "NOT_FOUND")
        sent.append({"id": gid("FulfillmentLine", len(sent) + 1), "quantity": quantity, "orderLine": line})
    if not sum(each["quantity"] for each in sent):
        return said("Total quantity must be larger than 0.", "lines", "ZERO_QUANTITY")
    for each in sent:
        each["orderLine"]["quantityFulfilled"] += each["quantity"]
        each["orderLine"]["quantityToFulfill"] -= each["quantity"]
    done = not any(each["quantityToFulfill"] for each in lines.values())
    made = {
        "id": gid("Fulfillment", 100 * record.id + len(record.values["fulfillments"])),
        "status": "FULFILLED",
        "trackingNumber": input.get("trackingNumber") or "",
        "created": shop.clock.now().isoformat(),
        "lines": sent,
    }
    record.values["fulfillments"].append(made)
    shop.mailed += input.get("notifyCustomer") is not False
    status = "FULFILLED" if done else "PARTIALLY_FULFILLED"
    # A second parcel that leaves the order as it was moves no mark (source: order/utils, `update_order_status`).
    shop.orders.change(record.id, {"status": status}, marked=status != record.values["status"])
    return {"fulfillments": [made], "errors": []}


def refund(shop: "Saleor", id_: str, units: Mapping[int, int], *, shipping: bool = False) -> None:
    """Give units of lines that are not sent yet back: the order's lines, total and status stay.

    Source: order/actions, `create_refund_fulfillment`; the money, order/utils, `update_order_charge_data`.
    """
    record = shop.orders.records[number(id_, "Order")]
    lines: list[Row] = record.values["lines"]
    moved: list[Row] = []
    for at, quantity in units.items():
        lines[at]["quantityFulfilled"] += quantity
        lines[at]["quantityToFulfill"] -= quantity
        moved.append({"id": gid("FulfillmentLine", at), "quantity": quantity, "orderLine": lines[at]})
    price = record.values["shippingPrice"]["gross"] if shipping else None
    made = {"id": gid("Fulfillment", 900 + len(record.values["fulfillments"])), "status": "REFUNDED", "lines": moved}
    told = {"trackingNumber": "", "created": shop.clock.now().isoformat(), "shippingRefundedAmount": price}
    record.values["fulfillments"].append(made | told)
    shop.orders.change(record.id, {"chargeStatus": "PARTIAL", "paymentStatus": "PARTIALLY_REFUNDED"})


def retrack(shop: "Saleor", _info: Info, id: str, input: Row) -> Row:  # noqa: A002
    """Mutation "orderFulfillmentUpdateTracking": the order's mark stays (order/mutations/fulfillment_update_tracking)."""
    allowed(shop, "MANAGE_ORDERS")
    for record in shop.orders.there():
        for each in record.values["fulfillments"]:
            if each["id"] == id:
                each["trackingNumber"] = input.get("trackingNumber") or ""
                shop.mailed += bool(input.get("notifyCustomer"))
                return {"fulfillment": each, "errors": []}
    return said(f"Couldn't resolve to a node: {id}", "id", "NOT_FOUND")


def note(shop: "Saleor", _info: Info, id: str, input: list[Row]) -> Row:  # noqa: A002
    """Mutation "updateMetadata": keys that are not named stay."""
    allowed(shop, "MANAGE_ORDERS")
    record = shop.orders.records[number(id, "Order")]
    record.values["metadata"] |= {each["key"]: each["value"] for each in input}
    shop.orders.touch(record.id)
    return {"item": order(shop, record), "errors": []}


def forget(shop: "Saleor", _info: Info, id: str, keys: list[str]) -> Row:  # noqa: A002
    """Mutation "deleteMetadata"."""
    allowed(shop, "MANAGE_ORDERS")
    record = shop.orders.records[number(id, "Order")]
    for key in keys:
        record.values["metadata"].pop(key, None)
    return {"item": order(shop, record), "errors": []}
