"""What is asked of the shop, and the documents that are made of its answers: pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.declared import Row
from adapters.eshop.customers import buyer_of, customers_of
from adapters.eshop.medusa.shop import Shop
from adapters.eshop.variants import each_variant, with_article
from adapters.rest_lists import RestListing
from adapters.stable import stable
from hub.connector import Document

Listing = RestListing[Shop]
OF_VARIANTS = "variants[id][]"

PRODUCTS = Listing(
    "products",
    "id,updated_at,title,handle,status,external_id,description,images.url,images.rank,categories.id,"
    "variants.id,variants.sku,variants.ean,variants.title,variants.options.value,variants.options.option.title",
    OF_VARIANTS,
)
BY_REFERENCE, BY_SKU = (
    Listing("products", "id,external_id,variants.id,variants.sku", ident)
    for ident in ("external_id[]", "variants[sku][]")
)
PRICES = Listing(
    "products",
    # A price without its rules looks like everybody's.
    "id,variants.id,variants.sku,*variants.prices,variants.prices.price_rules.attribute,"
    "variants.prices.price_rules.value",
    OF_VARIANTS,
)
STOCK = Listing(
    "products",
    "id,variants.id,variants.sku,variants.manage_inventory,variants.inventory_items.required_quantity,"
    "*variants.inventory_items.inventory.location_levels",
    OF_VARIANTS,
)
ORDERS = Listing(
    "orders",
    # The shop adds up what was asked for: without every item, shipping method and adjustment its totals are too small.
    "id,display_id,status,email,currency_code,created_at,updated_at,customer_id,metadata,subtotal,tax_total,total,"
    "payment_status,fulfillment_status,*items,*items.tax_lines,*items.adjustments,*items.detail,*shipping_methods,"
    "*shipping_methods.tax_lines,*shipping_methods.adjustments,*credit_lines,*customer,*customer.addresses,"
    "*shipping_address,*billing_address,*payment_collections.payments,*fulfillments,*fulfillments.items,"
    "*fulfillments.labels",
    chosen=lambda shop: {"sales_channel_id[]": shop.the("sales_channel")["id"]} if shop.options.sales_channel else {},
)
CUSTOMERS = Listing("customers", "id,updated_at,email,first_name,last_name,company_name,phone,*addresses")


def products(rows: Sequence[Row], paths: Mapping[str, str]) -> Iterator[Document]:
    """Yield a document for each variant, with what it has from its product; `paths`: of the categories."""

    def categories(row: Row) -> list[str]:
        return sorted(paths[each["id"]] for each in row["categories"] if each["id"] in paths)

    return with_article(rows, lasting, categories=categories)


def prices(rows: Sequence[Row], tax_included: Mapping[str, bool]) -> Iterator[Document]:
    """Yield a document for each variant and currency: its price for everybody, from the first unit."""
    for variant in each_variant(rows):
        for price in filter(is_plain, variant["prices"]):
            currency = price["currency_code"].upper()
            raw = {"sku": variant["sku"], "amount": price["amount"], "currency": currency}
            yield Document(f"{variant['id']}|{currency}", raw | {"tax_included": tax_included.get(currency, False)})


def is_plain(price: Row) -> bool:
    """Return whether a price is for everybody, from the first unit."""
    return not price["rules"] and (price["min_quantity"] or 0) <= 1 and price["max_quantity"] is None


def stock(rows: Sequence[Row], location: str) -> Iterator[Document]:
    """Yield a document for each variant whose stock the shop keeps."""
    for variant in each_variant(rows):
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


def orders(rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each order."""
    for row in rows:
        own = {name: value for name, value in row.items() if name != "customer"}
        yield Document(row["id"], lasting(own) | {"customer_id": buyer_of(row)})


def parties(rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each customer."""
    names = ("id", "email", "first_name", "last_name", "company_name", "phone", "addresses")
    return (Document(row["id"], lasting({name: row.get(name) for name in names})) for row in rows)


def buyers(rows: Sequence[Row]) -> Iterator[Document]:
    """Yield the customers of orders, as the list of customers shows them."""
    return parties(customers_of(rows, "billing_address"))


def lasting(value: Any) -> Any:
    """Leave out what moves by itself, and numbers that stand there twice; the shop shows parts in any order."""
    return stable(value, lambda name: name == "updated_at" or name.startswith("raw_"), ordered=False)
