"""The contract of publishing; the ways to keep it stand beside it (rabbitmq.py, direct.py)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

LIMIT = 10.0
"""Seconds a call to `publish` may wait for its confirms."""
HEARTBEAT = 30
"""Seconds between two signs of life, where the transport has them."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A fresh message: persistent JSON. Never a copy of one that was received, whose `x-death` headers would go along."""

    exchange: str
    """Empty: straight to the queue that `routing_key` names."""
    routing_key: str
    body: bytes
    message_id: str | None = None
    headers: Mapping[str, str | int] = field(default_factory=dict[str, str | int])


class Fate(Enum):
    """What is known of a message that was to be published."""

    CONFIRMED = "confirmed"
    """The broker has it in every queue it belongs to."""
    UNROUTABLE = "unroutable"
    """No queue takes it: the broker has dropped it."""
    REFUSED = "refused"
    """The broker, or the protocol, said no; the log has the reason."""
    UNCONFIRMED = "unconfirmed"
    """Unknown: no broker, connection lost, blocked or silent for too long. Publish it again; it may then come twice."""


@dataclass(frozen=True, slots=True)
class PublisherState:
    """How the publisher's connection is, for health checks and operators."""

    connected: bool
    blocked: str | None = None
    """The broker's reason (a memory or disk alarm) for taking nothing at present."""
    problem: str | None = None
    """Why there is no connection, or what went wrong last on this one."""


class Publisher(Protocol):
    """Hands messages to the broker."""

    def publish(self, batch: Sequence[Outgoing]) -> list[Fate]:
        """Publish, and return what became of each, in the same order.

        Blocks until all is known or the publisher's time limit has passed. Many threads may publish at once; the
        messages of one call keep their order. An absent broker is no error: its messages are UNCONFIRMED.
        """
        ...

    def state(self) -> PublisherState:
        """Return how the connection is."""
        ...

    def close(self) -> None:
        """End the connection; what is still under way in other threads is UNCONFIRMED."""
        ...
