"""The connector for Saleor, with a fake of it that misbehaves."""

from typing import Any, ClassVar

from tests.contract.connector_suite import Sample
from tests.contract.misbehaving_suite import MisbehavingContract
from tests.fakes.saleor import Saleor


def product(token: str) -> dict[str, Any]:
    told = {"description": "<h2>Świeci</h2><p>I <b>nie</b> grzeje.</p>", "category": "Lamps > Desk", "weight": "1.5"}
    return {"sku": token, "name": "Lamp <b>&</b> 'Shade'", "active": True, **told}


class TestSaleor(MisbehavingContract):
    fakes = Saleor
    streams = ("products", "prices", "stock", "parties", "orders")
    samples: ClassVar = {
        "products": Sample(
            product,
            {"name": "Lantern", "description": None, "category": None, "active": False, "weight": None},
            refused={"name": "x" * 251},
        ),
        "prices": Sample(
            lambda token: {
                "sku": token,
                "list": "default",
                "currency": "PLN",
                "amount": "119.9",
                "tax_included": True,
            },
            {"amount": "0.1"},
            refused={"amount": "1.005"},
        ),
        "stock": Sample(lambda token: {"sku": token, "available": "12"}, {"available": "0"}),
    }
    untidy: ClassVar = {"products": {"description": "A & B<script>x()</script>\n\n<ul><li> one</li></ul>"}}
    excused: ClassVar = {"s23": "its keys do not end, and there is no token to be renewed"}
