"""The shop: what it has, its routes, and what its staff and customers do."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import unquote

from adapters.eshop.magento.connector import MagentoConnector
from adapters.eshop.magento.options import MagentoOptions
from hub.clock import SystemClock
from hub.connector import Call
from tests.fakes.fake import Fake, Handler
from tests.fakes.magento import families, gallery, keys, orders, products
from tests.fakes.magento.keys import CONSUMER, CONSUMER_SECRET, TOKEN, TOKEN_SECRET, error
from tests.fakes.records import Record, Table
from tests.fakes.server import Asked, Reply

BASE = "/rest/all/V1"
VIEWS = ("default", "de")
"""Store views, each of a website of its own; what they do not say themselves, the default scope says (`all`)."""
CHILD = 10
"""Every so many products stand under a configurable one."""


def store_configs(shop: "Magento", _asked: Asked) -> Reply:
    """Page "Store configuration endpoints"."""
    media = {"base_media_url": "http://shop.example/media/", "secure_base_media_url": "https://shop.example/media/"}
    told = {"id": 1, "code": "default", "website_id": 1, "timezone": "Europe/Warsaw", "weight_unit": "lbs"}
    told |= {**media, "base_currency_code": "PLN", "default_display_currency_code": "PLN"}
    other = {"id": 2, "code": "de", "website_id": 2, "weight_unit": "kgs", "base_currency_code": "EUR"}
    return Reply(200, [told, {**told, **other}])


class Magento(Fake):
    """A shop in Warsaw that weighs in pounds, with one website and stock; all goods lie in one `source`."""

    routes: ClassVar[Mapping[str, Handler]] = {
        f"GET {BASE}/store/storeConfigs": store_configs,
        f"GET {BASE}/products": products.list_products,
        f"DELETE {BASE}/products/{{sku}}": products.delete,
        f"POST {BASE}/products/{{sku}}/media": gallery.add,
        f"PUT {BASE}/products/{{sku}}/media/{{id}}": gallery.change,
        f"DELETE {BASE}/products/{{sku}}/media/{{id}}": gallery.remove,
        f"GET {BASE}/products/attributes": families.list_attributes,
        f"POST {BASE}/products/attributes/{{code}}/options": families.add_option,
        f"POST {BASE}/products": families.save_one,
        f"PUT {BASE}/products/{{sku}}": lambda shop, asked, _: families.save_one(shop, asked),
        f"POST {BASE}/configurable-products/{{sku}}/child": families.add_child,
        f"DELETE {BASE}/configurable-products/{{sku}}/children/{{child}}": families.remove_child,
        f"POST {BASE}/products/base-prices": products.set_prices,
        "POST /rest/all/async/bulk/V1/products": products.bulk,
        f"GET {BASE}/bulk/{{uuid}}/detailed-status": products.bulk_status,
        f"GET {BASE}/categories/list": products.list_categories,
        f"POST {BASE}/categories": products.add_category,
        f"GET {BASE}/inventory/source-items": products.list_sources,
        f"POST {BASE}/inventory/source-items": products.set_sources,
        f"GET {BASE}/inventory/export-stock-salable-qty/website/{{code}}": products.list_salable,
        f"GET {BASE}/stockItems/{{sku}}": products.stock_item,
        f"PUT {BASE}/products/{{sku}}/stockItems/{{item}}": products.set_stock_item,
        f"GET {BASE}/customers/search": orders.list_customers,
        f"GET {BASE}/orders": orders.list_orders,
        f"POST {BASE}/orders/{{id}}/cancel": orders.cancel,
        f"POST {BASE}/orders/{{id}}/comments": orders.comment,
        f"POST {BASE}/order/{{id}}/ship": orders.ship,
        f"POST {BASE}/order/{{id}}/invoice": orders.invoice,
        f"GET {BASE}/shipments": orders.list_shipments,
    }
    creates: ClassVar[Mapping[str, str]] = {"products": r"POST .*/bulk/V1/products"}
    _products: ClassVar[str] = r"GET .*/V1/products\?(?=.*entity_id)(?=.*nin)"
    lists: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("products", "prices", "stock"), _products),
        "parties": r"GET .*/customers/search\?",
        "orders": r"GET .*/orders\?",
    }
    environment: Mapping[str, str] = {"MAGENTO_TOKEN": TOKEN}
    wrong_key: Mapping[str, Any] = {"token": "env:WRONG_KEY"}

    def __init__(self) -> None:
        self.token, self.entries, self.msi = TOKEN, 0, True
        self.attributes = [families.attribute(93, "color", "Color", "Red", "Blue")]
        self.bulks, self.slow_queue, self.deadlocked = dict[str, list[dict[str, Any]]](), 0, set[str]()
        self.held, self.reserved = dict[str, float](), dict[str, float]()
        self.unkept, self.source, self.view = set[str](), "default", "all"
        self.sold_out, self.backorders = set[str](), set[str]()
        super().__init__()
        self.products, self.users, self.orders = (Table(self.clock) for _ in range(3))
        self.shipments, self.categories = Table(self.clock), Table(self.clock)
        for name, parent, path in (("Root Catalog", 0, "1"), ("Default Category", 1, "1/2")):
            self.categories.add({"name": name, "parent_id": parent, "path": path})

    def connect(self, **options: Any) -> MagentoConnector:
        given = {"url": self.server.url, "token": "env:MAGENTO_TOKEN", "tax_classes": {"23": "2"}, **options}
        return MagentoConnector("shop", MagentoOptions.model_validate(given), SystemClock())

    def secrets(self) -> list[str]:
        return [TOKEN, TOKEN_SECRET, CONSUMER, CONSUMER_SECRET]

    def answer(self, asked: Asked) -> Reply:
        """A SKU may hold a slash, which has to come encoded: parts of the path are parted before they are decoded."""
        if view := re.match(rf"/rest/({'|'.join(VIEWS)})/", asked.target):
            self.view = view[1]
            asked = replace(asked, target=f"/rest/all/{asked.target.removeprefix(view[0])}")
        else:
            self.view = "all"
        if found := re.fullmatch(rf"{BASE}/products/([^/]*%2F[^/]*)", asked.target, re.IGNORECASE):
            return self.refusal(asked) or products.delete(self, asked, unquote(found[1]))
        if not self.msi and asked.path.startswith(f"{BASE}/inventory/"):
            return self.nothing_there(asked)
        return super().answer(asked)

    def rotate_key(self) -> None:
        self.token = "another"

    def refusal(self, asked: Asked) -> Reply | None:
        return keys.refusal(asked, self.server.url, self.token)

    def nothing_there(self, asked: Asked) -> Reply:
        return error(404, "Request does not match any route.")

    def without_rows(self, reply: Reply) -> Reply:
        return Reply(reply.status, {**reply.body, "items": []}, reply.headers)

    def product(self, sku: str) -> Record | None:
        """Return the product of a SKU; MySQL does not tell capitals apart."""
        return next((each for each in self.products.there() if each.values["sku"].lower() == sku.lower()), None)

    def put_in_stock(self, sku: str, wanted: bool) -> None:
        """Put a product in stock, or out of it."""
        (self.sold_out.discard if wanted else self.sold_out.add)(sku)

    def sells(self, sku: str, left: float) -> bool:
        """Return whether a product may be sold (code: IsProductSalableConditionChain)."""
        return sku in self.unkept or (sku not in self.sold_out and (left > 0 or sku in self.backorders))

    # What people do there

    def add(self, stream: str) -> str:
        if stream == "parties":
            return str(self._add_user().id)
        return self.place_order(self.clock.now())[0] if stream == "orders" else self._add_product()

    def _add_user(self) -> Record:
        number = max(self.users.records, default=0) + 1
        told = {"firstname": "Ewa", "lastname": f"Nowak {number}", "email": f"ewa{number}@example.com", "group_id": 1}
        region = {"region": {"region_code": "PL-MZ", "region": "mazowieckie", "region_id": 844}}
        home = orders.address(id=number, customer_id=number, default_billing=True, **region)
        return self.users.add({**told, "addresses": [home]})

    def _add_product(self) -> str:
        number = max(self.products.records, default=0) + 1
        custom = {"description": "<p>Świeci.</p>", "url_key": f"lamp-{number}", "tax_class_id": "2", "color": "930"}
        sku, told = (
            f"L-{number}",
            {"name": f"Lamp {number}", "price": 9.9, "media": [gallery.entry(self, f"/l/a/lamp{number}.jpg")]},
        )
        record = self.products.add({**products.SIMPLE, **told, "sku": sku, "custom": custom})
        self.held[sku] = 5
        if number % CHILD == 0:
            whole = {"sku": f"C-{number}", "name": "Lamp", "type_id": "configurable", "children": [record.id]}
            option = {"attribute_id": "93", "label": "Color", "position": 0, "values": [{"value_index": 930}]}
            self.products.add({**products.SIMPLE, **whole, "options": [option], "custom": {"url_key": f"c-{number}"}})
        return sku

    def place_order(self, at: datetime) -> tuple[str, Mapping[str, str]]:
        number = len(self.orders.records)
        customer = None if number % 2 else self._add_user().id
        record, totals = orders.placed(self, at, customer, f"Guest{number}@example.com")
        return str(record.id), totals

    def call(self, stream: str, id_: str, secret: str) -> Call:
        raise NotImplementedError("Magento Open Source calls nobody")

    def complete(self, order: str) -> None:
        self.orders.change(int(order), {"state": "complete", "status": "complete"})

    def change(self, stream: str, id_: str, *, marked: bool = True) -> None:
        table, number = self._where(stream, id_)
        values = table.records[number].values
        if stream == "stock":
            self.held[id_] += 1
            return
        new: Mapping[str, dict[str, Any]] = {
            "products": {"name": f"{values.get('name')}!"},
            "prices": {"price": (values.get("price") or 0) + 1},
            "parties": {"lastname": f"{values.get('lastname')}-Kos"},
            "orders": {"total_paid": (values.get("total_paid") or 0) + 18.44},
        }
        table.change(number, new[stream], marked=marked)

    def touch(self, stream: str, id_: str) -> None:
        table, number = self._where(stream, id_)
        table.touch(number)

    def remove(self, stream: str, id_: str) -> None:
        table, number = self._where(stream, id_)
        table.remove(number)

    def count(self, stream: str) -> int:
        if stream in ("parties", "orders"):
            return len({"parties": self.users, "orders": self.orders}[stream].there())
        return sum(each.values["type_id"] == "simple" for each in self.products.there())

    def _where(self, stream: str, id_: str) -> tuple[Table, int]:
        if stream in ("parties", "orders"):
            return {"parties": self.users, "orders": self.orders}[stream], int(id_)
        record = self.product(id_)
        assert record
        return self.products, record.id
