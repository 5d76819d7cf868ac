"""A handler's hold on its run, with a point before and after each transaction."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from hub.errors import LeaseLost
from hub.handler import PageReport
from hub.store import DatabaseAway, Store, Tx
from tests.exchanging.faults import Faults


@dataclass(slots=True)
class SimHold:
    """Implements `hub.handler.Hold`."""

    store: Store
    faults: Faults
    point: Callable[[str], None]
    is_ours: Callable[[], bool]
    told: Callable[[str], None]

    @contextmanager
    def page(self) -> Generator[tuple[Tx, PageReport]]:
        """Commit at the end of the block, unless something goes wrong."""
        self.point("before a transaction")
        report = PageReport()
        with self.store.write() as tx:
            if not self.is_ours():
                raise LeaseLost
            yield tx, report
            if self.faults.happens("not-committed"):
                raise DatabaseAway("simulated: connection lost before the commit")
        counts = {name: count for name, count in report.counts.items() if count}
        if counts:
            self.told(f"stored {report.entity}: {counts}")
        if self.faults.happens("answer-lost"):
            raise DatabaseAway("simulated: committed, but the answer is lost")
        self.point("after a commit")

    @contextmanager
    def reading(self) -> Generator[Tx]:
        """Open a transaction that only reads."""
        with self.store.read() as tx:
            yield tx
        self.point("after reading")

    def over(self) -> bool:
        """Return whether the slice is over."""
        return self.faults.happens("slice")

    def tell(self, text: str, level: Literal["info", "warning", "error"] = "info") -> None:
        """Note a line of the run's log."""
        self.told(f"{level}: {text}")
