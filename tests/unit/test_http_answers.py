import time
from datetime import UTC, datetime
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.asking.answers import NotJson, Rejected, exact, first_words, parsed, retry_after, words

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


def test_a_byte_order_mark_before_json_is_passed_over():
    assert parsed(b'\xef\xbb\xbf{"id": 7}', "application/json") == {"id": 7}
    assert parsed(b"\xef\xbb\xbf", "application/json") is None


def test_s18_a_letter_that_was_cut_in_half_does_not_keep_the_other_records_away():
    listed = rb'[{"name": "Lamp \ud83d"}, {"name": "\ud83d\ude00 \u0142", "price": 1.10}, {"name": "\\ud83d"}]'
    assert parsed(listed, "application/json") == [
        {"name": "Lamp \N{REPLACEMENT CHARACTER}"},
        {"name": "\N{GRINNING FACE} ł", "price": 1.1},
        {"name": "\\ud83d"},
    ]


@pytest.mark.parametrize(
    "body", [rb'{"name": "\ud83d", "net": NaN}', rb'["\ud83d"' + b"[" * 100_000, rb'{"a": "\ud83d"']
)
def test_what_is_no_json_stays_none(body: bytes):
    with pytest.raises(NotJson):
        parsed(body, "application/json")


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("<html><head><title>x</title></head><body>Be back <b>soon</b></body>", "Be back soon"),
        ("<head><title>x</title><body class=a>Be back soon", "Be back soon"),
        ("Be back <script>never();", "Be back"),
        ("a < b", "a < b"),
    ],
)
def test_a_page_is_told_without_its_tags(page: str, said: str):
    assert first_words(page) == said


@pytest.mark.parametrize("part", ["<", "<script ", "<head>", "<a "])
def test_a_page_of_tags_that_are_never_closed_is_told_at_once(part: str):
    began = time.process_time()
    first_words(part * 1_000_000)
    assert time.process_time() - began < 5  # it took minutes


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


def test_the_sort_of_an_error_is_no_field():
    """Medusa's errors, and those of RFC 9457, begin with it."""
    body = {"type": "not_allowed", "message": "Order with id 1 has been canceled."}
    assert Rejected("no", status=400, body=body).cause == "refused"
