"""Waiting for what another system does in its own time."""

from collections.abc import Callable
from typing import TypeVar

from adapters.asking import budgets
from hub.clock import Clock

SLOWEST = 5.0
"""Seconds between two looks."""
Told = TypeVar("Told")


def until(done: Callable[[Told], bool], look: Callable[[], Told], patience: float, clock: Clock) -> Told:
    """Return what `look` gives once that is `done`, or when so many seconds are over; it looks less and less often."""
    began, pause = clock.monotonic(), 0.25
    while not done(told := look()) and clock.monotonic() - began <= patience:
        budgets.sleep(pause)
        pause = min(SLOWEST, 2 * pause)
    return told
