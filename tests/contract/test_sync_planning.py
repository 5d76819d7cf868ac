"""A plan says what the next run will do, and does nothing."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from hub.connector import Stream
from hub.errors import Refused, TryLater
from hub.handler import Cancelled, Done, Work
from hub.store import Store, plans, runs
from hub.store.schema import metadata
from hub.sync.approved import as_planned
from hub.sync.exchange import exchanger
from hub.sync.planned import SystemPlan, kept
from hub.sync.planning import plan_system
from tests.contract.tables import CATALOGUE, ERP, SHOP, Held, Hub, Tables, break_on, parties


def plan(hub: Hub, system: str, *streams: str) -> SystemPlan:
    every = dict.fromkeys(streams, hub.full_every)
    return plan_system(hub.systems[system], streams, hub.store.write, every)


def told(plan: SystemPlan) -> set[tuple[str, str, str, str]]:
    return {(each.direction, each.outcome, each.entity, each.key) for each in plan.actions}


def dump(store: Store) -> dict[str, list[str]]:
    """Everything in the database."""
    with store.read() as tx:
        return {name: sorted(map(repr, tx.execute(sa.select(each)))) for name, each in metadata.tables.items()}


def order(shop: Tables, number: str = "1001", party: str = "c1"):
    lines = [{"id": "1", "sku": "A", "quantity": "2", "unit_price": "10.00"}]
    given = {"channel": "shop", "number": number, "party": party, "currency": "EUR", "lines": lines}
    shop.put("orders", f"o{number}", **given, status="pending", totals={"gross": "20.00"})


def in_step(hub: Hub, erp: Tables, *streams: str):
    """Two products with prices and stock, in both systems."""
    for number, sku in enumerate("AB", 1):
        erp.put("products", str(number), sku=sku, name=f"Lamp {sku}")
        erp.put("prices", str(number), sku=sku, list="std", currency="EUR", amount="10.00")
        erp.put("stock", str(number), sku=sku, location="MAG1", on_hand="10")
    hub.in_step(*(streams or CATALOGUE))


def test_a_plan_changes_nothing(hub, erp, shop):
    in_step(hub, erp)
    erp.put("products", "1", name="Floor lamp")
    shop.put("parties", "c1", name="Jan", email="jan@x.example")
    order(shop)
    hub.run("erp", *CATALOGUE)
    before, rows = dump(hub.store), repr(shop.rows)
    shop.writes.clear()
    planned = plan(hub, "shop", "products", "prices", "stock", "parties", "orders")
    assert planned.actions
    assert dump(hub.store) == before
    assert repr(shop.rows) == rows
    assert shop.writes == []


def test_everything_that_comes_and_goes_is_planned(hub, erp, shop):
    in_step(hub, erp)
    erp.put("products", "1", name="Floor lamp")
    erp.put("products", "3", sku="C", name="Candle")
    erp.put("prices", "3", sku="C", list="std", currency="EUR", amount="2.00")
    hub.run("erp", *CATALOGUE)
    shop.put("parties", "c1", name="Jan", email="jan@x.example")
    order(shop)
    order(shop, "1002", party="c9")
    planned = plan(hub, "shop", *CATALOGUE, "parties", "orders")
    assert told(planned) == {
        ("out", "told", "products", "A"),
        ("out", "created", "products", "C"),
        ("out", "created", "prices", "C|std|EUR"),
        ("in", "new", "parties", "shop|c1"),
        ("in", "new", "orders", "shop|1001"),
        ("in", "waits", "orders", "o1002"),
    }
    change = next(each for each in planned.actions if each.outcome == "told")
    assert change.changes == {"name": ("Lamp A", "Floor lamp")}


def test_the_run_does_what_was_planned(hub, erp, shop):
    in_step(hub, erp)
    erp.put("products", "1", name="Floor lamp")
    erp.put("products", "3", sku="C", name="Candle")
    erp.put("prices", "3", sku="C", list="std", currency="EUR", amount="2.00")
    hub.run("erp", *CATALOGUE)
    shop.writes.clear()
    planned = plan(hub, "shop", *CATALOGUE)
    hub.run("shop", *CATALOGUE)
    going = {(each.entity, each.key) for each in planned.actions if each.direction == "out"}
    assert {(stream, each.key) for stream, each in shop.writes} == going
    assert plan(hub, "shop", *CATALOGUE).actions == []


def test_what_the_shop_has_already_is_found_not_made(hub, erp, shop):
    hub.in_step("products")
    shop.put("products", "77", sku="A", name="Old lamp")
    shop.marks["products", "77"] = -5
    erp.put("products", "1", sku="A", name="Lamp")
    hub.run("erp", "products")
    planned = plan(hub, "shop", "products")
    assert ("out", "found", "products", "A") in told(planned)
    assert ("out", "told", "products", "A") in told(planned)
    assert not any(each.outcome == "created" for each in planned.actions)


def test_an_orders_party_is_planned_with_it(hub, erp, shop):
    shop.put("parties", "c1", name="Jan", email="jan@x.example")
    order(shop)
    hub.run("shop", "parties", "orders")
    planned = plan(hub, "erp", "orders")
    assert told(planned) == {
        ("out", "created", "parties", "shop|c1"),
        ("out", "created", "orders", "shop|1001"),
    }
    assert erp.writes == []


def test_s26_the_value_that_would_lose_is_shown(hub, erp, shop):
    shop.put("parties", "c1", name="Jan", email="jan@x.example", phone="+48600100200")
    hub.run("shop", "parties")
    order(shop)
    hub.in_step("parties", "orders")
    (party,) = erp.rows["parties"]
    erp.put("parties", party, phone="+48600000001")
    hub.run("erp", "parties")
    shop.put("parties", "c1", phone="+48600000002")
    (conflict,) = plan(hub, "shop", "parties").streams[0].actions[:1]
    assert conflict.outcome == "conflict"
    (lost,) = conflict.lost
    assert (lost.field, lost.lost_by) == ("phone", "shop")
    assert (lost.values["stands"], lost.values["lost"]) == ("+48600000001", "+48600000002")


def test_s16_a_mass_delete_is_planned_as_asked_about(hub, erp, shop):
    for number in range(12):
        erp.put("products", str(number), sku=f"P{number}", name="Lamp")
    hub.run("erp", "products", full=True)
    for number in range(11):
        del erp.rows["products"][str(number)]
    hub.full_every = timedelta(0)
    assert told(plan(hub, "erp", "products")) == {("in", "quarantined", "products", "")}


def test_s15_what_is_gone_is_planned(hub, erp, shop):
    in_step(hub, erp)
    hub.run("erp", "products", full=True)
    del erp.rows["products"]["1"]
    hub.full_every = timedelta(0)
    assert told(plan(hub, "erp", "products")) == {("in", "deleted", "products", "A")}


def test_a_stream_that_cannot_be_read_hides_no_other(hub, erp, shop):
    in_step(hub, erp)
    erp.put("products", "1", name="Floor lamp")
    read = erp.read

    def no_prices(stream, since, *, full):
        if stream == "prices":
            raise TryLater("prices cannot be had now")
        return read(stream, since, full=full)

    erp.read = no_prices  # type: ignore[method-assign]
    products, prices = plan(hub, "erp", "products", "prices").streams
    assert str(prices.fault) == "prices cannot be had now"
    assert [each.key for each in products.actions] == ["A"]


@pytest.mark.parametrize("fault", [Refused("403"), TryLater("500"), KeyError("address")], ids=str)
def test_s18_a_record_that_cannot_be_had_is_planned_by_its_cause_and_hides_no_other(store, fault: Exception):
    hub = Hub(store)
    erp, crm = hub.add("erp", "erp", Tables(ERP)), hub.add("crm", "erp", Tables(ERP))
    named = parties(erp)
    hub.in_step("parties")
    for each in named:
        erp.put("parties", each, name=f"Renamed {each}")
    hub.run("erp", "parties")
    [fourth] = [identity for identity, row in crm.rows["parties"].items() if row["email"] == "p4@example.com"]
    break_on(crm, fourth, fault=fault)
    [planned] = plan(hub, "crm", "parties").streams
    assert planned.fault is None
    [broken] = [each for each in planned.actions if each.outcome == "quarantined"]
    assert (broken.key, broken.cause) == ("erp|4", "breaks")
    assert str(fault) in broken.message
    assert [each.key for each in planned.actions if each.outcome == "told"] == [f"erp|{n}" for n in range(9) if n != 4]


@pytest.mark.parametrize("fault", [Refused("search"), TryLater("500")], ids=str)
def test_s18_what_cannot_be_looked_for_is_planned_by_its_cause_and_hides_no_other(hub, erp, shop, fault: Exception):
    for number in range(6):
        erp.put("products", str(number), sku=f"S{number}", name=f"Lamp {number}")
    hub.run("erp", "products")
    break_on(shop, "S4", fault=fault)
    made = {("out", "created", "products", f"S{n}") for n in range(6) if n != 4}
    assert told(plan(hub, "shop", "products")) == made | {("out", "quarantined", "products", "S4")}


def test_where_nothing_can_be_looked_for_the_stream_has_its_fault(hub, erp, shop):
    for number in range(6):
        erp.put("products", str(number), sku=f"S{number}", name=f"Lamp {number}")
    hub.run("erp", "products")
    break_on(shop, *(f"S{number}" for number in range(6)), fault=Refused("no rights"))
    [products] = plan(hub, "shop", "products").streams
    assert str(products.fault) == "no rights"


def test_the_same_plan_has_the_same_id_and_another_another(hub, erp, shop):
    in_step(hub, erp)
    erp.put("products", "1", name="Floor lamp")
    first = plan(hub, "erp", "products")
    assert plan(hub, "erp", "products").id == first.id
    assert len(first.id) == 8
    erp.put("products", "1", name="Table lamp")
    assert plan(hub, "erp", "products").id != first.id


def approved_run(hub: Hub, planned: SystemPlan, *streams: str):
    """Carry out a run that is to do only what was planned."""
    with hub.store.write() as tx:
        plans.put(tx, planned.id, planned.system, 1, kept(planned))
        new = runs.NewRun(job="shop.x", system="shop", cause="manual", not_before=tx.now, plan=planned.id)
        (number,) = runs.make(tx, [new])
    work = Work(number, 1, "shop.x", "shop", "manual", None, None, planned.id)
    handler = exchanger(lambda: hub.systems["shop"], streams, hub.full_every)
    return as_planned(handler, lambda: hub.systems["shop"], streams, hub.full_every)(work, Held(hub.store))


def test_an_approved_run_does_what_was_planned(hub, erp, shop):
    in_step(hub, erp)
    erp.put("products", "1", name="Floor lamp")
    hub.run("erp", "products")
    assert isinstance(approved_run(hub, plan(hub, "shop", "products"), "products"), Done)
    assert shop.rows["products"][hub.binding("shop", "products", "A").external_id]["name"] == "Floor lamp"


def test_a_stale_plan_is_refused_by_the_worker(hub, erp, shop):
    in_step(hub, erp)
    erp.put("products", "1", name="Floor lamp")
    hub.run("erp", "products")
    planned = plan(hub, "shop", "products")
    erp.put("products", "2", name="Table lamp")
    hub.run("erp", "products")
    shop.writes.clear()
    before = dump(hub.store)
    outcome = approved_run(hub, planned, "products")
    assert isinstance(outcome, Cancelled)
    assert "did not show: products B: told, to shop" in outcome.message
    assert shop.writes == []
    after = dump(hub.store)
    assert {name for name in after if after[name] != before[name]} == {"run", "plan"}


def test_what_has_become_needless_since_it_was_planned_does_no_harm(hub, erp, shop):
    in_step(hub, erp)
    erp.put("products", "1", name="Floor lamp")
    erp.put("products", "2", name="Table lamp")
    hub.run("erp", "products")
    planned = plan(hub, "shop", "products")
    erp.put("products", "2", name="Lamp B")
    hub.run("erp", "products")
    assert isinstance(approved_run(hub, planned, "products"), Done)


def test_s19_a_plan_shows_a_product_that_the_shop_had_before_the_erp(hub, erp):
    shop = hub.add("shop", "eshop", Tables({**SHOP, "products": Stream("products", writes=frozenset(["name"]))}))
    shop.put("products", "p1", sku="A", name="old")
    shop.put("products", "p2", sku="later", name="what was changed last is read again anyway")
    hub.run("shop", "products")
    erp.put("products", "1", sku="A", name="Lamp")
    hub.run("erp", "products")
    assert told(plan(hub, "shop", "products")) == {
        ("out", "told", "products", "A"),
        ("in", "skipped", "products", "later"),
    }
    hub.run("shop", "products")
    assert shop.rows["products"]["p1"]["name"] == "Lamp"


def test_a_price_that_is_on_one_of_several_lists_only_is_told_of_beforehand(hub, erp, shop):
    in_step(hub, erp)
    assert not plan(hub, "shop", "prices").streams[0].notes, "all prices are of one list"
    erp.put("products", "3", sku="C", name="Candle")
    erp.put("prices", "3", sku="C", list="wholesale", currency="EUR", amount="2.00")
    hub.run("erp", *CATALOGUE)
    [note] = plan(hub, "shop", "prices").streams[0].notes
    assert note.startswith("warning: no price list is named, and there are std, wholesale: ")
    hub.add("shop", "eshop", shop, range={"price_list": "std"})
    assert not plan(hub, "shop", "prices").streams[0].notes


def test_lists_of_other_currencies_and_of_prices_from_some_quantity_on_are_no_rivals(hub, erp, shop):
    in_step(hub, erp)
    erp.put("prices", "3", sku="A", list="abroad", currency="PLN", amount="40.00")
    erp.put("prices", "4", sku="A", list="trade", currency="EUR", amount="8.00", minimum_quantity="100")
    hub.run("erp", *CATALOGUE)
    assert not plan(hub, "shop", "prices").streams[0].notes
