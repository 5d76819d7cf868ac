"""Orders that an ERP closes although less was sent than ordered: no shop is told that all of it was."""

from dataclasses import replace
from typing import Any

import pytest

from hub.store import Store, quarantine
from hub.sync.planning import plan_system
from tests.contract.tables import ERP, SHOP, Hub, Tables, order

TELLS = {"orders": replace(SHOP["orders"], writes=frozenset(["status", "tracking", "invoice"]))}
ONE = [{"number": "P-1"}]
KEY = "shop|1001"


@pytest.fixture
def hub(store: Store) -> Hub:
    """A hub that has brought an order of two lamps from a shop to an ERP."""
    hub = Hub(store)
    hub.takes_orders["erp"] = False
    hub.add("erp", "erp", Tables(ERP))
    shop = hub.add("shop", "eshop", Tables(SHOP | TELLS))
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop)
    hub.in_step("parties", "orders")
    return hub


def lines(quantity: str) -> list[dict[str, str]]:
    return [{"id": "1", "sku": "A", "quantity": quantity, "unit_price": "10.00"}]


def says(erp: Tables, **said: Any) -> None:
    [sale] = erp.rows["orders"]
    erp.put("orders", sale, **said)


def close(erp: Tables, sent: str = "1", status: str = "shipped", **more: Any) -> None:
    says(erp, status=status, short_shipped=[{"sku": "A", "sent": sent}], **more)


def told(shop: Tables) -> list[dict[str, Any]]:
    return [dict(each.fields) for stream, each in shop.writes if stream == "orders"]


@pytest.mark.parametrize("status", ["shipped", "completed"])
def test_an_order_closed_short_waits_and_its_parcels_are_told(hub: Hub, erp: Tables, shop: Tables, status: str):
    close(erp, status=status, tracking=ONE, invoice="FV/1")
    hub.run_all("orders")
    hub.in_step("orders")
    assert told(shop) == [{"tracking": ONE, "invoice": "FV/1"}]
    assert all(each.record["status"] == "pending" for _, each in shop.writes), "what a description is made of"
    assert shop.rows["orders"]["o1001"]["status"] == "pending"
    [waiting] = hub.waiting()
    assert (waiting.system, waiting.cause, waiting.key) == ("shop", "closed-short", KEY)
    assert "1 of 2 A was sent" in waiting.message
    hub.run("shop", "orders", full=True)
    assert len(told(shop)) == 1
    assert [each.cause for each in hub.waiting()] == ["closed-short"]


def test_it_goes_on_by_itself_once_the_shop_has_no_more_of_it_than_was_sent(hub: Hub, erp: Tables, shop: Tables):
    close(erp)
    hub.run_all("orders")
    assert not told(shop)
    shop.put("orders", "o1001", lines=lines("1"), totals={"gross": "10.00"})
    hub.in_step("orders")
    assert told(shop) == [{"status": "shipped"}]
    assert not hub.waiting()


def test_the_erp_is_not_told_of_what_it_has_said_itself(hub: Hub, erp: Tables, shop: Tables):
    """It would refuse to change a sale that is closed, and somebody would have to look at that."""
    before = len(erp.writes)
    close(erp)
    hub.run_all("orders")
    shop.put("orders", "o1001", lines=lines("1"), totals={"gross": "10.00"})
    hub.in_step("orders")
    assert len(erp.writes) == before
    says(erp, short_shipped=None)
    hub.in_step("orders")
    assert [sorted(each.fields) for _, each in erp.writes[before:]] == [["lines", "totals"]]


def test_the_erp_is_told_of_what_else_changes(hub: Hub, erp: Tables, shop: Tables):
    before = len(erp.writes)
    close(erp)
    hub.run_all("orders")
    shop.put("orders", "o1001", lines=lines("0"), totals={"gross": "0.00"})
    hub.in_step("orders")
    assert [sorted(each.fields) for _, each in erp.writes[before:]] == [["lines", "totals"]]


def test_it_goes_on_when_nothing_was_sent_of_a_product_that_the_shop_has_taken_off(hub: Hub, erp: Tables, shop: Tables):
    close(erp, sent="0")
    hub.run_all("orders")
    assert not told(shop)
    other = [{"id": "2", "sku": "B", "quantity": "1", "unit_price": "10.00"}]
    shop.put("orders", "o1001", lines=other, totals={"gross": "10.00"})
    hub.in_step("orders")
    assert told(shop) == [{"status": "shipped"}]
    assert not hub.waiting()


def test_it_goes_on_when_the_erp_sends_the_rest_after_all(hub: Hub, erp: Tables, shop: Tables):
    close(erp)
    hub.run_all("orders")
    assert not told(shop)
    says(erp, short_shipped=None)
    hub.in_step("orders")
    assert told(shop) == [{"status": "shipped"}]
    assert not hub.waiting()


def test_it_is_over_when_people_bring_it_forward_in_the_shop(hub: Hub, erp: Tables, shop: Tables):
    """The status is then as it is in the record, which does not change."""
    close(erp, status="completed")
    hub.run_all("orders")
    shop.put("orders", "o1001", status="completed")
    hub.in_step("orders")
    assert not told(shop)
    assert not hub.waiting()


def test_what_is_discarded_waits_no_more_until_something_else_was_sent(hub: Hub, erp: Tables, shop: Tables):
    close(erp)
    hub.run_all("orders")
    [waiting] = hub.waiting()
    with hub.store.write() as tx:
        quarantine.close(tx, [waiting.id], "discarded")
    hub.in_step("orders")
    assert (hub.waiting(), told(shop)) == ([], [])
    close(erp, sent="0")
    hub.in_step("orders")
    assert ["0 of 2 A" in each.message for each in hub.waiting()] == [True]
    assert not told(shop)


def test_a_cancelled_one_is_told(hub: Hub, erp: Tables, shop: Tables):
    close(erp, status="cancelled")
    hub.in_step("orders")
    assert told(shop) == [{"status": "cancelled"}]
    assert not hub.waiting()


def test_one_that_is_not_closed_short_is_told_once(hub: Hub, erp: Tables, shop: Tables):
    says(erp, status="shipped", tracking=ONE, short_shipped=None)
    hub.in_step("orders")
    hub.run("shop", "orders", full=True)
    assert told(shop) == [{"status": "shipped", "tracking": ONE}]
    assert not hub.waiting()


def test_what_the_shop_refuses_besides_is_not_covered(hub: Hub, erp: Tables, shop: Tables):
    shop.refuses[KEY] = "the number is too long"
    close(erp, tracking=ONE)
    hub.run_all("orders")
    assert [each.message for each in hub.waiting()] == ["the number is too long"]
    shop.refuses.clear()
    waiting = [each.id for each in hub.waiting()]
    with hub.store.write() as tx:
        quarantine.again(tx, waiting)
    hub.in_step("orders")
    assert [each.cause for each in hub.waiting()] == ["closed-short"]


def test_a_plan_says_what_waits(hub: Hub, erp: Tables):
    close(erp)
    hub.run("erp", "orders")
    plan = plan_system(hub.systems["shop"], ["orders"], hub.store.write, {"orders": hub.full_every})
    [action] = [each for each in plan.actions if each.key == KEY]
    assert (action.direction, action.outcome, action.cause) == ("out", "quarantined", "closed-short")
