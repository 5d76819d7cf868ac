"""What a Medusa shop is told. Functions that take many take all or none; those of orders look what is done already."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from adapters.declared import Row
from adapters.eshop.categories import Categories
from adapters.eshop.medusa.asked import ORDERS, PRODUCTS, is_plain, item_of, level_at, products
from adapters.eshop.medusa.shop import Shop
from adapters.eshop.medusa.translate import SINGLE
from adapters.eshop.variants import articles, as_shown, for_article, named, whole
from adapters.fields import Field, given, table
from adapters.writes import Unfit, known, product_of
from hub.connector import Write, Written

Body = dict[str, Any]
Pairs = Sequence[tuple[Write, Row]]
BATCH = "products/batch"
OPTION, VALUE = "Default option", "Default option value"
"""What Medusa's own pages give a product that has no options."""
ARTICLE = table(
    "title=name description",
    status=Field("active", lambda active: "published" if active else "draft"),
    images=Field("images", lambda urls: [{"url": url} for url in urls or ()]),
    thumbnail=Field("images", lambda urls: next(iter(urls or ()), None)),
)
VARIANT = table("ean=gtin")
_GAP = re.compile(r"[\W_]+")


def categories(shop: Shop) -> Categories:
    """Return the tree of categories: asked for with each product, it makes an answer ten times slower."""

    def make(name: str, path: str, parent: str | None) -> str:
        body = {"name": name, "handle": _GAP.sub("-", path.lower()), "is_active": True, "parent_category_id": parent}
        return shop.send("product-categories", body)["product_category"]["id"]

    fields = "id,name,parent_category_id"
    rows, _ = shop.rows("product-categories", fields=fields, limit=100_000, order="-created_at")
    return Categories(rows, "parent_category_id", make)


def create(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Make products of one variant each."""
    tree, channel, profile = categories(shop), shop.the("sales_channel"), shop.the("shipping_profile")
    always = {"sales_channels": [{"id": channel["id"]}], "shipping_profile_id": profile["id"]}
    always |= {"options": [{"title": OPTION, "values": [VALUE]}]}
    body = [_new(each, tree) | always for each in writes]
    made = shop.send(BATCH, {"create": body}, PRODUCTS.fields)["created"]
    return as_shown(writes, products(made, tree.paths), "variant.sku")


def _new(write: Write, tree: Categories) -> Body:
    fields, sku = named(write), write.record["sku"]
    handle = _GAP.sub("-", f"{fields['name']} {sku}".lower()).strip("-")
    variant: Body = {"sku": sku, "title": SINGLE, "prices": [], "options": {OPTION: VALUE}, **given(VARIANT, fields)}
    return _article(fields, tree) | {"external_id": write.reference, "handle": handle, "variants": [variant]}


def _article(fields: Row, tree: Categories) -> Body:
    chosen = {"categories": Field("category", lambda path: [{"id": tree.id_of(path)}] if path else [])}
    return given(ARTICLE | chosen, fields)


def change(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Change products. Of one among several variants, the name is its own, and it cannot be hidden."""
    there, tree = articles(PRODUCTS, shop, [each.id for each in writes]), categories(shop)
    shared, own = defaultdict[str, Body](Body), dict[str, Body]()
    for each in writes:
        row = known(there, each.id)
        alone = len(row["variants"]) == 1
        if not alone and each.fields.get("active") is False:
            raise Unfit("variant-not-hidden", "Medusa cannot hide one of several variants; take it out of the range")
        shared[row["id"]] |= _article(for_article(each.fields, alone=alone), tree)
        own[each.id or ""] = given(VARIANT if alone else table("ean=gtin title=name"), each.fields)
    body = [row | shared[row["id"]] for row in whole(there.values(), lambda each: own.get(each["id"], {}))]
    changed = shop.send(BATCH, {"update": body}, PRODUCTS.fields, repeatable=True)["updated"]
    return as_shown(writes, products(changed, tree.paths), "variant.sku")


def remove(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Delete variants; a product that has no others goes with them."""
    gone = [each.id for each in writes]
    rows = whole(articles(PRODUCTS, shop, gone).values(), lambda _: {}, without=gone)
    body = {"update": [row for row in rows if row["variants"]]}
    body["delete"] = [row["id"] for row in rows if not row["variants"]]
    shop.send(BATCH, body, repeatable=True)
    return (Written(each.key, "done", each.id) for each in writes)


def put_prices(shop: Shop, pairs: Pairs) -> None:
    """Set prices. The shop replaces all of a variant's prices at once: the others are sent along as they are now."""
    held, wanted = shop.tax_included(), defaultdict[str, dict[str, float]](dict)
    for write, _ in pairs:
        price, currency = write.record, write.record["currency"]
        if price.get("tax_included") not in (None, held.get(currency, False)):
            raise Unfit("price-not-possible", f"prices in {currency} differ in whether they hold the tax")
        # The shop takes JSON numbers, exact to 15 digits.
        wanted[product_of(write)][currency.lower()] = float(price["amount"])
    body = whole(
        (row for _, row in pairs), lambda each: _priced(each, wanted[each["id"]]) if each["id"] in wanted else {}
    )
    shop.send(BATCH, {"update": body}, repeatable=True)


def _priced(variant: Row, new: dict[str, float]) -> Body:
    """Return all of a variant's prices as they shall be."""
    kept = [price for price in variant["prices"] if not (is_plain(price) and price["currency_code"] in new)]
    names = ("amount", "currency_code", "min_quantity", "max_quantity", "rules")
    stay = [{name: price[name] for name in names} for price in kept]
    return {"prices": stay + [{"currency_code": code, "amount": amount} for code, amount in new.items()]}


def put_stock(shop: Shop, pairs: Pairs) -> None:
    """Set what may be sold. The shop keeps what lies there, and what its open orders have reserved of it."""
    location, body = shop.the("stock_location")["id"], {"create": list[Body](), "update": list[Body]()}
    for write, row in pairs:
        variant = next(each for each in row["variants"] if each["id"] == product_of(write))
        item = item_of(variant)
        if item is None:
            why = "the shop keeps no stock of this variant, or it is made of several: see Manage inventory there"
            raise Unfit("stock-not-kept", why)
        level = level_at(item, location)
        amount = float(write.record["available"]) + (level["reserved_quantity"] if level else 0)
        put = {"inventory_item_id": item["id"], "location_id": location, "stocked_quantity": amount}
        body["update" if level else "create"].append(put)
    shop.send("inventory-items/location-levels/batch", body, repeatable=not body["create"])


def tell(shop: Shop, row: Row, write: Write) -> None:
    """Tell what Medusa has no field for."""
    told = {"invoice": write.fields.get("invoice") or "", "tracking": list(write.record.get("tracking") or ())}
    if noted := {name: told[name] for name in told if name in write.fields}:
        shop.send(f"orders/{row['id']}", {"metadata": noted}, repeatable=True)


def cancel(shop: Shop, row: Row, _: Write) -> None:
    """Cancel an order."""
    if row["status"] != "canceled":
        shop.send(f"orders/{row['id']}/cancel", {})


def ship(shop: Shop, row: Row, write: Write) -> None:
    """Pack what is in no parcel yet, and send what is packed."""
    path = f"orders/{row['id']}/fulfillments"
    rest = {item["id"]: item["quantity"] - item["detail"]["fulfilled_quantity"] for item in row["items"]}
    if items := [{"id": id_, "quantity": quantity} for id_, quantity in rest.items() if quantity > 0]:
        shop.send(path, {"items": items, "location_id": shop.the("stock_location")["id"]})
        (row,) = ORDERS.some(shop, [row["id"]])
    numbers = [each["number"] for each in write.record.get("tracking") or ()]
    labels = [{"tracking_number": number, "tracking_url": "", "label_url": ""} for number in numbers]
    for packed in row["fulfillments"]:
        if not packed["shipped_at"] and not packed["canceled_at"]:
            sent = [{"id": item["line_item_id"], "quantity": item["quantity"]} for item in packed["items"]]
            shop.send(f"{path}/{packed['id']}/shipments", {"items": sent, "labels": labels})


def complete(shop: Shop, row: Row, write: Write) -> None:
    """Send an order, and end it."""
    ship(shop, row, write)
    if row["status"] == "pending":
        shop.send(f"orders/{row['id']}/complete", {}, repeatable=True)
