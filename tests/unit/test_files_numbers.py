"""Numbers, dates and yes-or-no as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from adapters.files.numbers import date_reader, number_reader, read_boolean
from adapters.files.rows import ExactNumber
from hub.canonical.values import number


@pytest.mark.parametrize(
    ("decimal", "thousands", "given_", "plain"),
    [
        (",", None, "12,50", "12.50"),
        (",", None, "1 234,50", "1234.50"),
        (",", None, "1\u00a0234,50", "1234.50"),
        (",", None, "1\u202f234\u202f567,5", "1234567.5"),
        (",", None, "1.234,50 zł", "1234.50"),
        (",", None, "1.234", "1234"),
        (",", None, "12,50-", "-12.50"),
        (",", None, "-12,50 PLN", "-12.50"),
        (",", None, "€ 5", "5"),
        (",", None, "23%", "23"),
        (".", None, "1,234.50", "1234.50"),
        (".", None, "1'234.50", "1234.50"),
        (".", ",", "$1,234", "1234"),
        (".", "", "1234.5", "1234.5"),
        (None, None, "12,5", "12.5"),
        (None, None, "12.50", "12.50"),
        (None, None, "1.234,50", "1234.50"),
        (None, None, "1,234,567", "1234567"),
        (None, None, "1 234 567,89", "1234567.89"),
        (None, None, "0,125", "0.125"),
        (None, None, "\u22125", "-5"),
    ],
)
def test_numbers_as_people_write_them(decimal, thousands, given_, plain):
    assert number_reader(decimal, thousands, None)(given_) == plain


@pytest.mark.parametrize(
    ("decimal", "thousands", "given_", "cause"),
    [
        (",", None, "12.50", "not-a-number"),
        (",", None, "1.23.456", "not-a-number"),
        (",", None, "na zapytanie", "not-a-number"),
        (",", None, "-5-", "not-a-number"),
        (",", None, "12 34", "not-a-number"),
        (",", None, "10 szt", "not-a-number"),
        (".", "", "1,234", "not-a-number"),
        (None, None, "1,234", "ambiguous-number"),
        (None, None, "12.345", "ambiguous-number"),
        (None, None, "1,2,3", "not-a-number"),
        (None, None, "1,23.4,5", "not-a-number"),
        (None, None, "9" * 100_000, "number-too-large"),
    ],
)
def test_what_is_no_number_is_not_guessed(decimal, thousands, given_, cause):
    with pytest.raises(PydanticCustomError) as caught:
        number(number_reader(decimal, thousands, None)(given_))
    assert caught.value.type == cause


def test_a_number_of_a_sheet_has_a_point_whatever_the_format_says():
    assert number_reader(",", None, None)(ExactNumber("1.234")) == "1.234"
    assert number_reader(",", None, None)(ExactNumber("1.5e3")) == "1500"


def test_amounts_are_rounded_only_where_the_format_says_so():
    assert number_reader(".", None, 2)("3.335") == "3.34"
    assert number_reader(".", None, 2)("3") == "3"
    assert number_reader(".", None, None)("3.3333333") == "3.3333333"


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=2),
    st.sampled_from([(",", "."), (",", " "), (",", "\u00a0"), (".", ","), (".", "'"), (",", "")]),
)
def test_a_written_number_is_read_back(value, signs):
    decimal, thousands = signs
    text = f"{value:,.2f}".replace(",", "T").replace(".", decimal).replace("T", thousands)
    assert Decimal(number_reader(decimal, None, None)(text)) == value


@pytest.mark.parametrize(
    ("form", "given_", "plain"),
    [
        ("DD.MM.YYYY", "02.11.2026", "2026-11-02"),
        ("DD.MM.YYYY", "2.1.2026", "2026-01-02"),
        ("MM/DD/YY", "11/02/26", "2026-11-02"),
        ("DD.MM.YYYY", "2026-11-02", "2026-11-02"),
        ("DD.MM.YYYY", "2026-11-02 10:15:00", "2026-11-02"),
        ("DD.MM.YYYY", ExactNumber("46328"), "2026-11-02"),
    ],
)
def test_dates(form, given_, plain):
    assert date_reader(form)(given_) == plain


@pytest.mark.parametrize("given_", ["31.02.2026", "11/02/2026", "46328", ExactNumber("5"), ExactNumber("1e9"), "soon"])
def test_what_is_no_date(given_):
    with pytest.raises(PydanticCustomError) as caught:
        date_reader("DD.MM.YYYY")(given_)
    assert caught.value.type == "bad-date"


def test_yes_and_no_in_several_languages():
    assert all(map(read_boolean, ["tak", "TAK", "ja", "Yes", "1", "t", "ano", "true"]))
    assert not any(map(read_boolean, ["nie", "nein", "no", "0", "F", "ne", "false"]))
    with pytest.raises(PydanticCustomError):
        read_boolean("może")
