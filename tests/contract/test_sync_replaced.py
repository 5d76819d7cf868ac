"""An ERP that was put back to a backup: it gives numbers out once more, and not for what had them before."""

from copy import deepcopy
from typing import Any

import pytest
import sqlalchemy.event

from hub.store import bindings
from hub.sync import retrying
from tests.contract.tables import Hub, Tables, lamp, order

YESTERDAY, TODAY = "2026-11-26 08:00", "2026-11-27 08:00"


class Backup:
    """What an ERP held at some time."""

    def __init__(self, erp: Tables):
        self.erp, self.kept = erp, deepcopy((erp.rows, erp.marks, erp.born))

    def put_back(self) -> None:
        self.erp.rows, self.erp.marks, self.erp.born = deepcopy(self.kept)  # the mark is a clock: it goes on
        self.erp.today = TODAY


@pytest.fixture
def backup(hub: Hub, erp: Tables, shop: Tables) -> Backup:
    """The ERP's backup from before a lamp was ordered in the shop."""
    erp.today = YESTERDAY
    lamp(erp)
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    hub.in_step("products", "parties")
    return Backup(erp)


def sale_of(hub: Hub, number: str = "1001") -> str:
    return hub.binding("erp", "orders", f"shop|{number}").external_id


def causes(hub: Hub) -> list[tuple[str, str | None]]:
    return [(each.cause, each.key) for each in hub.waiting()]


def named(hub: Hub, name: str) -> str:
    [key] = [key for key in hub.keys("parties") if hub.record("parties", key).fields["name"] == name]
    return key


def retried(hub: Hub) -> None:
    with hub.store.write() as tx:
        retrying.retry(tx, [each.id for each in hub.waiting()])


@pytest.fixture
def taken_by_another(hub: Hub, erp: Tables, shop: Tables, backup: Backup) -> str:
    """The number of the order's sale, under which the ERP's staff has entered a sale of their own since."""
    order(shop)
    hub.in_step("parties", "orders")
    sale = sale_of(hub)
    backup.put_back()
    erp.put("orders", sale, status="shipped", number="by hand", currency="EUR")
    return sale


def test_an_order_is_not_told_what_became_of_another_sale(hub, erp, shop, taken_by_another):
    """Its shop was told that it was shipped, and wrote so to the customer; nobody was to send it."""
    hub.run_all("parties", "orders")
    hub.run_all("parties", "orders")
    assert shop.rows["orders"]["o1001"]["status"] == "pending"
    assert causes(hub) == [("another-there", "shop|1001")]
    assert f"as {taken_by_another}, made {TODAY}, than shop|1001, made {YESTERDAY}" in hub.waiting()[0].message


def test_nothing_is_written_to_the_other_sale(hub, erp, shop, taken_by_another):
    hub.run("erp", "orders")
    shop.put("orders", "o1001", status="cancelled")
    hub.run_all("orders")
    assert erp.rows["orders"][taken_by_another]["status"] == "shipped"
    assert erp.rows["orders"][taken_by_another]["number"] == "by hand"


def test_with_the_next_full_scan_it_is_gone_there_and_can_be_made_anew(hub, erp, shop, taken_by_another):
    hub.run("erp", "orders")
    retried(hub)
    hub.run("erp", "orders")
    assert causes(hub) == [("gone-there", "shop|1001")]
    retried(hub)
    hub.in_step("parties", "orders")
    assert sale_of(hub) != taken_by_another
    assert erp.rows["orders"][sale_of(hub)]["number"] == "1001"
    assert erp.rows["orders"][taken_by_another]["number"] == "by hand"
    assert not hub.waiting()


def test_who_dies_while_it_is_taken_for_gone_leaves_nothing_in_the_dark(hub, erp, shop, taken_by_another):
    """Its entry was closed before: whoever came next knew of a binding that was parked, and not why."""
    hub.run("erp", "orders")
    retried(hub)

    def die(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("UPDATE binding") and "gone_at=" in statement.replace('"', "").partition("WHERE")[0]:
            raise ConnectionAbortedError

    sqlalchemy.event.listen(hub.store.engine, "before_cursor_execute", die)
    with pytest.raises(ConnectionAbortedError):
        hub.run("erp", "orders")
    sqlalchemy.event.remove(hub.store.engine, "before_cursor_execute", die)
    hub.run("erp", "orders")
    assert causes(hub) == [("gone-there", "shop|1001")]


def test_a_full_scan_that_meets_it_first_takes_it_for_gone_there_at_its_end(hub, erp, shop, taken_by_another):
    hub.run("erp", "orders", full=True)
    assert causes(hub) == [("gone-there", "shop|1001")]
    assert erp.rows["orders"][taken_by_another]["number"] == "by hand"


def test_an_order_whose_number_went_to_another_order_is_missed(hub, erp, shop, backup):
    """Nobody was told that the ERP had it no more."""
    order(shop)
    hub.in_step("parties", "orders")
    sale = sale_of(hub)
    backup.put_back()
    erp.mark = int(sale.removeprefix("orders-")) - 1
    order(shop, "1002")
    hub.run("shop", "parties", "orders")
    hub.run("erp", "parties", "orders")
    assert sale_of(hub, "1002") == sale
    assert causes(hub) == [("gone-there", "shop|1001")]
    retried(hub)
    hub.in_step("parties", "orders")
    assert {each["number"] for each in erp.rows["orders"].values()} == {"1001", "1002"}
    assert not hub.waiting()


def test_a_product_does_not_become_the_one_that_has_its_number_now(hub, erp, shop, backup):
    """What the shop sold as a chair was delivered as a candle."""
    erp.put("products", "2", sku="B", name="Chair")
    hub.in_step("products")
    backup.put_back()
    erp.put("products", "2", sku="C", name="Candle")
    erp.put("products", "3", sku="B", name="Chair")
    hub.run_all("products")
    names = {row["sku"]: row["name"] for row in shop.rows["products"].values()}
    assert names == {"A": "Lamp", "B": "Chair"}
    hub.run("erp", "products", full=True)
    hub.in_step("products")
    names = {row["sku"]: row["name"] for row in shop.rows["products"].values()}
    assert names == {"A": "Lamp", "B": "Chair", "C": "Candle"}
    assert hub.binding("erp", "products", "B").external_id == "3"
    assert not hub.waiting()


def test_a_customer_does_not_become_the_one_who_has_the_number_now(hub, erp, shop, backup):
    """A shop showed one customer the name and the address of another."""
    shop.put("parties", "c2", name="Eva", email="eva@example.com")
    order(shop, party="c2")
    hub.in_step("parties", "orders")
    eva = named(hub, "Eva")
    number = hub.binding("erp", "parties", eva).external_id
    backup.put_back()
    erp.put("parties", number, name="Zoe", email="zoe@example.com")
    hub.run_all("parties")
    hub.run("erp", "parties", full=True)
    hub.in_step("parties")
    assert shop.rows["parties"]["c2"]["name"] == "Eva"
    assert hub.record("parties", eva).fields["email"] == "eva@example.com"
    assert hub.binding("erp", "parties", named(hub, "Zoe")).external_id == number


def test_who_takes_the_backup_back_finds_all_as_it_was(hub, erp, shop, backup):
    """As where hub.toml named a copy of the ERP for an hour."""
    order(shop)
    hub.in_step("parties", "orders")
    now, sale = Backup(erp), sale_of(hub)
    backup.put_back()
    erp.put("orders", sale, status="shipped", number="by hand", currency="EUR")
    hub.run("erp", "orders")
    assert causes(hub) == [("another-there", "shop|1001")]
    now.put_back()
    hub.run("erp", "orders", full=True)
    assert not hub.waiting()
    erp.put("orders", sale, status="shipped")
    hub.in_step("orders")
    assert shop.rows["orders"]["o1001"]["status"] == "shipped"


def test_a_rebuilt_database_that_says_otherwise_when_all_was_made_changes_nothing(hub, erp, shop, backup):
    order(shop)
    hub.in_step("parties", "orders")
    erp.born = dict.fromkeys(erp.born, TODAY)
    hub.run_all("products", "parties", "orders")
    hub.run("erp", "products", "parties", "orders", full=True)
    assert not hub.waiting()
    with hub.store.read() as tx:
        known = [each for system, each in bindings.of_record(tx, "orders", "shop|1001") if system == "erp"]
    assert [each.born for each in known] == [TODAY]


def test_so_many_at_once_are_asked_about(hub, erp, shop, backup):
    for number in range(20, 40):
        erp.put("products", str(number), sku=f"P{number}")
    hub.in_step("products")
    backup.put_back()
    for number in range(20, 40):
        erp.put("products", str(number), sku=f"Q{number}")
    hub.run("erp", "products", full=True)
    assert ("mass-delete", None) in causes(hub)
    assert "P20" in hub.keys("products")
    retried(hub)
    hub.run("erp", "products")
    hub.run("shop", "products")
    assert {cause for cause, _ in causes(hub)} == {"brake"}, "nor are so many taken out of the shop without a yes"
    retried(hub)
    hub.in_step("products")
    assert {row["sku"] for row in shop.rows["products"].values()} == {"A", *(f"Q{number}" for number in range(20, 40))}


@pytest.fixture
def reused(hub: Hub, erp: Tables, shop: Tables) -> Hub:
    """A shop that was put back to a backup, and has given the number of an order to one of the same goods since."""
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    shop.put("parties", "c2", name="Eva", email="eva@example.com")
    order(shop, placed_at="2026-11-26T08:00:00Z", email="jan@example.com", status="confirmed")
    hub.in_step("parties", "orders")
    del shop.rows["orders"]["o1001"]
    order(shop, party="c2", placed_at="2026-11-27T09:00:00Z", email="eva@example.com", status="pending")
    return hub


def test_an_order_that_has_anothers_number_in_its_shop_is_told(reused: Hub, erp: Tables, shop: Tables):
    """It was taken for the other one: at the same goods nobody was told that the ERP had never had it."""
    reused.run_all("parties", "orders")
    assert causes(reused) == [("number-reused", "shop|1001")]
    assert "by jan@example.com, to another order, placed 2026-11-27T09:00:00Z by eva" in reused.waiting()[0].message
    assert reused.record("orders", "shop|1001").fields["email"] == "jan@example.com"
    erp.put("orders", sale_of(reused), status="shipped")
    reused.run_all("orders")
    reused.run("shop", "orders", full=True)
    assert shop.rows["orders"]["o1001"]["status"] == "pending", "what became of the other is not told of this one"
    retried(reused)
    reused.run("shop", "orders")
    reused.run("shop", "orders", full=True)
    assert causes(reused) == [("number-reused", "shop|1001")]


def test_an_order_whose_date_or_address_somebody_corrects_is_the_same(reused: Hub, shop: Tables):
    order(shop, placed_at="2026-11-26T08:00:00Z", email="jan.kos@example.com", status="confirmed")
    reused.in_step("parties", "orders")
    order(shop, placed_at="2026-11-26T09:00:00Z", email="jan.kos@example.com", status="confirmed")
    reused.in_step("parties", "orders")
    assert not reused.waiting()
