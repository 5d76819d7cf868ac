"""Publishing through kombu, in the caller's thread: to the embedded broker, and to transports other than RabbitMQ."""

import threading
from collections.abc import Sequence
from typing import Any

from hub import log
from hub.broker.connect import Connect
from hub.broker.publisher import Fate, Outgoing, PublisherState

logger = log.get("broker")


class DirectPublisher:
    """Keeps the publisher's contract over a virtual transport: put is confirmed, and we look ourselves who takes it."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._channel: Any = None
        self._problem: str | None = None
        self._closed = False

    def publish(self, batch: Sequence[Outgoing]) -> list[Fate]:
        """Publish, and return what became of each message."""
        fates: list[Fate] = []
        with self._lock:
            try:
                channel = self._channel or self._open()
                fates.extend(put(channel, message) for message in batch)
            except Exception as error:  # noqa: BLE001  # each transport has its own; the contract is never to raise
                self._problem = log.without_password(str(error) or type(error).__name__)
                self._channel = None
                logger.warning("publisher_disconnected", error=self._problem, next="it is tried again")
        return fates + [Fate.UNCONFIRMED] * (len(batch) - len(fates))

    def state(self) -> PublisherState:
        """Return how the connection is."""
        return PublisherState(self._channel is not None or self._problem is None, None, self._problem)

    def close(self) -> None:
        """End the connection."""
        with self._lock:
            self._closed = True
            if self._channel is not None:
                self._channel.connection.client.release()
                self._channel = None

    def _open(self) -> Any:
        if self._closed:
            raise ConnectionError("the publisher is closed")
        channel: Any = self._connect().channel()
        self._channel, self._problem = channel, None
        return channel


def put(channel: Any, message: Outgoing) -> Fate:
    """Put one message into the queues that take it."""
    if not takers(channel, message):
        logger.debug("message_unroutable", exchange=message.exchange, routing_key=message.routing_key)
        return Fate.UNROUTABLE
    properties: dict[str, Any] = {"delivery_mode": 2}
    if message.message_id is not None:
        properties["message_id"] = message.message_id
    prepared = channel.prepare_message(
        message.body,
        content_type="application/json",
        content_encoding="binary",
        headers=dict(message.headers),
        properties=properties,
    )
    channel.basic_publish(prepared, exchange=message.exchange, routing_key=message.routing_key)
    return Fate.CONFIRMED


def takers(channel: Any, message: Outgoing) -> list[str]:
    """Return the queues that a message would go to: virtual transports drop silently what nobody takes."""
    found = channel._lookup(message.exchange, message.routing_key)  # noqa: SLF001  # kombu has no other way to ask
    return [queue for queue in found if channel._has_queue(queue)]  # noqa: SLF001  # likewise
