"""Orders in Business Central: entered, reckoned, shipped, invoiced and so no more, cancelled."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from hub.connector import Write, Written
from hub.errors import TryLater, Unanswered
from tests.contract.connector_suite import by_id, fields_of, only, read_on
from tests.contract.test_connector_odoo import order
from tests.fakes import faults
from tests.fakes.businesscentral import BUYER, BusinessCentral, selling
from tests.fakes.businesscentral.environment import SECRET, SERVICE
from tests.fakes.server import Reply

SEVEN = {"id": "1", "sku": "L-1", "name": "Lamp", "quantity": "7", "unit_price": "9.99", "tax_rate": "23"}
UNEVEN: dict[str, Any] = {
    "lines": [SEVEN, {**SEVEN, "id": "2", "sku": "GONE", "quantity": "3", "unit_price": "0.33", "tax_rate": "8"}],
    "shipping": [],
    "discounts": [],
    "totals": {"gross": "70.93"},
}
"""A cent more than the lines come to."""


@pytest.fixture
def bc(monkeypatch: pytest.MonkeyPatch) -> Iterator[BusinessCentral]:
    fake = BusinessCentral()
    monkeypatch.setenv("BC_SECRET", SECRET)
    yield fake
    fake.close()


def bought(bc: BusinessCentral, number: str = "1001", **more: Any) -> Write:
    """Return an order of a customer who is there."""
    record = {**order(number), **more}
    links = {"parties": {"p": BUYER}, "products": {"L-1": bc.add("products")}}
    return Write(f"shop-a|{number}", record, record, reference=f"hub-{number:0>30}", links=links)


def brought(bc: BusinessCentral, wanted: Write) -> str:
    written = only(bc.connect().write("orders", [wanted]))
    assert written.outcome == "done", written
    return str(written.id)


def values(bc: BusinessCentral, order_: str | None) -> Mapping[str, Any]:
    return next(selling.shown(each.values) for each in bc.orders.there() if bc.order_number(each) == order_)


def cancelled(wanted: Write, id_: str) -> Write:
    return replace(wanted, id=id_, record={**wanted.record, "status": "cancelled"}, fields={"status": "cancelled"})


def test_an_order_says_whose_what_when_and_where(bc: BusinessCentral) -> None:
    told = values(bc, brought(bc, bought(bc, note="Ring twice\nor call", placed_at="2026-11-21T23:30:00Z")))
    assert told["externalDocumentNumber"] == "HUB-000000000000000000000000001001"
    assert (told["orderDate"], told["customerId"], told["currencyCode"]) == ("2026-11-22", BUYER, "EUR")
    assert (told["shipToAddressLine1"], told["shipToPostCode"], told["shipToCountry"]) == ("Side 2", "4000", "SI")
    lines = told["salesOrderLines"]
    assert [line["description"] for line in lines] == [
        "shop-a 1001",
        "Ring twice",
        "or call",
        "Lamp L-1",
        "Gone GONE",
        "Post",
        "Thanks",
    ]
    sold = [(each["lineObjectNumber"], each["quantity"], each["unitPrice"], each["taxCode"]) for each in lines[3:]]
    assert sold == [
        ("L-0001", 3.0, 8.122, "VAT23"),
        (SERVICE, 7.0, 5.1389, "VAT8"),
        (SERVICE, 1.0, 3.9837, "VAT23"),
        (SERVICE, -1.0, 1.0, "NOVAT"),
    ]
    assert {each["discountPercent"] for each in lines} == {0}, "those of the ERP's own lists do not count"
    assert told["totalAmountIncludingTax"] == 72.72


def test_s20_a_line_stands_without_its_product(bc: BusinessCentral) -> None:
    lines = values(bc, brought(bc, replace(bought(bc), links={"parties": {"p": BUYER}})))["salesOrderLines"]
    assert {each["lineObjectNumber"] for each in lines} == {"", SERVICE}
    assert [each["description"] for each in lines][1:3] == ["Lamp L-1", "Gone GONE"]


def test_s27_an_order_is_in_the_unit_that_it_was_sold_in(bc: BusinessCentral) -> None:
    """Otherwise three pieces are three boxes."""
    lines = values(bc, brought(bc, bought(bc)))["salesOrderLines"]
    assert [each["unitOfMeasureCode"] for each in lines if each["lineObjectNumber"] == "L-0001"] == ["PCS"]


def test_s27_an_order_is_without_tax_whatever_the_customers_are(bc: BusinessCentral) -> None:
    bc.customers.change(1, {"gross": True})
    assert values(bc, brought(bc, bought(bc)))["totalAmountIncludingTax"] == 72.72


def test_s27_an_order_comes_to_the_orders_total(bc: BusinessCentral) -> None:
    told = values(bc, brought(bc, bought(bc, **UNEVEN)))
    assert told["totalAmountIncludingTax"] == 70.93
    assert [(each["description"], each["taxCode"]) for each in told["salesOrderLines"]][-1] == ("Rounding", "NOVAT")


def test_s18_a_total_that_is_no_rounding_is_refused(bc: BusinessCentral) -> None:
    written = only(bc.connect().write("orders", [bought(bc, totals={"gross": "99.00"})]))
    assert (written.outcome, written.cause, bc.count("orders")) == ("refused", "total-differs", 1)


@pytest.mark.parametrize("lost", [r"POST \S*/salesOrders\n", r"POST \S*/salesOrderLines\n"])
def test_s06_an_answer_that_is_lost_half_way_does_nothing_twice(bc: BusinessCentral, lost: str) -> None:
    wanted, connector = bought(bc, **UNEVEN), bc.connect()
    bc.server.misbehave(faults.reset_after, to=lost)
    with pytest.raises(Unanswered):
        list(connector.write("orders", [wanted]))
    [id_] = connector.find("orders", [wanted])[wanted.key]
    for _ in range(2):
        assert only(connector.write("orders", [replace(wanted, id=id_)])).outcome == "done"
        told = values(bc, id_)
        assert (told["totalAmountIncludingTax"], len(told["salesOrderLines"])) == (70.93, 4)
    assert bc.count("orders") == 1


def test_s18_a_line_that_is_refused_leaves_no_order(bc: BusinessCentral) -> None:
    refused = only(bc.connect(taxes={"23": "VAT23", "8": "X9", "0": "NOVAT"}).write("orders", [bought(bc)]))
    assert (refused.outcome, refused.cause) == ("refused", "refused-Internal_InvalidTableRelation")
    assert bc.count("orders") == 0


def test_s18_what_is_not_named_is_not_guessed(bc: BusinessCentral) -> None:
    for options, cause in (({"taxes": {"23": "VAT23"}}, "tax-unknown"), ({"service_item": None}, "item-missing")):
        refused = only(bc.connect(**options).write("orders", [bought(bc)]))
        assert (refused.outcome, refused.cause) == ("refused", cause)
        assert "hub.toml" in refused.message
    nobody = replace(bought(bc), links={})
    assert only(bc.connect().write("orders", [nobody])).cause == "party-missing"
    assert not bc.server.seen(bc.creates["orders"])


def test_what_became_of_an_order_is_read_although_its_mark_stands_still(bc: BusinessCentral) -> None:
    connector, number = bc.connect(), brought(bc, bought(bc))
    bc.clock.move(hours=1)
    bc.add("orders")  # so that the first does not lie at the last mark
    _, since = read_on(connector, "orders", None)
    bc.clock.move(hours=1)

    def told() -> Mapping[str, Any]:
        return {name: fields_of(connector, "orders", number).get(name) for name in ("status", "invoice")}

    assert told() == {"status": "pending", "invoice": None}
    selling.release(bc, number)
    assert told() == {"status": "confirmed", "invoice": None}
    selling.ship(bc, number, whole=False)
    found, since = read_on(connector, "orders", since)
    assert found[number]["shipped"]
    assert told() == {"status": "processing", "invoice": None}
    bc.clock.move(hours=1)
    assert selling.invoice(bc, number, whole=False) == "PS-INV100000"
    found, since = read_on(connector, "orders", since)
    assert found[number]["invoice"] == "PS-INV100000"
    bc.clock.move(hours=1)
    selling.ship(bc, number)
    assert told() == {"status": "shipped", "invoice": "PS-INV100000"}


def test_s15_an_order_that_is_fully_invoiced_is_completed_not_gone(bc: BusinessCentral) -> None:
    """Business Central deletes it; before that is understood, the hub would bring it once more."""
    connector, wanted = bc.connect(), bought(bc)
    number, other = brought(bc, wanted), brought(bc, replace(bought(bc, "1002"), links=wanted.links))
    _, since = read_on(connector, "orders", None)
    bc.clock.move(hours=1)
    selling.ship(bc, number)
    bill = selling.invoice(bc, number)
    found, _ = read_on(connector, "orders", since)
    assert found[number]["invoice"] == bill
    told = fields_of(connector, "orders", number)
    assert (told["status"], told["invoice"]) == ("completed", bill)
    [document] = connector.fetch("orders", [number])
    change = connector.translate("orders", document)
    assert getattr(change, "reference", "") == wanted.reference
    assert connector.find("orders", [wanted]) == {wanted.key: [number]}
    assert [*by_id(page for pages in connector.read("orders", None, full=True) for page in pages.documents)] == [other]
    bc.invoices.change(1, {"status": "Canceled"})
    assert fields_of(connector, "orders", number)["status"] == "cancelled"


def test_an_order_that_is_fully_invoiced_is_not_changed_any_more(bc: BusinessCentral) -> None:
    connector, wanted = bc.connect(), bought(bc)
    number = brought(bc, wanted)
    selling.ship(bc, number)
    selling.invoice(bc, number)
    wanted = replace(wanted, agreed={"lines": wanted.record["lines"]})
    same = only(connector.write("orders", [replace(wanted, id=number)]))
    assert same.outcome == "done", same
    refused = only(connector.write("orders", [replace(wanted, id=number, record={**wanted.record, **UNEVEN})]))
    assert (refused.outcome, refused.cause) == ("refused", "total-differs")
    refused = only(connector.write("orders", [cancelled(wanted, number)]))
    assert (refused.outcome, refused.cause) == ("refused", "delivered")


def test_other_goods_at_the_same_total_are_for_people(bc: BusinessCentral) -> None:
    wanted = bought(bc)
    number = brought(bc, wanted)
    lines = [{**wanted.record["lines"][0], "quantity": "2"}, *wanted.record["lines"][1:]]
    changed = {"lines": lines}
    update = replace(
        wanted, id=number, fields=changed, record={**wanted.record, **changed}, agreed={"lines": wanted.record["lines"]}
    )
    refused = only(bc.connect().write("orders", [update]))
    assert (refused.outcome, refused.cause) == ("refused", "lines-differ")


def test_an_order_that_is_released_is_not_rounded_any_more(bc: BusinessCentral) -> None:
    wanted = bought(bc)
    number = brought(bc, wanted)
    selling.release(bc, number)
    record = {**wanted.record, "totals": {"gross": "72.73"}}
    assert only(bc.connect().write("orders", [replace(wanted, id=number, record=record)])).outcome == "done"
    assert len(bc.server.seen(r"POST \S*/salesOrderLines\n")) == 0


def test_a_cancelled_order_is_deleted_unless_something_has_left(bc: BusinessCentral) -> None:
    connector, wanted = bc.connect(), bought(bc)
    number = brought(bc, wanted)
    assert only(connector.write("orders", [cancelled(wanted, number)])).outcome == "gone"
    assert (bc.count("orders"), connector.fetch("orders", [number])) == (0, [])
    assert only(connector.write("orders", [cancelled(wanted, number)])).outcome == "gone"
    number = brought(bc, wanted)
    selling.ship(bc, number, whole=False)
    refused = only(connector.write("orders", [cancelled(wanted, number)]))
    assert (refused.outcome, refused.cause, bc.count("orders")) == ("refused", "delivered", 1)


def test_an_order_that_is_shipped_while_it_is_cancelled_is_not_deleted(bc: BusinessCentral) -> None:
    connector, wanted = bc.connect(), bought(bc)
    number = brought(bc, wanted)
    shown = faults.and_then(lambda: selling.ship(bc, number))
    bc.server.misbehave(shown, to=r"GET \S*/salesOrders\?")
    with pytest.raises(TryLater, match="Another user"):
        list(connector.write("orders", [cancelled(wanted, number)]))
    assert bc.count("orders") == 1


def test_s16_what_orders_are_still_owed_is_reserved(bc: BusinessCentral) -> None:
    """The inventory is what lies there: sold twice otherwise, as long as it has not been shipped."""
    wanted = bought(bc)
    id_, number = wanted.links["products"]["L-1"], brought(bc, wanted)
    assert [*read_on(bc.connect(), "stock", None)[0]] == [id_], "services are not kept in stock"

    def level() -> tuple[str, str]:
        fields = fields_of(bc.connect(location="kranj"), "stock", id_)
        assert fields["location"] == "kranj"
        return fields["on_hand"], fields["reserved"]

    assert level() == ("5", "3")
    selling.ship(bc, number, whole=False)
    assert level() == ("5", "2")
    selling.ship(bc, number)
    assert level() == ("5", "0")


def test_s18_a_create_that_misses_something_is_refused_not_gone(bc: BusinessCentral) -> None:
    said = {"error": {"code": "Internal_RecordNotFound", "message": "The Customer does not exist."}}
    bc.server.misbehave(lambda _asked, _answer: Reply(404, said), to=bc.creates["orders"])
    written: Written = only(bc.connect().write("orders", [bought(bc)]))
    assert (written.outcome, written.cause) == ("refused", "refused-Internal_RecordNotFound")
