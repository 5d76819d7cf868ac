"""What is gone everywhere is forgotten after its time; what somebody still has, or has again, is not."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from hub.store import Store, pruning, records
from hub.store.schema import binding, record
from tests.contract.interleaved import interleave
from tests.contract.store_steps import START, StandingClock
from tests.contract.tables import ERP, SHOP, Hub, Tables

LATER = START + timedelta(days=400)


def begun(hub: Hub) -> Hub:
    """Return a hub whose shop has what the ERP has."""
    for number in range(3):
        hub.tables("erp").put("products", str(number), sku=f"A{number}", name="Lamp")
    hub.in_step("products")
    return hub


def without_one(hub: Hub) -> Hub:
    """Return one whose ERP has deleted a product, and whose shop has been told."""
    del begun(hub).tables("erp").rows["products"]["1"]
    hub.run("erp", "products", full=True)
    hub.in_step("products")
    return hub


def prune(store: Store, before=LATER) -> int:
    with store.write() as tx:
        return pruning.prune(tx, START, 1000, history_before=before).records


def kept(store: Store, key: str) -> tuple[int, int]:
    """Return how many records, and how many bindings, a key has."""
    with store.read() as tx:
        return tuple(
            tx.execute(sa.select(sa.func.count()).select_from(each).where(each.c.key == key)).scalar_one()
            for each in (record, binding)
        )


def test_what_is_gone_everywhere_is_forgotten_after_its_time(hub, erp, shop):
    without_one(hub)
    assert (prune(hub.store, START), kept(hub.store, "A1")) == (0, (1, 2))
    assert (prune(hub.store), kept(hub.store, "A1"), kept(hub.store, "A2")) == (1, (0, 0), (1, 2))
    hub.run("erp", "products", full=True)
    hub.in_step("products")
    assert sorted(row["sku"] for row in shop.rows["products"].values()) == ["A0", "A2"]


def test_what_a_system_has_yet_to_be_told_stays(hub, erp, shop):
    del begun(hub).tables("erp").rows["products"]["1"]
    hub.run("erp", "products", full=True)
    assert (prune(hub.store), kept(hub.store, "A1")) == (0, (1, 2))
    hub.in_step("products")
    assert sorted(row["sku"] for row in shop.rows["products"].values()) == ["A0", "A2"]


def test_what_comes_back_later_is_made_again_once(hub, erp, shop):
    prune(without_one(hub).store)
    erp.put("products", "1", sku="A1", name="Lamp, again")
    hub.in_step("products")
    assert sorted(row["sku"] for row in shop.rows["products"].values()) == ["A0", "A1", "A2"]
    assert hub.record("products", "A1").version == 1


@pytest.mark.parametrize("first", ["prune", "come back"])
@pytest.mark.parametrize("before", range(12))
def test_what_comes_back_meanwhile_is_had_by_both(postgres_store: Store, clock: StandingClock, first: str, before: int):
    hub = Hub(postgres_store)
    erp, shop = hub.add("erp", "erp", Tables(ERP)), hub.add("shop", "eshop", Tables(SHOP))
    without_one(hub)
    erp.put("products", "1", sku="A1", name="Lamp, again")
    both = [lambda: prune(postgres_store), lambda: hub.run("erp", "products")]
    interleave(postgres_store, *(both if first == "prune" else reversed(both)), before=before)
    with postgres_store.read() as tx:
        assert records.by_keys(tx, "products", ["A1"])["A1"].deleted_at is None
    hub.in_step("products")
    assert sorted(row["sku"] for row in shop.rows["products"].values()) == ["A0", "A1", "A2"]
