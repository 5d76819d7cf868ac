"""The shop: what it has, its endpoint, and what its staff and customers do."""

import base64
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from adapters.eshop.shopify.connector import ShopifyConnector
from adapters.eshop.shopify.options import ShopifyOptions
from hub.clock import SystemClock
from hub.connector import Call
from tests.fakes.fake import Fake, Handler
from tests.fakes.records import Record, Table
from tests.fakes.server import Asked, Reply
from tests.fakes.shopify import bulk, catalogue, media, orders
from tests.fakes.shopify.asking import Bucket, Info, Row, answer, connection, number, part, said
from tests.fakes.shopify.catalogue import gid

CLIENT, SECRET = "5f2c7d1e9b", "shpss_71d0c5ab9e2f4c88"
OLDEST = "2026-01"
"""Of the versions that are supported: each is for a year (usage: versioning)."""
VARIED = 40
"""Every so many products have two variants."""


def token(shop: "Shopify", asked: Asked) -> Reply:
    """Apps: using the client credentials grant."""
    given = dict(parse_qsl(asked.body.decode()))
    if (given.get("client_id"), given.get("client_secret")) != (CLIENT, shop.secret):
        return Reply(400, {"error": "application_cannot_be_found", "error_description": f"no app of {given}"})
    shop.tokens.append(f"shpat_{len(shop.tokens)}c41f7a90d2")
    return Reply(200, {"access_token": shop.tokens[-1], "scope": "write_products", "expires_in": 86399})


def graphql(shop: "Shopify", asked: Asked, version: str) -> Reply:
    """The one endpoint; one of a version that has ended is answered by the oldest (usage: versioning, fall forward)."""
    reply = answer(shop.bucket, shop.root(), asked.json, time.monotonic())
    return Reply(reply.status, reply.body, {**reply.headers, "X-Shopify-API-Version": max(version, OLDEST)})


class Shopify(Fake):
    """A shop in Warsaw whose prices hold no tax, with two locations."""

    routes: ClassVar[Mapping[str, Handler]] = {
        "POST /admin/oauth/access_token": token,
        "POST /admin/api/{version}/graphql.json": graphql,
        "POST /staged/{id}": media.upload,
        "GET /bulk/{id}": bulk.download,
    }
    writes: ClassVar[str] = r'"query":"mutation'
    creates: ClassVar[Mapping[str, str]] = {"products": r"productSet\("}
    lists: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("products", "prices", "stock"), r"list:products\("),
        "parties": r"list:customers\(",
        "orders": r"list:orders\(",
    }
    environment: Mapping[str, str] = {"SHOPIFY_SECRET": SECRET}
    channels: Mapping[int, str] = {1: "Online Store", 2: "Point of Sale", 3: "Shop"}
    wrong_key: Mapping[str, Any] = {"client_secret": "env:WRONG_KEY"}

    def __init__(self) -> None:
        self.secret, self.tokens = SECRET, list[str]()
        self.bucket = Bucket(at=time.monotonic())
        self.definitions = set[tuple[str, str]]()
        self.reference_type = "id"
        self.carried_out = dict[tuple[str, str], Row]()
        self.mailed = self.refunded = 0
        self.bulks, self.bulk_fate = list[Row](), "COMPLETED"
        self.published = dict[int, set[int]]()
        self.staged, self.busy = dict[str, Row](), False
        super().__init__()
        self.products, self.variants = Table(self.clock, first=700), Table(self.clock, first=9000)
        self.customers, self.orders = Table(self.clock, first=50), Table(self.clock, first=4000)
        self.webhooks, self.files = Table(self.clock), Table(self.clock, first=300)

    def connect(self, **options: Any) -> ShopifyConnector:
        given = {"url": self.server.url, "client_id": CLIENT, "client_secret": "env:SHOPIFY_SECRET", **options}
        return ShopifyConnector("shop", ShopifyOptions.model_validate(given), SystemClock())

    def secrets(self) -> list[str]:
        return [SECRET, *self.tokens]

    def rotate_key(self) -> None:
        self.secret = "shpss_another"
        self.tokens = [f"shpat_{'x' * 12}"]

    def expire(self) -> None:
        """Let a day pass: the tokens end."""
        self.tokens = [""] * len(self.tokens)

    def refusal(self, asked: Asked) -> Reply | None:
        if not asked.path.endswith("/graphql.json") or asked.headers.get("x-shopify-access-token") in [
            *filter(None, self.tokens)
        ]:
            return None
        message = "[API] Invalid API key or access token (unrecognized login or wrong password)"
        return Reply(401, {"errors": message})

    def nothing_there(self, asked: Asked) -> Reply:
        return Reply(404, {"errors": "Not Found"})

    def without_rows(self, reply: Reply) -> Reply:
        data = (reply.body.get("data") or {}).get("list")
        if not data:
            return reply
        return Reply(200, {**reply.body, "data": {"list": {**data, "nodes": []}}})

    # What it answers with

    def root(self) -> Row:
        """Return what the queries and mutations are answered by."""
        located = part(lambda: [{"id": gid("Location", n), "name": name} for n, name in ((1, "Warszawa"), (2, "Łódź"))])
        told: dict[str, Callable[..., Any]] = {
            "productVariants": catalogue.list_variants, "productByIdentifier": catalogue.by_identifier,
            "productSet": catalogue.set_product, "stagedUploadsCreate": media.stage,
            "publishablePublish": catalogue.publish, "bulkOperationRunQuery": bulk.run,
            "productUpdate": catalogue.update, "productDelete": catalogue.delete,
            "productVariantsBulkUpdate": catalogue.update_variants,
            "productVariantsBulkDelete": catalogue.delete_variants,
            "inventorySetQuantities": catalogue.set_quantities, "inventoryActivate": catalogue.activate,
            "inventoryItemUpdate": catalogue.update_item, "fulfillmentCreate": orders.fulfil,
            "fulfillmentTrackingInfoUpdate": orders.retrack, "orderClose": orders.close, "orderCancel": orders.cancel,
            "metafieldsSet": orders.note, "metafieldsDelete": orders.forget,
        }  # fmt: skip
        return {
            **{name: partial(resolve, self) for name, resolve in told.items()},
            "shop": {"name": "Lamps", "currencyCode": "PLN", "taxesIncluded": False},
            "locations": located,
            "productsCount": lambda _, limit: {"count": min(limit, len(self.products.there()))},
            "publications": part(
                lambda: [
                    {
                        "id": gid("Publication", n),
                        "name": name,
                        "catalog": None if n == 1 else {"id": gid("AppCatalog", n), "title": f"Channel Catalog {n}"},
                    }
                    for n, name in self.channels.items()
                ]
            ),
            "products": self._list(self.products, lambda each: catalogue.product(self, each)),
            "customers": self._list(self.customers, lambda each: orders.customer(self, each)),
            "orders": self._list(self.orders, lambda each: orders.order(self, each)),
            "node": self._node,
            "nodes": self._nodes,
            "order": self._node,
            "metafieldDefinition": self._definition,
            "metafieldDefinitionCreate": self._define,
            "webhookSubscriptions": part(self._hooks),
            "webhookSubscriptionCreate": self._subscribe,
        }

    def _list(self, table: Table, shown: Callable[[Record], Row]) -> Callable[..., Row]:
        """Return a list by identity or change mark; a query goes by either (usage: search syntax)."""

        def resolve(
            _info: Info, sortKey: str = "ID", query: str | None = None, first: int | None = None,  # noqa: N803
            after: str | None = None, reverse: bool = False, **_: Any,
        ) -> Row:  # fmt: skip
            rows = [each for each in table.there() if _fits(self, each, query or "")]
            by = "updatedAt" if sortKey == "UPDATED_AT" else "id"
            rows.sort(key=lambda each: (self.written(each.modified) if by == "updatedAt" else "", each.id))
            shows = [shown(each) for each in (reversed(rows) if reverse else rows)]
            return connection(shows, first, after, lambda row: row[by])

        return resolve

    def _node(self, _info: Info, id: str) -> Row | None:  # noqa: A002
        if id.split("/")[3] == "BulkOperation":
            return bulk.shown(self, number(id))
        tables: dict[str, tuple[Table, Callable[[Shopify, Record], Row]]] = {
            "Product": (self.products, catalogue.product), "ProductVariant": (self.variants, catalogue.variant),
            "Customer": (self.customers, orders.customer), "Order": (self.orders, orders.order),
        }  # fmt: skip
        table, shown = tables[id.split("/")[3]]
        record = table.records.get(number(id))
        return shown(self, record) if record else None

    def _nodes(self, info: Info, ids: list[str]) -> list[Row | None]:
        return [self._node(info, each) for each in ids]

    def _definition(self, _info: Info, identifier: Row) -> Row | None:
        there = (identifier["namespace"], identifier["key"]) in self.definitions
        return {"id": gid("MetafieldDefinition", 1), "type": {"name": self.reference_type}} if there else None

    def _define(self, _info: Info, definition: Row) -> Row:
        known_as = (definition["namespace"], definition["key"])
        if known_as in self.definitions:
            return said(
                "Key is in use for Product metafields on the 'hub' namespace.", "definition", "key", code="TAKEN"
            )
        assert definition["type"] == "id", "only this type is unique by itself"
        self.definitions.add(known_as)
        return {"createdDefinition": {"id": gid("MetafieldDefinition", 1), "type": {"name": "id"}}, "userErrors": []}

    def _hooks(self) -> list[Row]:
        return [{"id": gid("WebhookSubscription", each.id), **each.values} for each in self.webhooks.there()]

    def _subscribe(self, _info: Info, topic: str, webhookSubscription: Row) -> Row:  # noqa: N803
        uri = webhookSubscription["uri"]
        if not uri.startswith("https://"):
            return said("Address is not allowed", "webhookSubscription", "uri")
        if any(each.values == {"topic": topic, "uri": uri} for each in self.webhooks.there()):
            return said("Address for this topic has already been taken", "webhookSubscription", "uri")
        self.webhooks.add({"topic": topic, "uri": uri})
        return {"userErrors": []}

    # What it has

    def written(self, moment: datetime) -> str:
        """Return an instant as it is shown: in UTC, in whole seconds."""
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def variants_of(self, product: int) -> list[Record]:
        """Return the variants of a product."""
        return [each for each in self.variants.there() if each.values["product"] == product]

    # What people do there

    def add(self, stream: str) -> str:
        if stream == "parties":
            told = {"firstName": "Ewa", "lastName": "Nowak"}
            record = self.customers.add({**told, "email": f"ewa{len(self.customers.records)}@example.com"})
            return gid("Customer", record.id)
        if stream == "orders":
            return self.place_order(self.clock.now())[0]
        return self._add_product() + ("|PLN" if stream == "prices" else "")

    def _add_product(self) -> str:
        record = self.products.add({**catalogue.BLANK, "reference": None})
        record.values["title"] = f"Lamp {record.id}"
        told = {"sku": f"L-{record.id}", "price": "9.90", "tracked": True, "levels": {1: 5, 2: 70}}
        varied = record.id % VARIED == 0
        own = {"title": "S", "option": "Size"} if varied else {}
        id_ = self.variants.add(catalogue.new_variant(record.id, **told, **own)).id
        if varied:
            self.variants.add(
                catalogue.new_variant(record.id, **told | {"sku": f"L-{record.id}-L"}, title="L", option="Size")
            )
        return gid("ProductVariant", id_)

    def place_order(self, at: datetime) -> tuple[str, Mapping[str, str]]:
        buyer = number(self.add("parties")) if len(self.orders.records) % 2 else None
        record, totals = orders.placed(self, at, buyer)
        return gid("Order", record.id), totals

    def call(self, stream: str, id_: str, secret: str) -> Call:
        topic = {"products": "products/update", "parties": "customers/update", "orders": "orders/updated"}[stream]
        payload: Row = {"id": number(id_), "admin_graphql_api_id": id_}
        if stream == "products":
            product = self.variants.records[number(id_)].values["product"]
            payload = {"id": product, "variants": [{"id": each.id} for each in self.variants_of(product)]}
        body = json.dumps(payload).encode()
        signature = base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
        at = self.clock.now().isoformat().replace("+00:00", "000Z")
        told = {"hmac-sha256": signature, "topic": topic, "event-id": "98880550", "triggered-at": at}
        return Call({f"x-shopify-{name}": value for name, value in told.items()}, body)

    def switch_off_webhooks(self) -> None:
        self.webhooks.records.clear()

    def complete(self, order: str) -> None:
        now = self.written(self.clock.now())
        self.orders.change(number(order), {"displayFulfillmentStatus": "FULFILLED", "closedAt": now})

    def change(self, stream: str, id_: str, *, marked: bool = True) -> None:
        table, key = self._where(stream, id_)
        values = table.records[key].values
        if stream == "stock":
            values["levels"][1] += 1
        elif stream == "orders":
            values["lines"][0]["currentQuantity"] = 0
        else:
            told = {
                "products": ("barcode", "5901234123457"),
                "prices": ("price", "8.10"),
                "parties": ("lastName", "Kos"),
            }
            name, value = told[stream]
            values[name] = value
        if marked:
            self.touch(stream, id_)

    def touch(self, stream: str, id_: str) -> None:
        table, key = self._where(stream, id_)
        if table is self.variants:
            self.products.touch(self.variants.records[key].values["product"])
        else:
            table.touch(key)

    def remove(self, stream: str, id_: str) -> None:
        table, key = self._where(stream, id_)
        product = table.records[key].values.get("product")
        table.remove(key)
        if product and not self.variants_of(product):
            self.products.remove(product)

    def count(self, stream: str) -> int:
        tables = {"parties": self.customers, "orders": self.orders}
        return len(tables.get(stream, self.variants).records)

    def _where(self, stream: str, id_: str) -> tuple[Table, int]:
        tables = {"parties": self.customers, "orders": self.orders}
        return tables.get(stream, self.variants), number(id_.partition("|")[0])


def _fits(shop: Shopify, record: Record, query: str) -> bool:
    since = re.fullmatch(r"updated_at:>='([^']+)'", query)
    assert bool(query) == bool(since), query
    return not since or shop.written(record.modified) >= shop.written(datetime.fromisoformat(since[1]))
