"""The order manager: orders, their statuses and parcels, and the journal of what happened to them."""

from datetime import datetime
from typing import Any

from tests.fakes.baselinker.answers import Failed

PAGE = 100
"""Orders of an answer (page "getOrders")."""
STATUSES = {1051: "New orders", 1291: "Ready to ship", 1471: "Dispatched", 1500: "Delivered", 1600: "Cancelled"}
NEW, DELIVERED = 1051, 1500
CREATED, CONFIRMED, REMOVED, PACKAGE, DELIVERY_DATA, EDITED, STATUS, INVOICE_DATA = 1, 2, 4, 9, 11, 16, 18, 21
"""Types of events (page "getJournalList")."""


def new(at: datetime, confirmed: datetime, email: str, **more: Any) -> dict[str, Any]:
    """Return what an order says; `at`: when it was placed."""
    where = {"fullname": "Jan Kowalski", "company": "", "address": "Prosta 1", "city": "Warszawa", "state": ""}
    place = {**where, "postcode": "00-950", "country": "Poland", "country_code": "PL"}
    return {
        "shop_order_id": 0, "external_order_id": "", "order_source": "shop", "order_source_id": 2445,
        "order_status_id": NEW, "confirmed": True, "date_add": int(at.timestamp()),
        "date_confirmed": int(confirmed.timestamp()), "date_in_status": int(confirmed.timestamp()),
        "user_login": "", "phone": "+48600100200", "email": email, "user_comments": "", "admin_comments": "",
        "currency": "PLN", "payment_method": "PayU", "payment_method_cod": "0", "payment_done": 0,
        "delivery_method": "Courier", "delivery_price": 12.5, "delivery_package_module": "", "delivery_package_nr": "",
        **{f"delivery_{name}": value for name, value in place.items()},
        "delivery_point_id": "", "delivery_point_name": "", "want_invoice": "0", "invoice_nip": "",
        **{f"invoice_{name}": value for name, value in place.items()},
        "extra_field_1": "", "extra_field_2": "",
        "products": [line(59157160, "00042", "Lamp", 19.99, 3), line(59157161, "", "Something that is gone", 0.33, 7)],
        **more,
    }  # fmt: skip


def line(id_: int, sku: str, name: str, price: float, quantity: int) -> dict[str, Any]:
    """Return a line of an order; `price`: of one, with tax."""
    return {
        "storage": "db", "storage_id": 307, "order_product_id": id_, "product_id": "5434", "variant_id": 0,
        "name": name, "attributes": "", "sku": sku, "ean": "", "location": "", "auction_id": "0",
        "price_brutto": price, "tax_rate": 23, "quantity": quantity, "weight": 1,
    }  # fmt: skip


def listed(fake: Any, told: Any) -> dict[str, Any]:
    """Page "getOrders": those confirmed at the date or later, in the order of it, a hundred at most."""
    found = [each for each in fake.orders.there() if _fits({"order_id": each.id, **each.values}, told)]
    found.sort(key=lambda each: (each.values["date_confirmed"], each.id))
    return {"orders": [{"order_id": each.id, **each.values} for each in found[:PAGE]]}


def _fits(row: Any, told: Any) -> bool:
    email = told.get("filter_email")
    return (
        (told.get("get_unconfirmed_orders", False) or row["confirmed"])
        and told.get("order_id") in (None, row["order_id"], str(row["order_id"]))
        and row["date_confirmed"] >= int(told.get("date_confirmed_from") or 0)
        and row["order_id"] >= int(told.get("id_from") or 0)
        and (not email or row["email"].lower() == email.lower())
    )


def journal(fake: Any, told: Any) -> dict[str, Any]:
    """Page "getJournalList": empty, as long as BaseLinker's support has not switched it on."""
    since, types = int(told.get("last_log_id") or 0), told.get("logs_types") or []
    logs = [each for each in fake.journal if each["log_id"] > since and (not types or each["log_type"] in types)]
    return {"logs": logs[:PAGE] if fake.keeps_journal else []}


def statuses(_fake: Any, _told: Any) -> dict[str, Any]:
    """Page "getOrderStatusList"."""
    return {"statuses": [{"id": id_, "name": name, "name_for_customer": name} for id_, name in STATUSES.items()]}


def set_status(fake: Any, told: Any) -> dict[str, Any]:
    """Page "setOrderStatus"."""
    if int(told["status_id"]) not in STATUSES:
        raise Failed("ERROR_STATUS_ID", "There is no status with the given id")
    now = int(fake.clock.now().timestamp())
    fake.change_order(_order(fake, told), STATUS, order_status_id=int(told["status_id"]), date_in_status=now)
    return {}


def packages(fake: Any, told: Any) -> dict[str, Any]:
    """Page "getOrderPackages"."""
    return {"packages": fake.packages.get(_order(fake, told), [])}


def add_package(fake: Any, told: Any) -> dict[str, Any]:
    """Page "createPackageManual": as often as it is told."""
    id_, number, code = _order(fake, told), told["package_number"], told["courier_code"][:20]
    there = fake.packages.setdefault(id_, [])
    there.append({"package_id": 1000 + len(there), "courier_package_nr": number, "courier_code": code})
    fake.change_order(id_, PACKAGE, delivery_package_module=code, delivery_package_nr=number)
    return {"package_id": there[-1]["package_id"], "package_number": number}


def set_fields(fake: Any, told: Any) -> dict[str, Any]:
    """Page "setOrderFields": only what is given is changed."""
    id_ = _order(fake, told)
    fake.change_order(id_, EDITED, **{name: value for name, value in told.items() if name != "order_id"})
    return {}


def _order(fake: Any, told: Any) -> int:
    id_ = int(told["order_id"])
    if id_ not in fake.orders.records:
        raise Failed("ERROR_ORDER_ID", "There is no order with the given id")
    return id_
