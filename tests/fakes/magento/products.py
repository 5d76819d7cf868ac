"""Products, their prices, stock and categories."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.fakes.magento.criteria import Row, listed, written
from tests.fakes.magento.keys import error
from tests.fakes.records import Record
from tests.fakes.server import Asked, Reply

if TYPE_CHECKING:
    from tests.fakes.magento.shop import Magento

SIMPLE: Mapping[str, Any] = {
    "type_id": "simple", "attribute_set_id": 4, "price": None, "status": 1, "visibility": 4, "weight": None,
    "custom": {}, "category_ids": (), "children": (), "options": (), "media": (), "views": {},
}  # fmt: skip
KNOWN = {"sku", "name", "attribute_set_id", "price", "status", "visibility", "type_id", "weight"}
NESTED = {"extension_attributes", "custom_attributes"}


class Refusal(Exception):
    """Not saved; the message that the shop gives."""


def shown(shop: "Magento", record: Record) -> Row:
    """Return a product as the list shows it; further attributes are texts (page "Search using REST APIs", samples)."""
    values = record.values | record.values["views"].get(shop.view, {})
    links = values["category_ids"]
    row = {name: values[name] for name in KNOWN if values[name] is not None}
    more: Row = {"website_ids": [1], "category_links": [{"position": 0, "category_id": str(id_)} for id_ in links]}
    if values["type_id"] == "configurable":
        options = [{"id": number, **each} for number, each in enumerate(values["options"], 1)]
        more |= {"configurable_product_options": options, "configurable_product_links": list(values["children"])}
    custom = [{"attribute_code": code, "value": value} for code, value in values["custom"].items()]
    dates = {name: value for name, value in written(record).items() if name != "entity_id"}
    told = {"extension_attributes": more, "custom_attributes": custom, "product_links": [], "tier_prices": []}
    return {"id": record.id, **row, **dates, **told, "media_gallery_entries": [*values["media"]]}


def list_products(shop: "Magento", asked: Asked) -> Reply:
    """code: ProductRepository, getList."""
    return listed(asked, shop.products.there(), lambda each: shown(shop, each))


def save(shop: "Magento", given: Row) -> None:
    """code: ProductRepository, save: one of an unknown SKU is made, a known one changed. Raises Refusal."""
    old = shop.product(given["sku"].strip())
    _check(given, is_new=old is None)
    sku = given["sku"].strip()
    values = dict(old.values) if old else {**SIMPLE, "sku": sku, "media": []}
    told = {name: given[name] for name in KNOWN - {"sku"} if name in given}
    if old and shop.view != "all" and "name" in told:
        own = {"name": told.pop("name")}
        values["views"] = {**values["views"], shop.view: {**values["views"].get(shop.view, {}), **own}}
    values |= told
    told = {each["attribute_code"]: each["value"] for each in given.get("custom_attributes", ())}
    values["custom"] = {**values["custom"], **told}
    if "url_key" not in values["custom"]:  # code: ProductUrlPathGenerator: made of the name
        values["custom"]["url_key"] = re.sub(r"\W+", "-", values["name"].lower())
    if values["weight"] is not None:
        values["weight"] = round(float(values["weight"]), 6)
    if old is None:  # page "Create the configurable product": without a word about it, it is out of stock
        values["in_stock"] = given.get("extension_attributes", {}).get("stock_item", {}).get("is_in_stock", False)
    if "category_links" in given.get("extension_attributes", {}):
        values["category_ids"] = [int(each["category_id"]) for each in given["extension_attributes"]["category_links"]]
    if options := given.get("extension_attributes", {}).get("configurable_product_options"):
        if values["type_id"] != "configurable" or not all(each["values"] and each["label"] for each in options):
            raise Refusal("Option values are not specified.")
        values["options"] = options
    taken = [
        each for each in shop.products.there() if each.values["custom"].get("url_key") == values["custom"]["url_key"]
    ]
    if [each for each in taken if old is None or each.id != old.id]:
        raise Refusal("URL key for specified store already exists.")
    if old:
        shop.products.change(old.id, values)
    else:
        shop.products.add(values)


def _check(given: Row, *, is_new: bool) -> None:
    for name in given:
        if name not in KNOWN | NESTED:
            raise Refusal(f'Property "{name}" does not have accessor method "get{name.title()}" in class "Product".')
    if is_new:
        for name, label in (("name", "Product Name"), ("price", "Price"), ("attribute_set_id", "Attribute Set")):
            if given.get(name) is None:
                raise Refusal(f'The "{label}" attribute value is empty. Set the attribute and try again.')


def bulk(shop: "Magento", asked: Asked) -> Reply:
    """Page "Bulk endpoints": taken into the queue, and carried out by a consumer, one by one."""
    uuid = f"c43ed402-0000-4100-92e2-{len(shop.bulks):012}"
    operations = [_operation(shop, number, item["product"]) for number, item in enumerate(asked.json)]
    shop.bulks[uuid] = operations
    items = [{"id": number, "data_hash": None, "status": "accepted"} for number, _ in enumerate(asked.json)]
    return Reply(202, {"bulk_uuid": uuid, "request_items": items, "errors": False})


def _operation(shop: "Magento", number: int, given: Row) -> Row:
    told = {"id": number, "topic_name": "async.magento.catalog.api.productrepositoryinterface.save.post"}
    if given["sku"] in shop.deadlocked:
        shop.deadlocked.remove(given["sku"])
        # code: ProductRepository makes a CouldNotSaveException of it, and OperationProcessor a failure for good of that.
        return told | {
            "status": 3,
            "result_message": "Database deadlock found when trying to get lock",
            "error_code": 1213,
        }
    try:
        save(shop, given)
    except Refusal as refusal:
        return told | {"status": 3, "result_message": str(refusal), "error_code": 0}
    return told | {"status": 1, "result_message": "Service execution success", "error_code": None}


def bulk_status(shop: "Magento", _asked: Asked, uuid: str) -> Reply:
    """Page "Bulk operation status endpoints"; what has not come to its turn is open."""
    if uuid not in shop.bulks:
        return error(404, "Requested entity doesn't exist")
    rows = shop.bulks[uuid]
    if shop.slow_queue:
        shop.slow_queue -= 1
        rows = [{**row, "status": 4, "result_message": None} for row in rows]
    return Reply(200, {"bulk_id": uuid, "operations_list": rows[::-1], "operation_count": len(rows)})


def delete(shop: "Magento", _asked: Asked, sku: str) -> Reply:
    """code: ProductRepository, deleteById."""
    record = shop.product(sku)
    if record is None:
        return error(404, "The product that was requested doesn't exist. Verify the product and try again.")
    shop.products.remove(record.id)
    return Reply(200, body=True)


def set_prices(shop: "Magento", asked: Asked) -> Reply:
    """code: BasePriceStorage, update: those that are not set are told; ServiceOutputProcessor loses the names of values.

    One of an unknown SKU and one of a type without a base price look alike; a price that cannot be names no SKU.
    """
    faults, invalid = list[Row](), "Invalid attribute %fieldName = %fieldValue."
    for each in asked.json["prices"]:
        record = shop.product(each["sku"])
        if record is None or record.values["type_id"] not in ("simple", "virtual", "downloadable"):
            faults.append({"message": invalid, "parameters": ["SKU", each["sku"]]})
        elif each["price"] < 0:
            faults.append({"message": invalid, "parameters": ["Price", str(each["price"])]})
        else:
            shop.products.change(record.id, {"price": each["price"]}, marked=False)
    return Reply(200, faults)


def list_sources(shop: "Magento", asked: Asked) -> Reply:
    """Page "Manage source items"."""
    rows = [
        {"sku": sku, "source_code": "default", "quantity": qty, "status": int(sku not in shop.sold_out)}
        for sku, qty in shop.held.items()
    ]
    records = [Record(number, row, shop.clock.now(), shop.clock.now()) for number, row in enumerate(rows, 1)]
    return listed(asked, records, lambda each: each.values)


def set_sources(shop: "Magento", asked: Asked) -> Reply:
    """Page "Manage source items": all or none."""
    for number, each in enumerate(asked.json["sourceItems"]):
        if each["source_code"] != "default":
            wrong = {"message": 'Source with code "%code" does not exist', "parameters": {"code": each["source_code"]}}
            return Reply(400, {"message": "Validation Failed", "errors": [wrong | {"number": number}]})
    for each in asked.json["sourceItems"]:
        shop.held[each["sku"]] = each["quantity"]
        shop.put_in_stock(each["sku"], each["status"] == 1)
    return Reply(200, [])


def list_salable(shop: "Magento", asked: Asked, website: str) -> Reply:
    """code: ExportStockSalableQtyBySalesChannel: filters are of products; the count is that of the page (issue 40093).

    A product whose stock is not kept has 0 and may be sold (code: PreciseExportStockProcessor); of others one source has
    to be in stock (code: IsAnySourceItemInStockCondition).
    """
    if website != "base":
        return error(404, "No linked stock found")
    reply = list_products(shop, asked)
    if reply.status != 200:
        return reply
    found = [row["sku"] for row in reply.body["items"] if row["sku"] in shop.held]
    left = {sku: 0.0 if sku in shop.unkept else shop.held[sku] - shop.reserved.get(sku, 0) for sku in found}
    rows = [{"sku": sku, "qty": qty, "is_salable": shop.sells(sku, qty)} for sku, qty in left.items()]
    return Reply(200, {"items": rows, "search_criteria": {}, "total_count": len(rows)})


def stock_item(shop: "Magento", _asked: Asked, sku: str) -> Reply:
    """code: StockRegistry, getStockItemBySku: `manage_stock` is what holds, by the product or by the configuration."""
    record = shop.product(sku)
    if record is None:
        return error(404, 'The Product with the "%1" SKU doesn\'t exist.', sku=sku)
    qty, managed = shop.held.get(record.values["sku"], 0), record.values["sku"] in {*shop.held} - shop.unkept
    told = {
        "item_id": record.id,
        "product_id": record.id,
        "stock_id": 1,
        "qty": qty,
        "is_in_stock": sku not in shop.sold_out,
    }
    return Reply(200, {**told, "manage_stock": managed, "use_config_manage_stock": True})


def set_stock_item(shop: "Magento", asked: Asked, sku: str, _item: str) -> Reply:
    """code: StockRegistry, updateStockItemBySku: whichever number is told, it is that of the SKU.

    What cannot be sold any more is out of stock, whatever is told (code: StockItemRepository, save).
    """
    record = shop.product(sku)
    if record is None:
        return error(404, 'The Product with the "%1" SKU doesn\'t exist.', sku=sku)
    given = asked.json["stockItem"]
    if {*given} - {"qty", "is_in_stock", "item_id", "manage_stock"}:
        return error(400, "Property does not have accessor method in class StockItem.")
    own = record.values["sku"]
    shop.held[own] = given["qty"]
    wanted = given.get("is_in_stock", own not in shop.sold_out)
    shop.put_in_stock(own, wanted and (given["qty"] > 0 or own in shop.backorders))
    return Reply(200, record.id)


def list_categories(shop: "Magento", asked: Asked) -> Reply:
    """code: CategoryList."""
    return listed(asked, shop.categories.there(), lambda each: {"id": each.id, **each.values})


def add_category(shop: "Magento", asked: Asked) -> Reply:
    """code: CategoryRepository, save."""
    given = asked.json["category"]
    parent = shop.categories.records.get(given["parent_id"])
    if parent is None:
        return error(404, "No such entity with %fieldName = %fieldValue", fieldName="id", fieldValue=given["parent_id"])
    record = shop.categories.add({"name": given["name"], "parent_id": parent.id})
    record.values["path"] = f"{parent.values['path']}/{record.id}"
    return Reply(200, {"id": record.id, **record.values})
