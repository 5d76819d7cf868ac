"""Consuming from one queue, on a channel of its own: its prefetch and its faults are nobody else's."""

from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

from kombu.exceptions import ChannelError

from hub.broker.acks import Unacknowledged
from hub.broker.declare import NOT_FOUND, code_of, declare
from hub.broker.delivery import Delivery, delivery_of
from hub.broker.topology import Topology

EPOCHS = count(1)


class Subscription:
    """One queue's consumer; used by the I/O thread alone."""

    def __init__(
        self, connection: Any, queue: str, *, tag: str, prefetch: int, hand_on: Callable[[Delivery], None]
    ) -> None:
        self.queue = queue
        self.epoch = next(EPOCHS)
        self.consuming = False
        self.lost = False
        """The broker has cancelled it: the queue is gone, or we took too long."""
        self._tag = tag
        self._hand_on = hand_on
        self._native: bool = connection.transport.driver_type == "amqp"
        self._channel: Any = connection.channel()
        self._channel.auto_decode = False  # bodies are bytes, whatever their sender says of them
        self._unacknowledged = Unacknowledged(multiple=self._native)
        self._channel.basic_qos(0, prefetch, False)  # for each consumer, not for the channel

    @property
    def broken(self) -> bool:
        """Tell whether the channel was closed under us."""
        return self._native and not self._channel.is_open

    @property
    def idle(self) -> bool:
        """Tell whether nothing is held any more."""
        return not self.consuming and not self._unacknowledged

    def ensure(self, topology: Topology) -> None:
        """Make the queue if it is missing and we know what it should be, with the exchanges that it is bound to.

        Looks first: whoever only works off queues needs no right to configure any.
        """
        queue = topology.queue(self.queue)
        try:
            self._channel.queue_declare(queue=self.queue, passive=True)
        except ChannelError as error:
            if code_of(error) != NOT_FOUND or queue is None:
                raise
            # py-amqp has opened the channel again. Without its exchanges the queue would be made and never bound.
            declare(self._channel, Topology(topology.exchanges, (queue,)))

    def start(self) -> None:
        """Have the broker deliver."""
        self._channel.basic_consume(
            queue=self.queue,
            consumer_tag=self._tag,
            no_ack=False,
            callback=self._on_message,
            **({"on_cancel": self._on_cancel} if self._native else {}),
        )
        self.consuming = True

    def stop(self) -> None:
        """Have the broker deliver no more; what is held stays ours, to be acknowledged."""
        if self.consuming:
            self.consuming = False
            self._channel.basic_cancel(self._tag)

    def acknowledge(self, tags: Iterable[Any]) -> None:
        """Acknowledge deliveries of this epoch."""
        for tag, multiple in self._unacknowledged.acknowledge(tags):
            self._channel.basic_ack(tag, multiple=multiple)

    def give_back(self, tags: Iterable[Any]) -> None:
        """Put deliveries of this epoch back into the queue."""
        for tag in tags:
            if self._unacknowledged.settle(tag):
                self._channel.basic_reject(tag, requeue=True)

    def is_listed(self) -> bool:
        """Ask the broker whether it knows of a consumer; transports without consumers have no say."""
        if not self._native:
            return True
        return self._channel.queue_declare(queue=self.queue, passive=True).consumer_count > 0

    def close(self) -> None:
        """Close the channel; what is unacknowledged goes back to the queue."""
        self._channel.close()

    def _on_message(self, message: Any) -> None:
        delivery = delivery_of(message, self.queue, self.epoch)
        self._unacknowledged.delivered(delivery.tag)
        self._hand_on(delivery)

    def _on_cancel(self, _tag: str) -> None:
        self.consuming = False
        self.lost = True
