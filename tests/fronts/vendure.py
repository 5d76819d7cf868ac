"""Vendure, in front of its connector."""

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from adapters.eshop.vendure import queries
from adapters.eshop.vendure.connector import VendureConnector
from adapters.eshop.vendure.options import VendureOptions
from hub.clock import Clock, SystemClock
from hub.connector import Write
from tests.fakes.server import Asked, Reply
from tests.fronts.front import Front
from tests.peers import Peer
from tests.peers.vendure_shop import ADDRESS, place_order

SUMS = "query($id:ID!){order(id:$id){total totalWithTax}}"
ADD_PARTY = """mutation($input:CreateCustomerInput!){made:createCustomer(input:$input){
    ...on Customer{id} ...on ErrorResult{errorCode message}}}"""
CHANGE_PARTY = """mutation($input:UpdateCustomerInput!){updateCustomer(input:$input){
    ...on Customer{id} ...on ErrorResult{errorCode message}}}"""
REMOVE_PARTY = "mutation($id:ID!){deleteCustomer(id:$id){result message}}"


class Vendure(Front):
    """A shop whose staff work by its Admin API."""

    system = "vendure"
    shown = '"id":"{}"'
    writes = r'"query":"mutation(?!\(\$user)'
    creates: ClassVar = {"products": r'"query":"mutation\(\$v:\[CreateProductVariantInput'}
    lists: ClassVar = {
        "products": r'items\{id sku name.*"skip"|list:products\(',
        "prices": r'items\{id sku updatedAt.*"skip"',
        "stock": r'items\{id sku levels.*"skip"',
        "parties": r'list:customers\(.*"skip"',
        "orders": r'list:orders\(.*"skip"',
    }
    wrong_key: Mapping[str, Any] = {"password": "env:WRONG_KEY"}
    wrong_login: ClassVar = {"authorization": "Bearer not-this-one"}

    def __init__(self, peer: Peer) -> None:
        super().__init__(peer)
        self.environment = {"SHOP_PASSWORD": peer["password"]}
        self._staff: VendureConnector | None = None

    def secrets(self) -> Sequence[str]:
        return []  # the password is the user's name

    def connect(self, clock: Clock | None = None, **options: Any) -> VendureConnector:
        login = {"user": self.peer["user"], "password": "env:SHOP_PASSWORD"}
        given = {"url": self.server.url, **login, **options}
        return VendureConnector("shop", VendureOptions.model_validate(given), clock or SystemClock())

    def shortened(self, asked: Asked, most: int) -> Asked:
        body = asked.json
        options = body.get("variables", {}).get("options", {})
        if options.get("take", 0) <= most or options.get("sort") != {"id": "ASC"}:
            return asked
        options["take"] = most
        return replace(asked, body=json.dumps(body).encode())

    def without_rows(self, reply: Reply) -> Reply:
        body = json.loads(reply.content)
        body["data"]["list"]["items"] = []
        return Reply(reply.status, body)

    def locked_out(self, asked: Asked) -> Asked:
        told = f'"password":"{self.peer["password"]}"'.encode()
        return replace(super().locked_out(asked), body=asked.body.replace(told, b'"password":"not-this-one"'))

    @property
    def staff(self) -> VendureConnector:
        """What acts in the shop past the server."""
        self._staff = self._staff or self.connect(url=self.peer.url)
        return self._staff

    def ask(self, query: str, **variables: object) -> Any:
        """Ask, or do, what the shop's staff may."""
        return self.staff.system.ask(query, **variables)

    def count(self, stream: str) -> int:
        asked = {"products": queries.STOCK, "parties": queries.CUSTOMERS, "orders": queries.ORDERS}[stream]
        only = {"orderPlacedAt": {"isNull": False}} if stream == "orders" else {}
        return self.ask(asked, options={"take": 1, "filter": only})["list"]["totalItems"]

    def add_product(self, sku: str = "") -> str:
        sku = sku or f"V-{secrets.token_hex(4)}"
        record = {"sku": sku, "name": f"Lamp {sku}", "active": True, "tax_rate": "20"}
        (made,) = self.staff.write("products", [Write(sku, record, record, reference=f"hub-{sku}")])
        return made.id or ""

    def offer(self, sku: str) -> str:
        """Let a product be there that can be bought; returns its identity."""
        (id_,) = self.staff.find("products", [Write(sku, {}, {"sku": sku})])[sku] or [self.add_product(sku)]
        for stream, told in (("prices", {"amount": "33.33", "currency": "EUR"}), ("stock", {"available": "50"})):
            (done,) = self.staff.write(stream, [Write(sku, told, {"sku": sku, **told}, links={"products": {sku: id_}})])
            assert done.outcome == "done", done
        return id_

    def add_party(self) -> str:
        told = {"firstName": "Ana", "lastName": "Kos", "emailAddress": f"{secrets.token_hex(4)}@example.com"}
        return self.ask(ADD_PARTY, input=told)["made"]["id"]

    def add_order(self) -> str:
        self.offer("W001")
        return self.order_of(place_order(self.peer, {"W001": 1}, f"{secrets.token_hex(4)}@example.com"))

    def order_of(self, code: str) -> str:
        """Return the identity of an order by its code."""
        return self.ask(queries.ORDERS, options={"filter": {"code": {"eq": code}}})["list"]["items"][0]["id"]

    def buy(self) -> tuple[str, Mapping[str, str]]:
        self.offer("00042")
        gone = f"G-{secrets.token_hex(4)}"
        id_, home = self.offer(gone), {**ADDRESS, "postalCode": self.postcode}
        order = self.order_of(place_order(self.peer, {"00042": 3, gone: 1}, f"{gone}@example.com", address=home))
        self.remove_product(id_)
        sums = self.ask(SUMS, id=order)["order"]
        net, gross = (str(Decimal(sums[name]) / 100) for name in ("total", "totalWithTax"))
        return order, {"net": net, "gross": gross}

    def complete(self, order: str) -> None:
        told = {"status": "completed"}
        (done,) = self.staff.write("orders", [Write("o", told, told, id=order)])
        assert done.outcome == "done", done

    def change_variant(self, id_: str) -> None:
        price = int(time.time())  # another one each time
        self.ask(queries.UPDATE_VARIANTS, v=[{"id": id_.partition("|")[0], "price": price, "sku": f"N{id_}{price}"}])

    def change_party(self, id_: str) -> None:
        self.ask(CHANGE_PARTY, input={"id": id_, "lastName": secrets.token_hex(4)})

    def change_order(self, id_: str) -> None:
        self.ask(queries.NOTE, input={"id": id_, "note": "Invoice: 1", "isPublic": True})

    def remove_product(self, id_: str) -> None:
        self.ask(queries.DELETE, a=[], v=[id_])

    def remove_party(self, id_: str) -> None:
        self.ask(REMOVE_PARTY, id=id_)

    adding: ClassVar = {"products": add_product, "parties": add_party, "orders": add_order}
    changing: ClassVar = {
        "products": change_variant,
        "prices": change_variant,
        "parties": change_party,
        "orders": change_order,
    }
    removing: ClassVar = {"products": remove_product, "parties": remove_party}
