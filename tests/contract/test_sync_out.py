"""What goes out: nothing is made twice, nothing comes back as a change, nothing is written for nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from hub.connector import Document, Stream, Write, Written
from hub.errors import TryLater
from hub.handler import Done, HandedOn, Work
from hub.store import Store, bindings, checkpoints, intents, quarantine
from hub.sync import exchanger
from hub.sync.arriving import fresh
from hub.sync.reading import digested
from tests.contract.store_steps import StandingClock
from tests.contract.tables import CATALOGUE, ERP, SHOP, Held, Hub, Tables, lamp, order


def test_what_the_erp_has_comes_into_the_shop_and_stays(hub, erp, shop):
    lamp(erp)
    erp.put("prices", "1", sku="A", list="std", currency="EUR", amount="10.00")
    erp.put("stock", "1", sku="A", location="MAG1", on_hand="10")
    hub.in_step(*CATALOGUE)
    (product,) = shop.rows["products"]
    assert shop.rows["products"][product]["name"] == "Lamp"
    assert shop.rows["prices"][product]["amount"] == "10.00"
    assert shop.rows["stock"][product]["available"] == "10"
    shop.writes.clear()
    hub.in_step(*CATALOGUE)
    hub.run("shop", *CATALOGUE, full=True)
    assert shop.writes == []


def test_s03_a_product_that_the_shop_has_already_is_found_not_made(hub, erp, shop):
    lamp(erp)
    shop.put("products", "77", sku="A", name="Old lamp")
    hub.in_step("products")
    assert list(shop.rows["products"]) == ["77"]
    assert shop.rows["products"]["77"]["name"] == "Lamp"


def test_s03_found_without_ever_having_been_read(hub, erp, shop):
    hub.in_step("products")
    shop.put("products", "77", sku="A", name="Old lamp")
    shop.marks["products", "77"] = -5
    lamp(erp)
    hub.in_step("products")
    assert list(shop.rows["products"]) == ["77"]
    assert hub.binding("shop", "products", "A").external_id == "77"


def test_s05_what_is_reserved_or_must_stay_is_not_offered(store):
    hub = Hub(store)
    erp = hub.add("erp", "erp", Tables(ERP))
    shop = hub.add("shop", "eshop", Tables(SHOP), range={"locations": ["MAG1", "MAG2"], "buffer": 2})
    lamp(erp)
    erp.put("stock", "1", sku="A", location="MAG1", on_hand="10", reserved="3")
    erp.put("stock", "2", sku="A", location="MAG2", on_hand="4")
    erp.put("stock", "3", sku="A", location="SHOWROOM", on_hand="50")
    hub.in_step(*CATALOGUE)
    (product,) = shop.rows["products"]
    assert shop.rows["stock"][product]["available"] == "9"
    erp.put("stock", "1", reserved="20")
    hub.in_step(*CATALOGUE)
    assert shop.rows["stock"][product]["available"] == "0"


def test_s05_an_erp_that_only_tells_what_may_be_sold_is_believed(store):
    hub = Hub(store)
    erp = hub.add("erp", "erp", Tables(ERP))
    shop = hub.add("shop", "eshop", Tables(SHOP), range={"buffer": 2})
    lamp(erp)
    erp.put("stock", "1", sku="A", location="MAG1", available="10", reserved="3")
    erp.put("stock", "2", sku="A", location="MAG2", on_hand="4", reserved="1")
    hub.in_step(*CATALOGUE)
    assert offered(shop) == "11"


def test_s21_a_level_that_says_nothing_is_no_zero(store):
    hub = Hub(store)
    erp = hub.add("erp", "erp", Tables(ERP))
    shop = hub.add("shop", "eshop", Tables(SHOP))
    lamp(erp)
    erp.put("stock", "1", sku="A", location="MAG1", unit="pcs")
    hub.in_step(*CATALOGUE)
    assert not shop.rows["stock"]


@pytest.fixture
def sold(hub: Hub, erp: Tables, shop: Tables) -> Hub:
    """Ten lamps at the ERP, all in the shop, and an order for two that has come into the hub alone."""
    hub.takes_orders["erp"] = True
    lamp(erp)
    erp.put("stock", "1", sku="A", location="MAG1", on_hand="10")
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    hub.in_step(*CATALOGUE, "parties")
    order(shop)
    hub.run("shop", "orders")
    return hub


def offered(shop: Tables) -> str:
    (level,) = shop.rows["stock"].values()
    return level["available"]


def test_s05_what_was_sold_and_is_not_in_the_erp_yet_is_not_offered_again(sold, erp, shop):
    erp.put("stock", "1", on_hand="15")
    sold.run("erp", "stock")
    sold.run("shop", "stock")
    assert offered(shop) == "13"
    # In the ERP now, but its stock was not read since.
    sold.run("erp", "parties", "orders")
    erp.put("stock", "1", reserved="2")
    sold.run("shop", "stock", full=True)
    assert offered(shop) == "13"
    sold.run("erp", "stock")
    shop.writes.clear()
    sold.run("shop", "stock", full=True)
    assert offered(shop) == "13"
    assert shop.writes == []


def test_s05_another_shop_is_told_of_what_was_sold_before_the_erp_is(sold, shop):
    other = sold.add("other", "eshop", Tables(SHOP))
    sold.run("other", "products", "stock")
    assert offered(other) == "8"
    shop.put("orders", "o1001", status="cancelled")
    sold.run("shop", "orders")
    sold.run("other", "stock")
    assert offered(other) == "10"


def test_s05_the_erps_word_counts_once_it_has_the_order_though_it_reserves_nothing(sold, erp, shop):
    sold.run("shop", "stock")
    assert offered(shop) == "8"
    sold.in_step("parties", "orders", "stock")
    assert offered(shop) == "10"
    assert len(erp.rows["orders"]) == 1


def test_s05_a_scan_that_began_before_an_order_does_not_show_it(sold, erp, shop):
    erp.streams = {**ERP, "stock": replace(ERP["stock"], delta=False)}
    sold.add("erp", "erp", erp)
    sold.run("erp", "stock")
    erp.size = 1
    erp.put("stock", "2", sku="B", location="MAG1", on_hand="1")
    erp.put("stock", "1", on_hand="15")
    assert isinstance(sold.run("erp", "stock", full=True, pages=2), HandedOn)
    sold.run("erp", "parties", "orders")
    sold.run("erp", "stock", full=True)
    sold.run("shop", "stock")
    assert offered(shop) == "13"
    sold.run("erp", "stock", full=True)
    sold.run("shop", "stock")
    assert offered(shop) == "15"


def test_s05_an_order_that_was_cancelled_while_stock_was_told_is_offered_again(sold, erp, shop):
    def cancel(number: str):
        shop.put("orders", f"o{number}", status="cancelled")
        sold.run("shop", "orders")

    cancel("1001")
    sold.run("shop", "stock")
    assert offered(shop) == "10"
    erp.put("stock", "1", on_hand="15")
    sold.run("erp", "stock")
    order(shop, "1002")
    sold.run("shop", "orders")
    meanwhile(shop, lambda: cancel("1002"))
    sold.run("shop", "stock")
    sold.run("shop", "stock")
    assert offered(shop) == "15"


@pytest.fixture
def sold_and_told(sold: Hub, erp: Tables) -> Hub:
    """The ERP is told of cancellations."""
    orders = ERP["orders"]
    erp.streams = {**ERP, "orders": replace(orders, writes=orders.writes | {"status"})}
    sold.add("erp", "erp", erp)
    return sold


def test_s26_a_system_is_told_of_products_that_an_order_no_longer_has(sold, erp, shop):
    """What costs nothing and is left out moves no total: only its absence can be looked for."""
    erp.put("products", "2", sku="PEN", name="Pen")
    lamps = [{"id": "1", "sku": "A", "quantity": "2", "unit_price": "10.00"}]
    order(shop, lines=[*lamps, {"id": "2", "sku": "PEN", "quantity": "1", "unit_price": "0.00"}])
    sold.in_step("products", "parties", "orders")
    order(shop, lines=lamps)
    sold.in_step("orders")
    *_, (_, write) = erp.writes
    assert [line["sku"] for line in write.agreed["lines"]] == ["A", "PEN"]
    assert {*write.links["products"]} == {"A", "PEN"}


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


def test_s10_an_order_that_its_shop_takes_up_again_is_not_cancelled_there(sold_and_told, erp, shop):
    """WooCommerce cancels what is not paid within an hour, and takes it up again when the payment comes."""
    sold_and_told.in_step("parties", "orders")
    shop.put("orders", "o1001", status="cancelled")
    sold_and_told.in_step("orders")
    assert [row["status"] for row in erp.rows["orders"].values()] == ["cancelled"]
    shop.put("orders", "o1001", status="confirmed")
    for _ in range(2):
        sold_and_told.run("shop", "orders")
        sold_and_told.run("erp", "orders")
    assert shop.rows["orders"]["o1001"]["status"] == "confirmed"
    assert sold_and_told.record("orders", "shop|1001").fields["status"] == "confirmed"
    assert [(each.system, each.cause) for each in sold_and_told.waiting()] == [("erp", "goes-on-after-all")]
    erp.put("orders", next(iter(erp.rows["orders"])), status="confirmed")
    sold_and_told.run("erp", "orders")
    sold_and_told.run("erp", "orders", full=True)
    assert sold_and_told.waiting() == []


def test_s10_an_order_that_is_taken_up_again_before_the_erp_had_it_comes_there(sold_and_told, erp, shop):
    shop.put("orders", "o1001", status="cancelled")
    sold_and_told.run("shop", "orders")
    sold_and_told.in_step("parties", "orders")
    assert not erp.rows["orders"]
    shop.put("orders", "o1001", status="confirmed")
    sold_and_told.run("shop", "orders")
    sold_and_told.in_step("parties", "orders")
    assert [row["status"] for row in erp.rows["orders"].values()] == ["confirmed"]
    assert shop.rows["orders"]["o1001"]["status"] == "confirmed"


def test_s10_an_order_that_the_erp_has_cancelled_stays_so_whatever_the_shop_says_later(sold_and_told, erp, shop):
    sold_and_told.in_step("parties", "orders")
    erp.put("orders", next(iter(erp.rows["orders"])), status="cancelled")
    sold_and_told.in_step("orders")
    assert shop.rows["orders"]["o1001"]["status"] == "cancelled"
    shop.put("orders", "o1001", status="pending")
    sold_and_told.in_step("orders")
    assert shop.rows["orders"]["o1001"]["status"] == "cancelled"


def test_s10_what_is_refunded_after_it_was_completed_is_kept(sold_and_told, erp, shop):
    """No system's status moves, but that the shop has given the money back is not lost."""
    sold_and_told.in_step("parties", "orders")
    erp.put("orders", next(iter(erp.rows["orders"])), status="completed")
    sold_and_told.in_step("orders")
    shop.put("orders", "o1001", status="cancelled")
    sold_and_told.in_step("orders")
    sold_and_told.in_step("orders")
    assert [row["status"] for row in erp.rows["orders"].values()] == ["completed"]
    kept = [
        (each.field, each.values["stands"], each.values["lost"])
        for each in sold_and_told.conflicts("orders", "shop|1001")
    ]
    assert kept == [("status", "completed", "cancelled")]


def test_s05_without_an_erp_that_takes_orders_none_counts(sold, shop):
    sold.takes_orders.clear()
    sold.run("shop", "stock", full=True)
    assert offered(shop) == "10"


def test_s05_an_erp_whose_stock_nobody_reads_shows_an_order_once_it_has_it(sold, shop):
    sold.takes_orders["erp"] = False
    sold.run("shop", "stock")
    assert offered(shop) == "8"
    sold.run("erp", "parties", "orders")
    sold.run("shop", "stock")
    assert offered(shop) == "10"


@pytest.mark.parametrize("status", ["shipped", "completed", "cancelled"])
def test_s05_an_order_that_waits_for_nothing_any_more_does_not_count(sold, shop, status: str):
    shop.put("orders", "o1001", status=status)
    sold.run("shop", "orders")
    sold.run("shop", "stock", full=True)
    assert offered(shop) == "10"


def test_s05_once_all_is_shown_nothing_more_is_written(sold, erp):
    sold.in_step("parties", "orders", "stock")
    with sold.store.read() as tx:
        before = checkpoints.get(tx, "erp", "stock/orders")
    sold.run("erp", "stock")
    with sold.store.read() as tx:
        assert checkpoints.get(tx, "erp", "stock/orders") == before


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


def test_s09_what_we_wrote_does_not_come_back_as_a_change(hub, erp, shop):
    shop.normalise = lambda fields: {n: v.strip().upper()[:20] if isinstance(v, str) else v for n, v in fields.items()}
    lamp(erp, name="a lamp with a very long name indeed")
    hub.in_step("products")
    (shown,) = shop.rows["products"].values()
    assert shown["name"] == "A LAMP WITH A VERY L"
    shop.writes.clear()
    hub.in_step("products")
    hub.run("shop", "products", full=True)
    assert shop.writes == []
    assert hub.record("products", "A").fields["name"] == "a lamp with a very long name indeed"
    assert not hub.conflicts("products", "A")


def test_s09_read_back_where_the_answer_shows_nothing(hub, erp, shop):
    shop.answers_with_document = False
    shop.normalise = lambda fields: {n: v.upper() if n == "name" else v for n, v in fields.items()}
    lamp(erp)
    hub.in_step("products")
    shop.writes.clear()
    hub.in_step("products")
    assert shop.writes == []


def test_s09_a_record_that_flips_is_parked(hub, erp, shop):
    lamp(erp)
    hub.in_step("products")
    (product,) = shop.rows["products"]
    for _ in range(10):
        shop.put("products", product, name="PLUGIN")
        hub.run("shop", "products")
    (waiting,) = hub.waiting()
    assert waiting.cause == "flips"
    assert "undone 5 times" in waiting.message
    shop.writes.clear()
    lamp(erp, name="Other lamp")
    hub.run("erp", "products")
    hub.run("shop", "products")
    assert shop.writes == []
    with hub.store.write() as tx:
        bindings.release(tx, "shop", "products", [product])
    hub.run("shop", "products")
    assert shop.rows["products"][product]["name"] == "Other lamp"


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


def test_s20_an_order_goes_on_without_a_product_that_is_gone(hub, erp, shop):
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop)
    hub.in_step("products", "parties", "orders")
    (sale,) = erp.rows["orders"].values()
    assert sale["lines"][0]["sku"] == "A"
    write = next(each for stream, each in erp.writes if stream == "orders")
    assert write.links["products"] == {}


def test_an_order_waits_until_the_erps_products_have_been_read_whole_once(hub, erp, shop):
    hub.systems["erp"] = replace(hub.systems["erp"], reads=("products", "orders"))
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop)
    lamp(erp)
    hub.run("shop", "parties", "orders")
    hub.run("erp", "parties", "orders")
    assert not erp.rows["orders"]
    assert [each.cause for each in hub.waiting()] == ["waits-for-products"]
    hub.run("erp", "products", "orders")
    write = next(each for stream, each in erp.writes if stream == "orders")
    assert [*write.links["products"]] == ["A"]
    assert not hub.waiting()


def test_s20_an_order_waits_no_more_for_what_is_not_among_the_products(hub, erp, shop):
    hub.systems["erp"] = replace(hub.systems["erp"], reads=("products", "orders"))
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop)
    hub.run("shop", "parties", "orders")
    hub.run("erp", "parties", "orders")
    hub.run("erp", "products", "orders")
    assert len(erp.rows["orders"]) == 1
    assert not hub.waiting()


def test_an_order_waits_for_its_customer(hub, erp, shop):
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop)
    erp.refuses["shop|c1"] = "no such country"
    hub.in_step("parties", "orders")
    assert not erp.rows["orders"]
    assert sorted(each.cause for each in hub.waiting()) == ["no", "waits-for-parties"]
    erp.refuses.clear()
    shop.put("parties", "c1", phone="+48600100200")
    hub.in_step("parties", "orders")
    assert len(erp.rows["orders"]) == 1
    assert not hub.waiting()


def test_s03_an_address_that_the_erp_still_shows_of_somebody_else_holds_a_party_back_only_once(hub, erp, shop):
    kiosk = hub.add("kiosk", "eshop", Tables(SHOP))
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    hub.in_step("parties")
    shop.put("parties", "c1", email="jan@work.example.com")
    kiosk.put("parties", "k1", name="Janina", email="jan@example.com")
    for system in ("shop", "kiosk", "erp"):
        hub.run(system, "parties")
    assert [each.cause for each in hub.waiting()] == ["found-otherwise"]
    hub.in_step("parties")
    names = {row["email"]: row["name"] for row in erp.rows["parties"].values()}
    assert names == {"jan@work.example.com": "Jan", "jan@example.com": "Janina"}
    assert not hub.waiting()


def test_s03_which_of_two_a_party_is_waits_for_somebody_once_it_was_tried_again(hub, erp, shop):
    hub.in_step("parties")
    for number in ("1", "2"):
        erp.put("parties", number, name="Jan", email="jan@example.com")
        erp.marks["parties", number] = -5
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    hub.run("shop", "parties")
    tried = []
    for _ in range(3):
        hub.run("erp", "parties")
        (waiting,) = hub.waiting()
        tried.append((waiting.cause, waiting.again))
    assert tried == [("found-otherwise", True), ("found-otherwise", False), ("found-otherwise", False)]
    assert {*erp.rows["parties"]} == {"1", "2"}


@pytest.mark.parametrize("delta", [True, False])
def test_s03_a_shop_whose_products_are_only_read_gets_their_prices_and_stock(store, delta: bool):
    hub = Hub(store)
    erp = hub.add("erp", "erp", Tables(ERP))
    shop = hub.add("shop", "eshop", Tables({**SHOP, "products": Stream("products", delta=delta)}))
    shop.put("products", "s1", sku="A", name="Their lamp")
    shop.put("products", "s2", sku="B", name="Their own")
    hub.run("shop", *CATALOGUE)
    lamp(erp)
    erp.put("prices", "1", sku="A", list="std", currency="EUR", amount="10.00")
    erp.put("stock", "1", sku="A", location="MAG1", on_hand="4")
    hub.run("erp", *CATALOGUE)
    hub.run("shop", *CATALOGUE)
    assert [(row["sku"], row["amount"]) for row in shop.rows["prices"].values()] == [("A", "10.00")]
    assert [(row["sku"], row["available"]) for row in shop.rows["stock"].values()] == [("A", "4")]
    assert hub.record("products", "A").fields["name"] == "Lamp"
    assert hub.keys("products") == ["A"]
    hub.in_step(*CATALOGUE, others=True)
    shop.writes.clear()
    for rows in shop.rows.values():
        rows.pop("s1", None)
    shop.put("products", "s3", sku="A", name="Made anew")
    hub.run("shop", *CATALOGUE, full=True)
    hub.in_step(*CATALOGUE, others=True)
    assert {each.links["products"]["A"] for _, each in shop.writes} == {"s3"}
    assert not hub.waiting()


@pytest.mark.parametrize(
    ("levels", "available"),
    [
        ([{"on_hand": "-3"}], "0"),
        ([{"on_hand": "10"}, {"on_hand": "-3"}], "7"),
        ([{"on_hand": "-3", "reserved": "2"}, {"on_hand": "4"}], "0"),
        ([{"available": "-2"}], "0"),
    ],
)
def test_s05_stock_below_zero_is_not_offered(hub, erp, shop, levels: list[dict[str, str]], available: str):
    lamp(erp)
    erp.put("stock", "1", sku="A", location="MAG1", on_hand="10")
    hub.in_step(*CATALOGUE)
    erp.rows["stock"].clear()
    for number, level in enumerate(levels, 2):
        erp.put("stock", str(number), sku="A", location=f"MAG{number}", **level)
    hub.run("erp", *CATALOGUE, full=True)
    hub.in_step(*CATALOGUE)
    [row] = shop.rows["stock"].values()
    assert row["available"] == available
    assert not hub.waiting()


def test_a_price_waits_for_its_product(hub, erp, shop):
    erp.put("prices", "1", sku="A", list="std", currency="EUR", amount="10.00")
    hub.in_step(*CATALOGUE)
    assert not shop.rows["prices"]
    lamp(erp)
    hub.in_step(*CATALOGUE)
    assert [row["amount"] for row in shop.rows["prices"].values()] == ["10.00"]
    assert not hub.waiting()


def test_a_price_that_is_refused_counts_once_though_its_product_has_just_been_made(hub, erp, shop):
    lamp(erp)
    erp.put("prices", "1", sku="A", list="std", currency="EUR", amount="10.00")
    shop.refuses["A|std|EUR"] = "prices hold no tax here"
    hub.run("erp", *CATALOGUE)
    hub.run("shop", *CATALOGUE)
    assert hub.held.counts["quarantined"] == len(hub.waiting()) == 1


def test_s07_prices_on_several_lists_wait_until_somebody_says_which_is_the_shops(hub, erp, shop):
    lamp(erp)
    erp.put("prices", "1", sku="A", list="retail", currency="EUR", amount="10.00")
    erp.put("prices", "2", sku="A", list="trade", currency="EUR", amount="8.00")
    hub.in_step(*CATALOGUE)
    assert not shop.rows["prices"]
    assert [(each.cause, each.key) for each in hub.waiting()] == [
        ("several-prices", "A|retail|EUR"),
        ("several-prices", "A|trade|EUR"),
    ]
    assert "retail, trade" in hub.waiting()[0].message
    del erp.rows["prices"]["2"]
    hub.run("erp", *CATALOGUE, full=True)
    hub.run("shop", *CATALOGUE)
    assert [row["amount"] for row in shop.rows["prices"].values()] == ["10.00"]
    assert [each.key for each in hub.waiting()] == []


def price_gone(hub: Hub, erp: Tables) -> None:
    """Have the ERP's only price of a product deleted, and the shop told."""
    lamp(erp)
    erp.put("prices", "1", sku="A", list="retail", currency="EUR", amount="10.00")
    hub.in_step(*CATALOGUE)
    del erp.rows["prices"]["1"]
    hub.run("erp", *CATALOGUE, full=True)
    hub.run("shop", *CATALOGUE)


def test_a_price_that_is_gone_and_still_stands_in_the_shop_is_told(hub, erp, shop):
    price_gone(hub, erp)
    [waiting] = hub.waiting()
    assert (waiting.cause, waiting.key) == ("price-gone", "A|retail|EUR")
    assert "erp has no price of A any more, and shop goes on selling it at 10.00 EUR" in waiting.message
    hub.run("shop", *CATALOGUE)
    assert not hub.held.counts["quarantined"], "it is told once, not with each run"
    erp.put("prices", "2", sku="A", list="retail", currency="EUR", amount="12.00")
    hub.in_step(*CATALOGUE)
    assert not hub.waiting()
    assert [row["amount"] for row in shop.rows["prices"].values()] == ["12.00"]


def test_a_price_that_is_gone_is_told_no_more_when_its_product_is_gone(hub, erp, shop):
    price_gone(hub, erp)
    del erp.rows["products"]["1"]
    hub.run("erp", *CATALOGUE, full=True)
    hub.run("shop", *CATALOGUE)
    assert not shop.rows["products"]
    assert not hub.waiting()
    shop.rows["prices"].clear()
    lamp(erp)
    hub.in_step(*CATALOGUE)
    hub.run("shop", *CATALOGUE, full=True)
    assert not hub.waiting(), "the new product has never had a price there"


def test_a_price_that_is_gone_is_told_no_more_when_its_product_is_not_for_sale(hub, erp, shop):
    price_gone(hub, erp)
    erp.put("products", "1", active=False)
    hub.in_step(*CATALOGUE)
    hub.run("shop", *CATALOGUE, full=True)
    assert not hub.waiting()


def test_a_price_on_another_list_takes_the_place_of_one_that_is_gone(hub, erp, shop):
    lamp(erp)
    erp.put("prices", "1", sku="A", list="retail", currency="EUR", amount="10.00")
    hub.in_step(*CATALOGUE)
    del erp.rows["prices"]["1"]
    erp.put("prices", "2", sku="A", list="web", currency="EUR", amount="11.00")
    hub.run("erp", *CATALOGUE, full=True)
    hub.in_step(*CATALOGUE)
    assert [row["amount"] for row in shop.rows["prices"].values()] == ["11.00"]
    assert not hub.waiting()


def test_a_product_without_a_price_on_the_list_that_is_named_now_is_told(hub, erp, shop):
    lamp(erp)
    erp.put("prices", "1", sku="A", list="retail", currency="EUR", amount="10.00")
    hub.in_step(*CATALOGUE)
    hub.add("shop", "eshop", shop, range={"price_list": "web"})
    hub.run("shop", *CATALOGUE)
    [waiting] = hub.waiting()
    assert "the list web has no price of A any more, and shop goes on selling it at 10.00 EUR" in waiting.message


def test_prices_of_a_product_that_the_shop_does_not_have_wait_for_nobody(hub, erp, shop):
    hub.add("shop", "eshop", shop, range={"products": "active"})
    lamp(erp, active=True)
    for number, price_list in enumerate(("retail", "trade")):
        erp.put("prices", str(number), sku="A", list=price_list, currency="EUR", amount="10.00")
        erp.put("prices", f"{number}B", sku="B", list=price_list, currency="EUR", amount="10.00")
    hub.in_step(*CATALOGUE)
    assert {each.key for each in hub.waiting()} == {"A|retail|EUR", "A|trade|EUR"}
    erp.put("products", "1", sku="A", name="Lamp", active=False)
    hub.in_step(*CATALOGUE)
    hub.run("shop", *CATALOGUE, full=True)
    assert not hub.waiting()


def test_a_price_list_that_is_named_brings_the_prices_that_waited_for_it(hub, erp, shop):
    lamp(erp)
    erp.put("prices", "1", sku="A", list="retail", currency="EUR", amount="10.00")
    erp.put("prices", "2", sku="A", list="trade", currency="EUR", amount="8.00")
    hub.in_step(*CATALOGUE)
    hub.add("shop", "eshop", shop, range={"price_list": "retail"})
    hub.run("shop", *CATALOGUE)
    assert [row["amount"] for row in shop.rows["prices"].values()] == ["10.00"]
    assert not hub.waiting()


def test_prices_of_another_currency_or_from_some_quantity_on_are_no_rivals(hub, erp, shop):
    lamp(erp)
    erp.put("prices", "1", sku="A", list="retail", currency="EUR", amount="10.00")
    erp.put("prices", "2", sku="A", list="retail", currency="PLN", amount="40.00")
    erp.put("prices", "3", sku="A", list="trade", currency="EUR", amount="8.00", minimum_quantity="100")
    hub.in_step(*CATALOGUE)
    assert not hub.waiting()
    assert {each.key for stream, each in shop.writes if stream == "prices"} >= {"A|retail|EUR", "A|retail|PLN"}


def test_what_leaves_the_range_leaves_the_shop(store):
    hub = Hub(store)
    erp = hub.add("erp", "erp", Tables(ERP))
    shop = hub.add("shop", "eshop", Tables(SHOP), range={"products": "contains(tags, 'web')"})
    lamp(erp, tags=["web"])
    erp.put("products", "2", sku="B", name="Chair", tags=["b2b"])
    hub.in_step("products")
    assert [row["sku"] for row in shop.rows["products"].values()] == ["A"]
    lamp(erp, tags=["b2b"])
    hub.in_step("products")
    assert not shop.rows["products"]


def test_s26_both_changed_a_field_and_the_loser_is_kept(hub, erp, shop):
    shop.put("parties", "c1", name="Jan", email="jan@example.com", phone="+48600000001")
    order(shop)
    hub.in_step("parties", "orders")
    (party,) = erp.rows["parties"]
    erp.put("parties", party, phone="+48600000002")
    shop.put("parties", "c1", phone="+48600000003")
    hub.in_step("parties")
    assert erp.rows["parties"][party]["phone"] == "+48600000002"
    assert shop.rows["parties"]["c1"]["phone"] == "+48600000002"
    lost = [each.values["lost"] for each in hub.conflicts("parties", "shop|c1")]
    assert lost == ["+48600000003"]


def test_s26_different_fields_of_one_record_are_both_taken(hub, erp, shop):
    shop.put("parties", "c1", name="Jan", email="jan@example.com", phone="+48600000001")
    order(shop)
    hub.in_step("parties", "orders")
    (party,) = erp.rows["parties"]
    erp.put("parties", party, phone="+48600000002")
    shop.put("parties", "c1", name="Jan Kowalski")
    hub.in_step("parties")
    for row in (erp.rows["parties"][party], shop.rows["parties"]["c1"]):
        assert (row["name"], row["phone"]) == ("Jan Kowalski", "+48600000002")
    assert not hub.conflicts("parties", "shop|c1")


def test_s26_an_edit_between_reading_and_writing_is_not_written_over(hub, erp, shop):
    shop.put("parties", "c1", name="Jan", email="jan@example.com", phone="+48600000001")
    order(shop)
    hub.in_step("parties", "orders")
    (party,) = erp.rows["parties"]
    shop.put("parties", "c1", phone="+48600000003")
    hub.run("shop", "parties")
    # Nobody has read this yet when the hub comes to write the shop's number.
    erp.put("parties", party, phone="+48600000002", silently=True)
    hub.in_step("parties")
    assert erp.rows["parties"][party]["phone"] == "+48600000002"
    assert [each.values["lost"] for each in hub.conflicts("parties", "shop|c1")] == ["+48600000003"]


@pytest.fixture
def slow(store: Store) -> Hub:
    """A hub whose shop takes one record at a time, and has two parties, each with an order that the ERP has."""
    hub = Hub(store)
    hub.add("erp", "erp", Tables(ERP))
    single = {name: replace(SHOP[name], bulk=1) for name in ("parties", "orders")}
    shop = hub.add("shop", "eshop", Tables({**SHOP, **single}))
    for number in "12":
        shop.put("parties", f"c{number}", name=f"Jan {number}", email=f"jan{number}@example.com")
        order(shop, f"100{number}", f"c{number}")
    hub.in_step("parties", "orders")
    return hub


def meanwhile(tables: Tables, do):
    """Have something happen while the next record is written."""

    def once(fields):
        tables.normalise = dict
        do()
        return dict(fields)

    tables.normalise = once


def test_s26_an_edit_while_others_are_written_is_not_written_over(slow):
    erp, shop = (slow.systems[name].connector for name in ("erp", "shop"))
    for party in list(erp.rows["parties"]):
        erp.put("parties", party, name="Anna")
    slow.run("erp", "parties")
    meanwhile(shop, lambda: shop.put("parties", "c2", name="Ewa", silently=True))
    slow.in_step("parties")
    assert [row["name"] for row in shop.rows["parties"].values()] == ["Anna", "Anna"]
    assert [each.values["lost"] for each in slow.conflicts("parties", "shop|c2")] == ["Ewa"]


def test_s26_what_another_run_has_told_while_others_were_written_is_not_set_back(slow):
    erp, shop = (slow.systems[name].connector for name in ("erp", "shop"))
    for sale in list(erp.rows["orders"]):
        erp.put("orders", sale, status="confirmed")
    slow.run("erp", "orders")

    def other_runs():
        erp.put("orders", sale, status="processing")
        slow.run("erp", "orders")
        slow.run("shop", "orders")

    meanwhile(shop, other_runs)
    slow.in_step("orders")
    told = [each.fields["status"] for stream, each in shop.writes if stream == "orders" and each.id == "o1002"]
    assert told == ["processing"]
    assert shop.rows["orders"]["o1001"]["status"] == "confirmed"


def test_s26_an_edit_while_the_record_is_found_on_which_the_system_breaks_is_not_written_over(hub, erp, shop):
    for number in "12":
        shop.put("parties", f"c{number}", name=f"Jan {number}", email=f"jan{number}@example.com")
        order(shop, f"100{number}", f"c{number}")
    hub.in_step("parties", "orders")
    for party in list(erp.rows["parties"]):
        erp.put("parties", party, name="Anna")
    hub.run("erp", "parties")
    shop.poison, check = {"shop|c1"}, shop.check

    def checked():
        shop.check = check
        shop.put("parties", "c2", name="Ewa", silently=True)
        return check()

    shop.check = checked
    hub.in_step("parties")
    assert [row["name"] for row in shop.rows["parties"].values()] == ["Jan 1", "Anna"]
    assert [each.values["lost"] for each in hub.conflicts("parties", "shop|c2")] == ["Ewa"]


def test_s10_what_another_run_has_told_while_the_first_is_looked_at_is_not_set_back(slow, monkeypatch):
    erp, shop = (slow.systems[name].connector for name in ("erp", "shop"))
    sale = next(iter(erp.rows["orders"]))
    erp.put("orders", sale, status="confirmed")
    slow.run("erp", "orders")
    fetch = shop.fetch

    def fetched(stream, ids):
        monkeypatch.setattr(shop, "fetch", fetch)
        erp.put("orders", sale, status="processing")
        slow.run("erp", "orders")
        slow.run("shop", "orders")
        return fetch(stream, ids)

    monkeypatch.setattr(shop, "fetch", fetched)
    slow.run("shop", "orders")
    assert [each.fields["status"] for stream, each in shop.writes if stream == "orders"] == ["processing"]


@pytest.mark.parametrize("deleted", [False, True], ids=["changes", "is deleted"])
@pytest.mark.parametrize("gone", [True, False], ids=["made", "told"])
def test_what_changes_while_it_is_told_again_is_told_with_the_next_run(hub, erp, shop, gone: bool, deleted: bool):
    """Another run has told the newer state, or left it to the one that writes; its checkpoint is past it in any case."""
    lamp(erp)
    hub.in_step("products")
    (product,) = shop.rows["products"]
    if gone:
        del shop.rows["products"][product]
    else:
        shop.put("products", product, name="Their lamp")

    def other_runs():
        if deleted:
            erp.rows["products"].clear()
        else:
            lamp(erp, name="New lamp")
        hub.run("erp", "products", full=deleted)
        hub.run("shop", "products")

    meanwhile(shop, other_runs)
    hub.run("shop", "products", scope=[product])
    hub.in_step("products")
    assert [row["name"] for row in shop.rows["products"].values()] == ([] if deleted else ["New lamp"])


def test_what_is_owed_while_it_is_found_in_order_stays_owed(hub, erp, shop):
    """One run has looked at it already when another one reads that somebody has changed it in the shop."""
    for number, name in (("1", "Lamp"), ("2", "Bulb")):
        erp.put("products", number, sku=name, name=name)
    hub.in_step("products")
    lamp_, bulb = shop.rows["products"]

    def read(**names: str):
        for product, name in names.items():
            shop.put("products", product, name=name)
        hub.run("shop", "products", full=True, pages=1)

    read(**{lamp_: "Their lamp", bulb: "Their bulb"})
    read(**{bulb: "Bulb"})
    meanwhile(shop, lambda: read(**{bulb: "Their bulb"}))
    hub.in_step("products")
    assert [row["name"] for row in shop.rows["products"].values()] == ["Lamp", "Bulb"]


def test_s06_what_another_run_has_made_is_not_bound_to_what_was_found_before(hub, erp, shop, monkeypatch):
    lamp(erp)
    hub.run("erp", "products")

    def found(_stream, wanted):
        monkeypatch.setattr(shop, "find", lambda _stream, _wanted: {})
        hub.run("shop", "products")
        shop.put("products", "other", sku="LAMP-2", name="Another")
        return {each.key: ["other"] for each in wanted}

    monkeypatch.setattr(shop, "find", found)
    hub.run("shop", "products")
    with hub.store.read() as tx:
        assert bindings.by_ids(tx, "shop", "products", ["other"]) == {}


def test_what_somebody_deletes_in_the_shop_is_made_anew(hub, erp, shop):
    lamp(erp)
    hub.in_step("products")
    shop.rows["products"].clear()
    hub.run("shop", "products", full=True)
    hub.in_step("products")
    assert [row["name"] for row in shop.rows["products"].values()] == ["Lamp"]


def test_a_document_keeps_its_digest(hub, erp, shop):
    lamp(erp)
    hub.in_step("products")
    (product,) = shop.rows["products"]
    shown = Document(product, dict(shop.rows["products"][product]))
    with hub.store.read() as tx:
        flow = hub.systems["shop"].flow("products")
        assert fresh(tx, flow, digested(flow, [shown])) == []


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


def test_what_a_shop_should_have_and_takes_no_new_ones_of_is_told(store):
    hub = Hub(store)
    erp = hub.add("erp", "erp", Tables(ERP))
    hub.add("shop", "eshop", Tables(SHOP | {"prices": replace(SHOP["prices"], create="never")}))
    lamp(erp)
    for number, sku in enumerate(("A", "B")):  # no product B is in the shop: nobody expects its price there
        erp.put("prices", str(number), sku=sku, list="std", currency="EUR", amount="10.00")
    hub.in_step("products")
    hub.run("erp", "prices")
    told = "1 prices are not in shop (A|std|EUR ...), and it takes no new ones from here"
    hub.run("shop", "prices")
    assert [line for line in hub.held.lines if line.startswith(told)]
    hub.run("shop", "prices")
    assert not hub.held.lines
