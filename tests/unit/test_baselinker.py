"""What only BaseLinker has: errors with 200, a journal that may be off, variants, statuses that an account makes itself."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub.connector import Change, Exchange, Write
from hub.errors import Refused, TryLater
from tests.contract.connector_suite import fields_of, only, read_on
from tests.fakes import faults
from tests.fakes.baselinker import catalogue, orders
from tests.fakes.baselinker.shop import BaseLinker
from tests.fakes.server import Reply


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[BaseLinker]:
    fake = BaseLinker()
    for name, value in {**fake.environment, "WRONG_KEY": "1-2-NO"}.items():
        monkeypatch.setenv(name, value)
    yield fake
    fake.close()


@pytest.fixture
def connector(fake: BaseLinker) -> Exchange:
    return fake.connect()


def everything(connector: Exchange, stream: str) -> dict[str, Any]:
    found = {}
    for page in connector.read(stream, None, full=True):
        if page.entity == connector.streams[stream].entity:
            for document in page.documents:
                change = connector.translate(stream, document)
                assert isinstance(change, Change), change
                found[document.id] = change.fields
    return found


def order(connector: Exchange, id_: str, **fields: Any):
    return only(connector.write("orders", [Write("k", fields, fields, id=id_)]))


def test_an_account_with_nothing_in_it_is_read(connector):
    assert [everything(connector, stream) for stream in connector.streams] == [{}] * 5


def test_a_blocked_token_is_left_alone_for_a_minute(fake, connector):
    fake.blocked_until = "2026-11-02 07:01:00"
    with pytest.raises(TryLater, match="token blocked until") as caught:
        list(connector.read("products", None, full=True))
    assert caught.value.after == 60
    assert len(fake.server.asked) == 1


def test_an_answer_that_is_no_answer_is_not_taken_for_an_empty_list(fake, connector):
    fake.server.misbehave(lambda *_: Reply(200, b"null"), to="getInventoryProductsList", times=-1)
    with pytest.raises(TryLater):
        list(connector.read("products", None, full=True))


def test_an_error_about_the_catalogue_is_said_in_its_words(fake):
    with pytest.raises(Refused, match="no catalog"):
        list(fake.connect(catalogue=9).read("products", None, full=True))


def test_a_check_says_which_numbers_there_are(fake, connector):
    (good,) = connector.check()
    assert good.good
    assert "catalogue: 307 Default; price group: 105 Default, 106 Germany" in good.message
    (bad,) = fake.connect(statuses={"7": "shipped"}).check()
    assert (bad.good, bad.message) == (False, "there is no order status 7")
    assert "1471 Dispatched" in str(bad.mend)


# Orders


def test_many_orders_of_one_second_are_all_read(fake, connector):
    for minute in range(3):
        for _ in range(130 * minute):
            fake.add("orders")
        fake.clock.move(seconds=1)
    ids = {str(id_) for id_ in fake.orders.records}
    assert len(ids) == 390
    assert {*everything(connector, "orders")} == ids
    found, since = read_on(connector, "orders", None)
    assert {*found} == ids
    fake.clock.move(seconds=1)
    new = fake.add("orders")
    assert new in read_on(connector, "orders", since)[0]


def test_orders_that_do_not_come_by_their_dates_are_refused(fake, connector):
    fake.add("orders")
    fake.clock.move(hours=-1)
    fake.add("orders")

    def turned(asked, answer):
        reply = answer(asked)
        return replace(reply, body={**reply.body, "orders": reply.body["orders"][::-1]})

    fake.server.misbehave(turned, to="getOrders")
    with pytest.raises(Refused, match="do not come in the order"):
        list(connector.read("orders", None, full=True))


def test_without_a_journal_new_orders_are_seen_and_changed_ones_by_a_full_scan(fake, connector):
    fake.keeps_journal = False
    old = fake.add("orders")
    before, since = read_on(connector, "orders", None)
    fake.clock.move(hours=1)
    new = fake.add("orders")
    found, since = read_on(connector, "orders", since)
    assert new in found
    fake.change("orders", old)
    assert old not in read_on(connector, "orders", since)[0]
    assert everything(connector, "orders")[old]["note"] == "Quickly"
    assert before[old]["user_comments"] == ""


def test_an_order_that_is_confirmed_late_is_seen_without_a_journal(fake, connector):
    fake.keeps_journal = False
    late = fake.place({**orders.new(fake.clock.now(), fake.clock.now(), "late@example.com"), "confirmed": False})
    fake.clock.move(hours=1)
    fake.add("orders")
    found, since = read_on(connector, "orders", None)
    assert str(late) not in found
    fake.clock.move(hours=1)
    now = int(fake.clock.now().timestamp())
    fake.change_order(late, orders.CONFIRMED, confirmed=True, date_confirmed=now)
    assert str(late) in read_on(connector, "orders", since)[0]


def test_an_order_that_was_removed_is_told_by_the_journal(fake, connector):
    id_ = fake.add("orders")
    _, since = read_on(connector, "orders", None)
    fake.remove("orders", id_)
    assert [gone for page in connector.read("orders", since, full=False) for gone in page.gone] == [id_]


def test_an_order_is_understood(fake, connector):
    id_, _ = fake.place_order(fake.clock.now() - timedelta(days=1))
    exempt = {**orders.line(5, "FREE", "Stamp", 4.5, 2), "tax_rate": -1}
    known = {"products": [exempt], "invoice_nip": "525-225-25-25", "payment_done": 21.5, "invoice_company": "Lampy"}
    known["delivery_point_id"] = "WAW123M"
    fake.change_order(int(id_), None, delivery_package_nr="P1", delivery_package_module="dpd", **known)
    fields = fields_of(fake.connect(shipping={"Courier": "dpd-home"}, payment={"PayU": "card"}), "orders", id_)
    (line,) = fields["lines"]
    assert (line["tax_rate"], line["tax_category"], line["gross"]) == ("0", "E", "9.00")
    assert (fields["totals"], fields["payment"]) == ({"gross": "21.50"}, {"state": "paid", "method": "card"})
    assert (fields["vat_id"], fields["name"], fields["status"]) == ("PL5252252525", "Lampy", "confirmed")
    assert fields["shipping"][0]["code"] == "dpd-home"
    assert (fields["shipping_address"]["street"], fields["shipping_address"]["street_more"]) == ("Prosta 1", "WAW123M")
    assert fields["tracking"] == [{"number": "P1", "carrier": "dpd"}]


def test_s27_delivery_is_taxed_as_the_options_say(fake, connector):
    """Orders tell its gross price alone (page "getOrders")."""
    id_ = fake.add("orders")
    assert "tax_rate" not in fields_of(connector, "orders", id_)["shipping"][0]
    (delivery,) = fields_of(fake.connect(delivery_tax_rate="23.0"), "orders", id_)["shipping"]
    assert (delivery["amount"], delivery["tax_rate"]) == ("12.50", "23")
    with pytest.raises(ValueError, match="is not a rate in per cent"):
        fake.connect(delivery_tax_rate="VAT")


def test_an_order_without_an_address_of_the_invoice_has_that_of_the_delivery(fake, connector):
    id_, _ = fake.place_order(fake.clock.now())
    fake.change_order(
        int(id_), None, **{name: "" for name in fake.orders.records[int(id_)].values if "invoice_" in name}
    )
    fields = fields_of(connector, "orders", id_)
    assert fields["billing_address"] == fields["shipping_address"]
    assert fields["vat_id"] is None


def test_a_parcel_is_told_once(fake, connector):
    id_ = fake.add("orders")
    for _ in range(2):
        done = order(
            connector, id_, status="shipped", tracking=[{"number": "P1", "carrier": "A courier of many letters"}]
        )
        assert done.outcome == "done", done
    assert [each["courier_package_nr"] for each in fake.packages[int(id_)]] == ["P1"]
    assert fields_of(connector, "orders", id_)["status"] == "shipped"


def test_a_parcel_whose_answer_was_lost_is_told_once(fake, connector):
    id_, parcels = fake.add("orders"), [{"number": "P1"}, {"number": "P2"}]
    fake.server.misbehave(faults.reset_after, to="createPackageManual")
    with pytest.raises(TryLater):
        order(connector, id_, tracking=parcels)
    assert order(connector, id_, tracking=parcels).outcome == "done"
    assert [each["courier_package_nr"] for each in fake.packages[int(id_)]] == ["P1", "P2"]


def test_a_status_that_is_not_named_is_refused_and_a_cancelled_order_stays_so(fake, connector):
    id_ = fake.add("orders")
    assert order(connector, id_, status="pending").cause == "status-not-named"
    assert order(connector, id_, status="cancelled").outcome == "done"
    assert order(connector, id_, status="shipped").cause == "cancelled"
    assert order(connector, "999", status="shipped").outcome == "gone"


# The catalogue


def test_variants_are_read_and_their_prices_and_stock_set(fake, connector):
    parent = fake.add_variants("S-RED", "S-BLUE")
    found = everything(connector, "products")
    assert {fields["sku"]: fields["variant_of"] for fields in found.values()} == {"S-RED": parent, "S-BLUE": parent}
    (red,) = [id_ for id_, fields in found.items() if fields["sku"] == "S-RED"]
    record = {"sku": "S-RED", "currency": "PLN", "amount": "9.5", "tax_included": True}
    links = {"products": {"S-RED": red}}
    put = Write("k", {"amount": "9.5"}, record, links=links)
    assert only(connector.write("prices", [put])).id == red
    assert (
        only(connector.write("stock", [Write("k", {}, {"sku": "S-RED", "available": "3.9"}, id=red)])).outcome == "done"
    )
    assert fields_of(connector, "prices", red)["amount"] == "9.50"
    assert fields_of(connector, "stock", red)["available"] == "3"
    renamed = only(connector.write("products", [Write("k", {"name": "Red"}, {"sku": "S-RED"}, id=red)]))
    assert (renamed.outcome, fields_of(connector, "products", red)["name"]) == ("done", "Red")
    refused = only(connector.write("products", [Write("k", {"description": "x"}, {"sku": "S-RED"}, id=red)]))
    assert refused.cause == "variant"


def test_what_a_warning_is_about_does_not_stop_the_others(fake, connector):
    one, other = fake.add("products"), fake.add("products")
    writes = [Write(id_, {}, {"sku": id_, "available": "4"}, id=id_) for id_ in (one, other)]

    def warned(asked, answer):
        if one not in asked.text:
            return answer(asked)
        return Reply(200, {"status": "SUCCESS", "counter": 0, "warnings": {one: "Stock is kept by a shop"}})

    fake.server.misbehave(warned, to="updateInventoryProductsStock", times=-1)
    outcomes = {each.key: each for each in connector.write("stock", writes)}
    assert (outcomes[one].outcome, outcomes[other].outcome) == ("refused", "done")
    assert outcomes[one].message == "Stock is kept by a shop"
    assert fields_of(connector, "stock", other)["available"] == "4"


def test_a_price_of_nothing_is_none(fake, connector):
    id_ = fake.add("products")
    fake.products.records[int(id_)].values["prices"][str(catalogue.GROUP)] = 0
    assert everything(connector, "prices") == {}


def test_a_tax_category_is_told_as_the_rate_that_means_it(fake, connector):
    record = {"sku": "FREE", "name": "Stamp", "tax_rate": "0", "tax_category": "E"}
    fields = {name: record[name] for name in ("sku", "name", "tax_rate")}
    id_ = only(connector.write("products", [Write("k", fields, record)])).id
    assert id_
    assert fake.products.records[int(id_)].values["tax_rate"] == -1
    assert fields_of(connector, "products", id_)["tax_category"] == "E"


def test_categories_and_brands_are_made_once(fake, connector):
    records = [{"sku": f"C{n}", "name": "x", "category": "Lamps > Desk", "brand": "Acme"} for n in range(3)]
    for record in records:
        assert only(connector.write("products", [Write(record["sku"], record, record)])).outcome == "done"
    assert [row["name"] for row in fake.categories.values()] == ["Lamps", "Desk"]
    assert [*fake.manufacturers.values()] == ["Acme"]


def test_a_field_that_is_emptied_is_emptied(fake, connector):
    record = {"sku": "E1", "name": "x", "category": "Lamps", "brand": "Acme", "tags": ["a"], "weight": "1.5"}
    id_ = only(connector.write("products", [Write("k", record, record)])).id
    empty: dict[str, Any] = dict.fromkeys(("category", "brand", "tags", "weight", "gtin", "description", "attributes"))
    assert only(connector.write("products", [Write("k", empty, {**record, **empty}, id=id_)])).outcome == "done"
    fields = fields_of(connector, "products", id_)
    assert {name: fields.get(name) for name in empty} == empty
