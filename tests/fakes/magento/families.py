"""Configurable products (page "Create a configurable product"; code: LinkManagement, OptionRepository), and attributes."""

from typing import TYPE_CHECKING

from tests.fakes.magento.criteria import Row, listed
from tests.fakes.magento.keys import error
from tests.fakes.magento.products import Refusal, save, shown
from tests.fakes.records import Record
from tests.fakes.server import Asked, Reply

if TYPE_CHECKING:
    from tests.fakes.magento.shop import Magento

NOT_THERE = "The product that was requested doesn't exist. Verify the product and try again."


def attribute(number: int, code: str, label: str, *labels: str, **values: object) -> Row:
    """Return an attribute that products can be told apart by; the first of its values is the empty one."""
    options = [{"label": each, "value": str(number * 10 + place)} for place, each in enumerate(labels)]
    told = {"attribute_id": number, "attribute_code": code, "default_frontend_label": label, "frontend_label": label}
    told |= {"frontend_input": "select", "scope": "global", "is_user_defined": True}
    return {**told, "options": [{"label": " ", "value": ""}, *options], **values}


def list_attributes(shop: "Magento", asked: Asked) -> Reply:
    """Page "Search for attributes"."""
    records = [Record(each["attribute_id"], each, shop.clock.now(), shop.clock.now()) for each in shop.attributes]
    hidden = "frontend_label"  # a column, which the answer calls by another name
    return listed(asked, records, lambda each: {k: v for k, v in each.values.items() if k != hidden}, "attribute_id")


def add_option(shop: "Magento", asked: Asked, code: str) -> Reply:
    """Page "Add an option to an attribute"; what it answers differs between versions."""
    found = next((each for each in shop.attributes if each["attribute_code"] == code), None)
    if found is None:
        return error(404, 'The attribute with a "%1" attributeCode doesn\'t exist. Verify the attribute and try again.')
    label = asked.json["option"]["label"]
    if any(each["label"] == label for each in found["options"]):
        return error(400, "Admin store attribute option label '%1' is already exists.")
    found["options"].append({"label": label, "value": str(found["attribute_id"] * 10 + len(found["options"]))})
    return Reply(200, f"id_{found['options'][-1]['value']}")


def save_one(shop: "Magento", asked: Asked) -> Reply:
    """code: ProductRepository, save: without the queue."""
    try:
        save(shop, asked.json["product"])
    except Refusal as refusal:
        return error(400, str(refusal))
    record = shop.product(asked.json["product"]["sku"])
    assert record
    return Reply(200, shown(shop, record))


def add_child(shop: "Magento", asked: Asked, sku: str) -> Reply:
    """Put a product below one; it must have a value of each of its options."""
    record, child = shop.product(sku), shop.product(asked.json["childSku"])
    if record is None or child is None:
        return error(404, NOT_THERE)
    if child.id in record.values["children"]:
        return error(400, "The product is already attached.")
    if not record.values["options"]:
        return error(400, "The parent product doesn't have configurable product options.")
    for option in record.values["options"]:
        code = next(each for each in shop.attributes if each["attribute_id"] == int(option["attribute_id"]))
        if not child.values["custom"].get(code["attribute_code"]):
            told = 'The child product doesn\'t have the "%1" attribute value. Verify the value and try again.'
            return error(400, told.replace("%1", code["attribute_code"]))
    shop.products.change(record.id, {"children": [*record.values["children"], child.id]})
    return Reply(200, body=True)


def remove_child(shop: "Magento", _asked: Asked, sku: str, child: str) -> Reply:
    """Take a product away from below another."""
    record, gone = shop.product(sku), shop.product(child)
    if record is None or gone is None or gone.id not in record.values["children"]:
        return error(404, "The option that was requested doesn't exist. Verify the entity and try again.")
    shop.products.change(record.id, {"children": [each for each in record.values["children"] if each != gone.id]})
    return Reply(200, body=True)
