"""The run log: results as they were published, and what became of each record; pruned after some days."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from hub.messages import RecordsDone, Result
from hub.store import plans
from hub.store.batch import insert_into, pack, rows
from hub.store.chosen import literal
from hub.store.database import Tx
from hub.store.schema import letter, process, quarantine, result, result_records, run, webhook


@cache
def _store(dialect: str, table: sa.Table) -> sa.Executable:
    names = [column.name for column in table.c]
    given = rows(dialect, "given", **{name: table.c[name].type for name in names})
    source = sa.select(*(given.c[name] for name in names)).where(sa.true())
    return insert_into(dialect, table).from_select(names, source).on_conflict_do_nothing()


def store(tx: Tx, results: Collection[Result]) -> None:
    """Store results; one that is there already stays as it is."""
    if results:
        columns = ("run", "generation", "job", "outcome", "started_at", "ended_at")
        ordered = sorted(results, key=lambda each: (each.run, each.generation))
        given = pack({**{name: getattr(each, name) for name in columns}, "body": _body(each)} for each in ordered)
        tx.execute(_store(tx.dialect, result), {"given": given})


def _body(each: Result) -> dict[str, Any]:
    return each.model_dump(mode="json", exclude_defaults=True)


def store_records(tx: Tx, pages: Collection[RecordsDone]) -> None:
    """Store what became of records, page by page; a page that is there already stays as it is."""
    if pages:
        columns = ("run", "generation", "part", "entity")
        given = pack(
            {
                **{name: getattr(page, name) for name in columns},
                "stored_at": tx.now,
                "records": [each.model_dump(mode="json", exclude_none=True) for each in page.records],
            }
            for page in sorted(pages, key=lambda page: (page.run, page.generation, page.part))
        )
        tx.execute(_store(tx.dialect, result_records), {"given": given})


def history(tx: Tx, number: int) -> list[Mapping[str, Any]]:
    """Return the results of one run, one for each delivery, the first first."""
    statement = sa.select(result.c.body).where(result.c.run == number).order_by(result.c.generation)
    return list(tx.execute(statement).scalars())


def records(tx: Tx, number: int, *, outcome: str | None = None, most: int = 1000) -> list[Mapping[str, Any]]:
    """Return what became of the records of one run, in the order of its pages; identical ones are only counted."""
    statement = (
        sa.select(result_records.c.entity, result_records.c.records)
        .where(result_records.c.run == number)
        .order_by(result_records.c.generation, result_records.c.part)
        .execution_options(yield_per=50)
    )
    found: list[Mapping[str, Any]] = []
    for row in tx.execute(statement):
        for each in row.records:
            if outcome is None or each["outcome"] == outcome:
                found.append({"entity": row.entity, **each})
                if len(found) == most:
                    return found
    return found


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

    @property
    def total(self) -> int:
        """All rows together."""
        rows = self.results + self.pages + self.runs + self.letters + self.quarantine + self.processes
        return rows + self.plans + self.webhooks


_ENDED = ("done", "cancelled", "skipped", "discarded")


def prune(tx: Tx, before: datetime, most: int) -> Pruned:
    """Delete at most `most` rows of each kind that ended before an instant.

    Dead runs and open quarantine entries stay however old they are: they wait for somebody.
    """
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
    )


def _delete(tx: Tx, table: sa.Table, condition: sa.ColumnElement[bool], most: int) -> int:
    key = list(table.primary_key.columns)
    some = sa.select(*key).where(condition).limit(most)
    named = key[0] if len(key) == 1 else sa.tuple_(*key)
    # The condition once more: what has come to life again while its row was waited for stays.
    return tx.execute(sa.delete(table).where(named.in_(some), condition)).rowcount


def unstored(tx: Tx, since: datetime) -> int:
    """Return how many runs have ended since an instant whose result is not in the run log yet."""
    there = sa.exists().where(result.c.run == run.c.id, result.c.generation == run.c.generation)
    ended = (run.c.ended_at >= since) & run.c.state.in_(("done", "dead"))
    return tx.execute(sa.select(sa.func.count()).select_from(run).where(ended, ~there)).scalar_one()
