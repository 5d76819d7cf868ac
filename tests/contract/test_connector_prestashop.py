"""The connector for PrestaShop, with a fake of it that misbehaves."""

from typing import Any, ClassVar

from tests.contract.connector_suite import Sample
from tests.contract.misbehaving_suite import MisbehavingContract
from tests.fakes.prestashop import PrestaShop


def product(token: str) -> dict[str, Any]:
    told = {"description": "<p>Świeci.</p>", "category": "Lamps > Standing", "weight": "1.5"}
    return {"sku": token, "name": "Lamp & Shade", "active": True, "gtin": "5901234123457", **told}


class TestPrestaShop(MisbehavingContract):
    fakes = PrestaShop
    streams = ("products", "prices", "stock", "parties", "orders")
    samples: ClassVar = {
        "products": Sample(
            product,
            {"name": "Lantern", "category": None, "active": False, "gtin": None},
            refused={"name": "Lamp <b>"},
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
    untidy: ClassVar = {"products": {"description": "<p>A & B<br></p>"}}
    excused: ClassVar = {
        "s08": "it has no webhooks",
        "s23": "its keys do not end, and there is no token to be renewed",
    }
