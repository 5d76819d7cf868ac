from datetime import UTC, datetime
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.asking.answers import Rejected, exact, retry_after, words

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (12, "12"),
        (100.0, "100"),
        (1e-7, "0.0000001"),
        (1e22, "10000000000000000000000"),
        (-0.5, "-0.5"),
        (Decimal("1E+2"), "100"),
        ("12.50", "12.50"),
        ("1e3", "1000"),
        ("na zapytanie", "na zapytanie"),
        ("", ""),
        ("NaN", "NaN"),
    ],
)
def test_numbers_become_plain_decimal_strings(value: float | Decimal | str, text: str):
    assert exact(value) == text


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 6))
def test_s24_a_number_of_up_to_15_digits_comes_through_json_exactly(digits: int, decimals: int):
    written = format(Decimal(digits).scaleb(-decimals), "f")
    assert Decimal(exact(orjson.loads(written))) == Decimal(written)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5.0),
        ("0", 0.0),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-3", None),
        ("", None),
        (None, None),
    ],
)
def test_s22_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None):
    assert retry_after(header, NOW) == seconds


def test_an_error_in_the_manner_of_json_api_names_its_field():
    errors = [
        {
            "status": "400",
            "code": "c1",
            "detail": "must not be blank",
            "source": {"pointer": "/0/0/taxId"},
            "meta": {"n": [1]},
        },
        {"status": "400", "code": "c2", "title": "Bad", "source": {"pointer": "/0/1/price/gross"}},
    ]
    assert words({"errors": errors}) == "taxId: must not be blank; gross: Bad"
    assert Rejected("no", status=400, body={"errors": errors}).cause == "refused-taxId"
    unpointed = {"errors": [{"code": "DUPLICATE", "detail": "it is there"}]}
    assert words(unpointed) == "errors: it is there"
    assert Rejected("no", status=400, body=unpointed).cause == "refused-DUPLICATE"
    assert Rejected("no", status=400, body={"errors": [{"message": "no"}]}).cause == "refused-errors"
