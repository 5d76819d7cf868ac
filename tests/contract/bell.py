"""A made-up system that calls: what it says is signed JSON, one line of it a hint."""

import base64
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson

from adapters.webhooks import check_signature, json_of
from hub.connector import Call, Hint, Subscription

SECRET = "a secret that only the two know"
HEADER = "x-bell-signature"


def ring(*ids: str, stream: str = "orders", event: str = "", at: datetime | None = None, secret: str = SECRET) -> Call:
    """Return a signed call about some records."""
    body = orjson.dumps({"stream": stream, "ids": ids, "event": event, "at": at})
    digest = base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
    return Call({HEADER: digest}, body)


@dataclass
class Bell:
    """How it calls, and what is registered with it."""

    registered: list[Subscription] = field(default_factory=list[Subscription])
    signed: dict[str, str] = field(default_factory=dict[str, str])
    """Identity -> the secret with which it calls."""

    @property
    def topics(self) -> Mapping[str, str]:
        return {"order.changed": "orders", "customer.changed": "parties"}

    def hints(self, call: Call, secret: str) -> Sequence[Hint]:
        if call.body == b"ping":
            return ()
        check_signature(call, HEADER, secret)
        said: Mapping[str, Any] = json_of(call)
        at = said["at"] and datetime.fromisoformat(said["at"])
        return [Hint(said["stream"], tuple(said["ids"]), said["event"], at)]

    def subscriptions(self) -> Sequence[Subscription]:
        return list(self.registered)

    def subscribe(self, topic: str, address: str, secret: str) -> None:
        self.signed[str(len(self.registered))] = secret
        self.registered.append(Subscription(str(len(self.registered)), topic, address, active=True))

    def revive(self, subscription: Subscription, secret: str) -> None:
        place = self.registered.index(subscription)
        self.registered[place] = replace(subscription, active=True)
        self.sign(subscription, secret)

    def sign(self, subscription: Subscription, secret: str) -> None:
        self.signed[subscription.id] = secret
