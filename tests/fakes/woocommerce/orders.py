"""Orders, their notes, and customers."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.fakes.records import Record
from tests.fakes.server import Asked, Reply
from tests.fakes.woocommerce.keys import error
from tests.fakes.woocommerce.lists import Row, dates, listed, written
from tests.fakes.woocommerce.products import with_meta

if TYPE_CHECKING:
    from tests.fakes.woocommerce.shop import WooCommerce

STATUSES = {"pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed"}
"""docs: Orders, Order properties."""
NAMES = (
    "first_name",
    "last_name",
    "company",
    "address_1",
    "address_2",
    "city",
    "state",
    "postcode",
    "country",
    "phone",
)
RATE = 7
"""The number of the tax rate of 23 %."""


def address(**told: str) -> Row:
    """Return an address; blank fields are empty texts (docs: Orders, billing and shipping properties)."""
    return dict.fromkeys(NAMES, "") | told


def billing(email: str, **told: str) -> Row:
    """Return the address of somebody in Warsaw."""
    home = address(
        first_name="Jan", last_name="Żak", address_1="Prosta 1", city="Warszawa", postcode="00-950", country="PL"
    )
    return {**home, "phone": "+48 22 555 01 23", "email": email, **told}


def placed(shop: "WooCommerce", at: datetime, customer: int, email: str) -> tuple[Record, Mapping[str, str]]:
    """Add an order of three articles at 3.33 (of a product with the SKU 00042, of another, and of one that is gone), with
    shipping, a fee and a coupon. Its tax is rounded once, at the subtotal (docs: Orders; setting tax_round_at_subtotal).
    """
    lines = [_item(shop, sku=sku, name=name, quantity=1, subtotal="4.33", subtotal_tax="1.00", total="3.33", total_tax="0.77")
             for sku, name in (("00042", "Lamp &amp; Shade"), ("A-1", "Bulb"), (None, "Candle"))]  # fmt: skip
    totals = {"total": "20.90", "total_tax": "3.91", "discount_total": "3.00", "discount_tax": "0.69"}
    values: dict[str, Any] = {
        "kind": "order", "parent_id": 0, "status": "processing", "currency": "PLN", "prices_include_tax": False, **totals,
        "customer_id": customer, "customer_note": "", "billing": billing(email), "shipping": address(),
        "payment_method": "bacs", "payment_method_title": "Przelew", "transaction_id": "", "date_paid_gmt": None,
        "date_completed_gmt": None,
        "line_items": lines,
        "shipping_lines": [_item(shop, method_id="flat_rate", method_title="Kurier", total="5.00", total_tax="1.15")],
        "fee_lines": [_item(shop, name="Gift wrap", tax_class="", total="2.00", total_tax="0.46")],
        "tax_lines": [{"id": 1, "rate_id": RATE, "label": "VAT", "compound": False, "rate_percent": 23}],
        "coupon_lines": [{"id": 2, "code": "spring", "discount": "3.00", "discount_tax": "0.69"}],
        "refunds": [], "meta_data": [], "notes": [],
    }  # fmt: skip
    record = shop.posts.add(values)
    record.created = at
    return record, {"net": "16.99", "tax": "3.91", "gross": "20.90"}


def _item(shop: "WooCommerce", **told: Any) -> Row:
    shop.uploads += 1
    taxes = [{"id": RATE, "total": told["total_tax"], "subtotal": told["total_tax"]}]
    return {"id": shop.uploads, **told, "taxes": taxes, "meta_data": []}


def order(_shop: "WooCommerce", record: Record) -> Row:
    """Return an order; its number is that of the post, as long as no plugin makes another."""
    hidden = ("kind", "notes")
    row = {name: value for name, value in record.values.items() if name not in hidden}
    return {"id": record.id, "number": str(record.id), "order_key": f"wc_order_{record.id}", **row, **dates(record)}


def list_orders(shop: "WooCommerce", asked: Asked) -> Reply:
    """docs: List all orders; `search` looks through the addresses."""
    wanted = asked.query.get("search", "")
    found = [each for each in shop.orders() if wanted.lower() in str(each.values["billing"]).lower()]
    return listed(asked, shop.posts, found, lambda each: order(shop, each))


def update_order(shop: "WooCommerce", asked: Asked, id_: str) -> Reply:
    """docs: Update an order. Any status may follow any other."""
    record, given = _order(shop, id_), asked.json
    if record is None:
        return error(400, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
    if given.get("status") not in {None, *STATUSES}:
        return error(400, "rest_invalid_param", "Invalid parameter(s): status")
    new = moved(shop, given["status"], record) if "status" in given else {}
    meta = with_meta(shop, record.values["meta_data"], given.get("meta_data", ()))
    return Reply(200, order(shop, shop.posts.change(record.id, {**new, "meta_data": meta})))


def moved(shop: "WooCommerce", status: str, record: Record) -> Row:
    """Return what a new status makes of an order (code: WC_Order, maybe_set_date_paid, maybe_set_date_completed)."""
    now = written(shop.clock.now())
    paid = status in ("processing", "completed") and not record.values.get("date_paid_gmt")
    return (
        {"status": status}
        | ({"date_paid_gmt": now} if paid else {})
        | ({"date_completed_gmt": now} if status == "completed" else {})
    )


def give_back(shop: "WooCommerce", order: Record, back: Mapping[int, tuple[int, str, str]], amount: str) -> None:
    """Give back of lines of an order pieces, money and tax, by their numbers (code: wc_create_refund).

    Each is a copy of the order's line, with all amounts below zero; there may be more money in all, or less.
    """
    values, lines = order.values, dict[str, list[Row]]()
    for part in ("line_items", "shipping_lines", "fee_lines"):
        for line in values[part]:
            if line["id"] not in back:
                continue
            shop.uploads += 1
            quantity, total, tax = back[line["id"]]
            amounts: Row = dict.fromkeys(("total", "subtotal"), f"-{total}") | {"total_tax": f"-{tax}"}
            amounts |= {"quantity": -quantity} if "quantity" in line else {}
            meta = {"id": shop.uploads, "key": "_refunded_item_id", "value": str(line["id"])}
            lines.setdefault(part, []).append({**line, **amounts, "id": shop.uploads, "meta_data": [meta]})
    told = {"kind": "refund", "parent_id": order.id, "amount": amount, "reason": "", "refunded_payment": False}
    record = shop.posts.add({**told, **dict.fromkeys(("line_items", "shipping_lines", "fee_lines"), ()), **lines})
    refunds = [{"id": record.id, "reason": "", "total": f"-{amount}"}, *values["refunds"]]
    left = Decimal(values["total"]) + sum(Decimal(each["total"]) for each in refunds)
    shop.posts.change(order.id, {"refunds": refunds, **({} if left else {"status": "refunded"})})


def _refund(record: Record) -> Row:
    told = {name: value for name, value in record.values.items() if name not in ("kind", "parent_id")}
    return {"id": record.id, **told, **dates(record)}


def list_refunds(shop: "WooCommerce", asked: Asked) -> Reply:
    """Those of all orders (code: WC_REST_Refunds_Controller, since 9.0)."""
    if not shop.lists_refunds:
        return shop.nothing_there(asked)
    found = [each for each in shop.posts.there() if each.values.get("kind") == "refund"]
    return listed(asked, shop.posts, found, lambda each: _refund(each) | {"parent_id": each.values["parent_id"]})


def list_refunds_of(shop: "WooCommerce", asked: Asked, id_: str) -> Reply:
    """docs: Order refunds, List all order refunds."""
    there = [each for each in shop.posts.there() if each.values.get("kind") == "refund"]
    return listed(asked, shop.posts, [each for each in there if each.values["parent_id"] == int(id_)], _refund)


def list_notes(shop: "WooCommerce", _asked: Asked, id_: str) -> Reply:
    """docs: List all order notes; not in pages."""
    record = _order(shop, id_)
    gone = error(404, "woocommerce_rest_order_invalid_id", "Invalid order ID.")
    return Reply(200, record.values["notes"][::-1]) if record else gone


def add_note(shop: "WooCommerce", asked: Asked, id_: str) -> Reply:
    """docs: Create an order note: the customer is sent it, if it is for the customer."""
    record, note = _order(shop, id_), asked.json.get("note")
    if record is None:
        return error(404, "woocommerce_rest_order_invalid_id", "Invalid order ID.")
    if not note:
        return error(400, "rest_missing_callback_param", "Missing parameter(s): note")
    shop.uploads += 1
    customer = bool(asked.json.get("customer_note"))
    row = {"id": shop.uploads, "author": "system", "note": note, "customer_note": customer}
    record.values["notes"].append({**row, "date_created_gmt": written(shop.clock.now())})
    return Reply(201, row)


def _order(shop: "WooCommerce", id_: str) -> Record | None:
    return next((each for each in shop.orders() if each.id == int(id_)), None)


def list_customers(shop: "WooCommerce", asked: Asked) -> Reply:
    """docs: List all customers: only those with the role `customer`, unless another is asked for; no `modified_after`."""
    if asked.query.get("orderby") not in {None, "id", "include", "name", "registered_date"}:
        return error(400, "rest_invalid_param", "Invalid parameter(s): orderby")
    role = asked.query.get("role", "customer")
    found = [each for each in shop.users.there() if role in ("all", each.values["role"])]
    return listed(asked, shop.users, found, lambda each: {"id": each.id, **each.values, **dates(each)})
