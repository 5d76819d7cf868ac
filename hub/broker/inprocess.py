"""The embedded broker: a kombu transport in memory, like kombu's own, but with a memory for each broker object.

It confirms nothing and keeps nothing when the process ends: what must not be lost is in the database, and is published
again. What a consumer had not acknowledged when it closed goes back to the head of its queue.
"""

import threading
from collections import deque
from collections.abc import Callable
from itertools import count
from queue import Empty
from typing import Any

from kombu.transport import virtual

# kombu's classes are hardly typed
_Channel: Any = virtual.Channel
_Transport: Any = virtual.Transport


class Memory:
    """What one embedded broker holds; shared by all connections to it, in any thread."""

    def __init__(self) -> None:
        self.state: Any = virtual.BrokerState()
        self.queues: dict[str, deque[dict[str, Any]]] = {}
        self.tags = count(1)
        self._wakers: tuple[Callable[[], None], ...] = ()
        self._lock = threading.Lock()

    def add_waker(self, wake: Callable[[], None]) -> None:
        """Have a consumer told when there is a message."""
        with self._lock:
            self._wakers += (wake,)

    def remove_waker(self, wake: Callable[[], None]) -> None:
        """Tell a consumer no more."""
        with self._lock:
            self._wakers = tuple(each for each in self._wakers if each != wake)

    def wake(self) -> None:
        """Tell the consumers that there is a message."""
        for wake in self._wakers:
            wake()


class Channel(_Channel):
    """A channel that reads and writes its connection's memory."""

    body_encoding = None  # bytes stay bytes: nothing leaves the process
    do_restore = True

    @property
    def memory(self) -> Memory:
        """The memory of the broker this channel belongs to."""
        return self.connection.memory

    def queue_delete(self, queue: str, **_options: Any) -> None:
        """Remove a queue with its messages and bindings."""
        self.state.queue_bindings_delete(queue)
        for exchange in self.state.exchanges.values():
            exchange["table"] = [entry for entry in exchange["table"] if entry[2] != queue]
        self.memory.queues.pop(queue, None)

    def _has_queue(self, queue: str, **_options: Any) -> bool:
        return queue in self.memory.queues

    def _new_queue(self, queue: str, **_options: Any) -> None:
        self.memory.queues.setdefault(queue, deque())

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        del timeout  # never waits: the consumer waits for the wakers
        try:
            return self.memory.queues[queue].popleft()
        except (KeyError, IndexError):
            raise Empty from None

    def _put(self, queue: str, message: dict[str, Any], **_options: Any) -> None:
        shelf = self.memory.queues.get(queue)
        if shelf is None:
            return
        properties = message["properties"]
        # Each queue has its own copy: kombu hands the same object to every queue that takes it.
        own = {
            **properties,
            "delivery_tag": next(self.memory.tags),
            "delivery_info": {**properties["delivery_info"], "queue": queue},
        }
        shelf.append({**message, "properties": own})
        self.memory.wake()

    def _restore(self, message: Any) -> None:
        raw = message._raw  # noqa: SLF001  # kombu's way to the message as it was put
        info = raw["properties"]["delivery_info"]
        info["redelivered"] = True
        shelf = self.memory.queues.get(info["queue"])
        if shelf is not None:
            shelf.appendleft(raw)
            self.memory.wake()

    def _size(self, queue: str) -> int:
        return len(self.memory.queues.get(queue, ()))

    def _purge(self, queue: str) -> int:
        shelf = self.memory.queues.get(queue, deque())
        size = len(shelf)
        shelf.clear()
        return size


class Transport(_Transport):
    """A connection to the memory named in the transport options."""

    Channel = Channel
    driver_type = "memory"
    driver_name = "hub embedded"

    def __init__(self, client: Any, **options: Any) -> None:
        super().__init__(client, **options)  # pyright: ignore[reportUnknownMemberType]  # untyped
        self.memory: Memory = client.transport_options["memory"]
        self.state = self.memory.state

    def driver_version(self) -> str:
        """Return what kombu shows as the driver's version."""
        return "-"
