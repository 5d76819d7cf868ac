"""What is asked of the shop, and the documents that are made of its answers."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from adapters.eshop.buyers import brought, guest
from adapters.eshop.categories import Categories
from adapters.eshop.woocommerce.refunds import PARTS, refunds
from adapters.eshop.woocommerce.shop import PAGE, Shop
from adapters.rows import Row
from hub.connector import GUEST, Document

REFERENCE, IMAGES, TRACKING, INVOICE = "_hub_reference", "_hub_images", "_hub_tracking", "_hub_invoice"
"""Meta keys: those that begin with an underscore are not shown on the shop's pages."""
PLUGIN_TRACKING = "_wc_shipment_tracking_items"
"""Of the extension "Shipment Tracking" (its page "API and Developer Documentation")."""
ARTICLE = "id sku name slug type status description categories tags images weight tax_class attributes global_unique_id"
VARIATION = "id sku status description image weight attributes global_unique_id meta_data"
SOLD = "id sku type regular_price manage_stock stock_quantity"
PARTY = "email first_name last_name billing shipping"
ORDER = (
    "id number status currency date_created_gmt total total_tax prices_include_tax customer_note billing shipping "
    "payment_method payment_method_title transaction_id date_paid_gmt date_completed_gmt line_items tax_lines shipping_lines fee_lines refunds"
)
LINE = "id name product_id variation_id quantity sku subtotal subtotal_tax total total_tax taxes method_id method_title"
DRAFTS = ("checkout-draft", "auto-draft")
"""Carts, not orders yet."""


def picked(row: Row, names: str) -> dict[str, Any]:
    """Return the fields of a row that count; versions differ in what they have."""
    return {name: row[name] for name in names.split() if name in row}


def with_variations(shop: Shop, rows: Sequence[Row], names: str) -> Iterator[tuple[Row, Row | None]]:
    """Yield what can be bought: articles that stand alone, and of the others each variation with its article."""
    for row in rows:
        if not row["type"].startswith("variable"):
            yield row, None
            continue
        for variation in shop.all(f"products/{row['id']}/variations", _fields=names.replace(" ", ",")):
            yield row, variation


def articles(shop: Shop, ids: Sequence[str]) -> Sequence[Row]:
    """Return the articles of products; of a variation, that whose number stands in front."""
    return shop.some("products", [each.partition("-")[0] for each in ids])


def identity(article: Row, variation: Row | None) -> str:
    """Return a product's identity; of a variation both numbers, as it can be asked for by both alone."""
    return f"{article['id']}-{variation['id']}" if variation else str(article["id"])


def products(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each product, with its article."""
    tree, unit = categories(shop), shop.setting("products", "weight_unit")
    for row, variation in with_variations(shop, rows, VARIATION):
        article = picked(row, ARTICLE) | {"images": sources(row, row["images"])}
        article["categories"] = tree.known(str(each["id"]) for each in row["categories"])
        article["tags"] = sorted(each["name"] for each in row["tags"])
        raw: dict[str, Any] = {"article": article, "variation": None, "weight_unit": unit}
        if variation:
            own = sources(variation, [variation["image"]] if variation.get("image") else [])
            raw["variation"] = picked(variation, VARIATION) | {"images": own, "image": None, "meta_data": None}
        yield Document(identity(row, variation), raw)


def sources(row: Row, images: Sequence[Row]) -> list[str]:
    """Return images by the addresses that the hub gave them under, or, of those that are the shop's own, by theirs."""
    ours = {id_: source for source, id_ in noted(row, images).items()}
    return [ours[each["id"]] if each["id"] in ours else each["src"] for each in images]


def noted(row: Row, images: Sequence[Row]) -> dict[str, int]:
    """Return which of a product's images are ours: address -> the shop's number.

    What is given by address is noted without a number at first, and stands where it was given.
    """
    told: Sequence[Row] = meta_of(row).get(IMAGES) or ()
    places = [each["id"] or (images[place]["id"] if place < len(images) else 0) for place, each in enumerate(told)]
    return {each["src"]: id_ for each, id_ in zip(told, places, strict=True)}


def categories(shop: Shop, read: Callable[[str], str] = str) -> Categories:
    """Return the tree of categories, as the shop writes names, with HTML's entities, or as they are `read`."""

    def make(name: str, _: str, parent: str | None) -> str:
        body = {"name": escape(name, quote=False)} | ({"parent": int(parent)} if parent else {})
        return str(shop.send("POST", "products/categories", body)["id"])

    rows = shop.all("products/categories", _fields="id,name,parent")
    told = [{"id": str(row["id"]), "parent": str(row["parent"]), "name": read(row["name"])} for row in rows]
    return Categories(told, "parent", make)


def prices(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each product that has a price."""
    shared = {"currency": shop.setting("general", "currency"), "tax_included": taxes_included(shop)}
    for article, variation in with_variations(shop, rows, SOLD):
        sold = variation or article
        if sold["regular_price"] and (sku := own_sku(article, variation)):
            yield Document(identity(article, variation), {"sku": sku, "amount": sold["regular_price"], **shared})


def stock(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each product whose stock is kept; what several variations share belongs to none of them."""
    for article, variation in with_variations(shop, rows, SOLD):
        sold = variation or article
        if sold["manage_stock"] is True and (sku := own_sku(article, variation)):
            yield Document(identity(article, variation), {"sku": sku, "quantity": sold["stock_quantity"]})


def own_sku(article: Row, variation: Row | None) -> str:
    """Return a product's SKU; a variation that has none shows its article's, which means no product."""
    if variation is None or variation["sku"] != article["sku"]:
        return (variation or article)["sku"]
    return ""


def taxes_included(shop: Shop) -> bool | None:
    """Return whether prices hold the tax (page "Setting up Taxes in WooCommerce").

    None, if the shop has no taxes: a price is then what customers pay, whatever the setting says that is not shown any
    more (source: wc_prices_include_tax).
    """
    if shop.setting("general", "calc_taxes") != "yes":
        return None
    return shop.setting("tax", "prices_include_tax") == "yes"


def orders(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each order."""
    rounding = "total" if shop.setting("tax", "tax_round_at_subtotal") == "yes" else "line"
    returned = refunds(shop, rows)
    for row in rows:
        if row["status"] in DRAFTS:
            continue
        raw = picked(row, ORDER) | {"rounding": rounding, "customer": buyer_of(row), "meta": _meta(shop, row)}
        for part in PARTS:
            raw[part] = [picked(each, LINE) for each in row[part]]
        raw |= {"returned": returned[row["id"]]} if row["id"] in returned else {}
        yield Document(str(row["id"]), raw)


def buyer_of(row: Row) -> str | None:
    """Return who ordered: an account, or a guest by the e-mail address; nobody, if that is not known."""
    return str(row["customer_id"]) if row["customer_id"] else guest(row["billing"].get("email"))


def buyers(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield those who placed orders, as the list of customers shows them."""
    return brought(parties, customers, buyer_of, _guest)(shop, [row for row in rows if row["status"] not in DRAFTS])


def customers(shop: Shop, ids: Sequence[str]) -> list[Row]:
    """Return customers by their identities; of guests what their latest order says."""
    found = shop.some("customers", ids, role="all")
    for email in (id_.removeprefix(GUEST) for id_ in ids if id_.startswith(GUEST)):
        rows, _ = shop.rows("orders", search=email, orderby="date", order="desc", per_page=PAGE)
        found += [_guest(row) for row in rows if buyer_of(row) == GUEST + email][:1]
    return found


def _guest(row: Row) -> Row:
    """Return who placed an order without an account, as an account."""
    names = picked(row["billing"], "first_name last_name email")
    return {**names, "id": buyer_of(row), **picked(row, "billing shipping meta_data")}


def parties(shop: Shop, rows: Iterable[Row]) -> Iterator[Document]:
    """Yield a document for each customer."""
    for row in rows:
        yield Document(str(row["id"]), picked(row, PARTY) | {"meta": _meta(shop, row)})


def _meta(shop: Shop, row: Row) -> Mapping[str, Any]:
    """Return what is ours, or known to us, of the meta data; plugins keep all sorts of things that move there."""
    wanted = (TRACKING, INVOICE, PLUGIN_TRACKING, shop.options.vat_id_meta)
    return {key: value for key, value in meta_of(row).items() if key in wanted}


def meta_of(row: Row) -> dict[str, Any]:
    """Return a row's meta data."""
    return {each["key"]: each["value"] for each in row.get("meta_data") or ()}
