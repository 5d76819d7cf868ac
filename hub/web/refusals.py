"""What is told of calls that are not taken: anybody may make them, and must not fill the disk that the log lies on."""

import threading
from collections import Counter
from math import inf

from hub import log
from hub.clock import Clock

logger = log.get("webhooks")

EVERY = 60.0
"""Seconds between two lines about a system."""


class Refusals:
    """Tells of the first such call at once, of those that follow once a minute how many they were."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: dict[tuple[str, str], float] = {}
        self._calls = Counter[tuple[str, str]]()
        self._lock = threading.Lock()

    def tell(self, event: str, system: str, message: str, then: str) -> None:
        """Log an event with the number of calls since its last line; `system`: one of hub.toml; `then`: what is next."""
        kind = (event, system)
        with self._lock:
            self._calls[kind] += 1
            now = self._clock.monotonic()
            if now - self._told.get(kind, -inf) < EVERY:
                return
            self._told[kind], calls = now, self._calls.pop(kind)
        logger.warning(event, system=system, calls=calls, message=message, next=then)
