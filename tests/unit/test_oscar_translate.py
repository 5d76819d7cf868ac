"""What an order's line of django-oscar is called."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from adapters.eshop.oscar.shop import called
from adapters.eshop.oscar.translate import COIN, GONE, LINE
from adapters.fields import told
from adapters.rates import rate_about

RAW: dict[str, Any] = {
    **dict.fromkeys(("price_excl_tax", "price_incl_tax", "price_incl_tax_excl_discounts"), "1.00"),
    "id": "1",
    "quantity": 1,
}


@pytest.mark.parametrize(
    ("shown", "product", "sku", "name"),
    [
        ({"upc": "A"}, {"upc": "C", "title": "Lantern"}, "A", None),
        ({"upc": "A", "title": "Lamp"}, {}, "A", "Lamp"),
        ({"partner_sku": "B"}, {}, "B", None),
        ({"partner_sku": "B"}, {"upc": None, "title": "Lantern"}, "B", "Lantern"),
        ({"title": "Lamp"}, {}, None, "Lamp"),
        ({}, {"upc": "C", "title": "Lantern"}, "C", None),
        ({}, {}, None, GONE),
    ],
)
def test_s20_a_line_has_an_sku_or_a_name(
    shown: dict[str, Any], product: dict[str, Any], sku: str | None, name: str | None
):
    line = told(LINE, called(RAW | shown, product))
    assert (line["sku"], line["name"]) == (sku, name)


@pytest.mark.parametrize(
    ("net", "gross", "quantity", "rates", "rate"),
    [
        ("10.00", "12.30", 1, (), "23"),
        ("0.83", "1.00", 1, (), "20"),
        ("0.41", "0.50", 1, ("8", "23"), "23"),  # 22 is as near
        ("41.00", "50.00", 100, ("23",), "23"),  # each unit was rounded
        ("100.00", "105.50", 1, (), "5.5"),
        ("100.00", "108.00", 1, ("23",), "8"),
        ("10.00", "10.00", 1, ("23",), None),
        ("0.00", "0.00", 1, ("23",), None),
    ],
)
def test_a_rate_is_what_two_sums_differ_by(net: str, gross: str, quantity: int, rates: Sequence[str], rate: str | None):
    """The shop's interface does not tell it; without one, the ERP would charge no tax at all."""
    assert rate_about(Decimal(net), Decimal(gross), rates, COIN * quantity) == rate
