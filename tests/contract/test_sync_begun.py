"""A shop that has sold for years before the hub came, or took over another's orders: these are no news to the ERP."""

from datetime import date

import pytest

from hub.store import Store
from tests.contract.tables import ERP, SHOP, Hub, Tables, order

OLD, NEW = "2026-11-30T22:59:59Z", "2026-12-01T00:00:00Z"


def hub_of(store: Store, begin: date | None) -> Hub:
    hub = Hub(store)
    hub.takes_orders["erp"] = False
    hub.add("erp", "erp", Tables(ERP))
    shop = hub.add("shop", "eshop", Tables(SHOP), orders_from=begin)
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop, placed_at=OLD, status="completed")
    order(shop, "1002", placed_at=NEW)
    return hub


@pytest.fixture
def begun(store: Store) -> Hub:
    """A hub that is to take the shop's orders from December on."""
    return hub_of(store, date(2026, 12, 1))


def sold(hub: Hub) -> list[str]:
    return sorted(each["number"] for each in hub.tables("erp").rows["orders"].values())


def test_orders_from_before_are_left_to_the_shop(begun: Hub):
    """Each completed order of years became a sale in the ERP, to be sent and invoiced once more."""
    begun.in_step("parties", "orders", others=True)
    assert sold(begun) == ["1002"]
    assert begun.keys("orders") == ["shop|1002"]
    begun.run_all("parties", "orders")
    begun.run("shop", "orders", full=True)
    assert begun.held.counts["skipped"] == 1
    assert not begun.waiting()


def test_nor_do_they_wait_for_customers_that_are_gone(begun: Hub):
    order(begun.tables("shop"), "1000", party="gone", placed_at=OLD)
    begun.run("shop", "orders")
    assert [each.key for each in begun.waiting()] == [None], "the new one waits for its own"
    begun.in_step("parties", "orders", others=True)
    assert not begun.waiting()


def test_what_was_taken_before_the_day_was_named_goes_on(store: Store):
    hub_of(store, None).in_step("parties", "orders")
    later = Hub(store)
    later.takes_orders["erp"] = False
    shop = later.add("shop", "eshop", Tables(SHOP), orders_from=date(2026, 12, 1))
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop, placed_at=OLD, status="completed", totals={"gross": "25.00"})
    later.run("shop", "parties", "orders", full=True)
    assert later.record("orders", "shop|1001").fields["totals"] == {"gross": "25.00"}


def test_an_earlier_day_brings_them(store: Store):
    begun = hub_of(store, date(2026, 12, 1))
    begun.in_step("parties", "orders", others=True)
    shop = begun.tables("shop")
    begun.add("shop", "eshop", shop, orders_from=date(2026, 11, 1))
    begun.in_step("parties", "orders")
    assert sold(begun) == ["1001", "1002"]
