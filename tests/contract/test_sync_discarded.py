"""What somebody has put away stays away until the record changes, whichever way it was to go."""

from contextlib import suppress

from hub.errors import TryLater
from hub.store import quarantine
from tests.contract.store_steps import StandingClock
from tests.contract.tables import Hub, Tables, lamp, order, parties


def discard(hub: Hub) -> None:
    with hub.store.write() as tx:
        assert quarantine.close(tx, [each.id for each in quarantine.find(tx)], "discarded") == 1


def test_a_change_that_the_erp_refuses_stays_away_until_the_order_changes_again(hub: Hub, erp: Tables, shop: Tables):
    hub.takes_orders["erp"] = True
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop)
    hub.in_step("parties", "orders")
    erp.refuses["shop|1001"] = "it has been delivered"
    shop.put("orders", "o1001", totals={"gross": "10.00"})
    hub.run("shop", "orders")
    hub.run("erp", "orders")
    assert [each.message for each in hub.waiting()] == ["it has been delivered"]
    discard(hub)
    hub.run("erp", "orders", full=True)
    assert not hub.waiting()
    shop.put("orders", "o1001", totals={"gross": "5.00"})
    hub.run("shop", "orders")
    hub.run("erp", "orders")
    assert [each.message for each in hub.waiting()] == ["it has been delivered"]


def test_a_document_that_cannot_be_taken_stays_away_until_it_changes(
    hub: Hub, erp: Tables, shop: Tables, clock: StandingClock
):
    erp.put("products", "1", sku="", name="Lamp")
    hub.run("erp", "products")
    discard(hub)
    for days in (0, 0, 2):
        clock.move(days=days)
        hub.run("erp", "products", full=True)
        assert not hub.waiting()
        assert bool(hub.held.counts["quarantined"]) is (days > 1), "looked at once a day"
    erp.put("products", "1", name="Floor lamp")
    hub.run("erp", "products")
    assert [each.cause for each in hub.waiting()] == ["missing-key"]
    erp.put("products", "1", sku="A")
    hub.run("erp", "products")
    assert (hub.keys("products"), hub.waiting()) == (["A"], [])


def test_a_price_that_waits_for_somebody_stays_away_until_there_is_something_else_to_say(
    hub: Hub, erp: Tables, shop: Tables
):
    lamp(erp)
    erp.put("prices", "1", sku="A", list="retail", currency="EUR", amount="10.00")
    hub.in_step("products", "prices")
    erp.rows["prices"].clear()
    hub.run("erp", "prices", full=True)
    hub.run("shop", "prices")
    assert [each.cause for each in hub.waiting()] == ["price-gone"]
    discard(hub)
    hub.run("shop", "prices", full=True)
    assert not hub.waiting()


def test_what_was_not_answered_comes_back_as_long_as_it_is_looked_for(
    hub: Hub, erp: Tables, shop: Tables, clock: StandingClock
):
    """It rests, and is looked for less and less often, only as long as it waits in quarantine."""
    parties(shop, 1)
    hub.run("shop", "parties")
    erp.poison = {"shop|0"}
    for _ in range(3):
        with suppress(TryLater):
            hub.run("erp", "parties")
        assert [each.cause for each in hub.waiting()] == ["unanswered"]
        discard(hub)
        clock.move(seconds=61)
