from collections.abc import Mapping
from typing import Any, ClassVar

from tests.contract.connector_suite import Sample
from tests.contract.misbehaving_suite import MisbehavingContract
from tests.fakes.ecwid import Ecwid


def product(token: str) -> dict[str, Any]:
    more = {"category": "Lamps > Desk", "weight": "1.5", "active": True, "gtin": "4006381333931"}
    return {"sku": token, "name": f"Lamp {token}", "description": "<p>Bright</p>", **more}


def price(sku: str) -> dict[str, Any]:
    return {"sku": sku, "list": "default", "currency": "PLN", "amount": "9.50", "tax_included": True}


class TestEcwid(MisbehavingContract):
    fakes = Ecwid
    streams = ("products", "prices", "stock", "parties", "orders")
    samples: ClassVar[Mapping[str, Sample]] = {
        "products": Sample(product, {"name": "Lantern", "category": "Lamps"}, refused={"weight": "99999999"}),
        "prices": Sample(price, {"amount": "12.00"}, refused={"currency": "EUR"}),
        "stock": Sample(lambda sku: {"sku": sku, "available": "7"}, {"available": "3"}),
    }
    untidy: ClassVar[Mapping[str, Mapping[str, Any]]] = {"products": {"description": " <p>A</p><script>x()</script>"}}
    excused: ClassVar[Mapping[str, str]] = {
        "s08": "its webhooks are set up by its support, and signed without what they say",
        "s23": "its tokens do not end",
    }
