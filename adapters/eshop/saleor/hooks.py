"""Webhooks of a Saleor shop (pages "Payload Signature", "Asynchronous Events").

It calls five times within ten minutes, and switches nothing off itself. Of a webhook with a secret key the signature is
the HMAC of the body, which is deprecated but there in all of 3.x; the other form, JWS, needs the shop's public key.
"""

from collections.abc import Mapping, Sequence

from adapters.calls import Form
from adapters.eshop.saleor.shop import APP, Shop
from adapters.webhooks import check_signature, json_of
from hub.connector import Call, Hint, Subscription
from hub.errors import Refused

RECORDS = {"PRODUCT_VARIANT": "productVariant", "CUSTOMER": "user", "ORDER": "order"}
TOPICS = {
    f"{what}_{event}": stream
    for what, stream, events in (
        ("PRODUCT_VARIANT", "products", "CREATED UPDATED DELETED"),
        ("CUSTOMER", "parties", "CREATED UPDATED DELETED"),
        ("ORDER", "orders", "CREATED UPDATED CANCELLED FULFILLED FULLY_PAID"),
    )
    for event in events.split()
}
"""Enum "WebhookEventTypeAsyncEnum"; a call writes it in small letters."""
SUBSCRIBE, CHANGE = (
    Form(name, takes, "errors{field message code}")
    for name, takes in {
        "webhookCreate": "input:WebhookCreateInput!",
        "webhookUpdate": "id:ID! input:WebhookUpdateInput!",
    }.items()
)


class ShopHooks:
    """How the shop calls."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    @property
    def topics(self) -> Mapping[str, str]:
        """The shop's words for what it can tell."""
        return TOPICS

    def hints(self, call: Call, secret: str) -> Sequence[Hint]:
        """Return what a call says; Refused, if it is not signed by the shop."""
        check_signature(call, "Saleor-Signature", secret, form="hex")
        topic = call.headers.get("saleor-event", "").upper()
        if topic not in TOPICS:
            raise Refused(f"the event {topic!r} is not one of those that are registered")
        return [Hint(TOPICS[topic], (json_of(call)[_record(topic)]["id"],))]

    def subscriptions(self) -> Sequence[Subscription]:
        """Return all webhooks of the app."""
        (app,) = self._shop.ask(APP())
        return [
            Subscription(row["id"], each["eventType"], row["targetUrl"], row["isActive"])
            for row in app["webhooks"]
            for each in row["asyncEvents"]
        ]

    def subscribe(self, topic: str, address: str, secret: str) -> None:
        """Register a webhook, and what it tells: when, so that each call differs, and which record."""
        told = f"...on {topic.title().replace('_', '')}{{{_record(topic)}{{id}}}}"
        query = f"subscription{{event{{issuedAt {told}}}}}"
        known = {"name": f"Hub: {topic}", "targetUrl": address, "secretKey": secret, "isActive": True}
        self._shop.carry_out(SUBSCRIBE(input={**known, "asyncEvents": [topic], "query": query}))

    def revive(self, subscription: Subscription) -> None:
        """Switch on again what was switched off."""
        self._shop.carry_out(CHANGE(id=subscription.id, input={"isActive": True}))


def _record(topic: str) -> str:
    return next(name for what, name in RECORDS.items() if topic.startswith(what))
