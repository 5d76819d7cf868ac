"""Ecwid's catalogue: products with their variations, and categories."""

import re
from typing import TYPE_CHECKING, Any

from tests.fakes.ecwid.lists import Row, changed_since, dated, failed, narrowed, ordered, page
from tests.fakes.records import Record
from tests.fakes.server import Asked, Reply

if TYPE_CHECKING:
    from tests.fakes.ecwid.shop import Ecwid

SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL | re.IGNORECASE)
ATTRIBUTES = {"UPC": 901, "BRAND": 902}
"""Attributes that every product type has, and their numbers here."""
MOST = 999_999_999
"""Of a price or weight."""
OF_VARIATION = ("sku", "price", "weight", "quantity", "unlimited", "attributes", "options", "externalReferenceId")
"""What a variation may have of its own; it inherits SKU, price and weight where it has none ("Update product variation")."""


def search(fake: "Ecwid", asked: Asked) -> Reply:
    """`GET /products` ("Search products"): of `productId`, `sku` and the other filters the first that is given counts."""
    query, records = asked.query, fake.products.there()
    if "productId" in query:
        ids = query["productId"].split(",")
        records = [each for each in records if str(each.id) in ids]
    elif "sku" in query:
        records = [each for each in records if query["sku"].lower() in _skus(each)]
    elif "externalReferenceId" in query:
        wanted = query["externalReferenceId"]
        records = [each for each in records if wanted in _references(each)]
    orders = {"ADDED_TIME": lambda each: (each.created, each.id), "UPDATED_TIME": lambda each: each.modified}
    # Without an order the most relevant come first, whatever that is.
    shown = ordered(asked, records, orders, "ADDED_TIME_DESC")
    if shown is None:
        return failed(400, "WRONG_PARAMETER")
    return page(asked, [_shown(each) for each in changed_since(asked, shown)])


def get(fake: "Ecwid", asked: Asked, id_: str) -> Reply:
    """`GET /products/{id}`."""
    record = fake.products.records.get(int(id_))
    return Reply(200, narrowed(asked, _shown(record))) if record else failed(404, "PRODUCT_NOT_FOUND")


def create(fake: "Ecwid", asked: Asked) -> Reply:
    """`POST /products` ("Create product"): hidden unless it is said; never out of stock unless it is counted."""
    if not str(asked.json.get("name") or "").strip():
        return failed(400, "WRONG_PARAMETER", "Product name is not specified")
    if refused := _refusal(fake, asked.json, None):
        return refused
    start = {"enabled": False, "unlimited": "quantity" not in asked.json, "price": 0, "combinations": []}
    record = fake.products.add(start | {"attributes": [], "categoryIds": [], "media": {"images": [], "videos": []}})
    record.values["sku"] = f"{record.id:05}"
    _set(record.values, asked.json)
    return Reply(200, {"id": record.id})


def update(fake: "Ecwid", asked: Asked, id_: str) -> Reply:
    """`PUT /products/{id}` ("Update product"): what is not named stays as it is."""
    record = fake.products.records.get(int(id_))
    if record is None:
        return failed(404, "PRODUCT_NOT_FOUND")
    if refused := _refusal(fake, asked.json, record.id):
        return refused
    _set(record.values, asked.json)
    fake.products.touch(record.id)
    return Reply(200, {"updateCount": 1})


def delete(fake: "Ecwid", _: Asked, id_: str) -> Reply:
    """`DELETE /products/{id}`: gone for good."""
    if int(id_) not in fake.products.records:
        return failed(404, "PRODUCT_NOT_FOUND")
    fake.take_away("products", fake.products, int(id_))
    return Reply(200, {"deleteCount": 1})


def update_variation(fake: "Ecwid", asked: Asked, id_: str, variation: str) -> Reply:
    """`PUT /products/{id}/combinations/{id}` ("Update product variation"): an SKU of nothing is taken away."""
    found = _variation(fake, id_, variation)
    if found is None:
        return failed(404, "COMBINATION_NOT_FOUND")
    if strange := {*asked.json} - {*OF_VARIATION}:
        return failed(400, "WRONG_PARAMETER", f"{strange} is no field of a variation")
    _set(found, asked.json)
    fake.products.touch(int(id_))
    return Reply(200, {"updateCount": 1})


def delete_variation(fake: "Ecwid", _: Asked, id_: str, variation: str) -> Reply:
    """`DELETE /products/{id}/combinations/{id}`."""
    found = _variation(fake, id_, variation)
    if found is None:
        return failed(404, "COMBINATION_NOT_FOUND")
    fake.products.touch(int(id_)).values["combinations"].remove(found)
    return Reply(200, {"deleteCount": 1})


def categories(fake: "Ecwid", asked: Asked) -> Reply:
    """`GET /categories` ("Search categories"): hidden ones only if they are asked for."""
    hidden = asked.query.get("hidden_categories") == "true"
    rows = [{"id": each.id, **each.values} for each in fake.categories.there() if hidden or each.values["enabled"]]
    return page(asked, rows)


def create_category(fake: "Ecwid", asked: Asked) -> Reply:
    """`POST /categories` ("Create category"): without a parent it stands at the top."""
    parent = {"parentId": asked.json["parentId"]} if asked.json.get("parentId") else {}
    record = fake.categories.add({"name": asked.json["name"], "enabled": asked.json.get("enabled", True), **parent})
    return Reply(200, {"id": record.id})


def _refusal(fake: "Ecwid", told: Row, id_: int | None) -> Reply | None:
    """Return why a product is not taken: an SKU or a reference that another has, a price below zero ..."""
    others = [each for each in fake.products.there() if each.id != id_]
    if told.get("sku") and any(told["sku"].strip().lower() in _skus(each) for each in others):
        return failed(409, "SKU_ALREADY_EXISTS")
    if told.get("externalReferenceId") and any(told["externalReferenceId"] in _references(each) for each in others):
        return failed(409, "EXTERNAL_ID_ALREADY_USED")
    if not (0 <= told.get("price", 0) <= MOST and 0 <= (told.get("weight") or 0) <= MOST):
        return failed(400, "WRONG_PARAMETER", "Price or weight is out of range")
    if any(each not in fake.categories.records for each in told.get("categoryIds", ())):
        return failed(404, "CATEGORIES_NOT_FOUND")
    return None


def _set(values: Row, told: Row) -> None:
    """Set fields as Ecwid keeps them: trimmed, without scripts, the attributes as they are given and no others."""
    for name, value in told.items():
        kept: Any = value.strip() if isinstance(value, str) else value
        if name == "description":
            kept = SCRIPT.sub("", kept)
        values[name] = _attributes(kept) if name == "attributes" else kept
    if told.get("unlimited"):
        values.pop("quantity", None)


def _attributes(told: list[Row]) -> list[Row]:
    """Return attributes with their numbers and types; one is named by its number, its alias or its name."""
    kept: list[Row] = []
    for each in told:
        kinds = [kind for kind, id_ in ATTRIBUTES.items() if id_ == each.get("id") or kind == each.get("alias")]
        kind = kinds[0] if kinds else "CUSTOM"
        id_ = ATTRIBUTES.get(kind, each.get("id", 1000 + len(kept)))
        kept.append({"id": id_, "name": each.get("name", kind), "value": each["value"], "type": kind, "show": "DESCR"})
    return kept


def _variation(fake: "Ecwid", id_: str, variation: str) -> Row | None:
    record = fake.products.records.get(int(id_))
    rows: list[Row] = record.values["combinations"] if record else []
    return next((each for each in rows if str(each["id"]) == variation), None)


def _skus(record: Record) -> list[str]:
    """Return a product's SKU and those of its variations, as they are compared: in either case of letters."""
    parts = [record.values, *record.values["combinations"]]
    return [each["sku"].lower() for each in parts if each.get("sku")]


def _references(record: Record) -> list[str]:
    parts = [record.values, *record.values["combinations"]]
    return [each["externalReferenceId"] for each in parts if each.get("externalReferenceId")]


def _shown(record: Record) -> Row:
    """Return a product as the list shows it; what is empty or inherited is left out."""
    values = dict(record.values)
    if values["unlimited"]:
        values.pop("quantity", None)
    combinations = [
        {name: part for name, part in each.items() if part not in ("", None)} for each in values["combinations"]
    ]
    moves: dict[str, Any] = {"favorites": {"count": record.modified.second, "displayedCount": "0"}}
    return moves | {
        "defaultCategoryId": 0,
        **values,
        "id": record.id,
        "combinations": combinations,
        "created": dated(record.created),
        "updated": dated(record.modified),
        "createTimestamp": int(record.created.timestamp()),
        "updateTimestamp": int(record.modified.timestamp()),
    }
