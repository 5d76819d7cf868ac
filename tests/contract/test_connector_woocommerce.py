"""The connector for WooCommerce, with a fake of it that misbehaves."""

from typing import Any, ClassVar

from tests.contract.connector_suite import Sample
from tests.contract.misbehaving_suite import MisbehavingContract
from tests.fakes.woocommerce import WooCommerce


def product(token: str) -> dict[str, Any]:
    told = {"description": "<p>Świeci.</p>", "category": "Lamps & Co > Standing", "tags": ["web"], "weight": "1.5"}
    return {"sku": token, "name": "Lamp <b>&</b> Shade", "active": True, "gtin": None, **told}


class TestWooCommerce(MisbehavingContract):
    fakes = WooCommerce
    streams = ("products", "prices", "stock", "parties", "orders")
    samples: ClassVar = {
        "products": Sample(
            product,
            {"name": "Lantern", "category": None, "active": False, "images": ["https://pictures.example/a.png"]},
            refused={"category": "x" * 201},
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
    untidy: ClassVar = {"products": {"description": "A & B<script>x()</script>", "images": ["https://a.example/b.png"]}}
    excused: ClassVar = {"s23": "its keys do not end, and there is no token to be renewed"}
