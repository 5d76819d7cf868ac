"""django-oscar, in front of its connector and of its description."""

import secrets
from collections.abc import Mapping
from typing import Any, ClassVar

from adapters.eshop.oscar.connector import OscarConnector
from adapters.eshop.oscar.options import OscarOptions
from hub.clock import Clock, SystemClock
from hub.connector import Exchange
from tests.contract.rest_examples import connected, described
from tests.fronts.front import Front
from tests.peers import Peer
from tests.peers.oscar_shop import ADDRESS, find_products, place_order, staff

PRODUCTS, ORDERS = (rf"\AGET \S*/admin/{what}/(\?|\n)" for what in ("products", "orders"))
CANNOT_HAPPEN = {
    "s08": "it has no webhooks",
    "s10": "its interface only shows orders: nothing is told to them",
    "s23": "its keys do not end, and there is no token to be renewed",
    "s25": "its lists come whole, as they are at one moment",
}
"""Rows of the list of accidents, and why."""


def programmed_oscar(shop: Peer, at: str, clock: Clock | None = None, **options: Any) -> Exchange:
    """Open the programmed connector of the shop at an address; options may be given."""
    given = {"url": f"{at}/api", "user": shop["user"], "password": "env:SHOP_PASSWORD", **options}
    return OscarConnector("shop", OscarOptions.model_validate(given), clock or SystemClock())


def login(user: str, password: str) -> dict[str, str]:
    """Return the table `auth` of the shop's description."""
    return {"type": "basic", "user": user, "password": password}


def described_oscar(shop: Peer, at: str, _clock: Clock | None = None, **options: Any) -> Exchange:
    """Open the connector that examples/rest/oscar.toml describes; options may be given."""
    given: dict[str, Any] = {"url": f"{at}/api", "auth": login(shop["user"], "env:SHOP_PASSWORD"), **options}
    return connected(described("oscar"), None, **given)


class Oscar(Front):
    """A shop whose staff and customers act through its own interface."""

    system = "oscar"
    comes_whole = True
    several = 22  # orders come in pages of twenty, of the connector's own
    tells_total = False
    postcode = "1000"
    creates: ClassVar = {"products": r"\APOST \S*/admin/products/"}
    lists: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("products", "prices", "stock"), PRODUCTS),
        **dict.fromkeys(("parties", "orders"), ORDERS),
    }
    wrong_key: Mapping[str, Any] = {"password": "env:WRONG_KEY"}
    wrong_login: ClassVar = {"authorization": "Basic aHViOndyb25n"}

    def __init__(self, peer: Peer) -> None:
        super().__init__(peer)
        self.environment = {"SHOP_PASSWORD": peer["password"]}

    def connect(self, clock: Clock | None = None, **options: Any) -> Exchange:
        return programmed_oscar(self.peer, self.server.url, clock, **options)

    def staff(self, path: str, body: object = None, method: str | None = None) -> Any:
        """Ask, or do, what the shop's staff may."""
        return staff(self.peer, path, body, method=method)

    def add_product(self, sku: str = "") -> str:
        sku = sku or secrets.token_hex(4)
        record = {"partner_sku": sku, "price": "3.33", "price_currency": "EUR", "num_in_stock": 1000}
        record["partner"] = self.staff("partners")[0]["url"]
        new = {"upc": sku, "slug": sku, "title": f"Lamp {sku}", "product_class": "goods", "structure": "standalone"}
        return str(self.staff("products", new | {"stockrecords": [record]})["id"])

    def add_order(self) -> str:
        return self.order_of(place_order(self.peer, {"W001": 2, "W003": 1}, f"{secrets.token_hex(4)}@example.com"))

    def order_of(self, number: str) -> str:
        """Return the identity of an order by its number."""
        return next(each["url"].split("/")[-2] for each in self.staff("orders") if each["number"] == number)

    def buy(self) -> tuple[str, Mapping[str, str]]:
        known, gone = find_products(self.peer), secrets.token_hex(4)
        if "00042" not in known:
            self.add_product("00042")
        id_ = self.add_product(gone)
        home = {**ADDRESS, "postcode": self.postcode}
        order = self.order_of(place_order(self.peer, {"00042": 3, gone: 1}, "ana@example.com", address=home))
        self.remove("products", id_)
        told = self.staff(f"orders/{order}")
        return order, {"net": told["total_excl_tax"], "gross": told["total_incl_tax"]}

    def count(self, stream: str) -> int:
        return len(self.staff(stream))

    def change_product(self, id_: str) -> None:
        self.staff(f"products/{id_}", {"title": secrets.token_hex(4)}, "PATCH")

    def change_price(self, id_: str) -> None:
        self._change_record(id_, price=f"{1 + secrets.randbelow(1000)}.77")

    def change_stock(self, id_: str) -> None:
        self._change_record(id_, num_in_stock=1000 + secrets.randbelow(1000))

    def _change_record(self, id_: str, **values: Any) -> None:
        (record,) = self.staff(f"products/{id_}")["stockrecords"]
        self.staff(f"stockrecords/{record['url'].split('/')[-2]}", values, "PATCH")

    def remove_product(self, id_: str) -> None:
        self.staff(f"products/{id_}", method="DELETE")

    def remove_order(self, id_: str) -> None:
        self.staff(f"orders/{id_}", method="DELETE")

    adding: ClassVar = {"products": add_product, "orders": add_order}
    changing: ClassVar = {"products": change_product, "prices": change_price, "stock": change_stock}
    removing: ClassVar = {"products": remove_product, "orders": remove_order}


class DescribedOscar(Oscar):
    """The same, by examples/rest/oscar.toml alone."""

    def __init__(self, peer: Peer) -> None:
        super().__init__(peer)
        self.wrong_key = {"auth": login(peer["user"], "env:WRONG_KEY")}

    def connect(self, clock: Clock | None = None, **options: Any) -> Exchange:
        return described_oscar(self.peer, self.server.url, clock, **options)
