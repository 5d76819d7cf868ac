"""What is asked of the shop, and the documents that are made of its answers: pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from hub.connector import GUEST, Document

Row = Mapping[str, Any]

FIELDS = {
    "products": "id,updated_at,title,handle,status,external_id,description,metadata,images.url,images.rank,tags.value,categories.id,"
    "options.id,options.title,variants.id,variants.sku,variants.ean,variants.upc,variants.title,"
    "variants.weight,variants.metadata,variants.options.value,variants.options.option.title",
    # A price without its rules looks like everybody's.
    "prices": "id,metadata,handle,external_id,variants.id,variants.sku,*variants.prices,variants.prices.price_rules.attribute,"
    "variants.prices.price_rules.value",
    "stock": "id,variants.id,variants.sku,variants.manage_inventory,variants.inventory_items.required_quantity,"
    "*variants.inventory_items.inventory.location_levels",
    # The shop adds up what was asked for: without every item, shipping method and adjustment its totals are too small.
    "orders": "id,display_id,status,email,currency_code,created_at,updated_at,customer_id,metadata,subtotal,tax_total,total,"
    "payment_status,fulfillment_status,*items,*items.tax_lines,*items.adjustments,*items.detail,*shipping_methods,"
    "*shipping_methods.tax_lines,*shipping_methods.adjustments,*credit_lines,*customer,*customer.addresses,"
    "*shipping_address,*billing_address,*payment_collections.payments,*fulfillments,*fulfillments.items,"
    "*fulfillments.labels",
    "parties": "id,updated_at,email,first_name,last_name,company_name,phone,*addresses",
}
"""Stream -> the parameter `fields`."""
_PARTY = ("id", "email", "first_name", "last_name", "company_name", "phone", "addresses")


def article_of(row: Row) -> str | None:
    """Return what all variants of a product have in common; none: it has but one, and stands for itself."""
    told = noted(row).get("variant_of")
    return told or ((row["external_id"] or row["handle"]) if len(row["variants"]) > 1 else None)


def noted(row: Row) -> Row:
    """Return what others have noted with a record."""
    return row["metadata"] or {}


def category_paths(rows: Sequence[Row]) -> dict[str, str]:
    """Return category -> its path in the tree; asked for with each product, the tree makes an answer ten times slower."""
    by_id = {row["id"]: row for row in rows}

    def path(row: Row) -> str:
        above = by_id.get(row["parent_category_id"])
        return f"{path(above)} > {row['name']}" if above else row["name"]

    return {id_: path(row) for id_, row in by_id.items()}


def products(row: Row, paths: Mapping[str, str]) -> Iterator[Document]:
    """Yield a document for each variant, with what it has from its product; `paths`: of the categories."""
    shared: dict[str, Any] = _lasting({name: row[name] for name in row if name not in ("variants", "options")})
    shared["categories"] = sorted(paths[each["id"]] for each in row["categories"] if each["id"] in paths)
    for variant in row["variants"]:
        yield Document(variant["id"], {"product": {**shared, "article": article_of(row)}, "variant": _lasting(variant)})


def prices(row: Row, tax_included: Mapping[str, bool], only: str | None) -> Iterator[Document]:
    """Yield a document for each variant and currency: its price for everybody, from the first unit."""
    for variant in row["variants"]:
        for price in filter(is_plain, variant["prices"]):
            currency = price["currency_code"].upper()
            if only in (None, currency):
                raw = {"sku": variant["sku"], "amount": price["amount"], "currency": currency}
                yield Document(f"{variant['id']}|{currency}", raw | {"tax_included": tax_included.get(currency, False)})


def is_plain(price: Row) -> bool:
    """Return whether a price is for everybody, from the first unit."""
    return not price["rules"] and (price["min_quantity"] or 0) <= 1 and price["max_quantity"] is None


def stock(row: Row, location: str) -> Iterator[Document]:
    """Yield a document for each variant whose stock the shop keeps."""
    for variant in row["variants"]:
        if item := item_of(variant):
            level = level_at(item, location) or {}
            raw = {name: level.get(name, 0) for name in ("stocked_quantity", "reserved_quantity")}
            yield Document(variant["id"], {"sku": variant["sku"]} | raw)


def item_of(variant: Row) -> Row | None:
    """Return the one thing that lies on the shelf for a variant; none for kits, and where no stock is kept."""
    items = variant["inventory_items"] if variant["manage_inventory"] else ()
    return items[0]["inventory"] if len(items) == 1 and items[0]["required_quantity"] == 1 else None


def level_at(item: Row, location: str) -> Row | None:
    """Return how much of a thing lies at a location."""
    return next((level for level in item["location_levels"] if level["location_id"] == location), None)


def orders(row: Row) -> Iterator[Document]:
    """Yield the one document of an order."""
    raw = _lasting(row)
    del raw["customer"]
    yield Document(row["id"], raw | {"customer_id": row["customer_id"] or GUEST + row["email"]})


def buyers(row: Row) -> Iterator[Document]:
    """Yield the customer of an order, as the list of customers shows it."""
    address: Row = row["billing_address"] or {}
    yield from parties(row["customer"] or {**address, "id": GUEST + row["email"], "email": row["email"]})


def parties(row: Row) -> Iterator[Document]:
    """Yield the one document of a customer."""
    yield Document(row["id"], _lasting({name: row.get(name) for name in _PARTY}))


def _lasting(value: Any) -> Any:
    """Leave out numbers that stand there twice, and what moves by itself."""
    if isinstance(value, Mapping):
        named = cast("Row", value)
        return {name: _lasting(part) for name, part in named.items() if name[:4] != "raw_" and name != "updated_at"}
    if isinstance(value, list):
        parts = [_lasting(part) for part in cast("list[Any]", value)]
        # The shop shows records in any order.
        return sorted(parts, key=_place) if parts and isinstance(parts[0], Mapping) else parts
    return value


def _place(part: Row) -> tuple[str, str]:
    return str(part.get("id")), repr(sorted(part.items()))
