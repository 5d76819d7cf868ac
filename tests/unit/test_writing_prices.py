"""Which prices and tax rates a shop can be told."""

from decimal import Decimal

import pytest

from adapters.rates import theirs_for
from adapters.writing.prices import check_sort, in_decimals
from adapters.writing.writes import Unfit
from hub.connector import Write


def price(**record: object) -> Write:
    return Write("k", {}, {"currency": "EUR", **record})


@pytest.mark.parametrize(("said", "included"), [(None, True), (None, False), (True, True), (False, False)])
def test_a_price_that_holds_the_tax_as_the_shops_do_is_fine(said: bool | None, included: bool):
    check_sort(price(tax_included=said), included=included)


@pytest.mark.parametrize(("included", "held"), [(True, "with"), (False, "without")])
def test_a_price_that_differs_from_the_shops_in_its_tax_is_refused(included: bool, held: str):
    with pytest.raises(Unfit, match=f"prices in EUR are those {held} tax") as refused:
        check_sort(price(tax_included=not included), included=included)
    assert refused.value.cause == "price-not-possible"


def test_a_shop_of_one_currency_takes_no_other():
    check_sort(price(), currency="EUR")
    with pytest.raises(Unfit, match="sells in PLN only"):
        check_sort(price(), currency="PLN")


def test_a_shop_that_keeps_prices_of_any_sort_takes_all():
    check_sort(price(tax_included=True))


def test_a_rate_that_the_options_do_not_name_is_refused():
    assert theirs_for({"23": "standard"}, "23", "tax class", "tax_classes") == "standard"
    assert theirs_for({"23": "standard"}, None, "tax class", "tax_classes") is None
    assert theirs_for({}, "23", "tax class", "tax_classes") is None
    with pytest.raises(Unfit, match="no tax class is named for 8 %; see tax_classes of this shop"):
        theirs_for({"23": "standard"}, "8", "tax class", "tax_classes")


@pytest.mark.parametrize(
    ("amount", "kept"), [("12.345", "12.35"), ("8.1301", "8.13"), ("0", "0.00"), ("0.005", "0.01")]
)
def test_a_price_is_rounded_to_the_decimals_that_a_shop_keeps(amount: str, kept: str):
    assert str(in_decimals(amount)) == kept
    assert in_decimals(Decimal("1230.5"), 0) == Decimal(1231)


def test_what_would_be_given_away_by_that_is_refused():
    with pytest.raises(Unfit, match=r"2 decimals: at 0.0049, it would be given away") as refused:
        in_decimals("0.0049")
    assert refused.value.cause == "price-not-possible"
