"""Customers who order in both shops while it storms, and what the shops have of it in the end."""

import random
import threading
import urllib.error
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from tests.peers import Peer, oscar_shop, vendure_shop

Buy = Callable[[Mapping[str, int], str], str]

FAILED = (urllib.error.URLError, ConnectionError, TimeoutError, AssertionError)
"""What a customer meets whose shop is killed; whether the order was placed, they cannot know."""
AT_ONCE = 3
"""Customers of one shop."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order as a shop, or as the ERP, has it."""

    email: str
    lines: tuple[tuple[str, Decimal, Decimal], ...]
    """SKU, quantity, unit price without tax; in order."""
    total: Decimal


@dataclass
class Shopping:
    """Orders that are placed in one shop, until it has so many."""

    shop: str
    wanted: int
    buy: Buy
    there: Callable[[], int]
    """How many orders the shop has."""
    skus: Sequence[str]
    customers: int
    chance: random.Random
    failed: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)
    """Set when nobody waits for the orders any more: a shop that does not come back would be asked for ever."""

    def go(self) -> None:
        """Order until the shop has as many as are wanted: what was not answered may have been placed."""
        while not self.stopped.is_set() and (missing := self.wanted - self._counted()):
            with ThreadPoolExecutor(AT_ONCE) as threads:
                list(threads.map(self._order, [self._basket() for _ in range(missing)]))

    def _basket(self) -> tuple[Mapping[str, int], str]:
        chosen = self.chance.sample(self.skus, min(self.chance.randint(1, 4), len(self.skus)))
        email = f"c{self.chance.randrange(self.customers)}@storm.example"
        return {sku: self.chance.randint(1, 5) for sku in chosen}, email

    def _order(self, basket: tuple[Mapping[str, int], str]) -> None:
        try:
            self.buy(*basket)
        except FAILED:
            self.failed += 1

    def _counted(self) -> int:
        while not self.stopped.is_set():
            try:
                return self.there()
            except FAILED:
                self.stopped.wait(0.5)
        return self.wanted


def vendure(shop: Peer, wanted: int, skus: Sequence[str], customers: int, chance: random.Random) -> Shopping:
    """Return the shopping in Vendure."""
    buy: Buy = partial(vendure_shop.place_order, shop)
    return Shopping("shop-a", wanted, buy, lambda: len(vendure_orders(shop)), skus, customers, chance)


def oscar(shop: Peer, wanted: int, skus: Sequence[str], customers: int, chance: random.Random) -> Shopping:
    """Return the shopping in django-oscar."""
    buy: Buy = partial(oscar_shop.place_order, shop, ids=oscar_shop.find_products(shop))
    return Shopping("shop-b", wanted, buy, lambda: len(oscar_shop.staff(shop, "orders")), skus, customers, chance)


ORDERS = """query($skip:Int!){orders(options:{take:100,skip:$skip,sort:{id:ASC},filter:{orderPlacedAt:{isNull:false}}}){
    totalItems items{code totalWithTax customer{emailAddress} lines{quantity unitPrice productVariant{sku}}}}}"""


def vendure_orders(shop: Peer) -> dict[str, Order]:
    """Return what was ordered in Vendure, by number."""
    token = {"Authorization": vendure_shop.log_in(shop["admin_api"], shop["user"], shop["password"])}
    rows: list[Any] = []
    while True:
        told = vendure_shop.run(shop["admin_api"], token, ORDERS, skip=len(rows))["orders"]
        rows += told["items"]
        if len(rows) >= told["totalItems"]:
            return {each["code"]: _of_vendure(each) for each in rows}


def _of_vendure(row: Any) -> Order:
    lines = [
        (line["productVariant"]["sku"], Decimal(line["quantity"]), Decimal(line["unitPrice"]) / 100)
        for line in row["lines"]
    ]
    return Order(row["customer"]["emailAddress"], tuple(sorted(lines)), Decimal(row["totalWithTax"]) / 100)


def oscar_orders(shop: Peer) -> dict[str, Order]:
    """Return what was ordered in django-oscar, by number."""
    skus = {id_: sku for sku, id_ in oscar_shop.find_products(shop).items()}
    found: dict[str, Order] = {}
    for row in oscar_shop.staff(shop, "orders"):
        id_ = row["url"].rstrip("/").rpartition("/")[2]
        lines = [
            (
                skus[int(line["product"].rstrip("/").rpartition("/")[2])],
                Decimal(line["quantity"]),
                Decimal(line["price_excl_tax"]) / line["quantity"],
            )
            for line in oscar_shop.staff(shop, f"orders/{id_}/lines")
        ]
        found[row["number"]] = Order(row["email"], tuple(sorted(lines)), Decimal(row["total_incl_tax"]))
    return found
