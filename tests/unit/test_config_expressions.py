"""Expressions are checked when the file is read, and hold or do not hold for a record."""

from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from hub.config.exchange import RangeSettings
from hub.config.expressions import Expression, expressions, holds

EXPRESSION = TypeAdapter(Expression)
LAMP = {"sku": "L-1", "tags": ["web", "new"], "active": True, "weight": "2.5", "brand": None, "attributes": {}}


def fault_of(text):
    with pytest.raises(ValidationError) as caught:
        EXPRESSION.validate_python(text)
    return caught.value.errors()[0]["msg"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("active", True),
        ("contains(tags, 'web')", True),
        ("contains(tags, 'shop-b')", False),
        ("active && contains(tags, 'web') && sku != 'L-2'", True),
        ("starts_with(sku, 'L-')", True),
        ("to_number(weight) > `2`", True),
        ("to_number(weight) > `3`", False),
        ("weight == '2.5'", True),
        ("active == `true`", True),
        ("length(tags) >= `2`", True),
        ("attributes.\"two words\" == 'x'", False),
        ("brand", False),
        ("attributes", False),
        ("attributes.Colour == 'red'", False),
        ("not_there", False),
        ("length(tags)", True),
        ("tags[:1] == ['web']", True),
        ("tags[1:]", True),
        ("!(attributes.Colour)", True),
        ("`0`", True),
    ],
)
def test_an_expression_holds_or_does_not(expression, expected):
    assert holds(EXPRESSION.validate_python(expression), LAMP) is expected


def test_of_other_systems_numbers_may_be_compared():
    told = TypeAdapter(Annotated[str, expressions()])
    assert told.validate_python("stock.quantity > `0` && total == `5`")
    with pytest.raises(ValidationError, match='"0" is no number'):
        told.validate_python("stock.quantity > '0'")


def test_a_function_handed_a_field_without_value_does_not_hold_and_does_not_stop_the_sync():
    assert not holds("contains(tags, 'web')", {"sku": "A"})
    assert not holds("starts_with(brand, 'X')", LAMP)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is empty"),
        ("   ", "it is empty"),
        ("weight > '2'", '"2" is no number, and only numbers are more or less; one is written `30`'),
        ("to_number(weight) > '2'", '"2" is no number'),
        (
            "active && weight > `2`",
            "weight is text, as all numbers of records are, and is compared as one by to_number(weight)",
        ),
        ("totals.gross >= `100`", "by to_number(gross)"),
        ("tax_rate == `23`", "by to_number(tax_rate)"),
        ("weight < tax_rate", "by to_number(weight)"),
        ('brand == "Lumo"', "\"Lumo\" in double quotes is the name of a field; a text is written 'Lumo'"),
        ("active = 'x'", 'character 8 on: "= \'x\'"; "equal" is written =='),
        ("contains(tags, 'web'", "something is missing at its end"),
        ("active &&", "something is missing at its end"),
        ("'web", "character 1"),
        ("a..b", "character 3"),
        ("active && contain(tags, 'web')", 'no function "contain"; did you mean "contains"?'),
        ("active && contains(tags)", "contains takes 2, but is given 1"),
        ("merge()", "merge takes 1 or more, but is given 0"),
        ("(" * 1500 + "a" + ")" * 400, "parentheses"),
        ("a" * 2001, "2,001 characters"),
        ("active && !attributes.Colour", "!attributes. ... is read as (!attributes). ..."),
        ("!tags[?@ == 'web'] && active", "write !(tags. ...)"),
    ],
)
def test_a_fault_says_where_and_what(text, words):
    assert words in fault_of(text)


def test_a_range_is_refused_when_the_file_is_read():
    assert RangeSettings(products="active").products == "active"
    with pytest.raises(ValidationError, match="cannot be understood from character 5"):
        RangeSettings(products="sku =")


@given(st.text(alphabet="ab.[]*?|&'\"`(){}<>=!@ ,:0-1\\\n", max_size=30))
def test_any_text_is_either_an_expression_or_refused_in_words(text):
    try:
        EXPRESSION.validate_python(text)
    except ValidationError:
        return
    assert holds(text, LAMP) in {True, False}
