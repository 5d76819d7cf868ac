"""What waits goes on when its cause is gone, and what was said once does not hold for ever."""

from contextlib import suppress
from dataclasses import replace

import pytest

from hub.connector import Stream
from hub.errors import TryLater
from hub.handler import Done, HandedOn
from hub.store import quarantine
from hub.sync import exchange, scanning
from hub.sync.retrying import retry
from tests.contract.store_steps import StandingClock
from tests.contract.tables import CATALOGUE, ERP, SHOP, Hub, Tables, lamp, order


def causes(hub: Hub) -> list[str]:
    return [each.cause for each in hub.waiting()]


def again(hub: Hub, *numbers: int):
    with hub.store.write() as tx:
        retry(tx, numbers)


# Full scans, and the brake


def many(erp: Tables, hub: Hub):
    for number in range(20):
        erp.put("products", str(number), sku=f"P{number}", name="Lamp")
    hub.run("erp", "products")


def test_s16_a_scan_that_was_asked_for_and_breaks_off_is_asked_for_still(hub, erp):
    many(erp, hub)
    with hub.store.write() as tx:
        scanning.ask(tx, "erp", "products")
    erp.size, erp.breaks_off = 1, True
    hub.run("erp", "products")
    erp.breaks_off = False
    for shown in ("Shade", "Lantern"):
        erp.put("products", "7", name=shown, silently=True)
        hub.run("erp", "products")
        assert hub.record("products", "P7").fields["name"] == "Shade"


def test_s16_a_mass_delete_that_was_none_is_asked_about_no_more(hub, erp):
    many(erp, hub)
    rows = dict(erp.rows["products"])
    erp.rows["products"].clear()
    hub.run("erp", "products", full=True)
    assert causes(hub) == ["mass-delete"]
    erp.rows["products"] = rows
    hub.run("erp", "products", full=True)
    assert not hub.waiting()


def test_s16_a_mass_delete_that_was_let_through_and_was_none_lets_no_later_one_through(hub, erp):
    many(erp, hub)
    rows = dict(erp.rows["products"])
    erp.rows["products"].clear()
    hub.run("erp", "products", full=True)
    again(hub, *(each.id for each in hub.waiting()))
    erp.rows["products"] = dict(rows)
    hub.run("erp", "products", full=True)
    erp.rows["products"].clear()
    hub.run("erp", "products", full=True)
    assert len(hub.keys("products")) == 20
    assert causes(hub) == ["mass-delete"]


def test_s16_a_mass_delete_is_let_through_however_much_else_waits(hub, erp):
    many(erp, hub)
    with hub.store.write() as tx:
        for number in range(250):
            needs = {"entity": "parties", "key": "nobody"}
            quarantine.put(tx, [waits(f"push:{number}", needs=needs)])
    erp.rows["products"].clear()
    hub.run("erp", "products", full=True)
    with hub.store.read() as tx:
        asked = quarantine.find(tx, cause="mass-delete")
    again(hub, *(each.id for each in asked))
    hub.run("erp", "products", full=True)
    assert not hub.keys("products")


def waits(identity: str, **told) -> quarantine.Caught:
    given = {"system": "erp", "stream": "products", "entity": "products", "key": identity.partition(":")[2]}
    given |= {"cause": "waits-for-parties", "message": "", "place": {}, "raw": {}, "run": 1}
    return quarantine.Caught(identity=identity, **{**given, **told})


# Quarantine


def test_s19_what_waits_and_is_gone_from_the_system_waits_no_more(hub, erp):
    erp.put("products", "1", sku="A", name="Lamp", gtin="123")
    erp.put("products", "2", sku="B", name="Chair", gtin="123")
    hub.run("erp", "products")
    del erp.rows["products"]["1"]
    hub.run("erp", "products", full=True)
    assert [each.external_id for each in hub.waiting()] == ["2"]


def test_s15_of_two_of_one_number_the_other_takes_the_place_of_the_one_that_goes(hub, erp, shop):
    lamp(erp)
    hub.in_step("products")
    erp.put("products", "2", sku="A", name="Better lamp")
    hub.run("erp", "products")
    assert causes(hub) == ["twice-in-system"]
    del erp.rows["products"]["1"]
    assert hub.run("erp", "products", full=True) == Done("2 identical, 1 update, 1 conflict, 1 deleted")
    assert hub.keys("products") == ["A"]
    assert not hub.waiting()
    shop.writes.clear()
    hub.in_step("products")
    assert [each.fields["name"] for _, each in shop.writes] == ["Better lamp"]


def test_a_number_that_is_free_again_is_taken(hub, erp, shop):
    lamp(erp)
    erp.put("products", "2", sku="B", name="Chair")
    hub.in_step("products")
    del erp.rows["products"]["2"]
    hub.run("erp", "products", full=True)
    hub.in_step("products")
    lamp(erp, sku="B")
    hub.in_step("products")
    assert not hub.waiting()
    assert hub.keys("products") == ["B"]
    assert [row["sku"] for row in shop.rows["products"].values()] == ["B"]


def test_what_hangs_on_another_record_is_looked_at_again_after_a_day(hub, erp, clock: StandingClock):
    lamp(erp)
    erp.put("products", "2", sku="B", name="Chair")
    hub.run("erp", "products")
    lamp(erp, sku="B")
    hub.run("erp", "products")
    assert causes(hub) == ["key-taken"]
    erp.put("products", "2", sku="C")
    hub.run("erp", "products")
    clock.move(days=1)
    hub.run("erp", "products", full=True)
    assert not hub.waiting()
    assert sorted(hub.keys("products")) == ["B", "C"]


def test_s19_what_was_refused_waits_no_more_under_the_number_that_it_had(hub, erp, shop):
    lamp(erp)
    shop.refuses["A"] = "no such number"
    hub.in_step("products")
    assert causes(hub) == ["no"]
    lamp(erp, sku="B")
    hub.in_step("products")
    assert [row["sku"] for row in shop.rows["products"].values()] == ["B"]
    assert not hub.waiting()


def test_s18_what_waits_in_vain_keeps_nothing_else_from_being_tried(hub, erp, shop):
    with hub.store.write() as tx:
        needs = {"entity": "parties", "key": "nobody"}
        given = {"stream": "orders", "entity": "orders", "needs": needs}
        quarantine.put(tx, [waits(f"push:{number}", **given) for number in range(600)])
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop)
    erp.refuses["shop|c1"] = "no such country"
    hub.in_step("parties", "orders")
    assert not erp.rows["orders"]
    del erp.refuses["shop|c1"]
    shop.put("parties", "c1", phone="+48600100200")
    hub.in_step("parties", "orders")
    assert [row["number"] for row in erp.rows["orders"].values()] == ["1001"]


def test_s18_an_order_that_waits_in_vain_keeps_no_other_out(hub, erp, shop, monkeypatch):
    monkeypatch.setattr(exchange, "MOST_TRIED", 3)
    for number in range(5):
        order(shop, str(number), f"c{number}")
    hub.run("shop", "parties", "orders")
    assert causes(hub) == ["waits-for-parties"] * 5
    shop.put("parties", "c4", name="Jan", email="jan@example.com")
    hub.run("shop", "parties", "orders")
    assert hub.keys("orders") == ["shop|4"]


# What goes out


def test_s05_what_lies_nowhere_any_more_is_not_offered_any_more(hub, erp, shop):
    lamp(erp)
    erp.put("stock", "1", sku="A", location="MAG1", on_hand="10")
    hub.in_step(*CATALOGUE)
    erp.rows["stock"].clear()
    hub.run("erp", "stock", full=True)
    hub.in_step(*CATALOGUE)
    assert [row["available"] for row in shop.rows["stock"].values()] == ["0"]
    shop.writes.clear()
    hub.run("shop", *CATALOGUE, full=True)
    assert not shop.writes


def test_a_product_that_is_made_anew_gets_its_price_and_its_stock(hub, erp, shop):
    lamp(erp)
    erp.put("prices", "1", sku="A", list="std", currency="EUR", amount="10.00")
    erp.put("stock", "1", sku="A", location="MAG1", on_hand="10")
    hub.in_step(*CATALOGUE)
    (old,) = shop.rows["products"]
    for stream in CATALOGUE:
        del shop.rows[stream][old]
    lamp(erp, name="Better lamp")
    hub.in_step(*CATALOGUE)
    (new,) = shop.rows["products"]
    assert new != old
    assert shop.rows["prices"][new]["amount"] == "10.00"
    assert shop.rows["stock"][new]["available"] == "10"


def test_a_product_that_comes_back_as_what_it_was_gets_the_price_that_it_got_meanwhile(hub, erp):
    shop = hub.add("shop", "eshop", Tables(SHOP), range={"products": "contains(tags, 'web')"})
    lamp(erp, tags=["web"])
    hub.in_step(*CATALOGUE)
    (product,) = shop.rows["products"]
    lamp(erp, tags=["b2b"])
    hub.in_step(*CATALOGUE)
    assert not shop.rows["products"]
    erp.put("prices", "1", sku="A", list="std", currency="EUR", amount="10.00")
    hub.in_step(*CATALOGUE)
    shop.put("products", product, sku="A", name="Lamp")
    lamp(erp, tags=["web"])
    hub.in_step(*CATALOGUE)
    assert [*shop.rows["products"]] == [product]
    assert shop.rows["prices"][product]["amount"] == "10.00"


def test_s06_what_was_not_answered_for_long_is_tried_again_less_and_less_often(hub, erp, shop, clock: StandingClock):
    lamp(erp)
    hub.run("erp", "products")
    shop.poison = {"A"}
    for minutes in (90, 60):
        with pytest.raises(TryLater):
            hub.run("shop", "products")
        clock.move(minutes=minutes)
    assert isinstance(hub.run("shop", "products"), Done), "it rests"
    shop.poison.clear()
    clock.move(minutes=30)
    hub.run("shop", "products")
    assert len(shop.rows["products"]) == 1
    assert not hub.waiting()


@pytest.mark.parametrize("fields", [{"sku": "B"}, {"sku": "B", "name": "Better lamp"}])
def test_what_is_renamed_while_it_is_written_and_cannot_be_read_back_stays_the_same(hub, erp, shop, fields):
    shop.answers_with_document = False
    fetch = shop.fetch

    def away(stream, ids):
        raise TryLater("503")

    def rename(told):
        shop.normalise, shop.fetch = dict, away
        lamp(erp, **fields)
        hub.run("erp", "products")
        return dict(told)

    lamp(erp)
    hub.run("erp", "products")
    shop.normalise = rename
    hub.run("shop", "products")
    shop.fetch = fetch
    hub.in_step("products")
    assert [row["sku"] for row in shop.rows["products"].values()] == ["B"]


def test_s15_what_a_write_finds_gone_in_the_erp_is_deleted_everywhere_by_the_next_scan(store):
    hub = Hub(store)
    owners = {"products.description": "shop"}
    streams = {**ERP, "products": Stream("products", writes=frozenset(["description"]))}
    erp = hub.add("erp", "erp", Tables(streams), owners=owners)
    shop = hub.add("shop", "eshop", Tables(SHOP), owners=owners)
    lamp(erp, description="ERP's")
    hub.in_step("products")
    (product,) = shop.rows["products"]
    erp.rows["products"].clear()
    shop.put("products", product, description="The shop's")
    hub.in_step("products")
    hub.run("erp", "products", full=True)
    hub.in_step("products")
    assert not hub.keys("products")
    assert not shop.rows["products"]


@pytest.mark.parametrize("mended", ["changed", "tried again"])
def test_an_order_goes_on_when_its_customer_was_mended_though_no_job_brings_customers(
    hub, erp, shop, clock: StandingClock, mended: str
):
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop)
    erp.refuses["shop|c1"] = "no such country"
    hub.run("shop", "parties", "orders")
    hub.run("erp", "orders")
    assert sorted(causes(hub)) == ["no", "waits-for-parties"]
    hub.run("erp", "orders")
    assert len(erp.writes) == 1
    erp.refuses.clear()
    clock.move(seconds=1)
    if mended == "changed":
        shop.put("parties", "c1", phone="+48600100200")
        hub.run("shop", "parties", "orders")
    else:
        again(hub, *(each.id for each in hub.waiting() if each.cause == "no"))
    hub.run("erp", "orders")
    assert len(erp.rows["orders"]) == 1
    assert not hub.waiting()


def test_s15_what_a_hint_says_is_gone_needs_no_full_scan(hub, erp, shop):
    lamp(erp)
    hub.in_step("products")
    (product,) = shop.rows["products"]
    del shop.rows["products"][product]
    hub.run("shop", "products", scope=[product])
    hub.run("shop", "products")
    assert len(shop.rows["products"]) == 1


@pytest.mark.parametrize("new", [False, True], ids=["changed", "new"])
def test_s18_a_record_on_which_the_connector_breaks_holds_up_no_other(hub, erp, shop, clock: StandingClock, new: bool):
    write = shop.write

    def broken(stream, writes):
        for each in writes:
            if each.key == "P0":
                raise KeyError("colour")
            yield from write(stream, [each])

    shop.write = broken if new else write
    for number in range(3):
        erp.put("products", str(number), sku=f"P{number}", name="Lamp")
    hub.run("erp", "products")
    for _ in range(3):
        with suppress(TryLater):
            hub.run("shop", "products")
        clock.move(seconds=61)
    shop.write = broken
    for number in range(3):
        erp.put("products", str(number), name="Better lamp")
    hub.run("erp", "products")
    for _ in range(3):
        with suppress(TryLater):
            hub.run("shop", "products")
        clock.move(seconds=61)
    names = {row["sku"]: row["name"] for row in shop.rows["products"].values() if row["sku"] != "P0"}
    assert names == {"P1": "Better lamp", "P2": "Better lamp"}
    [waiting] = hub.waiting()
    assert waiting.cause == ("unanswered" if new else "breaks")
    assert "KeyError: 'colour'" in waiting.message


# Another revision


def test_what_is_set_otherwise_holds_from_the_next_run_on(hub, erp, shop):
    lamp(erp)
    erp.put("stock", "1", sku="A", location="MAG1", on_hand="10")
    hub.in_step(*CATALOGUE)
    hub.add("shop", "eshop", shop, range={"buffer": 3})
    hub.in_step(*CATALOGUE)
    assert [row["available"] for row in shop.rows["stock"].values()] == ["7"]
    shop.writes.clear()
    asked, full = shop.read, list[bool]()
    shop.read = lambda stream, since, **how: full.append(how["full"]) or asked(stream, since, **how)
    hub.run("shop", *CATALOGUE)
    assert full == [False] * 3, "once is enough"
    assert not shop.writes


def test_what_is_set_otherwise_during_a_scan_makes_another_one(hub, erp):
    for number in range(4):
        erp.put("products", str(number), sku=f"P{number}", name="Lamp")
    hub.run("erp", "products")
    erp.size = 1
    for number in range(4):
        erp.put("products", str(number), silently=True, name="Better lamp")
        erp.marks["products", str(number)] = -5
    assert isinstance(hub.run("erp", "products", full=True, pages=2), HandedOn)
    hub.add("erp", "erp", erp, payment={"cod": "cash"})
    hub.run("erp", "products")
    asked, full = erp.read, list[bool]()
    erp.read = lambda stream, since, **how: full.append(how["full"]) or asked(stream, since, **how)
    hub.run("erp", "products")
    hub.run("erp", "products")
    assert full == [False, True, False]


def test_an_order_waits_for_no_products_that_nobody_reads(hub, erp, shop):
    erp.streams = {**ERP, "products": Stream("products", reads=False)}
    hub.systems["erp"] = replace(hub.systems["erp"], reads=("products", "orders"))
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop)
    hub.run("shop", "parties", "orders")
    hub.run("erp", "products", "parties", "orders")
    assert len(erp.rows["orders"]) == 1
