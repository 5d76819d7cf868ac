"""A record on which the asking itself breaks (`fetch`, `find`) is found by halves, and holds up no other."""

from collections.abc import Sequence

import pytest

from hub.connector import Finding
from hub.errors import Refused, TryLater
from hub.handler import Done
from hub.store import bindings, intents, quarantine
from tests.contract.store_steps import StandingClock
from tests.contract.tables import ERP, Hub, Tables, break_on, order, parties


def count(system: Tables) -> list[Sequence[str]]:
    """Return what is asked for from here on, each time."""
    asked: list[Sequence[str]] = []
    fetch = system.fetch

    def fetched(stream, ids):
        asked.append(ids)
        return fetch(stream, ids)

    system.fetch = fetched
    return asked


def mend(system: Tables) -> None:
    """Have the system as it is."""
    del system.fetch, system.find


def again(hub: Hub) -> None:
    """Have everything that waits tried with the next run."""
    with hub.store.write() as tx:
        quarantine.again(tx, [each.id for each in quarantine.find(tx)])


@pytest.mark.parametrize("fault", [None, KeyError("address"), TryLater("500")], ids=["refused", "broken", "later"])
def test_s18_a_record_that_cannot_be_fetched_holds_up_no_other(hub, erp, fault: Exception | None):
    named = parties(erp)
    break_on(erp, "4", fault=fault)
    hub.run("erp", "parties", scope=named)
    assert sorted(hub.keys("parties")) == [f"erp|{each}" for each in named if each != "4"]
    [waiting] = hub.waiting()
    assert (waiting.cause, waiting.external_id, waiting.again) == ("breaks", "4", True)
    mend(erp)
    hub.run("erp", "parties")
    assert len(hub.keys("parties")) == 9
    assert not hub.waiting()


def test_s18_what_still_cannot_be_fetched_waits_for_somebody(hub, erp):
    break_on(erp, *parties(erp, 1))
    erp.marks["parties", "0"] = -2
    hub.run("erp", "parties", scope=["0"])
    hub.run("erp", "parties")
    [waiting] = hub.waiting()
    assert not waiting.again
    mend(erp)
    hub.run("erp", "parties")
    assert hub.waiting(), "nobody has asked for it"
    again(hub)
    hub.run("erp", "parties")
    assert hub.keys("parties") == ["erp|0"]
    assert not hub.waiting()


def test_s15_what_cannot_be_fetched_is_not_gone(hub, erp):
    parties(erp)
    hub.run("erp", "parties", full=True)
    erp.hidden = {"4", "5"}
    del erp.rows["parties"]["5"]
    break_on(erp, "4")
    hub.run("erp", "parties", full=True)
    with hub.store.read() as tx:
        there = bindings.by_keys(tx, "erp", "parties", [f"erp|{each}" for each in range(9)])
    assert sorted(there) == [f"erp|{each}" for each in range(9) if each != 5]
    [waiting] = hub.waiting()
    assert waiting.external_id == "4"
    mend(erp)
    hub.run("erp", "parties")
    assert not hub.waiting(), "it is there, as it was"


@pytest.mark.parametrize(
    ("fault", "away"),
    [(TryLater("503"), True), (TryLater("429", after=900), False), (Refused("401", system_away=True), False)],
    ids=["down", "wants to be left alone", "not let in"],
)
def test_what_is_about_the_system_is_not_put_down_to_a_record(hub, erp, fault: Exception, away: bool):
    named = parties(erp)
    break_on(erp, "4", fault=fault)
    erp.check = lambda: [Finding("erp", good=False, message=str(fault), away=away)]
    with pytest.raises(type(fault)):
        hub.run("erp", "parties", scope=named)
    assert not hub.waiting()


@pytest.mark.parametrize("fault", [Refused("404"), TryLater("500")], ids=["refused", "later"])
def test_where_everything_breaks_it_is_not_the_records(hub, erp, fault: Exception):
    named = parties(erp)
    break_on(erp, *named, fault=fault)
    with pytest.raises(type(fault)):
        hub.run("erp", "parties", scope=named)
    assert not hub.waiting()


def test_a_system_that_goes_away_meanwhile_is_not_asked_record_by_record(hub, erp):
    named = parties(erp, 200)
    fetched = count(erp)
    break_on(erp, *named[50:], fault=TryLater("500"))
    with pytest.raises(TryLater):
        hub.run("erp", "parties", scope=named)
    assert not hub.waiting()
    assert len(fetched) < 30


@pytest.mark.parametrize("fault", [Refused("403"), TryLater("500")], ids=["refused", "later"])
def test_s18_many_that_cannot_be_fetched_again_do_not_end_each_run(hub, erp, fault: Exception):
    *broken, well = parties(erp, 41)
    for each in broken:
        erp.marks["parties", each] = -2
    break_on(erp, *broken, fault=fault)
    for each in broken:
        hub.run("erp", "parties", scope=[well, each])
    assert len(hub.waiting()) == 40
    again(hub)
    fetched = count(erp)
    assert isinstance(hub.run("erp", "parties"), Done)
    assert len(hub.waiting()) == 40
    assert len(fetched) < 20, "where none is answered, the others are not asked for"
    mend(erp)
    again(hub)
    hub.run("erp", "parties")
    assert not hub.waiting()
    assert len(hub.keys("parties")) == 41


def test_s15_many_that_a_scan_does_not_show_and_cannot_be_fetched_do_not_end_each_scan(hub, erp):
    named = parties(erp)
    hub.run("erp", "parties", full=True)
    erp.hidden = {*named[:5]}
    break_on(erp, *named[:5], fault=TryLater("500"))
    for _ in range(3):
        assert isinstance(hub.run("erp", "parties", full=True), Done)
    assert len(hub.keys("parties")) == 9
    assert len(hub.waiting()) == 5


@pytest.mark.parametrize("fault", [None, TryLater("500")], ids=["refused", "later"])
def test_s18_an_order_that_cannot_be_looked_for_holds_up_no_other_and_is_not_made_blindly(
    hub, erp, shop, fault: Exception | None
):
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    for number in range(1001, 1006):
        order(shop, str(number))
    hub.run("erp", "parties", "products")
    hub.run("shop", "parties", "orders")
    break_on(erp, "shop|1003", fault=fault)
    hub.run("erp", "parties", "orders")
    assert sorted(row["number"] for row in erp.rows["orders"].values()) == ["1001", "1002", "1004", "1005"]
    [waiting] = hub.waiting()
    assert (waiting.cause, waiting.key) == ("breaks", "shop|1003")
    mend(erp)
    hub.run("erp", "parties", "orders")
    assert len(erp.rows["orders"]) == 5
    assert not hub.waiting()


@pytest.mark.parametrize("fault", [Refused("search"), TryLater("500")], ids=["refused", "later"])
def test_s18_many_that_cannot_be_looked_for_again_hold_up_no_other(hub, erp, shop, fault: Exception):
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    for number in range(1001, 1010):
        order(shop, str(number))
    hub.run("erp", "parties", "products")
    hub.run("shop", "parties", "orders")
    broken = [f"shop|{number}" for number in range(1004, 1010)]
    break_on(erp, *broken, fault=fault)
    hub.run("erp", "parties", "orders")
    assert {each.key for each in hub.waiting()} == {*broken}
    order(shop, "1010")
    hub.run("shop", "orders")
    hub.run("erp", "parties", "orders")
    assert sorted(row["number"] for row in erp.rows["orders"].values()) == ["1001", "1002", "1003", "1010"]
    assert {each.key for each in hub.waiting()} == {*broken}


def test_s06_what_was_not_answered_and_cannot_be_looked_for_keeps_its_intent(hub, erp, shop, clock: StandingClock):
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    hub.in_step("parties")
    order(shop)
    hub.run("shop", "orders")
    erp.lost_answers = 1
    with pytest.raises(TryLater):
        hub.run("erp", "orders")
    clock.move(seconds=61)
    break_on(erp, "shop|1001")
    hub.run("erp", "orders")
    with hub.store.read() as tx:
        assert list(intents.under_way(tx, "erp", "orders")) == ["shop|1001"]
    mend(erp)
    again(hub)
    hub.run("erp", "orders")
    assert len(erp.rows["orders"]) == 1
    assert not hub.waiting()


def test_s06_what_is_found_and_cannot_be_shown_is_not_made_again(hub, erp, shop):
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    hub.run("shop", "parties")
    erp.put("parties", "7", name="Jan", email="jan@example.com", silently=True)
    erp.marks["parties", "7"] = -2
    break_on(erp, "7")
    hub.run("erp", "parties")
    assert list(erp.rows["parties"]) == ["7"]
    [waiting] = hub.waiting()
    assert "has it already, but cannot show it" in waiting.message
    mend(erp)
    hub.run("erp", "parties")
    assert list(erp.rows["parties"]) == ["7"]
    assert not hub.waiting()


def test_s26_what_cannot_be_looked_at_before_is_not_written_over(store):
    hub = Hub(store)
    both = hub.add("erp", "erp", Tables(ERP)), hub.add("crm", "erp", Tables(ERP))
    erp, crm = both
    parties(erp)
    hub.in_step("parties")
    for number in range(9):
        erp.put("parties", str(number), name=f"Renamed {number}")
    [fourth] = [identity for identity, row in crm.rows["parties"].items() if row["email"] == "p4@example.com"]
    break_on(crm, fourth)
    hub.run("erp", "parties")
    assert isinstance(hub.run("crm", "parties"), Done)
    assert sorted(row["name"] for row in crm.rows["parties"].values())[:2] == ["Party 4", "Renamed 0"]
    [waiting] = hub.waiting()
    assert (waiting.cause, waiting.key) == ("breaks", "erp|4")
    mend(crm)
    hub.run("crm", "parties")
    assert not hub.waiting()
    assert {row["name"] for row in crm.rows["parties"].values()} == {f"Renamed {number}" for number in range(9)}


def stop_behind(system: Tables, broken: str, *, pages: int) -> None:
    """Have a list end in an error of the system behind so many pages."""
    read = system.read

    def reading(stream, since, *, full):
        for number, page in enumerate(read(stream, since, full=full)):
            if stream == broken and number == pages:
                raise TryLater("erp answered 500")
            yield page

    system.read = reading


def test_s18_a_page_that_cannot_be_shown_is_named_and_holds_up_its_stream_alone(hub, erp):
    erp.size = 3
    parties(erp)
    erp.put("products", "p1", sku="A-1", name="Lamp")
    stop_behind(erp, "parties", pages=1)
    with pytest.raises(TryLater, match=r'cannot show the page of parties behind {"mark": 3}: erp answered 500') as told:
        hub.run("erp", "parties", "products")
    assert not told.value.system_away
    assert len(hub.keys("parties")) == 3
    assert hub.keys("products") == ["A-1"]


def test_a_list_of_a_system_that_is_away_is_told_as_that(hub, erp):
    parties(erp)
    stop_behind(erp, "parties", pages=0)
    erp.check = lambda: [Finding("erp", good=False, message="no answer", away=True)]
    with pytest.raises(TryLater, match=r"^erp answered 500$") as told:
        hub.run("erp", "parties")
    assert told.value.system_away
