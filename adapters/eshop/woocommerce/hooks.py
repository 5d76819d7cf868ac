"""Webhooks of a WooCommerce shop (page "Webhooks"): signed over the body; the first call is a ping, a form without one."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from adapters.eshop.woocommerce.shop import PAGE, Shop
from adapters.webhooks import SignedHooks
from hub.connector import Subscription

STREAMS = {"order": "orders", "product": "products", "customer": "parties"}
TOPICS = {f"{what}.{event}": stream for what, stream in STREAMS.items() for event in ("created", "updated", "deleted")}


def hooks(shop: Shop) -> SignedHooks:
    """Return how the shop calls.

    It switches a webhook off when over five deliveries in a row failed, and makes up for none. One that the shop's
    staff has paused is left so.
    """
    return SignedHooks(
        TOPICS,
        "X-WC-Webhook-Signature",
        lambda call: call.headers.get("x-wc-webhook-topic", ""),
        lambda _, said: _identities(said),
        registered=lambda: map(_subscription, _registered(shop)),
        register=lambda topic, address, secret: shop.send("POST", "webhooks", _webhook(topic, address, secret)),
        wake=lambda id_, secret: _change(shop, id_, {"status": "active", "secret": secret}),
        resign=lambda id_, secret: _change(shop, id_, {"secret": secret}),
        # Not the body: what is deleted, restored and deleted again is told twice in the same words.
        event=lambda call: call.headers.get("x-wc-webhook-delivery-id", ""),
        is_ping=lambda call: call.body.startswith(b"webhook_id="),
    )


def _change(shop: Shop, id_: str, changes: Mapping[str, str]) -> None:
    shop.send("PUT", f"webhooks/{id_}", changes, repeatable=True)


def _registered(shop: Shop) -> Iterator[Mapping[str, Any]]:
    """Yield the shop's list, by pages: it takes an offset, but does not heed it (WC_REST_Webhooks_V1_Controller)."""
    for page in count(1):
        rows, _ = shop.rows("webhooks", status="all", orderby="id", order="asc", page=page, per_page=PAGE)
        yield from rows
        if len(rows) < PAGE:
            return


def _subscription(row: Mapping[str, Any]) -> Subscription:
    return Subscription(str(row["id"]), row["topic"], row["delivery_url"], row["status"] != "disabled")


def _webhook(topic: str, address: str, secret: str) -> Mapping[str, str]:
    return {"name": f"Hub: {topic}", "topic": topic, "delivery_url": address, "secret": secret, "status": "active"}


def _identities(said: Mapping[str, Any]) -> list[str]:
    """Return which records are meant: of an article with variations all of these; of what was deleted only a number.

    None, where the shop tells an error instead, as the user who registered it is gone (woocommerce/woocommerce#37806).
    """
    if "id" not in said:
        return []
    if parent := said.get("parent_id") if said.get("type") == "variation" else None:
        return [f"{parent}-{said['id']}"]
    return [f"{said['id']}-{each}" for each in said.get("variations") or ()] or [str(said["id"])]
