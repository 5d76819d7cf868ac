"""The shell around the scheduler's steps: a loop that ticks, rescues and relays while this process leads."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from hub import log
from hub.broker import Publisher
from hub.clock import Clock
from hub.store import DatabaseAway, Store
from scheduler.leader import Leader
from scheduler.relay import MOST, recall, relay, relay_results
from scheduler.rescue import rescue
from scheduler.tick import MOST_JOBS, tick

logger = log.get("scheduler")

PASS = 0.25
"""Seconds between two passes when there is nothing to do."""
SELDOM = 5.0
"""Seconds between two looks for what was left behind."""


@dataclass(slots=True)
class Steps:
    """What a scheduler does, one step at a time; the simulator takes them in any order."""

    store: Store
    publisher: Publisher
    leader: Leader
    clock: Clock
    restore: Callable[[], None] = lambda: None
    """Called when a queue is missing, to have it made anew."""
    looked: float = float("-inf")

    def once(self) -> bool:
        """Make one pass; returns whether there may be more to do at once."""
        if not self.leader.leads():
            return False
        ticked = tick(self.store)
        relayed = relay(self.store, self.publisher)
        if relayed.nowhere:
            self.restore()
        if self.clock.monotonic() - self.looked >= SELDOM:
            self.looked = self.clock.monotonic()
            self.sweep()
        return ticked.jobs == MOST_JOBS or relayed.confirmed == MOST

    def sweep(self) -> None:
        """Look for what was left behind: by workers that are gone, by posts and messages that were lost."""
        rescue(self.store)
        relay_results(self.store, self.publisher)
        recall(self.store)


class Scheduler:
    """Runs the steps until it is told to stop."""

    def __init__(self, steps: Steps, name: str) -> None:
        """`name`: of the process, for its thread."""
        self._steps = steps
        self._stopping = threading.Event()
        self.broken = threading.Event()
        """Set when the loop has ended by a fault of ours."""
        self.beat = steps.clock.monotonic()
        """When the loop last went round, in monotonic seconds."""
        self._thread = threading.Thread(target=self._loop, name=f"{name} scheduler", daemon=True)

    def start(self) -> None:
        """Start the loop."""
        self._thread.start()

    def leads(self) -> bool:
        """Return whether this process leads."""
        return self._steps.leader.leads()

    def stop(self, limit: float) -> None:
        """End the loop after the pass it is in, and give up the lead."""
        self._stopping.set()
        self._thread.join(limit)
        try:
            self._steps.leader.step_down()
        except DatabaseAway as away:
            logger.warning("lead_not_given_up", message=str(away))

    def _loop(self) -> None:
        try:
            while not self._stopping.is_set():
                self.beat = self._steps.clock.monotonic()
                if not self._pass():
                    self._stopping.wait(PASS)
        except Exception:
            self.broken.set()
            logger.exception("scheduler_broke")

    def _pass(self) -> bool:
        try:
            return self._steps.once()
        except DatabaseAway as away:
            logger.warning("database_away", message=str(away), next_try_in_s=PASS)
            return False
