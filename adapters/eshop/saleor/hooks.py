"""Webhooks of a Saleor shop (pages "Payload Signature", "Asynchronous Events").

It calls five times within ten minutes, and switches nothing off itself. Of a webhook with a secret key the signature is
the HMAC of the body: deprecated, but in all of 3.x; the other form, JWS, needs the shop's public key.
"""

from collections.abc import Iterator

from adapters.calls import Form
from adapters.eshop.saleor.shop import Shop
from adapters.eshop.saleor.told import SUBSCRIBE, WAKE
from adapters.hooks import SignedHooks
from hub.connector import Subscription

EVENTS = {
    "PRODUCT_VARIANT": ("products", "productVariant", "CREATED UPDATED DELETED"),
    "CUSTOMER": ("parties", "user", "CREATED UPDATED"),
    "ORDER": ("orders", "order", "CREATED UPDATED CANCELLED FULFILLED FULLY_PAID"),
}
"""Enum "WebhookEventTypeAsyncEnum": what -> the stream, the field of its payload, and what happens to it."""
HOOKS = Form("app", gives="webhooks{id targetUrl isActive asyncEvents{eventType}}")
TOPICS = {f"{what}_{event}": what for what, (_, _, events) in EVENTS.items() for event in events.split()}


def hooks(shop: Shop) -> SignedHooks:
    """Return how the shop calls."""

    def registered() -> Iterator[Subscription]:
        for row in shop.ask(HOOKS())[0]["webhooks"]:
            for each in row["asyncEvents"]:
                yield Subscription(row["id"], each["eventType"], row["targetUrl"], row["isActive"])

    def register(topic: str, address: str, secret: str) -> None:
        # When it was issued is told as well: so each call differs.
        told = f"...on {topic.title().replace('_', '')}{{{EVENTS[TOPICS[topic]][1]}{{id}}}}"
        query = f"subscription{{event{{issuedAt {told}}}}}"
        known = {"name": f"Hub: {topic}", "targetUrl": address, "secretKey": secret, "isActive": True}
        shop.carry_out(SUBSCRIBE(input={**known, "asyncEvents": [topic], "query": query}))

    return SignedHooks(
        {topic: EVENTS[what][0] for topic, what in TOPICS.items()},
        "Saleor-Signature",
        "Saleor-Event",
        lambda topic, body: [body[EVENTS[TOPICS[topic]][1]]["id"]],
        registered,
        register,
        lambda id_: shop.carry_out(WAKE(id=id_, input={"isActive": True})),
    )
