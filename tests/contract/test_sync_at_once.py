"""What changes on both sides, while it is written, or by two runs at once: nothing is written over in the dark (PAINS S26)."""

from dataclasses import replace

import pytest

from hub.store import Store, bindings, checkpoints
from tests.contract.tables import ERP, SHOP, Hub, Tables, lamp, meanwhile, order


def test_s26_both_changed_a_field_and_the_loser_is_kept(hub, erp, shop):
    shop.put("parties", "c1", name="Jan", email="jan@example.com", phone="+48600000001")
    order(shop)
    hub.in_step("parties", "orders")
    (party,) = erp.rows["parties"]
    erp.put("parties", party, phone="+48600000002")
    shop.put("parties", "c1", phone="+48600000003")
    hub.in_step("parties")
    assert erp.rows["parties"][party]["phone"] == "+48600000002"
    assert shop.rows["parties"]["c1"]["phone"] == "+48600000002"
    lost = [each.values["lost"] for each in hub.conflicts("parties", "shop|c1")]
    assert lost == ["+48600000003"]


def test_s26_different_fields_of_one_record_are_both_taken(hub, erp, shop):
    shop.put("parties", "c1", name="Jan", email="jan@example.com", phone="+48600000001")
    order(shop)
    hub.in_step("parties", "orders")
    (party,) = erp.rows["parties"]
    erp.put("parties", party, phone="+48600000002")
    shop.put("parties", "c1", name="Jan Kowalski")
    hub.in_step("parties")
    for row in (erp.rows["parties"][party], shop.rows["parties"]["c1"]):
        assert (row["name"], row["phone"]) == ("Jan Kowalski", "+48600000002")
    assert not hub.conflicts("parties", "shop|c1")


def test_s26_an_edit_between_reading_and_writing_is_not_written_over(hub, erp, shop):
    shop.put("parties", "c1", name="Jan", email="jan@example.com", phone="+48600000001")
    order(shop)
    hub.in_step("parties", "orders")
    (party,) = erp.rows["parties"]
    shop.put("parties", "c1", phone="+48600000003")
    hub.run("shop", "parties")
    # Nobody has read this yet when the hub comes to write the shop's number.
    erp.put("parties", party, phone="+48600000002", silently=True)
    hub.in_step("parties")
    assert erp.rows["parties"][party]["phone"] == "+48600000002"
    assert [each.values["lost"] for each in hub.conflicts("parties", "shop|c1")] == ["+48600000003"]


@pytest.fixture
def slow(store: Store) -> Hub:
    """A hub whose shop takes one record at a time, and has two parties, each with an order that the ERP has."""
    hub = Hub(store)
    hub.add("erp", "erp", Tables(ERP))
    single = {name: replace(SHOP[name], bulk=1) for name in ("parties", "orders")}
    shop = hub.add("shop", "eshop", Tables({**SHOP, **single}))
    for number in "12":
        shop.put("parties", f"c{number}", name=f"Jan {number}", email=f"jan{number}@example.com")
        order(shop, f"100{number}", f"c{number}")
    hub.in_step("parties", "orders")
    return hub


def test_s26_an_edit_while_others_are_written_is_not_written_over(slow):
    erp, shop = (slow.systems[name].connector for name in ("erp", "shop"))
    for party in list(erp.rows["parties"]):
        erp.put("parties", party, name="Anna")
    slow.run("erp", "parties")
    meanwhile(shop, lambda: shop.put("parties", "c2", name="Ewa", silently=True))
    slow.in_step("parties")
    assert [row["name"] for row in shop.rows["parties"].values()] == ["Anna", "Anna"]
    assert [each.values["lost"] for each in slow.conflicts("parties", "shop|c2")] == ["Ewa"]


def test_s26_what_another_run_has_told_while_others_were_written_is_not_set_back(slow):
    erp, shop = (slow.systems[name].connector for name in ("erp", "shop"))
    for sale in list(erp.rows["orders"]):
        erp.put("orders", sale, status="confirmed")
    slow.run("erp", "orders")

    def other_runs():
        erp.put("orders", sale, status="processing")
        slow.run("erp", "orders")
        slow.run("shop", "orders")

    meanwhile(shop, other_runs)
    slow.in_step("orders")
    told = [each.fields["status"] for stream, each in shop.writes if stream == "orders" and each.id == "o1002"]
    assert told == ["processing"]
    assert shop.rows["orders"]["o1001"]["status"] == "confirmed"


def test_s26_an_edit_while_the_record_is_found_on_which_the_system_breaks_is_not_written_over(hub, erp, shop):
    for number in "12":
        shop.put("parties", f"c{number}", name=f"Jan {number}", email=f"jan{number}@example.com")
        order(shop, f"100{number}", f"c{number}")
    hub.in_step("parties", "orders")
    for party in list(erp.rows["parties"]):
        erp.put("parties", party, name="Anna")
    hub.run("erp", "parties")
    shop.poison, check = {"shop|c1"}, shop.check

    def checked():
        shop.check = check
        shop.put("parties", "c2", name="Ewa", silently=True)
        return check()

    shop.check = checked
    hub.in_step("parties")
    assert [row["name"] for row in shop.rows["parties"].values()] == ["Jan 1", "Anna"]
    assert [each.values["lost"] for each in hub.conflicts("parties", "shop|c2")] == ["Ewa"]


def test_s10_what_another_run_has_told_while_the_first_is_looked_at_is_not_set_back(slow, monkeypatch):
    erp, shop = (slow.systems[name].connector for name in ("erp", "shop"))
    sale = next(iter(erp.rows["orders"]))
    erp.put("orders", sale, status="confirmed")
    slow.run("erp", "orders")
    fetch = shop.fetch

    def fetched(stream, ids):
        monkeypatch.setattr(shop, "fetch", fetch)
        erp.put("orders", sale, status="processing")
        slow.run("erp", "orders")
        slow.run("shop", "orders")
        return fetch(stream, ids)

    monkeypatch.setattr(shop, "fetch", fetched)
    slow.run("shop", "orders")
    assert [each.fields["status"] for stream, each in shop.writes if stream == "orders"] == ["processing"]


@pytest.mark.parametrize("deleted", [False, True], ids=["changes", "is deleted"])
@pytest.mark.parametrize("gone", [True, False], ids=["made", "told"])
def test_what_changes_while_it_is_told_again_is_told_with_the_next_run(hub, erp, shop, gone: bool, deleted: bool):
    """Another run has told the newer state, or left it to the one that writes; its checkpoint is past it in any case."""
    lamp(erp)
    hub.in_step("products")
    (product,) = shop.rows["products"]
    if gone:
        del shop.rows["products"][product]
    else:
        shop.put("products", product, name="Their lamp")

    def other_runs():
        if deleted:
            erp.rows["products"].clear()
        else:
            lamp(erp, name="New lamp")
        hub.run("erp", "products", full=deleted)
        hub.run("shop", "products")

    meanwhile(shop, other_runs)
    hub.run("shop", "products", scope=[product])
    hub.in_step("products")
    assert [row["name"] for row in shop.rows["products"].values()] == ([] if deleted else ["New lamp"])


def test_what_is_owed_while_it_is_found_in_order_stays_owed(hub, erp, shop):
    """One run has looked at it already when another one reads that somebody has changed it in the shop."""
    for number, name in (("1", "Lamp"), ("2", "Bulb")):
        erp.put("products", number, sku=name, name=name)
    hub.in_step("products")
    lamp_, bulb = shop.rows["products"]

    def read(**names: str):
        for product, name in names.items():
            shop.put("products", product, name=name)
        hub.run("shop", "products", full=True, pages=1)

    read(**{lamp_: "Their lamp", bulb: "Their bulb"})
    read(**{bulb: "Bulb"})
    meanwhile(shop, lambda: read(**{bulb: "Their bulb"}))
    hub.in_step("products")
    assert [row["name"] for row in shop.rows["products"].values()] == ["Lamp", "Bulb"]


def test_s06_what_another_run_has_made_is_not_bound_to_what_was_found_before(hub, erp, shop, monkeypatch):
    lamp(erp)
    hub.run("erp", "products")

    def found(_stream, wanted):
        monkeypatch.setattr(shop, "find", lambda _stream, _wanted: {})
        hub.run("shop", "products")
        shop.put("products", "other", sku="LAMP-2", name="Another")
        return {each.key: ["other"] for each in wanted}

    monkeypatch.setattr(shop, "find", found)
    hub.run("shop", "products")
    with hub.store.read() as tx:
        assert bindings.by_ids(tx, "shop", "products", ["other"]) == {}


@pytest.mark.parametrize("answered", [True, False])
def test_s06_what_another_run_reads_between_a_create_and_its_answer_is_no_second_record(
    hub, erp, shop, monkeypatch, answered: bool
):
    """Somebody has edited it by then, so that nothing tells any more whose it is: it is the created one all the same."""
    erp.answers_with_document = answered
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    hub.run("shop", "parties")
    write = erp.write

    def written(stream, writes):
        for each in write(stream, writes):
            monkeypatch.setattr(erp, "write", write)
            erp.put(stream, each.id, email="other@example.com", reference="")
            hub.run("erp", "parties")
            yield each

    monkeypatch.setattr(erp, "write", written)
    order(shop)
    hub.in_step("parties", "orders")
    assert hub.keys("parties") == ["shop|c1"]
    assert len(erp.rows["parties"]) == 1
    assert not hub.waiting()
    assert hub.record("parties", "shop|c1").fields["email"] == "other@example.com"
    assert shop.rows["parties"]["c1"]["email"] == "other@example.com"


def test_what_another_run_has_put_aside_while_it_was_fetched_goes_on_waiting(hub, erp, monkeypatch):
    """What was fetched is older, and in order; the newer state is not shown again."""
    for number in "12":
        erp.put("products", number, sku=f"SKU-{number}", name="Lamp")
    hub.in_step("products")
    fetch = erp.fetch

    def fetched(stream, ids):
        monkeypatch.setattr(erp, "fetch", fetch)
        found = fetch(stream, ids)
        erp.put("products", "1", sku="SKU-2")
        hub.run("erp", "products")
        return found

    monkeypatch.setattr(erp, "fetch", fetched)
    hub.run("erp", "products", scope=["1"])
    assert [each.cause for each in hub.waiting()] == ["key-taken"]


def test_s05_what_was_bound_while_a_reading_went_on_is_not_reserved_in_it(hub, erp, monkeypatch):
    """Another reading began after that, and is not at its end yet: only that one shows it."""
    hub.takes_orders["erp"] = True
    lamp(erp)
    hub.run("erp", "products")
    erp.put("stock", "1", sku="A", location="main", on_hand="5")
    reading = erp.read

    def read(stream, since, *, full):
        monkeypatch.setattr(erp, "read", reading)
        yield from reading(stream, since, full=full)
        erp.put("products", "2", sku="B", name="Bulb")
        hub.run("erp", "products")
        hub.run("erp", "stock", pages=1)

    monkeypatch.setattr(erp, "read", read)
    latest = _latest(hub)
    hub.run("erp", "stock")
    assert _shown(hub) <= latest
    hub.run("erp", "stock")
    assert _shown(hub) == _latest(hub) > latest


def _latest(hub) -> int:
    with hub.store.read() as tx:
        return bindings.latest_number(tx)


def _shown(hub) -> int:
    with hub.store.read() as tx:
        return (checkpoints.get(tx, "erp", "stock/orders").value or {}).get("shown", 0)
