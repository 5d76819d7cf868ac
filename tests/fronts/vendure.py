"""Vendure, in front of its connector."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from adapters.eshop.vendure.connector import VendureConnector
from adapters.eshop.vendure.options import VendureOptions
from hub.clock import Clock, SystemClock
from hub.connector import Exchange, Write
from tests.fakes.server import Asked, Reply
from tests.fronts.front import Front
from tests.peers import Peer
from tests.peers.vendure_shop import ADDRESS, log_in, place_order, run

COUNT = """query($orders:OrderListOptions){parties:customers{totalItems} products:productVariants{totalItems}
    orders(options:$orders){totalItems}}"""
PLACED = {"filter": {"orderPlacedAt": {"isNull": False}}}
ORDERS = "query($options:OrderListOptions){orders(options:$options){items{id total totalWithTax}}}"
CHANGE_VARIANT = "mutation($v:[UpdateProductVariantInput!]!){updateProductVariants(input:$v){id}}"
REMOVE_PRODUCT = "mutation($id:ID!){deleteProductVariant(id:$id){result message}}"
NOTE = "mutation($input:AddNoteToOrderInput!){addNoteToOrder(input:$input){id}}"
ADD_PARTY = """mutation($input:CreateCustomerInput!){made:createCustomer(input:$input){
    ...on Customer{id} ...on ErrorResult{errorCode message}}}"""
CHANGE_PARTY = """mutation($input:UpdateCustomerInput!){updateCustomer(input:$input){
    ...on Customer{id} ...on ErrorResult{errorCode message}}}"""
REMOVE_PARTY = "mutation($id:ID!){deleteCustomer(id:$id){result message}}"


class Vendure(Front):
    """A shop whose staff work by its Admin API."""

    system = "vendure"
    writes = r'"query":"mutation(?!\(\$user)'
    creates: ClassVar = {"products": r'"query":"mutation\(\$v:\[CreateProductVariantInput'}
    lists: ClassVar = {
        "products": r'list:product(Variant)?s\((?!.*(prices|stockLevels)\{).*"skip"',
        "prices": r'list:productVariants\(.*prices\{.*"skip"',
        "stock": r'list:productVariants\(.*stockLevels\{.*"skip"',
        "parties": r'list:customers\(.*"skip"',
        "orders": r'list:orders\(.*"skip"',
    }
    wrong_key: Mapping[str, Any] = {"password": "env:WRONG_KEY"}
    wrong_login: ClassVar = {"authorization": "Bearer not-this-one"}

    def __init__(self, peer: Peer) -> None:
        super().__init__(peer)
        self.environment = {"SHOP_PASSWORD": peer["password"]}

    def secrets(self) -> Sequence[str]:
        return []  # the password is the user's name

    def connect(self, clock: Clock | None = None, **options: Any) -> Exchange:
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

    @cached_property
    def staff(self) -> Exchange:
        """What acts in the shop past the server."""
        return self.connect(url=self.peer.url)

    def ask(self, query: str, **variables: object) -> Any:
        """Ask, or do, what the shop's staff may."""
        known = log_in(self.peer["admin_api"], self.peer["user"], self.peer["password"])
        return run(self.peer["admin_api"], {"Authorization": known}, query, **variables)

    def shown(self, id_: str) -> str:
        return f'"id":"{id_}"'

    def count(self, stream: str) -> int:
        return self.ask(COUNT, orders=PLACED)[stream]["totalItems"]

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
        return self._order("code", code)["id"]

    def _order(self, by: str, value: str) -> Mapping[str, Any]:
        (found,) = self.ask(ORDERS, options={"filter": {by: {"eq": value}}})["orders"]["items"]
        return found

    def buy(self) -> tuple[str, Mapping[str, str]]:
        self.offer("00042")
        gone = f"G-{secrets.token_hex(4)}"
        id_, home = self.offer(gone), {**ADDRESS, "postalCode": self.postcode}
        order = self.order_of(place_order(self.peer, {"00042": 3, gone: 1}, f"{gone}@example.com", address=home))
        self.remove_product(id_)
        net, gross = (f"{Decimal(self._order('id', order)[name]) / 100:.2f}" for name in ("total", "totalWithTax"))
        return order, {"net": net, "gross": gross}

    def complete(self, order: str) -> None:
        told = {"status": "completed"}
        (done,) = self.staff.write("orders", [Write("o", told, told, id=order)])
        assert done.outcome == "done", done

    def change_variant(self, id_: str) -> None:
        variant, price = id_.partition("|")[0], secrets.randbelow(10**9)  # another one each time
        self.ask(CHANGE_VARIANT, v=[{"id": variant, "price": price, "sku": f"N{variant}-{price}"}])

    def change_party(self, id_: str) -> None:
        self.ask(CHANGE_PARTY, input={"id": id_, "lastName": secrets.token_hex(4)})

    def change_order(self, id_: str) -> None:
        self.ask(NOTE, input={"id": id_, "note": "Invoice: 1", "isPublic": True})

    def remove_product(self, id_: str) -> None:
        self.ask(REMOVE_PRODUCT, id=id_)

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
