"""What a Medusa shop is told. Functions that take many take all or none; that of orders looks what is done already."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from adapters.declared import Row
from adapters.eshop.medusa.asked import FIELDS, is_plain, item_of, level_at, products
from adapters.eshop.medusa.shop import Shop
from adapters.eshop.prices import check_plain
from adapters.writes import Gone, Unfit, product_of
from hub.connector import Write, Written

Body = dict[str, Any]
OPTION, VALUE, SINGLE = "Default option", "Default option value", "Default variant"
"""What Medusa's own pages give a product that has no options, and its variant."""
SENT = ("shipped", "completed")
_GAP = re.compile(r"[\W_]+")
_PRICE = ("amount", "currency_code", "min_quantity", "max_quantity", "rules")


def find_products(shop: Shop, wanted: Sequence[Write]) -> dict[str, list[str]]:
    """Look for products by the hub's reference, then by SKU, which Medusa keeps unique."""
    fields = "id,external_id,variants.id,variants.sku"
    by_reference = shop.some("products", fields, "external_id[]", [each.reference for each in wanted])
    by_sku = shop.some("products", fields, "variants[sku][]", [each.record["sku"] for each in wanted])
    made = {row["external_id"]: [variant["id"] for variant in row["variants"]] for row in by_reference}
    there = {variant["sku"]: [variant["id"]] for row in by_sku for variant in row["variants"]}
    return {each.key: made.get(each.reference) or there.get(each.record["sku"], []) for each in wanted}


def write_products(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Create, change and remove products, all in one request; the shop answers in another order."""
    there = shop.products_of(FIELDS["products"], [each.id for each in writes if each.id])
    words = _Words(shop)
    removed = {each.id for each in writes if each.id and each.remove}
    changes = {each.id: each for each in writes if each.id and not each.remove}
    if changes.keys() - there.keys():
        raise Gone
    rows = {there[id_]["id"]: there[id_] for id_ in [*changes, *removed] if id_ in there}
    body: Body = {
        "create": [_new(words, each) for each in writes if not each.id and not each.remove],
        "update": [],
        "delete": [id_ for id_, row in rows.items() if removed.issuperset(each["id"] for each in row["variants"])],
    }
    for row in rows.values():
        if row["id"] not in body["delete"]:
            body["update"].append(_changed(words, row, changes, removed))
    answer = shop.send("products/batch", body, FIELDS["products"], repeatable=not body["create"])
    shown = products(answer["created"] + answer["updated"], words.paths())
    documents = {each.raw["variant"]["sku"]: each for each in shown}
    for each in writes:
        document = None if each.remove else documents.get(each.record["sku"])
        yield Written(each.key, "done", each.id or (document and document.id), document)


def _changed(words: "_Words", row: Row, changes: Mapping[str, Write], removed: set[str]) -> Body:
    """Return a product's change. Its variants that are not named would be deleted."""
    body: Body = {"id": row["id"], "variants": []}
    for variant in row["variants"]:
        own: Body = {"id": variant["id"]}
        if write := changes.get(variant["id"]):
            alone = len(row["variants"]) == 1
            if not alone and write.fields.get("active") is False:
                raise Unfit(
                    "variant-not-hidden", "Medusa cannot hide one of several variants; take it out of the range"
                )
            body |= words.of_product(write.fields)
            if "name" in write.fields:
                (body if alone else own)["title"] = write.fields["name"]
            own |= _own(write.fields)
        if variant["id"] not in removed:
            body["variants"].append(own)
    return body


def _new(words: "_Words", write: Write) -> Body:
    """Return a product with its one variant."""
    sku, name = write.record["sku"], write.fields.get("name") or write.record["sku"]
    variant: Body = {"sku": sku, "title": SINGLE, "prices": [], "options": {OPTION: VALUE}}
    return words.of_product(write.fields) | {
        "title": name,
        "external_id": write.reference,
        "handle": _GAP.sub("-", f"{name} {sku}".lower()).strip("-"),
        **words.of_new_products,
        "options": [{"title": OPTION, "values": [VALUE]}],
        "variants": [variant | _own(write.fields)],
    }


def _own(fields: Row) -> Body:
    return {"ean": fields["gtin"]} if "gtin" in fields else {}


class _Words:
    """Our fields in the shop's own terms; categories that are missing are made."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self._categories = {path: id_ for id_, path in shop.category_paths().items()}

    def paths(self) -> dict[str, str]:
        """Return category -> its path."""
        return {id_: path for path, id_ in self._categories.items()}

    @cached_property
    def of_new_products(self) -> Body:
        """Where new products are sold, and how they are shipped."""
        channel, profile = self.shop.channel()["id"], self.shop.shipping_profile()["id"]
        return {"sales_channels": [{"id": channel}], "shipping_profile_id": profile}

    def of_product(self, fields: Row) -> Body:
        """Return what is set at the product, for all its variants."""
        body: Body = {}
        if "description" in fields:
            body["description"] = fields["description"]
        if "active" in fields:
            body["status"] = "published" if fields["active"] else "draft"
        if "images" in fields:
            body["images"] = [{"url": url} for url in fields["images"] or ()]
            body["thumbnail"] = next(iter(fields["images"] or ()), None)
        if "category" in fields:
            body["categories"] = [{"id": self._category(fields["category"])}] if fields["category"] else []
        return body

    def _category(self, path: str) -> str:
        if path not in self._categories:
            above, _, name = path.rpartition(" > ")
            body = {"name": name, "handle": _GAP.sub("-", path.lower()), "is_active": True}
            body |= {"parent_category_id": self._category(above)} if above else {}
            self._categories[path] = self.shop.send("product-categories", body)["product_category"]["id"]
        return self._categories[path]


def put_prices(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Set prices. The shop replaces all of a variant's prices at once: the others are sent along as they are now."""
    held, wanted = shop.tax_included(), dict[str, list[Write]]()
    for each in writes:
        _check(each, tax_included=held.get(each.record["currency"], False))
        wanted.setdefault(product_of(each), []).append(each)
    there = shop.products_of(FIELDS["prices"], list(wanted))
    if wanted.keys() - there.keys():
        raise Gone
    rows = {row["id"]: row for row in there.values() if any(each["id"] in wanted for each in row["variants"])}
    body = [{"id": id_, "variants": [_priced(each, wanted) for each in row["variants"]]} for id_, row in rows.items()]
    shop.send("products/batch", {"update": body}, repeatable=True)
    yield from (Written(each.key, "done", f"{product_of(each)}|{each.record['currency']}") for each in writes)


def _check(write: Write, *, tax_included: bool) -> None:
    """Refuse a price that would mean something else in the shop."""
    check_plain(write)
    told = write.record.get("tax_included")
    if told is not None and told != tax_included:
        raise Unfit("price-not-possible", f"prices in {write.record['currency']} differ in whether they hold the tax")


def _priced(variant: Row, wanted: Mapping[str, Sequence[Write]]) -> Body:
    """Return a variant with all its prices as they shall be; the shop takes JSON numbers, exact to 15 digits."""
    writes = wanted.get(variant["id"])
    if writes is None:
        return {"id": variant["id"]}  # left as it is
    new = {each.record["currency"].lower(): float(each.record["amount"]) for each in writes}
    kept = [price for price in variant["prices"] if not (is_plain(price) and price["currency_code"] in new)]
    stay = [{name: price[name] for name in _PRICE} for price in kept]
    return {"id": variant["id"], "prices": stay + [{"currency_code": code, "amount": new[code]} for code in new]}


def put_stock(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Set what may be sold. The shop keeps what lies there, and what its open orders have reserved of it."""
    # Asked right before it is written: each order in between raises what is reserved.
    there = shop.products_of(FIELDS["stock"], [product_of(each) for each in writes])
    variants = {variant["id"]: variant for row in there.values() for variant in row["variants"]}
    location, body = shop.location()["id"], {"create": list[Body](), "update": list[Body]()}
    for each in writes:
        if product_of(each) not in variants:
            raise Gone
        item = item_of(variants[product_of(each)])
        if item is None:
            why = "the shop keeps no stock of this variant, or it is made of several: see Manage inventory there"
            raise Unfit("stock-not-kept", why)
        level = level_at(item, location)
        amount = float(each.record["available"]) + (level["reserved_quantity"] if level else 0)
        put = {"inventory_item_id": item["id"], "location_id": location, "stocked_quantity": amount}
        body["update" if level else "create"].append(put)
    shop.send("inventory-items/location-levels/batch", body, repeatable=not body["create"])
    yield from (Written(each.key, "done", product_of(each)) for each in writes)


def write_order(shop: Shop, write: Write) -> Written:
    """Bring an order forward. Medusa has no state between placed and packed: others change nothing there."""
    row, path, status = _order(shop, write.id or ""), f"orders/{write.id}", write.fields.get("status")
    parcels = list(write.record.get("tracking") or ())
    told = {"invoice": write.fields.get("invoice") or "", "tracking": parcels}
    if noted := {name: told[name] for name in told if name in write.fields}:
        shop.send(path, {"metadata": noted}, repeatable=True)
    if status == "cancelled" and row["status"] != "canceled":
        shop.send(f"{path}/cancel", {})
    if status in SENT:
        _ship(shop, row, [{"tracking_number": each["number"], "tracking_url": "", "label_url": ""} for each in parcels])
    if status == "completed" and row["status"] == "pending":
        shop.send(f"{path}/complete", {}, repeatable=True)
    return Written(write.key, "done", write.id)


def _order(shop: Shop, id_: str) -> Row:
    for row in shop.some("orders", FIELDS["orders"], "id[]", [id_]):
        return row
    raise Gone


def _ship(shop: Shop, row: Row, labels: Sequence[dict[str, str]]) -> None:
    """Pack what is not packed yet, and send what is packed."""
    path = f"orders/{row['id']}/fulfillments"
    left = [(item["id"], item["quantity"] - item["detail"]["fulfilled_quantity"]) for item in row["items"]]
    if items := [{"id": id_, "quantity": quantity} for id_, quantity in left if quantity > 0]:
        shop.send(path, {"items": items, "location_id": shop.location()["id"]})
        row = _order(shop, row["id"])
    for packed in row["fulfillments"]:
        if not packed["shipped_at"] and not packed["canceled_at"]:
            sent = [{"id": item["line_item_id"], "quantity": item["quantity"]} for item in packed["items"]]
            shop.send(f"{path}/{packed['id']}/shipments", {"items": sent, "labels": labels})
