"""What expressions may call: amounts are exact, dates are instants, null goes through."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.rest import dates
from adapters.rest.expressions import Unmapped, address, canonical, filled, line, names_in, said
from adapters.rest.functions import RestFunctions

TABLES = {"status": {"N": "pending", "7": "shipped"}}
FUNCTIONS = RestFunctions(TABLES.__getitem__)
RAW = {"price": 0.1, "net": "10.00", "gross": 12.3, "coins": 1999, "names": ["Jan", None, ""], "n": 7, "none": None}
RAW["rows"] = [{"x": 7}, {"x": 8}]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("money(price)", "0.1"),
        ("money('1 234,50')", "1234.5"),
        ("money(none)", None),
        ("from_coins(coins, `2`)", "19.99"),
        ("to_coins('19.99', `2`)", 1999),
        ("add(net, gross, none)", "22.3"),
        ("total([net, gross])", "22.3"),
        ("less(gross, net)", "2.3"),
        ("times(price, `3`)", "0.3"),
        ("per(net, `3`)", "3.333333"),
        ("per(net, `0`)", None),
        ("rounded('2.345', `2`)", "2.35"),
        ("rounded('2.345', 'eur')", "2.35"),
        ("rounded('2.345', 'JPY')", "2"),
        ("rounded('2.345', none)", "2.35"),
        ("tax_rate('30', '36.90', `3`)", "23"),
        ("tax_rate('10.00', '10.55', `1`)", "5.5"),
        ("tax_rate('0.10', '0.11', `1`, '8', '23')", "8"),
        ("tax_rate('5', '5')", None),
        ("tax_rate(none, '5')", None),
        ("with_parent(rows, @)[?x == parent.n].x", [7]),
        ("with_parent(none, @)", None),
        ("names[:1]", ["Jan"]),
        ("joined(' ', names)", "Jan"),
        ("joined(' ', [none])", None),
        ("lower('Jan@X')", "jan@x"),
        ("upper(none)", None),
        ("split('a, b,', ',')", ["a", "b"]),
        ("tail('https://x/products/5/')", "5"),
        ("slug('Lampa: Nr 1')", "lampa-nr-1"),
        ("unescape('Candle &amp; 1')", "Candle & 1"),
        ("match('ref 55-a', '[0-9]+')", "55"),
        ("text(n)", "7"),
        ("object([['Size', 'L'], ['Colour', none]])", {"Size": "L", "Colour": None}),
        ("lookup('status', 'N')", "pending"),
        ("lookup('status', n)", "shipped"),
        ("lookup('status', 'X', 'other')", "other"),
        ("lookup('status', none)", None),
        ("date('1795000000000', 'epoch-ms')", "2026-11-18T11:06:40Z"),
        ("date(`1795000000`, 'epoch')", "2026-11-18T11:06:40Z"),
        ("date('2026-07-01 10:00:00', 'Europe/Warsaw')", "2026-07-01T08:00:00Z"),
        ("date('2026-01-01T10:00:00+05:00', 'Europe/Warsaw')", "2026-01-01T05:00:00Z"),
        ("date('1.7.2026 10:00', 'Europe/Warsaw', '%d.%m.%Y %H:%M')", "2026-07-01T08:00:00Z"),
        ("date_as('2026-07-01T08:00:00Z', 'Europe/Warsaw')", "2026-07-01 10:00:00"),
        ("date_as('2026-11-18T11:06:40Z', 'epoch')", "1795000000"),
    ],
)
def test_a_function_says(expression, expected):
    assert said(expression, RAW, FUNCTIONS) == expected


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("money('na zapytanie')", '"na zapytanie" is not a number'),
        ("date('yesterday', 'UTC')", '"yesterday" is not a time'),
        ("lookup('stat', 'N')", 'there is no table "stat"'),
        ("join(' ', none)", "join"),
        ("with_parent(names, @)", "with_parent takes a list of records"),
    ],
)
def test_what_cannot_be_carried_out_says_why_and_of_which_field(expression, says):
    with pytest.raises(Unmapped) as caught:
        filled({"totals": {"gross": expression}}, RAW, FUNCTIONS)
    assert says in str(caught.value)
    assert caught.value.field == "totals"


def test_numbers_become_text_wherever_they_are():
    assert canonical({"a": [1, 0.5, True, None, "x"]}) == {"a": ["1", "0.5", True, None, "x"]}


def test_an_address_is_quoted_and_missing_parts_make_none():
    assert address("a/{id}/b", {"id": "x/y z"}, FUNCTIONS) == "a/x%2Fy%20z/b"
    assert address("a/{id}", {}, FUNCTIONS) is None
    assert line("{mark}", {"mark": 5}, FUNCTIONS) == 5
    assert line("updated:>{mark}", {"mark": 5}, FUNCTIONS) == "updated:>5"


def test_the_fields_of_which_something_is_made_are_known():
    assert names_in("joined(' ', [name, (sku || gtin)])") == {"name", "sku", "gtin"}


@pytest.mark.parametrize(
    ("mark", "form", "pattern", "expected"),
    [
        ("2026-11-02T10:00:00.5Z", "rfc3339", None, "2026-11-02T09:58:00.500Z"),
        ("1795000000", "epoch", None, "1794999880"),
        ("1795000000000", "epoch-ms", None, "1794999880000"),
        ("2026-11-02 10:00:00", "Europe/Warsaw", None, "2026-11-02 09:58:00"),
        ("2026-11-02T10:00:00", "Europe/Warsaw", None, "2026-11-02T09:58:00"),
        ("02.11.2026 10:00", "Europe/Warsaw", "%d.%m.%Y %H:%M", "02.11.2026 09:58"),
        ("Mon, 02 Nov 2026 10:00:00 +0100", "rfc2822", None, "Mon, 02 Nov 2026 08:58:00 +0000"),
        ("2026/11/02 10:00:00 +0100", "rfc3339", "%Y/%m/%d %H:%M:%S %z", "2026/11/02 08:58:00 +0000"),
    ],
)
def test_a_mark_is_taken_back_in_its_own_form(mark, form, pattern, expected):
    assert dates.earlier(mark, timedelta(minutes=2), form, pattern) == expected
    assert dates.moment(expected, form, pattern) < dates.moment(mark, form, pattern)


def test_j05_a_wall_clock_that_shows_an_hour_twice_is_taken_back_by_it():
    """2026-10-25 in Warsaw: 02:30 comes twice; what changed in the second must not lie before the mark of the first."""
    assert dates.earlier("2026-10-25 02:30:00", timedelta(minutes=2), "Europe/Warsaw") == "2026-10-25 01:28:00"


def test_an_instant_is_written_as_it_is_read():
    when = datetime(2026, 7, 1, 8, tzinfo=UTC)
    for form in ("rfc3339", "rfc2822", "epoch", "epoch-ms", "Europe/Warsaw"):
        assert dates.read(dates.written(when, form), form) == when
