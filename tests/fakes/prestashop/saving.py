"""Making, changing and deleting records (code: `saveEntityFromXml`, `executeEntityDelete`)."""

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from defusedxml.ElementTree import ParseError, fromstring

from tests.fakes.prestashop.lists import Wrong, shown
from tests.fakes.prestashop.schema import DECIMALS, NODES, RESOURCES, VALID, flags
from tests.fakes.records import Record
from tests.fakes.server import Asked, Reply

if TYPE_CHECKING:
    from tests.fakes.prestashop.shop import PrestaShop

MARKED = frozenset(["products", "customers", "orders", "addresses"])
"""Resources with a change mark."""


def save(shop: "PrestaShop", asked: Asked, resource: str) -> Reply:
    """docs: Create a resource; Update a resource. What is not sent, a PUT empties; a PATCH leaves it."""
    try:
        node = fromstring(asked.body.decode())[0]
    except ParseError as fault:
        raise Wrong(500, f"XML error : {fault}", 127) from None
    assert node.tag == NODES.get(resource, resource.removesuffix("s")), node.tag
    told = {each.tag: each for each in node}
    if (asked.method == "POST") == ("id" in told):
        wrong = (
            "id is forbidden when adding a new resource" if "id" in told else "id is required when modifying a resource"
        )
        raise Wrong(400, wrong, 91 if "id" in told else 90)
    record = None if asked.method == "POST" else shop.tables[resource].records.get(int(told["id"].text or 0))
    if asked.method != "POST" and record is None:
        raise Wrong(404, "Invalid ID", 92)
    values = dict(record.values) if record else {}
    for name in RESOURCES[resource]:
        if asked.method != "PATCH" or name in told:
            _set(resource, name, told.get(name), values, shop.default)
    _check(resource, values, shop.default)
    _before(shop, resource, record, values)
    saved = _stored(shop, resource, record, values)
    if "associations" in told:
        _associate(saved, told["associations"])
    _after(shop, resource, saved, new=record is None)
    if shop.mail_fails and asked.query.get("sendemail") == "1":  # code: `OrderHistory::addWs`, `OrderCarrier::updateWs`
        raise Wrong(500, "Unable to save resource", 46)
    return Reply(201 if record is None else 200, {node.tag: shown(shop, resource, saved)})


def _set(resource: str, name: str, element: Any, values: dict[str, Any], default: int) -> None:
    kind = flags(resource, name)
    if element is None:
        if "required" in kind and "i18n" not in kind:
            raise Wrong(400, f'parameter "{name}" required', 41)
        if "getter" not in kind and name != "date_add":
            values[name] = {} if "i18n" in kind else "0" if {"int", "bool", "float"} & {*kind} else ""
    elif "locked" in kind:
        raise Wrong(400, f'parameter "{name}" not writable. Please remove this attribute of this XML', 93)
    elif "position" in kind:
        raise Wrong(
            500, "You cannot set a position greater than the total number of products in the category, minus 1", 135
        )
    elif "i18n" in kind:
        texts = {int(each.attrib["id"]): each.text or "" for each in element}
        values[name] = {**(values.get(name) or {}), **(texts or {default: element.text or ""})}
    else:
        values[name] = element.text or ""


def _check(resource: str, values: dict[str, Any], default: int) -> None:
    """code: `ObjectModel::validateFields`, `validateFieldsLang`, `formatValue`."""
    for name in RESOURCES[resource]:
        kind = flags(resource, name)
        texts: dict[int, str] = (values.get(name) or {}) if "i18n" in kind else {default: values.get(name) or ""}
        if "i18n" in kind and "required" in kind and not texts.get(default):
            raise Wrong(400, f'Validation error: "Property {resource}->{name} is empty."', 84)
        for each in texts.values():
            for rule in filter(VALID.get, kind):
                if each and not VALID[rule](each):
                    raise Wrong(400, f'Validation error: "Property {resource}->{name} is not valid"', 85)
        if DECIMALS & {*kind}:
            values[name] = f"{Decimal(texts[default] or 0):.6f}"
        if "html" in kind:
            values[name] = {id_: purified(text) for id_, text in texts.items()}


def purified(text: str) -> str:
    """Return HTML as HTML Purifier writes it (code: `Tools::purifyHTML`)."""
    return re.sub(r"&(?!\w+;|#\d+;)", "&amp;", re.sub(r"<br ?/?>", "<br />", text))


def _before(shop: "PrestaShop", resource: str, record: Record | None, values: dict[str, Any]) -> None:
    if resource == "stock_availables" and record and record.values["depends_on_stock"] == "1":
        raise Wrong(500, "You cannot update the available stock when it depends on stock.", 133)
    if resource == "products":
        values["unit_price_ratio"] = values["unit_price_ratio"] or "0"
        values.setdefault("categories", [])
        values.setdefault("images", [])
        values.setdefault("id_default_image", "")
        if values["id_category_default"] not in {"0", *map(str, shop.tables["categories"].records)}:
            raise Wrong(500, "Unable to save resource", 46)


def _stored(shop: "PrestaShop", resource: str, record: Record | None, values: dict[str, Any]) -> Record:
    table, now = shop.tables[resource], shop.now()
    marks = {"date_upd": now} if resource in MARKED else {}
    if record is None:
        return table.add({**values, **marks, **({"date_add": now} if "date_add" in RESOURCES[resource] else {})})
    return table.change(record.id, {**values, **marks})


def _associate(record: Record, element: Any) -> None:
    for each in element:
        record.values[each.tag] = [int(id_.text) for id_ in each.iter("id")]


def _after(shop: "PrestaShop", resource: str, record: Record, *, new: bool) -> None:
    if resource == "products" and new:  # code: `Product::add` makes the level
        shop.level(record.id, 0, 0)
    if resource == "order_histories":  # code: `OrderHistory::addWs`
        order, state = int(record.values["id_order"]), record.values["id_order_state"]
        shop.tables["orders"].change(order, {"current_state": state, "date_upd": shop.now()})
        if shop.tables["order_states"].records[int(state)].values["paid"] == "1":
            _pay(shop, shop.tables["orders"].records[order])


def _pay(shop: "PrestaShop", order: Record) -> None:
    """code: `OrderHistory::changeIdOrderState`: what is left to pay counts as paid."""
    reference, payments = order.values["reference"], shop.tables["order_payments"]
    if not any(each.values["order_reference"] == reference for each in payments.there()):
        told = {"amount": order.values["total_paid_tax_incl"], "payment_method": order.values["payment"]}
        payments.add({"order_reference": reference, **told, "transaction_id": "", "date_add": shop.now()})


def delete(shop: "PrestaShop", resource: str, id_: str) -> Reply:
    """docs: Delete a resource. It is gone for good, and an answer has no body."""
    if int(id_) not in shop.tables[resource].records:
        raise Wrong(404, f"Id(s) not exists: {id_}", 87)
    shop.take_away(resource, int(id_))
    return Reply(200, b"")
