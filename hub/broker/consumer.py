"""Consuming, over any transport: one thread owns the connection, any number of others take, work and acknowledge."""

import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from hub import log
from hub.broker import backoff
from hub.broker.connect import Connect
from hub.broker.delivery import Delivery
from hub.broker.link import Link, Terms
from hub.broker.topology import Topology
from hub.broker.waker import Waker

TURN = 1.0
"""Seconds that the I/O thread waits at most before it shows that it lives."""
CLOSE_LIMIT = 30.0
STEADY = 5.0
"""Seconds after which a connection counts as good, and its loss as a new story."""

logger = log.get("broker")


@dataclass(frozen=True, slots=True)
class ConsumerState:
    """What an honest health check looks at (J20)."""

    connected: bool
    consuming: frozenset[str]
    """The queues whose consumer the broker lists, as far as we know."""
    last_loop: float
    """When the I/O thread last came round, in monotonic seconds."""
    listed: bool
    """Every wanted queue is being consumed, and the broker said so when it was last asked."""
    connections: int
    """How often a connection has been made; more than once means that one was lost."""
    problem: str | None = None


class Consumer:
    """Takes messages from a set of queues that may change while it runs."""

    def __init__(
        self, connect: Connect, terms: Terms, queues: Collection[str], topology: Callable[[], Topology]
    ) -> None:
        """Nothing happens until `start`, or until the first `turn` where there is to be no thread.

        `topology`: how a queue is to be made anew that somebody has deleted.
        """
        self._connect = connect
        self._terms = terms
        self._topology = topology
        self._waker = Waker()
        self._wanted: frozenset[str] = frozenset(queues)
        self._draining = False
        self._closing = threading.Event()
        self._ready: deque[Delivery] = deque()
        self._changed = threading.Condition()
        self._acknowledged: deque[Delivery] = deque()
        self._given_back: deque[Delivery] = deque()
        self._link: Link | None = None
        self._connections = 0
        self._problem: str | None = None
        self._last_loop = self._opened_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=f"{terms.name} consumer", daemon=True)

    def start(self) -> "Consumer":
        """Start the I/O thread."""
        self._thread.start()
        return self

    def take(self, limit: int, timeout: float, without: Collection[str] = ()) -> list[Delivery]:
        """Return up to `limit` deliveries; waits `timeout` seconds for the first. None once draining or closed.

        Those from the queues `without` stay where they are, in their order.
        """
        taken: list[Delivery] = []
        left: list[Delivery] = []
        with self._changed:
            self._changed.wait_for(
                lambda: self._draining or any(each.queue not in without for each in self._ready), timeout
            )
            while self._ready and len(taken) < limit:
                each = self._ready.popleft()
                (left if each.queue in without else taken).append(each)
            self._ready.extendleft(reversed(left))
        return taken

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Acknowledge: comes last, when all that follows from the messages is stored. Returns at once."""
        self._acknowledged.extend(deliveries)
        self._waker.wake()

    def give_back(self, deliveries: Sequence[Delivery]) -> None:
        """Put back what was taken and not begun, when draining; never in order to wait: the broker counts it."""
        self._given_back.extend(deliveries)
        self._waker.wake()

    def want(self, queues: Collection[str]) -> None:
        """Consume from these queues from now on. What was delivered from others already stays to be taken."""
        with self._changed:
            if not self._draining:
                self._wanted = frozenset(queues)
        self._waker.wake()

    def cancel(self) -> None:
        """Take no more, and give back what nobody has taken; heartbeats and acknowledgements go on until `close`."""
        self.give_back(self._stop_taking())

    def close(self, limit: float = CLOSE_LIMIT) -> None:
        """Send the acknowledgements that wait, and end the connection: what is still held goes back to its queue.

        `limit`: seconds after which the I/O thread, a daemon, is left to end with the process.
        """
        self._closing.set()
        self._stop_taking()  # not given back one by one: the broker returns all that is held, in its order
        self._waker.wake()
        if self._thread.is_alive():
            self._thread.join(limit)
        else:
            self._hang_up()

    def state(self) -> ConsumerState:
        """Return how it is."""
        link, wanted = self._link, self._wanted
        consuming = link.consuming if link else frozenset[str]()
        return ConsumerState(
            connected=link is not None,
            consuming=consuming,
            last_loop=self._last_loop,
            listed=link is not None and consuming == wanted,
            connections=self._connections,
            problem=self._problem or (link.problem if link else None),
        )

    def turn(self, timeout: float) -> bool:
        """Go round once: connect if need be, follow what is wanted, wait, acknowledge, receive. False if it fails.

        For the I/O thread, or for whoever steps the hub in one thread.
        """
        self._last_loop = time.monotonic()
        try:
            link = self._link or self._open()
            link.follow(self._wanted)
            link.wait(min(timeout, link.wait_at_most()))
            self._settle(link)  # before receiving: it makes room for more
            self._offer(link.receive())
            link.keep_alive()
        except Exception as error:  # noqa: BLE001  # any fault means the same: tear down, begin anew
            self._lose(error)
            return False
        return True

    def _stop_taking(self) -> list[Delivery]:
        with self._changed:
            self._draining = True
            self._wanted = frozenset()
            untaken = list(self._ready)
            self._ready.clear()
            self._changed.notify_all()
        return untaken

    def _run(self) -> None:
        delays = backoff.delays()
        while not self._closing.is_set():
            if not self.turn(TURN):
                self._closing.wait(next(delays))
            elif time.monotonic() - self._opened_at > STEADY:
                delays = backoff.delays()
        self._hang_up()

    def _open(self) -> Link:
        link = Link(self._connect, self._terms, self._waker, self._topology)
        self._link = link
        self._opened_at = time.monotonic()
        self._connections += 1
        self._problem = None
        logger.info("consumer_connected", name=self._terms.name)
        return link

    def _settle(self, link: Link) -> None:
        link.settle(_emptied(self._acknowledged), _emptied(self._given_back))

    def _offer(self, fresh: list[Delivery]) -> None:
        if not fresh:
            return
        with self._changed:
            if not self._draining:
                self._ready.extend(fresh)
                self._changed.notify_all()
                return
        if not self._closing.is_set():
            self.give_back(fresh)

    def _lose(self, error: Exception) -> None:
        link, self._link = self._link, None
        self._problem = log.without_password(str(error) or type(error).__name__)
        with self._changed:
            self._ready.clear()  # the broker sends them again
        if link:
            link.close(politely=False)
        if not self._closing.is_set():
            logger.warning(
                "consumer_disconnected", name=self._terms.name, error=self._problem, next="it is tried again"
            )

    def _hang_up(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            try:
                self._settle(link)
            except Exception as error:  # noqa: BLE001  # the connection is going anyway; what it did not get comes again
                logger.warning("acknowledgements_not_sent", name=self._terms.name, error=str(error))
            link.close(politely=True)
        self._waker.close()


def _emptied(waiting: deque[Delivery]) -> list[Delivery]:
    """Take all that waits; others may add meanwhile."""
    return [waiting.popleft() for _ in range(len(waiting))]
