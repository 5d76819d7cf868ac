"""What most vendors' webhooks have in common: a signature over the body as it came, with a secret, and JSON."""

import base64
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import orjson

from hub.connector import Call, Hint, Subscription
from hub.errors import Refused


def check_signature(call: Call, header: str, secret: str, *, form: str = "base64") -> None:
    """Refuse a call whose header is not the HMAC-SHA256 of its body with our secret.

    `form`: base64 or hex. The comparison takes the same time for all.
    """
    given = call.headers.get(header.lower(), "")
    digest = hmac.digest(secret.encode(), call.body, "sha256")
    wanted = base64.b64encode(digest).decode("ascii") if form == "base64" else digest.hex()
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Refused(f"{header} is not the signature of the call with our secret" if given else f"{header} is missing")


def json_of(call: Call) -> Mapping[str, Any]:
    """Return the JSON object that is the body; Refused, if it is none."""
    try:
        body = orjson.loads(call.body)
    except orjson.JSONDecodeError:
        raise Refused("the call is not JSON") from None
    if not isinstance(body, Mapping):
        raise Refused("the call is no JSON object")
    return cast("Mapping[str, Any]", body)


@dataclass(frozen=True)
class SignedHooks:
    """How a system calls that signs the body with a secret: fills the port `hub.connector.Hooks`."""

    topics: Mapping[str, str]
    """The system's word for what it can tell -> the stream that it is about."""
    signature: str
    """The header with the HMAC-SHA256 of the body."""
    topic: Callable[[Call], str]
    """A call -> the topic, which may be none of these."""
    ids: Callable[[str, Mapping[str, Any]], Sequence[str]]
    """The topic and the body of a call -> which records are meant."""
    registered: Callable[[], Iterable[Subscription]]
    """Asks for all webhooks."""
    register: Callable[[str, str, str], object]
    """Makes one for a topic, an address and our secret."""
    wake: Callable[[str, str], object] = lambda _id, _secret: None
    """Switches the one of this identity on again, with our secret; nothing, if the system keeps none that does not call."""
    resign: Callable[[str, str], object] = lambda _id, _secret: None
    """Gives the one of this identity our secret; nothing, if the secret is the system's own."""
    form: str = "base64"
    """Of the signature: or hex."""
    event: Callable[[Call], str] = lambda _: ""
    """A call -> the system's identity of what happened, the same in each delivery of it; empty: that of the body."""
    is_ping: Callable[[Call], bool] = lambda _: False
    """Whether a call only tries whether there is anybody; it may be unsigned."""

    def hints(self, call: Call, secret: str) -> Sequence[Hint]:
        """Return what a call says; Refused, if it is not signed by the system."""
        if self.is_ping(call):
            return ()
        check_signature(call, self.signature, secret, form=self.form)
        topic = self.topic(call)
        if topic not in self.topics:
            raise Refused(f"the topic {topic!r} is not one of those that are registered")
        return [Hint(self.topics[topic], tuple(self.ids(topic, json_of(call))), self.event(call))]

    def subscriptions(self) -> Sequence[Subscription]:
        """Return all webhooks."""
        return list(self.registered())

    def subscribe(self, topic: str, address: str, secret: str) -> None:
        """Register a webhook."""
        self.register(topic, address, secret)

    def revive(self, subscription: Subscription, secret: str) -> None:
        """Switch on again what was switched off."""
        self.wake(subscription.id, secret)

    def sign(self, subscription: Subscription, secret: str) -> None:
        """Have calls signed with another secret."""
        self.resign(subscription.id, secret)
