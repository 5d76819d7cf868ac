"""A row to a record, or why not."""

import tomllib
from datetime import UTC, date, datetime
from typing import Any

import pytest

from adapters.files.rows import Broken, ExactNumber, Row, Table
from adapters.files.sheet_reader import as_text
from adapters.files.translate import translator
from hub.connector import Change, Place, Unreadable
from tests.unit.warehouse_samples import format_of, product_format, stock_format

TITLES = ("Indeks", "EAN", "Nazwa")


def translate(cells, titles=TITLES, locations=frozenset(), **format_) -> Any:
    """Return the record, or why it is none: each test knows which of the two it is."""
    settings = format_of(**(format_ or product_format()))
    table = Table(titles, iter(()))
    return translator(settings, table, Place("file.csv", version="v1"), locations)(Row(7, cells))


def test_only_what_is_mapped_and_not_empty_is_set():
    change = translate(["0012", "", "Lampa"])
    assert change == Change("0012", {"sku": "0012", "name": "Lampa"}, Place("file.csv", 7, version="v1"))


def test_an_empty_cell_clears_its_field_where_the_format_says_so():
    change = translate(["0012", " ", "Lampa"], **product_format(empty="clear"))
    assert change.fields == {"sku": "0012", "gtin": None, "name": "Lampa"}


def test_s18_a_bad_value_names_file_row_column_and_cause():
    bad = translate(["0012", "5,90123E+12", "=1+1"])
    assert isinstance(bad, Unreadable)
    assert (bad.cause, bad.key) == ("gtin-ruined", "0012")
    assert bad.place == Place("file.csv", 7, column="EAN", version="v1")
    assert bad.raw == {"Indeks": "0012", "EAN": "5,90123E+12", "Nazwa": "=1+1"}
    assert "Nazwa (formula)" in bad.message


def test_s24_identifiers_from_sheets_stay_text():
    assert translate([ExactNumber("5901"), ExactNumber("5901234123457"), "x"]).key == "5901"
    bad = translate([ExactNumber("1.23456789012346e+17"), "", ""])
    assert bad.cause == "identifier-ruined"


@pytest.mark.parametrize(
    "text", ["=1+1", "@SUM(A1)", "\t=1", "\rx", " =1+1", "+cmd|' /C calc'!A0", '-HYPERLINK("http://x")', "+A1=B1"]
)
def test_formulas_are_refused(text):
    assert translate(["1", "", text]).cause == "formula"


@pytest.mark.parametrize("text", ["+48 600 100 200", "-", "- 20 % taniej", "-5", "+1", "a=b", "x@y.example"])
def test_signs_that_compute_nothing_are_text(text):
    assert translate(["1", "", text]).fields["name"] == text


def stock(cells, locations=frozenset(), **more):
    return translate(cells, ("Indeks", "Magazyn", "Stan"), locations, **stock_format(**more))


def test_negative_numbers_are_no_formulas():
    assert stock(["1", "MAG1", "-5"]).fields["on_hand"] == "-5"
    assert stock(["1", "MAG1", "-1 250,000"], decimal=",").fields["on_hand"] == "-1250"


def test_an_unknown_location_is_put_aside():
    assert stock(["1", "MAG9", "5"], frozenset({"MAG1"})).message == "location MAG9 is not known"
    assert stock(["1", "MAG9", "5"]).key == "1|MAG9"


@pytest.mark.parametrize(
    ("cells", "cause"),
    [
        (["", "MAG1", "5"], "missing-key"),
        (["1", "  ", "5"], "missing-key"),
        (["1", "MAG1", ""], "empty"),
        (["1", "MAG1"], "ragged-row"),
    ],
)
def test_what_says_nothing_is_put_aside(cells, cause):
    assert stock(cells).cause == cause


def test_words_of_the_file_are_translated_and_fixed_values_added():
    columns = {
        "sku": "Indeks",
        "location": {"value": "MAG1"},
        "on_hand": {"column": "Stan", "values": {"Brak": "0", "dużo": "100"}},
    }
    assert stock(["1", "", "brak"], columns=columns).fields == {"location": "MAG1", "sku": "1", "on_hand": "0"}


def test_a_broken_row_keeps_its_line():
    table = Table(("Indeks", "Magazyn", "Stan"), iter(()), sheet="S")
    run = translator(format_of(**stock_format()), table, Place("f"))
    bad = run(Row(3, ["1;2"], Broken("ragged-row", "too short")))
    assert bad == Unreadable("ragged-row", "too short", Place("f", 3, "S"), raw={"line": "1;2"})


def test_keys_with_bars_cannot_meet():
    assert stock(["a|b", "c", "1"]).key != stock(["a", "b|c", "1"]).key


@pytest.mark.parametrize("text", ["#N/A", "#DIV/0!", " #ARG!", "#NAZWA?", "#NV", "########", "Err:502"])
def test_the_errors_of_spreadsheets_are_no_names(text):
    assert translate(["1", "", text]).cause == "formula-error"
    assert translate([text, "", "x"]).cause == "formula-error"


@pytest.mark.parametrize("text", ["#1 lamp", "#NEW!", "Error lamp", "E14"])
def test_a_text_that_only_begins_like_an_error_is_one(text):
    assert translate(["1", "", text]).fields["name"] == text


@pytest.mark.parametrize("value", [date(2026, 3, 1), datetime(2026, 3, 1, tzinfo=UTC), True])
def test_s24_what_a_spreadsheet_made_of_an_identifier_is_none(value):
    assert translate([as_text(value), "", "x"]).cause == "identifier-ruined"


def test_marks_that_nobody_sees_make_no_other_identifier():
    assert translate(["\ufeff0012\u200b", "", "Lampa"], titles=("\ufeffIndeks", "EAN", "Nazwa")).key == "0012"


RATE = product_format(columns={"sku": "Indeks", "tax_rate": "EAN"})


@pytest.mark.parametrize("cell", [ExactNumber("0.23"), "0,23"])
def test_a_fraction_is_no_rate_until_the_format_says_what_it_means(cell):
    bad = translate(["1", cell, ""], **RATE)
    assert bad.cause == "ambiguous-rate"
    mend = tomllib.loads(bad.message.partition("format: ")[2])["values"]
    column = {"column": "EAN", "values": mend}
    read = translate(["1", cell, ""], **product_format(columns={"sku": "Indeks", "tax_rate": column}))
    assert read.fields["tax_rate"] == "23"


@pytest.mark.parametrize(("cell", "rate"), [("0", "0"), ("23%", "23"), ("0,5 %", "0.5"), (ExactNumber("5.5"), "5.5")])
def test_a_percentage_is_a_rate(cell, rate):
    assert translate(["1", cell, ""], **RATE).fields["tax_rate"] == rate


def test_titles_that_come_again_are_no_record():
    names = product_format(columns={"sku": "Indeks", "name": "Nazwa"})
    assert translate(TITLES, **names).cause == "header-again"
    assert translate(["Indeks", "", "Lampa"], **names).key == "Indeks"
    lettered = product_format(columns={"sku": "A", "name": "C"}, header="none")
    assert translate(["A", "B", "C"], titles=("A", "B", "C"), **lettered).key == "A"


def price(amount, currency="PLN"):
    columns = {"sku": "Indeks", "amount": "EAN", "currency": "Nazwa", "list": {"value": "L"}}
    return translate(["1", amount, currency], entity="prices", files="*", columns=columns, decimal=",")


@pytest.mark.parametrize("amount", ["5 €", "€5", "5,00 EUR", "EUR 5", "5 Kč"])
def test_an_amount_in_another_currency_than_the_row_is_put_aside(amount):
    assert price(amount).cause == "other-currency"


@pytest.mark.parametrize("amount", ["5", "5 zł", "PLN 5,00", "5,00 PLN", "5 $", ExactNumber("5")])
def test_an_amount_may_be_written_with_its_currency(amount):
    assert price(amount).fields["amount"] == "5.00"


def test_a_percentage_is_no_amount():
    assert price("15%").cause == "not-a-number"
    assert stock(["1", "M", "15 %"]).cause == "not-a-number"
