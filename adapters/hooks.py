"""Webhooks of systems that sign the body with our secret, and name in a header what happened."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.webhooks import check_signature, json_of
from hub.connector import Call, Hint, Subscription
from hub.errors import Refused


@dataclass(frozen=True)
class SignedHooks:
    """How such a system calls: fills the port `hub.connector.Hooks`."""

    topics: Mapping[str, str]
    """The system's word for what it can tell -> the stream that it is about."""
    signature: str
    """The header with the HMAC-SHA256 of the body, in hex."""
    event: str
    """The header with the topic, in whichever capitals."""
    ids: Callable[[str, Mapping[str, Any]], Sequence[str]]
    """The topic and the body of a call -> which records are meant."""
    registered: Callable[[], Iterable[Subscription]]
    """Asks for all webhooks."""
    register: Callable[[str, str, str], object]
    """Makes one for a topic, an address and our secret."""
    wake: Callable[[str], object]
    """Switches the one of this identity on again."""

    def hints(self, call: Call, secret: str) -> Sequence[Hint]:
        """Return what a call says; Refused, if it is not signed by the system."""
        check_signature(call, self.signature, secret, form="hex")
        topic = call.headers.get(self.event.lower(), "").upper()
        if topic not in self.topics:
            raise Refused(f"{topic!r} is not one of the events that are registered")
        return [Hint(self.topics[topic], tuple(self.ids(topic, json_of(call))))]

    def subscriptions(self) -> Sequence[Subscription]:
        """Return all webhooks."""
        return list(self.registered())

    def subscribe(self, topic: str, address: str, secret: str) -> None:
        """Register a webhook."""
        self.register(topic, address, secret)

    def revive(self, subscription: Subscription) -> None:
        """Switch on again what was switched off."""
        self.wake(subscription.id)
