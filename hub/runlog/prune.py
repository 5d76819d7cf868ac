"""Pruning, as a job like any other: bounded batches, so that storing never waits for it."""

from collections.abc import Callable
from datetime import timedelta

from hub.counting import counted
from hub.handler import Done, HandedOn, Handler, Hold, Outcome, Work
from hub.store import results

MOST = 1000
"""Rows of a kind deleted in one transaction."""


def pruner(retention_days: Callable[[], int]) -> Handler:
    """Return the handler that deletes what ended before the retention period."""

    def prune(_work: Work, hold: Hold) -> Outcome:
        pruned = 0
        while not hold.over():
            with hold.page() as (tx, report):
                deleted = results.prune(tx, tx.now - timedelta(days=retention_days()), MOST)
                report.counts = {"pruned": deleted.total} if deleted.total else {}
            pruned += deleted.total
            if deleted.total == 0:
                return Done(f"{counted(pruned, 'row')} older than {retention_days()} days were pruned")
        return HandedOn()

    return prune
