"""Orders, what is sent of them, and customers."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.fakes.records import Record
from tests.fakes.shopify.asking import Info, Row, number, part, said
from tests.fakes.shopify.catalogue import gid

if TYPE_CHECKING:
    from tests.fakes.shopify.shop import Shopify

HIDDEN = ("lines", "parts", "customer_id", "metafields", "charges", "refunds")


def bag(amount: str) -> Row:
    """Object "MoneyBag": the customer paid in another currency than the shop's."""
    return {
        "shopMoney": {"amount": amount, "currencyCode": "PLN"},
        "presentmentMoney": {"amount": f"{float(amount) / 4:.2f}", "currencyCode": "EUR"},
    }


def address(id_: int) -> Row:
    """Object "MailingAddress"."""
    told = {"name": "Jan Żak", "company": None, "address1": "Prosta 1", "address2": None, "city": "Warszawa"}
    more = {"zip": "00-950", "province": None, "countryCodeV2": "PL", "phone": "+48 22 555 01 23"}
    return {
        "__typename": "MailingAddress",
        "id": f"{gid('MailingAddress', id_)}?model_name=CustomerAddress",
        **told,
        **more,
    }


def customer(shop: "Shopify", record: Record) -> Row:
    """Object "Customer"."""
    values = record.values
    return {
        "__typename": "Customer",
        "id": gid("Customer", record.id),
        "updatedAt": shop.written(record.modified),
        **{name: values[name] for name in ("firstName", "lastName")},
        "defaultEmailAddress": {"emailAddress": values["email"]},
        "defaultPhoneNumber": None,
        "defaultAddress": address(record.id),
        "addressesV2": part(lambda: [address(record.id)]),
    }


def _taxes(amount: str) -> list[Row]:
    return [{"title": "VAT", "rate": 0.23, "ratePercentage": 23.0, "priceSet": bag(amount)}]


def _line(id_: int, sku: str | None, title: str) -> Row:
    return {
        "__typename": "LineItem",
        "id": gid("LineItem", id_),
        "sku": sku,
        "title": title,
        "variantTitle": None,
        "quantity": 1,
        "currentQuantity": 1,
        "originalUnitPriceSet": bag("4.33"),
        "discountAllocations": [{"allocatedAmountSet": bag("1.0")}],
        "taxLines": _taxes("0.77"),
    }


def placed(shop: "Shopify", at: datetime, customer_id: int | None) -> tuple[Record, Mapping[str, str]]:
    """Add an order of three articles at 3.33, one of a product that is gone, with shipping; its tax is rounded once."""
    id_ = 1 + max(shop.orders.records, default=shop.orders.first - 1)
    lines = [_line(10 * id_, "00042", "Lamp"), _line(10 * id_ + 1, "A-1", "Bulb"), _line(10 * id_ + 2, None, "Candle")]
    charge = {"id": gid("ShippingLine", id_), "title": "Kurier", "code": "courier", "discountedPriceSet": bag("5.0")}
    charge["currentDiscountedPriceSet"] = bag("5.0")
    payment = {"id": gid("OrderTransaction", id_), "kind": "SALE", "status": "SUCCESS", "gateway": "shopify_payments"}
    values: Row = {
        "name": f"#{id_}", "processedAt": shop.written(at), "cancelledAt": None, "closedAt": None, "currencyCode": "PLN",
        "taxesIncluded": False, "email": f"guest{id_}@example.com", "phone": None, "note": "ring twice",
        "displayFinancialStatus": "PAID", "displayFulfillmentStatus": "UNFULFILLED",
        "currentTotalPriceSet": bag("18.44"), "currentTotalTaxSet": bag("3.45"), "currentTotalDutiesSet": None,
        "additionalFees": [],
        "billingAddress": address(id_), "shippingAddress": address(id_), "customer_id": customer_id, "metafields": {},
        "lines": lines, "charges": [charge | {"taxLines": _taxes("1.15")}], "fulfillments": [], "refunds": [],
        "transactions": [payment | {"paymentId": f"p{id_}", "processedAt": shop.written(at)}],
        "parts": [{"__typename": "FulfillmentOrder", "id": gid("FulfillmentOrder", id_), "status": "OPEN",
                   "assignedLocation": {"location": {"id": gid("Location", 1), "name": "Warszawa"}},
                   "supportedActions": [{"action": "CREATE_FULFILLMENT"}]}],
    }  # fmt: skip
    return shop.orders.add(values), {"net": "14.99", "tax": "3.45", "gross": "18.44"}


def refund_shipping(record: Record) -> None:
    """Object "ShippingLine": only the current price is that after refunds; objects "Order": as are its totals."""
    values = record.values
    values["charges"][0]["currentDiscountedPriceSet"] = bag("0.0")
    values |= {"currentTotalPriceSet": bag("12.29"), "currentTotalTaxSet": bag("2.3")}


def refund(
    shop: "Shopify", record: Record, line: int, quantity: int, kind: str, less: Row, *, shipping: str | None = None
) -> None:
    """Object "Refund": lines and totals fall by it, whatever becomes of the pieces; `less`: gross and tax by how much."""
    values, at = record.values, shop.written(shop.clock.now())
    given, id_ = values["lines"][line], 100 * record.id + len(values["refunds"])
    given["currentQuantity"] -= quantity
    row: Row = {"__typename": "Refund", "id": gid("Refund", id_), "createdAt": at, "charges": []}
    row["lines"] = [{"id": gid("RefundLineItem", id_), "quantity": quantity, "restockType": kind, "lineItem": given}]
    if shipping:
        charge = values["charges"][0]
        charge["currentDiscountedPriceSet"] = bag("0.0")
        told = {"id": gid("RefundShippingLine", id_), "subtotalAmountSet": bag(shipping), "shippingLine": charge}
        row["charges"] = [told | {"__typename": "RefundShippingLine"}]
    values["refunds"].append(row)
    for name, amount in less.items():
        values[name] = bag(f"{float(values[name]['shopMoney']['amount']) - amount:.2f}")
    shop.orders.touch(record.id)


def _refund(row: Row) -> Row:
    lines, charges = row["lines"], row["charges"]
    told = {name: value for name, value in row.items() if name not in ("lines", "charges")}
    return told | {"refundLineItems": part(lambda: lines), "refundShippingLines": part(lambda: charges)}


def charge_at_border(record: Record, *, told_twice: bool) -> None:
    """Objects "Order", "AdditionalFee": a duty, without tax, and a fee, with it; the duty may be among the fees as well."""
    values, fee = record.values, {"id": gid("AdditionalFee", record.id), "__typename": "AdditionalFee"}
    values["additionalFees"] = [{**fee, "name": "Handling", "price": bag("10.0"), "taxLines": _taxes("2.3")}]
    if told_twice:
        values["additionalFees"].append({**fee, "name": "Import duty", "price": bag("4.0"), "taxLines": []})
    values |= {"currentTotalPriceSet": bag("34.74"), "currentTotalTaxSet": bag("5.75")}
    values["currentTotalDutiesSet"] = bag("4.0")


def order(shop: "Shopify", record: Record) -> Row:
    """Object "Order"."""
    values = record.values
    owner = values["customer_id"] and shop.customers.records.get(values["customer_id"])

    def metafield(_info: Info, namespace: str, key: str) -> Row | None:
        value = values["metafields"].get((namespace, key))
        return value and {"id": gid("Metafield", record.id), "value": value}

    return {
        "__typename": "Order",
        "id": gid("Order", record.id),
        "updatedAt": shop.written(record.modified),
        **{name: value for name, value in values.items() if name not in HIDDEN},
        "customer": customer(shop, owner) if owner else None,
        "lineItems": part(lambda: values["lines"]),
        "shippingLines": part(lambda: values["charges"]),
        "refunds": [_refund(each) for each in values["refunds"]],
        "fulfillmentOrders": part(lambda: values["parts"]),
        "metafield": metafield,
    }


def fulfil(shop: "Shopify", _info: Info, fulfillment: Row, **_: Any) -> Row:
    """Mutation "fulfillmentCreate": what is closed is refused; all must be at one location."""
    wanted = {each["fulfillmentOrderId"] for each in fulfillment["lineItemsByFulfillmentOrder"]}
    found = [
        (record, each) for record in shop.orders.there() for each in record.values["parts"] if each["id"] in wanted
    ]
    if len(found) != len(wanted):
        return said("Fulfillment order does not exist.", "fulfillment")
    if len({each["assignedLocation"]["location"]["id"] for _, each in found}) > 1:
        return said("All fulfillment orders must be assigned to the same location.", "fulfillment")
    if any(each["status"] not in ("OPEN", "IN_PROGRESS") for _, each in found):
        return said("Fulfillment order has an unfulfillable status", "fulfillment")
    for record, each in found:
        each["status"] = "CLOSED"
        parts = record.values["parts"]
        done = all(other["status"] == "CLOSED" for other in parts)
        record.values["displayFulfillmentStatus"] = "FULFILLED" if done else "PARTIALLY_FULFILLED"
    record = found[0][0]
    id_ = 100 * record.id + len(record.values["fulfillments"])
    sent = {"__typename": "Fulfillment", "id": gid("Fulfillment", id_), "status": "SUCCESS"}
    sent["createdAt"] = shop.written(shop.clock.now())
    record.values["fulfillments"].append(sent | {"trackingInfo": _infos(fulfillment.get("trackingInfo") or {})})
    shop.orders.touch(record.id)
    shop.mailed += bool(fulfillment.get("notifyCustomer"))
    return {"userErrors": []}


def _infos(given: Row) -> list[Row]:
    urls = given.get("urls") or [None] * len(given.get("numbers", ()))
    return [
        {"number": number, "company": given.get("company"), "url": url}
        for number, url in zip(given.get("numbers", ()), urls, strict=True)
    ]


def retrack(shop: "Shopify", _info: Info, fulfillmentId: str, trackingInfoInput: Row, **_: Any) -> Row:  # noqa: N803
    """Mutation "fulfillmentTrackingInfoUpdate"."""
    for record in shop.orders.there():
        for each in record.values["fulfillments"]:
            if each["id"] == fulfillmentId:
                each["trackingInfo"] = _infos(trackingInfoInput)
                shop.orders.touch(record.id)
                return {"userErrors": []}
    return said("Fulfillment does not exist.", "fulfillmentId")


def close(shop: "Shopify", _info: Info, input: Row) -> Row:  # noqa: A002
    """Mutation "orderClose"."""
    shop.orders.change(number(input["id"]), {"closedAt": shop.written(shop.clock.now())})
    return {"userErrors": []}


def cancel(shop: "Shopify", _info: Info, orderId: str, refundMethod: Row, **_: Any) -> Row:  # noqa: N803
    """Mutation "orderCancel": irreversible, and not of what is sent already."""
    record = shop.orders.records.get(number(orderId))
    fault = None if record else ("Order does not exist.", "ORDER_NOT_FOUND")
    if record and record.values["cancelledAt"]:
        fault = ("Order has already been cancelled.", "ORDER_ALREADY_CANCELLED")
    if record and record.values["displayFulfillmentStatus"] == "FULFILLED":
        fault = ("Cannot cancel an order that has been fulfilled.", "INVALID")
    if record is None or fault:
        message, code = fault or ("", "")
        return {"job": None, "orderCancelUserErrors": [{"field": ["orderId"], "message": message, "code": code}]}
    shop.orders.change(record.id, {"cancelledAt": shop.written(shop.clock.now())})
    for each in record.values["lines"]:
        each["currentQuantity"] = 0
    shop.refunded += bool(refundMethod.get("originalPaymentMethodsRefund"))
    return {"job": {"id": gid("Job", record.id), "done": False}, "orderCancelUserErrors": []}


def note(shop: "Shopify", _info: Info, metafields: list[Row]) -> Row:
    """Mutation "metafieldsSet"."""
    for each in metafields:
        record = shop.orders.records[number(each["ownerId"])]
        record.values["metafields"][each["namespace"], each["key"]] = each["value"]
        shop.orders.touch(record.id)
    return {"userErrors": []}


def forget(shop: "Shopify", _info: Info, metafields: list[Row]) -> Row:
    """Mutation "metafieldsDelete"."""
    for each in metafields:
        record = shop.orders.records[number(each["ownerId"])]
        record.values["metafields"].pop((each["namespace"], each["key"]), None)
    return {"userErrors": []}
