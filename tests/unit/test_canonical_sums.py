"""What may be sold, and the sums of documents by both ways of rounding."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.canonical.sums import available, rounded
from tests.sums import WAYS, Sums, document_sums

CENT = Decimal("0.01")


def document(*lines, included=False, currency="PLN", **more):
    return {
        "currency": currency,
        "tax_included": included,
        "lines": [
            {"id": str(number), "quantity": quantity, "unit_price": price, "tax_rate": rate}
            for number, (quantity, price, rate) in enumerate(lines)
        ],
        **more,
    }


def sums(net, tax, gross):
    return Sums(Decimal(net), Decimal(tax), Decimal(gross))


@pytest.mark.parametrize(
    ("on_hand", "reserved", "buffer", "left"),
    [
        ("10", "3", "2", "5"),
        ("10", None, None, "10"),
        ("10", "8", "5", "0"),
        ("0", "1", None, "0"),
        (None, None, None, "0"),
        ("1.5", "0.25", "0", "1.25"),
    ],
)
def test_s05_available_is_on_hand_less_reserved_less_buffer(on_hand, reserved, buffer, left):
    assert available(on_hand, reserved, buffer) == left


QUANTITIES = st.decimals(0, 10**9, places=3).map(str)


@given(QUANTITIES, QUANTITIES, QUANTITIES)
def test_s05_never_more_is_offered_than_lies_there_unpromised(on_hand, reserved, buffer):
    left = Decimal(available(on_hand, reserved, buffer))
    assert left == max(Decimal(on_hand) - Decimal(reserved) - Decimal(buffer), 0)


def test_s27_a_sum_of_rounded_taxes_is_not_the_rounded_tax_of_the_sum():
    three = document(*[("1", "0.33", "23")] * 3)
    assert document_sums(three, "line") == sums("0.99", "0.24", "1.23")  # 3 x 0.08
    assert document_sums(three, "total") == sums("0.99", "0.23", "1.22")


def test_s27_thirds_of_a_cent_are_rounded_by_line_or_in_all():
    thirds = document(*[("3", "0.333", "23")] * 10)
    assert document_sums(thirds, "line") == sums("10.00", "2.30", "12.30")
    assert document_sums(thirds, "total") == sums("9.99", "2.30", "12.29")


def test_s27_prices_that_hold_the_tax_keep_their_gross_and_differ_in_tax():
    shop = document(*[("1", "9.99", "23")] * 7, included=True)
    assert document_sums(shop, "line") == sums("56.84", "13.09", "69.93")  # 7 x 1.87
    assert document_sums(shop, "total") == sums("56.85", "13.08", "69.93")


def test_s27_each_rate_is_rounded_by_itself():
    mixed = document(("1", "0.10", "23"), ("1", "0.10", "23"), ("1", "0.10", "8"), ("1", "0.10", "8"), ("1", "5", None))
    assert document_sums(mixed, "line") == sums("5.40", "0.06", "5.46")
    assert document_sums(mixed, "total") == sums("5.40", "0.07", "5.47")


def test_s27_shipping_and_discounts_are_taxed_like_lines():
    order = document(
        ("1", "100.00", "23"),
        included=True,
        shipping=[{"amount": "12.30", "tax_rate": "23"}],
        discounts=[{"amount": "-10.00", "tax_rate": "23"}],
    )
    assert document_sums(order, "total") == sums("83.17", "19.13", "102.30")
    invoice = document(("1", "100.00", "23"), charges=[{"amount": "-10.00", "tax_rate": "23"}])
    assert document_sums(invoice, "total") == sums("90.00", "20.70", "110.70")


def test_s27_a_line_counts_with_the_sum_its_source_gives_it():
    order = document(("3", "0.333", "23"))
    order["lines"][0]["net"] = "0.99"
    assert document_sums(order, "total").net == Decimal("0.99")


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("0.005", "PLN", "0.01"),
        ("-0.005", "PLN", "-0.01"),
        ("1.005", "EUR", "1.01"),
        ("100.5", "JPY", "101"),
        ("1.0005", "KWD", "1.001"),
        ("2.675", None, "2.68"),
    ],
)
def test_halves_are_rounded_up_to_the_smallest_coin(amount, currency, expected):
    assert rounded(Decimal(amount), currency) == Decimal(expected)


LINES = st.lists(
    st.tuples(
        st.integers(-20, 20).map(str),
        st.decimals(0, 1000, places=2).map(str),
        st.sampled_from(["23", "8", "5", "0", "19", "7.7", None]),
    ),
    max_size=12,
)


@given(LINES, st.booleans())
def test_s27_both_ways_differ_by_no_more_than_half_a_coin_a_rounding(lines, included):
    order = document(*lines, included=included)
    by_line, in_all = (document_sums(order, way) for way in WAYS)
    assert by_line.net + by_line.tax == by_line.gross
    assert in_all.net + in_all.tax == in_all.gross
    rates = len({rate for _, _, rate in lines})
    assert abs(by_line.tax - in_all.tax) <= (len(lines) + rates) * CENT / 2
    assert by_line.gross == in_all.gross if included else by_line.net == in_all.net


@given(LINES, st.booleans())
def test_s27_a_document_and_its_mirror_come_to_nothing(lines, included):
    back = [(str(-int(quantity)), price, rate) for quantity, price, rate in lines]
    for way in WAYS:
        there, again = (
            document_sums(document(*lines, included=included), way),
            document_sums(document(*back, included=included), way),
        )
        assert there.gross == -again.gross
        assert there.tax == -again.tax
