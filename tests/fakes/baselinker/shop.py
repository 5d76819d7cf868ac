"""The fake itself: its one address, its token, and what its users do."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import parse_qs

from adapters.eshop.baselinker.connector import BaseLinkerConnector
from adapters.eshop.baselinker.options import BaseLinkerOptions
from hub.clock import SystemClock
from hub.connector import GUEST, Exchange
from tests.fakes.baselinker import catalogue, orders
from tests.fakes.baselinker.answers import Failed, error, success
from tests.fakes.fake import Fake
from tests.fakes.records import Table
from tests.fakes.server import Asked, Reply

METHODS = {
    "getInventories": catalogue.inventories,
    "getInventoryPriceGroups": catalogue.price_groups,
    "getInventoryProductsList": catalogue.listed,
    "getInventoryProductsData": catalogue.data,
    "addInventoryProduct": catalogue.add,
    "deleteInventoryProduct": catalogue.delete,
    "updateInventoryProductsPrices": catalogue.put("prices"),
    "updateInventoryProductsStock": catalogue.put("stock"),
    "getInventoryCategories": catalogue.categories,
    "addInventoryCategory": catalogue.add_category,
    "getInventoryManufacturers": catalogue.manufacturers,
    "addInventoryManufacturer": catalogue.add_manufacturer,
    "getOrders": orders.listed,
    "getJournalList": orders.journal,
    "getOrderStatusList": orders.statuses,
    "setOrderStatus": orders.set_status,
    "setOrderFields": orders.set_fields,
    "getOrderPackages": orders.packages,
    "createPackageManual": orders.add_package,
}

OURS = {
    "1051": "confirmed",
    "1291": "processing",
    "1471": "shipped",
    "1500": "completed",
    "1600": "cancelled",
}
"""Numbers of statuses -> ours."""


def _call(fake: "BaseLinker", asked: Asked) -> Reply:
    form = {name: values[-1] for name, values in parse_qs(asked.body.decode()).items()}
    method = METHODS.get(form.get("method", ""))
    if method is None:
        return error("ERROR_UNKNOWN_METHOD", "An unknown method has been used")
    try:
        return success(method(fake, json.loads(form["parameters"]) or {}))
    except Failed as failed:
        return error(failed.code, str(failed))


class BaseLinker(Fake):
    """A BaseLinker account with one catalogue. Identities of prices and stock are those of their products."""

    routes: ClassVar[Any] = {"POST /connector.php": _call}
    writes = r"method=(add|set|update|delete|create)"
    creates: ClassVar[Any] = {"products": r"method=addInventoryProduct&"}
    lists: ClassVar[Any] = {
        **dict.fromkeys(("products", "prices", "stock"), r"method=getInventoryProductsList&"),
        **dict.fromkeys(("orders", "parties"), r"method=getOrders&"),
    }
    tells_total = False
    wrong_key: ClassVar[Any] = {"key": "env:WRONG_KEY"}

    def __init__(self) -> None:
        super().__init__()
        self.token = "1001-2002-ABCDEFGHIJKLMNOP"
        self.environment = {"BASELINKER_TOKEN": self.token}
        self.products, self.orders = Table(self.clock, first=2685), Table(self.clock, first=3754894)
        self.categories: dict[int, dict[str, Any]] = {}
        self.manufacturers: dict[int, str] = {}
        self.packages: dict[int, list[dict[str, Any]]] = {}
        self.journal: list[dict[str, Any]] = []
        self.keeps_journal = True
        """Whether BaseLinker's support has switched the journal on."""
        self.blocked_until = ""
        """Local time; until then the token is blocked, because it asked more than a hundred times a minute."""

    def refusal(self, asked: Asked) -> Reply | None:
        """Page "API documentation"; the text of a blocked token is what integrators have seen."""
        if asked.headers.get("x-bltoken") != self.token:
            return error("ERROR_BAD_TOKEN", "Invalid user token")
        if self.blocked_until:
            return error("ERROR_BLOCKED_TOKEN", f"Query limit exceeded, token blocked until {self.blocked_until}")
        return None

    def nothing_there(self, asked: Asked) -> Reply:
        return Reply(404, b"<html><body>Not Found</body></html>", {"content-type": "text/html"})

    def connect(self, **options: Any) -> Exchange:
        account = {"catalogue": catalogue.INVENTORY, "price_group": catalogue.GROUP, "warehouse": catalogue.WAREHOUSE}
        words = {"statuses": OURS, "currency": "PLN", "requests_per_second": 10_000}
        told = {"url": self.server.url, "key": "env:BASELINKER_TOKEN", **account, **words, **options}
        return BaseLinkerConnector("bl", BaseLinkerOptions.model_validate(told), SystemClock())

    def rotate_key(self) -> None:
        self.token = "1001-2002-QRSTUVWXYZABCDEF"

    def add(self, stream: str) -> str:
        if stream in ("orders", "parties"):
            number = max([0, *self.orders.records]) + 1
            email = f"Buyer{number}@example.com"
            id_ = self.place(orders.new(self.clock.now(), self.clock.now(), email))
            return str(id_) if stream == "orders" else f"{GUEST}{email.lower()}"
        record = self.products.add({**catalogue.NEW})
        prices, stock = {str(catalogue.GROUP): 19.99, str(catalogue.OTHER_GROUP): 4.99}, {catalogue.WAREHOUSE: 7}
        texts = {"name": f"Lamp {record.id}", "description": "<p>Bright</p>", "features": {"Colour": "red"}}
        known = {"sku": f"L-{record.id}", "tax_rate": 23, "weight": 1.25, "tags": ["web", "new"]}
        self.products.change(record.id, {**known, "prices": prices, "stock": stock, "text_fields": texts})
        return str(record.id)

    def add_variants(self, *skus: str) -> str:
        """Add a product with variants; return its identity."""
        id_ = self.add("products")
        whole = {"ean": "", "prices": {str(catalogue.GROUP): 21.99}, "stock": {catalogue.WAREHOUSE: 2}}
        made = {int(id_) + 100_000 + at: {**whole, "sku": sku, "name": sku} for at, sku in enumerate(skus)}
        self.products.change(int(id_), {"variants": made})
        return id_

    def change(self, stream: str, id_: str, *, marked: bool = True) -> None:
        if stream in ("orders", "parties"):
            event, fields = (orders.EDITED, {"user_comments": "Quickly"})
            if stream == "parties":
                event, fields = (orders.INVOICE_DATA, {"phone": "+48700100200", "invoice_city": "Poznań"})
            for number in self._numbers(stream, id_):
                self.change_order(number, event if marked else None, **fields)
            return
        row = self.products.records[int(id_)].values
        of_texts = {"text_fields": {**row["text_fields"], "name": "Lantern"}}
        of_prices = {"prices": {**row["prices"], str(catalogue.GROUP): 21.99}}
        changes = {"products": of_texts, "prices": of_prices, "stock": {"stock": {catalogue.WAREHOUSE: 3}}}
        self.products.change(int(id_), changes[stream], marked=marked)

    def touch(self, stream: str, id_: str) -> None:
        for number in self._numbers(stream, id_) if stream in ("orders", "parties") else ():
            self.change_order(number, orders.EDITED)

    def remove(self, stream: str, id_: str) -> None:
        if stream not in ("orders", "parties"):
            self.products.remove(int(id_))
            return
        for number in self._numbers(stream, id_):
            self.orders.remove(number)
            self._log(number, orders.REMOVED)

    def count(self, stream: str) -> int:
        return len(self.orders.there() if stream in ("orders", "parties") else self.products.there())

    def place_order(self, at: datetime) -> tuple[str, Mapping[str, str]]:
        """An order shows no total: what is to be paid is what its lines and its delivery cost together."""
        id_ = self.place(orders.new(at, self.clock.now(), "jan@example.com"))
        return str(id_), {"gross": "74.78"}

    def complete(self, order: str) -> None:
        self.change_order(int(order), orders.STATUS, order_status_id=orders.DELIVERED)

    def place(self, values: dict[str, Any]) -> int:
        """Add an order that says this; return its number."""
        record = self.orders.add(values)
        self._log(record.id, orders.CREATED)
        self._log(record.id, orders.CONFIRMED)
        return record.id

    def change_order(self, id_: int, event: int | None, **fields: Any) -> None:
        """Set fields of an order; `event`: what the journal says of it, none: nothing."""
        self.orders.change(id_, fields)
        if event:
            self._log(id_, event)

    def _log(self, id_: int, event: int) -> None:
        now = int(self.clock.now().timestamp())
        entry = {"log_id": 456269 + len(self.journal), "log_type": event, "order_id": id_, "object_id": 0, "date": now}
        self.journal.append(entry)

    def _numbers(self, stream: str, id_: str) -> list[int]:
        email = id_.removeprefix(GUEST)
        found = self.orders.there()
        return (
            [int(id_)] if stream == "orders" else [each.id for each in found if each.values["email"].lower() == email]
        )
