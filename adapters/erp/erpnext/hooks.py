"""Webhooks of a Frappe site: signed over the body, made of a template (frappe/integrations/doctype/webhook)."""

from collections.abc import Mapping
from typing import Any

from adapters.erp.erpnext.client import ErpNext
from adapters.webhooks import SignedHooks, json_of
from hub.connector import Subscription
from hub.errors import Refused

STREAMS = {"Item": "products", "Item Price": "prices", "Customer": "parties", "Sales Order": "orders"}
EVENTS = ("after_insert", "on_change", "on_trash")
"""What is new is no change to a webhook (frappe/integrations/doctype/webhook/__init__.py, run_webhooks)."""
TOPICS = {f"{doctype} {event}": stream for doctype, stream in STREAMS.items() for event in EVENTS}
"""A doctype and an event of its documents. Stock changes in the database, without one."""
BODY = '{"topic": "%s", "ids": [{{ %s | tojson }}], "modified": "{{ doc.modified }}"}'
"""When it was changed makes each call another: doubles are known by their bodies."""
IDENTITIES = {"Item Price": "(doc.item_code ~ '|' ~ doc.price_list ~ '|' ~ doc.currency)"}


def hooks(erp: ErpNext) -> SignedHooks:
    """Return how the site calls: three times, and then it makes up for nothing.

    It never switches a webhook off itself: one that is not enabled was switched off by somebody, and is left so.
    """
    return SignedHooks(
        TOPICS,
        "X-Frappe-Webhook-Signature",
        lambda call: str(json_of(call).get("topic")),
        lambda _, said: _identities(said),
        registered=lambda: map(_subscription, erp.rows("Webhook", "webhook_doctype webhook_docevent request_url")),
        register=lambda topic, address, secret: erp.create("Webhook", _webhook(topic, address, secret)),
        resign=lambda id_, secret: erp.change("Webhook", id_, {"webhook_secret": secret}),
    )


def _identities(said: Mapping[str, Any]) -> list[str]:
    if not isinstance(said.get("ids"), list):
        raise Refused("the call names no records; it is not made of the hub's template")
    return [str(each) for each in said["ids"]]


def _subscription(row: Mapping[str, Any]) -> Subscription:
    topic = f"{row['webhook_doctype']} {row['webhook_docevent']}"
    return Subscription(row["name"], topic, row["request_url"], active=True)


def _webhook(topic: str, address: str, secret: str) -> dict[str, Any]:
    """Return a webhook as it is made; only system managers may."""
    doctype, _, event = topic.rpartition(" ")
    return {
        "name": f"Hub: {topic} {address}"[:140],
        "webhook_doctype": doctype,
        "webhook_docevent": event,
        "enabled": 1,
        "request_url": address,
        "request_method": "POST",
        "request_structure": "JSON",
        "webhook_json": BODY % (topic, IDENTITIES.get(doctype, "doc.name")),
        "webhook_headers": [{"key": "Content-Type", "value": "application/json"}],
        "enable_security": 1,
        "webhook_secret": secret,
    }
