"""The site: its routes, and what its users do."""

import base64
import hmac
import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, ClassVar

from adapters.erp.erpnext.connector import ErpNextConnector
from adapters.erp.erpnext.options import ErpNextOptions
from hub.clock import SystemClock
from hub.connector import Call
from tests.fakes.erpnext import selling
from tests.fakes.erpnext.doctypes import CHILDREN, FIELDS, SUBMITTABLE, TABLES
from tests.fakes.erpnext.errors import No, error
from tests.fakes.erpnext.store import Doc, Store
from tests.fakes.fake import Fake, Handler
from tests.fakes.server import Asked, Reply

BUYER = "Stały klient"
KEY, SECRET = "3f1c0d9a7be2486", "9e27d35b60814c5"
COMPANY, STORE, SERVICE = "Hub Sp. z o.o.", "Stores - H", "SERVICE"
ORDER_PRICES = "Orders"
LONGEST_LINE = 4094
VAT, ROUND_OFF = "VAT - H", "Round Off - H"


def list_documents(site: "ErpNext", asked: Asked, doctype: str) -> Reply:
    """docs: Listing documents; frappe: client.py, get_list: rows of child tables only with their parent."""
    query = asked.query
    if doctype not in FIELDS:
        return error("DoesNotExistError", f"DocType {doctype} not found")
    if doctype in CHILDREN and doctype not in TABLES.get(query.get("parent", ""), {}).values():
        return error("PermissionError", f"User hub@example.com does not have access to {doctype}")
    fields = json.loads(query.get("fields", '["name"]'))
    filters, or_filters = (json.loads(query.get(each, "[]")) for each in ("filters", "or_filters"))
    rows = site.store.listed(doctype, fields, filters, or_filters, query.get("order_by", "modified desc"))
    start, size = int(query.get("limit_start", 0)), int(query.get("limit_page_length", 20))
    return Reply(200, {"data": rows[start : start + size] if size else rows[start:]})


def get_document(site: "ErpNext", _asked: Asked, doctype: str, name: str) -> Reply:
    """docs: REST API, Read."""
    return Reply(
        200, {"data": site.store.shown(doctype, site.store.allow(doctype, "read", site.store.get(doctype, name)))}
    )


def insert(site: "ErpNext", asked: Asked, doctype: str) -> Reply:
    """docs: REST API, Create."""
    values = asked.json
    site.store.allow(doctype, "create", values)
    doc = site.store.insert(doctype, values, selling.name_of(site.store, doctype, values))
    if doctype == "Customer":
        selling.make_contact(site.store, doc)
    if doctype == "Sales Order":
        selling.total(site.store, doc)
        doc |= {"status": "Draft", "per_delivered": 0.0, "per_billed": 0.0}
    return Reply(200, {"data": site.store.shown(doctype, doc)})


def update(site: "ErpNext", asked: Asked, doctype: str, name: str) -> Reply:
    """docs: REST API, Update; with `docstatus` it is submitted."""
    values = dict(asked.json)
    docstatus = values.pop("docstatus", None)
    old = deepcopy(site.store.get(doctype, name))
    site.store.allow(doctype, "submit" if docstatus else "write", old)
    if old["docstatus"] == 1 and {*values} & {"items", "taxes", "currency"}:
        return error("UpdateAfterSubmitError", "Not allowed to change fields after submission")
    doc = site.store.update(doctype, name, values)
    if doctype == "Customer":
        selling.fetch_contact(site.store, doc)
        selling.make_contact(site.store, doc)
    if doctype == "Sales Order":
        selling.total(site.store, doc)
    if doctype in SUBMITTABLE:
        selling.stand(doc, old["docstatus"] if docstatus is None else docstatus)
    return Reply(200, {"data": site.store.shown(doctype, doc)})


def cancel(site: "ErpNext", asked: Asked) -> Reply:
    """frappe: client.py, cancel."""
    doctype, name = asked.json["doctype"], asked.json["name"]
    site.store.allow(doctype, "cancel", site.store.get(doctype, name))
    doc = site.store.update(doctype, name, {})
    selling.stand(doc, 2)
    return Reply(200, {"message": site.store.shown(doctype, doc)})


def time_zone(site: "ErpNext", _asked: Asked) -> Reply:
    """frappe: client.py, get_time_zone: null, where nobody has set it."""
    return Reply(200, {"message": {"time_zone": site.store.zone}})


def has_permission(site: "ErpNext", asked: Asked) -> Reply:
    """frappe: client.py, has_permission; without a document, it is about the doctype."""
    query = asked.query
    assert not query["docname"], "only of doctypes"
    return Reply(
        200, {"message": {"has_permission": (query["doctype"], query["perm_type"]) not in site.store.no_rights}}
    )


class ErpNext(Fake):
    """A company in Warsaw, as the setup wizard leaves it, with an item for services."""

    routes: ClassVar[Mapping[str, Handler]] = {
        "GET /api/method/frappe.client.get_time_zone": time_zone,
        "GET /api/method/frappe.client.has_permission": has_permission,
        "POST /api/method/frappe.client.cancel": cancel,
        "GET /api/resource/{doctype}": list_documents,
        "GET /api/resource/{doctype}/{name*}": get_document,
        "POST /api/resource/{doctype}": insert,
        "PUT /api/resource/{doctype}/{name*}": update,
    }
    creates: ClassVar[Mapping[str, str]] = {
        "parties": r"\APOST /api/resource/Customer\n",
        "orders": r"\APOST /api/resource/Sales%20Order\n",
    }
    lists: ClassVar[Mapping[str, str]] = {
        "products": r"GET /api/resource/Item\?.*limit_page_length=100",
        "prices": r"GET /api/resource/Item(%20Price)?\?.*limit_page_length=100",
        "stock": r"GET /api/resource/Bin\?.*limit_page_length=100",
        "parties": r"GET /api/resource/Customer\?.*limit_page_length=100",
        "orders": r"GET /api/resource/Sales%20Order\?.*limit_page_length=100",
    }
    tells_total: ClassVar[bool] = False
    environment: Mapping[str, str] = {"ERPNEXT_KEY": KEY, "ERPNEXT_SECRET": SECRET}
    wrong_key: Mapping[str, Any] = {"secret": "env:WRONG_KEY"}

    def __init__(self) -> None:
        self.token = f"token {KEY}:{SECRET}"
        super().__init__()
        self.store = Store(self.clock)
        self._set_up()

    def _set_up(self) -> None:
        put = self.put
        put("Company", COMPANY, default_currency="PLN", round_off_account=ROUND_OFF)
        for name, code in (("Poland", "pl"), ("Germany", "de")):
            put("Country", name, country_name=name, code=code)
        put("Territory", "All Territories", is_group=1)
        for name in ("Commercial", "Individual"):
            put("Customer Group", name)
        for name in (VAT, ROUND_OFF):
            put("Account", name, company=COMPANY)
        put("Warehouse", STORE, company=COMPANY)
        put("Warehouse", "Elsewhere - O", company="Other")
        for name in ("Standard Selling", ORDER_PRICES):
            put("Price List", name, currency="PLN", enabled=1, selling=1)
        put("Item Group", "All Item Groups", is_group=1)
        put("Item Group", "Lamps", parent_item_group="All Item Groups", is_group=1)
        put("Item Group", "Standing", parent_item_group="Lamps")
        tax = {"charge_type": "On Net Total", "account_head": VAT, "description": "VAT", "rate": 23.0}
        put("Sales Taxes and Charges Template", "Poland - H", company=COMPANY, is_default=1, taxes=[tax])
        self.item(SERVICE, is_stock_item=0)
        groups = {"customer_group": "Commercial", "territory": "All Territories"}
        put("Customer", BUYER, customer_name=BUYER, customer_type="Company", **groups)

    def put(self, doctype: str, name: str, **values: Any) -> Doc:
        """Make a document as an administrator would."""
        return self.store.insert(doctype, values, name)

    def item(self, code: str, **more: Any) -> Doc:
        """Make an item."""
        usual = {"item_code": code, "item_name": f"Lamp {code}", "stock_uom": "Nos", "item_group": "Standing"}
        flags = {"has_variants": 0, "disabled": 0, "is_sales_item": 1, "is_stock_item": 1, "weight_per_unit": 0.0}
        flags |= {"end_of_life": "2099-12-31"}
        return self.put("Item", code, **{**usual, **flags, **more})

    def price(self, item: str, **more: Any) -> Doc:
        """Make a price of an item."""
        usual = {
            "price_list": "Standard Selling",
            "currency": "PLN",
            "price_list_rate": 9.9,
            "selling": 1,
            "uom": "Nos",
        }
        return self.put("Item Price", f"{self.store.number():010x}", **{"item_code": item, **usual, **more})

    def connect(self, **options: Any) -> ErpNextConnector:
        """Open a connector."""
        keys = {"key": "env:ERPNEXT_KEY", "secret": "env:ERPNEXT_SECRET"}
        usual = {"company": COMPANY, "service_item": SERVICE, "warehouse": STORE}
        given = {"url": self.server.url, **keys, **usual, **options}
        return ErpNextConnector("erp", ErpNextOptions.model_validate(given), SystemClock())

    def rotate_key(self) -> None:
        """Generate other keys."""
        self.token = "token another:one"

    def refusal(self, asked: Asked) -> Reply | None:
        """frappe: auth.py, validate_auth; in front of it gunicorn, with its setting limit_request_line as it is."""
        if len(f"{asked.method} {asked.target} HTTP/1.1") > LONGEST_LINE:
            return Reply(400, b"<html><p>Request Line is too large</p></html>", {"content-type": "text/html"})
        return None if asked.headers.get("authorization") == self.token else error("AuthenticationError", "Not valid")

    def nothing_there(self, asked: Asked) -> Reply:
        """Answer what there is no route for."""
        return error("DoesNotExistError", f"{asked.path} not found")

    def answer(self, asked: Asked) -> Reply:
        """Answer in a transaction."""
        before = {doctype: dict(docs) for doctype, docs in self.store.docs.items()} if asked.method != "GET" else None
        try:
            return super().answer(asked)
        except No as no:
            self.store.docs = before or self.store.docs
            return no.reply

    # What people do there

    def add(self, stream: str) -> str:
        """Add a record."""
        number = self.store.number()
        if stream == "parties":
            return self._customer(number)
        if stream == "orders":
            return self._order(number)
        item = self.item(f"L-{number:05d}")["name"]
        if stream == "prices":
            self.price(item)
            return f"{item}|Standard Selling|PLN"
        if stream == "stock":
            stock = {"actual_qty": 5.0, "reserved_qty": 1.0, "stock_uom": "Nos"}
            stock |= {"reserved_qty_for_production": 0.0, "reserved_qty_for_sub_contract": 0.0}
            return self.put("Bin", f"{number:010x}", item_code=item, warehouse=STORE, **stock)["name"]
        return item

    def _customer(self, number: int) -> str:
        told = {
            "customer_name": f"Ewa Nowak {number}",
            "customer_type": "Individual",
            "email_id": f"ewa{number}@example.com",
        }
        usual = {"customer_group": "Individual", "territory": "All Territories", "disabled": 0, "is_frozen": 0}
        name = self.put("Customer", f"Ewa Nowak {number}", **told, **usual, tax_id="", mobile_no="")["name"]
        self.address(name, f"{name}-Billing", address_type="Billing")
        return name

    def address(self, customer: str, name: str, **more: Any) -> Doc:
        """Make an address of a customer."""
        links = [{"link_doctype": "Customer", "link_name": customer}]
        usual = {"address_title": customer, "address_line1": "Prosta 1", "city": "Warszawa", "pincode": "00-950"}
        return self.put("Address", name, **{**usual, "country": "Poland", "disabled": 0, "links": links, **more})

    def _order(self, number: int) -> str:
        customer = self._customer(number)
        line = {"item_code": SERVICE, "qty": 1.0, "rate": 9.9, "uom": "Nos", "conversion_factor": 1}
        dates = {"transaction_date": "2026-11-20", "delivery_date": "2026-11-20"}
        told = {"po_no": f"shop-a {number} hub:o-{number}", "currency": "PLN", "per_delivered": 0.0}
        usual = {"customer": customer, "company": COMPANY, "items": [line], **dates, **told, "taxes": []}
        order = self.put("Sales Order", f"SAL-ORD-2026-{number:05d}", **usual)
        order |= {"docstatus": 1, "status": "To Deliver and Bill", "grand_total": 9.9}
        return order["name"]

    def _where(self, stream: str, id_: str) -> tuple[str, str]:
        if stream == "prices":
            item, _, _ = id_.split("|")
            return stream, next(name for name, row in self.store.docs["Item Price"].items() if row["item_code"] == item)
        return stream, id_

    DOCTYPES: ClassVar[Mapping[str, str]] = {
        "products": "Item",
        "prices": "Item Price",
        "stock": "Bin",
        "parties": "Customer",
        "orders": "Sales Order",
    }

    def change(self, stream: str, id_: str, *, marked: bool = True) -> None:
        """Change something of a record."""
        doctype, (_, name) = self.DOCTYPES[stream], self._where(stream, id_)
        old = self.store.docs[doctype][name]
        new: Mapping[str, Any] = {
            "products": {"description": f"{old.get('description')}!"},
            "prices": {"price_list_rate": old.get("price_list_rate", 0) + 1},
            "stock": {"actual_qty": old.get("actual_qty", 0) + 1},
            "parties": {"customer_name": f"{old.get('customer_name')}-Kos"},
            "orders": {"status": "To Bill", "per_delivered": old.get("per_delivered", 0) + 1},
        }
        self.store.update(doctype, name, new[stream], marked=marked)

    def touch(self, stream: str, id_: str) -> None:
        """Save a record as it is."""
        self.store.update(self.DOCTYPES[stream], self._where(stream, id_)[1], {})

    def remove(self, stream: str, id_: str) -> None:
        """Delete a record; what it was is listed (frappe: model/delete_doc.py, add_to_deleted_document)."""
        doctype, (_, name) = self.DOCTYPES[stream], self._where(stream, id_)
        del self.store.docs[doctype][name]
        self.put("Deleted Document", f"{self.store.number():010x}", deleted_name=name, deleted_doctype=doctype)

    def count(self, stream: str) -> int:
        """Return how many records there are, besides those that are set up."""
        return len({*self.store.docs[self.DOCTYPES[stream]]} - {SERVICE, BUYER})

    def called(self, doctype: str, *, new: bool) -> set[str]:
        """Return the webhooks that saving a document sets off (frappe: webhook/__init__.py, run_webhooks)."""
        events = {"on_update", "after_insert"} if new else {"on_update", "on_change"}
        hooks = [each for each in self.store.docs["Webhook"].values() if each.get("enabled")]
        return {
            each["name"] for each in hooks if each["webhook_doctype"] == doctype and each["webhook_docevent"] in events
        }

    def call(self, stream: str, id_: str, secret: str) -> Call:
        """Return a delivery of a webhook (frappe: integrations/doctype/webhook/webhook.py)."""
        told = {"topic": f"{self.DOCTYPES[stream]} on_change", "ids": [id_], "modified": self.store.now()}
        body = json.dumps(told).encode()
        signature = base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
        return Call({"content-type": "application/json", "x-frappe-webhook-signature": signature}, body)
