"""What goes out: nothing is made twice, nothing comes back as a change, nothing is written for nothing."""

from dataclasses import replace

import pytest

from hub.connector import Document, Stream
from hub.store import bindings
from hub.sync.arriving import fresh
from hub.sync.digest import reference
from hub.sync.reading import digested
from tests.contract.tables import CATALOGUE, ERP, SHOP, Hub, Tables, break_on, lamp, order


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


def test_s09_what_changes_often_is_not_undone(hub, erp, shop):
    lamp(erp)
    hub.in_step("products")
    (product,) = shop.rows["products"]
    for number in range(10):
        lamp(erp, name=f"Lamp {number}")
        hub.run("erp", "products")
        hub.run("shop", "products")
    assert hub.waiting() == []
    assert shop.rows["products"][product]["name"] == "Lamp 9"


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


def test_s03_a_sale_that_a_restored_hub_does_not_know_is_cancelled_with_its_order(hub, erp, shop):
    erp.streams = ERP | {"orders": replace(ERP["orders"], writes=ERP["orders"].writes | {"status"})}
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop, status="cancelled")
    order(shop, "1002", status="cancelled")
    erp.put("orders", "s1", reference=reference("erp", "orders", "shop|1001"), status="confirmed")
    hub.in_step("parties", "orders")
    assert [*erp.rows["orders"]] == ["s1"]
    assert erp.rows["orders"]["s1"]["status"] == "cancelled"
    assert not hub.waiting()


def test_s18_a_cancelled_order_that_cannot_be_looked_for_waits_and_holds_up_no_other(hub, erp, shop):
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop, status="cancelled")
    order(shop, "1002")
    break_on(erp, "shop|1001")
    hub.in_step("parties", "orders")
    assert len(erp.rows["orders"]) == 1
    assert [(each.key, each.cause) for each in hub.waiting()] == [("shop|1001", "breaks")]


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


def test_a_product_of_which_nothing_is_known_but_its_sku_is_made_too(hub: Hub, erp: Tables):
    """It was never made, and nobody was told: nor were its price and its stock."""
    told = Stream("products", writes=frozenset(["name", "description"]), create="intent")
    shop = hub.add("shop", "eshop", Tables(SHOP | {"products": told}))
    erp.put("products", "1", sku="A", name=None)
    erp.put("stock", "1", sku="A", location="main", on_hand="5")
    hub.in_step("products", "stock")
    assert [each["sku"] for each in shop.rows["products"].values()] == ["A"]
    assert [each["available"] for each in shop.rows["stock"].values()] == ["5"]
