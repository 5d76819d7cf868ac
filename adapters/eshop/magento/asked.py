"""What is asked of the shop, and the documents that are made of its answers."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from adapters import windows
from adapters.bulk import portions
from adapters.declared import Row, Source, Way
from adapters.eshop.buyers import guest
from adapters.eshop.categories import Categories
from adapters.eshop.magento.shop import PAGE, Filter, Shop
from adapters.eshop.notes import parcels_in
from adapters.pages import Spot
from hub.connector import GUEST, Document

MANY = 50
"""Values in one address."""
STAND_FOR_OTHERS = "configurable,grouped,bundle"
LINKS = "extension_attributes[configurable_product_links,configurable_product_options]"
PRODUCT = "sku name status weight type_id"
CUSTOMER = "email firstname lastname taxvat addresses"
ADDRESS = (
    "id firstname lastname company street city postcode region country_id telephone default_billing default_shipping"
)
ORDER = (
    "entity_id increment_id state status created_at order_currency_code grand_total tax_amount shipping_amount "
    "shipping_tax_amount shipping_discount_amount shipping_discount_tax_compensation_amount shipping_description "
    "customer_email customer_taxvat customer_note total_paid total_refunded"
)
ITEM = (
    "item_id parent_item_id sku name qty_ordered row_total row_total_incl_tax tax_amount tax_percent discount_amount "
    "discount_tax_compensation_amount"
)
PAYMENT = "method last_trans_id amount_authorized"


@dataclass(frozen=True)
class Listing:
    """A list of the shop. It is read in the order of its numbers, from one on: its pages would move under the reader."""

    path: str
    chosen: tuple[Filter, ...] = ()
    """Makes it a part of a longer one."""
    number: str = "entity_id"
    """What rows call the number by which they are ordered."""
    ident: str = "entity_id"
    """The field that documents are known by."""

    def everything(self) -> Way[Shop]:
        """Walk through all of it."""

        def walk(shop: Shop, spot: Spot | None) -> Iterable[tuple[Sequence[Row], Spot]]:
            return windows.by_key(lambda after: self._after(shop, after), PAGE, spot)

        return Way(walk)

    def changed(self) -> Way[Shop]:
        """Walk through what has changed by `updated_at`, which is in UTC, in whole seconds."""

        def walk(shop: Shop, spot: Spot | None) -> Iterable[tuple[Sequence[Row], Spot]]:
            def since(mark: datetime | None, after: int | str) -> list[Row]:
                later = [("updated_at", "gteq", mark.strftime("%Y-%m-%d %H:%M:%S"))] if mark else []
                return self._after(shop, after, *later)

            return windows.by_window(since, partial(self._newest, shop), PAGE, spot)

        return Way(walk)

    def _after(self, shop: Shop, after: int | str, *filters: Filter) -> list[Row]:
        return self._numbered(shop.page(self.path, *self.chosen, *filters, ("entity_id", "gt", after)))

    def _newest(self, shop: Shop) -> str | None:
        rows, _ = shop.rows(self.path, *self.chosen, order="updated_at", down=True, size=1)
        return rows[0]["updated_at"] if rows else None

    def _numbered(self, rows: Sequence[Row]) -> list[Row]:
        return [{**row, "id": str(row[self.number])} for row in rows]

    def some(self, shop: Shop, ids: Sequence[str]) -> list[Row]:
        """Return the rows of documents, as far as they are there."""
        return self._numbered(
            [row for each in any_of(self.ident, ids) for row in shop.page(self.path, *self.chosen, each)]
        )

    def source(self, some: Callable[[Shop, Sequence[str]], Sequence[Row]] | None = None) -> Source[Shop]:
        """Return where the records of this list are; `some`: how they are asked for, if not by this list alone."""
        return Source(self.everything(), some or self.some)


CATALOGUE = Listing("products", (("type_id", "nin", STAND_FOR_OTHERS),), "id", "sku")
ALL_TYPES = Listing("products", number="id", ident="sku")
CUSTOMERS = Listing("customers/search", number="id")
ORDERS = Listing("orders")


def any_of(field: str, values: Iterable[str]) -> Iterator[Filter]:
    """Yield filters that all together let through what has one of some values; a comma would part one in two."""
    wanted = list(dict.fromkeys(values))
    for part in portions([each for each in wanted if "," not in each], MANY):
        yield field, "in", ",".join(part)
    yield from ((field, "eq", each) for each in wanted if "," in each)


def custom(row: Row) -> dict[str, Any]:
    """Return a product's further attributes by their codes."""
    return {each["attribute_code"]: each["value"] for each in row.get("custom_attributes") or ()}


def picked(row: Row, names: str) -> dict[str, Any]:
    """Return the fields of a row that count; what is empty may be left out by the shop."""
    return {name: row.get(name) for name in names.split()}


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
    config, paths, family = shop.config(), categories(shop).paths, shop.lately(families)
    attributes = ["description", "tax_class_id", *filter(None, [shop.options.gtin_attribute])]
    for row in rows:
        told, more = custom(row), row.get("extension_attributes")
        links: Sequence[Row] = (more and more.get("category_links")) or ()
        raw = picked(row, PRODUCT) | {name: told.get(name) for name in attributes}
        raw |= {"weight_unit": config["weight_unit"], "family": _chosen(family.get(row["id"]), told)}
        raw["categories"] = sorted(paths[each["category_id"]] for each in links if each["category_id"] in paths)
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
    currency = shop.config()["base_currency_code"]
    for row in rows:
        if row.get("price") is not None:
            yield Document(row["sku"], {"sku": row["sku"], "amount": row["price"], "currency": currency})


def stock(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each product whose stock is kept on the website."""
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
    return {row["sku"]: row["qty"] for row in rows if row.get("qty") is not None}


def parties(_: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each customer."""
    for row in rows:
        told = picked(row, CUSTOMER)
        told["addresses"] = [picked(each, ADDRESS) for each in row.get("addresses") or ()]
        yield Document(str(row["id"]), told)


def orders(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each order, with its parcels."""
    sent = shipments(shop, [str(row["entity_id"]) for row in rows])
    for row in rows:
        comments, way = notes(row), shipping(row)
        raw = picked(row, ORDER) | {"buyer": buyer_of(row), "notes": comments}
        raw["billing"] = row.get("billing_address") and picked(row["billing_address"], ADDRESS)
        raw["shipping"] = (to := way.get("address")) and picked(to, ADDRESS)
        raw["shipping_method"] = way.get("method")
        raw["payment"] = row.get("payment") and picked(row["payment"], PAYMENT)
        # What stands below another line is a part of it, which that line's price holds.
        raw["items"] = [picked(each, ITEM) for each in row["items"] if not each.get("parent_item_id")]
        taxes = row["extension_attributes"].get("item_applied_taxes") or ()
        raw["shipping_taxes"] = [
            tax["percent"] for each in taxes if each["type"] == "shipping" for tax in each["applied_taxes"]
        ]
        tracks = [track for each in sent.get(str(row["entity_id"]), ()) for track in each.get("tracks") or ()]
        raw["parcels"] = [{"number": each["track_number"], "carrier": each["title"]} for each in tracks]
        raw["parcels"] += parcels_in(comments)
        yield Document(str(row["entity_id"]), raw)


def notes(row: Row) -> list[str]:
    """Return an order's comments, the oldest first."""
    told = sorted(row.get("status_histories") or (), key=lambda each: each["entity_id"])
    return [each["comment"] for each in told if each["comment"]]


def shipping(row: Row) -> Row:
    """Return how an order goes, and to which address; what is only downloaded goes nowhere."""
    assigned = row["extension_attributes"].get("shipping_assignments") or ()
    nothing: Row = {}
    return next((each["shipping"] for each in assigned), nothing)


def shipments(shop: Shop, orders: Sequence[str]) -> dict[str, list[Row]]:
    """Return the shipments of orders, the oldest first."""
    found: dict[str, list[Row]] = {}
    for each in any_of("order_id", orders):
        for row in shop.all("shipments", each, by=("entity_id", "entity_id")):
            found.setdefault(str(row["order_id"]), []).append(row)
    return found


def buyer_of(row: Row) -> str | None:
    """Return who ordered: an account, or a guest by the e-mail address."""
    return str(row["customer_id"]) if row.get("customer_id") else guest(row.get("customer_email"))


def buyers(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield those who placed orders, as the list of customers shows them."""
    yield from parties(shop, customers(shop, [str(row["customer_id"]) for row in rows if row.get("customer_id")]))
    yield from parties(shop, [_guest(row) for row in rows if not row.get("customer_id") and row.get("customer_email")])


def customers(shop: Shop, ids: Sequence[str]) -> list[Row]:
    """Return customers by their identities; of guests what their latest order says."""
    found = CUSTOMERS.some(shop, [id_ for id_ in ids if id_.isdigit()])
    for email in (id_.removeprefix(GUEST) for id_ in ids if id_.startswith(GUEST)):
        placed = [("customer_email", "eq", email), ("customer_is_guest", "eq", 1)]
        rows, _ = shop.rows("orders", *placed, down=True, size=1)
        found += map(_guest, rows)
    return found


def _guest(row: Row) -> dict[str, Any]:
    """Return who placed an order without an account, as an account."""
    to, home = shipping(row).get("address"), row.get("billing_address")
    lived = [
        {**each, "id": None, use: True} for use, each in (("default_billing", home), ("default_shipping", to)) if each
    ]
    names = picked(home, "firstname lastname") if home else {}
    told = {"email": row["customer_email"], "taxvat": row.get("customer_taxvat"), "addresses": lived}
    return {"id": buyer_of(row)} | names | told
