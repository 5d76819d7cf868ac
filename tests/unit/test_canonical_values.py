"""What is let into the records, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import PydanticCustomError
from stdnum import ean

from hub.canonical import Price, Product, values


def cause_of(check, value):
    with pytest.raises(PydanticCustomError) as caught:
        check(value)
    return caught.value.type


@pytest.mark.parametrize(
    ("given_", "cause"),
    [
        ("5,90123E+12", "gtin-ruined"),
        ("5.90123e+12", "gtin-ruined"),
        ("5901234123457.0", "gtin-ruined"),
        ("5901234123458", "gtin-check-digit"),
        ("590123412345", "gtin-check-digit"),
        ("590123412", "gtin-length"),
        ("123456789012345", "gtin-length"),
        ("ABC", "gtin-not-digits"),
        ("\uff15\uff19\uff10\uff11\uff12\uff13\uff14\uff11\uff12\uff13\uff14\uff15\uff17", "gtin-not-digits"),
        ("0000000000000", "gtin-placeholder"),
    ],
)
def test_s24_a_ruined_gtin_is_told_by_its_form_or_check_digit(given_, cause):
    assert cause_of(values.gtin, given_) == cause


def test_s24_lost_zeros_of_a_gtin_are_shown_but_not_guessed():
    with pytest.raises(PydanticCustomError) as caught:
        values.gtin("12345678905")
    assert caught.value.type == "gtin-zeros-lost"
    assert "0012345678905" in caught.value.message()


@given(st.integers(0, 10**12 - 1).filter(lambda number: number > 0))
def test_s24_a_good_gtin_keeps_its_leading_zeros(number):
    code = f"{number:012d}"
    code += ean.calc_check_digit(code)
    assert values.gtin(code) == code
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    assert cause_of(values.gtin, wrong) == "gtin-check-digit"


@pytest.mark.parametrize(
    ("given_", "kept"),
    [("000123", "000123"), (" A-1 ", "A-1"), ("12E3", "12E3"), ("1E5", "1E5"), ("590123", "590123")],
)
def test_s24_identifiers_stay_text(given_, kept):
    assert values.identifier(given_) == kept


@pytest.mark.parametrize("given_", ["1,23E+12", "1.23E+12", "1E+05", "1.5e-07"])
def test_s24_an_identifier_that_a_spreadsheet_shortened_is_refused(given_):
    assert cause_of(values.identifier, given_) == "identifier-ruined"


@pytest.mark.parametrize(
    ("check", "given_", "kept"),
    [
        (values.amount, "119", "119.00"),
        (values.amount, "0119.500", "119.50"),
        (values.amount, "0.125", "0.125"),
        (values.quantity, "12.000", "12"),
        (values.quantity, "-0.00", "0"),
        (values.quantity, "0.5", "0.5"),
        (values.rate, "23.0", "23"),
        (values.currency, " pln", "PLN"),
        (values.unit, "szt.", "H87"),
        (values.unit, "KG", "KGM"),
        (values.unit, "h87", "H87"),
        (values.tax_category, "s", "S"),
        (values.day, "2026-11-02", "2026-11-02"),
        (values.name, "Lampa\n  stojąca ", "Lampa stojąca"),
        (values.description, "a\nb", "a\nb"),
    ],
)
def test_values_have_one_form(check, given_, kept):
    assert check(given_) == kept


@pytest.mark.parametrize(
    ("check", "given_", "cause"),
    [
        (values.amount, "na zapytanie", "not-a-number"),
        (values.amount, "1e5", "not-a-number"),
        (values.amount, "NaN", "not-a-number"),
        (values.amount, "-1", "negative"),
        (values.amount, "1234567890123456", "number-too-large"),
        (values.amount, "0.1234567", "too-many-decimals"),
        (values.rate, "101", "rate-too-high"),
        (values.currency, "ZŁ", "unknown-currency"),
        (values.unit, "wiadro", "unknown-unit"),
        (values.tax_category, "23", "unknown-tax-category"),
        (values.day, "2026-02-30", "bad-date"),
        (values.name, "x" * 501, "too-long"),
        (values.name, "a\0b", "control-character"),
        (values.identifier, "", "missing-key"),
        (values.identifier, "a\nb", "control-character"),
    ],
)
def test_what_is_refused_has_a_fixed_cause(check, given_, cause):
    assert cause_of(check, given_) == cause


def test_the_models_run_the_same_checks_and_keep_only_what_is_set():
    price = Price(sku="A", list="web", currency="pln", amount="10")
    assert price.model_dump(exclude_unset=True) == {"sku": "A", "list": "web", "currency": "PLN", "amount": "10.00"}
    with pytest.raises(ValidationError) as caught:
        Product(sku="A", gtin="5,90123E+12")
    assert caught.value.errors()[0]["type"] == "gtin-ruined"
    with pytest.raises(ValidationError):
        Price(sku="A", list="web", currency="PLN", amount=1.5)  # pyright: ignore[reportArgumentType]  # a float is no amount


def test_messages_may_hold_braces():
    with pytest.raises(PydanticCustomError) as caught:
        values.quantity("{x}")
    assert "{x}" in caught.value.message()


@given(st.text(max_size=40))
def test_any_text_is_either_taken_or_refused_with_a_cause(text):
    for check in (values.gtin, values.identifier, values.amount, values.day, values.unit, values.name):
        try:
            taken = check(text)
        except PydanticCustomError:
            continue
        assert check(taken) == taken
