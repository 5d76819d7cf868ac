"""Products and their variations: what is stored of what is given, and what is shown of it."""

import re
from collections.abc import Callable, Mapping
from html import unescape
from typing import TYPE_CHECKING, Any

from tests.fakes.records import Record
from tests.fakes.server import Asked, Reply
from tests.fakes.woocommerce.keys import error
from tests.fakes.woocommerce.lists import Row, batch, dates, listed

if TYPE_CHECKING:
    from tests.fakes.woocommerce.shop import WooCommerce

SIMPLE = {
    "type": "simple", "status": "publish", "name": "", "slug": "", "description": "", "sku": "", "global_unique_id": "",
    "regular_price": "", "sale_price": "", "manage_stock": False, "stock_quantity": None, "weight": "", "tax_class": "",
    "categories": (1,), "tags": (), "images": (), "attributes": (), "meta_data": (), "parent_id": 0,
}  # fmt: skip
LONGEST = 200
"""Characters of a term's name."""
TAX_CLASSES = ("", "reduced-rate", "zero-rate")


def kses(text: str) -> str:
    """WordPress: wp_filter_post_kses: no scripts, and no ampersand that is not an entity."""
    text = re.sub(r"<(script|style)\b.*?</\1>|</?(script|style)\b[^>]*>", "", text, flags=re.DOTALL)
    return re.sub(r"&(?!(?:[a-zA-Z]+|#\d+);)", "&amp;", text)


def cleaned(text: str) -> str:
    """WordPress: sanitize_text_field, by WooCommerce's wc_clean: no tags, no line ends, no double blanks."""
    return " ".join(re.sub(r"<[^>]*>", "", str(text)).split())


def decimal(text: Any) -> str:
    """code: wc_format_decimal: what is no digit, point or minus is dropped."""
    return re.sub(r"[^0-9.\-]", "", str(text))


def digits(text: Any) -> str:
    """code: set_global_unique_id: digits and hyphens alone."""
    return re.sub(r"[^0-9\-]", "", cleaned(text))


def stored(shop: "WooCommerce", given: Mapping[str, Any], old: Mapping[str, Any], own: int | None) -> dict[str, Any]:
    """Return what becomes of given fields (code: prepare_object_for_database; null is not given). Raises Refusal."""
    told = {name: value for name, value in given.items() if value is not None}
    sku_taken, gtin_taken = "Invalid or duplicated SKU.", "Invalid or duplicated GTIN, UPC, EAN or ISBN."
    ways: dict[str, Callable[[Any], Any]] = {
        "name": lambda value: kses(value).strip(),
        "description": kses,
        "sku": lambda value: unique(shop, "sku", cleaned(value), own, "product_invalid_sku", sku_taken),
        "global_unique_id": lambda value: unique(
            shop, "global_unique_id", digits(value), own, "product_invalid_global_unique_id", gtin_taken
        ),
        "regular_price": decimal,
        "sale_price": decimal,
        "weight": decimal,
        "manage_stock": lambda value: bool(value) and shop.settings["products", "manage_stock"] == "yes",
        "tax_class": lambda value: value if value in TAX_CLASSES else "",  # code: set_tax_class
        # code: WC_Product_Data_Store_CPT::update_terms: what has no category gets the one of `default_product_cat`
        "categories": lambda value: [each["id"] for each in value if each["id"] in shop.categories.records] or [1],
        "tags": lambda value: [kses(each["name"]) for each in value],
        "images": lambda value: [uploaded(shop, each) for each in value],
        "meta_data": lambda value: with_meta(shop, old["meta_data"], value),
        **dict.fromkeys(("type", "status", "slug", "attributes"), lambda value: value),
    }
    new = {name: ways[name](value) for name, value in told.items() if name in ways}
    if "image" in told:
        new["images"] = [uploaded(shop, told["image"])] if told["image"].get("src") or told["image"].get("id") else []
    if new.get("type", old["type"]) in ("variable", "grouped"):
        new |= {"regular_price": "", "sale_price": ""}
    managed = new.get("manage_stock", old["manage_stock"])
    if managed and "stock_quantity" in told:  # code: wc_stock_amount: whole numbers
        new["stock_quantity"] = int(float(told["stock_quantity"]))
    return new | ({} if managed else {"stock_quantity": None})


class Refusal(Exception):
    """Not stored."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply)
        self.reply = reply


def unique(shop: "WooCommerce", name: str, value: str, own: int | None, code: str, message: str) -> str:
    """code: wc_product_has_unique_sku: among all that is not in the trash, variations too."""
    taken = [each.id for each in shop.sold() if value and each.values[name] == value and each.id != own]
    if taken:
        raise Refusal(error(400, code, message, resource_id=taken[0]))
    return value


def uploaded(shop: "WooCommerce", image: Mapping[str, Any]) -> Row:
    """docs: Products, images: one without an id is downloaded into the shop's own library, each time anew."""
    if "id" in image:
        return shop.library[image["id"]]
    if image["src"] in shop.unreachable or not re.fullmatch(r"https?://\S+\.(jpe?g|png|gif|webp)", image["src"]):
        message = f"Error getting remote image {image['src']}."
        raise Refusal(error(400, "woocommerce_product_image_upload_error", message))
    shop.uploads += 1
    name = image["src"].rpartition("/")[2]
    row = {"id": shop.uploads, "src": f"{shop.server.url}/wp-content/uploads/{shop.uploads}-{name}", "name": name}
    shop.library[shop.uploads] = row
    return row


def with_meta(shop: "WooCommerce", old: Any, given: Any) -> list[Row]:
    """code: update_meta_data: by key, where no id is given."""
    known = {each["key"]: each for each in old}
    for each in given:
        shop.uploads += 1
        known[each["key"]] = known.get(each["key"], {"id": shop.uploads}) | {"key": each["key"], "value": each["value"]}
    return list(known.values())


def dressed(text: str) -> str:
    """code: get_product_data, in the context `view`: wpautop and shortcodes; variations are shown so in any context."""
    if not text:
        return ""
    return f"{text}\n" if text.startswith("<p>") else f"<p>{text}</p>\n"


def shown(shop: "WooCommerce", record: Record, asked: Asked) -> Row:
    """Return a product of a list: what people see, unless it is asked for what they may edit."""
    row = product(shop, record)
    return row if asked.query.get("context") == "edit" else row | {"description": dressed(row["description"])}


def product(shop: "WooCommerce", record: Record) -> Row:
    """Return a product as writing answers: for editing; images carry dates of their own."""
    values = record.values
    row: Row = {"id": record.id, **values, **dates(record), "permalink": f"{shop.server.url}/?p={record.id}"}
    row["categories"] = [category(shop, shop.categories.records[id_]) for id_ in values["categories"]]
    row["tags"] = [{"id": 1, "name": name, "slug": name.lower()} for name in values["tags"]]
    row["images"] = [{**each, **dates(record)} for each in values["images"]]
    row["variations"] = [each.id for each in shop.variations_of(record.id)]
    row["price"] = values["sale_price"] or values["regular_price"]
    return {"status": "trash"} | row if not record.trashed else row | {"status": "trash"}


def variation(shop: "WooCommerce", record: Record) -> Row:
    """Return a variation: SKU, stock and image are its article's, where it has none of its own (code: view context)."""
    article, row = shop.posts.records[record.values["parent_id"]].values, product(shop, record)
    row["sku"] = row["sku"] or article["sku"]
    row["description"] = dressed(row["description"])
    row["weight"] = row["weight"] or article["weight"]
    images = row.pop("images") or article["images"]
    row["image"] = images[0] if images else None
    if not row["manage_stock"] and article["manage_stock"]:
        row |= {"manage_stock": "parent", "stock_quantity": article["stock_quantity"]}
    return {
        name: row[name] for name in row if name not in ("type", "categories", "tags", "variations", "slug", "parent_id")
    }


def category(_shop: "WooCommerce", record: Record) -> Row:
    """Return a category; names hold entities (issue 40029)."""
    return {"id": record.id, "name": kses(record.values["name"]), "parent": record.values["parent"], "slug": ""}


def list_products(shop: "WooCommerce", asked: Asked) -> Reply:
    """docs: List all products. `sku` finds variations too, regardless of capitals (code: prepare_objects_query; MySQL)."""
    status, skus = asked.query.get("status", "any"), asked.query.get("sku")
    found = [each for each in shop.sold(trashed=status == "trash") if skus or not each.values["parent_id"]]
    if skus:
        wanted = {each.lower() for each in [*skus.split(","), skus]}
        found = [each for each in found if each.values["sku"].lower() in wanted]
    return listed(asked, shop.posts, found, lambda each: shown(shop, each, asked))


def list_variations(shop: "WooCommerce", asked: Asked, article: str) -> Reply:
    """docs: List all product variations."""
    return listed(asked, shop.posts, shop.variations_of(int(article)), lambda each: variation(shop, each))


def batch_products(shop: "WooCommerce", asked: Asked) -> Reply:
    """docs: Batch update products."""
    return batch(asked, lambda item: _create(shop, item), lambda item: _update(shop, item, article=0))


def batch_variations(shop: "WooCommerce", asked: Asked, article: str) -> Reply:
    """docs: Batch update product variations."""
    no_route = error(400, "rest_missing_callback_param", "attributes")
    return batch(asked, lambda _: no_route, lambda item: _update(shop, item, article=int(article)))


def _create(shop: "WooCommerce", item: Row) -> Reply:
    if item.get("id"):
        return error(400, "woocommerce_rest_product_exists", "Cannot create existing product.")
    try:
        record = shop.posts.add(SIMPLE | stored(shop, item, SIMPLE, None))
    except Refusal as refusal:
        return refusal.reply
    record.values["slug"] = re.sub(r"\W+", "-", unescape(record.values["name"]).lower())
    return Reply(201, product(shop, record))


def _update(shop: "WooCommerce", item: Row, article: int) -> Reply:
    """Saving moves the mark, and a variation's that of its article as well (issue 19562). The trash is no obstacle."""
    record = shop.posts.records.get(int(item["id"]))
    if record is None or "parent_id" not in record.values:
        return error(400, "woocommerce_rest_product_invalid_id", "Invalid ID.")
    if record.values["parent_id"] != article:
        message = "To manipulate product variations you should use the /products/<product_id>/variations/<id> endpoint."
        return error(404, "woocommerce_rest_invalid_product_id", message)
    try:
        shop.posts.change(record.id, stored(shop, item, record.values, record.id))
    except Refusal as refusal:
        return refusal.reply
    if article:
        shop.posts.touch(article)
    return Reply(200, variation(shop, record) if article else product(shop, record))


def delete(shop: "WooCommerce", asked: Asked, *ids: str) -> Reply:
    """docs: Delete a product: to the trash unless forced. The mark stays (seen, version 11.0)."""
    record = shop.posts.records.get(int(ids[-1]))
    if record is None:
        return error(404, "woocommerce_rest_product_invalid_id", "Invalid ID.")
    row = product(shop, record)
    if asked.query.get("force") == "true":
        shop.posts.remove(record.id)
    elif record.trashed:
        return error(410, "woocommerce_rest_already_trashed", "The product has already been deleted.")
    else:
        record.trashed = True
    return Reply(200, row)


def list_categories(shop: "WooCommerce", asked: Asked) -> Reply:
    """docs: List all product categories."""
    return listed(asked, shop.categories, shop.categories.there(), lambda each: category(shop, each))


def add_category(shop: "WooCommerce", asked: Asked) -> Reply:
    """docs: Create a product category (issue 16250: one that is there already; WordPress: wp_insert_term)."""
    name, parent = kses(cleaned(asked.json["name"])), int(asked.json.get("parent", 0))
    if len(name) > LONGEST:
        return error(400, "db_insert_error", "Could not insert term into the database.")
    for each in shop.categories.there():
        if (kses(each.values["name"]), each.values["parent"]) == (name, parent):
            message = "A term with the name provided already exists with this parent."
            return error(400, "term_exists", message, resource_id=each.id)
    return Reply(201, category(shop, shop.categories.add({"name": name, "parent": parent})))
