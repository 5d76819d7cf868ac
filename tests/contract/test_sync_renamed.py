"""A product that one system calls otherwise than another: its orders still name it."""

from dataclasses import replace
from typing import Any

import pytest

from hub.connector import Stream
from hub.store import Store
from tests.contract.tables import ERP, SHOP, Hub, Tables, lamp, order

NAMED = {"products": Stream("products", writes=frozenset(["name"]), create="intent", removes=True)}
"""A shop in which a product keeps the SKU that it was made with, unless somebody changes it there."""


@pytest.fixture
def hub(store: Store) -> Hub:
    """A hub whose shop sells a lamp of the ERP's, under the SKU that it had first."""
    hub = Hub(store)
    hub.takes_orders["erp"] = False
    erp = hub.add("erp", "erp", Tables(ERP))
    shop = hub.add("shop", "eshop", Tables(SHOP | NAMED))
    lamp(erp)
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    hub.in_step("products", "parties")
    return hub


def sold(hub: Hub, erp: Tables, shop: Tables, sku: str, number: str = "1001", **more: Any) -> list[str | None]:
    """Have something ordered in the shop; return what the ERP is told that it was."""
    lines = [{"id": "1", "sku": sku, "quantity": "2", "unit_price": "10.00"}]
    order(shop, number, lines=lines, **more)
    hub.in_step("parties", "orders")
    write = next(write for stream, write in reversed(erp.writes) if stream == "orders")
    return [write.links["products"].get(line["sku"]) for line in write.record["lines"]]


def test_what_the_erp_calls_otherwise_is_still_sold_by_its_old_sku(hub: Hub, erp: Tables, shop: Tables):
    """The order came into the ERP with a line that names no product, and nobody was told."""
    erp.put("products", "1", sku="B")
    hub.in_step("products")
    assert next(iter(shop.rows["products"].values()))["sku"] == "A"
    assert sold(hub, erp, shop, "A") == ["1"]
    assert hub.record("orders", "shop|1001").fields["lines"][0]["sku"] == "B"
    erp.put("products", "1", sku="C")
    hub.in_step("products")
    assert sold(hub, erp, shop, "A", "1002") == ["1"]
    assert not hub.waiting()


def test_s05_what_is_sold_by_its_old_sku_is_reserved(hub: Hub, erp: Tables, shop: Tables):
    erp.put("products", "1", sku="B")
    erp.put("stock", "1", sku="B", location="main", on_hand="5")
    hub.in_step("products", "stock")
    order(shop, lines=[{"id": "1", "sku": "A", "quantity": "2", "unit_price": "10.00"}])
    hub.run("shop", "parties", "orders")
    hub.run("shop", "stock")
    assert [each["available"] for each in shop.rows["stock"].values()] == ["3"]


def test_what_a_shops_keeper_calls_otherwise_is_still_known(hub: Hub, erp: Tables, shop: Tables):
    [id_] = shop.rows["products"]
    shop.put("products", id_, sku="X")
    hub.in_step("products")
    assert sold(hub, erp, shop, "X") == ["1"]
    shop.put("products", id_, sku="A")
    hub.in_step("products")
    assert sold(hub, erp, shop, "A", "1002") == ["1"]
    assert sold(hub, erp, shop, "X", "1003") == [None], "nobody calls it so any more"


def test_a_sku_that_another_product_got_since_is_what_the_shop_means_by_it(hub: Hub, erp: Tables, shop: Tables):
    """In the ERP the old number is a new product's, which the shop does not have."""
    erp.put("products", "1", sku="B")
    hub.run("erp", "products")
    erp.put("products", "2", sku="A", name="Candle")
    hub.run("erp", "products")
    assert sold(hub, erp, shop, "A") == ["1"]


def test_what_a_shop_does_not_show_is_still_sold_by_its_old_sku_after_it_was_changed(store: Store):
    hub = Hub(store)
    hub.takes_orders["erp"] = False
    erp = hub.add("erp", "erp", Tables(ERP))
    blind = replace(NAMED["products"], reads=False, removes=False)
    shop = hub.add("shop", "eshop", Tables(SHOP | {"products": blind}, answers_with_document=False))
    lamp(erp)
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    hub.in_step("products", "parties")
    erp.put("products", "1", sku="B")
    hub.in_step("products")
    erp.put("products", "1", name="Floor lamp")
    hub.in_step("products")
    assert sold(hub, erp, shop, "A") == ["1"]


@pytest.mark.parametrize("now", [{"sku": None, "name": "It is gone"}, {"sku": "X", "name": "Lamp"}])
def test_a_line_whose_product_is_gone_or_called_otherwise_by_now_is_of_the_product_that_it_was(
    hub: Hub, erp: Tables, shop: Tables, now: dict[str, Any]
):
    """A shop shows what was sold as it is now, and the products are read later; the sale seemed to have too much."""
    line: dict[str, Any] = {"id": "1", "sku": "A", "name": "Lamp", "quantity": "2", "unit_price": "10.00"}
    order(shop, lines=[line])
    hub.in_step("parties", "orders")
    before = hub.record("orders", "shop|1001").fields["lines"]
    shop.put("orders", "o1001", lines=[line | now], note="Please ring")
    written = len(erp.writes)
    hub.in_step("parties", "orders")
    assert hub.record("orders", "shop|1001").fields["note"] == "Please ring"
    assert hub.record("orders", "shop|1001").fields["lines"] == before
    assert not any("lines" in write.fields for _, write in erp.writes[written:])


@pytest.mark.parametrize("now", [{"sku": "B"}, {"sku": "X", "name": "Candle"}, {"sku": None, "quantity": "1"}])
def test_a_line_that_is_of_another_product_or_of_less_is_told(hub: Hub, erp: Tables, shop: Tables, now: dict[str, Any]):
    erp.put("products", "2", sku="B", name="Bulb")
    line: dict[str, Any] = {"id": "1", "sku": "A", "name": "Lamp", "quantity": "2", "unit_price": "10.00"}
    order(shop, lines=[line])
    hub.in_step("products", "parties", "orders")
    shop.put("orders", "o1001", lines=[line | now])
    hub.in_step("parties", "orders")
    [told] = hub.record("orders", "shop|1001").fields["lines"]
    assert {name: told.get(name) for name in now} == now
