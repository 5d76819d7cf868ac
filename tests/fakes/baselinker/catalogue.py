"""The catalogue: products with prices by price group and stock by warehouse, categories and manufacturers."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.fakes.baselinker.answers import Failed, mapped
from tests.fakes.records import Record

INVENTORY, GROUP, OTHER_GROUP, WAREHOUSE, OTHER_WAREHOUSE = 307, 105, 106, "bl_205", "bl_206"
PAGE = 1000
"""Products of a page (page "getInventoryProductsList")."""
MOST = 1000
"""Products of one update (page "updateInventoryProductsStock")."""
NEW: dict[str, Any] = {
    "sku": "", "ean": "", "tax_rate": 0, "weight": 0, "category_id": 0, "manufacturer_id": 0, "tags": [],
    "prices": {}, "stock": {}, "text_fields": {}, "variants": {},
}  # fmt: skip
OF_PRODUCTS = ("sku", "ean", "tax_rate", "category_id", "manufacturer_id", "tags")
OF_VARIANTS = ("sku", "ean")


def inventories(_fake: Any, _told: Any) -> dict[str, Any]:
    """Page "getInventories"."""
    found = {
        "inventory_id": INVENTORY, "name": "Default", "description": "", "languages": ["pl"], "default_language": "pl",
        "price_groups": [GROUP, OTHER_GROUP], "default_price_group": GROUP, "warehouses": [WAREHOUSE, OTHER_WAREHOUSE],
        "default_warehouse": WAREHOUSE, "reservations": False, "is_default": True,
    }  # fmt: skip
    return {"inventories": [found]}


def price_groups(_fake: Any, _told: Any) -> dict[str, Any]:
    """Page "getInventoryPriceGroups"."""
    groups = ((GROUP, "Default", "PLN"), (OTHER_GROUP, "Germany", "EUR"))
    rows = [
        {"price_group_id": id_, "name": name, "description": "", "currency": currency, "is_default": id_ == GROUP}
        for id_, name, currency in groups
    ]
    return {"price_groups": rows}


def listed(fake: Any, told: Any) -> dict[str, Any]:
    """Page "getInventoryProductsList": numbered pages of 1000; variants only if they are asked for."""
    _check_inventory(told)
    there = fake.products.there()
    ordered = there if told.get("filter_sort") == "id ASC" else fake.products.in_any_order(there, lambda _: 0)
    rows = [_brief(each.id, each.values, each.values["text_fields"].get("name", "")) for each in ordered]
    if told.get("include_variants"):
        rows += [_brief(id_, row, row["name"]) for each in ordered for id_, row in each.values["variants"].items()]
    chosen = [row for row in rows if told.get("filter_sku") in (None, "", row["sku"])]
    start = (int(told.get("page") or 1) - 1) * PAGE
    return {"products": mapped({str(row["id"]): row for row in chosen[start : start + PAGE]})}


def _brief(id_: int, row: Any, name: str) -> dict[str, Any]:
    prices, stock = mapped(row["prices"]), mapped(row["stock"])
    return {"id": id_, "ean": row["ean"], "sku": row["sku"], "name": name, "prices": prices, "stock": stock}


def data(fake: Any, told: Any) -> dict[str, Any]:
    """Page "getInventoryProductsData": ids that are not there are left out; variants stand within their product."""
    _check_inventory(told)
    there = {each.id: each for each in fake.products.there()}
    found = [there[int(id_)] for id_ in told["products"] if int(id_) in there]
    return {"products": mapped({str(each.id): _whole(each) for each in found})}


def _whole(record: Record) -> dict[str, Any]:
    row = record.values
    variants = {str(id_): {**each, "prices": mapped(each["prices"])} for id_, each in row["variants"].items()}
    more = {"is_bundle": False, "star": 0, "height": 0, "width": 0, "length": 0, "images": [], "links": []}
    lists = {name: mapped(row[name]) for name in ("prices", "stock", "text_fields")}
    return {**row, **more, **lists, "variants": mapped(variants)}


def add(fake: Any, told: Any) -> dict[str, Any]:
    """Page "addInventoryProduct": one that has a `product_id` is changed, in the fields that are given."""
    _check_inventory(told)
    if parent := told.get("parent_id"):
        return _change_variant(fake, int(parent), told)
    if told.get("category_id") and int(told["category_id"]) not in fake.categories:
        raise Failed("ERROR_CATEGORY_ID", "There is no category with the given id")
    fields = {name: told[name] for name in OF_PRODUCTS if name in told}
    if "weight" in told:  # decimal(10,2)
        fields["weight"] = float(Decimal(str(told["weight"])).quantize(Decimal("0.01"), ROUND_HALF_UP))
    if told.get("product_id"):
        record = _record(fake, told["product_id"])
    else:
        record = fake.products.add({**NEW, "prices": {str(GROUP): 0}, "stock": {}})
    texts = {**record.values["text_fields"], **(told.get("text_fields") or {})}
    fake.products.change(record.id, {**fields, "text_fields": texts})
    return {"product_id": str(record.id), "warnings": ""}


def _change_variant(fake: Any, parent: int, told: Any) -> dict[str, Any]:
    variants = _record(fake, parent).values["variants"]
    variant = variants[int(told["product_id"])]
    variant |= {name: told[name] for name in OF_VARIANTS if name in told}
    variant |= {name: text for name, text in (told.get("text_fields") or {}).items() if name == "name"}
    return {"product_id": str(told["product_id"]), "warnings": ""}


def delete(fake: Any, told: Any) -> dict[str, Any]:
    """Page "deleteInventoryProduct"."""
    fake.products.remove(_record(fake, told["product_id"]).id)
    return {}


def put(field: str) -> Any:
    """Pages "updateInventoryProductsPrices" and "updateInventoryProductsStock": warnings name what is not there."""

    def update(fake: Any, told: Any) -> dict[str, Any]:
        _check_inventory(told)
        if len(told["products"]) > MOST:
            raise Failed("ERROR_TOO_MANY_PRODUCTS", "Maximum 1000 products at a time")
        rows = {str(each.id): each.values for each in fake.products.there()}
        rows |= {str(id_): row for each in fake.products.there() for id_, row in each.values["variants"].items()}
        warnings = {id_: "Product not found" for id_ in told["products"] if id_ not in rows}
        for id_ in {*told["products"]} - {*warnings}:
            rows[id_][field] = {**rows[id_][field], **told["products"][id_]}
        return {"counter": len(told["products"]) - len(warnings), "warnings": warnings or ""}

    return update


def categories(fake: Any, _told: Any) -> dict[str, Any]:
    """Page "getInventoryCategories"."""
    rows = [{"category_id": id_, **row} for id_, row in fake.categories.items()]
    return {"categories": rows}


def add_category(fake: Any, told: Any) -> dict[str, Any]:
    """Page "addInventoryCategory"."""
    id_ = 5 + len(fake.categories)
    fake.categories[id_] = {"name": told["name"], "parent_id": int(told.get("parent_id") or 0)}
    return {"category_id": id_}


def manufacturers(fake: Any, _told: Any) -> dict[str, Any]:
    """Page "getInventoryManufacturers"."""
    rows = [{"manufacturer_id": id_, "name": name} for id_, name in fake.manufacturers.items()]
    return {"manufacturers": rows}


def add_manufacturer(fake: Any, told: Any) -> dict[str, Any]:
    """Page "addInventoryManufacturer"."""
    id_ = 7 + len(fake.manufacturers)
    fake.manufacturers[id_] = told["name"]
    return {"manufacturer_id": id_}


def _record(fake: Any, id_: Any) -> Record:
    found = {each.id: each for each in fake.products.there()}.get(int(id_))
    if found is None:
        raise Failed("ERROR_PRODUCT_ID", "There is no product with the given id")
    return found


def _check_inventory(told: Any) -> None:
    if int(told.get("inventory_id") or 0) != INVENTORY:
        raise Failed("ERROR_STORAGE_ID", "There is no catalog with the given id")
