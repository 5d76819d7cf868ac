"""Two runs that meet on PostgreSQL between two of their statements."""

from typing import Any

import pytest

from hub.store import DatabaseAway, Store, quarantine
from hub.sync import retrying, scanning
from hub.sync.planning import plan_system
from tests.contract.interleaved import Piece, interleave
from tests.contract.tables import ERP, SHOP, Hub, Tables, lamp, order


@pytest.fixture
def hub(postgres_store: Store) -> Hub:
    """An ERP and a shop in step, with six products."""
    hub = Hub(postgres_store)
    erp = hub.add("erp", "erp", Tables(ERP))
    hub.add("shop", "eshop", Tables(SHOP))
    lamp(erp)
    for number in "23456":
        erp.put("products", number, sku=f"SKU-{number}", name=f"Bulb {number}")
    hub.in_step("products")
    return hub


def well(*pieces: Piece) -> None:
    faults = [each.came_to for each in pieces if isinstance(each.came_to, Exception)]
    assert not faults


def test_what_a_shop_has_lost_is_renamed_meanwhile(hub: Hub, erp: Tables, shop: Tables):
    """Both change its binding: who does it in the writers' turn must not wait for who waits for the turn."""
    (product, *_) = shop.rows["products"]
    del shop.rows["products"][product]
    lamp(erp, sku="A-2")
    well(
        *interleave(
            hub.store,
            lambda: hub.run("shop", "products", scope=[product]),
            lambda: hub.run("erp", "products"),
            before="SELECT entity.revision",
        )
    )
    hub.in_step("products")
    assert sorted(row["sku"] for row in shop.rows["products"].values())[:2] == ["A-2", "SKU-2"]


@pytest.mark.parametrize("before", ["SELECT entity.revision", "DELETE FROM intent"], ids=["lost", "put"])
def test_a_price_is_put_beside_a_product_that_is_lost_meanwhile(hub: Hub, erp: Tables, shop: Tables, before: str):
    """The product is made anew, and its price is brought again."""
    hub.in_step("products", "prices")
    erp.put("prices", "1", sku="A", list="web", currency="EUR", amount="1.00")
    hub.run("erp", "prices")
    (product, *_) = shop.rows["products"]

    def lose() -> Any:
        del shop.rows["products"][product], shop.rows["prices"][product]
        return hub.run("shop", "products", scope=[product])

    well(*interleave(hub.store, lambda: hub.run("shop", "prices"), lose, before=before))
    hub.in_step("products", "prices")
    (anew,) = (identity for identity, row in shop.rows["products"].items() if row["sku"] == "A")
    assert anew != product
    assert [(identity, row["amount"]) for identity, row in shop.rows["prices"].items()] == [(anew, "1.00")]


def test_two_runs_bring_what_has_changed_at_once(hub: Hub, erp: Tables, shop: Tables):
    lamp(erp, name="New lamp")
    hub.run("erp", "products")

    def push() -> Any:
        return hub.run("shop", "products")

    moves = "INSERT INTO checkpoint"
    well(*interleave(hub.store, push, push, before=moves))
    hub.in_step("products")
    assert next(iter(shop.rows["products"].values()))["name"] == "New lamp"


@pytest.mark.parametrize("pages", [None, 1], ids=["bring", "end the reading of"])
def test_two_runs_are_the_first_to_come_to_a_checkpoint(hub: Hub, shop: Tables, pages: int | None):
    """There is none yet that one of them could wait for."""
    hub.run("erp", "parties", pages=pages)
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    hub.run("shop", "parties")

    def exchange() -> Any:
        return hub.run("erp", "parties")

    well(*interleave(hub.store, exchange, exchange, before="INSERT INTO checkpoint"))
    hub.in_step("parties")
    assert [row["name"] for row in hub.tables("erp").rows["parties"].values()] == ["Jan"]


@pytest.mark.parametrize("first", [True, False], ids=["the first", "later ones"])
def test_two_runs_read_the_stock_of_an_erp_that_takes_orders(hub: Hub, erp: Tables, first: bool):
    """Both note which orders it takes into account; neither is lost for it."""
    hub.takes_orders["erp"] = True
    erp.put("stock", "1", sku="A", location="main", on_hand="5")
    if not first:
        hub.run("erp", "stock")
        erp.put("products", "7", sku="SKU-7", name="Bulb 7")
        hub.run("erp", "products")

    def read() -> Any:
        return hub.run("erp", "stock")

    well(*interleave(hub.store, read, read, before="INSERT INTO checkpoint"))


def test_a_scan_begins_while_everything_is_asked_for(hub: Hub, erp: Tables):
    hub.run("erp", "products", full=True)

    def ask() -> None:
        with hub.store.write() as tx:
            scanning.ask(tx, "erp", "products")

    well(*interleave(hub.store, ask, lambda: hub.run("erp", "products", full=True), before=1))
    with hub.store.read() as tx:
        scan, _ = scanning.stands(tx, hub.systems["erp"].flow("products"))
    assert (scan.number, scan.wanted, scan.open) == (2, 2, False)


@pytest.mark.parametrize("before", ["INSERT INTO scan", "EXCEPT"], ids=["page", "end"])
def test_everything_is_asked_for_while_a_scan_is_under_way(hub: Hub, erp: Tables, before: str):
    """It goes on to its end, and another follows: what was meant may lie in what it had compared by then."""
    hub.run("erp", "products", full=True)
    erp.put("products", "1", name="Shade", silently=True)

    def scan() -> Any:
        return hub.run("erp", "products", full=True)

    def ask() -> None:
        with hub.store.write() as tx:
            scanning.ask(tx, "erp", "products")

    well(*interleave(hub.store, scan, ask, before=before))
    for name in ("Lantern", "Torch"):
        erp.put("products", "1", name=name, silently=True)
        hub.run("erp", "products")
        assert hub.record("products", "A").fields["name"] == "Lantern"


def test_a_retry_and_a_scan_do_not_wait_for_each_other(hub: Hub, erp: Tables):
    erp.put("products", "7", sku="SKU-6", name="Twin")
    erp.put("products", "8", sku="SKU-8", name="Bulb 8")
    hub.run("erp", "products", full=True)
    (twin,) = hub.waiting()
    with hub.store.write() as tx:
        names = ("entity", "stream", "key", "message")
        told: dict[str, Any] = {"place": {}, "raw": {}, "run": 1, "system": "erp"} | dict.fromkeys(names, "products")
        quarantine.put(tx, [quarantine.Caught(identity=scanning.IDENTITY, cause=scanning.MASS_DELETE, **told)])
    numbers = [each.id for each in hub.waiting()]
    assert twin.id in numbers
    erp.put("products", "7", name="Other twin", silently=True)

    def retry() -> None:
        with hub.store.write() as tx:
            retrying.retry(tx, numbers)

    scan, retried = interleave(
        hub.store, lambda: hub.run("erp", "products", full=True), retry, before="INSERT INTO scan"
    )
    assert not isinstance(scan.came_to, DatabaseAway)
    well(retried)


def test_an_order_closed_short_stays_owed_while_it_is_read(hub: Hub, erp: Tables, shop: Tables):
    """By that alone it is looked at again: of what ends its waiting, no record of ours need change."""
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop, "1001")
    order(shop, "1002")
    hub.in_step("parties", "orders")
    (sale, _) = erp.rows["orders"]
    erp.put("orders", sale, status="shipped", short_shipped=[{"sku": "A", "sent": "1"}])
    hub.run("erp", "orders")
    shop.put("orders", "o1001", reference="changed", silently=True)
    read = (lambda: hub.run("shop", "orders", scope=["o1001"]), lambda: hub.run("shop", "orders"))
    well(*interleave(hub.store, *read, before="INSERT INTO binding"))
    assert [each.cause for each in hub.waiting()] == ["closed-short"]
    assert hub.binding("shop", "orders", "shop|1001").owed


def test_two_systems_are_planned_at_once(hub: Hub, erp: Tables, shop: Tables):
    """A plan takes the turns of all its entities in one transaction, in whatever order its streams are named."""
    for each in (erp, shop):
        each.put("products", "9", sku="SKU-9", name="New")
        each.put("prices", "9", sku="SKU-9", list="web", currency="EUR", amount="1")

    def plan(system: str, *streams: str) -> Any:
        return plan_system(hub.systems[system], streams, hub.store.write, {})

    plans = (lambda: plan("erp", "products", "prices"), lambda: plan("shop", "prices", "products"))
    well(*interleave(hub.store, *plans, before="WITH made"))
