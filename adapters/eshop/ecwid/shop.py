"""Who speaks to Ecwid (docs.ecwid.com, "REST API overview")."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from adapters.asking.http import Api
from adapters.eshop.categories import Categories
from adapters.eshop.ecwid.options import EcwidOptions
from adapters.reading.pages import everything
from adapters.rows import Row

ORDER = {"products": "ADDED_TIME_ASC", "customers": "REGISTERED_DATE_ASC"}
"""The order of a list, of which one that stands still; orders know but their own ("Search orders")."""


class Shop:
    """A shop, as its token may see it."""

    def __init__(self, api: Api, options: EcwidOptions) -> None:
        self.api, self.options = api, options

    def rows(self, path: str, *, fields: str, order: str = "", **params: Any) -> tuple[list[Row], int]:
        """Return a part of a list, and how many there are in all; for whatever mark, its `order` is the same."""
        given = {name: ",".join(value) if isinstance(value, list) else value for name, value in params.items()}
        sort = {"sortBy": ORDER[path]} if path in ORDER else {}
        body = self.api.get(path, {"responseFields": fields} | sort | given).body
        shape = {"products": with_variants, "orders": self.with_customers}.get(path, list)
        return shape(_identified(body["items"])), body["total"]

    def with_customers(self, orders: list[Row]) -> list[Row]:
        """Return orders with their currency, and as `adapters.eshop.customers` wants them."""
        currency = self.profile()["currency"] if orders else None
        ids = {row["customerId"] for row in orders if row.get("customerId")}
        there = {each["id"]: each for each in self.customers(ids)}
        return [_with_customer({**row, "currency": currency}, there.get(str(row.get("customerId")))) for row in orders]

    def customers(self, ids: Iterable[Any]) -> list[Row]:
        """Return customers, as far as they are there: one at a time, for the list does not choose by identities."""
        return _identified(filter(None, (self.api.look_up(f"customers/{id_}") for id_ in ids)))

    def profile(self) -> Row:
        """Return `currency`, `weightUnit` and `pricesIncludeTax` ("Get store profile")."""
        told = self.api.get("profile").body
        return told["formatsAndUnits"] | told["taxSettings"]

    def latest(self, path: str) -> int | None:
        """Return when something in a list was changed last, as a UNIX timestamp ("Get latest store update stats")."""
        told = self.api.get("latest-stats").body.get(f"{path}Updated")
        return int(datetime.strptime(told, "%Y-%m-%d %H:%M:%S %z").timestamp()) if told else None

    def categories(self) -> Categories:
        """Return all categories; one that is asked for and missing is made."""

        def ask(offset: int, size: int) -> tuple[Sequence[Row], int]:
            fields = "total,items(id,name,parentId)"
            return self.rows("categories", fields=fields, hidden_categories="true", offset=offset, limit=size)

        def make(name: str, _path: str, parent: str | None) -> str:
            return str(self.api.send("POST", "categories", {"name": name, "parentId": int(parent or 0)}).body["id"])

        rows = [{**row, "above": str(row.get("parentId"))} for row in everything(ask, 100)]
        return Categories(rows, "above", make)

    def put(self, path: str, fields: Row) -> None:
        """Set fields of what lies there, if any."""
        if fields:
            self.api.send("PUT", path, fields, repeatable=True)


def _identified(rows: Iterable[Row]) -> list[Row]:
    return [{**row, "id": str(row["id"])} for row in rows]


def _with_customer(order: Row, customer: Row | None) -> Row:
    guest = {"name": (order.get("billingPerson") or {}).get("name"), "billingPerson": order.get("billingPerson")}
    told = {"customer": customer, "customer_id": customer and customer["id"], "email": order.get("email")}
    return {**order, **told, "guest": guest}


def with_variants(products: Iterable[Row]) -> list[Row]:
    """Return products with their `variants`: the variations with an SKU of their own, or itself, if there is none."""
    return [{**row, "variants": _variants(row)} for row in products]


def _variants(row: Row) -> list[Row]:
    own = [{**each, "id": f"{row['id']}|{each['id']}"} for each in row.get("combinations") or () if each.get("sku")]
    inherited = {name: row.get(name) for name in ("price", "weight")}
    return [{**inherited, **each, "product": row, "alone": len(own) < 2} for each in own or [row]]
