"""What the Sync API does (page "Bulk Payloads"; SyncService from 6.5 on: one transaction, all or none).

A `null` empties a field, what is left out stays as it is; lists of what belongs to a record are added to, never replaced;
custom fields are put together key by key.
"""

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from tests.fakes.records import Record
from tests.fakes.server import Reply
from tests.fakes.shopware.criteria import UUID, Wrong, errors
from tests.fakes.shopware.entities import DEFAULT_CURRENCY, Entities, by_uuid, time

BLANK = "c1051bb4-d103-4f74-8988-acbcafc7fdc3"
"""Symfony's code of NotBlank."""
LANGUAGE = "2fbb5fe2e29a4d70aa5854ce7ce3e20b"
"""Defaults::LANGUAGE_SYSTEM."""
PLAIN = ("productNumber", "ean", "active", "weight", "taxId", "manufacturerId", "coverId", "isCloseout", "parentId")
PARTS = {"media": "id", "visibilities": "id"}
PRODUCT: Mapping[str, Any] = {
    **dict.fromkeys((*PLAIN, "price", "stock", "name", "description")),
    "open": 0,
    "categories": [],
    "options": [],
    "properties": [],
    "tags": [],
    "media": {},
    "visibilities": {},
}
NEEDED = ("taxId", "price", "productNumber", "stock")
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "category": {"active": True, "parentId": None},
    "media": {"fileName": None, "url": None},  # until it has a file
}


def without_tags(text: str | None) -> str | None:
    """What StringFieldSerializer makes of a text without the flag AllowHtml; an empty one becomes null."""
    return (re.sub(r"<[^>]*>", "", text) or None) if text else None


def sanitized(text: str | None) -> str | None:
    """What `html_sanitizer` of shopware.yaml makes of a description: scripts go, other tags stay."""
    return (re.sub(r"<script\b.*?</script>", "", text, flags=re.DOTALL) or None) if text else None


class Writes:
    """Carries the operations of one request out."""

    def __init__(self, shop: Entities) -> None:
        self.shop = shop
        self.wrong: list[Wrong] = []
        self.told: dict[str, dict[str, list[Any]]] = {"data": {}, "notFound": {}, "deleted": {}}

    def sync(self, operations: Mapping[str, Mapping[str, Any]]) -> Reply:
        """Do everything, or nothing."""
        before = deepcopy({name: table.records for name, table in self.shop.tables.items()})
        for name, operation in operations.items():
            for at, payload in enumerate(operation["payload"]):
                self.one(operation["entity"], operation["action"], payload, f"/{name}/{at}")
        if not self.wrong:
            return Reply(200, {"extensions": [], **self.told})
        for name, records in before.items():
            self.shop.tables[name].records = records
        return errors(400, [each.row() for each in self.wrong])

    def one(self, entity: str, action: str, payload: dict[str, Any], where: str) -> None:
        try:
            if action == "delete":
                found = self.delete(entity, payload)
                self.told["deleted" if found else "notFound"].setdefault(entity, []).append(payload.get("id", payload))
                return
            assert action == "upsert"
            self.upsert(entity, payload, where)
            self.told["data"].setdefault(entity, []).append(payload["id"])
        except Wrong as wrong:
            self.wrong.append(wrong)

    def delete(self, entity: str, payload: Mapping[str, Any]) -> bool:
        products = self.shop.table("product")
        if entity == "product_category":  # the product's own mark stays: only the mapping is deleted
            record = by_uuid(products, payload["productId"])
            there = record is not None and payload["categoryId"] in (record.values["categories"] or ())
            if record and there:
                record.values["categories"].remove(payload["categoryId"])
            return there
        if entity == "product_media":
            owners = [each for each in products.records.values() if payload["id"] in (each.values["media"] or {})]
            for each in owners:
                del each.values["media"][payload["id"]]
            return bool(owners)
        record = by_uuid(self.shop.table(entity), payload["id"])
        if record:
            self.shop.table(entity).remove(record.id)
        return record is not None

    def upsert(self, entity: str, payload: dict[str, Any], where: str) -> None:
        if not UUID.fullmatch(payload["id"]):
            raise Wrong("FRAMEWORK__INVALID_UUID", f"Value is not a valid UUID: {payload['id']}", f"{where}/id")
        own: dict[str, Callable[[dict[str, Any], str], None]] = {
            "product": self.product,
            "order": self.order,
            "order_delivery": self.order_delivery,
        }
        if entity in own:
            return own[entity](payload, where)
        defaults = DEFAULTS.get(entity, {})
        record = by_uuid(self.shop.table(entity), payload["id"])
        if record:
            self.shop.table(entity).change(record.id, payload)
        else:
            self.shop.table(entity).add({**defaults, **payload})
        return None

    def product(self, payload: dict[str, Any], where: str) -> None:
        table = self.shop.table("product")
        record = by_uuid(table, payload["id"])
        if record is None:
            blank = [name for name in NEEDED if payload.get(name) is None]
            blank += [] if payload.get("name") else [f"translations/{LANGUAGE}/name"]
            self.wrong += [Wrong(BLANK, "This value should not be blank.", f"{where}/{name}") for name in blank]
            if blank:
                return
        self.check_product(payload, record, where)
        if record is None:
            record = table.add({**deepcopy(dict(PRODUCT)), "active": True, "isCloseout": False, "id": payload["id"]})
        else:
            table.touch(record.id)
        self.set_product(record, payload)

    def check_product(self, payload: Mapping[str, Any], record: Record | None, where: str) -> None:
        number = payload.get("productNumber")
        for each in self.shop.table("product").records.values():
            if number and each is not record and each.values["productNumber"].lower() == number.lower():
                raise Wrong(
                    "CONTENT__DUPLICATE_PRODUCT_NUMBER", f'Product with number "{number}" already exists.', status=409
                )
        if len(payload.get("name") or "") > 255:
            raise Wrong(
                "d94b19cc-114f-4f44-9cc4-4138e80a87b9",
                "This value is too long. It should have 255 characters or less.",
                f"{where}/translations/{LANGUAGE}/name",
            )
        if type(payload.get("stock", 0)) is not int:
            raise Wrong("ba785a8c", "This value should be of type int.", f"{where}/stock")
        for price in payload.get("price") or ():
            if not {"currencyId", "net", "gross", "linked"} <= {*price} or type(price["gross"]) not in (int, float):
                raise Wrong("ba785a8c", "This value should be of type numeric.", f"{where}/price/gross")
        if payload.get("price") and DEFAULT_CURRENCY not in [each["currencyId"] for each in payload["price"]]:
            raise Wrong(BLANK, "No price for default currency defined", f"{where}/price")
        for entity, name in (("tax", "taxId"), ("product_manufacturer", "manufacturerId")):
            if payload.get(name) and not by_uuid(self.shop.table(entity), payload[name]):
                raise Wrong("0", f"Cannot add or update a child row: {name}", status=500)

    def set_product(self, record: Record, payload: dict[str, Any]) -> None:
        values = record.values
        values |= {name: payload[name] for name in (*PLAIN, "price") if name in payload}
        if "manufacturer" in payload:
            self.upsert("product_manufacturer", payload["manufacturer"], "/manufacturer")
            values["manufacturerId"] = payload["manufacturer"]["id"]
        if "name" in payload:
            values["name"] = without_tags(payload["name"])
        if "description" in payload:
            values["description"] = sanitized(payload["description"])
        if "stock" in payload:  # what is written is what is there, whatever is ordered
            values["stock"] = payload["stock"] + (values["open"] if self.shop.handles_stock else 0)
        values["categories"] = [
            *dict.fromkeys([*(values["categories"] or ()), *(e["id"] for e in payload.get("categories", ()))])
        ]
        for part in PARTS:
            values[part] = {**(values[part] or {})}
            for each in payload.get(part, ()):
                values[part][each["id"]] = {**values[part].get(each["id"], {}), **each}
        shown = [each["salesChannelId"] for each in values["visibilities"].values()]
        if len(shown) > len({*shown}):
            raise Wrong("FRAMEWORK__DUPLICATE_PRODUCT_VISIBILITY", "Duplicate entry for a sales channel", status=400)

    def order(self, payload: dict[str, Any], where: str) -> None:
        record = by_uuid(self.shop.table("order"), payload["id"])
        if record is None:
            raise Wrong(BLANK, "This value should not be blank.", f"{where}/billingAddressId")
        fields = dict(record.values["customFields"] or {}) | payload.get("customFields", {})
        self.shop.table("order").change(record.id, {"customFields": fields})

    def order_delivery(self, payload: dict[str, Any], where: str) -> None:
        table = self.shop.table("order")
        for record in table.records.values():
            for delivery in record.values["deliveries"]:
                if delivery["id"] == payload["id"]:  # the order's own mark stays
                    delivery.update(payload | {"updatedAt": time(table.clock.now())})
                    return
        raise Wrong(BLANK, "This value should not be blank.", f"{where}/orderId")
