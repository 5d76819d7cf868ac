"""How many runs to claim at a time: a moment's worth of work.

So quick runs go in batches, and slow ones do not wait here while another process would be free.
"""

import threading

MOMENT = 0.2
"""Seconds of work that may wait in the process."""
WEIGHT = 0.1


class Appetite:
    """Counts what is under way and learns how long runs take."""

    def __init__(self, threads: int, most: int) -> None:
        """`most`: never more than this under way, e.g. the prefetch count."""
        self._threads = threads
        self._most = max(most, threads)
        self._pace = MOMENT
        self._under_way = 0
        self._parked = 0
        self._changed = threading.Condition()

    def wait(self, timeout: float, parked: int = 0) -> int:
        """Return how many runs may be claimed now, waiting a while until there is at least one.

        `parked`: claimed runs that get no thread for now, and take nobody's place.
        """
        with self._changed:
            self._parked = parked
            self._changed.wait_for(self._hungry, timeout)
            return max(self._portion() - self._competing(), 0)

    def _hungry(self) -> bool:
        """Tell whether it is time to claim: a thread is free, or so much has ended that it makes a batch again."""
        return self._competing() < self._threads or self._competing() <= self._portion() // 2

    def _competing(self) -> int:
        return self._under_way - self._parked

    def _portion(self) -> int:
        moment = int(self._threads * MOMENT / max(self._pace, 1e-6))
        return min(max(moment, self._threads), self._most)

    def begun(self, runs: int) -> None:
        """Note that runs were claimed."""
        with self._changed:
            self._under_way += runs

    def ended(self, seconds: list[float]) -> None:
        """Note that runs have ended, and how long each took."""
        with self._changed:
            for each in seconds:
                self._pace += WEIGHT * (each - self._pace)
            self._under_way -= len(seconds)
            self._changed.notify_all()
