"""What the tables of all shops have in common is completed."""

from typing import Any

import pytest

from adapters.eshop import translating
from adapters.eshop.translating import by_table
from adapters.fields import Field, asked, parts, table, value_of
from hub.config.exchange import ExchangeOptions

OPTIONS = ExchangeOptions.model_validate(
    {"url": "https://shop.example", "payment": {"pay": "card"}, "shipping": {"flat": "parcel"}}
)
LINE = {"id": "1", "quantity": 3, "net": 3000, "gross": 3600, "tax_rate": "20"}
CHARGE = {"name": "Flat", "code": "flat", "net": 500, "gross": 600}


def order(**other: Any) -> dict[str, Any]:
    told = {
        "tax_included": False,
        "currency": "EUR",
        "precision": 2,
        "net": 3500,
        "gross": 4200,
        "billing_address": None,
        "shipping_address": {"name": "Ana", "phone": "1", "city": ""},
        "status": "confirmed",
        "party": "7",
        "email": "ana@example.com",
        "tracking": None,
        "paid": "paid",
        "payments": [{"method": "old"}, {"method": "pay", "reference": "r"}],
        "lines": [dict(LINE)],
        "shipping": [dict(CHARGE)],
        "rates": ["8", "20"],
    }
    return translating.order(told | other, OPTIONS)


def test_an_order_is_told_in_decimals_with_its_sums():
    fields = order()
    (line,) = fields["lines"]
    assert {name: line[name] for name in ("unit_price", "quantity", "net", "tax", "gross")} == {
        "unit_price": "10",
        "quantity": "3",
        "net": "30",
        "tax": "6",
        "gross": "36",
    }
    assert fields["totals"] == {"net": "35", "tax": "7", "gross": "42"}
    assert not {"net", "gross", "precision", "rates", "paid", "payments"} & {*fields}


def test_unit_prices_and_charges_hold_the_tax_if_the_order_says_so():
    fields = order(tax_included=True)
    assert (fields["lines"][0]["unit_price"], fields["shipping"][0]["amount"]) == ("12", "6")


def test_a_charge_gets_the_rate_that_explains_its_sums_and_our_word():
    surcharge = {"name": "Gift", "net": 100, "gross": 117}
    assert order(surcharges=[surcharge])["shipping"] == [
        {"name": "Flat", "code": "parcel", "amount": "5", "tax_rate": "20"},
        {"name": "Gift", "code": None, "amount": "1", "tax_rate": None},
    ]


@pytest.mark.parametrize(("included", "discount"), [(False, "1"), (True, "1.2")])
def test_what_was_taken_off_is_what_a_unit_costs_less(included: bool, discount: str):
    line = LINE | {"full_net": 1100, "full_gross": 1320}
    assert order(lines=[line], tax_included=included)["lines"][0]["discount"] == discount


def test_s27_totals_of_a_shop_that_does_not_round_are_in_whole_coins():
    fields = order(precision=0, gross=79.1414, tax=14.2714, lines=[], shipping=[])
    assert fields["totals"] == {"net": "64.87", "tax": "14.27", "gross": "79.14"}


def test_the_last_payment_is_shown_with_our_word():
    assert order()["payment"] == {"state": "paid", "method": "card", "reference": "r"}
    assert order(payments=None, paid="unpaid")["payment"] == {"state": "unpaid"}


@pytest.mark.parametrize(
    ("gross", "status", "state"),
    [(0, "pending", "paid"), ("0.00", None, "paid"), (1, "pending", "unpaid"), (0, "cancelled", "unpaid")],
)
def test_what_costs_nothing_is_paid(gross: int | str, status: str | None, state: str):
    """Shops take no payment for it, and an ERP that takes only paid orders would wait for one."""
    assert order(gross=gross, net=0, paid="unpaid", payments=(), status=status)["payment"]["state"] == state


@pytest.mark.parametrize(
    ("payments", "state"),
    [
        ([], "unpaid"),
        ([("authorised", 4200, 0)], "authorised"),
        ([("paid", 4200, 0), ("authorised", 1, 0)], "paid"),
        ([("paid", 4199, 0)], "unpaid"),
        ([("paid", 4000, 0), ("paid", 200, 0)], "paid"),
        ([("paid", 4200, 4200)], "refunded"),
        ([("paid", 4200, 1)], "paid"),
        ([(None, 4200, 0)], "unpaid"),
    ],
)
def test_the_state_of_the_payment_is_what_the_payments_come_to(payments: list[tuple[str, int, int]], state: str):
    told = [{"state": name, "amount": amount, "back": back, "method": "pay"} for name, amount, back in payments]
    assert order(paid=None, payments=told)["payment"]["state"] == state


def test_the_buyer_is_told_by_an_address_if_the_order_has_no_name():
    fields = order()
    assert (fields["name"], fields["phone"], fields["billing_address"]) == ("Ana", "1", None)
    assert fields["shipping_address"] == {"name": "Ana", "phone": "1"}
    assert order(name="Bo")["name"] == "Bo"


def test_a_status_that_says_nothing_is_left_alone():
    assert not {"status", "party"} & {*order(status=None, party=None)}


def test_parcels_are_told_once_from_all_places():
    fields = order(tracking=[{"number": "1", "carrier": "DPD"}], labels=["1", "2"])
    assert fields["tracking"] == [{"number": "1", "carrier": "DPD"}, {"number": "2"}]


def test_a_party_is_called_by_its_company_else_by_the_person_else_by_the_address():
    told = {"person": "Ana", "email": "a@example.com", "addresses": [{"city": "Ptuj", "name": ""}]}
    assert translating.party(dict(told), OPTIONS) == {
        "name": "Ana",
        "email": "a@example.com",
        "customer": True,
        "addresses": [{"city": "Ptuj"}],
    }
    assert translating.party(told | {"person": None, "addresses": None}, OPTIONS)["name"] == "a@example.com"
    company = translating.party(told | {"company_name": "Novak"}, OPTIONS)
    assert (company["name"], company["company"], company["contacts"]) == ("Novak", True, [{"name": "Ana"}])
    assert translating.party(told | {"company_name": None}, OPTIONS)["company"] is False


def test_a_product_that_stands_alone_has_its_articles_name():
    told = {"title": "Shirt", "name": "S", "variant_of": "7", "options": {"Size": "S"}}
    assert translating.product(told | {"alone": False}, OPTIONS)["name"] == "S"
    assert translating.product(told | {"alone": True}, OPTIONS) == {
        "name": "Shirt",
        "variant_of": None,
        "options": None,
    }


def test_a_price_is_on_the_list_that_the_shop_gets():
    assert translating.price({"amount": 0.1}, OPTIONS) == {"amount": "0.1", "list": "default"}
    given = OPTIONS.model_copy(update={"range": OPTIONS.range.model_copy(update={"price_list": "retail"})})
    assert translating.price({"amount": 1999, "precision": 2}, given) == {"amount": "19.99", "list": "retail"}


@pytest.mark.parametrize(("on_hand", "reserved", "available"), [(7, 2.5, "4.5"), (1, 3, "0")])
def test_s05_what_is_reserved_is_not_available(on_hand: float, reserved: float, available: str):
    assert translating.stock({"sku": "A", "on_hand": on_hand, "reserved": reserved}, OPTIONS) == {
        "sku": "A",
        "available": available,
    }


def test_a_table_translates():
    said = by_table(table("sku", tags=parts("tags", {"name": Field("n", str.upper)})))
    assert said({"sku": "A", "tags": [{"n": "x"}], "more": 1}, OPTIONS) == {"sku": "A", "tags": [{"name": "X"}]}


def test_who_is_known_by_addresses_alone_is_called_as_the_first_that_says_so():
    addresses = [{"name": "", "phone": "1"}, {"name": "Ana", "phone": "2"}]
    party = translating.party({"email": "a@example.com", "addresses": addresses}, OPTIONS)
    assert (party["name"], party["phone"]) == ("Ana", "1")
    told = {"email": "a@example.com", "phone": None, "addresses": addresses}
    assert translating.party(told, OPTIONS)["phone"] is None


def test_a_name_of_two_fields_is_one():
    name = translating.in_one("customer", "first", "last")
    people = [{"first": "Ana", "last": "Novak"}, {"first": "", "last": "Novak"}, {"last": None}, None]
    assert [value_of(name, {"customer": each}) for each in people] == ["Ana Novak", "Novak", None, None]
    assert asked({"name": name}) == "customer.first customer.last"


def test_an_address_has_the_use_that_its_marks_say():
    use = translating.use("bills", "parcels")
    marks = [{"bills": True, "parcels": True}, {"bills": False, "parcels": True}, {"bills": False, "parcels": None}, {}]
    assert [value_of(use, each) for each in marks] == ["billing", "shipping", "other", "other"]
    assert asked({"use": use}) == "bills parcels"
