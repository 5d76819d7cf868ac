"""Which claimed run has the next free thread: in their order, but no system may have more threads than it leaves free.

So a system that hangs with many jobs due has half of the threads, another one half of the rest, and so on: they hold up
themselves, and others of their kind go on. (Choudhury and Hahne, "Dynamic Queue Length Thresholds".)
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
        self._threads = threads
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
        """Give a run's thread back: it takes one that may begin now, and another one of its system may, too."""
        with self._changed:
            self._working.remove(held)
            if self._waiting:
                self._changed.notify()

    def full(self) -> dict[str, int]:
        """Return the queues whose share of the threads is taken by slow runs, and how many of each wait for a turn."""
        with self._changed:
            before = self._clock.monotonic() - QUICK
            slow = Counter(each.delivery.queue for each in self._working if each.began < before)
            free = self._threads - slow.total()
            waiting = Counter(each.delivery.queue for each in self._waiting)
            return {queue: waiting[queue] for queue, runs in slow.items() if runs >= free}

    def close(self) -> None:
        """Have the threads end when nothing waits any more; what waits is handed on, and needs no share for that."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _first(self) -> Held | None:
        taken = Counter(each.delivery.queue for each in self._working)
        free = self._threads - len(self._working)
        may = (each for each in self._waiting if self._closed or taken[each.delivery.queue] < free)
        return next(may, None)
