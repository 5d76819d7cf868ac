"""A message as it came from the broker: raw bytes, never decoded here, and of what is too large only the beginning."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.broker.publisher import Outgoing
from hub.broker.topology import INVALID
from hub.messages import LARGEST

MOST_HEADERS = 20
LONGEST_NAME = 128
KEPT = 100_000
"""Bytes that are kept of a message which is too large to be one: to be looked at."""
LONGEST_HEADER = 1_000
"""Characters of a reason or a key that go along in a header."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that is ours until we acknowledge it or the connection ends."""

    queue: str
    exchange: str
    routing_key: str
    body: bytes
    """Only its beginning if it is larger than a message may be: hundreds are held at a time, and a stranger's has 16 MiB."""
    redelivered: bool
    """Somebody may have had it before; the database knows more."""
    headers: Mapping[str, Any]
    message_id: str | None
    epoch: int
    """Which subscription it came by: acknowledging one of an older is no error, the broker sends it again anyway."""
    tag: Any
    """The broker's mark, meaningful within the epoch."""
    missing: int = 0
    """Bytes of the body that were left out on arrival."""

    @property
    def length(self) -> int:
        """Bytes that the body had."""
        return len(self.body) + self.missing


def delivery_of(message: Any, queue: str, epoch: int) -> Delivery:
    """Return a message of py-amqp, or of a virtual transport of kombu, as a Delivery."""
    info, properties = message.delivery_info, message.properties
    headers: dict[str, Any] = properties.get("application_headers") or getattr(message, "headers", None) or {}
    message_id = properties.get("message_id")
    body = raw(message.body)
    return Delivery(
        queue=queue,
        exchange=info.get("exchange") or "",
        routing_key=_text(info.get("routing_key") or ""),
        body=body if len(body) <= LARGEST else body[:KEPT],
        redelivered=bool(info.get("redelivered")),
        headers={_text(name): value if isinstance(value, int) else _text(value) for name, value in headers.items()},
        message_id=message_id and _text(message_id),
        epoch=epoch,
        tag=message.delivery_tag,
        missing=len(body) - KEPT if len(body) > LARGEST else 0,
    )


def raw(body: Any) -> bytes:
    """Return a body as bytes: transports have it as bytes, as a view of them, or as text."""
    return body.encode() if isinstance(body, str) else bytes(body or b"")


def _text(value: Any) -> str:
    """Return what a sender wrote as text that can be sent on and stored: AMQP itself takes any bytes for a text."""
    told = bytes(value) if type(value) in (bytes, memoryview) else str(value).encode("utf-8", "replace")
    return told.decode("utf-8", "replace")


def cut(name: str) -> str:
    """Return as much of a header's name as AMQP takes: its 255 are bytes."""
    return name.encode()[:LONGEST_NAME].decode("utf-8", "ignore")


def invalid(delivery: Delivery, reason: str) -> Outgoing:
    """Return a fresh message to `hub.invalid`: the body as it was held, where it came from and what is wrong as headers."""
    headers: dict[str, str | int] = {
        "hub-reason": reason[:LONGEST_HEADER],
        "hub-queue": delivery.queue,
        "hub-exchange": delivery.exchange,
        "hub-routing-key": delivery.routing_key,
    }
    # Not the broker's own, which would make this one look like a dead letter; not so many that no frame holds them.
    theirs = [(name, value) for name, value in delivery.headers.items() if not name.startswith(("x-", "hub-"))]
    for name, value in theirs[:MOST_HEADERS]:
        headers[cut(f"hub-header-{name}")] = str(value)[:LONGEST_HEADER]
    return Outgoing("", INVALID, delivery.body, delivery.message_id, headers)
