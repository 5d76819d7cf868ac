"""Webhooks of a Shopify shop (pages "Verify webhook deliveries", "Webhooks delivery structure").

It calls eight times in four hours, and then takes the webhook away: the hub registers it anew.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.eshop.shopify import queries
from adapters.eshop.shopify.shop import Shop
from adapters.webhooks import check_signature, json_of
from hub.connector import Call, Hint, Subscription
from hub.errors import Refused

TOPICS = {
    f"{what}_{event}": stream
    for what, stream, events in (
        ("ORDERS", "orders", "CREATE UPDATED DELETE"),
        ("PRODUCTS", "products", "CREATE UPDATE DELETE"),
        ("CUSTOMERS", "parties", "CREATE UPDATE DELETE"),
    )
    for event in events.split()
}
"""Enum "WebhookSubscriptionTopic"; a call writes `orders/create`."""
TYPES = {"products": "Product", "parties": "Customer", "orders": "Order"}


class ShopHooks:
    """How the shop calls: signed with the client secret of the app."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    @property
    def topics(self) -> Mapping[str, str]:
        """The shop's words for what it can tell."""
        return TOPICS

    def hints(self, call: Call, secret: str) -> Sequence[Hint]:
        """Return what a call says; Refused, if it is not signed by the shop."""
        check_signature(call, "X-Shopify-Hmac-Sha256", secret)
        topic = call.headers.get("x-shopify-topic", "").replace("/", "_").upper()
        if topic not in TOPICS:
            raise Refused(f"the topic {topic!r} is not one of those that are registered")
        # When it happened (X-Shopify-Triggered-At) is not under the signature, which is the body's: so it proves nothing.
        event = call.headers.get("x-shopify-event-id", "")
        return [Hint(TOPICS[topic], _identities(TOPICS[topic], json_of(call)), event)]

    def subscriptions(self) -> Sequence[Subscription]:
        """Return all webhooks of the app."""
        found, after, more = list[Subscription](), None, True
        while more:
            told = self._shop.ask(queries.HOOKS, after=after)["list"]
            found += [Subscription(row["id"], row["topic"], row["uri"], active=True) for row in told["nodes"]]
            after, more = told["pageInfo"]["endCursor"], told["pageInfo"]["hasNextPage"]
        return found

    def subscribe(self, topic: str, address: str, secret: str) -> None:  # noqa: ARG002
        """Register a webhook; it is signed with the app's client secret, whatever ours is."""
        self._shop.ask(queries.SUBSCRIBE, topic=topic, uri=address)

    def revive(self, subscription: Subscription) -> None:
        """Do nothing: the shop takes webhooks away, and never leaves one that does not call."""


def _identities(stream: str, said: Mapping[str, Any]) -> tuple[str, ...]:
    """Return which records are meant: of a product all its variants, of one that was deleted only itself."""
    listed = [each["admin_graphql_api_id"] for each in said.get("variant_gids") or ()]
    variants = listed or [f"gid://shopify/ProductVariant/{each['id']}" for each in said.get("variants") or ()]
    return tuple(variants) or (f"gid://shopify/{TYPES[stream]}/{said['id']}",)
