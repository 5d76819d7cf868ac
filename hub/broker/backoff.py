"""How long to wait before the next try to reach the broker."""

import random
from collections.abc import Iterator

FIRST = 0.1
MOST = 5.0
"""Seconds: after an outage nobody waits longer for us than this."""


def delays() -> Iterator[float]:
    """Yield seconds without end: doubled each time, and spread so that many processes do not come back at once."""
    longest = FIRST
    while True:
        yield random.uniform(longest / 2, longest)  # noqa: S311  # not for secrets
        longest = min(longest * 2, MOST)
