"""What only Dolibarr has: empty lists that are errors, a server's local time, orders that are made one by one."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.asking.http import KeyRefused, Rejected
from adapters.erp.dolibarr import translate
from hub.connector import Write, Written
from hub.errors import Refused, TryLater, Unanswered
from tests.contract.connector_suite import fields_of, only, read_on
from tests.contract.test_connector_dolibarr import party
from tests.contract.test_connector_odoo import order
from tests.fakes import faults
from tests.fakes.dolibarr import Dolibarr, Dolibarr20
from tests.fakes.dolibarr.lists import error
from tests.fakes.dolibarr.orders import send, shown
from tests.fakes.server import Answer, Asked, Fault, Reply


@pytest.fixture(params=[Dolibarr, Dolibarr20])
def erp(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dolibarr]:
    fake: Dolibarr = request.param()
    monkeypatch.setenv("DOLIBARR_KEY", fake.key)
    yield fake
    fake.close()


def bought(erp: Dolibarr, number: str = "1001", **more: Any) -> Write:
    """Return an order of a customer who is there."""
    customer, product = erp.add("parties"), erp.add("products")
    record = {**order(number), "totals": {"gross": "72.73"}, **more}  # a grosz more than its lines come to
    links = {"parties": {"p": customer}, "products": {"L-1": product}}
    return Write(f"shop-a|{number}", record, record, reference=f"o-{number}", links=links)


def buyer() -> Write:
    record = party("p")
    return Write("p", record, record, reference="p-1")


def switched_off(_asked: Asked, _answer: Answer) -> Reply:
    """Answer as a module that is off does."""
    return error(404, "API not found (failed to include API file)")


def values(erp: Dolibarr, written: Written) -> Mapping[str, Any]:
    return erp.orders.records[int(written.id or 0)].values


def test_s27_an_order_comes_to_the_orders_total(erp: Dolibarr) -> None:
    """Lines have prices without tax; what rounding leaves is a line of its own, and then it is validated."""
    written = only(erp.connect().write("orders", [bought(erp)]))
    assert written.outcome == "done", written
    told = values(erp, written)
    assert (told["status"], told["ref_client"], told["ref_ext"]) == (1, "shop-a 1001", "hub-o-1001")
    assert [line["desc"] for line in told["lines"]] == ["Lamp L-1", "Gone GONE", "Post", "Thanks", "Rounding"]
    assert [line.get("fk_product") for line in told["lines"]] == [1, None, None, None, None]
    assert shown(erp.orders.records[int(written.id or 0)])["total_ttc"] == "72.73000000"


def test_s27_a_draft_that_its_line_of_rounding_does_not_bring_to_its_total_is_not_validated(erp: Dolibarr) -> None:
    """The third decimal of a dinar; before, it was validated without it. Tried again, it gets no second line."""
    erp_ = erp.connect(currency="KWD")
    line = {"id": "1", "name": "Lamp", "quantity": "1", "unit_price": "10.001"}
    told = {"lines": [line], "shipping": [], "discounts": [], "totals": {"gross": "10.001"}}
    wanted = bought(erp, currency="KWD", **told)
    for id_ in (None, "1"):
        written = only(erp_.write("orders", [replace(wanted, id=id_)]))
        told = values(erp, written)
        assert (written.cause, told["status"], written.id) == ("total-differs", 0, "1")
        assert [line["desc"] for line in told["lines"]].count("Rounding") == 1
    assert "lacks 0.001" in written.message


def test_a_rate_that_has_several_codes_gets_the_one_that_is_named(erp: Dolibarr) -> None:
    """0 % of an export is another than that of what is exempt; what rounding leaves has none."""
    free = {"lines": [{**order("")["lines"][0], "tax_rate": "0"}], "shipping": [], "discounts": []}
    wanted = bought(erp, **free, totals={"gross": "29.98"})
    told = values(erp, only(erp.connect(taxes={"0": "EXPORT"}).write("orders", [wanted])))
    assert [(line["tva_tx"], line.get("vat_src_code")) for line in told["lines"]] == [("0", "EXPORT"), ("0", None)]


def test_s18_a_total_that_is_no_rounding_is_refused_and_stays_a_draft(erp: Dolibarr) -> None:
    written = only(erp.connect().write("orders", [bought(erp, totals={"gross": "99.00"})]))
    assert (written.outcome, written.cause, values(erp, written)["status"]) == ("refused", "total-differs", 0)


def test_s18_a_validated_order_whose_total_has_changed_is_refused(erp: Dolibarr) -> None:
    """Before, the change was passed over: only drafts were looked at."""
    wanted = bought(erp)
    made = only(erp.connect().write("orders", [wanted]))
    less = {"totals": {"gross": "60.00"}}
    changed = replace(wanted, id=made.id, fields=less, record={**wanted.record, **less})
    written = only(erp.connect().write("orders", [changed]))
    assert (written.outcome, written.cause, values(erp, written)["status"]) == ("refused", "total-differs", 1)


def test_s06_a_half_done_order_is_finished_and_not_made_twice(erp: Dolibarr) -> None:
    wanted = bought(erp)
    draft = only(erp.connect(confirm="draft").write("orders", [wanted]))
    assert values(erp, draft)["status"] == 0
    finished = only(erp.connect().write("orders", [replace(wanted, id=draft.id)]))
    told = values(erp, finished)
    assert (finished.id, told["status"], len(told["lines"]), len(told["contacts"])) == (draft.id, 1, 5, 1)
    assert (erp.count("orders"), len(erp.contacts.there())) == (1, 1)


@pytest.mark.parametrize("lost", [r"/lines\n", r"POST .*/contacts\n", r"/contact/", r"/validate\n"])
def test_s06_an_answer_that_is_lost_half_way_does_nothing_twice(erp: Dolibarr, lost: str) -> None:
    wanted = bought(erp)
    erp.server.misbehave(faults.reset_after, to=lost)
    with pytest.raises(Unanswered):
        list(erp.connect().write("orders", [wanted]))
    [id_] = erp.connect().find("orders", [wanted])[wanted.key]
    told = values(erp, only(erp.connect().write("orders", [replace(wanted, id=id_)])))
    assert (told["status"], len(told["lines"]), len(told["contacts"])) == (1, 5, 1)
    assert (erp.count("orders"), len(erp.contacts.there())) == (1, 1)


def test_goods_go_to_a_contact_that_is_there(erp: Dolibarr) -> None:
    first = bought(erp, "1")
    second = replace(bought(erp, "2"), links=first.links)
    one, other = (only(erp.connect().write("orders", [each])) for each in (first, second))
    assert values(erp, one)["contacts"] == values(erp, other)["contacts"] == [1]
    assert erp.contacts.records[1].values["town"] == "Kranj"


@pytest.mark.parametrize(
    ("options", "out_of"), [({}, 1), ({"storage": {"SHOP": "shop"}}, 2), ({"warehouse": "SHOP"}, 2)]
)
def test_s16_goods_are_taken_where_validating_an_order_takes_them(
    erp: Dolibarr, options: dict[str, Any], out_of: int
) -> None:
    """Without a warehouse Dolibarr takes none, and says so to nobody: they would be sold for ever."""
    erp.takes_on_validation, wanted = True, bought(erp)
    erp.warehouses.add({"ref": "SHOP", "label": "Shop"})
    erp.products.change(1, {"stock_warehouse": {each: {"id": each, "real": "5"} for each in ("1", "2")}})
    assert only(erp.connect(**options).write("orders", [wanted])).outcome == "done"
    real = {int(at): float(each["real"]) for at, each in erp.products.records[1].values["stock_warehouse"].items()}
    assert real == {1: 5.0, 2: 5.0, out_of: 5.0 - float(wanted.record["lines"][0]["quantity"])}


def test_a_warehouse_that_is_not_there_is_told(erp: Dolibarr) -> None:
    with pytest.raises(Refused, match=r"no warehouse MAG9; mend warehouse in \[systems\.erp\]"):
        list(erp.connect(warehouse="MAG9").write("orders", [bought(erp)]))


def test_an_order_cannot_be_cancelled_from_here(erp: Dolibarr) -> None:
    wanted = bought(erp)
    made = only(erp.connect().write("orders", [wanted]))
    stopped = replace(wanted, id=made.id, record={**wanted.record, "status": "cancelled"})
    assert only(erp.connect().write("orders", [stopped])).cause == "cancel-by-hand"
    for sent in ({"status": 3}, {"status": 1, "billed": 1}):
        erp.orders.change(int(made.id or 0), sent)
        refused = only(erp.connect().write("orders", [stopped]))
        assert (refused.cause, "credit note" in refused.message) == ("delivered", True)
    erp.orders.change(int(made.id or 0), {"billed": 0})
    erp.orders.change(int(made.id or 0), {"status": -1})
    assert only(erp.connect().write("orders", [stopped])).outcome == "done"
    assert fields_of(erp.connect(), "orders", made.id)["status"] == "cancelled"


@pytest.mark.parametrize(
    ("sent", "short"),
    [((1, -1), "1"), ((1, 1), None), ((), None)],
    ids=["one shipment was cancelled", "both have left", "called delivered by hand"],
)
def test_what_an_order_that_is_delivered_has_not_sent_is_told_if_it_is_asked_for(
    erp: Dolibarr, sent: tuple[int, ...], short: str | None
) -> None:
    connector = erp.connect(shipments=True)
    made = only(connector.write("orders", [bought(erp)]))
    line = erp.orders.records[int(made.id or 0)].values["lines"][0]
    line["qty"] = "2"
    for status in sent:
        send(erp, int(made.id or 0), less=1, status=status)
    erp.orders.change(int(made.id or 0), {"status": 3})
    told = [{"sku": line["product_ref"], "sent": short}] if short else None
    assert fields_of(connector, "orders", made.id)["short_shipped"] == told
    erp.may_read_shipments = False
    assert fields_of(erp.connect(), "orders", made.id)["short_shipped"] is None, "nobody asks"
    with pytest.raises(KeyRefused):
        connector.fetch("orders", [made.id or ""])


def test_s18_what_dolibarr_cannot_make_is_refused_not_tried_again(erp: Dolibarr) -> None:
    """It says so with 500, which elsewhere means that nobody knows."""
    good, bad = bought(erp, "1"), bought(erp, "2")
    bad = replace(bad, links={**bad.links, "parties": {"p": "999"}})
    outcomes = {each.key: each for each in erp.connect().write("orders", [bad, good])}
    assert (outcomes[bad.key].outcome, outcomes[good.key].outcome) == ("refused", "done")
    assert "Error creating order" in outcomes[bad.key].message


def test_s18_what_dolibarr_does_not_change_without_a_word_is_refused(erp: Dolibarr) -> None:
    id_ = erp.add("parties")
    changed = {"name": "", "phone": "+48 601"}
    written = only(erp.connect().write("parties", [Write("k", changed, {}, id=id_)]))
    assert written.outcome == "refused", written
    assert erp.parties.records[int(id_)].values["phone"] is None


def test_an_order_without_a_date_is_of_today(erp: Dolibarr) -> None:
    written = only(erp.connect().write("orders", [bought(erp, placed_at=None)]))
    assert written.outcome == "done", written
    assert abs(values(erp, written)["date"] - datetime.now(UTC).timestamp()) < 3600


def test_s20_an_order_in_another_currency_is_refused(erp: Dolibarr) -> None:
    written = only(erp.connect().write("orders", [bought(erp, currency="USD")]))
    assert (written.outcome, written.cause, erp.count("orders")) == ("refused", "currency-unknown", 0)


def test_s16_an_empty_list_is_empty_and_a_module_that_is_off_is_not(erp: Dolibarr) -> None:
    """Both are answered with 404."""
    assert list(erp.connect().read("parties", None, full=True))[-1].complete
    erp.server.misbehave(switched_off, to="thirdparties", times=-1)
    with pytest.raises(Refused, match=r"API not found.*switch the module on"):
        list(erp.connect().read("parties", None, full=True))
    assert not erp.connect().check()[0].good


@pytest.mark.parametrize(
    "there",
    [
        Reply(404, {"error": {"code": 404, "message": "Not Found"}}),
        Reply(404, b"<html><h1>404 Not Found</h1></html>", {"content-type": "text/html"}),
    ],
)
def test_s16_an_address_that_is_not_there_is_no_empty_list(erp: Dolibarr, there: Reply) -> None:
    """Or all that is known of would be taken for deleted."""
    erp.server.misbehave(lambda _asked, _answer: there, to="thirdparties", times=-1)
    with pytest.raises(Refused, match="Not Found"):
        list(erp.connect().read("parties", None, full=True))


@pytest.mark.parametrize("there", [faults.page(404), switched_off])
@pytest.mark.parametrize(("stream", "to"), [("orders", r"GET .*/orders/\d+\n"), ("parties", "PUT .*/thirdparties/")])
def test_s15_a_404_of_the_web_servers_does_not_say_that_a_record_is_gone(
    erp: Dolibarr, there: Fault, stream: str, to: str
) -> None:
    """Nor that a country is unknown: an address that is wrong is mended once, not record by record."""
    write = bought(erp) if stream == "orders" else buyer()
    made = only(erp.connect().write(stream, [write]))
    erp.server.misbehave(there, to=to, times=-1)
    with pytest.raises(Refused, match=r"no such interface.*mend url in \[systems\.erp\]") as raised:
        list(erp.connect().write(stream, [replace(write, id=made.id)]))
    assert not isinstance(raised.value, Rejected)


def test_s15_what_dolibarr_itself_does_not_find_is_gone(erp: Dolibarr) -> None:
    for stream, write in (("orders", bought(erp)), ("parties", buyer())):
        assert only(erp.connect().write(stream, [replace(write, id="99")])).outcome == "gone"


def test_s11_changes_are_asked_for_in_the_servers_time(erp: Dolibarr) -> None:
    """Shortly before clocks go back, from an hour earlier: that hour comes twice."""
    client = erp.connect().system
    assert client.since(datetime(2026, 7, 1, 10, tzinfo=UTC)) == "(t.tms:>=:'20260701T120000')"
    assert client.since(datetime(2026, 12, 1, 10, tzinfo=UTC)) == "(t.tms:>=:'20261201T110000')"
    assert client.since(datetime(2026, 10, 25, 0, 50, tzinfo=UTC)) == "(t.tms:>=:'20261025T015000')"
    with pytest.raises(ValidationError, match="no time zone"):
        erp.connect(zone="Warsaw")


def test_s11_nothing_is_lost_when_clocks_go_back(erp: Dolibarr) -> None:
    erp.clock.instant = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
    erp.add("products")
    _, since = read_on(erp.connect(), "products", None)
    erp.clock.move(minutes=20)
    assert erp.add("products") in read_on(erp.connect(), "products", since)[0]


def test_a_value_that_cannot_be_asked_for_is_not_asked_for(erp: Dolibarr) -> None:
    """A quote or a parenthesis would be part of the condition."""
    wanted = Write("k", {}, {"email": "o'neil@example.com"}, reference="p-1")
    assert erp.connect().find("parties", [wanted]) == {"k": []}
    assert not erp.server.seen("neil")


def test_s27_of_prices_for_segments_of_customers_the_first_is_told(erp: Dolibarr) -> None:
    """What stands with the product is the one that was saved last, such as the wholesalers'."""
    id_ = erp.add("prices")
    for level, amount in ((1, 9.9), (2, 6.5)):
        erp.price_level(int(id_), level, amount)
    fields = fields_of(erp.connect(), "prices", id_)
    assert (fields["amount"], fields["tax_included"]) == ("9.90", False)


def test_stock_of_chosen_warehouses_is_read(erp: Dolibarr) -> None:
    """A product that never lay anywhere has an empty list, not an empty table."""
    id_ = erp.add("stock")
    erp.products.add({**erp.products.records[1].values, "ref": "NEW", "stock_warehouse": []})
    erp.products.add({**erp.products.records[1].values, "ref": "WORK", "type": 1})
    assert [*read_on(erp.connect(storage={"MAIN": "main"}), "stock", None)[0]] == [id_]
    fields = fields_of(erp.connect(storage={"MAIN": "main"}), "stock", id_)
    assert (fields["location"], fields["on_hand"]) == ("main", "5")
    with pytest.raises(Refused, match="no warehouse MAG9"):
        list(erp.connect(storage={"MAG9": "main"}).read("stock", None, full=True))


def held(erp: Dolibarr, id_: str, **options: Any) -> tuple[str, str]:
    """Return what lies in a warehouse of a product, and what of it orders hold."""
    told = fields_of(erp.connect(**options), "stock", id_)
    return told["on_hand"], told["reserved"]


def test_s05_what_an_order_waits_for_is_held_until_it_is_shipped(erp: Dolibarr) -> None:
    """Only the virtual stock shows an order that is validated; what is shipped has left the real one."""
    wanted = bought(erp)
    product = int(wanted.links["products"]["L-1"])
    id_ = f"{product}|{erp.warehouse}"
    assert held(erp, id_) == ("5", "0")
    made = only(erp.connect().write("orders", [wanted]))
    quantity = values(erp, made)["lines"][0]["qty"]
    assert held(erp, id_) == ("5", quantity)
    erp.products.change(product, {"stock_warehouse": {erp.warehouse: {"id": "7", "real": "4"}}})
    erp.orders.change(int(made.id or 0), {"status": 2, "sent": {product: 1}})
    assert held(erp, id_) == ("4", str(int(quantity) - 1))
    erp.orders.change(int(made.id or 0), {"status": 3})
    assert held(erp, id_) == ("4", "0")


def test_s05_an_order_that_stays_a_draft_holds_its_goods_as_well(erp: Dolibarr) -> None:
    wanted = bought(erp)
    id_ = f"{wanted.links['products']['L-1']}|{erp.warehouse}"
    made = only(erp.connect(confirm="draft").write("orders", [wanted]))
    assert held(erp, id_) == ("5", values(erp, made)["lines"][0]["qty"])


def test_s12_an_order_leads_to_its_products_whose_mark_it_does_not_move(erp: Dolibarr) -> None:
    id_ = erp.add("stock")
    erp.clock.move(minutes=10)
    last = erp.add("stock")
    _, since = read_on(erp.connect(), "stock", None)
    line = {"fk_product": int(id_.partition("|")[0]), "qty": "2", "subprice": "1", "tva_tx": "20"}
    erp.orders.change(int(erp.add("orders")), {"lines": [line, {**line, "fk_product": None}], "ref_ext": None})
    documents, _ = read_on(erp.connect(), "stock", since)
    assert [*documents] == [id_, last], "the latest is read each time"
    assert held(erp, id_) == ("5", "2")


def test_what_is_held_is_held_where_the_product_is_at_home_first(erp: Dolibarr) -> None:
    other = str(erp.warehouses.add({"ref": "SHOW", "label": "SHOW"}).id)
    id_ = erp.add("stock")
    product = int(id_.partition("|")[0])
    lying = {erp.warehouse: {"id": "7", "real": "5"}, other: {"id": "8", "real": "2"}}
    erp.products.change(product, {"stock_warehouse": lying, "fk_default_warehouse": other})
    line = {"fk_product": product, "qty": "3", "subprice": "1", "tva_tx": "20"}
    erp.orders.change(int(erp.add("orders")), {"lines": [line]})
    assert [held(erp, f"{product}|{place}") for place in (erp.warehouse, other)] == [("5", "1"), ("2", "2")]
    assert held(erp, id_, storage={"MAIN": "main"}) == ("5", "3")


def test_s24_leading_zeros_stay(erp: Dolibarr) -> None:
    told = {**party("Ana"), "name": "0001234"}
    made = only(erp.connect().write("parties", [Write("k", told, told, reference="p-7")]))
    fields = fields_of(erp.connect(), "parties", made.id)
    assert (fields["name"], fields["addresses"][0]["postcode"]) == ("0001234", "04-000")
    assert fields["number"].startswith("CU2611-")


def test_a_deleted_third_party_is_gone(erp: Dolibarr) -> None:
    id_ = erp.add("parties")
    erp.remove("parties", id_)
    assert only(erp.connect().write("parties", [Write("k", {"name": "Eva"}, {}, id=id_)])).outcome == "gone"


def test_a_server_that_is_broken_is_tried_later(erp: Dolibarr) -> None:
    """503 is of the database; it says nothing of the record."""
    erp.server.misbehave(lambda _asked, _answer: Reply(503, {"error": {"code": 503, "message": "Error"}}), times=-1)
    with pytest.raises(TryLater):
        list(erp.connect().read("products", None, full=True))


@pytest.mark.parametrize(
    ("weight", "unit", "kilograms"),
    [("150", "-3", "0.15"), ("1.50000000", "0", "1.5"), ("2", "3", "2000"), ("5", "99", None), (None, None, None)],
)
def test_weights_are_in_kilograms(weight: str | None, unit: str | None, kilograms: str | None) -> None:
    row = dict.fromkeys(translate.PRODUCT) | {"weight": weight, "weight_units": unit}
    assert translate.product(row, None)["weight"] == kilograms  # pyright: ignore[reportArgumentType]


def test_a_price_is_the_one_that_people_typed(erp: Dolibarr) -> None:
    id_ = erp.add("prices")
    fields = fields_of(erp.connect(), "prices", id_)
    assert (fields["amount"], fields["tax_included"], fields["currency"]) == ("9.90", False, "EUR")
    erp.products.change(int(id_), {"price_base_type": "TTC"})
    fields = fields_of(erp.connect(), "prices", id_)
    assert (fields["amount"], fields["tax_included"]) == ("11.88", True)
