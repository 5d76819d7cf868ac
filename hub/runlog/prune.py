"""Pruning, as a job like any other: bounded batches, so that storing never waits for it."""

from collections.abc import Callable
from datetime import timedelta

from hub.config import HubSettings
from hub.counting import counted
from hub.handler import Done, HandedOn, Handler, Hold, Outcome, Work
from hub.store import Tx, pruning

MOST = 1000
"""Rows of a kind deleted in one transaction."""


def prune_some(tx: Tx, keep: HubSettings) -> pruning.Pruned:
    """Delete some of what is older than it is to be kept."""
    before = tx.now - timedelta(days=keep.retention_days)
    return pruning.prune(tx, before, MOST, history_before=tx.now - timedelta(days=keep.history_days))


def pruner(keep: Callable[[], HubSettings]) -> Handler:
    """Return the handler that deletes what is older than it is to be kept."""

    def prune(_work: Work, hold: Hold) -> Outcome:
        pruned = 0
        while not hold.over():
            with hold.page() as (tx, report):
                deleted = prune_some(tx, keep())
                report.counts = {"pruned": deleted.total} if deleted.total else {}
            pruned += deleted.total
            if deleted.total == 0:
                return Done(f"{counted(pruned, 'row')} older than {in_days(keep())} were pruned")
        return HandedOn()

    return prune


def in_days(keep: HubSettings) -> str:
    """Return in words how long things are kept."""
    return f"{keep.retention_days} days ({keep.history_days} days for what befell records, and those that are gone)"
