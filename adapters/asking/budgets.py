"""How many requests a second a host gets from this process, whoever asks."""

import threading
from collections.abc import Callable

_NEVER = threading.Event()


def sleep(seconds: float) -> None:
    """Wait on this thread only."""
    _NEVER.wait(seconds)


class Budget:
    """The requests of all who speak to one host, spaced evenly: the slowest pace that one of them was told holds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spacings: list[float] = []
        self._next = 0.0
        """When the next request may go out, by the monotonic clock."""

    def join(self, requests_per_second: float | None) -> Callable[[], None]:
        """Take part; returns what ends that."""
        if requests_per_second is None:
            return _nothing
        spacing = 1 / requests_per_second
        with self._lock:
            self._spacings.append(spacing)
        return lambda: self._leave(spacing)

    def turn(self, now: float) -> float:
        """Take the next place in the row; returns the seconds until it comes."""
        with self._lock:
            start = max(now, self._next)
            self._next = start + max(self._spacings, default=0.0)
        return start - now

    def hold(self, until: float) -> None:
        """Let nobody ask before that: the host said that it has had enough."""
        with self._lock:
            self._next = max(self._next, until)

    def _leave(self, spacing: float) -> None:
        with self._lock:
            if spacing in self._spacings:
                self._spacings.remove(spacing)


def _nothing() -> None:
    pass


_budgets: dict[str, Budget] = {}
_lock = threading.Lock()


def budget_of(host: str) -> Budget:
    """Return the budget of a host and port, the same for all who ask in this process."""
    with _lock:
        return _budgets.setdefault(host, Budget())
