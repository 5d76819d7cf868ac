"""Products, their variants, what they cost and how many there are (source: graphql/product)."""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from tests.fakes.records import Record
from tests.fakes.saleor.asking import Fault, Info, Row, allowed, connection, gid, money, number, said

if TYPE_CHECKING:
    from tests.fakes.saleor.shop import Saleor

LONGEST_NAME = 250
SCRIPT = re.compile(r"<script.*?</script>", re.DOTALL)
UNITS = {"kg": 1.0, "g": 0.001}


def product(shop: "Saleor", record: Record) -> Row:
    """Object "Product"."""
    values = record.values
    category = shop.categories.records.get(values["category"] or 0)
    kind = values["type"]
    return {
        **{name: values[name] for name in ("name", "slug", "description", "externalReference")},
        "id": gid("Product", record.id),
        "created": record.created.isoformat(),
        "updatedAt": record.modified.isoformat(),
        "weight": _weight(values["weight"]),
        "category": category and shop.category(category),
        "productType": {"id": gid("ProductType", kind), **shop.types[kind]},
        "channelListings": [
            {"id": gid("ProductChannelListing", 100 * record.id + key), "channel": shop.channel_row(key), **told}
            for key, told in values["listings"].items()
        ],
        "variants": lambda _: [variant(shop, each) for each in shop.variants_of(record.id)],
        "metadata": [],
    }


def variant(shop: "Saleor", record: Record) -> Row:
    """Object "ProductVariant"."""
    values = record.values
    stocks = [
        {"id": gid("Stock", 100 * record.id + key), "warehouse": shop.warehouse_row(key), "quantity": there,
         "quantityAllocated": held}
        for key, (there, held) in values["stocks"].items()
    ]  # fmt: skip
    prices = [
        {"id": gid("ProductVariantChannelListing", 100 * record.id + key), "channel": shop.channel_row(key),
         "price": None if price is None else money(price, shop.channels[key]["currencyCode"])}
        for key, price in values["prices"].items()
    ]  # fmt: skip
    attribute = {"id": gid("Attribute", 1), "slug": "size", "name": "Size"}
    size = [{"attribute": attribute, "values": [{"id": gid("AttributeValue", 1), "slug": "s", "name": values["size"]}]}]

    def held(_info: Info, **_: Any) -> list[Row]:
        allowed(shop, "MANAGE_PRODUCTS", "MANAGE_ORDERS")
        return stocks

    return {
        **{name: values[name] for name in ("name", "sku", "trackInventory", "externalReference")},
        "id": gid("ProductVariant", record.id),
        "created": record.created.isoformat(),
        "updatedAt": record.modified.isoformat(),
        "weight": _weight(values["weight"]),
        "product": lambda _: product(shop, shop.products.records[values["product"]]),
        "attributes": lambda _, **__: size if values["size"] else [],
        "channelListings": prices,
        "stocks": held,
        "metadata": [],
    }


def _weight(value: float | None) -> Row | None:
    return None if value is None else {"unit": "KG", "value": value}


def _place(row: Row) -> tuple[str, ...]:
    return row["updatedAt"], row["name"], f"{number(row['id'], _kind(row)):09d}"


def _kind(row: Row) -> str:
    return "ProductVariant" if "sku" in row else "Product"


def list_products(
    shop: "Saleor", _info: Info, first: int | None = None, after: str | None = None, filter: Row | None = None,  # noqa: A002
    sortBy: Row | None = None, **_: Any,  # noqa: N803
) -> Row:  # fmt: skip
    """Query "products"."""
    ids = (filter or {}).get("ids")
    rows = [product(shop, each) for each in visible(shop, shop.products) if shop.fits(each, filter)]
    rows = [each for each in rows if ids is None or each["id"] in ids]
    descending = bool(sortBy) and sortBy["direction"] == "DESC"
    place = _place if sortBy else lambda row: (row["slug"],)
    return connection(rows, place, first, after, name="products", descending=descending)


def list_variants(
    shop: "Saleor", _info: Info, first: int | None = None, after: str | None = None, ids: list[str] | None = None,
    filter: Row | None = None, sortBy: Row | None = None, **_: Any,  # noqa: A002, N803
) -> Row:  # fmt: skip
    """Query "productVariants": who lacks the permission sees what is on sale, and no error."""
    told = filter or {}
    wanted = None if ids is None else {number(each, "ProductVariant") for each in ids}
    rows = [
        variant(shop, each)
        for each in visible(shop, shop.variants)
        if (wanted is None or each.id in wanted)
        and (told.get("sku") is None or each.values["sku"] in told["sku"])
        and shop.fits(each, filter)
    ]
    descending = bool(sortBy) and sortBy["direction"] == "DESC"
    place = _place if sortBy else lambda row: (row["sku"] or "",)
    return connection(rows, place, first, after, name="productVariants", descending=descending)


def one_variant(
    shop: "Saleor", _info: Info, id: str | None = None, externalReference: str | None = None, sku: str | None = None,  # noqa: A002, N803
    **_: Any,
) -> Row | None:  # fmt: skip
    """Query "productVariant"."""
    for each in visible(shop, shop.variants):
        by_reference = externalReference is not None and each.values["externalReference"] == externalReference
        if by_reference or gid("ProductVariant", each.id) == id or (sku is not None and each.values["sku"] == sku):
            return variant(shop, each)
    return None


def visible(shop: "Saleor", table: Any) -> list[Record]:
    """Return what who asks is shown (reference: query "products", permissions for unpublished items)."""
    if shop.is_app and shop.permissions & {"MANAGE_PRODUCTS", "MANAGE_ORDERS", "MANAGE_DISCOUNTS"}:
        return table.there()
    owner = {each.id: each.values.get("product", each.id) for each in table.there()}
    return [
        each
        for each in table.there()
        if any(told["isPublished"] for told in shop.products.records[owner[each.id]].values["listings"].values())
    ]


def _description(told: str | None) -> str | None:
    """Return a description as it is kept: EditorJS, cleaned; anything else is refused (source: core/editorjs)."""
    if told is None:
        return None
    blocks = json.loads(told)["blocks"]
    for each in blocks:
        if each["type"] not in ("paragraph", "header", "list", "quote", "image", "embed") or "data" not in each:
            raise Fault("Invalid EditorJS")
    cleaned = [{**each, "data": {name: _clean(value) for name, value in each["data"].items()}} for each in blocks]
    return json.dumps({"time": 1, "blocks": cleaned, "version": "2.24.3"})


def _clean(value: Any) -> Any:
    return SCRIPT.sub("", value) if isinstance(value, str) else value


def _kilograms(told: Any) -> float | None:
    """Return a weight: a number is in the shop's unit, which may be another one (source: `WeightScalar`)."""
    if told is None:
        return None
    if isinstance(told, dict):
        return float(told["value"]) * UNITS[told["unit"]]
    return float(told) * 0.001


def _of_product(given: Row) -> Row:
    told = {name: given[name] for name in ("name", "slug", "externalReference") if given.get(name) is not None}
    if "description" in given:
        told["description"] = _description(given["description"])
    if "category" in given:
        told["category"] = given["category"] and number(given["category"], "Category")
    if "weight" in given:
        told["weight"] = _kilograms(given["weight"])
    return told


def _of_variant(given: Row) -> Row:
    names = ("name", "sku", "trackInventory", "externalReference")
    told = {name: given[name] for name in names if given.get(name) is not None}
    if "sku" in told:
        told["sku"] = told["sku"].strip() or None
    if "weight" in given:
        told["weight"] = _kilograms(given["weight"])
    return told


def bulk_create(shop: "Saleor", _info: Info, products: list[Row], errorPolicy: str) -> Row:  # noqa: N803
    """Mutation "productBulkCreate": one transaction, an outcome for each, in their order."""
    allowed(shop, "MANAGE_PRODUCTS")
    faults = [_faults(shop, each) for each in products]
    if errorPolicy == "REJECT_EVERYTHING" and any(faults):
        rejected = [{"product": None, "errors": each} for each in faults]
        return {"count": 0, "results": rejected, "errors": []}
    results: list[Row] = []
    for given, found in zip(products, faults, strict=True):
        made = None if found else product(shop, _create(shop, given))
        results.append({"product": made, "errors": found})
    return {"count": sum(each["product"] is not None for each in results), "results": results, "errors": []}


def _faults(shop: "Saleor", given: Row) -> list[Row]:
    found: list[Row] = []

    def add(path: str, message: str, code: str) -> None:
        found.append({"path": path, "message": message, "code": code})

    name = given.get("name") or ""
    if not name:
        add("name", "This field cannot be blank.", "REQUIRED")
    if len(name) > LONGEST_NAME:
        add("name", f"Ensure this value has at most 250 characters (it has {len(name)}).", "INVALID")
    if number(given["productType"], "ProductType") not in shop.types:
        add("productType", "Couldn't resolve to a node.", "NOT_FOUND")
    reference = given.get("externalReference")
    if reference and any(each.values["externalReference"] == reference for each in shop.products.there()):
        add("externalReference", "Product with this External reference already exists.", "UNIQUE")
    for place, each in enumerate(given.get("variants") or ()):
        for field in ("sku", "externalReference"):
            if each.get(field) and any(other.values[field] == each[field] for other in shop.variants.there()):
                add(f"variants.{place}.{field}", f"Product variant with this {field} already exists.", "UNIQUE")
    return found


def _create(shop: "Saleor", given: Row) -> Record:
    blank: Row = {"description": None, "category": None, "weight": None, "externalReference": None}
    record = shop.products.add({**blank, **_of_product(given), "type": number(given["productType"], "ProductType")})
    slug = re.sub(r"[^a-z0-9]+", "-", record.values["name"].lower()).strip("-") or "p"
    record.values |= {"slug": f"{slug}-{record.id}", "listings": {}}
    for each in given.get("channelListings") or ():
        _list(record, each)
    for each in given.get("variants") or ():
        own: Row = {**_of_variant(each), "product": record.id}
        shop.variants.add(new_variant(**own))
    return record


def new_variant(**values: Any) -> Row:
    """Return a variant's values; one without a name gets its SKU for one."""
    blank: Row = {"sku": None, "trackInventory": True, "externalReference": None, "weight": None, "size": None}
    told = {**blank, "prices": {}, "stocks": {}, **values}
    return {"name": told["sku"] or "1", **told}


def _list(record: Record, given: Row) -> None:
    key = number(given["channelId"], "Channel")
    told = record.values["listings"].setdefault(key, {"isPublished": False, "visibleInListings": False})
    names = ("isPublished", "visibleInListings", "isAvailableForPurchase")
    told |= {name: given[name] for name in names if given.get(name) is not None}


def update(shop: "Saleor", _info: Info, id: str, input: Row, **_: Any) -> Row:  # noqa: A002
    """Mutation "productUpdate"."""
    allowed(shop, "MANAGE_PRODUCTS")
    record = shop.products.records.get(number(id, "Product"))
    if record is None:
        return said(f"Couldn't resolve to a node: {id}", "id", "NOT_FOUND")
    if len(input.get("name") or "") > LONGEST_NAME:
        return said("Ensure this value has at most 250 characters.", "name")
    shop.products.change(record.id, _of_product(input))
    return {"product": product(shop, record), "errors": []}


def update_variant(shop: "Saleor", _info: Info, id: str, input: Row, **_: Any) -> Row:  # noqa: A002
    """Mutation "productVariantUpdate"."""
    allowed(shop, "MANAGE_PRODUCTS")
    record = shop.variants.records.get(number(id, "ProductVariant"))
    if record is None:
        return said(f"Couldn't resolve to a node: {id}", "id", "NOT_FOUND")
    shop.variants.change(record.id, _of_variant(input))
    return {"productVariant": variant(shop, record), "errors": []}


def update_listing(shop: "Saleor", _info: Info, id: str, input: Row) -> Row:  # noqa: A002
    """Mutation "productChannelListingUpdate": does not move the product's mark."""
    allowed(shop, "MANAGE_PRODUCTS")
    record = shop.products.records.get(number(id, "Product"))
    if record is None:
        return said(f"Couldn't resolve to a node: {id}", "id", "NOT_FOUND")
    for each in input.get("updateChannels") or ():
        if record.values["category"] is None and (each.get("isPublished") or each.get("isAvailableForPurchase")):
            message = "You must select a category to be able to publish."
            return said(message, "isPublished", "PRODUCT_WITHOUT_CATEGORY")
        _list(record, each)
    return {"product": product(shop, record), "errors": []}


def delete(shop: "Saleor", _info: Info, id: str, **_: Any) -> Row:  # noqa: A002
    """Mutation "productDelete": its variants go with it."""
    allowed(shop, "MANAGE_PRODUCTS")
    key = number(id, "Product")
    if key not in shop.products.records:
        return said(f"Couldn't resolve to a node: {id}", "id", "NOT_FOUND")
    for each in shop.variants_of(key):
        shop.variants.remove(each.id)
    shop.products.remove(key)
    return {"errors": []}


def delete_variant(shop: "Saleor", _info: Info, id: str, **_: Any) -> Row:  # noqa: A002
    """Mutation "productVariantDelete"."""
    allowed(shop, "MANAGE_PRODUCTS")
    key = number(id, "ProductVariant")
    if key not in shop.variants.records:
        return said(f"Couldn't resolve to a node: {id}", "id", "NOT_FOUND")
    shop.variants.remove(key)
    return {"errors": []}


def price(shop: "Saleor", _info: Info, id: str, input: list[Row], **_: Any) -> Row:  # noqa: A002
    """Mutation "productVariantChannelListingUpdate": does not move the variant's mark."""
    allowed(shop, "MANAGE_PRODUCTS")
    record = shop.variants.records.get(number(id, "ProductVariant"))
    if record is None:
        return said(f"Couldn't resolve to a node: {id}", "id", "NOT_FOUND")
    listed = shop.products.records[record.values["product"]].values["listings"]
    for each in input:
        key = number(each["channelId"], "Channel")
        if key not in listed:
            return said("Product not available in channels.", "input", "PRODUCT_NOT_ASSIGNED_TO_CHANNEL")
        try:
            amount = Decimal(str(each["price"]))
        except InvalidOperation:
            raise Fault(f"Unsupported value: {each['price']}") from None
        if amount != round(amount, 2):
            return said("Value cannot have more than 2 decimal places.", "price")
        record.values["prices"][key] = float(amount)
    return {"variant": variant(shop, record), "errors": []}


def stock(shop: "Saleor", _info: Info, variantId: str, stocks: list[Row], **_: Any) -> Row:  # noqa: N803
    """Mutation "productVariantStocksUpdate": what lies in a warehouse, with what is held of it."""
    allowed(shop, "MANAGE_PRODUCTS")
    record = shop.variants.records.get(number(variantId, "ProductVariant"))
    if record is None:
        return said(f"Couldn't resolve to a node: {variantId}", "variantId", "NOT_FOUND")
    for each in stocks:
        key = number(each["warehouse"], "Warehouse")
        if key not in shop.warehouses:
            return said(f"Couldn't resolve to a node: {each['warehouse']}", "warehouse", "NOT_FOUND")
        held = record.values["stocks"].get(key, (0, 0))[1]
        record.values["stocks"][key] = (each["quantity"], held)
    return {"productVariant": variant(shop, record), "errors": []}


def create_category(shop: "Saleor", _info: Info, input: Row, parent: str | None = None) -> Row:  # noqa: A002
    """Mutation "categoryCreate"."""
    allowed(shop, "MANAGE_PRODUCTS")
    above = number(parent, "Category") if parent else None
    record = shop.categories.add({"name": input["name"], "parent": above})
    return {"category": shop.category(record), "errors": []}
