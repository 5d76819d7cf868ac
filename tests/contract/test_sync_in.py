"""What comes in: matched once, merged field by field, deleted only when it is gone indeed, and nothing left unsaid."""

from dataclasses import replace

import pytest

from hub.connector import Stream
from hub.errors import LeaseLost
from hub.handler import Done, HandedOn
from hub.store import Store, quarantine
from hub.sync import exchange, exchanger
from tests.contract.store_steps import together
from tests.contract.tables import CATALOGUE, ERP, SHOP, Held, Hub, Tables, order


def test_s01_two_imports_at_once_make_no_duplicates(postgres_store: Store):
    hub = Hub(postgres_store)
    erp = hub.add("erp", "erp", Tables(ERP))
    for number in range(200):
        erp.put("parties", str(number), name=f"Party {number}", email=f"p{number}@example.com")
    handler = exchanger(lambda: hub.systems["erp"], ["parties"])

    def run():
        from hub.handler import Work  # noqa: PLC0415

        try:
            handler(Work(1, 1, "erp.test", "erp", "manual", None, None), Held(postgres_store))
        except LeaseLost:
            return  # the other one has moved the checkpoint: it goes on, this one stops

    together(*[run] * 4)
    hub.run("erp", "parties", full=True)
    assert hub.held.counts["new"] == 0
    with hub.store.read() as tx:
        from hub.store import bindings, records  # noqa: PLC0415

        assert records.counts(tx) == {"parties": 200}
        assert bindings.count(tx, "erp", "parties") == 200


def test_s02_the_same_customer_comes_with_every_order_and_is_one(hub, erp, shop):
    for number in range(1001, 1006):
        guest = "guest:jan@example.com"
        shop.put("parties", guest, name="Jan", email="jan@example.com")
        order(shop, str(number), guest)
    hub.in_step("parties", "orders")
    assert len(erp.rows["parties"]) == 1
    assert len(erp.rows["orders"]) == 5


@pytest.mark.parametrize(
    ("known", "comes"),
    [
        ({"vat_id": "PL5260250274"}, {"vat_id": "PL 526-025-02-74", "email": "other@example.com"}),
        ({"email": "jan@example.com"}, {"email": "Jan@Example.com"}),
        ({"phone": "+48600100200"}, {"phone": "0048 600 100 200"}),
    ],
)
def test_s02_a_customer_is_known_by_vat_id_then_email_then_phone(hub, erp, shop, known, comes):
    erp.put("parties", "7", name="Jan", **known)
    hub.run("erp", "parties")
    shop.put("parties", "c1", name="Jan", **comes)
    hub.in_step("parties")
    assert hub.keys("parties") == ["erp|7"]
    assert list(erp.rows["parties"]) == ["7"]


def test_s18_a_vat_id_that_is_wrong_stays_out_and_keeps_no_order_out(hub, erp, shop):
    shop.put("parties", "c1", name="Jan", email="jan@example.com", vat_id="PL5260250275")
    order(shop)
    hub.in_step("parties", "orders")
    assert len(erp.rows["orders"]) == 1
    [jan] = erp.rows["parties"].values()
    assert (jan["name"], jan.get("vat_id")) == ("Jan", None)
    [left_out] = [each.detail for each in hub.events("parties", "shop|c1") if each.what == "left-out"]
    assert "PL5260250275 is not a VAT id of PL" in left_out["vat_id"]


def test_a_vat_id_that_is_known_is_not_lost_to_a_wrong_one(hub, erp, shop):
    erp.put("parties", "7", name="Jan", email="jan@example.com", vat_id="PL5260250274")
    hub.run("erp", "parties")
    shop.put("parties", "c1", name="Jan", email="jan@example.com", vat_id="none")
    hub.in_step("parties")
    [jan] = erp.rows["parties"].values()
    assert jan["vat_id"] == "PL5260250274"


def test_s02_a_telephone_alone_is_not_enough_against_another_address(hub, erp, shop):
    erp.put("parties", "7", name="Jan", email="jan@example.com", phone="+48600100200")
    hub.run("erp", "parties")
    shop.put("parties", "c1", name="Ala", email="ala@example.com", phone="+48600100200")
    hub.in_step("parties")
    assert sorted(hub.keys("parties")) == ["erp|7", "shop|c1"]


def test_s02_two_that_it_may_be_are_left_to_somebody(hub, erp, shop):
    erp.put("parties", "7", name="Jan", email="jan@example.com")
    erp.put("parties", "8", name="Jan junior", email="jan@example.com")
    hub.run("erp", "parties")
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop)
    hub.in_step("parties", "orders")
    causes = {each.cause: each.message for each in hub.waiting()}
    assert set(causes) == {"ambiguous", "waits-for-parties"}
    assert "erp|7, erp|8" in causes["ambiguous"]
    assert not erp.rows["orders"]
    erp.put("parties", "8", email="junior@example.com")
    hub.in_step("parties", "orders")
    assert len(hub.waiting()) == 2, "what was ambiguous is looked at again when somebody says so, or it changes"
    with hub.store.write() as tx:
        quarantine.again(tx, [each.id for each in quarantine.find(tx, cause="ambiguous")])
    hub.in_step("parties", "orders")
    assert len(erp.rows["orders"]) == 1
    assert not hub.waiting()


def test_s04_a_document_that_is_sent_twice_is_one(hub, erp, shop):
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop)
    hub.in_step("parties", "orders")
    order(shop)
    hub.run("shop", "orders", scope=["o1001", "o1001"])
    hub.in_step("parties", "orders")
    assert len(erp.rows["orders"]) == 1
    assert hub.keys("orders") == ["shop|1001"]


def test_s08_what_no_webhook_told_comes_with_the_next_poll(hub, shop):
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    hub.run("shop", "parties", "orders")
    order(shop)
    hub.run("shop", "parties", "orders")
    assert hub.keys("orders") == ["shop|1001"]


def test_s08_an_order_of_a_hint_brings_its_buyer_along(hub, shop):
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop)
    hub.run("shop", "orders", scope=["o1001"])
    assert hub.keys("orders") == ["shop|1001"]
    assert hub.keys("parties") == ["shop|c1"]
    assert not hub.waiting()


def test_s08_an_order_of_a_hint_whose_buyer_cannot_be_fetched_waits(hub, shop):
    order(shop)
    hub.run("shop", "orders", scope=["o1001"])
    assert [each.cause for each in hub.waiting()] == ["waits-for-parties"]
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    hub.run("shop", "parties", "orders")
    assert hub.keys("orders") == ["shop|1001"]
    assert not hub.waiting()


def test_s10_a_late_hint_does_not_set_the_status_back(hub, erp, shop):
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop)
    hub.in_step("parties", "orders")
    (sale,) = erp.rows["orders"]
    erp.put("orders", sale, status="shipped")
    hub.in_step("parties", "orders")
    assert shop.rows["orders"]["o1001"]["status"] == "shipped"
    # The hint is late, the record is fetched as it is now.
    hub.run("shop", "orders", scope=["o1001"])
    assert hub.record("orders", "shop|1001").fields["status"] == "shipped"
    # And were the shop itself to fall back, the record would not.
    shop.put("orders", "o1001", status="processing")
    hub.in_step("parties", "orders")
    assert hub.record("orders", "shop|1001").fields["status"] == "shipped"
    assert shop.rows["orders"]["o1001"]["status"] == "shipped"


def test_s10_what_a_hint_fetched_before_another_run_read_something_newer_does_not_set_it_back(hub, erp):
    """The other run's checkpoint is past it: before the next full scan nothing would show it again."""
    price, fetch = {"sku": "A", "list": "web", "currency": "EUR"}, erp.fetch
    erp.put("prices", "1", **price, amount="10.00")
    hub.run("erp", "prices")
    erp.put("prices", "1", amount="11.00")

    def slowly(stream, ids):
        erp.fetch, found = fetch, fetch(stream, ids)
        erp.put("prices", "1", amount="12.00")
        erp.put("prices", "2", **{**price, "sku": "B"}, amount="20.00")
        hub.run("erp", "prices")
        return found

    erp.fetch = slowly
    hub.run("erp", "prices", scope=["1"])
    hub.in_step("prices")
    assert hub.record("prices", "A|web|EUR").fields["amount"] == "12.00"


def test_s12_what_changes_without_a_mark_is_found_by_the_full_compare(hub, erp):
    erp.put("products", "1", sku="A", name="Lamp")
    hub.run("erp", "products")
    erp.put("products", "1", name="Better lamp", silently=True)
    hub.run("erp", "products")
    erp.marks["products", "1"] = -5
    erp.put("products", "1", name="Best lamp", silently=True)
    hub.run("erp", "products")
    assert hub.record("products", "A").fields["name"] == "Better lamp"
    hub.run("erp", "products", full=True)
    assert hub.record("products", "A").fields["name"] == "Best lamp"


def test_s12_a_mark_that_moves_without_a_change_changes_nothing(hub, erp):
    erp.put("products", "1", sku="A", name="Lamp")
    hub.run("erp", "products")
    before = hub.record("products", "A")
    erp.put("products", "1")
    assert hub.run("erp", "products") == Done("1 identical")
    assert hub.record("products", "A") == before


def test_s15_what_is_gone_is_deleted_everywhere(hub, erp, shop):
    for number in range(3):
        erp.put("products", str(number), sku=f"A{number}", name="Lamp")
    hub.in_step("products")
    del erp.rows["products"]["1"]
    hub.run("erp", "products", full=True)
    hub.in_step("products")
    assert sorted(row["sku"] for row in shop.rows["products"].values()) == ["A0", "A2"]
    assert [each.what for each in hub.events("products", "A1")][-2:] == ["deleted", "removed"]


def test_s15_what_the_system_says_is_gone_needs_no_full_scan(hub, erp, shop):
    for number in range(3):
        erp.put("products", str(number), sku=f"A{number}", name="Lamp")
    hub.in_step("products")
    del erp.rows["products"]["1"]
    erp.gone = ["1", "2", "never-known"]  # the second is there all the same
    hub.run("erp", "products")
    assert hub.held.counts["deleted"] == 1
    hub.in_step("products")
    assert sorted(row["sku"] for row in shop.rows["products"].values()) == ["A0", "A2"]
    hub.run("erp", "products")
    assert hub.held.counts["deleted"] == 0


def test_s16_very_many_that_a_system_says_are_gone_are_left_to_a_full_scan(hub, erp):
    for number in range(60):
        erp.put("products", str(number), sku=f"A{number}", name="Lamp")
    hub.run("erp", "products")
    erp.rows["products"].clear()
    erp.gone = [str(number) for number in range(60)]
    hub.run("erp", "products")
    assert hub.held.counts["deleted"] == 0
    assert len(hub.keys("products")) == 60


def test_s15_what_comes_back_is_there_again(hub, erp, shop):
    erp.put("products", "1", sku="A", name="Lamp")
    hub.in_step("products")
    row = erp.rows["products"].pop("1")
    hub.run("erp", "products", full=True)
    hub.in_step("products")
    assert not shop.rows["products"]
    erp.put("products", "1", **row)
    hub.in_step("products")
    assert [each["sku"] for each in shop.rows["products"].values()] == ["A"]


def test_s15_a_customer_who_is_removed_in_one_shop_stays_everybody_elses(store):
    hub = Hub(store)
    shop = hub.add("shop", "eshop", Tables({**SHOP, "parties": Stream("parties")}))
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    order(shop)
    hub.run("shop", "parties", "orders")
    shop.rows["parties"].clear()
    shop.rows["orders"].clear()
    hub.run("shop", "parties", "orders", full=True)
    assert hub.keys("parties") == ["shop|c1"]
    assert hub.keys("orders") == ["shop|1001"]


def test_s16_a_scan_that_breaks_off_deletes_nothing(hub, erp):
    for number in range(3):
        erp.put("products", str(number), sku=f"A{number}", name="Lamp")
    hub.run("erp", "products")
    erp.size, erp.breaks_off = 1, True
    hub.run("erp", "products", full=True)
    assert len(hub.keys("products")) == 3
    assert any("did not come to its end" in line for line in hub.held.lines)


def test_s16_guests_whom_no_list_of_customers_shows_are_not_deleted(hub, erp, shop):
    """Shops show guests with their orders alone: a full scan of the customers says nothing about them."""
    for number in range(1001, 1010):
        guest = f"guest:{number}@example.com"
        shop.put("parties", guest, name="Jan", email=f"{number}@example.com")
        order(shop, str(number), guest)
    hub.in_step("parties", "orders")
    shop.rows["parties"].clear()
    hub.run("shop", "parties", full=True)
    assert [hub.binding("shop", "parties", key).gone_at for key in hub.keys("parties")] == [None] * 9


def test_s16_a_record_that_a_scan_passed_by_is_looked_for_before_it_is_deleted(hub, erp):
    for number in range(3):
        erp.put("products", str(number), sku=f"A{number}", name="Lamp")
    hub.run("erp", "products")
    erp.hidden = {"1"}
    hub.run("erp", "products", full=True)
    assert len(hub.keys("products")) == 3


def test_s16_a_mass_delete_is_asked_about(hub, erp, shop):
    for number in range(100):
        erp.put("products", str(number), sku=f"A{number}", name="Lamp")
    hub.in_step("products")
    for number in range(60):
        del erp.rows["products"][str(number)]
    hub.run("erp", "products", full=True)
    assert len(hub.keys("products")) == 100
    (waiting,) = hub.waiting()
    assert waiting.cause == "mass-delete"
    assert "60 of 100" in waiting.message
    with hub.store.write() as tx:
        quarantine.again(tx, [waiting.id])
    hub.run("erp", "products", full=True)
    assert len(hub.keys("products")) == 40
    assert not hub.waiting()
    hub.run("shop", "products")
    assert len(shop.rows["products"]) == 100, "the shop has a brake of its own"
    with hub.store.write() as tx:
        quarantine.again(tx, [each.id for each in quarantine.find(tx, cause="brake", most=1000)])
    hub.run("shop", "products")
    assert len(shop.rows["products"]) == 40


def test_s17_a_first_load_goes_on_where_it_was(hub, erp):
    for number in range(10):
        erp.put("products", str(number), sku=f"A{number}", name="Lamp")
    erp.size = 3
    assert hub.run("erp", "products", pages=1) == HandedOn()
    assert len(hub.keys("products")) == 3
    hub.run("erp", "products")
    assert len(hub.keys("products")) == 10
    assert hub.held.counts["new"] == 7


def test_s17_a_full_scan_goes_on_where_it_was(hub, erp, monkeypatch):
    monkeypatch.setattr(exchange, "UNCHANGED", 3)  # as many as a page: its slices count what is stored
    for number in range(10):
        erp.put("products", str(number), sku=f"A{number}", name="Lamp")
    hub.run("erp", "products")
    del erp.rows["products"]["9"]
    erp.size = 3
    outcomes = [hub.run("erp", "products", full=True, pages=2) for _ in range(2)]
    assert outcomes[0] == HandedOn()


def test_s13_pages_without_a_change_are_stored_together(hub, erp):
    for number in range(10):
        erp.put("products", str(number), sku=f"A{number}", name="Lamp")
    hub.run("erp", "products")
    erp.size = 3
    hub.run("erp", "products", full=True)
    assert len(hub.held.reports) == 3, "it begins, is shown whole, and ends"
    assert sorted(hub.keys("products")) == [f"A{number}" for number in range(10)]


def test_s18_one_bad_record_stops_no_other(hub, erp):
    erp.put("products", "1", sku="A", name="Lamp", gtin="5901234123450")
    erp.put("products", "2", sku="B", name="Chair", nonsense="x")
    erp.put("products", "3", sku="C", name="Table")
    hub.run("erp", "products")
    assert hub.keys("products") == ["C"]
    assert {each.cause for each in hub.waiting()} == {"gtin-check-digit", "unknown-field"}
    erp.put("products", "1", gtin="5901234123457")
    hub.run("erp", "products")
    assert sorted(hub.keys("products")) == ["A", "C"]
    assert {each.cause for each in hub.waiting()} == {"unknown-field"}


def test_s19_what_waits_is_grouped_by_cause_and_tried_again(hub, erp):
    for number in range(4):
        erp.put("products", str(number), sku=f"A{number}", name="Lamp", gtin="123")
    hub.run("erp", "products")
    with hub.store.read() as tx:
        (group,) = quarantine.groups(tx)
    assert (group.cause, group.count, group.column) == ("gtin-length", 4, "gtin")
    for number in range(4):
        erp.put("products", str(number), gtin=None, silently=True)
        erp.marks["products", str(number)] = -5
    hub.run("erp", "products")
    assert len(hub.waiting()) == 4
    with hub.store.write() as tx:
        quarantine.again(tx, [each.id for each in quarantine.find(tx)])
    hub.run("erp", "products")
    assert not hub.waiting()
    assert len(hub.keys("products")) == 4


def test_s21_a_run_that_did_nothing_says_why(hub, erp):
    outcome = hub.run("erp", *CATALOGUE)
    assert isinstance(outcome, Done)
    assert outcome.message is not None
    assert "nothing to do" in outcome.message


def test_s21_a_run_in_which_nothing_can_come_or_go_says_so(hub, shop):
    only_read = {name: replace(SHOP[name], writes=frozenset(), create="never") for name in CATALOGUE}
    shop.streams = {**SHOP, **only_read}
    shop.put("products", "1", sku="A", name="Lamp")
    said = "nothing comes or goes in products, prices: hub systems show shop"
    assert hub.run("shop", "products", "prices") == Done(said)


def test_an_order_that_comes_before_its_customer_waits_for_him(hub, shop):
    order(shop)
    hub.run("shop", "orders")
    (waiting,) = hub.waiting()
    assert waiting.cause == "waits-for-parties"
    shop.put("parties", "c1", name="Jan", email="jan@example.com")
    hub.run("shop", "parties", "orders")
    assert hub.keys("orders") == ["shop|1001"]
    assert not hub.waiting()


def test_a_record_that_gets_another_number_stays_the_same_record(hub, erp, shop):
    erp.put("products", "1", sku="A", name="Lamp")
    hub.in_step("products")
    (product,) = shop.rows["products"]
    erp.put("products", "1", sku="A-2026")
    hub.in_step("products")
    assert hub.keys("products") == ["A-2026"]
    assert shop.rows["products"][product]["sku"] == "A-2026"
    assert len(shop.rows["products"]) == 1


def test_a_number_that_another_record_has_is_left_to_somebody(hub, erp):
    erp.put("products", "1", sku="A", name="Lamp")
    erp.put("products", "2", sku="B", name="Chair")
    hub.run("erp", "products")
    erp.put("products", "2", sku="A")
    hub.run("erp", "products")
    assert sorted(hub.keys("products")) == ["A", "B"]
    (waiting,) = hub.waiting()
    assert waiting.cause == "key-taken"


def test_one_number_twice_in_a_system_is_left_to_somebody(hub, erp, shop):
    erp.put("products", "1", sku="A", name="Lamp")
    shop.put("products", "77", sku="A", name="Lamp")
    shop.put("products", "78", sku="A", name="Lamp")
    hub.in_step("products")
    (waiting,) = hub.waiting()
    assert waiting.cause == "twice-in-system"
    assert "77" in waiting.message
    assert "78" in waiting.message


def test_s21_a_field_that_a_second_system_shows_as_empty_is_no_update(hub, erp, shop):
    erp.put("parties", "7", name="Jan", email="jan@example.com")
    hub.run("erp", "parties")
    shop.put("parties", "c1", name="Jan", email="jan@example.com", phone=None)
    hub.run("shop", "parties")
    assert hub.held.counts == {"identical": 1}
    assert [each.what for each in hub.events("parties", "erp|7")] == []


def test_who_owns_a_field_is_configured(store):
    hub = Hub(store)
    owners = {"products.description": "shop"}
    tables = {**ERP, "products": ERP["products"].__class__("products", writes=frozenset(["description"]))}
    erp = hub.add("erp", "erp", Tables(tables), owners=owners)
    shop = hub.add("shop", "eshop", Tables(SHOP), owners=owners)
    erp.put("products", "1", sku="A", name="Lamp", description="ERP's")
    hub.in_step("products")
    (product,) = shop.rows["products"]
    shop.put("products", product, description="The shop's")
    erp.put("products", "1", description="ERP's second")
    hub.in_step("products")
    assert shop.rows["products"][product]["description"] == "The shop's"
    assert erp.rows["products"]["1"]["description"] == "The shop's"
    assert [each.values["lost"] for each in hub.conflicts("products", "A")] == ["ERP's second"]


def test_a_shop_that_owns_a_field_still_has_only_what_it_is_given(store):
    hub = Hub(store)
    owners = {"products.description": "shop"}
    erp = hub.add("erp", "erp", Tables(ERP), owners=owners)
    shop = hub.add("shop", "eshop", Tables(SHOP), owners=owners)
    erp.put("products", "1", sku="A", name="Lamp")
    shop.put("products", "99", sku="X", name="The shop's own")
    hub.in_step("products")
    assert hub.keys("products") == ["A"]
    (product,) = [identity for identity in shop.rows["products"] if identity != "99"]
    shop.put("products", product, description="By the shop")
    hub.in_step("products")
    assert hub.record("products", "A").fields["description"] == "By the shop"
    del erp.rows["products"]["1"]
    hub.run("erp", "products", full=True)
    hub.in_step("products")
    assert list(shop.rows["products"]) == ["99"]


UPDATED = {**SHOP, "products": Stream("products", writes=frozenset(["name"])), "prices": Stream("prices")}
"""A shop that shows its own products, and takes no others."""


@pytest.fixture
def strict(hub: Hub) -> Tables:
    return hub.add("shop", "eshop", Tables(UPDATED))


@pytest.mark.parametrize("many", [2, 600])
def test_s19_a_product_that_came_before_the_erp_had_it_is_bound_when_the_erp_has(hub, erp, strict, many):
    for number in range(many):
        strict.put("products", f"p{number}", sku=f"S{number}", name="old")
    hub.run("shop", "products")
    for number in range(many - 1):
        erp.put("products", str(number), sku=f"S{number}", name="Lamp")
    hub.run("erp", "products")
    hub.run("shop", "products")
    assert [row["name"] for row in strict.rows["products"].values()] == [*["Lamp"] * (many - 1), "old"]
    assert not hub.waiting()


def test_s19_a_product_that_is_mended_there_waits_no_more_though_only_the_shop_has_it(hub, strict):
    strict.put("products", "p1", sku="A", name="old", gtin="123")
    hub.run("shop", "products")
    assert [each.cause for each in hub.waiting()] == ["gtin-length"]
    strict.put("products", "p1", gtin="5901234123457")
    hub.run("shop", "products")
    assert not hub.waiting()


def test_a_product_that_only_the_shop_has_is_not_asked_for_again(hub, erp, strict, monkeypatch):
    strict.put("products", "p1", sku="A", name="old")
    strict.put("products", "p2", sku="later", name="old")
    erp.put("products", "1", sku="B", name="Lamp")
    erp.put("products", "2", sku="C", name="Out of range")
    hub.run("erp", "products")
    hub.run("shop", "products")
    asked: list[str] = []
    monkeypatch.setattr(strict, "fetch", lambda stream, ids: asked.extend(ids) or [])
    monkeypatch.setattr(strict, "find", lambda stream, wanted: asked.extend(each.key for each in wanted) or {})
    erp.put("products", "1", name="Better lamp")
    hub.run("erp", "products")
    hub.run("shop", "products")
    assert not asked


def test_a_product_outside_a_shops_range_is_not_asked_for_until_it_is_in(hub, erp, monkeypatch):
    shop = hub.add("shop", "eshop", Tables(UPDATED), range={"products": "active"})
    shop.put("products", "p1", sku="A", name="old")
    shop.put("products", "p2", sku="later", name="what was changed last is read again anyway")
    hub.run("shop", "products")
    erp.put("products", "1", sku="A", name="Lamp", active=False)
    hub.run("erp", "products")
    asked: list[str] = []
    fetch = shop.fetch
    monkeypatch.setattr(shop, "fetch", lambda stream, ids: asked.extend(ids) or fetch(stream, ids))
    hub.run("shop", "products")
    assert not asked
    erp.put("products", "1", active=True)
    hub.run("erp", "products")
    hub.run("shop", "products")
    assert shop.rows["products"]["p1"]["name"] == "Lamp"


def test_a_product_that_left_the_shop_before_the_erp_had_it_is_forgotten(hub, erp, strict, monkeypatch):
    strict.put("products", "p1", sku="A", name="old")
    strict.put("products", "p2", sku="later", name="old")
    hub.run("shop", "products")
    del strict.rows["products"]["p1"]
    erp.put("products", "1", sku="A", name="Lamp")
    hub.run("erp", "products")
    hub.run("shop", "products")
    monkeypatch.delattr(Tables, "fetch")
    hub.run("shop", "products")
    assert list(strict.rows["products"]) == ["p2"]


def test_a_price_and_a_stock_that_came_before_the_erp_had_them_are_bound_too(hub, erp, shop):
    put = {
        "prices": Stream("prices", writes=frozenset(["amount"])),
        "stock": Stream("stock", writes=frozenset(["available"])),
    }
    shop = hub.add("shop", "eshop", Tables({**UPDATED, **put}))
    shop.put("products", "p1", sku="A", name="old")
    shop.put("prices", "p1", sku="A", list="default", currency="EUR", amount="1.00")
    shop.put("stock", "p1", sku="A", available="1")
    for stream in CATALOGUE:
        shop.put(stream, "p2", sku="later", name="Chair", list="default", currency="EUR", amount="1.00", available="1")
    hub.run("shop", *CATALOGUE)
    erp.put("products", "1", sku="A", name="Lamp")
    erp.put("prices", "1", sku="A", list="default", currency="EUR", amount="2.00")
    erp.put("stock", "1", sku="A", location="main", on_hand="7")
    hub.run("erp", *CATALOGUE)
    hub.run("shop", *CATALOGUE)
    assert shop.rows["products"]["p1"]["name"] == "Lamp"
    assert (shop.rows["prices"]["p1"]["amount"], shop.rows["stock"]["p1"]["available"]) == ("2.00", "7")


def test_what_a_shop_owns_and_is_not_to_offer_stays_the_record_it_is(store):
    """Its range leaves the product out; what the ERP says of it beside must not be lost with what the shop says."""
    hub = Hub(store)
    owners = {"products.sku": "shop", "products.name": "shop"}
    erp = hub.add("erp", "erp", Tables(ERP), owners=owners)
    shop = hub.add("shop", "eshop", Tables(SHOP), owners=owners, range={"products": "brand == 'Ours'"})
    erp.put("products", "1", sku="A", name="Lamp", brand="Theirs", description="Bright")
    hub.run("erp", "products")
    shop.put("products", "7", sku="A", name="Their lamp")
    hub.run("shop", "products")
    assert hub.record("products", "A").fields["description"] == "Bright"
