"""What the orders of all shops have in common."""

from decimal import Decimal

import pytest

from adapters.eshop import orders


@pytest.mark.parametrize(
    ("amount", "rate", "included", "wanted", "coins"),
    [
        ("10.00", "20", False, False, 1000),
        ("10.00", "20", False, True, 1200),
        ("19.99", "20", True, False, 1666),
        ("10.005", "0", True, True, 1001),
        ("0.125", "8.25", False, True, 14),
    ],
)
def test_an_amount_is_told_with_or_without_tax(amount: str, rate: str, included: bool, wanted: bool, coins: int):
    told = orders.with_tax(Decimal(amount), rate, held=included, wanted=wanted)
    assert orders.in_coins(told, 2) == coins


def test_a_net_price_survives_a_shop_that_keeps_gross_ones():
    for net in range(1, 3000):
        gross = orders.with_tax(Decimal(net).scaleb(-2), "22", held=False, wanted=True)
        kept = Decimal(orders.in_coins(gross, 2)).scaleb(-2)
        assert orders.in_coins(orders.with_tax(kept, "22", held=True, wanted=False), 2) == net


@pytest.mark.parametrize(("coins", "precision", "amount"), [(1999, 2, "19.99"), (1999, 0, "1999"), (-5, 3, "-0.005")])
def test_coins_have_as_many_decimals_as_the_shop_says(coins: int, precision: int, amount: str):
    assert orders.in_coins(Decimal(amount), precision) == coins


@pytest.mark.parametrize(
    ("value", "shown"), [("10.00", "10"), ("1200", "1200"), ("33.3333333", "33.333333"), ("0.0000005", "0.000001")]
)
def test_a_number_has_the_decimals_that_fit_and_no_exponent(value: str, shown: str):
    assert orders.plain(Decimal(value)) == shown


def test_the_tax_is_what_net_and_gross_differ_by():
    assert orders.sums(Decimal("2.50"), Decimal("3.00")) == {"net": "2.5", "tax": "0.5", "gross": "3"}


def test_an_address_is_said_in_our_words_and_without_gaps():
    raw = {"line1": "Cesta 1", "line2": "", "zip": None}
    theirs = {"street": "line1", "street_more": "line2", "postcode": "zip"}
    assert orders.address(raw, theirs, name=orders.joined("Ana", None), use="billing") == {
        "street": "Cesta 1",
        "name": "Ana",
        "use": "billing",
    }
    assert orders.joined("", None) is None


def test_the_shops_word_for_a_charge_is_translated_if_we_have_one():
    for words, code in (({"flat": "parcel"}, "parcel"), ({}, "flat")):
        assert orders.charge("Flat rate", "flat", words, Decimal(5), "22") == {
            "name": "Flat rate",
            "code": code,
            "amount": "5",
            "tax_rate": "22",
        }


def test_a_parcel_is_told_once_with_all_that_is_known_of_it():
    shown, ours = {"number": "00359", "carrier": None}, {"number": "00359", "carrier": "DPD"}
    assert orders.parcels(shown, {"number": "00360"}, ours) == [ours, {"number": "00360"}]
