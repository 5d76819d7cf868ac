"""Which price goes out, and what waits until somebody says which (PAINS S7)."""

from dataclasses import replace

import pytest

from hub.store import Store
from tests.contract.tables import CATALOGUE, ERP, SHOP, Hub, Tables, lamp


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


def free(erp: Tables, amount: str = "0.00") -> None:
    """Have a product that costs nothing in the ERP."""
    lamp(erp)
    erp.put("prices", "1", sku="A", list="std", currency="EUR", amount=amount)


def test_s05_a_price_of_nothing_waits_until_there_is_one(hub, erp, shop):
    free(erp)
    hub.in_step(*CATALOGUE)
    assert not shop.rows["prices"]
    [waiting] = hub.waiting()
    assert (waiting.cause, waiting.key) == ("not-priced", "A|std|EUR")
    assert "zero_prices = true in [systems.shop.range]" in waiting.message
    hub.run("shop", *CATALOGUE)
    assert not hub.held.counts["quarantined"], "it is told once, not with each run"
    free(erp, "9.00")
    hub.in_step(*CATALOGUE)
    assert [row["amount"] for row in shop.rows["prices"].values()] == ["9.00"]
    assert not hub.waiting()


def test_s05_a_price_that_becomes_nothing_leaves_the_shop_its_own(hub, erp, shop):
    free(erp, "10.00")
    hub.in_step(*CATALOGUE)
    free(erp)
    hub.in_step(*CATALOGUE)
    [waiting] = hub.waiting()
    assert waiting.cause == "not-priced"
    assert [row["amount"] for row in shop.rows["prices"].values()] == ["10.00"]
    free(erp, "10.00")
    hub.in_step(*CATALOGUE)
    assert not hub.waiting()


def test_what_is_said_to_be_free_goes_out(hub, erp, shop):
    free(erp)
    hub.in_step(*CATALOGUE)
    hub.add("shop", "eshop", shop, range={"zero_prices": True})
    hub.run("shop", *CATALOGUE)
    assert [row["amount"] for row in shop.rows["prices"].values()] == ["0.00"]
    assert not hub.waiting()


def test_a_price_of_nothing_of_a_product_that_the_shop_does_not_have_waits_for_nobody(hub, erp, shop):
    hub.add("shop", "eshop", shop, range={"products": "active"})
    erp.put("products", "1", sku="A", name="Lamp", active=False)
    erp.put("prices", "1", sku="A", list="std", currency="EUR", amount="0.00")
    hub.in_step(*CATALOGUE)
    assert not hub.waiting()


def test_prices_and_stock_go_to_a_shop_whose_products_are_not_synchronised(store):
    hub = Hub(store)
    erp = hub.add("erp", "erp", Tables(ERP))
    shop = hub.add("shop", "eshop", Tables(SHOP))
    lamp(erp)
    erp.put("prices", "1", sku="A", list="retail", currency="EUR", amount="10.00")
    erp.put("stock", "1", sku="A", location="MAG1", on_hand="7")
    shop.put("prices", "7", sku="A", list="retail", currency="EUR", amount="8.00")
    shop.put("stock", "7", sku="A", available="3")
    hub.in_step("prices", "stock")
    assert (shop.rows["prices"]["7"]["amount"], shop.rows["stock"]["7"]["available"]) == ("10.00", "7")


@pytest.fixture(params=["put", "never"])
def of_its_own(store: Store, request: pytest.FixtureRequest) -> tuple[Hub, Tables, Tables]:
    """A hub, an ERP with a product for 10.00, and a shop that has it for 8.00, and gets web products only."""
    hub = Hub(store)
    erp = hub.add("erp", "erp", Tables(ERP))
    beside = {name: replace(SHOP[name], create=request.param) for name in ("prices", "stock")}
    shop = hub.add("shop", "eshop", Tables(SHOP | beside), range={"products": "contains(tags, 'web')"})
    lamp(erp, tags=["b2b"])
    erp.put("prices", "1", sku="A", list="retail", currency="EUR", amount="10.00")
    erp.put("stock", "1", sku="A", location="MAG1", on_hand="7")
    shop.put("products", "7", sku="A", name="Lamp of the shop's own")
    shop.put("prices", "7", sku="A", list="retail", currency="EUR", amount="8.00")
    shop.put("stock", "7", sku="A", available="3")
    return hub, erp, shop


@pytest.mark.parametrize("streams", [CATALOGUE, CATALOGUE[::-1]], ids=["products first", "products last"])
def test_price_and_stock_of_a_product_that_a_shop_is_not_to_get_stay_as_they_are_there(of_its_own, streams):
    hub, erp, shop = of_its_own
    hub.in_step(*streams, others=True)
    erp.put("prices", "1", amount="11.00")
    erp.put("stock", "1", on_hand="6")
    hub.in_step(*streams, others=True)
    for amount in range(12, 20):
        shop.put("prices", "7", amount=f"{amount}.00")
        hub.run("shop", *streams)
    hub.run("shop", *streams, full=True)
    assert (shop.writes, hub.waiting(), hub.conflicts("prices", "A|retail|EUR")) == ([], [], [])
    lamp(erp, tags=["web"])
    hub.in_step(*CATALOGUE, others=True)
    assert [*shop.rows["products"]] == ["7"]
    assert (shop.rows["prices"]["7"]["amount"], shop.rows["stock"]["7"]["available"]) == ("11.00", "6")


def test_a_level_that_is_gone_empties_no_product_that_a_shop_is_not_to_get(of_its_own):
    hub, erp, shop = of_its_own
    hub.in_step(*CATALOGUE, others=True)
    del erp.rows["stock"]["1"]
    hub.run("erp", "stock", full=True)
    hub.in_step(*CATALOGUE, others=True)
    assert shop.writes == []
