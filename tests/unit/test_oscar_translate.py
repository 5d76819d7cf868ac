"""What an order's line of django-oscar is called."""

from typing import Any

import pytest

from adapters.eshop.oscar.translate import GONE, LINE
from adapters.fields import told

RAW: dict[str, Any] = {
    **dict.fromkeys(("price_excl_tax", "price_incl_tax", "price_incl_tax_excl_discounts"), "1.00"),
    "id": "1",
    "quantity": 1,
    "upc": None,
    "title": None,
}


@pytest.mark.parametrize(
    ("shown", "sku", "name"),
    [
        ({"upc": "A"}, "A", None),
        ({"upc": "A", "title": "Lamp"}, "A", "Lamp"),
        ({"partner_sku": "B"}, "B", None),
        ({"title": "Lamp"}, None, "Lamp"),
        ({}, None, GONE),
    ],
)
def test_s20_a_line_has_an_sku_or_a_name(shown: dict[str, Any], sku: str | None, name: str | None):
    line = told(LINE, RAW | shown)
    assert (line["sku"], line["name"]) == (sku, name)
