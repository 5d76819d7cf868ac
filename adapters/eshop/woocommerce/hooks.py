"""Webhooks of a WooCommerce shop (page "Webhooks"): signed over the body; the first call is a ping, a form without one."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from adapters.eshop.woocommerce.shop import PAGE, Shop
from adapters.webhooks import check_signature, json_of
from hub.connector import Call, Hint, Subscription
from hub.errors import Refused

STREAMS = {"order": "orders", "product": "products", "customer": "parties"}
TOPICS = {f"{what}.{event}": stream for what, stream in STREAMS.items() for event in ("created", "updated", "deleted")}


class ShopHooks:
    """How the shop calls. It switches a webhook off when over five deliveries in a row failed, and makes up for none."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    @property
    def topics(self) -> Mapping[str, str]:
        """The shop's words for what it can tell."""
        return TOPICS

    def hints(self, call: Call, secret: str) -> Sequence[Hint]:
        """Return what a call says; Refused, if it is not signed by the shop."""
        if call.body.startswith(b"webhook_id="):
            return ()
        check_signature(call, "X-WC-Webhook-Signature", secret)
        topic = call.headers.get("x-wc-webhook-topic", "")
        if topic not in TOPICS:
            raise Refused(f"the topic {topic!r} is not one of those that are registered")
        return [Hint(TOPICS[topic], tuple(_identities(json_of(call))))]

    def subscriptions(self) -> Sequence[Subscription]:
        """Return all webhooks; one that the shop's staff has paused is left so."""
        return [
            Subscription(str(row["id"]), row["topic"], row["delivery_url"], row["status"] != "disabled")
            for row in self._registered()
        ]

    def _registered(self) -> Iterator[Mapping[str, Any]]:
        """Yield the shop's list, by pages: it takes an offset, but does not heed it (WC_REST_Webhooks_V1_Controller)."""
        for page in count(1):
            rows, _ = self._shop.rows("webhooks", status="all", orderby="id", order="asc", page=page, per_page=PAGE)
            yield from rows
            if len(rows) < PAGE:
                return

    def subscribe(self, topic: str, address: str, secret: str) -> None:
        """Register a webhook; the shop pings the address at once."""
        body = {"name": f"Hub: {topic}", "topic": topic, "delivery_url": address, "secret": secret, "status": "active"}
        self._shop.send("POST", "webhooks", body)

    def revive(self, subscription: Subscription) -> None:
        """Switch on again what failed deliveries have switched off."""
        self._shop.send("PUT", f"webhooks/{subscription.id}", {"status": "active"}, repeatable=True)


def _identities(said: Mapping[str, Any]) -> list[str]:
    """Return which records are meant: of an article with variations all of these; of what was deleted only a number."""
    if parent := said.get("parent_id") if said.get("type") == "variation" else None:
        return [f"{parent}-{said['id']}"]
    return [f"{said['id']}-{each}" for each in said.get("variations") or ()] or [str(said["id"])]
