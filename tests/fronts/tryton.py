"""Tryton, in front of its connector."""

import secrets
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from adapters.erp.tryton.connector import TrytonConnector
from adapters.erp.tryton.options import TrytonOptions
from hub.clock import Clock, SystemClock
from hub.connector import Exchange, Write
from tests.fronts.front import Front
from tests.peers import Peer
from tests.peers.tryton_office import Article, Office

PRODUCTS = r"\AGET \S*/model/product\.product\?\S*&s=\d"
OURS: Mapping[str, tuple[str, list[Any]]] = {
    "parties": ("party.party", []),
    "orders": ("sale.sale", [["description", "like", "hub:%"]]),
}
"""Stream -> the model of its records, and what they are chosen by."""


def order(number: str, **more: Any) -> Write:
    """Return an order of customer 2, tax included: one line of a product, one of a product that is gone."""
    record = {
        "channel": "shop-a",
        "number": number,
        "placed_at": "2026-11-21T10:00:00Z",
        "party": "p",
        "currency": "EUR",
        "tax_included": True,
        "shipping_address": {"street": "Side 2", "city": "Kranj", "postcode": "4000", "country": "SI"},
        "lines": [
            {"id": "1", "sku": "W001", "name": "Widget 1", "quantity": "3", "unit_price": "9.99", "tax_rate": "20"},
            {"id": "2", "sku": "GONE", "name": "Gone", "quantity": "7", "unit_price": "5.55", "tax_rate": "20"},
        ],
        "shipping": [{"name": "Post", "amount": "4.90", "tax_rate": "20"}],
        "totals": {"gross": "73.73"},
        **more,
    }
    links = {"parties": {"p": "2"}, "products": {"W001": "1"}}
    return Write(f"shop-a|{number}", record, record, reference=f"o-{number}", links=links)


class Tryton(Front):
    """An ERP whose office works by its JSON-RPC."""

    system = "tryton"
    tells_total = False
    creates: ClassVar = {name: rf"\APOST \S*/model/{model}/create" for name, (model, _) in OURS.items()}
    lists: ClassVar = dict.fromkeys(("products", "prices", "stock"), PRODUCTS) | {
        name: rf"\AGET \S*/model/{model}\?\S*&s=\d" for name, (model, _) in OURS.items()
    }
    wrong_key: Mapping[str, Any] = {"key": "env:WRONG_KEY"}
    wrong_login: ClassVar = {"authorization": "bearer not-this-one"}

    def __init__(self, peer: Peer) -> None:
        super().__init__(peer)
        self.environment = {"ERP_KEY": peer["rest_key"], "ERP_PASSWORD": peer["password"]}
        self.office = Office(peer)

    def connect(self, clock: Clock | None = None, **options: Any) -> Exchange:
        login = {"key": "env:ERP_KEY", "user": self.peer["user"], "password": "env:ERP_PASSWORD"}
        given = {"url": f"{self.server.url}/{self.peer['database']}", **login, **options}
        return TrytonConnector("erp", TrytonOptions.model_validate(given), clock or SystemClock())

    def shown(self, id_: str) -> str:
        return f'"id": {id_}'

    def count(self, stream: str) -> int:
        model, only = OURS.get(stream, ("product.product", []))
        return self.office.call(f"model.{model}.search_count", only)

    def add_product(self) -> str:
        sku = secrets.token_hex(4)
        self.office.make_products([Article(sku, f"Lamp {sku}", "3.33")])
        return str(self.office.products([sku])[sku])

    def add_party(self) -> str:
        token = secrets.token_hex(4)
        mail = ["create", [{"type": "email", "value": f"{token}@example.com"}]]
        return str(self.office.call("model.party.party.create", [{"name": token, "contact_mechanisms": [mail]}])[0])

    def add_order(self) -> str:
        """Bring a draft, past the server."""
        [draft] = self.connect(url=self.peer.url, confirm="draft").write("orders", [order(secrets.token_hex(4))])
        return str(draft.id)

    def change_product(self, id_: str) -> None:
        self.office.call("model.product.product.write", [int(id_)], {"description": secrets.token_hex(4)})

    def change_price(self, id_: str) -> None:
        new = {"list_price": Decimal(secrets.randbelow(10_000)) / 100}
        [row] = self.office.rows("product.product", [["id", "=", int(id_)]], "template")
        self.office.call("model.product.template.write", [row["template"]], new)

    def change_stock(self, id_: str) -> None:
        self.office.count({int(id_.partition("|")[0]): 100 + secrets.randbelow(1000)})

    def change_party(self, id_: str) -> None:
        self.office.call("model.party.party.write", [int(id_)], {"name": secrets.token_hex(4)})

    def remove_product(self, id_: str) -> None:
        self.office.call("model.product.product.delete", [int(id_)])

    def remove_party(self, id_: str) -> None:
        self.office.call("model.party.party.delete", [int(id_)])

    adding: ClassVar = {"products": add_product, "prices": add_product, "parties": add_party, "orders": add_order}
    changing: ClassVar = {
        "products": change_product,
        "prices": change_price,
        "stock": change_stock,
        "parties": change_party,
    }
    removing: ClassVar = {"products": remove_product, "parties": remove_party}
