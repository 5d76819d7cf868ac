"""Ecwid's orders and customers."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.fakes.ecwid.lists import Row, changed_since, dated, failed, narrowed, ordered, page
from tests.fakes.records import Record
from tests.fakes.server import Asked, Reply

if TYPE_CHECKING:
    from tests.fakes.ecwid.shop import Ecwid

FULFILLMENT = (
    *("AWAITING_PROCESSING", "PROCESSING", "SHIPPED", "DELIVERED", "WILL_NOT_DELIVER", "RETURNED", "READY_FOR_PICKUP"),
    *("OUT_FOR_DELIVERY", "CUSTOM_FULFILLMENT_STATUS_1", "CUSTOM_FULFILLMENT_STATUS_2", "CUSTOM_FULFILLMENT_STATUS_3"),
)
SETTABLE = {"fulfillmentStatus", "paymentStatus", "trackingNumber", "privateAdminNotes"}
"""Of the fields of "Update order", those that anybody here sets."""
ADDRESS = {
    "name": "Jan Kowalski",
    "companyName": "",
    "street": "ul. Długa 1\nm. 5",
    "city": "Warszawa",
    "countryCode": "PL",
    "countryName": "Poland",
    "postalCode": "00-950",
    "stateOrProvinceCode": "MZ",
    "stateOrProvinceName": "Mazowieckie",
    "phone": "+48 600 100 200",
}


def search(fake: "Ecwid", asked: Asked) -> Reply:
    """`GET /orders` ("Search orders"): it knows no `sortBy`; the last that was placed comes first."""
    records = sorted(fake.orders.there(), key=lambda each: (each.created, each.id), reverse=True)
    if "ids" in asked.query:
        wanted = asked.query["ids"].split(",")
        records = [each for each in records if each.values["id"] in wanted or str(each.id) in wanted]
    shown = [each for each in records if each.values["paymentStatus"] != "INCOMPLETE"]
    return page(asked, [_shown(each) for each in changed_since(asked, shown)])


def update(fake: "Ecwid", asked: Asked, id_: str) -> Reply:
    """`PUT /orders/{id}` ("Update order"): a new status is mailed to the customer."""
    record = next((each for each in fake.orders.there() if each.values["id"] == id_), None)
    if record is None:
        return failed(404, "ORDER_NOT_FOUND")
    told: Mapping[str, Any] = asked.json
    if {*told} - SETTABLE or told.get("fulfillmentStatus", "SHIPPED") not in FULFILLMENT:
        return failed(400, "WRONG_PARAMETER")
    if told.get("fulfillmentStatus", "") not in ("", record.values["fulfillmentStatus"]):
        fake.mails.append(f"{id_} {told['fulfillmentStatus']} {told.get('trackingNumber', '')}".strip())
    fake.orders.change(record.id, dict(told))
    return Reply(200, {"updateCount": 1})


def customers(fake: "Ecwid", asked: Asked) -> Reply:
    """`GET /customers` ("Search customers"): whoever ordered is among them, with an account or without."""
    orders = {"REGISTERED_DATE": lambda each: (each.created, each.id), "UPDATED_DATE": lambda each: each.modified}
    shown = ordered(asked, fake.customers.there(), orders, "REGISTERED_DATE_DESC")
    if shown is None:
        return failed(400, "WRONG_PARAMETER")
    rows = [_customer(each) for each in changed_since(asked, shown)]
    return page(asked, rows, allCustomerCount=len(fake.customers.there()))


def customer(fake: "Ecwid", asked: Asked, id_: str) -> Reply:
    """`GET /customers/{id}` ("Get customer")."""
    record = fake.customers.records.get(int(id_))
    return Reply(200, narrowed(asked, _customer(record))) if record else failed(404, "CUSTOMER_NOT_FOUND")


def person(number: int) -> Row:
    """Return the fields of a customer."""
    email = f"jan{number}@shop.example"
    contacts = [
        {"id": 1, "contact": email, "type": "EMAIL", "default": True, "orderBy": 0},
        {"id": 2, "contact": f"+48 600 100 {number % 1000:03}", "type": "PHONE", "default": True, "orderBy": 0},
    ]
    tax = {"taxId": "", "taxIdValid": True, "taxExempt": False}
    more = {"acceptMarketing": True, "lang": "pl", "customerGroupId": 0, "customerGroupName": "General"}
    addresses = {"billingPerson": ADDRESS, "shippingAddresses": [{"id": 7, "defaultAddress": True, **ADDRESS}]}
    return {"name": "Jan Kowalski", "email": email, "contacts": contacts, **addresses, **tax, **more}


def placed(fake: "Ecwid", at: datetime, customer_id: int | None) -> Record:
    """Add an order, placed then. Prices hold 23 % tax; the sums of the lines, each rounded, are one grosz off the order's."""
    record = fake.orders.add(_order(customer_id))
    record.values["id"] = f"PL-{record.id}"
    record.created = at
    return record


def _order(customer_id: int | None) -> Row:
    who = (
        {"customerId": customer_id, "email": f"jan{customer_id}@shop.example"}
        if customer_id
        else {"email": "guest@shop.example"}
    )
    sums = {"subtotal": 34.97, "subtotalWithoutTax": 28.43, "total": 47.27, "totalWithoutTax": 38.42, "tax": 8.85}
    lines = [
        _item(1, {"sku": "00042", "name": "Lampa", "productId": 5}, 9.99, 3, [5.6, 2.3]),
        _item(2, {"name": "Pakowanie na prezent"}, 5, 1, [0.94, 0]),
    ]
    return {
        **who,
        **sums,
        "totalBeforeGiftCardRedemption": 47.27,
        "giftCardRedemption": 0,
        "couponDiscount": 0,
        "discount": 0,
        "paymentMethod": "Przelewy24",
        "paymentStatus": "PAID",
        "fulfillmentStatus": "AWAITING_PROCESSING",
        "externalTransactionId": "P24-1",
        "orderComments": "Bitte klingeln",
        "customerTaxId": "",
        "customerTaxIdValid": False,
        "pricesIncludeTax": True,
        "items": lines,
        "shippingOption": {"shippingMethodName": "Kurier", "shippingRate": 12.3, "shippingRateWithoutTax": 10},
        "taxesOnShipping": [{"name": "VAT", "value": 23, "total": 2.3}],
        "handlingFee": {"name": "", "value": 0, "valueWithoutTax": 0, "taxes": []},
        "customSurcharges": [],
        "shipments": [],
        "billingPerson": ADDRESS,
        "shippingPerson": ADDRESS,
    }


def _item(id_: int, told: Row, price: float, quantity: int, taxes: list[float]) -> Row:
    tax = {
        "name": "VAT",
        "value": 23,
        "total": sum(taxes),
        "taxOnDiscountedSubtotal": taxes[0],
        "taxOnShipping": taxes[1],
    }
    more = {"tax": taxes[0], "taxes": [tax | {"includeInPrice": True}], "couponAmount": 0, "discounts": []}
    return {
        "id": id_,
        **told,
        "price": price,
        "productPrice": price,
        "quantity": quantity,
        "selectedOptions": [],
        **more,
    }


def _shown(record: Record) -> Row:
    moves = {"usdTotal": record.modified.second, "internalId": record.id, "orderNumber": record.id}
    return (
        moves
        | record.values
        | {
            "vendorOrderNumber": record.values["id"],
            "createDate": dated(record.created),
            "updateDate": dated(record.modified),
            "createTimestamp": int(record.created.timestamp()),
            "updateTimestamp": int(record.modified.timestamp()),
        }
    )


def _customer(record: Record) -> Row:
    stats = {"stats": {"numberOfOrders": record.modified.second}, "totalOrderCount": record.modified.second}
    return {
        "id": record.id,
        **record.values,
        **stats,
        "registered": dated(record.created),
        "updated": dated(record.modified),
    }
