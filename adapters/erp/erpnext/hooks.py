"""Webhooks of a Frappe site: signed over the body, made of a template (frappe/integrations/doctype/webhook)."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from adapters.erp.erpnext.client import ErpNext
from adapters.webhooks import check_signature, json_of
from hub.connector import Call, Hint, Subscription
from hub.errors import Refused

SIGNATURE = "X-Frappe-Webhook-Signature"
STREAMS = {"Item": "products", "Item Price": "prices", "Customer": "parties", "Sales Order": "orders"}
EVENTS = ("after_insert", "on_change", "on_trash")
"""What is new is no change to a webhook (frappe/integrations/doctype/webhook/__init__.py, run_webhooks)."""
TOPICS = {f"{doctype} {event}": stream for doctype, stream in STREAMS.items() for event in EVENTS}
BODY = '{"topic": "%s", "ids": [{{ %s | tojson }}], "modified": "{{ doc.modified }}"}'
"""When it was changed makes each call another: doubles are known by their bodies."""
IDENTITIES = {"Item Price": "(doc.item_code ~ '|' ~ doc.price_list ~ '|' ~ doc.currency)"}


class ErpNextHooks:
    """How the site calls. It tries three times, makes up for nothing, and never switches a webhook off itself."""

    def __init__(self, erp: ErpNext) -> None:
        self._erp = erp

    @property
    def topics(self) -> Mapping[str, str]:
        """A doctype and an event of its documents. Stock changes in the database, without one."""
        return TOPICS

    def hints(self, call: Call, secret: str) -> Sequence[Hint]:
        """Return what a call says; Refused, if it is not signed by the site."""
        check_signature(call, SIGNATURE, secret)
        said = json_of(call)
        topic, ids = said.get("topic"), said.get("ids")
        if topic not in TOPICS or not isinstance(ids, list):
            raise Refused(f"the topic {topic!r} is not one of those that are registered")
        return [Hint(TOPICS[topic], tuple(str(each) for each in cast("list[Any]", ids)))]

    def subscriptions(self) -> Sequence[Subscription]:
        """Return all webhooks; one that is not enabled was switched off by somebody, and is left so."""
        rows = self._erp.rows("Webhook", "webhook_doctype webhook_docevent request_url")
        return [
            Subscription(
                row["name"], f"{row['webhook_doctype']} {row['webhook_docevent']}", row["request_url"], active=True
            )
            for row in rows
        ]

    def subscribe(self, topic: str, address: str, secret: str) -> None:
        """Register a webhook; only system managers may."""
        doctype, _, event = topic.rpartition(" ")
        values = {
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
        self._erp.create("Webhook", values)

    def revive(self, subscription: Subscription) -> None:
        """Enable a webhook again."""
        self._erp.change("Webhook", subscription.id, {"enabled": 1})
