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


def numbered(hub: Hub, erp: Tables, shop: Tables, skus: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Give articles other numbers, all at once; returns what each is by our records, and in the shop: the ERP's id first."""
    for identity in skus:
        erp.put("products", identity, sku=f"P{identity}", name=f"Thing {identity}")
    hub.in_step("products")
    there = {hub.binding("shop", "products", f"P{identity}").external_id: identity for identity in skus}
    for identity, sku in skus.items():
        erp.put("products", identity, sku=sku)
    hub.in_step("products")
    assert not hub.waiting()
    for sku in skus.values():
        assert (
            there[hub.binding("shop", "products", sku).external_id] == hub.binding("erp", "products", sku).external_id
        )
    return {
        hub.binding("erp", "products", sku).external_id: (
            hub.record("products", sku).fields["name"],
            shop.rows["products"][hub.binding("shop", "products", sku).external_id]["sku"],
        )
        for sku in skus.values()
    }


def test_numbers_that_all_move_on_by_one(hub: Hub, erp: Tables, shop: Tables):
    """Each waited for a day until the next one had gone: of a thousand, three years."""
    moved = numbered(hub, erp, shop, {str(n): f"P{n + 1}" for n in range(2, 7)})
    assert moved == {str(n): (f"Thing {n}", f"P{n}") for n in range(2, 7)}


@pytest.mark.parametrize(
    "skus",
    [{"2": "P3", "3": "P2"}, {"2": "P3", "3": "P4", "4": "P2"}, {"5": "P3", "2": "P3X", "3": "P4", "4": "P5"}],
    ids=["two", "three", "beside others"],
)
def test_numbers_that_are_exchanged(hub: Hub, erp: Tables, shop: Tables, skus: dict[str, str]):
    """They waited for one another for ever."""
    moved = numbered(hub, erp, shop, skus)
    assert moved == {each: (f"Thing {each}", f"P{each}") for each in skus}
    assert sold(hub, erp, shop, "P3") == ["3"]


def test_a_number_that_another_record_keeps_is_told(hub: Hub, erp: Tables):
    for identity in "23":
        erp.put("products", identity, sku=f"P{identity}")
    hub.in_step("products")
    erp.put("products", "2", sku="P3")
    hub.run("erp", "products")
    assert [(each.cause, each.message) for each in hub.waiting()] == [
        ("key-taken", "P2 was renamed to P3, which is another record")
    ]


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
