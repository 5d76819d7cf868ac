"""The shop: what it has, its routes, and what its staff and customers do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from adapters.eshop.woocommerce.connector import WooCommerceConnector
from adapters.eshop.woocommerce.options import WooCommerceOptions
from hub.clock import SystemClock
from hub.connector import Call
from tests.fakes.fake import Fake, Handler
from tests.fakes.records import Record, Table
from tests.fakes.server import Asked, Reply
from tests.fakes.woocommerce import hooks, orders, products
from tests.fakes.woocommerce.keys import Keys, error

BASE = "/wp-json/wc/v3"
KEY, SECRET = "ck_4f1c0d9a7be2486fa0c1", "cs_9e27d35b60814c5d8ab3"
VARIABLE = 10
"""Every so many products have a variation."""


def setting(shop: "WooCommerce", _asked: Asked, group: str, name: str) -> Reply:
    """docs: Retrieve a setting option; for those who may manage the shop."""
    value = shop.settings.get((group, name.removeprefix("woocommerce_")))
    return (
        Reply(200, {"id": name, "value": value})
        if value
        else error(404, "rest_setting_setting_invalid", "Invalid setting.")
    )


class WooCommerce(Fake):
    """A shop in Warsaw whose prices hold no tax. Posts of all sorts share their numbers."""

    routes: ClassVar[Mapping[str, Handler]] = {
        f"GET {BASE}/products": products.list_products,
        f"POST {BASE}/products/batch": products.batch_products,
        f"GET {BASE}/products/categories": products.list_categories,
        f"POST {BASE}/products/categories": products.add_category,
        f"GET {BASE}/products/{{id}}/variations": products.list_variations,
        f"POST {BASE}/products/{{id}}/variations/batch": products.batch_variations,
        f"DELETE {BASE}/products/{{id}}/variations/{{variation}}": products.delete,
        f"DELETE {BASE}/products/{{id}}": products.delete,
        f"GET {BASE}/orders": orders.list_orders,
        f"PUT {BASE}/orders/{{id}}": orders.update_order,
        f"GET {BASE}/refunds": orders.list_refunds,
        f"GET {BASE}/orders/{{id}}/refunds": orders.list_refunds_of,
        f"GET {BASE}/orders/{{id}}/notes": orders.list_notes,
        f"POST {BASE}/orders/{{id}}/notes": orders.add_note,
        f"GET {BASE}/customers": orders.list_customers,
        f"GET {BASE}/webhooks": hooks.list_hooks,
        f"POST {BASE}/webhooks": hooks.add_hook,
        f"PUT {BASE}/webhooks/{{id}}": hooks.update_hook,
        f"GET {BASE}/settings/{{group}}/{{name}}": setting,
    }
    creates: ClassVar[Mapping[str, str]] = {"products": r"POST .*/products/batch[^/]*\n.*\"create\":\[\{"}
    _products: ClassVar[str] = r"GET .*/products\?(?!.*sku=)"
    lists: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("products", "prices", "stock"), _products),
        "parties": r"GET .*/customers\?",
        "orders": r"GET .*/orders\?",
    }
    environment: Mapping[str, str] = {"WOO_KEY": KEY, "WOO_SECRET": SECRET}
    wrong_key: Mapping[str, Any] = {"secret": "env:WRONG_KEY"}

    def __init__(self) -> None:
        self.keys = Keys({KEY: SECRET})
        self.uploads, self.library = 0, dict[int, dict[str, Any]]()
        self.unreachable = set[str]()
        """Addresses of images that the shop cannot fetch."""
        self.lists_refunds = True
        """Whether it is of version 9.0 or later."""
        self.settings = {
            ("general", "currency"): "PLN",
            ("general", "calc_taxes"): "yes",
            ("tax", "prices_include_tax"): "no",
            ("tax", "tax_round_at_subtotal"): "yes",
            ("products", "weight_unit"): "g",
            ("products", "manage_stock"): "yes",
        }
        super().__init__()
        self.posts, self.users = Table(self.clock, first=100), Table(self.clock)
        self.categories, self.webhooks = Table(self.clock), Table(self.clock)
        self.categories.add({"name": "Uncategorized", "parent": 0})

    def connect(self, **options: Any) -> WooCommerceConnector:
        given = {"url": self.server.url, "key": "env:WOO_KEY", "secret": "env:WOO_SECRET", **options}
        return WooCommerceConnector("shop", WooCommerceOptions.model_validate(given), SystemClock())

    def rotate_key(self) -> None:
        self.keys.secrets = {"ck_another": "cs_another"}

    def refusal(self, asked: Asked) -> Reply | None:
        return self.keys.refusal(asked, self.server.url)

    def nothing_there(self, asked: Asked) -> Reply:
        return error(404, "rest_no_route", "No route was found matching the URL and request method.")

    # What it has

    def sold(self, *, trashed: bool = False) -> list[Record]:
        """Return products and variations that are, or are not, in the trash."""
        return [each for each in self.posts.records.values() if "sku" in each.values and each.trashed == trashed]

    def variations_of(self, article: int) -> list[Record]:
        """Return the variations of an article that are not in the trash."""
        return [each for each in self.sold() if each.values["parent_id"] == article]

    def orders(self) -> list[Record]:
        """Return the orders that are not in the trash."""
        return [each for each in self.posts.there() if each.values.get("kind") == "order"]

    # What people do there

    def add(self, stream: str) -> str:
        if stream == "parties":
            number = len(self.users.records) + 1
            told = {"first_name": "Ewa", "last_name": f"Nowak {number}", "email": f"ewa{number}@example.com"}
            at = {"billing": orders.billing(told["email"]), "shipping": orders.address(), "role": "customer"}
            return str(self.users.add({**told, **at, "meta_data": []}).id)
        return self.place_order(self.clock.now())[0] if stream == "orders" else self._add_product()

    def _add_product(self) -> str:
        number = max(self.posts.records, default=0) + 1
        told = {"name": f"Lamp {number}", "slug": f"lamp-{number}", "sku": f"L-{number}", "regular_price": "9.90"}
        simple = {**products.SIMPLE, **told, "manage_stock": True, "stock_quantity": 5}
        if number % VARIABLE:
            return str(self.posts.add(simple).id)
        sizes = [{"id": 0, "name": "Size", "variation": True, "options": ["S", "L"]}]
        article = self.posts.add({**simple, "type": "variable", "manage_stock": False, "attributes": sizes})
        own = {
            "sku": f"L-{number}-S",
            "parent_id": article.id,
            "attributes": [{"id": 0, "name": "Size", "option": "S"}],
        }
        return f"{article.id}-{self.posts.add({**simple, 'type': 'variation', **own}).id}"

    def place_order(self, at: datetime) -> tuple[str, Mapping[str, str]]:
        customer = 0 if len(self.posts.records) % 2 else int(self.add("parties"))
        record, totals = orders.placed(self, at, customer, f"guest{len(self.posts.records)}@example.com")
        return str(record.id), totals

    def call(self, stream: str, id_: str, secret: str) -> Call:
        table, number = self._where(stream, id_)
        record = table.records[number]
        if stream == "products":
            kind = {"type": "variation"} if "-" in id_ else {}
            return hooks.call("product.updated", products.product(self, record) | kind, secret)
        topic = {"orders": "order.updated", "parties": "customer.updated"}[stream]
        return hooks.call(topic, {"id": record.id, **record.values}, secret)

    def switch_off_webhooks(self) -> None:
        for each in self.webhooks.there():
            each.values["status"] = "disabled"

    def complete(self, order: str) -> None:
        self.posts.change(int(order), orders.moved(self, "completed", self.posts.records[int(order)]))

    def give_back(self, order: str, back: Mapping[int, tuple[int, str, str]], amount: str) -> None:
        """Give money back, of lines by their numbers: pieces, money, tax."""
        orders.give_back(self, self.posts.records[int(order)], back, amount)

    def change(self, stream: str, id_: str, *, marked: bool = True) -> None:
        table, number = self._where(stream, id_)
        values = table.records[number].values
        lines = [each | {"quantity": 3, "total": "9.99", "total_tax": "2.31"} for each in values.get("line_items", ())]
        new: Mapping[str, dict[str, Any]] = {
            "products": {"description": f"{values.get('description')}!"},
            "prices": {"regular_price": f"{values.get('regular_price')}1"},
            "stock": {"stock_quantity": (values.get("stock_quantity") or 0) + 1},
            "parties": {"last_name": f"{values.get('last_name')}-Kos"},
            "orders": {"line_items": lines},  # issue 34798: moves no mark
        }
        table.change(number, new[stream], marked=marked)
        if marked:
            self.touch(stream, id_)

    def touch(self, stream: str, id_: str) -> None:
        table, number = self._where(stream, id_.partition("-")[0])
        table.touch(number)

    def remove(self, stream: str, id_: str) -> None:
        table, number = self._where(stream, id_)
        if stream == "parties":
            table.remove(number)
        else:
            table.records[number].trashed = True

    def count(self, stream: str) -> int:
        if stream in ("parties", "orders"):
            return len(self.users.there() if stream == "parties" else self.orders())
        return sum(each.values["type"] != "variable" for each in self.sold())

    def _where(self, stream: str, id_: str) -> tuple[Table, int]:
        return self.users if stream == "parties" else self.posts, int(id_.rpartition("-")[2])
