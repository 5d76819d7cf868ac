"""Values of records in a line."""

import pytest

from hub.cli.values import in_line, quoted


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "-"),
        (True, "yes"),
        (False, "no"),
        ("Lamp", "Lamp"),
        ("two\nlines", "two lines"),
        (["web", "new"], "web, new"),
        ([], "none"),
        ({"Colour": "red", "Size": None}, "Colour red"),
        ([{"sku": "A", "quantity": "2"}, {"name": "Delivery"}], "2: 2 x A; Delivery"),
    ],
)
def test_a_value_in_a_line(value, shown):
    assert in_line(value) == shown


def test_long_values_are_cut_unless_they_are_wanted_whole():
    assert in_line("x" * 100) == "x" * 45 + "..."
    assert in_line("x" * 100, None) == "x" * 100


def test_only_text_is_quoted():
    assert quoted("5") == '"5"'
    assert quoted(None) == "-"
