"""The run log: results as they were published, and what became of each record."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from hub.messages import RecordsDone, Result
from hub.store.batch import insert_into, pack, rows
from hub.store.database import Tx
from hub.store.schema import result, result_records, run


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


def unstored(tx: Tx, since: datetime) -> int:
    """Return how many runs have ended since an instant whose result is not in the run log yet."""
    there = sa.exists().where(result.c.run == run.c.id, result.c.generation == run.c.generation)
    ended = (run.c.ended_at >= since) & run.c.state.in_(("done", "dead"))
    return tx.execute(sa.select(sa.func.count()).select_from(run).where(ended, ~there)).scalar_one()
