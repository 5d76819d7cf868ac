"""The shop's API: its rows as documents, and its products, prices and stock written."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from adapters.http import Api
from hub.connector import Document, Write

Row = Mapping[str, Any]

MOVING = frozenset(["url", "lines", "basket", "payment_url", "stockrecords", "images", "date_updated", "rating"])
"""What is not the record's own, moves by itself, or holds the host's address."""
NAMES = {"name": "title", "description": "description", "active": "is_public"}
KEPT = ("product_class", "structure", "title", "slug", "upc")
"""What has to be said again when a product is replaced."""


def id_of(address: str) -> str:
    """Return the id at the end of an address."""
    return address.rstrip("/").rpartition("/")[2]


def number_of(order: Row) -> int:
    """Return an order's id, which only its address holds."""
    return int(id_of(order["url"]))


def stable(row: Row) -> dict[str, Any]:
    """Return a row without what moves; the API's own addresses, which hold host and port, become ids."""
    return _stable(row, row["url"].partition("/admin/")[0] + "/")


def _stable(value: Any, api: str) -> Any:
    if isinstance(value, dict):
        table = cast("dict[str, Any]", value)
        return {name: _stable(each, api) for name, each in table.items() if name not in MOVING}
    if isinstance(value, list):
        return [_stable(each, api) for each in cast("list[Any]", value)]
    return id_of(value) if isinstance(value, str) and value.startswith(api) else value


def buyer_of(order: Row) -> str | None:
    """Return the id of the customer's account, or one made of a guest's e-mail address."""
    guest = f"guest:{order['email'].lower()}" if order["email"] else None
    return id_of(order["owner"]) if order["owner"] else guest


def buyers(orders: Iterable[Row]) -> dict[str, Document]:
    """Return all who have ordered, each as the latest of the orders shows it."""
    latest = {id_: stable(each) for each in orders if (id_ := buyer_of(each))}
    told = ("email", "billing_address", "shipping_address")
    return {id_: Document(id_, {name: each[name] for name in told}) for id_, each in latest.items()}


def order(row: Row, lines: Iterable[Row], skus: Mapping[str, str]) -> Document:
    """Return an order with its lines."""
    told = [stable(each) | {"id": id_of(each["url"])} for each in lines]
    told = [each | {"upc": skus.get(each["product"] or "")} for each in told]
    return Document(id_of(row["url"]), stable(row) | {"buyer": buyer_of(row), "lines": told})


@dataclass(frozen=True, slots=True)
class Place:
    """Where new things belong in the shop, and whose stock records are meant."""

    api: Api
    partner: str
    """Its address."""
    product_class: str

    def product(self, row: Row) -> Document | None:
        """Return a product; of an article with variants, only these are products."""
        return None if row["structure"] == "parent" else Document(str(row["id"]), stable(row))

    def price(self, row: Row) -> Document | None:
        """Return a product's price, if it has one."""
        found = self._record(row, "price", "price_currency")
        return found if found and found.raw["price"] is not None else None

    def stock(self, row: Row) -> Document | None:
        """Return a product's stock, if it is kept."""
        return self._record(row, "num_in_stock", "num_allocated")

    def _record(self, row: Row, *names: str) -> Document | None:
        record = self._record_of(row)
        told = record and {"upc": row["upc"]} | {name: record[name] for name in names}
        return Document(str(row["id"]), told) if told else None

    def _record_of(self, row: Row) -> Row | None:
        partner = id_of(self.partner)
        return next((each for each in row["stockrecords"] if id_of(each["partner"]) == partner), None)

    def write_product(self, write: Write) -> Row | None:
        """Create, change or remove a product. All but the creation may be repeated."""
        path = f"admin/products/{write.id}/"
        if write.remove:
            return self.api.send("DELETE", path, repeatable=True).body
        values = {NAMES[name]: value for name, value in write.fields.items() if name in NAMES}
        values |= {name: "" for name, value in values.items() if value is None}
        if "category" in write.fields or not write.id:
            category = write.fields.get("category")
            values["categories"] = [category] if category else []
        if not write.id:
            return self.api.send("POST", "admin/products/", self._new(write.record["sku"]) | values).body
        if "categories" not in values:
            return self.api.send("PATCH", path, values, repeatable=True).body
        # A PATCH only adds categories; a PUT leaves alone what it does not name.
        now = self.api.get(path).body
        return self.api.send("PUT", path, {name: now[name] for name in KEPT} | values, repeatable=True).body

    def _new(self, sku: str) -> dict[str, Any]:
        slug = re.sub(r"[^a-z0-9]+", "-", sku.lower()).strip("-") or "product"
        kind = {"product_class": self.product_class, "structure": "standalone"}
        return kind | {"title": sku, "upc": sku, "slug": slug}

    def put_price(self, write: Write) -> Row | None:
        """Set the price in the product's stock record."""
        values = {"price": write.record.get("amount"), "price_currency": write.record["currency"]}
        return self._put(write, lambda _record: values)

    def put_stock(self, write: Write) -> Row | None:
        """Set the stock in the product's stock record: what may be sold, and what open orders hold already."""
        available = int(Decimal(write.record.get("available") or 0))
        return self._put(write, lambda record: {"num_in_stock": available + (record.get("num_allocated") or 0)})

    def _put(self, write: Write, values: Callable[[Row], dict[str, Any]]) -> Row | None:
        """Set values of a stock record and nothing else in it; returns the product as it is then."""
        sku = write.record["sku"]
        product = write.id or write.links.get("products", {}).get(sku)
        if product is None:
            return None
        # The short list: a whole product takes the shop three times as long.
        records = self.api.get(f"products/{product}/stockrecords/").body
        record = next((each for each in records if str(each["partner"]) == id_of(self.partner)), None)
        if record is None:
            new = {"partner": self.partner, "partner_sku": sku} | values({})
            return self.api.send("PATCH", f"admin/products/{product}/", {"stockrecords": [new]}, repeatable=True).body
        path = f"admin/stockrecords/{record['id']}/"
        told = self.api.send("PATCH", path, values(record), repeatable=True).body
        return {"id": product, "upc": sku, "stockrecords": [told]}
