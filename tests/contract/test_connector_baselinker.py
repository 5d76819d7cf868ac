"""BaseLinker, as a fake of it that misbehaves."""

from typing import Any, ClassVar

from tests.contract.connector_suite import Sample
from tests.contract.misbehaving_suite import MisbehavingContract
from tests.fakes.baselinker.shop import BaseLinker


def product(token: str):
    known = {"sku": token, "name": "Lamp", "description": "<p>A lamp & more</p>", "gtin": "4006381333931"}
    more = {"category": "Lamps > Desk", "brand": "Acme", "tags": ["new", "web"], "attributes": {"Colour": "red"}}
    return {**known, **more, "tax_rate": "23", "weight": "1.25"}


class TestBaseLinker(MisbehavingContract):
    fakes = BaseLinker
    streams = ("products", "prices", "stock", "parties", "orders")
    page = 1000
    samples: ClassVar[Any] = {
        "products": Sample(
            product, {"name": "Lantern", "category": "Garden", "weight": "2.5"}, refused={"name": "x" * 201}
        ),
        "prices": Sample(
            lambda sku: {"sku": sku, "list": "default", "currency": "PLN", "amount": "21.99", "tax_included": True},
            {"amount": "19.99"},
            refused={"tax_included": False},
        ),
        "stock": Sample(lambda sku: {"sku": sku, "available": "5"}, {"available": "7"}),
    }
    untidy: ClassVar[Any] = {"products": {"weight": "0.125"}}
    excused: ClassVar[Any] = {"s08": "It calls nobody.", "s23": "Its token does not end, and is not renewed."}
