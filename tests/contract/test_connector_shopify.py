"""The connector for Shopify, with a fake of it that misbehaves."""

from typing import Any, ClassVar

from hub.connector import Exchange
from tests.contract.connector_suite import Sample
from tests.contract.misbehaving_suite import CALLS, MisbehavingContract
from tests.fakes.fake import Fake
from tests.fakes.shopify import Shopify


def product(token: str) -> dict[str, Any]:
    told = {"description": "<p>Świeci.</p>", "category": "Lamps > Desk", "tags": ["new", "web"], "weight": "1.5"}
    return {"sku": token, "name": "Lamp <b>&</b> 'Shade'", "brand": "Zorza", "active": True, "gtin": None, **told}


class TestShopify(MisbehavingContract):
    fakes = Shopify
    page = 50
    streams = ("products", "prices", "stock", "parties", "orders")
    samples: ClassVar = {
        "products": Sample(
            product,
            {"name": "Lantern", "category": None, "tags": [], "active": False, "weight": None, "gtin": "5901234123457"},
            refused={"name": "x" * 256},
        ),
        "prices": Sample(
            lambda token: {
                "sku": token,
                "list": "default",
                "currency": "PLN",
                "amount": "119.9",
                "tax_included": False,
            },
            {"amount": "0.1"},
            refused={"tax_included": True},
        ),
        "stock": Sample(lambda token: {"sku": token, "available": "12"}, {"available": "0"}),
    }
    untidy: ClassVar = {
        "products": {"name": " Lamp ", "tags": ["web", "Zorza", "abc"], "description": "A & B<script>x()</script>"}
    }
    excused: ClassVar = {"s23": "a token is got by the app's secret each time, which does not end"}

    def test_s08_a_webhook_that_was_switched_off_is_switched_on_again(self, fake: Fake, connector: Exchange):
        """Shopify takes away what did not answer: so it is missing, and registered anew."""
        hooks = connector.hooks
        assert hooks
        for _ in range(2):
            for topic in hooks.topics:
                hooks.subscribe(topic, "https://hub.example/shop", CALLS)
            found = hooks.subscriptions()
            assert sorted(each.topic for each in found) == sorted(hooks.topics)
            assert all(each.active and each.address == "https://hub.example/shop" for each in found)
            fake.switch_off_webhooks()
            assert hooks.subscriptions() == []
