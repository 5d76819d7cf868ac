"""Which claimed run has the next free thread: in their order, but no system may have more than half of the threads.

So a system that hangs with many jobs due holds up itself, and nobody else of its kind.
"""

import threading
from collections import Counter, deque

from hub.clock import Clock
from hub.worker.pipeline import Held

QUICK = 1.0
"""Seconds that a run may take without counting against its system: quick runs are claimed in batches."""


class Turns:
    """Claimed runs that wait for a thread, and those that have one."""

    def __init__(self, threads: int, clock: Clock) -> None:
        """`threads`: how many call `next`; a single one cannot be shared."""
        self._share = (threads + 1) // 2
        self._clock = clock
        self._waiting: deque[Held] = deque()
        self._working: list[Held] = []
        self._closed = False
        self._changed = threading.Condition()

    def put(self, held: Held) -> None:
        """Let a claimed run wait for its turn."""
        with self._changed:
            self._waiting.append(held)
            self._changed.notify()

    def next(self) -> Held | None:
        """Return the next run whose system may have one more thread, waiting for one; none when all are closed."""
        with self._changed:
            while (held := self._first()) is None:
                if self._closed and not self._waiting:
                    return None
                self._changed.wait()
            self._waiting.remove(held)
            held.began = self._clock.monotonic()
            self._working.append(held)
            return held

    def ended(self, held: Held) -> None:
        """Give a run's thread back: it is the one that takes what may begin now, so no other is woken."""
        with self._changed:
            self._working.remove(held)

    def full(self) -> dict[str, int]:
        """Return the queues whose share of the threads is taken by slow runs, and how many of each wait for a turn."""
        with self._changed:
            before = self._clock.monotonic() - QUICK
            slow = Counter(each.delivery.queue for each in self._working if each.began < before)
            waiting = Counter(each.delivery.queue for each in self._waiting)
            return {queue: waiting[queue] for queue, runs in slow.items() if runs >= self._share}

    def close(self) -> None:
        """Have the threads end when nothing waits any more; what waits is handed on, and needs no share for that."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _first(self) -> Held | None:
        taken = Counter(each.delivery.queue for each in self._working)
        may = (each for each in self._waiting if self._closed or taken[each.delivery.queue] < self._share)
        return next(may, None)
