"""What is offered: stock less what is reserved, kept back, or sold and not in the ERP yet; and how orders end (PAINS S5, S10)."""

from dataclasses import replace

import pytest

from hub.handler import HandedOn
from hub.store import checkpoints
from tests.contract.tables import CATALOGUE, ERP, SHOP, Hub, Tables, lamp, meanwhile, order


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
