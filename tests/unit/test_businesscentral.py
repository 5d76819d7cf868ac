"""What only Business Central has: orders that are gone once they are invoiced, codes in capitals, one address, own units."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from adapters.asking.http import KeyRefused
from hub.connector import Write, Written
from hub.errors import Refused, TryLater, Unanswered
from tests.contract.connector_suite import by_id, fields_of, only, read_on
from tests.contract.test_connector_businesscentral import party
from tests.contract.test_connector_odoo import order
from tests.fakes import faults
from tests.fakes.businesscentral import BUYER, BusinessCentral, selling
from tests.fakes.businesscentral.environment import COMPANY, OTHER, SECRET, SERVICE, TOKEN
from tests.fakes.server import Answer, Asked, Reply

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


def customer(**fields: Any) -> Write:
    told = {**party("Ana"), **fields}
    return Write("k", told, told, reference="hub-0123456789abcdef0123456789abcd")


def brought(bc: BusinessCentral, wanted: Write) -> str:
    written = only(bc.connect().write("orders", [wanted]))
    assert written.outcome == "done", written
    return str(written.id)


def values(bc: BusinessCentral, order_: str | None) -> Mapping[str, Any]:
    return next(selling.shown(each.values) for each in bc.orders.there() if bc.order_number(each) == order_)


def cancelled(wanted: Write, id_: str) -> Write:
    return replace(wanted, id=id_, record={**wanted.record, "status": "cancelled"}, fields={"status": "cancelled"})


# Logins and companies


def test_a_token_is_asked_for_once_and_once_more_when_it_has_ended(bc: BusinessCentral) -> None:
    connector, id_ = bc.connect(), bc.add("products")
    for _ in range(2):
        connector.fetch("products", [id_])
    assert len(bc.server.seen(TOKEN)) == 1
    bc.clock.move(hours=2)
    assert connector.fetch("products", [id_])
    assert len(bc.server.seen(TOKEN)) == 2


def test_an_own_server_knows_a_user_by_the_access_key(bc: BusinessCentral) -> None:
    def known(asked: Asked, answer: Answer) -> Reply:
        assert asked.headers["authorization"] == "Basic aHViOnE4UX5LZXN0cmVsLjdIYl8y"
        bc.tokens["x"] = bc.clock.now().replace(year=2999)
        return answer(replace(asked, headers={**asked.headers, "authorization": "Bearer x"}))

    bc.server.misbehave(known, times=-1)
    assert bc.connect(login=None, user="hub").fetch("products", [bc.add("products")])


def test_the_company_is_named_not_numbered(bc: BusinessCentral) -> None:
    [finding] = bc.connect(company="Cronus").check()
    assert (finding.good, finding.message) == (False, "there is no company Cronus")
    assert finding.mend == f"name one of these as company in [systems.erp]: {COMPANY}, {OTHER}"


def test_a_check_names_an_item_that_is_not_there(bc: BusinessCentral) -> None:
    [finding] = bc.connect(service_item="FREIGHT").check()
    assert (finding.good, finding.message) == (False, "there is no item FREIGHT")


# Lists


def test_s25_an_own_server_that_gives_shorter_pages_is_read_to_its_end(bc: BusinessCentral) -> None:
    ids = [bc.add("products") for _ in range(7)]
    bc.largest = 3
    found = [each.id for page in bc.connect().read("products", None, full=True) for each in page.documents]
    assert {*ids} < {*found}
    assert len(found) == 8


def test_s16_a_list_that_leads_on_from_nothing_is_not_complete(bc: BusinessCentral) -> None:
    def empty(asked: Asked, answer: Answer) -> Reply:
        return Reply(200, {**answer(asked).body, "value": [], "@odata.nextLink": "https://bc.example/x?$skiptoken=1"})

    bc.server.misbehave(empty, to=bc.lists["parties"], times=-1)
    with pytest.raises(TryLater, match="empty page"):
        list(bc.connect().read("parties", None, full=True))


def test_numbers_with_quotes_and_signs_are_asked_for(bc: BusinessCentral) -> None:
    for number in ("O'NEIL & CO", "Ö+1", "A|B*"):
        id_ = bc.add("products")
        bc.items.change(len(bc.items.records), {"number": number})
        assert fields_of(bc.connect(), "products", id_)["sku"] == number
    assert len(read_on(bc.connect(), "products", None)[0]) == 4
    assert bc.connect(service_item="O'NEIL & CO").check()[0].good


# What it says


def test_an_item_says_its_category_and_whether_it_is_sold(bc: BusinessCentral) -> None:
    id_ = bc.add("products")
    bc.items.change(2, {"gtin": "5901234123457"})
    told = {"sku": "L-0001", "name": "Lamp L-0001", "category": "Lamps", "gtin": "5901234123457", "active": True}
    assert fields_of(bc.connect(), "products", id_) == told
    bc.items.change(2, {"gtin": "OWN-7", "blocked": True, "itemCategoryCode": ""})
    told |= {"gtin": None, "active": False, "category": None}
    assert fields_of(bc.connect(), "products", id_) == told


def test_an_item_without_a_price_has_none(bc: BusinessCentral) -> None:
    id_ = bc.add("prices")
    assert [*read_on(bc.connect(), "prices", None)[0]] == [id_]
    told = {"sku": "L-0001", "list": "standard", "currency": "EUR", "amount": "9.90", "tax_included": False}
    assert fields_of(bc.connect(), "prices", id_) == told


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


def test_a_customer_that_is_blocked_for_anything_is_blocked(bc: BusinessCentral) -> None:
    """Nothing is a blank, encoded as in XML."""
    id_ = bc.add("parties")
    assert fields_of(bc.connect(), "parties", id_)["blocked"] is False
    for sort in ("Ship", "Invoice", "All"):
        bc.customers.change(2, {"blocked": sort})
        assert fields_of(bc.connect(), "parties", id_)["blocked"] is True


def test_of_several_e_mail_addresses_the_first_counts(bc: BusinessCentral) -> None:
    id_ = bc.add("parties")
    bc.customers.change(2, {"email": "ana@example.com; office@example.com"})
    assert fields_of(bc.connect(), "parties", id_)["email"] == "ana@example.com"


# Customers


def test_s06_a_new_customer_has_a_number_that_there_is_only_once(bc: BusinessCentral) -> None:
    only(bc.connect().write("parties", [customer()]))
    assert bc.customers.records[2].values["number"] == "H0123456789ABCD"
    again = only(bc.connect().write("parties", [customer(email="b@example.com")]))
    assert (again.outcome, again.cause) == ("refused", "refused-Internal_EntityWithSameKeyExists")
    assert again.message == "The Customer already exists. No.='H0123456789ABCD'", "what is other each time is left out"
    assert bc.count("parties") == 2


def test_s03_a_customer_is_found_however_the_address_is_written(bc: BusinessCentral) -> None:
    id_ = bc.add("parties")
    bc.customers.change(2, {"email": "Ana@Example.com"})
    assert bc.connect().find("parties", [customer(email="ana@example.com")]) == {"k": [id_]}


def test_s18_what_is_too_long_is_refused_in_its_words(bc: BusinessCentral) -> None:
    refused = only(bc.connect().write("parties", [customer(name="x" * 101)]))
    assert (refused.outcome, refused.cause) == ("refused", "refused-Application_StringExceededLength")
    assert "less than or equal to 100 characters" in refused.message


def test_numbers_by_hand_have_to_be_allowed(bc: BusinessCentral) -> None:
    bc.manual = False
    refused = only(bc.connect().write("parties", [customer()]))
    assert refused.outcome == "refused"
    assert "Manual Nos." in refused.message


@pytest.mark.parametrize(("status", "code"), [(409, "Request_EntityChanged"), (412, "Request_EntityChanged")])
def test_what_somebody_else_is_changing_is_tried_later(bc: BusinessCentral, status: int, code: str) -> None:
    said = {"error": {"code": code, "message": "Another user has already changed the record."}}
    bc.server.misbehave(lambda _asked, _answer: Reply(status, said), to="PATCH")
    with pytest.raises(TryLater, match="Another user"):
        list(bc.connect().write("parties", [replace(customer(), id=BUYER, fields={"name": "Eva"})]))


# Orders


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


def test_s24_leading_zeros_stay(bc: BusinessCentral) -> None:
    bc.items.change(1, {"number": "00042"})
    assert fields_of(bc.connect(), "products", bc.guid(bc.items, bc.items.records[1]))["sku"] == "00042"
    made = only(bc.connect().write("parties", [customer(name="0001234")]))
    fields = fields_of(bc.connect(), "parties", made.id)
    assert (fields["name"], fields["addresses"][0]["postcode"]) == ("0001234", "04-000")


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


def test_a_key_without_rights_is_named(bc: BusinessCentral) -> None:
    said = {"error": {"code": "Authorization_RequestDenied", "message": "You do not have the permissions."}}
    bc.server.misbehave(lambda _asked, _answer: Reply(403, said), to="/items")
    with pytest.raises(KeyRefused, match="more rights"):
        list(bc.connect().read("products", None, full=True))


def test_s18_a_create_that_misses_something_is_refused_not_gone(bc: BusinessCentral) -> None:
    said = {"error": {"code": "Internal_RecordNotFound", "message": "The Customer does not exist."}}
    bc.server.misbehave(lambda _asked, _answer: Reply(404, said), to=bc.creates["orders"])
    written: Written = only(bc.connect().write("orders", [bought(bc)]))
    assert (written.outcome, written.cause) == ("refused", "refused-Internal_RecordNotFound")


@pytest.mark.parametrize(
    ("to", "body"),
    [
        ("/companies", faults.PAGE),
        ("PATCH ", faults.PAGE),
        ("/companies", {"error": {"code": "NoEnvironment", "message": "No such environment."}}),
    ],
)
def test_s15_an_address_that_is_wrong_takes_no_customer_for_gone(bc: BusinessCentral, to: str, body: Any) -> None:
    """An environment may be renamed: what is not there then is no record."""
    bc.server.misbehave(lambda _asked, _answer: Reply(404, body, {"content-type": "text/html"}), to=to, times=-1)
    with pytest.raises(Refused, match=r"mend url in \[systems.erp\]"):
        list(bc.connect().write("parties", [replace(customer(), id=BUYER, fields={"name": "Eva"})]))


def test_a_customer_that_was_deleted_is_gone(bc: BusinessCentral) -> None:
    bc.remove("parties", BUYER)
    written = only(bc.connect().write("parties", [replace(customer(), id=BUYER, fields={"name": "Eva"})]))
    assert written.outcome == "gone"


def test_a_company_without_an_answer_is_no_refusal(bc: BusinessCentral) -> None:
    bc.server.misbehave(faults.page(502), to="/companies", times=-1)
    with pytest.raises(TryLater):
        list(bc.connect().read("products", None, full=True))
    bc.server.behave()
    with pytest.raises(Refused, match="no company"):
        list(bc.connect(company="Cronus").read("products", None, full=True))
