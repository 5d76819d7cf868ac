"""The shell around storing: one thread that takes batches until it is told to stop."""

import threading
from collections.abc import Sequence

from hub import log
from hub.broker import Consumer, Delivery
from hub.clock import Clock
from hub.runlog.store import store_batch
from hub.store import DatabaseAway, Store

logger = log.get("runlog")

MOST = 500
"""Messages stored in one transaction."""
BREATH = 1.0


class RunLog:
    """Takes what arrives and stores it."""

    def __init__(self, store: Store, consumer: Consumer, clock: Clock, name: str) -> None:
        """`name`: of the process, for its thread."""
        self._store = store
        self._consumer = consumer
        self._clock = clock
        self._stopping = threading.Event()
        self.broken = threading.Event()
        """Set when the loop has ended by a fault of ours."""
        self.beat = clock.monotonic()
        """When the loop last went round, in monotonic seconds."""
        self._thread = threading.Thread(target=self._loop, name=f"{name} runlog", daemon=True)

    def start(self) -> None:
        """Start the loop."""
        self._thread.start()

    def stop(self, limit: float) -> None:
        """Store what was taken, then end; the rest stays with the broker."""
        self._consumer.cancel()
        self._stopping.set()
        self._thread.join(limit)

    def _loop(self) -> None:
        try:
            while not self._stopping.is_set():
                self.beat = self._clock.monotonic()
                if deliveries := self._consumer.take(MOST, BREATH):
                    self._store_all(deliveries)
        except Exception:
            self.broken.set()
            logger.exception("runlog_broke")

    def _store_all(self, deliveries: Sequence[Delivery]) -> None:
        while True:
            try:
                store_batch(self._store, deliveries, self._consumer.ack)
            except DatabaseAway as away:
                logger.warning("database_away", message=str(away), next_try_in_s=BREATH)
                self.beat = self._clock.monotonic()
                if self._stopping.wait(BREATH):
                    return
            else:
                return
