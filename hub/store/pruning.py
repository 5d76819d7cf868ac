"""Deleting what is old: what has ended, and what befell records."""

from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa

from hub.store import forgetting, history, plans
from hub.store.chosen import literal
from hub.store.database import Tx
from hub.store.schema import letter, process, quarantine, result, result_records, run, webhook


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows one pass has deleted."""

    results: int = 0
    pages: int = 0
    runs: int = 0
    letters: int = 0
    quarantine: int = 0
    processes: int = 0
    plans: int = 0
    webhooks: int = 0
    history: int = 0
    conflicts: int = 0
    records: int = 0

    @property
    def total(self) -> int:
        """All rows together."""
        return sum(getattr(self, each.name) for each in fields(self))

    def __add__(self, more: "Pruned") -> "Pruned":
        """Return what both passes have deleted."""
        return Pruned(**{each.name: getattr(self, each.name) + getattr(more, each.name) for each in fields(self)})


_ENDED = ("done", "cancelled", "skipped", "discarded")


def prune(tx: Tx, before: datetime, most: int, *, history_before: datetime) -> Pruned:
    """Delete at most `most` rows of each kind that ended before an instant.

    What befell records before another goes, too, and so do records that were gone everywhere before that. Dead runs and open quarantine entries stay however old they are: they wait for somebody.
    """
    forgotten = forgetting.forget(tx, history_before, most)  # first of all, as it waits for a writers' turn
    events, conflicts = history.prune(tx, history_before, most)
    waiting_for_somebody = sa.exists().where(run.c.id == result.c.run, run.c.state == "dead")
    pages_waiting = sa.exists().where(run.c.id == result_records.c.run, run.c.state == "dead")
    return Pruned(
        results=_delete(tx, result, (result.c.ended_at < before) & ~waiting_for_somebody, most),
        pages=_delete(tx, result_records, (result_records.c.stored_at < before) & ~pages_waiting, most),
        runs=_delete(tx, run, (run.c.ended_at < before) & run.c.state.in_(_ENDED), most),
        letters=_delete(tx, letter, (letter.c.last_at < before) & (letter.c.state != "open"), most),
        quarantine=_delete(
            tx, quarantine, (quarantine.c.changed_at < before) & (quarantine.c.state != literal("open")), most
        ),
        processes=_delete(tx, process, process.c.seen_at < before, most),
        plans=plans.prune(tx, before),
        webhooks=_delete(tx, webhook, webhook.c.came_at < before, most),
        history=events,
        conflicts=conflicts,
        records=forgotten,
    )


def _delete(tx: Tx, table: sa.Table, condition: sa.ColumnElement[bool], most: int) -> int:
    key = list(table.primary_key.columns)
    some = sa.select(*key).where(condition).limit(most)
    named = key[0] if len(key) == 1 else sa.tuple_(*key)
    # The condition once more: what has come to life again while its row was waited for stays.
    return tx.execute(sa.delete(table).where(named.in_(some), condition)).rowcount
