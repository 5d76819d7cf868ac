"""Ecwid in memory: what the vendor's interface answers, and what its users do behind the hub's back."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from hub.clock import SystemClock
from hub.connector import Exchange
from tests.fakes.ecwid import catalogue, orders
from tests.fakes.ecwid.lists import dated, failed, narrowed
from tests.fakes.fake import Fake, Handler
from tests.fakes.records import Table
from tests.fakes.server import Asked, Reply

STORE = 1003
BASE = f"/api/v3/{STORE}"
OF_PRODUCTS = ("products", "prices", "stock")


class Ecwid(Fake):
    """A shop on app.ecwid.com with prices in PLN that hold the tax, and weights in grams."""

    routes: ClassVar[Mapping[str, Handler]] = {
        f"GET {BASE}/profile": lambda fake, asked: fake.profile(asked),
        f"GET {BASE}/latest-stats": lambda fake, _: fake.latest(),
        f"GET {BASE}/products": catalogue.search,
        f"POST {BASE}/products": catalogue.create,
        f"GET {BASE}/products/{{id}}": catalogue.get,
        f"PUT {BASE}/products/{{id}}": catalogue.update,
        f"DELETE {BASE}/products/{{id}}": catalogue.delete,
        f"PUT {BASE}/products/{{id}}/combinations/{{id}}": catalogue.update_variation,
        f"DELETE {BASE}/products/{{id}}/combinations/{{id}}": catalogue.delete_variation,
        f"GET {BASE}/categories": catalogue.categories,
        f"POST {BASE}/categories": catalogue.create_category,
        f"GET {BASE}/orders": orders.search,
        f"PUT {BASE}/orders/{{id}}": orders.update,
        f"GET {BASE}/customers": orders.customers,
        f"GET {BASE}/customers/{{id}}": orders.customer,
    }
    creates: ClassVar[Mapping[str, str]] = {"products": r"\APOST [^ ]*/products\s"}
    lists: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(OF_PRODUCTS, r"\AGET [^ ]*/products\?.*\boffset="),
        "parties": r"\AGET [^ ]*/customers\?.*\boffset=",
        "orders": r"\AGET [^ ]*/orders\?.*\boffset=",
    }
    wrong_key: ClassVar[Mapping[str, Any]] = {"key": "env:WRONG_KEY"}

    def __init__(self) -> None:
        super().__init__()
        self.token = f"secret_{secrets.token_hex(16)}"
        self.environment = {"ECWID_KEY": self.token}
        self.products, self.categories = Table(self.clock, 692730761), Table(self.clock, 172786255)
        self.customers, self.orders = Table(self.clock, 177737165), Table(self.clock, 492512057)
        self.mails: list[str] = []
        """What was mailed to customers: order, status, tracking number."""
        self.deleted: dict[str, datetime] = {}
        """When a record of a list was deleted last."""

    # How the vendor's interface answers

    def refusal(self, asked: Asked) -> Reply | None:
        """A token that is none is answered with 403, as one that lacks a scope is ("REST API error codes")."""
        good = asked.headers.get("authorization") == f"Bearer {self.token}"
        return None if good else failed(403, "INVALID_API_TOKEN", "Wrong token")

    def nothing_there(self, asked: Asked) -> Reply:
        """Another store, or no such method."""
        return failed(404, "STORE_NOT_FOUND") if not asked.path.startswith(BASE) else failed(405, "METHOD_NOT_ALLOWED")

    def without_rows(self, reply: Reply) -> Reply:
        """Return a page without its rows."""
        return Reply(reply.status, {**reply.body, "items": [], "count": 0}, reply.headers)

    def profile(self, asked: Asked) -> Reply:
        """`GET /profile` ("Get store profile")."""
        units = {"currency": "PLN", "weightUnit": "GRAM"}
        general = {"storeId": STORE, "storeUrl": "https://store1003.company.site"}
        body = {"generalInfo": general, "formatsAndUnits": units, "taxSettings": {"pricesIncludeTax": True}}
        return Reply(200, narrowed(asked, body))

    def latest(self) -> Reply:
        """`GET /latest-stats` ("Get latest store update stats")."""
        marks = {"products": self.products, "orders": self.orders, "customers": self.customers}
        told: dict[str, str] = {}
        for name, table in marks.items():
            times = [each.modified for each in table.records.values()] + [
                at for of, at in self.deleted.items() if of == name
            ]
            told |= {f"{name}Updated": dated(max(times))} if times else {}
        return Reply(200, told)

    # What the contract asks

    def connect(self, **options: Any) -> Exchange:
        """Open a connector with the key as it was when the fake began."""
        from adapters.eshop.ecwid.connector import EcwidConnector  # noqa: PLC0415  # the fake is there without it
        from adapters.eshop.ecwid.options import EcwidOptions  # noqa: PLC0415

        given = {"url": self.server.url + BASE, "key": "env:ECWID_KEY", "requests_per_second": 1000, **options}
        return EcwidConnector("shop", EcwidOptions.model_validate(given), SystemClock())

    def rotate_key(self) -> None:
        """Make the token worthless, as "Regenerate token" does."""
        self.token = f"secret_{secrets.token_hex(16)}"

    def add(self, stream: str) -> str:
        """Add a record."""
        if stream in OF_PRODUCTS:
            return str(self.add_product())
        if stream == "parties":
            return str(self.customers.add(orders.person(len(self.customers.records))).id)
        return self.place_order(self.clock.now())[0]

    def add_product(self, **values: Any) -> int:
        """Add a product that is counted and shown; return its number."""
        number = len(self.products.records) + 1
        start = {"sku": f"0{1000 + number}", "name": f"Lamp {number}", "description": "<p>Bright.</p>", "enabled": True}
        more = {"price": 19.99, "quantity": 5, "unlimited": False, "weight": 1500, "attributes": [], "categoryIds": []}
        pictures = {"media": {"images": [], "videos": []}, "combinations": []}
        return self.products.add({**start, **more, **pictures, **values}).id

    def add_variations(self, *skus: str) -> list[str]:
        """Add a product with a variation for each SKU, of which an empty one inherits its product's; return their ids."""
        numbers = [421616046 + number + 100 * len(self.products.records) for number in range(len(skus))]
        rows = [
            {
                "id": id_,
                "sku": sku,
                "options": [{"name": "Size", "value": f"{at + 1}"}],
                "quantity": 3 + at,
                "unlimited": False,
            }
            for at, (id_, sku) in enumerate(zip(numbers, skus, strict=True))
        ]
        product = self.add_product(combinations=[row | {"attributes": []} for row in rows])
        return [f"{product}|{id_}" for id_ in numbers]

    def change(self, stream: str, id_: str, *, marked: bool = True) -> None:
        """Change what the stream shows."""
        table, number = self._of(stream, id_)
        changed = {
            "products": {"name": f"Lamp {secrets.token_hex(2)}"},
            "prices": {"price": secrets.randbelow(1000) + 20},
            "stock": {"quantity": secrets.randbelow(1000) + 20},
            "parties": {"name": f"Anna {secrets.token_hex(2)}"},
            "orders": {"fulfillmentStatus": "PROCESSING"},
        }
        table.change(number, changed[stream], marked=marked)

    def touch(self, stream: str, id_: str) -> None:
        """Move the mark."""
        table, number = self._of(stream, id_)
        table.touch(number)

    def remove(self, stream: str, id_: str) -> None:
        """Delete a record for good: there is no trash."""
        table, number = self._of(stream, id_)
        self.take_away(
            "products" if stream in OF_PRODUCTS else "customers" if stream == "parties" else stream, table, number
        )

    def take_away(self, name: str, table: Table, number: int) -> None:
        """Delete a record of a list, which counts as a change of it."""
        table.remove(number)
        self.deleted[name] = self.clock.now()

    def count(self, stream: str) -> int:
        """Return how many there are."""
        return len(self._table(stream).records)

    def place_order(self, at: datetime) -> tuple[str, Mapping[str, str]]:
        """Add an order of somebody who has an account."""
        customer = next(iter(self.customers.records), None) or self.customers.add(orders.person(0)).id
        record = orders.placed(self, at, customer)
        return record.values["id"], {"net": "38.42", "tax": "8.85", "gross": "47.27"}

    def complete(self, order: str) -> None:
        """Set an order to *Delivered*."""
        table, number = self._of("orders", order)
        table.change(number, {"fulfillmentStatus": "DELIVERED"})

    def _table(self, stream: str) -> Table:
        return self.products if stream in OF_PRODUCTS else self.customers if stream == "parties" else self.orders

    def _of(self, stream: str, id_: str) -> tuple[Table, int]:
        if stream == "orders":
            return self.orders, next(each.id for each in self.orders.there() if each.values["id"] == id_)
        return self._table(stream), int(id_.partition("|")[0])
