"""BaseLinker, as a fake of it that misbehaves."""

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from hub.config.exchange import ExchangeOptions
from hub.store import Store
from hub.sync import System
from tests.contract.connector_suite import Sample
from tests.contract.misbehaving_suite import MisbehavingContract
from tests.contract.tables import ERP, Hub, Tables
from tests.fakes.baselinker import catalogue
from tests.fakes.baselinker.shop import BaseLinker


def product(token: str):
    known = {"sku": token, "name": "Lamp", "description": "<p>A lamp & more</p>", "gtin": "4006381333931"}
    more = {"category": "Lamps > Desk", "brand": "Acme", "tags": ["new", "web"], "attributes": {"Colour": "red"}}
    return {**known, **more, "tax_rate": "23", "weight": "1.25"}


class TestBaseLinker(MisbehavingContract):
    fakes = BaseLinker
    streams = ("products", "prices", "stock", "parties", "orders")
    page = 1000
    samples: ClassVar[Any] = {
        "products": Sample(
            product, {"name": "Lantern", "category": "Garden", "weight": "2.5"}, refused={"name": "x" * 201}
        ),
        "prices": Sample(
            lambda sku: {"sku": sku, "list": "default", "currency": "PLN", "amount": "21.99", "tax_included": True},
            {"amount": "19.99"},
            refused={"tax_included": False},
        ),
        "stock": Sample(lambda sku: {"sku": sku, "available": "5"}, {"available": "7"}),
    }
    untidy: ClassVar[Any] = {"products": {"weight": "0.125"}}
    excused: ClassVar[Any] = {"s08": "it calls nobody", "s23": "its token does not end, and is not renewed"}


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[BaseLinker]:
    base = BaseLinker()
    for name, value in base.environment.items():
        monkeypatch.setenv(name, value)
    yield base
    base.close()


@pytest.fixture
def hub(base: BaseLinker, migrated_sqlite: str) -> Iterator[Hub]:
    """A hub between an ERP and BaseLinker."""
    store = Store(migrated_sqlite)
    hub = Hub(store)
    options = ExchangeOptions.model_validate({"url": base.server.url})
    hub.systems["base"] = System("base", "eshop", base.connect(), options)
    yield hub
    store.close()


def test_orders_reach_an_erp_once_with_their_buyer(base: BaseLinker, hub: Hub):
    erp = hub.add("erp", "erp", Tables(ERP))
    for _ in range(2):
        base.place_order(base.clock.now())
        base.clock.move(minutes=1)
    for full in (False, True, False):
        hub.run("base", "orders", full=full)
        hub.run("erp", "parties", full=full)
        hub.run("erp", "orders", full=full)
        assert [party["email"] for party in erp.rows["parties"].values()] == ["jan@example.com"]
        assert sorted(order["number"] for order in erp.rows["orders"].values()) == ["3754894", "3754895"]
    assert len(erp.writes) == 3
    assert hub.waiting() == []


def test_the_catalogue_of_an_erp_is_brought_and_does_not_come_back(base: BaseLinker, hub: Hub):
    erp = hub.add("erp", "erp", Tables(ERP))
    known: dict[str, Any] = {"tax_rate": "23", "weight": "0.125", "category": "Lamps > Desk", "brand": "Acme"}
    erp.put("products", "1", sku="00042", name="Lamp", **known)
    erp.put("prices", "1", sku="00042", list="default", currency="PLN", amount="21.99", tax_included=True)
    erp.put("stock", "1", sku="00042", location="main", on_hand="2.5", reserved="0")
    hub.in_step("products", "prices", "stock")
    (product,) = base.products.there()
    assert (product.values["sku"], product.values["weight"]) == ("00042", 0.13)
    assert product.values["prices"][str(catalogue.GROUP)] == 21.99
    assert product.values["stock"] == {catalogue.WAREHOUSE: 2}
    written = len(base.server.seen(base.writes))
    for stream in ("products", "prices", "stock"):
        for system in ("base", "erp", "base"):
            hub.run(system, stream, full=True)
    assert len(base.server.seen(base.writes)) == written
    assert hub.waiting() == []
