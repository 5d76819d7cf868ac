"""Products, prices and stock levels: what is asked of the shop, and the documents that are made of its answers."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from adapters.eshop.categories import Categories
from adapters.eshop.magento import levels
from adapters.eshop.magento.lists import any_of, picked
from adapters.eshop.magento.shop import Shop
from adapters.rows import Row
from hub.connector import Document

LINKS = "extension_attributes[configurable_product_links,configurable_product_options]"
PRODUCT = "sku name status weight type_id"


def custom(row: Row) -> dict[str, Any]:
    """Return a product's further attributes by their codes."""
    return {each["attribute_code"]: each["value"] for each in row.get("custom_attributes") or ()}


def categories(shop: Shop) -> Categories:
    """Return the tree below the root category."""
    root = shop.options.root_category

    def make(name: str, _: str, parent: str | None) -> str:
        body = {"name": name, "parent_id": int(parent or root), "is_active": True}
        return str(shop.send("POST", "categories", {"category": body})["id"])

    names = "id,name,parent_id,path"
    rows = [
        {**row, "id": str(row["id"]), "parent_id": str(row["parent_id"])}
        for row in shop.all("categories/list", by=("entity_id", "id"), fields=names)
        if str(root) in row["path"].split("/")[:-1]
    ]
    return Categories(rows, "parent_id", make)


def families(shop: Shop) -> dict[str, dict[str, Any]]:
    """Return of each simple product that stands under a configurable one its `sku`, and what `options` tell them apart."""
    fields = f"id,sku,name,{LINKS}"
    found = list(shop.all("products", ("type_id", "eq", "configurable"), by=("entity_id", "id"), fields=fields))
    options = [each for row in found for each in row["extension_attributes"].get("configurable_product_options") or ()]
    attributes = _attributes(shop, {str(each["attribute_id"]) for each in options})
    family: dict[str, dict[str, Any]] = {}
    for row in found:
        told = row["extension_attributes"]
        chosen = {
            each["label"]: attributes.get(str(each["attribute_id"]))
            for each in told.get("configurable_product_options") or ()
        }
        for child in told.get("configurable_product_links") or ():
            family[str(child)] = {"sku": row["sku"], "options": chosen}
    return family


def _attributes(shop: Shop, ids: set[str]) -> dict[str, dict[str, Any]]:
    """Return attributes by their number: the code, and the names of their values."""
    rows = [
        row
        for each in any_of("attribute_id", sorted(ids))
        for row in shop.page("products/attributes", each, order="attribute_id")
    ]
    return {
        str(row["attribute_id"]): {
            "code": row["attribute_code"],
            "names": {each["value"]: each["label"] for each in row.get("options") or ()},
        }
        for row in rows
    }


def products(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each product."""
    if not rows:
        return
    config, tree, family = shop.config(), categories(shop), shop.lately(families)
    attributes = ["description", "tax_class_id", *filter(None, [shop.options.gtin_attribute])]
    for row in rows:
        told, more = custom(row), row.get("extension_attributes")
        links: Sequence[Row] = (more and more.get("category_links")) or ()
        raw = picked(row, PRODUCT) | {name: told.get(name) for name in attributes}
        raw |= {"weight_unit": config["weight_unit"], "family": _chosen(family.get(row["id"]), told)}
        raw["categories"] = tree.known(each["category_id"] for each in links)
        raw["images"] = images(row, config.get("secure_base_media_url") or config["base_media_url"])
        yield Document(row["sku"], raw)


def _chosen(family: Row | None, told: Row) -> dict[str, Any] | None:
    """Return a family with what this product has of its options."""
    if family is None:
        return None
    named = {label: each for label, each in family["options"].items() if each and each["code"] in told}
    return {
        "sku": family["sku"],
        "options": {label: each["names"].get(told[each["code"]]) for label, each in named.items()},
    }


def images(row: Row, media: str) -> list[str]:
    """Return a product's images by their addresses, in their order."""
    shown = [
        each
        for each in row.get("media_gallery_entries") or ()
        if each["media_type"] == "image" and not each["disabled"]
    ]
    shown.sort(key=lambda each: (each.get("position") or 0, each["id"]))
    return [f"{media.rstrip('/')}/catalog/product/{each['file'].lstrip('/')}" for each in shown]


def prices(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each product that has a price."""
    if not rows:
        return
    currency = shop.currency()
    for row in rows:
        if row.get("price") is not None:
            yield Document(row["sku"], {"sku": row["sku"], "amount": row["price"], "currency": currency})


def stock(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each product whose stock is kept on the website."""
    if shop.options.stock_items:
        known = levels.kept(shop, [row["sku"] for row in rows])
    else:
        known = salable(shop, [row["id"] for row in rows])
    for row in rows:
        if row["sku"] in known:
            yield Document(row["sku"], {"sku": row["sku"], "qty": known[row["sku"]]})


def salable(shop: Shop, numbers: Sequence[str]) -> dict[str, float]:
    """Return what may be sold of products: what lies in the sources, less what open orders have reserved.

    Asked for by the numbers of products (source: InventoryExportStock, ExportStockSalableQtyBySalesChannel); the count
    of all is wrong there before 2.4.9, and products without kept stock have none.
    """
    path = f"inventory/export-stock-salable-qty/website/{shop.options.website}"
    rows = [row for each in any_of("entity_id", numbers) for row in shop.rows(path, each)[0]]
    return {row["sku"]: row["qty"] for row in rows if row.get("qty") is not None and _is_kept(shop, row)}


def _is_kept(shop: Shop, row: Row) -> bool:
    """Return whether a product's stock is kept: else 0 is left, and it may be sold (source: PreciseExportStockProcessor).

    So it is with one whose orders may run ahead of its stock: what its stock item says decides.
    """
    if row["qty"] or not row.get("is_salable"):
        return True
    item = shop.look_up(f"stockItems/{quote(row['sku'], safe='')}")
    return bool(item and item["manage_stock"])
