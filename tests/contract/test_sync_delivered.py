"""A system that cannot be asked: what it delivers is taken once, page by page, and nothing of it is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from hub.connector import Document, Page, Place, Unreadable
from hub.errors import TryLater
from hub.handler import Done
from hub.store import Store, checkpoints, quarantine
from hub.sync.retrying import retry
from tests.contract.store_steps import StandingClock
from tests.contract.tables import ERP, SHOP, Hub, Tables


@dataclass
class Deliveries(Tables):
    """An ERP whose lists lie there until they have been stored; what was delivered is known to nobody else."""

    store: Store = field(kw_only=True)
    lists: dict[str, list[Page]] = field(default_factory=dict)

    def deliver(self, stream: str, *rows: Mapping[str, Any], ruined: Sequence[Unreadable] = (), name: str = "") -> None:
        self.mark += 1
        lists = self.lists.setdefault(stream, [])
        documents = [Document(str(row.pop("id")), row) for row in map(dict, rows)]
        source = Place(name or f"{stream}.csv", version=str(self.mark))
        faults = [replace(each, place=each.place._replace(version=str(self.mark))) for each in ruined]
        lists.append(Page(stream, (), faults, {"taken": self.mark}, completes=source, documents=documents))

    def read(self, stream: str, since: Mapping[str, Any] | None, *, full: bool):
        assert not full, "what was delivered cannot be gone through again"
        while self.lists.get(stream):
            page = self.lists[stream][0]
            yield page
            with self.store.read() as tx:
                assert checkpoints.get(tx, "erp", stream).value == page.checkpoint, "resumed before it was stored"
            self.lists[stream].pop(0)

    def fetch(self, stream: str, ids: Sequence[str]) -> list[Document]:
        assert stream == "orders", "nothing can be had a second time"
        return [Document(each, {}) for each in ids if each in self.rows["orders"]]

    def document(self, stream: str, identity: str) -> Document:
        return Document(identity, {})


@pytest.fixture
def hub(store: Store) -> Hub:
    hub = Hub(store)
    streams = {name: replace(each, asked=False, late=10.0) for name, each in ERP.items()}
    orders = replace(streams["orders"], writes=streams["orders"].writes - {"party"})
    parties = replace(streams["parties"], writes=frozenset(), create="never")
    hub.add("erp", "erp", Deliveries({**streams, "orders": orders, "parties": parties}, store=store))
    hub.add("shop", "eshop", Tables(SHOP))
    hub.takes_orders["erp"] = True
    return hub


@pytest.fixture
def erp(hub: Hub) -> Deliveries:
    erp = hub.tables("erp")
    assert isinstance(erp, Deliveries)
    return erp


@pytest.fixture
def shop(hub: Hub) -> Tables:
    return hub.tables("shop")


@pytest.fixture
def ordered(hub: Hub, shop: Tables) -> Hub:
    """A new customer has ordered two lamps."""
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    lines = [{"id": "1", "sku": "A", "quantity": "2", "unit_price": "10.00"}]
    shop.put("orders", "o1", channel="shop", number="1", party="c1", lines=lines, status="pending")
    hub.run("shop", "parties", "orders")
    return hub


def test_an_order_waits_for_the_first_list_of_customers_and_then_names_the_one_that_is_there(ordered, erp):
    ordered.systems["erp"] = replace(ordered.systems["erp"], reads=("parties", "orders"))
    ordered.run("erp", "orders")
    assert not erp.rows["orders"]
    [waiting] = ordered.waiting()
    assert waiting.cause == "waits-for-parties"
    assert "shop|c1 may be there" in waiting.message
    erp.deliver("parties", {"id": "JAN", "name": "Jan", "email": "jan@example.com"})
    ordered.run("erp", "parties", "orders")
    [write] = [each for stream, each in erp.writes if stream == "orders"]
    assert write.links["parties"] == {"shop|c1": "JAN"}
    assert not ordered.waiting()


def test_an_order_of_a_new_customer_goes_out_once_the_first_list_has_come(ordered, erp):
    ordered.systems["erp"] = replace(ordered.systems["erp"], reads=("parties", "orders"))
    ordered.run("erp", "orders")
    ordered.run("erp", "parties", "orders")
    assert not erp.rows["orders"], "there was no list"
    erp.deliver("parties", {"id": "EVA", "name": "Eva", "email": "eva@example.com"})
    ordered.run("erp", "parties", "orders")
    [write] = [each for stream, each in erp.writes if stream == "orders"]
    assert write.links["parties"] == {}
    assert not ordered.waiting()


def lamp(sku: str = "A", **more: Any) -> dict[str, Any]:
    return {"id": sku, "sku": sku, "name": f"Lamp {sku}"} | more


def ruined(row: int, key: str | None) -> Unreadable:
    return Unreadable("gtin-ruined", "5,9E+12 was shortened", Place("products.csv", row), key)


def test_s17_each_page_is_stored_before_the_next_is_asked_for_and_a_slice_goes_on(hub, erp):
    for number in range(5):
        erp.deliver("products", lamp(str(number)))
    hub.run("erp", "products", pages=2)
    assert len(erp.lists["products"]) == 4
    hub.run("erp", "products")
    assert sorted(hub.keys("products")) == ["0", "1", "2", "3", "4"]
    assert not erp.lists["products"]


def test_s15_what_a_list_does_not_name_is_not_gone_and_nothing_is_gone_through_as_a_whole(hub, erp):
    erp.deliver("products", lamp("A"), lamp("B"))
    erp.deliver("products", lamp("B", name="Lantern"))
    hub.run("erp", "products", full=True)
    hub.run("erp", "products", full=True)
    assert sorted(hub.keys("products")) == ["A", "B"]
    assert hub.record("products", "B").fields["name"] == "Lantern"


def test_s18_a_row_that_cannot_be_read_waits_until_it_is_delivered_well(hub, erp):
    erp.deliver("products", lamp("A"), ruined=[ruined(3, "B"), ruined(4, None)])
    hub.run("erp", "products")
    assert hub.keys("products") == ["A"]
    assert [(each.key, each.place["row"]) for each in hub.waiting()] == [("B", 3), (None, 4)]
    assert hub.held.counts == {"new": 1, "quarantined": 2}
    erp.deliver("products", lamp("A"), lamp("B"), ruined=[ruined(5, "C")])
    hub.run("erp", "products")
    assert [each.key for each in hub.waiting()] == ["C"]


def test_s19_what_was_put_aside_is_taken_up_when_it_is_delivered_again_though_unchanged(hub, erp, shop):
    for number in "12":
        shop.put("parties", f"c{number}", name="Jan", phone="+48600100200", email=f"jan{number}@example.com")
    hub.run("shop", "parties")
    jan = {"id": "JAN", "name": "Jan", "phone": "+48600100200"}
    erp.deliver("parties", jan)
    erp.deliver("parties", jan)
    hub.run("erp", "parties")
    [entry] = hub.waiting()
    assert entry.cause == "ambiguous"
    shop.put("parties", "c2", phone="+48600100201")
    hub.run("shop", "parties")
    with hub.store.write() as tx:
        retry(tx, [entry.id])
    hub.run("erp", "parties")
    assert [each.again for each in hub.waiting()] == [True], "it cannot be had a second time, and is not taken for gone"
    erp.deliver("parties", jan)
    hub.run("erp", "parties")
    assert hub.waiting() == []
    assert hub.binding("erp", "parties", "shop|c1").external_id == "JAN"


def test_s05_an_order_counts_as_reserved_until_the_stock_was_delivered_twice_since(ordered, erp, shop):
    erp.deliver("products", lamp("A"))
    erp.deliver("stock", {"id": "A|M", "sku": "A", "location": "M", "on_hand": "10"})
    ordered.run("erp", "products", "stock")
    ordered.run("shop", "products", "stock")

    def offered() -> str:
        ordered.run("shop", "stock")
        (level,) = shop.rows["stock"].values()
        return level["available"]

    assert offered() == "8"
    ordered.run("erp", "orders")
    ordered.run("erp", "stock")
    assert offered() == "8", "nothing was delivered since the ERP was handed the order"
    erp.deliver("stock", {"id": "A|M", "sku": "A", "location": "M", "on_hand": "10"})
    ordered.run("erp", "stock")
    assert offered() == "8", "it may have been exported before the ERP took the order in"
    erp.deliver("stock", {"id": "A|M", "sku": "A", "location": "M", "on_hand": "10", "reserved": "2"})
    ordered.run("erp", "stock")
    assert offered() == "8"
    erp.deliver("stock", {"id": "A|M", "sku": "A", "location": "M", "on_hand": "10", "reserved": "0"})
    ordered.run("erp", "stock")
    assert offered() == "10"


def test_s20_an_order_waits_for_no_customer_that_only_the_erp_can_make(ordered, erp):
    ordered.run("erp", "parties", "orders")
    assert len(erp.rows["orders"]) == 1
    assert ordered.waiting() == []


def test_s06_what_tells_of_an_order_waits_until_it_is_known_to_have_gone_out(ordered, erp, clock: StandingClock):
    erp.lost_answers = 1
    with pytest.raises(TryLater):
        ordered.run("erp", "orders")
    (identity,) = erp.rows["orders"]
    erp.deliver("orders", {"id": identity, "status": "shipped", "invoice": "FS/1"})
    told = ordered.run("erp", "orders")
    assert isinstance(told, Done)
    assert told.again == clock.now() + timedelta(seconds=10)
    assert len(erp.lists["orders"]) == 1, "taken now it would be of an order that nobody knows"
    clock.move(seconds=11)
    ordered.run("erp", "orders")
    ordered.run("erp", "orders")
    assert not erp.lists["orders"]
    assert ordered.record("orders", "shop|1").fields["status"] == "shipped"
    assert ordered.record("orders", "shop|1").fields["invoice"] == "FS/1"
    assert len(erp.rows["orders"]) == 1


def test_s10_an_erp_that_was_not_told_of_a_step_and_stays_behind_undoes_nothing(ordered, erp, shop):
    ordered.run("erp", "orders")
    (identity,) = erp.rows["orders"]
    shop.put("orders", "o1", status="confirmed")
    ordered.run("shop", "orders")
    for number in range(8):
        erp.deliver("orders", {"id": identity, "status": "pending", "invoice": f"FS/{number}"})
        ordered.run("erp", "orders")
    assert ordered.waiting() == []
    assert ordered.record("orders", "shop|1").fields["status"] == "confirmed"
    assert len(erp.writes) == 1


def test_an_order_that_is_cancelled_is_written_though_its_status_is_not(ordered, erp, shop):
    ordered.run("erp", "orders")
    shop.put("orders", "o1", status="cancelled")
    ordered.run("shop", "orders")
    erp.refuses["shop|1"] = "it works on it"
    ordered.run("erp", "orders")
    assert [dict(write.fields) for _, write in erp.writes][1:] == [{"status": "cancelled"}]
    assert [each.message for each in ordered.waiting()] == ["it works on it"]
    ordered.run("erp", "orders")
    assert len(erp.writes) == 2
    (identity,) = erp.rows["orders"]
    erp.deliver("orders", {"id": identity, "status": "cancelled"})
    ordered.run("erp", "orders")
    assert len(erp.writes) == 2


def test_what_is_said_of_orders_that_are_not_ours_is_passed_over(ordered, erp):
    ordered.run("erp", "orders")
    erp.deliver("orders", {"id": "RO/77", "status": "shipped"})
    ordered.run("erp", "orders")
    assert ordered.keys("orders") == ["shop|1"]
    with ordered.store.read() as tx:
        assert quarantine.find(tx) == []
