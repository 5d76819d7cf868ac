"""A broker with the promises of RabbitMQ and no more: what it has confirmed it keeps, everything else may happen.

A message may come twice, late, in another order, or again because an acknowledgement did not arrive; a confirm may be
lost though the message is there. The embedded broker keeps even less: it dies with its process.
"""

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.broker import Delivery, Fate, Outgoing, PublisherState, Topology
from tests.simulation.faults import Faults

DEAD = "hub.dead"
DELIVERY_LIMIT = 20


@dataclass(slots=True)
class Message:
    """A message in a queue."""

    exchange: str
    routing_key: str
    body: bytes
    message_id: str | None
    headers: Mapping[str, Any]
    deliveries: int = 0


@dataclass(slots=True)
class SimBroker:
    """Exchanges and queues."""

    faults: Faults
    dice: random.Random
    queues: dict[str, list[Message]] = field(default_factory=dict[str, list[Message]])
    bindings: set[tuple[str, str, str]] = field(default_factory=set[tuple[str, str, str]])
    consumers: list["SimConsumer"] = field(default_factory=list["SimConsumer"])
    away: bool = False

    def declare(self, topology: Topology) -> None:
        """Make what is missing."""
        for queue in topology.queues:
            self.queues.setdefault(queue.name, [])
            self.bindings |= {(each.exchange, each.key, queue.name) for each in queue.bindings}

    def takers(self, exchange: str, key: str) -> list[str]:
        """Return the queues that take a message."""
        if not exchange:
            return [key] if key in self.queues else []
        return sorted({to for of, pattern, to in self.bindings if of == exchange and fits(pattern, key)})

    def put(self, message: Outgoing) -> bool:
        """Store a message in the queues that take it; returns whether any did."""
        takers = self.takers(message.exchange, message.routing_key)
        for queue in takers:
            new = Message(
                message.exchange, message.routing_key, message.body, message.message_id, dict(message.headers)
            )
            self.queues[queue].append(new)
        return bool(takers)

    def give_up(self, queue: str, message: Message) -> None:
        """Move a message that was delivered too often to `hub.dead`."""
        message.headers = {**message.headers, "x-first-death-reason": "delivery_limit", "x-first-death-queue": queue}
        self.queues[DEAD].append(message)

    def forget(self) -> None:
        """Lose everything: the embedded broker has died with its process."""
        self.queues.clear()
        self.bindings.clear()
        self.consumers.clear()

    def restart(self) -> None:
        """Go down: what was delivered and not acknowledged will be delivered again."""
        self.away = True
        for consumer in self.consumers:
            consumer.lose()


def fits(pattern: str, key: str) -> bool:
    """Tell whether a binding takes a routing key; of the topic patterns only `#` at the end is needed."""
    if pattern == "#":
        return True
    if pattern.endswith(".#"):
        return key == pattern[:-2] or key.startswith(pattern[:-1])
    return pattern == key


class SimPublisher:
    """Implements `hub.broker.Publisher` for one process."""

    def __init__(
        self,
        broker: SimBroker,
        faults: Faults,
        point: Callable[[str], None],
        confirmed: Callable[[Outgoing], None],
    ) -> None:
        """`confirmed` is told what the process learns to be confirmed."""
        self._broker = broker
        self._faults = faults
        self._point = point
        self._confirmed = confirmed

    def publish(self, batch: Sequence[Outgoing]) -> list[Fate]:
        """Publish, and return what became of each message."""
        self._point("before publishing")
        fates = [self._one(message) for message in batch]
        self._point("after publishing")
        for message, fate in zip(batch, fates, strict=True):
            if fate is Fate.CONFIRMED:
                self._confirmed(message)
        return fates

    def _one(self, message: Outgoing) -> Fate:
        if self._broker.away or self._faults.happens("not-taken"):
            return Fate.UNCONFIRMED
        if not self._broker.put(message):
            return Fate.UNROUTABLE
        return Fate.UNCONFIRMED if self._faults.happens("confirm-lost") else Fate.CONFIRMED

    def state(self) -> PublisherState:
        """Return how the connection is."""
        return PublisherState(connected=not self._broker.away)

    def close(self) -> None:
        """End the connection."""


class SimConsumer:
    """Hands deliveries to one process, and takes its acknowledgements."""

    def __init__(
        self,
        broker: SimBroker,
        owner: str,
        faults: Faults,
        point: Callable[[str], None],
        acknowledged: Callable[[Delivery], None],
    ) -> None:
        """`acknowledged` is told what the process acknowledges, before the broker hears of it."""
        self.owner = owner
        self.wanted: Collection[str] = ()
        self._broker = broker
        self._faults = faults
        self._point = point
        self._acknowledged = acknowledged
        self._open: dict[int, tuple[str, Message]] = {}
        self._epoch = 1
        self._tag = 0
        broker.consumers.append(self)

    def ready(self) -> bool:
        """Return whether there is something to take."""
        return not self._broker.away and any(self._broker.queues.get(queue) for queue in self.wanted)

    def take(self, most: int) -> list[Delivery]:
        """Return up to so many deliveries."""
        taken: list[Delivery] = []
        for queue in self.wanted if self.ready() else ():
            waiting = self._broker.queues.get(queue, [])
            while waiting and len(taken) < most:
                taken.append(self._deliver(queue, waiting))
        return taken

    def _deliver(self, queue: str, waiting: list[Message]) -> Delivery:
        late = self._faults.happens("reordered")
        position = self._faults.of("reordered").randrange(len(waiting)) if late else 0
        message = waiting.pop(position)
        if self._faults.happens("doubled"):
            # Its publisher did not hear the confirm and sent it again.
            copy = Message(message.exchange, message.routing_key, message.body, message.message_id, message.headers)
            waiting.insert(self._faults.of("doubled").randint(0, len(waiting)), copy)
        self._tag += 1
        self._open[self._tag] = (queue, message)
        return Delivery(
            queue=queue,
            exchange=message.exchange,
            routing_key=message.routing_key,
            body=message.body,
            redelivered=message.deliveries > 0,
            headers=message.headers,
            message_id=message.message_id,
            epoch=self._epoch,
            tag=self._tag,
        )

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Acknowledge; if the connection is lost just now, the messages come again."""
        if not deliveries:
            return
        self._point("before acknowledging")
        if self._faults.happens("disconnected"):
            self.lose()
        for delivery in deliveries:
            self._acknowledged(delivery)
            if delivery.epoch == self._epoch:
                self._open.pop(delivery.tag, None)
        self._point("after acknowledging")

    def lose(self) -> None:
        """Lose the connection: what is not acknowledged goes back to the head of its queue."""
        self._epoch += 1
        for queue, message in reversed(self._open.values()):
            message.deliveries += 1
            if queue not in self._broker.queues:
                continue
            if message.deliveries > DELIVERY_LIMIT and queue != DEAD:
                self._broker.give_up(queue, message)
            else:
                self._broker.queues[queue].insert(0, message)
        self._open.clear()

    def close(self) -> None:
        """End the connection."""
        self.lose()
        if self in self._broker.consumers:
            self._broker.consumers.remove(self)

    def held(self) -> int:
        """Return how many deliveries are not acknowledged."""
        return len(self._open)
