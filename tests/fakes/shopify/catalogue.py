"""Products, their variants, and their stock."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from graphql import get_directive_values

from tests.fakes.records import Record
from tests.fakes.shopify import media
from tests.fakes.shopify.asking import Fault, Info, Row, connection, number, part, said

if TYPE_CHECKING:
    from tests.fakes.shopify.shop import Shopify

FIELDS = ("title", "descriptionHtml", "vendor", "productType", "tags", "status")
BLANK: Row = {
    "title": "",
    "descriptionHtml": "",
    "vendor": "My Store",
    "productType": "",
    "tags": [],
    "status": "ACTIVE",
    "media": [],
}
LONGEST_TITLE = 255
SCRIPT = re.compile(r"<script.*?</script>", re.DOTALL)


def gid(kind: str, id_: int) -> str:
    """Return a global id (usage: global IDs)."""
    return f"gid://shopify/{kind}/{id_}"


def product(shop: "Shopify", record: Record) -> Row:
    """Object "Product"."""
    row = {name: record.values[name] for name in FIELDS}
    row |= {"__typename": "Product", "id": gid("Product", record.id), "updatedAt": shop.written(record.modified)}
    row["media"] = _media(shop, record)
    return row | {"variants": part(lambda: [variant(shop, each) for each in shop.variants_of(record.id)])}


def _media(shop: "Shopify", record: Record) -> Callable[..., Row]:
    """Return the list of media, in the order that they were given."""

    def resolve(_info: Info, first: int | None = None, after: str | None = None, **_: Any) -> Row:
        begin, held = int(after or 0), record.values["media"]
        shown = held[begin:][:first]
        more, end = begin + len(shown) < len(held), str(begin + len(shown)) if shown else None
        page = {"hasNextPage": more, "hasPreviousPage": begin > 0, "endCursor": end}
        return {"nodes": [media.shown(shop, each) for each in shown], "pageInfo": page}

    return resolve


def variant(shop: "Shopify", record: Record) -> Row:
    """Object "ProductVariant"."""
    values = record.values

    def level(_info: Info, locationId: str) -> Row | None:  # noqa: N803
        stocked = values["levels"].get(number(locationId))
        if stocked is None:
            return None
        return {"id": gid("InventoryLevel", record.id), "quantities": lambda _, names: [
            {"name": name, "quantity": stocked} for name in names]}  # fmt: skip

    measured = {"id": gid("InventoryItemMeasurement", record.id), "weight": values["weight"]}
    item = {"id": gid("InventoryItem", record.id), "sku": values["sku"], "tracked": values["tracked"]}
    return {
        "__typename": "ProductVariant",
        "id": gid("ProductVariant", record.id),
        **{name: values[name] for name in ("sku", "title", "barcode", "price")},
        "selectedOptions": [{"name": values["option"], "value": values["title"]}],
        "product": lambda _: product(shop, shop.products.records[values["product"]]),
        "inventoryItem": item | {"measurement": measured, "inventoryLevel": level},
    }


def new_variant(product_id: int, **values: Any) -> Row:
    """Return a variant's values with what Shopify gives those that are not named."""
    weight = {"unit": "KILOGRAMS", "value": 0.0}
    blank = {"sku": "", "title": "Default Title", "barcode": None, "price": "0.00", "option": "Title", "tracked": False}
    return {"product": product_id, **blank, "weight": weight, "levels": {}, **values}


def list_variants(
    shop: "Shopify", _info: Info, first: int | None, after: str | None = None, query: str = "", **_: Any
) -> Row:
    """Query "productVariants": `sku` compares regardless of capitals (usage: search syntax)."""
    wanted = [
        each.replace("\\'", "'").replace("\\\\", "\\").lower() for each in re.findall(r"sku:'((?:[^'\\]|\\.)*)'", query)
    ]
    found = [each for each in shop.variants.there() if each.values["sku"].lower() in wanted]
    return connection([variant(shop, each) for each in found], first, after)


def by_identifier(shop: "Shopify", _info: Info, identifier: Row) -> Row | None:
    """Query "productByIdentifier" (apps: working with custom IDs)."""
    found = _known_as(shop, identifier["customId"])
    return product(shop, found) if found else None


def _known_as(shop: "Shopify", custom: Row) -> Record | None:
    if (custom["namespace"], custom["key"]) not in shop.definitions:
        raise Fault("Metafield definition of type 'id' is required when using custom ids.", "NOT_FOUND")
    return next((each for each in shop.products.there() if each.values["reference"] == custom["value"]), None)


def set_product(shop: "Shopify", _info: Info, identifier: Row, input: Row, **_: Any) -> Row:  # noqa: A002
    """Mutation "productSet": what is known by the identifier is set to this, otherwise it is made; what is left out stays."""
    if fault := _title_fault(input):
        return fault
    if "variants" in input and "productOptions" not in input:  # reference: ProductSetUserErrorCode
        message = "Product options input is required when updating variants"
        return said(message, "input", "productOptions", code="PRODUCT_OPTIONS_INPUT_MISSING")
    if "productOptions" in input and "variants" not in input:
        message = "Variants input is required when updating product options"
        return said(message, "input", "variants", code="VARIANTS_INPUT_MISSING")
    record = _identified(shop, identifier)
    if record is None and "id" in identifier:
        return said("Product does not exist", "identifier", "id", code="PRODUCT_DOES_NOT_EXIST")
    is_new = record is None
    record = record or shop.products.add({**BLANK, "reference": _marked(shop, input)})
    if (files := input.get("files")) is not None and (fault := media.set_files(shop, record, files)):
        if is_new:
            shop.products.remove(record.id)
        return fault
    if is_new:
        shop.variants.add(new_variant(record.id))
    _set(record, input)
    for given in input.get("variants", ()):
        (own,) = shop.variants_of(record.id)
        _set_variant(own, given)
    shop.products.touch(record.id)
    return {"product": product(shop, record), "userErrors": []}


def _identified(shop: "Shopify", identifier: Row) -> Record | None:
    if "id" in identifier:
        return shop.products.records.get(number(identifier["id"]))
    return _known_as(shop, identifier["customId"])


def _marked(shop: "Shopify", given: Row) -> str | None:
    """Return the custom id among the metafields: only these are kept, not what a product was looked for by."""
    marks = [each for each in given.get("metafields", ()) if (each["namespace"], each["key"]) in shop.definitions]
    assert all(each["type"] == "id" for each in marks)
    return marks[0]["value"] if marks else None


def update(shop: "Shopify", _info: Info, product: Row) -> Row:
    """Mutation "productUpdate"."""
    record = shop.products.records.get(number(product["id"]))
    if record is None:
        return said("Product does not exist", "id")
    if fault := _title_fault(product):
        return fault
    _set(record, product)
    shop.products.touch(record.id)
    return {"userErrors": []}


def _title_fault(given: Row) -> Row | None:
    title = given.get("title")
    if title is not None and not title.strip():
        return said("Title can't be blank", "title", code="BLANK")
    if len(title or "") > LONGEST_TITLE:
        return said("Title is too long (maximum is 255 characters)", "title", code="TOO_LONG")
    return None


def _set(record: Record, given: Row) -> None:
    """Set fields as Shopify keeps them: titles trimmed, tags without doubles in an order of their own, no scripts."""
    told = {name: given[name] for name in FIELDS if name in given}
    if "title" in told:
        told["title"] = told["title"].strip()
    if "tags" in told:
        told["tags"] = sorted({each.strip() for each in told["tags"]}, key=str.lower)
    if "descriptionHtml" in told:
        told["descriptionHtml"] = SCRIPT.sub("", told["descriptionHtml"])
    record.values |= told


def _set_variant(record: Record, given: Row) -> None:
    item = given.get("inventoryItem") or {}
    told = {name: given[name] for name in ("barcode", "price") if name in given}
    told |= {name: item[name] for name in ("sku", "tracked") if name in item}
    if "price" in told:
        told["price"] = f"{float(told['price']):.2f}"
    if "measurement" in item:
        told["weight"] = item["measurement"]["weight"]
    record.values |= told


def publish(shop: "Shopify", _info: Info, id: str, input: list[Row]) -> Row:  # noqa: A002
    """Mutation "publishablePublish": where it is already, it stays."""
    if number(id) not in shop.products.records:
        return said("Resource does not exist", "id")
    for place, each in enumerate(input):
        if number(each["publicationId"]) not in shop.channels:
            return said("Publication does not exist or is not publishable", "input", str(place), "publicationId")
    shop.published.setdefault(number(id), set()).update(number(each["publicationId"]) for each in input)
    return {"userErrors": []}


def update_variants(shop: "Shopify", _info: Info, productId: str, variants: list[Row]) -> Row:  # noqa: N803
    """Mutation "productVariantsBulkUpdate": all or none."""
    if number(productId) not in shop.products.records:
        return said("Product does not exist", "productId", code="PRODUCT_DOES_NOT_EXIST")
    there = {each.id: each for each in shop.variants_of(number(productId))}
    for place, given in enumerate(variants):
        if number(given["id"]) not in there:
            return said(
                "Product variant does not exist", "variants", str(place), "id", code="PRODUCT_VARIANT_DOES_NOT_EXIST"
            )
    for given in variants:
        _set_variant(there[number(given["id"])], given)
    shop.products.touch(number(productId))
    return {"userErrors": []}


def delete(shop: "Shopify", _info: Info, input: Row, **_: Any) -> Row:  # noqa: A002
    """Mutation "productDelete"."""
    id_ = number(input["id"])
    if id_ not in shop.products.records:
        return said("Product does not exist", "id")
    for each in shop.variants_of(id_):
        shop.variants.remove(each.id)
    shop.products.remove(id_)
    return {"userErrors": []}


def delete_variants(shop: "Shopify", _info: Info, productId: str, variantsIds: list[str]) -> Row:  # noqa: N803
    """Mutation "productVariantsBulkDelete"."""
    for each in variantsIds:
        shop.variants.remove(number(each))
    shop.products.touch(number(productId))
    return {"userErrors": []}


def idempotent(change: Callable[..., Row]) -> Callable[..., Row]:
    """Require the directive; what was done with a key is not done again (changelog: making idempotency mandatory)."""

    def resolve(shop: "Shopify", info: Info, **given: Any) -> Row:
        directive = info.schema.get_directive("idempotent")
        told = directive and get_directive_values(directive, info.field_nodes[0], info.variable_values)
        if not told:
            raise Fault("The @idempotent directive is required for this mutation", "BAD_REQUEST")
        key = told["key"]
        if (info.field_name, key) not in shop.carried_out:
            shop.carried_out[info.field_name, key] = change(shop, info, **given)
        return shop.carried_out[info.field_name, key]

    return resolve


@idempotent
def set_quantities(shop: "Shopify", _info: Info, input: Row) -> Row:  # noqa: A002
    """Mutation "inventorySetQuantities": all or none; each says what it was (changelog: new compare and swap syntax)."""
    if input["name"] not in ("available", "on_hand"):
        return said("The quantity name must be either 'available' or 'on_hand'.", "input", "name", code="INVALID_NAME")
    for place, given in enumerate(input["quantities"]):
        where = ("input", "quantities", str(place))
        if "changeFromQuantity" not in given:
            raise Fault("changeFromQuantity must be given, or null", "BAD_REQUEST")
        record = shop.variants.records.get(number(given["inventoryItemId"]))
        if record is None:
            return said("The specified inventory item could not be found.", *where, code="INVALID_INVENTORY_ITEM")
        if not record.values["tracked"]:
            return said("The inventory item is not tracked.", *where, code="ITEM_NOT_TRACKED")
        if number(given["locationId"]) not in record.values["levels"]:
            message = "The specified inventory item is not stocked at the location."
            return said(message, *where, code="ITEM_NOT_STOCKED_AT_LOCATION")
    for given in input["quantities"]:
        record = shop.variants.records[number(given["inventoryItemId"])]
        record.values["levels"][number(given["locationId"])] = given["quantity"]
        shop.products.touch(record.values["product"])
    return {"userErrors": []}


@idempotent
def activate(shop: "Shopify", _info: Info, inventoryItemId: str, locationId: str, **_: Any) -> Row:  # noqa: N803
    """Mutation "inventoryActivate"."""
    shop.variants.records[number(inventoryItemId)].values["levels"].setdefault(number(locationId), 0)
    return {"userErrors": []}


def update_item(shop: "Shopify", _info: Info, id: str, input: Row) -> Row:  # noqa: A002
    """Mutation "inventoryItemUpdate"."""
    _set_variant(shop.variants.records[number(id)], {"inventoryItem": input})
    return {"userErrors": []}
