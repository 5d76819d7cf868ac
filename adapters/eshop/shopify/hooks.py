"""Webhooks of a Shopify shop (pages "Verify webhook deliveries", "Webhooks delivery structure").

It calls eight times in four hours, and then takes the webhook away: the hub registers it anew.
"""

from collections.abc import Mapping
from typing import Any

from adapters.eshop.shopify import queries
from adapters.eshop.shopify.shop import Shop
from adapters.webhooks import SignedHooks
from hub.connector import Subscription

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


def hooks(shop: Shop) -> SignedHooks:
    """Return how the shop calls: signed with the client secret of the app, whatever ours is."""
    return SignedHooks(
        TOPICS,
        "X-Shopify-Hmac-Sha256",
        lambda call: call.headers.get("x-shopify-topic", "").replace("/", "_").upper(),
        lambda topic, said: _identities(TOPICS[topic], said),
        registered=lambda: map(_subscription, shop.all(queries.HOOKS)),
        register=lambda topic, address, _: shop.ask(queries.SUBSCRIBE, topic=topic, uri=address),
        # When it happened (X-Shopify-Triggered-At) is not under the signature, which is the body's: so it proves nothing.
        event=lambda call: call.headers.get("x-shopify-event-id", ""),
    )


def _subscription(row: Mapping[str, Any]) -> Subscription:
    return Subscription(row["id"], row["topic"], row["uri"], active=True)


def _identities(stream: str, said: Mapping[str, Any]) -> tuple[str, ...]:
    """Return which records are meant: of a product all its variants, of one that was deleted only itself."""
    listed = [each["admin_graphql_api_id"] for each in said.get("variant_gids") or ()]
    variants = listed or [f"gid://shopify/ProductVariant/{each['id']}" for each in said.get("variants") or ()]
    return tuple(variants) or (f"gid://shopify/{TYPES[stream]}/{said['id']}",)
