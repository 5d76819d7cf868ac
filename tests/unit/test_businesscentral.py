"""What only Business Central has: two ways to log in, numbers as keys, blanks that are encoded, customers by number."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from adapters.asking.http import KeyRefused
from hub.connector import Write
from hub.errors import Refused, TryLater
from tests.contract.connector_suite import fields_of, only, read_on
from tests.contract.test_connector_businesscentral import party
from tests.fakes import faults
from tests.fakes.businesscentral import BUYER, BusinessCentral
from tests.fakes.businesscentral.environment import COMPANY, OTHER, SECRET, TOKEN
from tests.fakes.server import Answer, Asked, Reply


@pytest.fixture
def bc(monkeypatch: pytest.MonkeyPatch) -> Iterator[BusinessCentral]:
    fake = BusinessCentral()
    monkeypatch.setenv("BC_SECRET", SECRET)
    yield fake
    fake.close()


def customer(**fields: Any) -> Write:
    told = {**party("Ana"), **fields}
    return Write("k", told, told, reference="hub-0123456789abcdef0123456789abcd")


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


def test_s24_leading_zeros_stay(bc: BusinessCentral) -> None:
    bc.items.change(1, {"number": "00042"})
    assert fields_of(bc.connect(), "products", bc.guid(bc.items, bc.items.records[1]))["sku"] == "00042"
    made = only(bc.connect().write("parties", [customer(name="0001234")]))
    fields = fields_of(bc.connect(), "parties", made.id)
    assert (fields["name"], fields["addresses"][0]["postcode"]) == ("0001234", "04-000")


# What is amiss there


def test_a_check_tells_a_right_that_is_missing_for_what_stands_elsewhere(bc: BusinessCentral) -> None:
    assert bc.connect().check()[0].good
    bc.server.misbehave(faults.telling(403), to="/itemCategories", times=-1)
    [finding] = bc.connect().check()
    assert (finding.good, "give the application the permissions" in (finding.mend or "")) == (False, True)


def test_a_key_without_rights_is_named(bc: BusinessCentral) -> None:
    said = {"error": {"code": "Authorization_RequestDenied", "message": "You do not have the permissions."}}
    bc.server.misbehave(lambda _asked, _answer: Reply(403, said), to="/items")
    with pytest.raises(KeyRefused, match="more rights"):
        list(bc.connect().read("products", None, full=True))


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
