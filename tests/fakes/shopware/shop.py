"""The shop: its routes, its integration's key, and what its users do."""

import uuid
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from adapters.eshop.shopware.connector import ShopwareConnector
from adapters.eshop.shopware.options import ShopwareOptions
from hub.app.vault import MemoryVault
from hub.clock import SystemClock
from hub.connector import Exchange
from tests.fakes.fake import Fake
from tests.fakes.records import Record, Table
from tests.fakes.server import Asked, Reply
from tests.fakes.shopware import orders
from tests.fakes.shopware.criteria import Wrong, answer, errors
from tests.fakes.shopware.entities import DEFAULT_CURRENCY, Entities, by_uuid
from tests.fakes.shopware.orders import Line
from tests.fakes.shopware.writing import PRODUCT, Writes

ENTITIES = [
    "product",
    "customer",
    "order",
    "tax",
    "currency",
    "category",
    "product_manufacturer",
    "media",
    "media_folder",
    "sales_channel",
    "product_visibility",
]
CHANNEL = "98432def39fc4624b33213a56b8c944d"
KEY, SECRET = "SWIATKTYADFGUWC2CM5VD0XSMG", "NXJ1ZG9sMGhXYTR0c0pVd3Nqc0V6cnFq"
COUNTRY = {"apiAlias": "country", "iso": "DE", "name": "Deutschland"}
STATE = {"apiAlias": "country_state", "shortCode": "DE-BY", "name": "Bayern"}
LINES = (
    Line("Lampe", "9.99", {"19": "9.99"}, "00042"),
    Line("Schirm", "9.99", {"19": "9.99"}, "OLD-1", gone=True),
    Line("Gravur", "9.99", {"19": "9.99"}, type="custom"),
)


class Shop(Fake, Entities):
    """Shopware 6.7, with German words, euros and zlotys."""

    environment: ClassVar = {"SHOPWARE_KEY": KEY, "SHOPWARE_SECRET": SECRET}
    wrong_key: ClassVar = {"secret": "env:WRONG_KEY"}
    creates: ClassVar = {"products": r"POST .*/_action/sync\n.*\"productNumber\""}
    lists: ClassVar = {
        "products": r"POST .*/search/product\n.*\"limit\":[1-9]\d",
        "prices": r"POST .*/search/product\n.*\"limit\":[1-9]\d",
        "stock": r"POST .*/search/product\n.*\"limit\":[1-9]\d",
        "parties": r"POST .*/search/customer\n.*\"limit\":[1-9]\d",
        "orders": r"POST .*/search/order\n.*\"limit\":[1-9]\d",
    }
    writes: ClassVar = r"\APOST .*/_action/"
    postcode: ClassVar = "01067"

    def __init__(self) -> None:
        super().__init__()
        self.tables = {name: Table(self.clock) for name in ENTITIES}
        self.made = 0
        self.tokens: dict[str, datetime] = {}
        self.secret = SECRET
        self.uploaded: dict[str, bytes] = {}
        self.taxes = {
            rate: self.keep("tax", taxRate=rate, name=f"{rate} %", position=at) for at, rate in enumerate((19, 7, 0))
        }
        self.tables["currency"].add({"id": DEFAULT_CURRENCY, "isoCode": "EUR", "factor": 1})
        self.zloty = self.keep("currency", isoCode="PLN", factor=4.3)
        self.root = self.keep("category", name="Katalog", parentId=None, active=True)
        footer = self.keep("category", name="Footer", parentId=None, active=True)
        self.keep("category", name="Impressum", parentId=footer, active=True)
        self.folder = self.keep(
            "media_folder",
            name="Product Media",
            defaultFolder={"apiAlias": "media_default_folder", "entity": "product"},
        )
        channel = {
            "id": CHANNEL,
            "name": "Storefront",
            "navigationCategoryId": self.root,
            "taxCalculationType": "vertical",
        }
        self.tables["sales_channel"].add(channel)

    def uuid(self) -> str:
        """Return an identity that is in use nowhere; they come in no order."""
        self.made += 1
        return uuid.UUID(int=(self.made * 0x9E3779B97F4A7C15F39CC0605CEDC835) % 2**128, version=4).hex

    def keep(self, entity: str, **values: Any) -> str:
        """Add a record; return its identity."""
        id_ = self.uuid()
        self.tables[entity].add({"id": id_, **values})
        return id_

    def record(self, stream: str, id_: str) -> Record:
        """Return a record by its identity."""
        entity = {"parties": "customer", "orders": "order"}.get(stream, "product")
        record = by_uuid(self.tables[entity], id_.partition("|")[0])
        assert record
        return record

    def connect(self, **options: Any) -> Exchange:
        keys = {"key": "env:SHOPWARE_KEY", "secret": "env:SHOPWARE_SECRET", "channel": CHANNEL}
        told = {"url": self.server.url, **keys, "requests_per_second": 1000, **options}
        return ShopwareConnector("shop", ShopwareOptions.model_validate(told), SystemClock(), MemoryVault())

    # The interface

    def refusal(self, asked: Asked) -> Reply | None:
        """Refuse what comes without a token that is in use (page "Authentication"): a token ends after 600 seconds."""
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if asked.path == "/api/oauth/token" or self.tokens.get(token, self.clock.now()) > self.clock.now():
            return None
        return errors(
            401,
            [
                {
                    "code": "9",
                    "status": "401",
                    "title": "The resource owner or authorization server denied the request.",
                    "detail": 'Missing "Authorization" header' if not token else "Access token could not be verified",
                }
            ],
        )

    def nothing_there(self, asked: Asked) -> Reply:
        return errors(404, [{"code": "0", "status": "404", "title": "Not Found", "detail": f"No route {asked.path}"}])

    def without_rows(self, reply: Reply) -> Reply:
        return Reply(reply.status, {**reply.body, "data": []}, reply.headers)

    def token(self, asked: Asked) -> Reply:
        """Give a token for the client credentials of an integration, as a form or as JSON."""
        form = dict(asked.json) if "json" in asked.headers.get("content-type", "") else form_of(asked)
        if (form.get("client_id"), form.get("client_secret")) != (KEY, self.secret):
            title = "Client authentication failed"
            return errors(401, [{"code": "4", "status": "401", "title": title, "detail": None}])
        if form.get("grant_type") != "client_credentials":
            return errors(400, [{"code": "2", "status": "400", "title": "Unsupported grant type", "detail": None}])
        token = f"eyJ0eXAi.{len(self.tokens)}.{self.uuid()}"
        self.tokens[token] = self.clock.now() + timedelta(seconds=600)
        return Reply(200, {"token_type": "Bearer", "expires_in": 600, "access_token": token})

    def search(self, asked: Asked, name: str) -> Reply:
        """Answer with a list, as plain JSON only if that is asked for; without, as JSON:API."""
        entity, criteria = name.replace("-", "_"), asked.json
        if asked.headers.get("accept") != "application/json":
            raise NotImplementedError("the fake does not speak JSON:API")
        inherit = bool(asked.headers.get("sw-inheritance"))
        table = self.tables[entity]
        records = table.in_any_order(table.there(), key=lambda _: 0)
        try:
            return Reply(200, answer(entity, [self.whole(entity, each, inherit=inherit) for each in records], criteria))
        except Wrong as wrong:
            return wrong.reply()

    def sync(self, asked: Asked) -> Reply:
        return Writes(self).sync(asked.json)

    def order_state(self, asked: Asked, id_: str, transition: str) -> Reply:
        record = by_uuid(self.tables["order"], id_)
        if not record:
            return self.nothing_there(asked)
        return self.transition(record, record.values, orders.ORDER, transition)

    def delivery_state(self, asked: Asked, id_: str, transition: str) -> Reply:
        """Move the state of a delivery: the order's own mark stays where it is."""
        for record in self.tables["order"].records.values():
            for delivery in record.values["deliveries"]:
                if delivery["id"] == id_:
                    return self.transition(None, delivery, orders.DELIVERY, transition)
        return self.nothing_there(asked)

    def transition(self, owner: Record | None, record: dict[str, Any], machine: Any, transition: str) -> Reply:
        try:
            if orders.moved(record, machine, transition) and owner:
                self.tables["order"].touch(owner.id)
            elif not owner:
                record["updatedAt"] = self.clock.now().isoformat(timespec="milliseconds")
        except Wrong as wrong:
            return wrong.reply()
        return Reply(200, record["stateMachineState"])

    def upload(self, asked: Asked, id_: str) -> Reply:
        """Take a file: the body of the request, the type in its header, name and extension in the address."""
        record = by_uuid(self.tables["media"], id_)
        if not record:
            return errors(
                404, [{"code": "CONTENT__MEDIA_NOT_FOUND", "status": "404", "detail": f"Media {id_} not found"}]
            )
        if not asked.query.get("extension"):
            return Wrong("CONTENT__MEDIA_MISSING_FILE_EXTENSION", "No file extension provided.").reply()
        if not asked.headers.get("content-type", "").startswith("image/"):
            return Wrong("CONTENT__MEDIA_ILLEGAL_FILE", "The fake takes the body as a picture only.").reply()
        name = asked.query.get("fileName", id_)
        for each in self.tables["media"].records.values():
            if each is not record and each.values.get("fileName") == name:
                return Wrong(
                    "CONTENT__MEDIA_DUPLICATED_FILE_NAME", f"A file with the name {name} already exists.", status=409
                ).reply()
        self.uploaded[id_] = asked.body
        url = f"{self.server.url}/media/{name}.{asked.query['extension']}?ts={self.clock.now().timestamp():.0f}"
        self.tables["media"].change(record.id, {"fileName": name, "url": url, "hasFile": True})
        return Reply(204, None, {"location": f"{self.server.url}/api/media/{id_}"})

    routes: ClassVar = {
        "POST /api/oauth/token": token,
        "POST /api/search/{entity}": search,
        "POST /api/_action/sync": sync,
        "POST /api/_action/order/{id}/state/{transition}": order_state,
        "POST /api/_action/order_delivery/{id}/state/{transition}": delivery_state,
        "POST /api/_action/media/{id}/upload": upload,
    }

    # What its users do

    def secrets(self) -> Sequence[str]:
        return [*self.environment.values(), *self.tokens]

    def rotate_key(self) -> None:
        """Make another secret for the integration; tokens that were given end with it (their client is looked up)."""
        self.secret = "another"
        self.tokens.clear()

    def add(self, stream: str) -> str:
        if stream == "parties":
            return self.add_customer()
        if stream == "orders":
            return self.place_order(self.clock.now())[0]
        return self.add_product() + (f"|{'EUR'}" if stream == "prices" else "")

    def add_product(self, **values: Any) -> str:
        number = f"SW{10000 + self.made}"
        price = [
            {"currencyId": DEFAULT_CURRENCY, "net": 8.3949579831933, "gross": 9.99, "linked": True, "listPrice": None}
        ]
        product = deepcopy(dict(PRODUCT)) | {
            "productNumber": number,
            "name": "Lampe",
            "taxId": self.taxes[19],
            "stock": 7,
        }
        return self.keep("product", **{**product, "active": True, "price": price, **values})

    def add_customer(self, *, guest: bool = False) -> str:
        address = {**self.address(), "apiAlias": "customer_address", "id": self.uuid(), "updatedAt": None}
        id_, number = self.uuid(), str(10000 + self.made)
        self.tables["customer"].add(
            {
                "id": id_,
                "customerNumber": number,
                "email": f"Kunde{number}@example.com",
                "firstName": "Jan",
                "lastName": "Muster",
                "company": "Muster GmbH",
                "vatIds": ["DE123456788"],
                "guest": guest,
                "active": True,
                "addresses": [{**address, "createdAt": self.clock.now().isoformat(timespec="milliseconds")}],
                "defaultBillingAddressId": address["id"],
                "defaultShippingAddressId": address["id"],
                "customFields": [],
            }
        )
        return id_

    def address(self) -> dict[str, Any]:
        return {
            "apiAlias": "order_address",
            "firstName": "Jan",
            "lastName": "Muster",
            "company": None,
            "street": "Lindenweg 4",
            "additionalAddressLine1": "Hinterhaus",
            "additionalAddressLine2": None,
            "zipcode": self.postcode,
            "city": "Dresden",
            "phoneNumber": "",
            "country": COUNTRY,
            "countryState": STATE,
        }

    def change(self, stream: str, id_: str, *, marked: bool = True) -> None:
        record = self.record(stream, id_)
        if stream == "prices":
            first, *others = record.values["price"]
            values: dict[str, Any] = {"price": [{**first, "gross": first["gross"] + 1}, *others]}
        else:
            old = record.values
            values = {
                "products": {"name": f"{old.get('name')}!"},
                "stock": {"stock": old.get("stock", 0) + 1},
                "parties": {"company": f"{old.get('company')}!"},
                "orders": {"customerComment": f"{old.get('customerComment')}!"},
            }[stream]
        self.table_of(stream).change(record.id, values, marked=marked)

    def touch(self, stream: str, id_: str) -> None:
        self.table_of(stream).touch(self.record(stream, id_).id)

    def remove(self, stream: str, id_: str) -> None:
        self.table_of(stream).remove(self.record(stream, id_).id)

    def count(self, stream: str) -> int:
        return len(self.table_of(stream).records)

    def table_of(self, stream: str) -> Table:
        return self.tables[{"parties": "customer", "orders": "order"}.get(stream, "product")]

    def place_order(self, at: datetime) -> tuple[str, Mapping[str, str]]:
        """Every second one is a guest's. The taxes are calculated from the sum: with those of the lines they differ."""
        id_ = self.order_of(LINES, at=at, guest=len(self.tables["order"].records) % 2 == 1)
        return id_, {"net": "29.38", "tax": "5.58", "gross": "34.96"}

    def order_of(
        self,
        lines: Sequence[Line],
        *,
        at: datetime,
        status: str = "gross",
        calculation: str = "vertical",
        guest: bool = False,
        cash: str | None = None,
        shipping: Mapping[str, str] | None = None,
    ) -> str:
        """Place an order; `shipping`: rate -> what the way costs at it."""
        buyer = by_uuid(self.tables["customer"], self.add_customer(guest=guest))
        assert buyer
        costs = shipping or {"19": "4.99"}
        way = orders.calculated(str(sum(map(Decimal, costs.values()))), costs, status)
        ids = [self.uuid() for _ in lines]
        made = orders.lines_of(lines, ids, status)
        price = orders.cart_price(
            [*(each["price"] for each in made if not each["parentId"]), way], status, calculation, cash
        )
        told = ("email", "firstName", "lastName", "company", "vatIds", "customerNumber")
        return self.keep(
            "order",
            orderNumber=str(10000 + self.made),
            orderDateTime=at.isoformat(timespec="milliseconds"),
            price=price,
            amountTotal=price["totalPrice"],
            amountNet=price["netPrice"],
            taxStatus=status,
            shippingCosts=way,
            customerComment="Bitte klingeln",
            stateMachineState=orders.state("open"),
            customFields=None,
            orderCustomer={
                "apiAlias": "order_customer",
                "customerId": buyer.values["id"],
                **{name: buyer.values[name] for name in told},
            },
            billingAddress=self.address(),
            addresses=[self.address()],
            deliveries=[orders.delivery(self.uuid(), {**self.address(), "street": "Packstation 7"}, way, at)],
            lineItems=made,
            transactions=[orders.transaction(self.uuid(), price["totalPrice"], at)],
            currency={"apiAlias": "currency", "isoCode": "EUR"},
            salesChannel={"apiAlias": "sales_channel", "name": "Storefront", "taxCalculationType": calculation},
        )

    def complete(self, order: str) -> None:
        record = self.record("orders", order)
        for transition in ("process", "complete"):
            orders.moved(record.values, orders.ORDER, transition)
        self.tables["order"].touch(record.id)


def form_of(asked: Asked) -> dict[str, str]:
    """Return the fields of a form."""
    return Asked("GET", f"/?{asked.body.decode()}", {}).query
