"""A consumer's connection, from its opening to its loss; used by the I/O thread alone."""

import contextlib
import selectors
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from kombu.exceptions import ChannelError

from hub import log
from hub.broker.connect import RPC_LIMIT, Connect
from hub.broker.declare import NOT_FOUND, code_of
from hub.broker.delivery import Delivery
from hub.broker.subscription import Subscription
from hub.broker.topology import Topology
from hub.broker.waker import Waker
from hub.errors import HubError, TryLater

ROUND = 500
"""Events handled before acknowledgements and heartbeats have their turn."""
POLL = 0.05
"""Seconds between two looks at a transport that has no socket to wait for and cannot wake us."""
CLOSE_LIMIT = 3.0
"""Seconds to wait for the broker to say goodbye."""
SOON = 0.2
"""Seconds until a queue whose consumer was cancelled is subscribed again."""
RETRY = 1.0
"""Seconds until a queue that is missing is looked for again."""

logger = log.get("broker")


@dataclass(frozen=True, slots=True)
class Terms:
    """How a consumer consumes."""

    name: str
    """What RabbitMQ's pages show."""
    prefetch: int
    """Unacknowledged deliveries a queue."""
    watch_every: float
    """Seconds between two questions whether the broker still lists our consumers."""


class Link:
    """One connection with its subscriptions."""

    def __init__(self, connect: Connect, terms: Terms, waker: Waker, topology: Callable[[], Topology]) -> None:
        self._terms = terms
        self._waker = waker
        self._topology = topology
        self._connection = connect()
        self._sock: Any = getattr(self._connection.connection, "sock", None)
        self._memory: Any = getattr(self._connection.transport, "memory", None)
        if self._memory is not None:
            self._memory.add_waker(waker.wake)
        self._selector = selectors.DefaultSelector()
        for each in (waker, *([self._sock] if self._sock else [])):
            self._selector.register(each, selectors.EVENT_READ)
        self.consuming: frozenset[str] = frozenset()
        """The queues that the broker delivers from; replaced, never changed: other threads read it."""
        self.problem: str | None = None
        """What is missing, for health checks."""
        self._subscriptions: dict[str, Subscription] = {}
        self._leaving: list[Subscription] = []
        self._missing: dict[str, float] = {}
        self._fresh: list[Delivery] = []
        self._more = False
        heartbeat = float(self._connection.heartbeat or 0)
        self._tick = heartbeat / 4 if heartbeat else None
        self._next_tick = time.monotonic()
        self._next_watch = time.monotonic() + terms.watch_every

    def follow(self, wanted: Collection[str]) -> None:
        """Consume from these queues and no others; one that is missing is tried again, the others go on."""
        for queue in [queue for queue in self._subscriptions if queue not in wanted]:
            self._leave(self._subscriptions.pop(queue))
        self._missing = {queue: at for queue, at in self._missing.items() if queue in wanted}
        for queue in wanted:
            if queue not in self._subscriptions and time.monotonic() >= self._missing.get(queue, 0.0):
                self._join(queue)
        self._note()

    def settle(self, acknowledged: Sequence[Delivery], given_back: Sequence[Delivery]) -> None:
        """Acknowledge and give back; deliveries of an older connection are left to the broker."""
        for epoch, tags in _by_epoch(acknowledged).items():
            if subscription := self._of(epoch):
                subscription.acknowledge(tags)
        for epoch, tags in _by_epoch(given_back).items():
            if subscription := self._of(epoch):
                subscription.give_back(tags)
        for subscription in [each for each in self._leaving if each.idle]:
            self._leaving.remove(subscription)
            subscription.close()

    def wait(self, timeout: float) -> None:
        """Wait for messages, or to be woken."""
        if not self._more:
            woken = self._sock is not None or self._memory is not None
            longest = timeout if woken else min(timeout, POLL)
            self._selector.select(0 if self._pending() else max(0.0, longest))
        self._waker.clear()

    def receive(self) -> list[Delivery]:
        """Return the messages that have come."""
        self._drain()
        if any(each.broken for each in (*self._subscriptions.values(), *self._leaving)):
            raise TryLater("the broker closed a channel")
        for subscription in [each for each in self._subscriptions.values() if each.lost]:
            logger.warning("consumer_cancelled", queue=subscription.queue, next="it is subscribed again")
            self._drop(subscription)
            self._missing[subscription.queue] = time.monotonic() + SOON  # it may still be going
            self._note()
        fresh, self._fresh = self._fresh, []
        return fresh

    def keep_alive(self) -> None:
        """Send a heartbeat if it is time, and ask whether the broker still lists us; raises if the link is dead."""
        now = time.monotonic()
        if self._tick is not None and now >= self._next_tick:
            self._next_tick = now + self._tick
            self._connection.heartbeat_check(rate=2)
        if now >= self._next_watch:
            self._next_watch = now + self._terms.watch_every
            self._watch()

    def wait_at_most(self) -> float:
        """Return the seconds until a heartbeat or a question is due."""
        now = time.monotonic()
        due = [self._next_watch, *([self._next_tick] if self._tick is not None else []), *self._missing.values()]
        return max(0.0, min(due) - now)

    def close(self, *, politely: bool) -> None:
        """Close the connection, which gives back what is unacknowledged; one that failed is hung up on."""
        self._selector.close()
        if self._memory is not None:
            self._memory.remove_waker(self._waker.wake)
        with contextlib.suppress(Exception):
            if self._sock is not None and not politely:
                self._connection.connection.collect()
            elif self._sock is not None:
                self._sock.settimeout(CLOSE_LIMIT)
            self._connection.release()

    def _join(self, queue: str) -> None:
        subscription = Subscription(
            self._connection,
            queue,
            tag=self._terms.name,
            prefetch=self._terms.prefetch,
            hand_on=self._hand_on,
        )
        try:
            subscription.ensure(self._topology())
            subscription.start()
        except (ChannelError, HubError) as error:
            if queue not in self._missing:
                logger.warning("queue_not_consumed", queue=queue, error=str(error), next="it is tried again")
            self._missing[queue] = time.monotonic() + RETRY
            with contextlib.suppress(ChannelError):
                subscription.close()
            return
        self._missing.pop(queue, None)
        self._subscriptions[queue] = subscription

    def _note(self) -> None:
        self.consuming = frozenset(queue for queue, each in self._subscriptions.items() if each.consuming)
        self.problem = f"cannot consume {', '.join(sorted(self._missing))}; the log says why" if self._missing else None

    def _hand_on(self, delivery: Delivery) -> None:
        self._fresh.append(delivery)

    def _leave(self, subscription: Subscription) -> None:
        subscription.stop()
        self._leaving.append(subscription)

    def _drop(self, subscription: Subscription) -> None:
        del self._subscriptions[subscription.queue]
        with contextlib.suppress(ChannelError):
            subscription.close()

    def _of(self, epoch: int) -> Subscription | None:
        every = (*self._subscriptions.values(), *self._leaving)
        return next((each for each in every if each.epoch == epoch), None)

    def _pending(self) -> bool:
        pending = getattr(self._sock, "pending", None)  # TLS may hold what the socket no longer shows
        return bool(pending and pending())

    def _drain(self) -> None:
        """Handle what has come, without waiting."""
        if self._sock is not None:
            self._sock.settimeout(0)
        self._more = False
        try:
            for _ in range(ROUND):
                self._connection.drain_events(timeout=0)
            self._more = True
        except TimeoutError:
            pass
        finally:
            if self._sock is not None:
                with contextlib.suppress(OSError):  # it is closed: why, is being raised
                    self._sock.settimeout(RPC_LIMIT)

    def _watch(self) -> None:
        for subscription in list(self._subscriptions.values()):
            try:
                listed = subscription.is_listed()
            except ChannelError as error:
                if code_of(error) != NOT_FOUND:
                    raise
                subscription.lost = True
                continue
            if not listed:
                raise TryLater(f"the broker lists no consumer of {subscription.queue}")


def _by_epoch(deliveries: Sequence[Delivery]) -> dict[int, list[Any]]:
    tags: dict[int, list[Any]] = defaultdict(list)
    for delivery in deliveries:
        tags[delivery.epoch].append(delivery.tag)
    return tags
