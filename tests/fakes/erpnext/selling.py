"""What ERPNext does when customers and orders are saved, submitted and cancelled."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.fakes.erpnext.errors import No

if TYPE_CHECKING:
    from tests.fakes.erpnext.store import Doc, Store

Values = Mapping[str, Any]


def name_of(store: "Store", doctype: str, values: Values) -> str:
    """Return a new document's name (frappe: model/naming.py; erpnext: customer.py, get_customer_name; frappe: address.py)."""
    if doctype == "Customer":
        called = values.get("customer_name") or ""
        taken = called in store.docs["Customer"]
        return f"{called} - {store.number()}" if taken else called
    if doctype == "Address":
        title = values.get("address_title") or next((link["link_name"] for link in values.get("links") or ()), "")
        name = f"{title.strip()}-{values.get('address_type')}"
        return f"{name}-{store.number()}" if name in store.docs["Address"] else name
    if doctype == "Contact":  # frappe: contact.py, autoname
        name = "-".join(
            [values.get("first_name") or "", *[link["link_name"] for link in values.get("links") or ()][:1]]
        )
        return f"{name}-{store.number()}" if name in store.docs["Contact"] else name
    if doctype == "Sales Order":
        return f"SAL-ORD-2026-{store.number():05d}"
    if doctype == "Webhook":  # set by the user
        if not values.get("name"):
            raise No("ValidationError", "Please set the document name")
        return values["name"]
    return f"{doctype}-{store.number():05d}"


def make_contact(store: "Store", customer: "Doc") -> None:
    """erpnext: customer.py, create_primary_contact."""
    if customer.get("customer_primary_contact") or not (customer.get("email_id") or customer.get("mobile_no")):
        return
    emails = [{"email_id": customer["email_id"], "is_primary": 1}] if customer.get("email_id") else []
    phones = [{"phone": customer["mobile_no"], "is_primary_mobile_no": 1}] if customer.get("mobile_no") else []
    links = [{"link_doctype": "Customer", "link_name": customer["name"]}]
    values = {"first_name": customer["customer_name"], "email_ids": emails, "phone_nos": phones, "links": links}
    customer["customer_primary_contact"] = store.insert("Contact", values, name_of(store, "Contact", values))["name"]


def fetch_contact(store: "Store", customer: "Doc") -> None:
    """customer.json: e-mail and number are fetched from the contact whenever the customer is saved."""
    contact = store.docs["Contact"].get(customer.get("customer_primary_contact") or "")
    if contact:
        customer["email_id"] = next((row["email_id"] for row in contact["email_ids"] if row["is_primary"]), "")
        customer["mobile_no"] = next((row["phone"] for row in contact["phone_nos"] if row["is_primary_mobile_no"]), "")


def total(store: "Store", order: "Doc") -> None:
    """erpnext: controllers/taxes_and_totals.py, with the two decimals that a new site has; and sales_order.py, validate."""
    if not order.get("delivery_date"):
        raise No("ValidationError", "Please enter Delivery Date")
    _once(store, order)
    net = 0.0
    order["selling_price_list"] = order.get("selling_price_list") or "Standard Selling"
    for row in order["items"]:
        _is_alive(store, row["item_code"])
        _keep_price(store, order, row)
        row["rate"] = 0.0 if row.get("discount_percentage") == 100 else round(row.get("rate") or 9.99, 2)
        if row["rate"] < 0:
            raise No("ValidationError", f"Row #{row['idx']}: rate cannot be negative")
        row["warehouse"] = row.get("warehouse") or order.get("set_warehouse")
        if store.docs["Item"][row["item_code"]]["is_stock_item"] and not row["warehouse"]:
            raise No("WarehouseRequired", f"Delivery warehouse required for stock item {row['item_code']}")
        row["amount"] = round(row["rate"] * row["qty"], 2)
        net = round(net + row["amount"], 2)
    net = round(net - (order.get("discount_amount") or 0), 2)
    order["taxes"] = order.get("taxes") or _usual_taxes(store, order["company"])
    _item_taxes(store, order)
    off = 1 - (order.get("discount_amount") or 0) / (net + (order.get("discount_amount") or 0) or 1)
    for row in order["taxes"]:
        if row["charge_type"] == "On Net Total":
            rates = [(each["amount"] * off, _rates(store, each).get(row["account_head"])) for each in order["items"]]
            told = [amount * (row["rate"] if rate is None else rate) / 100 for amount, rate in rates]
            row["tax_amount"] = sum(told)
        row["tax_amount"] = round(row["tax_amount"], 2)
    taxes = round(sum(row["tax_amount"] for row in order["taxes"]), 2)
    order |= {"net_total": net, "total_taxes_and_charges": taxes, "grand_total": round(net + taxes, 2)}


def _is_alive(store: "Store", item: str) -> None:
    """erpnext: stock/doctype/item/item.py, validate_end_of_life."""
    end = store.docs["Item"][item].get("end_of_life")
    if end and end <= store.now()[:10]:
        raise No("ValidationError", f"Item {item} has reached its end of life on {end}")


def _keep_price(store: "Store", order: "Doc", row: "Doc") -> None:
    """erpnext: stock/get_item_details.py, insert_item_price; on, as the setup wizard leaves it (install_fixtures.py)."""
    listed, item = order["selling_price_list"], row["item_code"]
    told = {"item_code": item, "price_list": listed, "currency": order["currency"], "uom": row["uom"]}
    there = [each for each in store.docs["Item Price"].values() if all(each.get(key) == told[key] for key in told)]
    if not row.get("rate") or store.docs["Price List"][listed]["currency"] != order["currency"]:
        return
    if there and store.updates_prices:
        store.update("Item Price", there[0]["name"], {"price_list_rate": row["rate"]})
    if not there:
        kept = {**told, "price_list_rate": row["rate"], "selling": 1}
        store.insert("Item Price", kept, f"{store.number():010x}")


def _once(store: "Store", order: "Doc") -> None:
    """erpnext: sales_order.py, validate_po: refused, unless Selling Settings allow several."""
    for other in store.docs["Sales Order"].values():
        mine = all(other.get(field) == order.get(field) for field in ("po_no", "customer"))
        if order.get("po_no") and mine and other["name"] != order["name"] and other["docstatus"] != 2:
            said = f"Sales Order {other['name']} already exists against Customer's Purchase Order {order['po_no']}"
            raise No("ValidationError", said)


def _usual_taxes(store: "Store", company: str) -> list["Doc"]:
    """erpnext: controllers/accounts_controller.py, set_taxes: those of the default template, where there is no row."""
    templates = store.docs["Sales Taxes and Charges Template"].values()
    usual = [each for each in templates if each["company"] == company and each.get("is_default")]
    return [{**row} for each in usual for row in each["taxes"]]


def _item_taxes(store: "Store", order: "Doc") -> None:
    """erpnext: accounts_controller.py, append_taxes_from_item_tax_template, as Accounts Settings have it at first.

    A line's template is that of its item, where nothing is told (set_missing_item_details).
    """
    for line in order["items"]:
        usual = [row["item_tax_template"] for row in store.docs["Item"][line["item_code"]].get("taxes") or ()]
        if line.get("item_tax_template") is None and usual:
            line["item_tax_template"] = usual[0]
        for account in _rates(store, line):
            if account not in [row["account_head"] for row in order["taxes"]]:
                named = {"account_head": account, "description": account, "idx": len(order["taxes"]) + 1}
                order["taxes"].append({"charge_type": "On Net Total", **named, "rate": 0.0, "tax_amount": 0.0})


def _rates(store: "Store", line: "Doc") -> dict[str, float]:
    """erpnext: get_item_details.py, get_item_tax_map."""
    template = store.docs["Item Tax Template"].get(line.get("item_tax_template") or "", {})
    return {row["tax_type"]: row["tax_rate"] for row in template.get("taxes") or ()}


def stand(order: "Doc", docstatus: int) -> None:
    """frappe: model/document.py, check_docstatus_transition; erpnext: controllers/status_updater.py."""
    old = order["docstatus"]
    if (old, docstatus) not in {(0, 0), (0, 1), (1, 1), (1, 2)}:
        raise No("DocstatusTransitionError", f"Cannot change docstatus from {old} to {docstatus}")
    if docstatus == 2 and any(line.get("delivered_qty") or line.get("returned_qty") for line in order["items"]):
        linked = f"Cannot delete or cancel because Sales Order {order['name']} is linked with Delivery Note MAT-DN-1"
        raise No("LinkExistsError", linked)  # frappe: model/delete_doc.py, check_if_doc_is_linked
    if docstatus == 2 and order.get("status") == "Closed":  # erpnext: sales_order.py, on_cancel
        raise No("ValidationError", "Closed order cannot be cancelled. Unclose to cancel.")
    order["docstatus"] = docstatus
    order["status"] = {0: "Draft", 1: order.get("status"), 2: "Cancelled"}[docstatus]
    if docstatus == 1 and old == 0:
        order["status"] = "To Deliver and Bill"


def deliver(order: "Doc", share: float = 1.0, *, back: bool = False) -> None:
    """Deliver so much of each line, or take it back (erpnext: delivery_note.py, status_updater; its lines are negative)."""
    for line in order["items"]:
        moved = line["qty"] * share
        line["delivered_qty"] = line.get("delivered_qty", 0.0) + (-moved if back else moved)
        line["returned_qty"] = line.get("returned_qty", 0.0) + (moved if back else 0.0)
    delivered = sum(min(line["delivered_qty"], line["qty"]) for line in order["items"])
    order["per_delivered"] = round(delivered / sum(line["qty"] for line in order["items"]) * 100, 6)
    order["status"] = _state(order)


def _state(order: "Doc") -> str:
    """erpnext: controllers/status_updater.py, status_map: the last that holds."""
    sent, paid = order["per_delivered"] >= 100, (order.get("per_billed") or 0) >= 100
    if sent and paid:
        return "Completed"
    if order.get("advance_payment_status") == "Requested":
        return "To Pay"
    return "To Deliver" if paid else "To Bill" if sent else "To Deliver and Bill"
