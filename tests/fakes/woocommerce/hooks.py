"""Webhooks: registered by the API, signed over the body (docs: Webhooks)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from hub.connector import Call
from tests.fakes.records import Record
from tests.fakes.server import Asked, Reply
from tests.fakes.woocommerce.keys import error
from tests.fakes.woocommerce.lists import Row, dates, listed

if TYPE_CHECKING:
    from tests.fakes.woocommerce.shop import WooCommerce

RESOURCES = ("coupon", "customer", "order", "product")
PING = Call({"content-type": "application/x-www-form-urlencoded"}, b"webhook_id=7")
"""The first call, when a webhook is registered: not signed (seen, version 11.0)."""

FAILURES = 5
"""With more failures in a row than that behind it (no 2xx, 301, 302), one more disables a webhook (code: WC_Webhook,
failed_delivery); only a success forgets them, not the switching on."""


def shown(record: Record) -> Row:
    """Return a webhook; its secret is not shown."""
    return {
        "id": record.id,
        **{name: record.values[name] for name in ("name", "status", "topic", "delivery_url")},
        **dates(record),
    }


def list_hooks(shop: "WooCommerce", asked: Asked) -> Reply:
    """docs: List all webhooks; with an `offset` it shows the first page (code: WC_REST_Webhooks_V1_Controller, get_items)."""
    return listed(asked, shop.webhooks, shop.webhooks.there(), shown, deaf=["offset"])


def add_hook(shop: "WooCommerce", asked: Asked) -> Reply:
    """docs: Create a webhook."""
    given = asked.json
    resource, _, event = given["topic"].partition(".")
    if resource not in RESOURCES or event not in ("created", "updated", "deleted"):
        message = "Webhook topic is required and must be valid."
        return error(400, "woocommerce_rest_webhook_invalid_topic", message)
    if not given["delivery_url"].startswith(("http://", "https://")):
        message = "Webhook delivery URL must be a valid URL starting with http:// or https://."
        return error(400, "woocommerce_rest_webhook_invalid_delivery_url", message)
    return Reply(201, shown(shop.webhooks.add({"status": "active", **given})))


def update_hook(shop: "WooCommerce", asked: Asked, id_: str) -> Reply:
    """docs: Update a webhook."""
    if int(id_) not in shop.webhooks.records:
        return error(400, "woocommerce_rest_shop_webhook_invalid_id", "ID is invalid.")
    return Reply(200, shown(shop.webhooks.change(int(id_), asked.json)))


def call(topic: str, payload: Row, secret: str, delivery: str = "") -> Call:
    """Return a delivery; with the same words it is the same one, unless another is named."""
    body = json.dumps(payload).encode()
    signature = base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
    resource, _, event = topic.partition(".")
    told = {
        "topic": topic,
        "resource": resource,
        "event": event,
        "signature": signature,
        "id": "7",
        "delivery-id": delivery or hashlib.md5(body).hexdigest(),
    }
    return Call({f"x-wc-webhook-{name}": value for name, value in told.items()}, body)


def deliver(shop: "WooCommerce", topic: str, payload: Row) -> Sequence[tuple[int, str]]:
    """Call everybody who has asked for a topic, once each; returns status and body of their answers, 0 for silence."""
    asked_for = [each for each in shop.webhooks.there() if each.values["topic"] == topic]
    return [_delivered(each, topic, payload) for each in asked_for if each.values["status"] == "active"]


def _delivered(webhook: Record, topic: str, payload: Row) -> tuple[int, str]:
    answer = post(webhook.values["delivery_url"], call(topic, payload, webhook.values["secret"]))
    good = 200 <= answer[0] < 300 or answer[0] in (301, 302)
    failures = webhook.values.get("failures", 0)
    if good or failures <= FAILURES:
        webhook.values["failures"] = 0 if good else failures + 1
    else:
        webhook.values["status"] = "disabled"
    return answer


def post(address: str, told: Call) -> tuple[int, str]:
    """Send a call; returns status and body of the answer, 0 for silence."""
    request = Request(address, told.body, dict(told.headers), method="POST")
    try:
        with urlopen(request, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as refused:
        return refused.code, refused.read().decode()
    except (URLError, ConnectionError):
        return 0, ""
