"""The shell of threads around the pipeline: one takes in, some work, one settles, one posts, one keeps the leases."""

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from hub import log
from hub.broker import Consumer, Delivery
from hub.handler import Later, Outcome
from hub.posting import post
from hub.store import DatabaseAway, outbox
from hub.worker import collector
from hub.worker.appetite import Appetite
from hub.worker.pipeline import Held, Pipeline
from hub.worker.turns import Turns

logger = log.get("worker")
T = TypeVar("T")

MOST_SETTLED = 500
"""Runs settled in one transaction."""
MOST_UNSENT = 100
"""Batches of results that wait in the process to be posted."""
BREATH = 1.0
"""Seconds between two tries while the database is away, and the longest wait for anything to happen."""
LEASE_PARTS = 3
"""A lease is prolonged when a third of it has passed."""


@dataclass(frozen=True, slots=True)
class Beat:
    """When each thread of a worker last went round, in monotonic seconds: what an honest health check looks at."""

    intake: float
    keeper: float


class Worker:
    """Runs a pipeline until it is told to stop."""

    def __init__(self, pipeline: Pipeline, consumer: Consumer, *, threads: int, prefetch: int) -> None:
        """`threads`: runs carried out at a time."""
        self._pipeline = pipeline
        self._consumer = consumer
        self._appetite = Appetite(threads, prefetch)
        self._turns = Turns(threads, pipeline.clock)
        self._ended: queue.SimpleQueue[tuple[Held, Outcome] | None] = queue.SimpleQueue()
        self._unsent: queue.SimpleQueue[Sequence[outbox.Unsent] | None] = queue.SimpleQueue()
        self.broken = threading.Event()
        """Set when a thread has ended by a fault of ours: the process should end, too."""
        self._stopping = threading.Event()
        self._stopped = threading.Event()
        pipeline.stopping = self._stopping.is_set
        pipeline.to_post = self._post_soon
        self._beat = {"intake": pipeline.clock.monotonic(), "keeper": pipeline.clock.monotonic()}
        self._workers = [self._thread(self._work, f"work-{number}") for number in range(threads)]
        self._intake = self._thread(self._take_in, "intake")
        self._settler = self._thread(self._settle, "settle")
        self._poster = self._thread(self._post, "post")
        self._keeper = self._thread(self._keep, "keep")

    def _thread(self, target: Callable[[], None], name: str) -> threading.Thread:
        def guarded() -> None:
            try:
                target()
            except BaseException:  # whatever it is, nobody notices that a thread is gone
                # Nobody can go on without this thread: the process ends, what it held is rescued.
                self.broken.set()
                logger.exception("worker_thread_broke", thread=name)

        return threading.Thread(target=guarded, name=f"{self._pipeline.name} {name}", daemon=True)

    def start(self) -> None:
        """Start all threads."""
        collector.relax()
        for thread in (*self._workers, self._settler, self._poster, self._keeper, self._intake):
            thread.start()

    def beat(self) -> Beat:
        """Return when the threads last went round."""
        return Beat(**self._beat)

    def stopping(self) -> bool:
        """Return whether the worker drains."""
        return self._stopping.is_set()

    def stop(self, limit: float) -> bool:
        """Drain: take nothing new, let runs hand on at their next page, settle; returns whether all ended in time.

        What has not ended by then keeps its lease until it lapses, and is rescued.
        """
        deadline = self._pipeline.clock.monotonic() + limit
        self._consumer.cancel()
        self._stopping.set()
        self._intake.join(limit)
        self._turns.close()
        for thread in self._workers:
            thread.join(max(0.0, deadline - self._pipeline.clock.monotonic()))
        drained = not any(thread.is_alive() for thread in self._workers)
        self._ended.put(None)
        self._settler.join(max(BREATH, deadline - self._pipeline.clock.monotonic()))
        self._unsent.put(None)
        self._poster.join(max(BREATH, deadline - self._pipeline.clock.monotonic()))
        self._stopped.set()
        self._keeper.join(BREATH)
        return drained and not self._settler.is_alive()

    def _take_in(self) -> None:
        while not self._stopping.is_set():
            self._beat["intake"] = self._pipeline.clock.monotonic()
            full = self._turns.full()
            room = self._appetite.wait(BREATH, sum(full.values()))
            deliveries = self._consumer.take(room, BREATH, full) if room else []
            if deliveries:
                self._receive(deliveries)

    def _receive(self, deliveries: Sequence[Delivery]) -> None:
        """Claim, trying until the database is there; unacknowledged deliveries come back if we stop before."""
        while not self._stopping.is_set():
            try:
                held = self._pipeline.receive(deliveries)
            except DatabaseAway as away:
                logger.warning("database_away", message=str(away), next_try_in_s=BREATH)
                self._stopping.wait(BREATH)
                continue
            self._appetite.begun(len(held))
            for each in held:
                self._turns.put(each)
            return

    def _work(self) -> None:
        while (held := self._turns.next()) is not None:
            outcome = self._outcome(held)
            held.took = self._pipeline.clock.monotonic() - held.began
            self._turns.ended(held)
            self._ended.put((held, outcome))

    def _outcome(self, held: Held) -> Outcome:
        try:
            return self._pipeline.carry_out(held)
        except BaseException as panic:  # of a library that is written in Rust, say: it is no Exception
            logger.exception("run_broke", run=held.hold.claimed.id, job=held.hold.claimed.job)
            return Later(f"unexpected: {type(panic).__name__}: {panic}", system_away=False)

    def _settle(self) -> None:
        while (batch := drained(self._ended, MOST_SETTLED)) is not None:
            while True:
                try:
                    unsent = self._pipeline.settle(batch)
                except DatabaseAway as away:
                    logger.warning("database_away", message=str(away), next_try_in_s=BREATH)
                    if self._stopped.wait(BREATH):
                        return
                else:
                    break
            self._appetite.ended([held.took for held, _ in batch])
            self._unsent.put(unsent)

    def _post_soon(self, unsent: outbox.Unsent) -> None:
        # While the broker is away they would pile up here; in the outbox they are safe, and the relay finds them.
        if self._unsent.qsize() < MOST_UNSENT:
            self._unsent.put([unsent])

    def _post(self) -> None:
        while (batches := drained(self._unsent, MOST_SETTLED)) is not None:
            unsent = [each for batch in batches for each in batch]
            try:
                post(self._pipeline.store, self._pipeline.publisher, unsent)
            except DatabaseAway as away:
                # Nothing is lost: they are still in the outbox, and the relay posts what is left there.
                logger.warning("results_left_for_the_relay", results=len(unsent), message=str(away))

    def _keep(self) -> None:
        wait = min(self._pipeline.lease.total_seconds() / LEASE_PARTS, BREATH * 10)
        while not self._stopped.wait(wait):
            self._beat["keeper"] = self._pipeline.clock.monotonic()
            try:
                self._pipeline.keep()
            except DatabaseAway as away:
                logger.warning("lease_not_prolonged", message=str(away))


def drained(source: "queue.SimpleQueue[T | None]", most: int) -> list[T] | None:
    """Return all that waits in a queue, at least one; none when its end mark is what comes first."""
    first = source.get()
    if first is None:
        return None
    batch = [first]
    while len(batch) < most:
        try:
            following = source.get_nowait()
        except queue.Empty:
            break
        if following is None:
            source.put(None)  # for the next call
            break
        batch.append(following)
    return batch
