"""Orders that are held back until they are paid: seen waiting, brought at once, never brought when they are cancelled."""

from dataclasses import replace

import pytest

from hub.errors import TryLater
from hub.store import Store
from hub.sync.planning import plan_system
from tests.contract.store_steps import StandingClock
from tests.contract.tables import ERP, SHOP, Hub, Tables, order

PAID = "payment.state != 'unpaid' || payment.method == 'cod'"
TOLD = {"orders": replace(ERP["orders"], writes=ERP["orders"].writes | {"status"})}


@pytest.fixture
def hub(store: Store) -> Hub:
    """A hub whose ERP gets orders that are paid, or need not be."""
    hub = Hub(store)
    hub.takes_orders["erp"] = False
    hub.add("erp", "erp", Tables(ERP | TOLD), range={"orders": PAID})
    shop = hub.add("shop", "eshop", Tables(SHOP))
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    return hub


def test_an_order_waits_until_it_is_paid(hub: Hub, erp: Tables, shop: Tables):
    order(shop, payment={"state": "unpaid", "method": "transfer"})
    hub.run_all("parties", "orders")
    hub.run_all("parties", "orders")
    assert not erp.rows["orders"]
    [waiting] = hub.waiting()
    assert (waiting.cause, waiting.key) == ("held-back", "shop|1001")
    assert PAID in waiting.message
    shop.put("orders", "o1001", payment={"state": "paid", "method": "transfer"})
    hub.in_step("parties", "orders")
    assert len(erp.rows["orders"]) == 1
    assert not hub.waiting()


@pytest.mark.parametrize(
    "payment",
    [{"state": "authorised"}, {"state": "unpaid", "method": "cod"}, None],
    ids=["authorised", "on delivery", "not told"],
)
def test_an_order_that_need_not_be_paid_goes_at_once(hub: Hub, erp: Tables, shop: Tables, payment: object):
    order(shop, payment=payment)
    hub.in_step("parties", "orders")
    assert len(erp.rows["orders"]) == 1


def test_one_that_is_paid_without_a_mark_goes_after_the_next_full_compare(hub: Hub, erp: Tables, shop: Tables):
    order(shop, payment={"state": "unpaid"})
    hub.run_all("parties", "orders")
    shop.put("orders", "o1001", silently=True, payment={"state": "paid"})
    order(shop, "1002", payment={"state": "paid"})
    hub.run("shop", "parties", "orders", full=True)
    hub.in_step("parties", "orders")
    assert len(erp.rows["orders"]) == 2
    assert not hub.waiting()


def test_one_that_is_cancelled_before_it_is_paid_never_goes(hub: Hub, erp: Tables, shop: Tables):
    order(shop, payment={"state": "unpaid"})
    hub.run_all("parties", "orders")
    shop.put("orders", "o1001", status="cancelled")
    hub.in_step("parties", "orders")
    assert not erp.rows["orders"]
    assert not hub.waiting()


def test_what_the_erp_has_it_keeps_and_is_told_of(hub: Hub, erp: Tables, shop: Tables):
    order(shop, payment={"state": "paid"})
    hub.in_step("parties", "orders")
    shop.put("orders", "o1001", payment={"state": "unpaid"}, status="cancelled")
    hub.in_step("parties", "orders")
    [sale] = erp.rows["orders"].values()
    assert sale["status"] == "cancelled"
    assert not hub.waiting()


def test_what_an_answer_was_lost_of_is_looked_for_though_it_is_held_back_now(
    hub: Hub, erp: Tables, shop: Tables, clock: StandingClock
):
    order(shop, payment={"state": "paid"})
    hub.in_step("parties")
    hub.run("shop", "orders")
    erp.lost_answers = 1
    with pytest.raises(TryLater):
        hub.run("erp", "orders")
    shop.put("orders", "o1001", payment={"state": "unpaid"})
    hub.run("shop", "orders")
    clock.move(seconds=61)
    hub.in_step("parties", "orders")
    assert len(erp.rows["orders"]) == 1
    assert hub.binding("erp", "orders", "shop|1001").external_id in erp.rows["orders"]
    assert not hub.waiting()


def test_a_plan_says_what_is_held_back(hub: Hub, shop: Tables):
    order(shop, payment={"state": "unpaid"})
    hub.run("shop", "parties", "orders")
    hub.run("erp", "parties")
    plan = plan_system(hub.systems["erp"], ["orders"], hub.store.write, {"orders": hub.full_every})
    [action] = [each for each in plan.actions if each.key == "shop|1001"]
    assert (action.direction, action.outcome, action.cause) == ("out", "quarantined", "held-back")
