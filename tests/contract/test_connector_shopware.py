"""Shopware keeps what every connector promises, and meets each accident that can befall it; see tests/fakes/shopware."""

from collections.abc import Mapping
from typing import Any, ClassVar

from tests.contract.connector_suite import Sample
from tests.contract.misbehaving_suite import MisbehavingContract
from tests.fakes.shopware.shop import Shop


def product(token: str) -> dict[str, Any]:
    return {
        "sku": token,
        "gtin": "4006381333931",
        "name": "Lampe",
        "description": "<p>Hell</p>",
        "category": "Lampen > Tisch",
        "brand": "Muster",
        "tax_rate": "19",
        "weight": "1.25",
        "active": True,
    }


def price(token: str) -> dict[str, Any]:
    return {"sku": token, "list": "default", "currency": "EUR", "amount": "9.50", "tax_included": True}


class TestShopware(MisbehavingContract):
    fakes = Shop
    streams = ("products", "prices", "stock", "parties", "orders")
    samples: ClassVar[Mapping[str, Sample]] = {
        "products": Sample(
            product,
            {"name": "Leuchte", "category": "Lampen > Decke", "brand": "Anders", "tax_rate": "7", "active": False},
            refused={"tax_rate": "23"},
        ),
        "prices": Sample(price, {"amount": "12.00"}),
        "stock": Sample(lambda token: {"sku": token, "location": "main", "available": "5"}, {"available": "2"}),
    }
    untidy: ClassVar[Mapping[str, Any]] = {
        "products": {"name": "A & <b>B</b>", "description": "<p>A</p><script>x()</script>"}
    }
    excused: ClassVar[Mapping[str, str]] = {
        "s08": "webhooks are for its apps, and an integration is none",
        "s20": "its order lines keep the SKU of a product that is gone",
        "s23": "a token is got by the integration's secret each time, which does not end",
    }
    page = 200
