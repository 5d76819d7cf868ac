"""Shopware keeps what every connector promises, and meets each accident that can befall it; see tests/fakes/shopware."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from hub.config.exchange import ExchangeOptions
from hub.store import Store
from hub.sync import System
from tests.contract.connector_suite import Sample
from tests.contract.misbehaving_suite import MisbehavingContract
from tests.contract.tables import ERP, Hub, Tables
from tests.fakes.shopware.shop import Shop


def product(token: str) -> dict[str, Any]:
    return {
        "sku": token,
        "gtin": "4006381333931",
        "name": "Lampe",
        "description": "<p>Hell</p>",
        "category": "Lampen > Tisch",
        "brand": "Muster",
        "tax_rate": "19",
        "weight": "1.25",
        "active": True,
    }


def price(token: str) -> dict[str, Any]:
    return {"sku": token, "list": "default", "currency": "EUR", "amount": "9.50", "tax_included": True}


class TestShopware(MisbehavingContract):
    fakes = Shop
    streams = ("products", "prices", "stock", "parties", "orders")
    samples: ClassVar[Mapping[str, Sample]] = {
        "products": Sample(
            product,
            {"name": "Leuchte", "category": "Lampen > Decke", "brand": "Anders", "tax_rate": "7", "active": False},
            refused={"tax_rate": "23"},
        ),
        "prices": Sample(price, {"amount": "12.00"}),
        "stock": Sample(lambda token: {"sku": token, "location": "main", "available": "5"}, {"available": "2"}),
    }
    untidy: ClassVar[Mapping[str, Any]] = {
        "products": {"name": "A & <b>B</b>", "description": "<p>A</p><script>x()</script>"}
    }
    excused: ClassVar[Mapping[str, str]] = {
        "s08": "webhooks are for its apps, and an integration is none",
        "s20": "its order lines keep the SKU of a product that is gone",
        "s23": "a token is got by the integration's secret each time, which does not end",
    }
    page = 200


def test_goods_and_orders_go_the_whole_way_and_nothing_comes_back(
    migrated_sqlite: str, monkeypatch: pytest.MonkeyPatch
):
    """From the ERP into the sales channel, an order back, its parcel and invoice out again; then all stands still."""
    shop, store = Shop(), Store(migrated_sqlite)
    for name, value in shop.environment.items():
        monkeypatch.setenv(name, value)
    hub = Hub(store)
    erp = hub.add("erp", "erp", Tables(ERP))
    options = ExchangeOptions.model_validate({"url": shop.server.url})
    hub.systems["shop"] = System("shop", "eshop", shop.connect(), options)
    erp.put("products", "1", **product("00042"))
    erp.put("prices", "1", **price("00042"))
    erp.put("stock", "1", sku="00042", location="main", available="5")
    for stream in ("products", "prices", "stock"):
        hub.in_step(stream)
    (lamp,) = [each.values for each in shop.tables["product"].records.values()]
    assert (lamp["price"][0]["gross"], lamp["stock"], len(lamp["visibilities"])) == (9.5, 5, 1)
    orders = [shop.place_order(shop.clock.now())[0] for _ in range(2)]
    for stream in ("parties", "orders"):
        hub.in_step(stream)
    for id_, order in [*erp.rows["orders"].items()]:
        erp.put("orders", id_, **{**order, "status": "shipped", "tracking": [{"number": id_}], "invoice": f"R-{id_}"})
    hub.in_step("orders")
    told = [shop.record("orders", each).values for each in orders]
    assert {(each["deliveries"][0]["trackingCodes"][0], each["customFields"]["hubwerk_invoice"]) for each in told} == {
        (id_, f"R-{id_}") for id_ in erp.rows["orders"]
    }
    assert {each["deliveries"][0]["stateMachineState"]["technicalName"] for each in told} == {"shipped"}
    written = len(shop.server.seen(shop.writes))
    for stream in ("products", "prices", "stock", "parties", "orders"):
        for full in (False, True):
            hub.run("shop", stream, full=full)
            hub.run("erp", stream, full=full)
    assert (len(shop.server.seen(shop.writes)), hub.waiting()) == (written, [])
    store.close()
    shop.close()
