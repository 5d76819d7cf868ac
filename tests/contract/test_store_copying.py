"""What one database holds is put into another, row by row as it is, from SQLite to PostgreSQL and back."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from hub.errors import Misconfigured
from hub.store import Store, copying, file_address, runs
from hub.store.migrate import migrate
from hub.store.schema import metadata
from tests.contract.store_steps import START, StandingClock, new

ROWS = 3
SAID = {
    "text": 'Żółć "\\u0000" \N{SMILING FACE WITH SUNGLASSES}',
    "number": 0.1,
    "large": 2**53 + 1,
    "none": None,
    "list": [1, {"a": []}],
}


@contextmanager
def opened(file: Path, clock: StandingClock) -> Generator[Store]:
    with closing(Store(file_address(file), clock)) as store:
        migrate(store)
        yield store


@pytest.fixture
def sqlite_store(tmp_path: Path, clock: StandingClock) -> Iterator[Store]:
    with opened(tmp_path / "old.db", clock) as store:
        yield store


def a_value(column: sa.Column[Any], row: int) -> Any:
    """Return a value for any column; no two rows have one in common where it could be unique."""
    match column.type:
        case sa.JSON():
            return [SAID, sa.JSON.NULL, [row]][row]
        case sa.Text():
            return f"{column.name} {row}"
        case sa.Boolean():
            return row == 1
        case sa.Integer():
            return 1000 + row
        case _:
            return START + timedelta(microseconds=row)


def fill(store: Store) -> None:
    """Put rows into every table; what may be missing is missing in the first."""
    with store.write() as tx:
        for table in metadata.sorted_tables:
            for row in range(ROWS):
                missing = {each.name for each in table.c if each.nullable and row == 0}
                tx.execute(sa.insert(table).values({c.name: a_value(c, row) for c in table.c if c.name not in missing}))


def everything(store: Store) -> Mapping[str, list[Any]]:
    """Return all rows of all tables that are taken along."""
    tables = [each for each in metadata.sorted_tables if each not in copying.LEFT]
    with store.read() as tx:
        return {
            each.name: [tuple(row) for row in tx.execute(sa.select(each).order_by(*each.primary_key))]
            for each in tables
        }


def copy(source: Store, target: Store) -> Mapping[str, int]:
    with source.read() as there, target.write() as here:
        return copying.copy(there, here, lambda _table: None)


def test_everything_is_put_into_postgresql_and_back(
    sqlite_store: Store, postgres_store: Store, tmp_path: Path, clock: StandingClock
):
    fill(sqlite_store)
    assert copy(sqlite_store, postgres_store) == dict.fromkeys(everything(sqlite_store), ROWS)
    assert everything(postgres_store) == everything(sqlite_store)
    with opened(tmp_path / "new.db", clock) as back:
        copy(postgres_store, back)
        assert everything(back) == everything(sqlite_store)


def test_numbers_go_on_where_they_were(sqlite_store: Store, postgres_store: Store):
    fill(sqlite_store)
    copy(sqlite_store, postgres_store)
    with postgres_store.write() as tx:
        assert runs.make(tx, [new("shop.later")]) == [1003]
        for table in metadata.sorted_tables:
            if table.autoincrement_column is not None and table.name != "run":
                given = {each.name: a_value(each, 1) for each in table.c if each.name not in table.primary_key.columns}
                unique = {each.name: "other" for each in table.c if isinstance(each.type, sa.Text)}
                assert tx.execute(sa.insert(table).values(given | unique)).inserted_primary_key == (1003,)


def test_a_database_that_holds_something_is_left_as_it_is(sqlite_store: Store, store: Store):
    fill(sqlite_store)
    with store.write() as tx:
        runs.make(tx, [new()])
    before = everything(store)
    with pytest.raises(Misconfigured, match="is not empty"):
        copy(sqlite_store, store)
    assert everything(store) == before
