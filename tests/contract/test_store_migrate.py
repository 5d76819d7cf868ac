"""A migrated schema equals a fresh one, however many processes migrate it, and a newer one is left alone."""

from collections.abc import Iterator
from typing import Any

import alembic.autogenerate
import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from sqlalchemy.exc import DBAPIError

from hub.errors import Misconfigured
from hub.store import Store, interventions, migrate, runs
from hub.store.schema import metadata
from tests.contract.store_steps import new, together


@pytest.fixture
def empty(database_url: str) -> Iterator[Store]:
    store = Store(database_url)
    yield store
    store.close()


def test_an_empty_database_is_brought_up_to_date(empty: Store):
    assert migrate.version(empty) is None
    with pytest.raises(Misconfigured, match="hub migrate"):
        migrate.require_current(empty)
    assert migrate.migrate(empty) == (None, migrate.NEWEST)
    assert migrate.version(empty) == migrate.NEWEST
    migrate.require_current(empty)


def test_migrating_twice_is_harmless(empty: Store):
    migrate.migrate(empty)
    with empty.write() as tx:
        runs.make(tx, [new()])
    assert migrate.migrate(empty) == (migrate.NEWEST, migrate.NEWEST)
    with empty.read() as tx:
        assert [each.state for each in interventions.find(tx)] == ["waiting"]


def test_processes_that_start_together_migrate_once(database_url: str):
    stores = [Store(database_url) for _ in range(4)]
    found = together(*(lambda s=store: migrate.migrate(s) for store in stores))
    newest = migrate.NEWEST
    assert sorted(found, key=str) == sorted([(None, newest), *[(newest, newest)] * 3], key=str)
    for store in stores:
        store.close()


def test_a_newer_schema_is_refused_and_left_as_it_is(empty: Store):
    migrate.migrate(empty)
    with empty.write() as tx:
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    for attempt in (migrate.migrate, migrate.require_current):
        with pytest.raises(Misconfigured, match="9999, which is newer than this program; update hubwerk"):
            attempt(empty)
    assert migrate.version(empty) == "9999"


def test_a_migration_that_fails_leaves_nothing_behind(empty: Store):
    with empty.write() as tx:
        tx.execute(sa.text("CREATE TABLE run (id integer)"))
    with pytest.raises(DBAPIError):
        migrate.migrate(empty)
    with empty.read() as tx:
        assert sa.inspect(tx.connection).get_table_names() == ["run"]


# SQLite does not tell what an index on an expression is made of; the next test compares their texts.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_a_migrated_schema_equals_a_fresh_one(empty: Store):
    migrate.migrate(empty)
    with empty.read() as tx:
        context = MigrationContext.configure(tx.connection, opts={"compare_type": True, "target_metadata": metadata})
        assert alembic.autogenerate.compare_metadata(context, metadata) == []


def test_a_migrated_sqlite_has_the_same_text_as_a_fresh_one(sqlite_url: str):
    assert _catalogue(sqlite_url, fresh=False, query=SQLITE) == _catalogue(sqlite_url + "2", fresh=True, query=SQLITE)


def test_a_migrated_postgresql_has_the_same_catalogue_as_a_fresh_one(postgres_url: str, postgres: Any):
    other = postgres.new_database()
    columns = _catalogue(postgres_url, fresh=False, query=COLUMNS)
    assert columns == _catalogue(other, fresh=True, query=COLUMNS)
    for query in (INDEXES, CONSTRAINTS):
        assert _catalogue(postgres_url, query=query) == _catalogue(other, query=query)
    postgres.drop_database(other)


def test_the_partial_indexes_have_their_conditions(empty: Store):
    migrate.migrate(empty)
    query = SQLITE if empty.dialect == "sqlite" else INDEXES
    with empty.read() as tx:
        text = "\n".join(str(row) for row in tx.execute(sa.text(query)))
    partial = [index for table in metadata.tables.values() for index in table.indexes if index.dialect_options]
    conditional = [index for index in partial if index.dialect_options[empty.dialect].get("where") is not None]
    assert len(conditional) == 20
    for index in conditional:
        (line,) = [each for each in text.replace("\\n", " ").splitlines() if f" {index.name} ON" in each]
        assert " WHERE " in line
        assert ("UNIQUE" in line) == bool(index.unique)


SQLITE = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE '%alembic%' ORDER BY type, name"
COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity,
           col_description(table_name::regclass, ordinal_position), obj_description(table_name::regclass)
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
    ORDER BY table_name, ordinal_position"""
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1"
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conrelid <> 'alembic_version'::regclass ORDER BY 1, 2"""


def _catalogue(url: str, query: str, *, fresh: bool | None = None) -> list[tuple[Any, ...]]:
    """Return what the database says about itself; first migrate it, or make the schema as it stands in the code."""
    store = Store(url)
    if fresh is False:
        migrate.migrate(store)
    if fresh:
        metadata.create_all(store.engine)
        with store.write() as tx:
            tx.execute(sa.text("CREATE TABLE alembic_version (version_num text)"))
    with store.read() as tx:
        found = [tuple(_spaced(value) for value in row) for row in tx.execute(sa.text(query))]
    store.close()
    return found


def _spaced(value: Any) -> Any:
    """Leave out how a statement is laid out: line breaks, quotes."""
    return " ".join(value.replace('"', "").replace("( ", "(").split()) if isinstance(value, str) else value
