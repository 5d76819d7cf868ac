"""What was not answered, is refused, or breaks a system: it is looked for, tried again, and holds up nothing else (PAINS S6, S18, S19)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from hub.connector import Write, Written
from hub.errors import TryLater
from hub.handler import Done, Work
from hub.store import intents, quarantine
from hub.sync import exchanger
from tests.contract.store_steps import StandingClock
from tests.contract.tables import ERP, SHOP, Held, Hub, Tables, lamp, order


@dataclass
class Forgetful(Tables):
    """It has merged a customer: of a new order, it says that a record is not there."""

    def write(self, stream: str, writes: Sequence[Write]) -> Iterable[Written]:
        if stream != "orders":
            return super().write(stream, writes)
        return [Written(each.key, "gone", cause="refused", message="Customer X not found") for each in writes]


def test_s20_an_order_whose_create_is_answered_with_404_waits_and_is_not_lost(hub, erp, shop):
    """Before, it was noted as gone: no entry said so, and only the next full scan tried it again."""
    hub.takes_orders["erp"] = True
    hub.add("erp", "erp", Forgetful(ERP))
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop)
    hub.in_step("products", "parties", "orders")
    assert [(each.cause, each.message) for each in hub.waiting()] == [("refused", "Customer X not found")]


def test_s06_a_create_whose_answer_was_lost_is_found_again(hub, erp, shop, clock: StandingClock):
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop)
    hub.run("shop", "parties", "orders")
    erp.lost_answers = 2
    with pytest.raises(TryLater):
        hub.run("erp", "parties", "orders")
    # Too soon: what was sent may still be under way, and nothing is created beside it.
    told = hub.run("erp", "parties", "orders")
    assert isinstance(told, Done)
    assert told.again == clock.now() + timedelta(seconds=60)
    assert len(erp.rows["parties"]) == 1
    assert not erp.rows["orders"]
    clock.move(seconds=61)
    with pytest.raises(TryLater):
        hub.run("erp", "parties", "orders")
    clock.move(seconds=61)
    hub.in_step("parties", "orders")
    (party,) = erp.rows["parties"]
    (sale,) = erp.rows["orders"].values()
    assert sale["party"] == party
    assert hub.keys("orders") == ["shop|1001"]
    assert hub.keys("parties") == ["shop|c1"]
    assert [each.what for each in hub.events("orders", "shop|1001")] == ["found", "told"]


@pytest.mark.parametrize("then", ["renamed", "deleted"])
def test_s06_what_is_renamed_or_deleted_while_it_is_looked_for_leaves_nothing_behind(hub, erp, shop, then):
    lamp(erp)
    hub.run("erp", "products")
    find = shop.find

    def slowly(stream, wanted):
        shop.find = find
        if then == "renamed":
            erp.put("products", "1", sku="B")
        else:
            erp.rows["products"].clear()
        hub.run("erp", "products", full=True)
        hub.run("shop", "products")
        return find(stream, [])

    shop.find = slowly
    hub.in_step("products")
    assert [row["sku"] for row in shop.rows["products"].values()] == (["B"] if then == "renamed" else [])


def test_s18_what_was_not_answered_holds_up_nothing_else(hub, erp, shop, clock: StandingClock):
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop)
    hub.run("shop", "parties", "orders")
    hub.run("erp", "parties")
    erp.lost_answers = 1
    with pytest.raises(TryLater):
        hub.run("erp", "orders")
    order(shop, "1002")
    hub.run("shop", "orders")
    told = hub.run("erp", "orders")
    assert isinstance(told, Done)
    assert told.message is not None
    assert "1 created" in told.message
    assert told.again == clock.now() + timedelta(seconds=60)
    assert len(erp.rows["orders"]) == 2
    clock.move(seconds=61)
    hub.in_step("orders")
    told = hub.run("erp", "orders")
    assert isinstance(told, Done)
    assert told.again is None
    assert len(erp.rows["orders"]) == 2
    assert [each.what for each in hub.events("orders", "shop|1001")] == ["found", "told"]
    assert not hub.waiting()


def test_s06_an_order_whose_customer_was_not_answered_comes_with_them(hub, erp, shop, clock: StandingClock):
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop)
    hub.run("shop", "parties", "orders")
    erp.lost_answers = 1
    # A job of the orders alone: nobody else looks for the customer.
    with pytest.raises(TryLater):
        hub.run("erp", "orders")
    hub.run("erp", "orders")
    assert not erp.rows["orders"]
    clock.move(seconds=61)
    hub.run("erp", "orders")
    (party,) = erp.rows["parties"]
    (sale,) = erp.rows["orders"].values()
    assert sale["party"] == party
    assert not hub.waiting()


def test_a_run_with_a_plan_waits_itself_for_what_was_not_answered(hub, erp, shop, clock: StandingClock):
    lamp(erp)
    hub.run("erp", "products")
    shop.lost_answers = 1
    planned = Work(99, 1, "shop.test", "shop", "manual", None, None, plan="as shown")
    carry_out = exchanger(lambda: hub.systems["shop"], ["products"])
    with pytest.raises(TryLater):
        carry_out(planned, Held(hub.store))
    clock.move(seconds=20)
    with pytest.raises(TryLater) as told:
        carry_out(planned, Held(hub.store))
    assert told.value.after == 40
    clock.move(seconds=41)
    assert isinstance(carry_out(planned, Held(hub.store)), Done)
    assert len(shop.rows["products"]) == 1
    assert not hub.waiting()


def test_s18_one_refused_record_stops_no_other(hub, erp, shop):
    lamp(erp)
    erp.put("products", "2", sku="B", name="Chair")
    shop.refuses["A"] = "name is taken"
    hub.in_step("products")
    assert [row["sku"] for row in shop.rows["products"].values()] == ["B"]
    (waiting,) = hub.waiting()
    assert (waiting.cause, waiting.message) == ("no", "name is taken")


def test_s18_a_record_on_which_the_system_breaks_holds_up_no_other(hub, erp, shop, clock: StandingClock):
    for number in range(6):
        erp.put("products", str(number), sku=f"A{number}", name="Lamp")
    shop.poison = {"A2"}
    with pytest.raises(TryLater):
        hub.run_all("products")
    for _ in range(3):
        clock.move(seconds=61)
        with pytest.raises(TryLater):
            hub.run("shop", "products")
    assert sorted(row["sku"] for row in shop.rows["products"].values()) == ["A0", "A1", "A3", "A4", "A5"]
    (waiting,) = hub.waiting()
    assert waiting.cause == "unanswered"
    assert waiting.message.endswith(": 500"), "what the system said is shown"
    clock.move(hours=2)
    with pytest.raises(TryLater):
        hub.run("shop", "products")
    clock.move(seconds=61)
    assert isinstance(hub.run("shop", "products"), Done), "it is left until somebody says so"
    shop.poison = set()
    with hub.store.write() as tx:
        quarantine.again(tx, [waiting.id])
    hub.in_step("products")
    assert len(shop.rows["products"]) == 6
    assert not hub.waiting()


def test_s18_only_what_was_sent_is_looked_for(store, clock: StandingClock):
    hub = Hub(store)
    erp = hub.add("erp", "erp", Tables(ERP))
    shop = hub.add("shop", "eshop", Tables(SHOP | {"products": replace(SHOP["products"], bulk=2)}))
    for number in range(5):
        erp.put("products", str(number), sku=f"A{number}", name="Lamp")
    shop.lost_answers = 1
    with pytest.raises(TryLater):
        hub.run_all("products")
    with store.read() as tx:
        assert list(intents.under_way(tx, "shop", "products")) == ["A0", "A1"]
    hub.run("shop", "products")
    assert [row["sku"] for row in shop.rows["products"].values()] == ["A0", "A2", "A3", "A4"]
    clock.move(seconds=61)
    hub.in_step("products")
    assert len(shop.rows["products"]) == 5


def test_s18_what_was_not_answered_once_goes_together_once_more(hub, erp, shop, clock: StandingClock):
    for number in range(6):
        erp.put("products", str(number), sku=f"A{number}", name="Lamp")
    shop.poison = {f"A{number}" for number in range(6)}
    with pytest.raises(TryLater):
        hub.run_all("products")
    shop.poison.clear()
    clock.move(seconds=61)
    hub.run("shop", "products")
    assert shop.sizes == [6, 6]
    assert len(shop.rows["products"]) == 6
    assert not hub.waiting()


def test_s18_an_update_on_which_the_system_breaks_holds_up_no_other(hub, erp, shop):
    for number in range(6):
        erp.put("products", str(number), sku=f"A{number}", name="Lamp")
    hub.in_step("products")
    for number in range(6):
        erp.put("products", str(number), name="Better lamp")
    shop.poison = {"A2"}
    hub.in_step("products")
    assert sorted(row["name"] for row in shop.rows["products"].values()) == ["Better lamp"] * 5 + ["Lamp"]
    (waiting,) = hub.waiting()
    assert (waiting.cause, waiting.again) == ("breaks", False)
    shop.poison = set()
    erp.put("products", "2", name="Best lamp")
    hub.in_step("products")
    assert not hub.waiting()


def test_s19_what_was_refused_is_tried_again_in_bulk(hub, erp, shop):
    for number in range(5):
        erp.put("products", str(number), sku=f"A{number}", name="Lamp")
        shop.refuses[f"A{number}"] = "tax class is missing"
    hub.in_step("products")
    with hub.store.read() as tx:
        (group,) = quarantine.groups(tx)
    assert (group.cause, group.count) == ("no", 5)
    shop.refuses.clear()
    hub.in_step("products")
    assert not shop.rows["products"], "a refused record is not sent again by itself"
    with hub.store.write() as tx:
        quarantine.again(tx, [each.id for each in quarantine.find(tx, cause="no")])
    hub.in_step("products")
    assert len(shop.rows["products"]) == 5
    assert not hub.waiting()


PICTURED = {**SHOP, "products": replace(SHOP["products"], writes=SHOP["products"].writes | {"images"})}


@pytest.mark.parametrize("answers", [True, False], ids=["answered", "read back"])
def test_s18_a_picture_that_cannot_be_had_keeps_no_product_back(hub, erp, answers):
    shop = hub.add("shop", "eshop", Tables(PICTURED, unfit={"http://x/b.png"}, answers_with_document=answers))
    erp.put("products", "1", sku="A", name="Lamp", images=["http://x/a.png", "http://x/b.png"])
    hub.in_step("products")
    (row,) = shop.rows["products"].values()
    assert row["images"] == ["http://x/a.png"]
    [waiting] = hub.waiting()
    assert (waiting.key, waiting.cause, waiting.message) == ("A", "no-picture", "it cannot be had")
    written = len(shop.writes)
    hub.run_all("products")
    assert len(shop.writes) == written, "nothing has changed: it is not tried with each run"
    shop.unfit.clear()
    with hub.store.write() as tx:
        quarantine.again(tx, [waiting.id])
    hub.in_step("products")
    assert row["images"] == ["http://x/a.png", "http://x/b.png"]
    assert not hub.waiting()


def test_s18_a_picture_that_is_taken_off_the_product_waits_no_more(hub, erp):
    shop = hub.add("shop", "eshop", Tables(PICTURED, unfit={"http://x/b.png"}))
    erp.put("products", "1", sku="A", name="Lamp", images=["http://x/a.png"])
    hub.in_step("products")
    erp.put("products", "1", images=["http://x/b.png", "http://x/a.png"])
    hub.in_step("products")
    assert [each.cause for each in hub.waiting()] == ["no-picture"]
    erp.put("products", "1", images=["http://x/a.png"])
    hub.in_step("products")
    assert not hub.waiting()
    assert not hub.conflicts("products", "A")
    assert [row["images"] for row in shop.rows["products"].values()] == [["http://x/a.png"]]
