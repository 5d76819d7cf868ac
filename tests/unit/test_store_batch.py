"""Many rows travel as one parameter: the statement's text does not depend on how many."""

from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.store.batch import among, one_of, pack, pairs, rows
from hub.store.chosen import literal
from hub.store.types import JSON, Instant, json_text


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    at: datetime


def compiled(dialect: str, statement: sa.ClauseElement) -> str:
    known = {"postgresql": postgresql.dialect(), "sqlite": sqlite.dialect()}
    return " ".join(str(statement.compile(dialect=known[dialect])).split())


def test_mappings_and_dataclasses_are_packed_alike():
    at = datetime(2026, 11, 2, tzinfo=UTC)
    packed = '[{"name":"ł","at":"2026-11-02T00:00:00.000000Z"}]'
    assert pack([Row("ł", at)]) == pack([{"name": "ł", "at": at}]) == packed


def test_rows_may_come_from_anywhere_and_be_none():
    assert pack(iter([])) == "[]"
    assert orjson.loads(pack({"id": n} for n in range(3))) == [{"id": 0}, {"id": 1}, {"id": 2}]


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_rows_are_read_from_one_parameter(dialect: str):
    given = rows(dialect, "given", id=sa.BigInteger(), at=Instant(), fields=JSON)
    text = compiled(dialect, sa.select(given.c.id, given.c.at, given.c.fields))
    assert text.count("%(given)s" if dialect == "postgresql" else "?") == 1
    assert ("jsonb_to_recordset" in text) == (dialect == "postgresql")
    assert ("json_each" in text) == (dialect == "sqlite")


def test_sqlite_reads_back_what_was_packed():
    given = rows(
        "sqlite", "given", id=sa.BigInteger(), yes=sa.Boolean(), at=Instant(), fields=sa.JSON(), none=sa.Text()
    )
    at = datetime(2026, 11, 2, 6, 0, 0, 1, tzinfo=UTC)
    row = {"id": 2**53 + 1, "yes": True, "at": at, "fields": {"a": ["ł", None]}, "none": None}
    with sa.create_engine("sqlite://").connect() as connection:
        assert connection.execute(sa.select(given), {"given": pack([row, row])}).all() == [tuple(row.values())] * 2
        assert connection.execute(sa.select(given), {"given": "[]"}).all() == []


def test_sqlite_reads_back_pairs_and_finds_values():
    given = pairs("sqlite", "given")
    numbers = sa.select(sa.literal(2).label("id")).union_all(sa.select(sa.literal(3))).subquery()
    known = one_of("sqlite", numbers.c.id, "given")
    with sa.create_engine("sqlite://").connect() as connection:
        found = connection.execute(sa.select(given), {"given": json_text({"1": "ł", "a.b": ""})}).all()
        assert found == [("1", "ł"), ("a.b", "")]
        assert connection.execute(sa.select(numbers).where(known), {"given": pack({1, 3})}).scalars().all() == [3]


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_any_number_of_values_is_one_parameter(dialect: str):
    column: sa.ColumnElement[int] = sa.column("id", sa.BigInteger())
    few, many = (compiled(dialect, among(dialect, column, range(n))) for n in (1, 100_000))
    assert few == many


@pytest.mark.parametrize("word", ["", "a b", "x'; --", "%s", "a_b"])
def test_only_words_of_the_schema_become_part_of_a_statement(word: str):
    with pytest.raises(AssertionError):
        literal(word)
