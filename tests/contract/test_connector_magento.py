"""The connector for Magento, with a fake of it that misbehaves."""

from typing import Any, ClassVar

from tests.contract.connector_suite import Sample
from tests.contract.misbehaving_suite import MisbehavingContract
from tests.fakes.magento import Magento


def product(token: str) -> dict[str, Any]:
    told = {"description": "<p>Świeci.</p>", "category": "Lamps > Standing", "weight": "1.5", "tax_rate": "23"}
    return {"sku": token, "name": "Lamp <b>&</b> Shade", "active": True, **told}


class TestMagento(MisbehavingContract):
    fakes = Magento
    streams = ("products", "prices", "stock", "parties", "orders")
    samples: ClassVar = {
        "products": Sample(
            product, {"name": "Lantern", "category": None, "active": False, "weight": None}, refused={"tax_rate": "99"}
        ),
        "prices": Sample(
            lambda token: {
                "sku": token,
                "list": "default",
                "currency": "PLN",
                "amount": "119.90",
                "tax_included": False,
            },
            {"amount": "0.10"},
            refused={"tax_included": True},
        ),
        "stock": Sample(lambda token: {"sku": token, "available": "12"}, {"available": "0"}),
    }
    untidy: ClassVar = {"products": {"weight": "0.333333"}}
    excused: ClassVar = {
        "s08": "it has no webhooks",
        "s20": "its order lines keep the SKU of a product that is gone",
        "s23": "its keys do not end, and there is no token to be renewed",
    }
