"""A worker's hold on one run, handed to the job's handler."""

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Literal

from hub.clock import Clock
from hub.errors import LeaseLost, RunCancelled
from hub.handler import PageReport
from hub.messages import LogLine, RecordOutcome, RecordsDone, encode, in_messages
from hub.store import Store, Tx, claims, outbox
from hub.store.types import storable

MOST_LINES = 1000
MOST_CHARACTERS = 100_000
"""Of all lines: a result has to fit into a message."""


class RunHold:
    """Implements `hub.handler.Hold`: page transactions that are ours or nobody's, and the run's own log."""

    def __init__(
        self,
        claimed: claims.Claimed,
        store: Store,
        clock: Clock,
        *,
        lease: timedelta,
        ends: Callable[[], bool],
        to_post: Callable[[outbox.Unsent], None],
    ) -> None:
        """`ends`: whether the process is about to stop or the slice is over; `to_post`: takes what a page has put out."""
        self.claimed = claimed
        self.began_at = clock.now()
        self.counts: Counter[str] = Counter()
        self.lines: list[LogLine] = []
        self.lost = False
        self.hangs = False
        """Whether it was told that it takes very long."""
        self.cancelled_by = claimed.cancel_by
        self._room = MOST_CHARACTERS
        self._before = Counter(claimed.counts or {})
        self._store = store
        self._clock = clock
        self._lease = lease
        self._ends = ends
        self._to_post = to_post

    @contextmanager
    def page(self) -> Generator[tuple[Tx, PageReport]]:
        """Open a page's transaction; see `hub.handler.Hold`."""
        self.check()
        report = PageReport()
        with self._store.write() as tx:
            yield tx, report
            counted = self.counts + Counter(report.counts)
            run, generation = self.claimed.id, self.claimed.generation
            portions = in_messages(report.records)
            total = dict(self._before + counted)
            last = claims.hold(tx, run, generation, self._lease, total, max(len(portions), 1))
            unsent = self._records_done(report, portions, last)
            outbox.put(tx, unsent)
        self.counts = counted
        for each in unsent:
            self._to_post(each)

    def _records_done(
        self, report: PageReport, portions: Sequence[tuple[RecordOutcome, ...]], last: int
    ) -> list[outbox.Unsent]:
        claimed, first = self.claimed, last - len(portions) + 1
        messages = [
            RecordsDone(
                run=claimed.id,
                generation=claimed.generation,
                part=part,
                job=claimed.job,
                entity=report.entity,
                counts=report.counts if part == first else {},
                records=records,
            )
            for part, records in enumerate(portions, start=first)
        ]
        return [outbox.Unsent(m.run, m.generation, m.part, m.job, encode(m).decode()) for m in messages]

    def reading(self) -> AbstractContextManager[Tx]:
        """Open a transaction that only reads."""
        return self._store.read()

    def check(self) -> None:
        """Raise LeaseLost or RunCancelled if the heartbeat has heard so."""
        if self.lost:
            raise LeaseLost
        if self.cancelled_by is not None:
            raise RunCancelled(f"cancelled by {self.cancelled_by}")

    def over(self) -> bool:
        """Return whether it is time to hand on."""
        return self._ends()

    def tell(self, text: str, level: Literal["info", "warning", "error"] = "info") -> None:
        """Write a line of the run's own log; what comes beyond a thousand lines, or very long ones, is left out."""
        self._room -= len(text)
        if len(self.lines) < MOST_LINES and self._room >= 0:
            self.lines.append(LogLine(at=self._clock.now(), level=level, text=storable(text)))
        else:
            told = "only the lines before this one were kept"
            last = LogLine(at=self._clock.now(), level="warning", text=told)
            self.lines[-1:] = [last]
