"""What an operator wants tried again."""

import pytest

from hub.store import Store, bindings, quarantine
from hub.sync.retrying import retry
from tests.contract.tables import ERP, SHOP, Hub, Tables


@pytest.fixture
def hub(store: Store) -> Hub:
    hub = Hub(store)
    hub.add("erp", "erp", Tables(ERP))
    hub.add("shop", "eshop", Tables(SHOP), flips=2)
    return hub


def tried(hub: Hub, *numbers: int):
    with hub.store.write() as tx:
        return retry(tx, numbers)


def test_s19_a_refused_record_goes_again_when_that_is_wanted(hub, erp, shop):
    shop.refuses["A"] = "no such category"
    erp.put("products", "1", sku="A", name="Lamp")
    hub.run("erp", "products")
    hub.run("shop", "products")
    (entry,) = hub.waiting()
    shop.refuses.clear()
    hub.run("shop", "products")
    assert shop.rows["products"] == {}
    assert [each.id for each in tried(hub, entry.id).again] == [entry.id]
    hub.run("shop", "products")
    assert [row["sku"] for row in shop.rows["products"].values()] == ["A"]
    assert hub.waiting() == []


def test_s09_a_parked_record_is_taken_up_again(hub, erp, shop):
    erp.put("products", "1", sku="A", name="Lamp")
    hub.in_step("products")
    (identity,) = shop.rows["products"]
    for _ in range(3):
        shop.put("products", identity, name="Not yours")
        hub.run("shop", "products")
    (entry,) = hub.waiting()
    assert entry.cause == "flips"
    done = tried(hub, entry.id)
    assert [each.id for each in done.released] == [entry.id]
    assert hub.waiting() == []
    hub.run("shop", "products")
    assert hub.binding("shop", "products", "A").parked_at is None
    assert shop.rows["products"][identity]["name"] == "Lamp"


def test_s16_a_mass_delete_is_let_through(hub, erp, shop):
    for number in range(12):
        erp.put("products", str(number), sku=f"P{number}", name="Lamp")
    hub.run("erp", "products")
    hub.run("erp", "products", full=True)
    for number in range(11):
        del erp.rows["products"][str(number)]
    hub.run("erp", "products", full=True)
    (entry,) = hub.waiting()
    assert len(hub.keys("products")) == 12
    tried(hub, entry.id)
    hub.run("erp", "products")
    assert hub.keys("products") == ["P11"]
    assert hub.waiting() == []


def test_what_is_not_open_is_named(hub):
    assert tried(hub, 77).closed == [77]


def test_what_was_delivered_in_a_file_is_left(hub, store):
    caught = quarantine.Caught(
        system="depot",
        stream="stock",
        identity="key:A",
        entity="stock",
        key="A",
        cause="not-a-number",
        message="",
        place={},
        raw={},
        run=1,
    )
    with store.write() as tx:
        quarantine.put(tx, [caught])
    (entry,) = hub.waiting()
    assert [each.id for each in tried(hub, entry.id).left] == [entry.id]


def test_bindings_are_counted(hub, erp, shop, store):
    erp.put("products", "1", sku="A", name="Lamp")
    hub.in_step("products")
    with store.read() as tx:
        assert bindings.counts(tx, "shop", "products") == bindings.Counted(bound=1, owed=0, parked=0)
        assert bindings.counts(tx, "shop", "parties") == bindings.Counted(bound=0, owed=0, parked=0)
