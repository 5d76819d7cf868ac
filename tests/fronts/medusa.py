"""Medusa, in front of its connector and of its description."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from adapters.eshop.medusa.connector import MedusaConnector
from adapters.eshop.medusa.options import MedusaOptions
from hub.clock import Clock, SystemClock
from hub.connector import Exchange
from tests.contract.rest_examples import connected, described
from tests.fakes.server import Asked, Reply
from tests.fronts.front import Front
from tests.peers import Peer
from tests.peers.medusa_shop import ADDRESS, admin, place_order, register

COUNTED = {"products": "product-variants", "parties": "customers", "orders": "orders"}
NAMES = {"sales_channel": "web", "stock_location": "Main", "shipping_profile": "Goods"}
"""What the shop began with."""
TABLES = {"channels": "web", "locations": "Main", "profiles": "Goods"}
"""The same, by the tables of its description."""
CANNOT_HAPPEN = {
    "s08": "it calls nobody, unless the shop's own code does",
    "s23": "its keys do not end, and there is no token to be renewed",
}
"""Rows of the list of accidents, and why."""


def programmed_medusa(at: str, clock: Clock | None = None, **options: Any) -> Exchange:
    """Open the programmed connector of the shop at an address; options may be given."""
    given = {"url": at, "key": "env:SHOP_KEY", **NAMES, **options}
    return MedusaConnector("shop", MedusaOptions.model_validate(given), clock or SystemClock())


def described_medusa(at: str, _clock: Clock | None = None, **options: Any) -> Exchange:
    """Open the connector that examples/rest/medusa.toml describes; options may be given."""
    table = described("medusa")
    for name, named in TABLES.items():
        table["tables"][name]["params"]["name"] = named
    given: dict[str, Any] = {"url": f"{at}/admin", **options}
    return connected(table, None, **given)


class Medusa(Front):
    """A shop whose staff work by its Admin API."""

    system = "medusa"
    creates: ClassVar = {
        "products": r'\APOST \S*/admin/products(\?\S*)?\n|\APOST \S*/admin/products/batch\S*\n.*"create":\[\{'
    }
    lists: ClassVar = dict.fromkeys(("products", "prices", "stock"), r"\AGET \S*/admin/products\?\S*offset=") | {
        "parties": r"\AGET \S*/admin/customers\?\S*offset=",
        "orders": r"\AGET \S*/admin/orders\?\S*offset=",
    }
    wrong_key: Mapping[str, Any] = {"key": "env:WRONG_KEY"}
    wrong_login: ClassVar = {"authorization": "Basic c2tfbm90X3RoaXM6"}

    def __init__(self, peer: Peer) -> None:
        super().__init__(peer)
        self.environment = {"SHOP_KEY": peer["secret_key"]}

    def connect(self, clock: Clock | None = None, **options: Any) -> Exchange:
        return programmed_medusa(self.server.url, clock, **options)

    def shortened(self, asked: Asked, most: int) -> Asked:
        if "offset=" not in asked.target or "order=updated_at" in asked.target:
            return asked
        return replace(asked, target=re.sub(r"\blimit=\d+", f"limit={most}", asked.target))

    def without_rows(self, reply: Reply) -> Reply:
        body = json.loads(reply.content)
        return Reply(reply.status, {name: [] if isinstance(told, list) else told for name, told in body.items()})

    def staff(self, path: str, body: object = None, *, method: str | None = None) -> Any:
        """Ask, or do, what the shop's staff may."""
        return admin(self.peer, path, body, method=method)

    def count(self, stream: str) -> int:
        return self.staff(f"{COUNTED[stream]}?limit=1&fields=id")["count"]

    def identity(self, product: Mapping[str, Any]) -> str:
        """Return what the connector calls the only variant of a product."""
        return product["variants"][0]["id"]

    def variant(self, id_: str) -> str:
        """Return the variant that a product, or a price, is of."""
        return id_.partition("|")[0]

    def article(self, id_: str) -> str:
        """Return the product that a variant stands under."""
        return self.staff(f"product-variants?id={self.variant(id_)}&fields=product_id")["variants"][0]["product_id"]

    def add_product(self, sku: str = "") -> str:
        sku = sku or f"M-{secrets.token_hex(4)}"
        prices = [{"amount": 33.33, "currency_code": "eur"}]
        own = {"title": "one", "sku": sku, "manage_inventory": False, "options": {"Size": "one"}, "prices": prices}
        told = {
            "title": f"Lamp {sku}",
            "handle": f"lamp-{sku.lower()}",
            "status": "published",
            "sales_channels": [{"id": self.peer["sales_channel"]}],
            "shipping_profile_id": self.peer["shipping_profile"],
            "options": [{"title": "Size", "values": ["one"]}],
        }
        return self.identity(self.staff("products", told | {"variants": [own]})["product"])

    def offer(self, sku: str) -> None:
        """Let a product be there that can be bought."""
        if not self.staff(f"product-variants?sku={sku}&fields=id")["variants"]:
            self.add_product(sku)

    def add_party(self) -> str:
        return register(self.peer, f"{secrets.token_hex(4)}@example.com", first_name="Ana", last_name="Kos")

    def add_order(self) -> str:
        self.offer("00042")
        return place_order(self.peer, [("00042", 1)], f"{secrets.token_hex(4)}@example.com")

    def buy(self) -> tuple[str, Mapping[str, str]]:
        self.offer("00042")
        gone = f"G-{secrets.token_hex(4)}"
        id_, home = self.add_product(gone), {**ADDRESS, "postal_code": self.postcode}
        order = place_order(self.peer, [("00042", 3), (gone, 1)], f"{gone.lower()}@example.com", address=home)
        self.remove_product(id_)
        told = self.staff(f"orders/{order}")["order"]
        gross, tax = (Decimal(str(told[name])) for name in ("total", "tax_total"))
        return order, {"net": f"{gross - tax:.2f}", "tax": f"{tax:.2f}", "gross": f"{gross:.2f}"}

    def complete(self, order: str) -> None:
        self.staff(f"orders/{order}/complete", {})

    def change_product(self, id_: str) -> None:
        self.staff(f"products/{self.article(id_)}", {"title": secrets.token_hex(4)})

    def change_price(self, id_: str) -> None:
        new = {"prices": [{"amount": 1 + secrets.randbelow(1000), "currency_code": "eur"}]}
        self.staff(f"products/{self.article(id_)}/variants/{self.variant(id_)}", new)

    def change_party(self, id_: str) -> None:
        self.staff(f"customers/{id_}", {"last_name": secrets.token_hex(4)})

    def change_order(self, id_: str) -> None:
        self.staff(f"orders/{id_}", {"email": f"{secrets.token_hex(4)}@example.com"})

    def remove_product(self, id_: str) -> None:
        self.staff(f"products/{self.article(id_)}", method="DELETE")

    def remove_party(self, id_: str) -> None:
        self.staff(f"customers/{id_}", method="DELETE")

    adding: ClassVar = {"products": add_product, "parties": add_party, "orders": add_order}
    changing: ClassVar = {
        "products": change_product,
        "prices": change_price,
        "parties": change_party,
        "orders": change_order,
    }
    removing: ClassVar = {"products": remove_product, "parties": remove_party}


class DescribedMedusa(Medusa):
    """The same, by examples/rest/medusa.toml alone: a variant is known by its product as well."""

    wrong_key: Mapping[str, Any] = {"auth": {"type": "basic", "user": "env:WRONG_KEY"}}

    def connect(self, clock: Clock | None = None, **options: Any) -> Exchange:
        return described_medusa(self.server.url, clock, **options)

    def identity(self, product: Mapping[str, Any]) -> str:
        return f"{product['id']}|{product['variants'][0]['id']}"

    def shown(self, id_: str) -> str:
        return f'"{id_.rpartition("|")[2]}"'

    def variant(self, id_: str) -> str:
        return id_.split("|")[1]

    def article(self, id_: str) -> str:
        return id_.partition("|")[0]
