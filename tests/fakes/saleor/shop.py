"""The shop: what it has, its endpoint, and what its staff and customers do."""

import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from adapters.eshop.saleor.connector import SaleorConnector
from adapters.eshop.saleor.options import SaleorOptions
from hub.clock import SystemClock
from hub.connector import Call
from tests.fakes.fake import Fake, Handler
from tests.fakes.records import Record, Table
from tests.fakes.saleor import catalogue, orders
from tests.fakes.saleor.asking import Info, Row, allowed, answer, connection, gid, number, said
from tests.fakes.server import Asked, Reply

TOKEN = "vJ4xk8s2QmYtW0aZr7LdNc5Ue1PbHf"
"""Of 30 letters and digits (source: app/models)."""
VARIED = 40
"""Every so many products have two variants."""
PERMISSIONS = frozenset(["MANAGE_PRODUCTS", "MANAGE_ORDERS", "MANAGE_USERS"])
EVENTS = {
    "products": ("product_variant_updated", "productVariant"),
    "parties": ("customer_updated", "user"),
    "orders": ("order_updated", "order"),
}


def graphql(shop: "Saleor", asked: Asked) -> Reply:
    """The one endpoint. A token that is not known is no error: who sends it is a visitor (source: core/middleware)."""
    shop.is_app = asked.headers.get("authorization") == f"Bearer {shop.token}"
    return answer(shop.root(), asked.json)


class Saleor(Fake):
    """A shop with a Polish and a German channel, two warehouses, and prices that hold their tax."""

    routes: ClassVar[Mapping[str, Handler]] = {"POST /graphql/": graphql}
    writes: ClassVar[str] = r'"query":"mutation'
    creates: ClassVar[Mapping[str, str]] = {"products": r"productBulkCreate\("}
    lists: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("products", "prices", "stock"), r":productVariants\("),
        "parties": r":customers\(",
        "orders": r":orders\(",
    }
    environment: Mapping[str, str] = {"SALEOR_TOKEN": TOKEN}
    wrong_key: Mapping[str, Any] = {"token": "env:WRONG_KEY"}
    channels: ClassVar[Mapping[int, Row]] = {
        1: {"slug": "pl", "name": "Polska", "currencyCode": "PLN", "isActive": True},
        2: {"slug": "de", "name": "Deutschland", "currencyCode": "EUR", "isActive": True},
    }
    warehouses: ClassVar[Mapping[int, Row]] = {
        1: {"slug": "warszawa", "name": "Warszawa"},
        2: {"slug": "lodz", "name": "Łódź"},
    }
    types: ClassVar[Mapping[int, Row]] = {
        1: {"slug": "gift-card", "name": "Gift card", "hasVariants": False},
        2: {"slug": "goods", "name": "Goods", "hasVariants": False},
    }

    def __init__(self) -> None:
        self.token, self.permissions, self.is_app = TOKEN, PERMISSIONS, False
        self.mailed, self.fulfils_unpaid = 0, True
        super().__init__()
        self.products, self.variants = Table(self.clock, first=140), Table(self.clock, first=380)
        self.users, self.orders = Table(self.clock, first=30), Table(self.clock, first=900)
        self.categories, self.webhooks = Table(self.clock, first=8), Table(self.clock)

    def connect(self, **options: Any) -> SaleorConnector:
        told = {"channel": "pl", "warehouse": "warszawa", "product_type": "goods"}
        given = {"url": self.server.url, "token": "env:SALEOR_TOKEN", **told, **options}
        return SaleorConnector("shop", SaleorOptions.model_validate(given), SystemClock())

    def rotate_key(self) -> None:
        self.token = "another" * 4

    def refusal(self, asked: Asked) -> Reply | None:
        return None

    def nothing_there(self, asked: Asked) -> Reply:
        return Reply(404, b"<h1>Not Found</h1>", {"content-type": "text/html"})

    def without_rows(self, reply: Reply) -> Reply:
        told: Row = {
            name: {**part, "edges": []} if isinstance(part, dict) and "edges" in part else part
            for name, part in (reply.body.get("data") or {}).items()
        }
        return Reply(reply.status, {**reply.body, "data": told})

    # What it answers with

    def root(self) -> Row:
        """Return what the queries and mutations are answered by."""
        told: dict[str, Callable[..., Any]] = {
            "products": catalogue.list_products, "productVariants": catalogue.list_variants,
            "productVariant": catalogue.one_variant, "productBulkCreate": catalogue.bulk_create,
            "productUpdate": catalogue.update, "productDelete": catalogue.delete,
            "productVariantUpdate": catalogue.update_variant, "productVariantDelete": catalogue.delete_variant,
            "productChannelListingUpdate": catalogue.update_listing,
            "productVariantChannelListingUpdate": catalogue.price, "productVariantStocksUpdate": catalogue.stock,
            "categoryCreate": catalogue.create_category, "customers": orders.list_users, "orders": orders.list_orders,
            "orderConfirm": orders.confirm, "orderCancel": orders.cancel, "orderFulfill": orders.fulfil,
            "orderFulfillmentUpdateTracking": orders.retrack, "updateMetadata": orders.note,
            "deleteMetadata": orders.forget,
        }  # fmt: skip
        return {
            **{name: partial(resolve, self) for name, resolve in told.items()},
            "app": self._app,
            "channel": self._channel,
            "taxConfigurations": self._paged("taxConfigurations", self._taxes, "AUTHENTICATED_APP"),
            "warehouses": self._paged("warehouses", self._warehouses, "MANAGE_PRODUCTS", "MANAGE_ORDERS"),
            "productTypes": self._paged("productTypes", self._types),
            "categories": self._paged("categories", lambda: [self.category(each) for each in self.categories.there()]),
            "webhookCreate": self._subscribe,
            "webhookUpdate": self._change_hook,
        }

    def _paged(self, name: str, rows: Callable[[], list[Row]], *permissions: str) -> Callable[..., Row]:
        def resolve(_info: Info, first: int | None = None, after: str | None = None, **_: Any) -> Row:
            if permissions:
                allowed(self, *permissions)
            return connection(rows(), lambda row: (row.get("name", ""), row["id"]), first, after, name=name)

        return resolve

    def _app(self, _info: Info, **_: Any) -> Row:
        allowed(self, "AUTHENTICATED_APP")
        held = [{"code": each, "name": each.title()} for each in sorted(self.permissions)]
        return {"id": gid("App", 1), "name": "hub", "isActive": True, "permissions": held, "webhooks": self._hooks()}

    def _channel(self, _info: Info, slug: str | None = None, **_: Any) -> Row | None:
        return next((self.channel_row(key) for key, each in self.channels.items() if each["slug"] == slug), None)

    def _taxes(self) -> list[Row]:
        rest = {"pricesEnteredWithTax": True, "displayGrossPrices": True, "chargeTaxes": True}
        return [{"id": gid("TaxConfiguration", key), "channel": self.channel_row(key), **rest} for key in self.channels]

    def _warehouses(self) -> list[Row]:
        return [self.warehouse_row(key) for key in self.warehouses]

    def _types(self) -> list[Row]:
        return [{"id": gid("ProductType", key), **told} for key, told in self.types.items()]

    def channel_row(self, key: int) -> Row:
        """Object "Channel"."""
        return {"id": gid("Channel", key), **self.channels[key]}

    def warehouse_row(self, key: int) -> Row:
        """Object "Warehouse"."""
        return {"id": gid("Warehouse", key), **self.warehouses[key]}

    def category(self, record: Record) -> Row:
        """Object "Category"; its ancestors come by their numbers, which need not be their order in the tree."""
        above = self.categories.records.get(record.values["parent"] or 0)
        chain: list[Row] = []
        each = above
        while each:
            chain.append(self.category(each))
            each = self.categories.records.get(each.values["parent"] or 0)

        def ancestors(_info: Info, first: int | None = None, after: str | None = None) -> Row:
            return connection(chain, lambda row: (row["id"],), first, after, name="ancestors")

        return {
            "id": gid("Category", record.id),
            "name": record.values["name"],
            "slug": f"c{record.id}",
            "level": len(chain),
            "parent": above and self.category(above),
            "ancestors": ancestors,
        }

    def _hooks(self) -> list[Row]:
        return [{"id": gid("Webhook", each.id), **each.values} for each in self.webhooks.there()]

    def _subscribe(self, _info: Info, input: Row) -> Row:  # noqa: A002
        allowed(self, "AUTHENTICATED_APP", "MANAGE_APPS")
        if not input.get("query", "").startswith("subscription"):
            return said("Can't parse an event type from query.", "query", "UNABLE_TO_PARSE")
        events = [{"name": each.title(), "eventType": each} for each in input["asyncEvents"]]
        told = {"name": input.get("name"), "targetUrl": input["targetUrl"], "isActive": input.get("isActive", True)}
        self.webhooks.add({**told, "subscriptionQuery": input["query"], "asyncEvents": events})
        return {"webhook": None, "errors": []}

    def _change_hook(self, _info: Info, id: str, input: Row) -> Row:  # noqa: A002
        allowed(self, "AUTHENTICATED_APP", "MANAGE_APPS")
        self.webhooks.change(number(id, "Webhook"), input)
        return {"webhook": None, "errors": []}

    # What it has

    def fits(self, record: Record, filter_: Row | None) -> bool:
        """Whether a record bears a mark within a range; the mark itself is included (input "DateTimeRangeInput")."""
        since: str | None = ((filter_ or {}).get("updatedAt") or {}).get("gte")
        return since is None or record.modified >= datetime.fromisoformat(since)

    def variants_of(self, product: int) -> list[Record]:
        """Return the variants of a product."""
        return [each for each in self.variants.there() if each.values["product"] == product]

    # What people do there

    def add(self, stream: str) -> str:
        if stream == "parties":
            told = {"firstName": "Ewa", "lastName": "Nowak", "email": f"ewa{len(self.users.records)}@example.com"}
            return gid("User", self.users.add(told).id)
        if stream == "orders":
            return self.place_order(self.clock.now())[0]
        return self._add_product() + ("|PLN" if stream == "prices" else "")

    def _add_product(self) -> str:
        if not self.categories.records:
            self.categories.add({"name": "Lamps", "parent": None})
        listings = {1: {"isPublished": True, "visibleInListings": True, "isAvailableForPurchase": True}}
        block = {"type": "paragraph", "data": {"text": "Świeci."}}
        told: Row = {
            "name": "Lamp",
            "slug": f"lamp-{len(self.products.records)}",
            "category": min(self.categories.records),
        }
        more: Row = {"description": json.dumps({"time": 1, "blocks": [block]}), "weight": 1.5, "type": 2}
        record = self.products.add({**told, **more, "externalReference": None, "listings": listings})
        record.values["name"] = f"Lamp {record.id}"
        own: Row = {"prices": {1: 9.9, 2: 2.5}, "stocks": {1: (7, 2), 2: (70, 0)}, "product": record.id}
        varied = record.id % VARIED == 0
        first = self.variants.add(catalogue.new_variant(**own, sku=f"L-{record.id}", size="S" if varied else None))
        if varied:
            own |= {"prices": {1: 11.9}, "stocks": {1: (3, 0)}}
            self.variants.add(catalogue.new_variant(**own, sku=f"L-{record.id}-L", size="L"))
        return gid("ProductVariant", first.id)

    def place_order(self, at: datetime) -> tuple[str, Mapping[str, str]]:
        buyer = number(self.add("parties"), "User") if len(self.orders.records) % 2 else None
        record, totals = orders.placed(self, at, buyer)
        return gid("Order", record.id), totals

    def call(self, stream: str, id_: str, secret: str) -> Call:
        event, name = EVENTS[stream]
        body = json.dumps({"issuedAt": self.clock.now().isoformat(), name: {"id": id_}}).encode()
        signature = hmac.digest(secret.encode(), body, "sha256").hex()
        told = {"saleor-event": event, "saleor-domain": "shop.example", "saleor-signature": signature}
        return Call({**told, "saleor-api-url": "https://shop.example/graphql/"}, body)

    def switch_off_webhooks(self) -> None:
        for each in self.webhooks.there():
            each.values["isActive"] = False

    def complete(self, order: str) -> None:
        record = self.orders.change(number(order, "Order"), {"status": "FULFILLED", "chargeStatus": "FULL"})
        for line in record.values["lines"]:
            line |= {"quantityFulfilled": line["quantity"], "quantityToFulfill": 0}

    def change(self, stream: str, id_: str, *, marked: bool = True) -> None:
        table, key = self._where(stream, id_)
        values = table.records[key].values
        if stream == "stock":
            there, held = values["stocks"][1]
            values["stocks"][1] = (there + 1, held)
        elif stream == "prices":
            values["prices"][1] = 8.1
        elif stream == "products":
            values["weight"] = 2.25
        elif stream == "orders":
            values["status"] = "PARTIALLY_FULFILLED"
        else:
            values["lastName"] = "Kos"
        if marked:
            self.touch(stream, id_)

    def touch(self, stream: str, id_: str) -> None:
        table, key = self._where(stream, id_)
        table.touch(key)

    def remove(self, stream: str, id_: str) -> None:
        table, key = self._where(stream, id_)
        product = table.records[key].values.get("product")
        table.remove(key)
        if product and not self.variants_of(product):
            self.products.remove(product)

    def count(self, stream: str) -> int:
        return len({"parties": self.users, "orders": self.orders}.get(stream, self.variants).records)

    def _where(self, stream: str, id_: str) -> tuple[Table, int]:
        table, kind = {"parties": (self.users, "User"), "orders": (self.orders, "Order")}.get(
            stream, (self.variants, "ProductVariant")
        )
        return table, number(id_.partition("|")[0], kind)
