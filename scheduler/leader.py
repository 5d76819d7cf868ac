"""One scheduler leads, by a lease. That only saves work: two that believe to lead do no harm."""

from datetime import timedelta

from hub.clock import Clock
from hub.store import Store, leases

LEAD = "scheduler"
LENGTH = timedelta(seconds=15)
RENEWALS = 3
"""The lead is trusted for a third of its lease, then asked for again: long before the database lets another lead."""


class Leader:
    """Asks for the lead, and distrusts it in time."""

    def __init__(self, store: Store, name: str, clock: Clock, length: timedelta = LENGTH) -> None:
        """`name`: of this process, unique."""
        self._store = store
        self._name = name
        self._clock = clock
        self._length = length
        self._asked = float("-inf")
        self._holds = False

    def leads(self) -> bool:
        """Return whether this process leads, renewing its lease when a third of it has passed."""
        # Counted from before the question, as the answer may take long; and a question that fails is no lead.
        now = self._clock.monotonic()
        if now - self._asked < self._length.total_seconds() / RENEWALS:
            return self._holds
        self._holds = False
        with self._store.write() as tx:
            self._holds = leases.take(tx, LEAD, self._name, self._length)
        self._asked = now
        return self._holds

    def step_down(self) -> None:
        """Give the lead up, so that another need not wait."""
        self._holds = False
        with self._store.write() as tx:
            leases.give_up(tx, LEAD, self._name)
