"""What Firebird and its driver do in their own way, and what the connector `sql` makes of it."""

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from adapters.sql.connector import SqlConnector
from adapters.sql.database import Database
from adapters.sql.options import SqlOptions
from hub.clock import SystemClock
from hub.connector import Document, Write
from hub.errors import Misconfigured, Refused
from tests.servers.firebird import FirebirdServer

TABLES = """
CREATE TABLE article (
  code CHAR(8) CHARACTER SET WIN1250 NOT NULL PRIMARY KEY,
  "POSITION" INTEGER,
  name VARCHAR(20) CHARACTER SET WIN1250,
  text BLOB SUB_TYPE TEXT CHARACTER SET WIN1250,
  old VARCHAR(20) CHARACTER SET NONE,
  weight NUMERIC(12, 2),
  sold BOOLEAN,
  made DATE
);
CREATE EXCEPTION closed 'the period is closed';
CREATE TRIGGER article_guard FOR article BEFORE INSERT AS BEGIN IF (NEW.name = 'late') THEN EXCEPTION closed; END
"""
PRODUCTS: dict[str, Any] = {
    "table": "article",
    "key": "code",
    "fields": {"sku": "code", "name": "name", "weight": "weight", "active": "sold", "description": "text"},
    "writes": ["sku", "name", "weight", "active", "description"],
    "create": 'INSERT INTO article (code, name, weight, sold, text, "POSITION", made)'
    " VALUES (:sku, :name, :weight, :active, :description, :weight, :today) RETURNING code",
    "values": {"today": "'2026-07-01'"},
}

STOPPED = """
import os, signal, sys, threading, time
import sqlalchemy as sa
import adapters.sql.database

told = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: told.set())
engine = sa.create_engine(sys.argv[1])
with engine.connect() as connection:
    os.kill(os.getpid(), signal.SIGTERM)
    end = time.monotonic() + 1
    while not told.wait(0.01) or time.monotonic() < end:
        connection.exec_driver_sql("SELECT 1 FROM rdb$database").all()
print("finished")
"""
"""A process that goes on working for a second after it is told to end, as a hub does that drains."""


class Base:
    """A database with the table `article`, one a test."""

    def __init__(self, server: FirebirdServer) -> None:
        self.url, self.server = sa.make_url(server.new_database()), server
        self.engine = sa.create_engine(self.url)
        for statement in TABLES.split(";\nCREATE"):
            self.do(statement if statement.lstrip().startswith("CREATE") else f"CREATE{statement}")

    def do(self, statement: str) -> list[Any]:
        with self.engine.begin() as connection:
            result = connection.exec_driver_sql(statement)
            return list(result) if result.returns_rows else []

    def options(self, query: str = "", **stream: Any) -> SqlOptions:
        address = self.url.render_as_string(hide_password=False).replace(f":{self.url.password}@", "@") + query
        told = {"url": address, "password": "env:BASE_PASSWORD", "streams": {"products": {**PRODUCTS, **stream}}}
        return SqlOptions.model_validate(told)

    def connect(self, query: str = "", **stream: Any) -> SqlConnector:
        return SqlConnector("erp", self.options(query, **stream), Path(), SystemClock())


@pytest.fixture
def base(firebird: FirebirdServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Base]:
    made = Base(firebird)
    monkeypatch.setenv("BASE_PASSWORD", firebird.password)
    yield made
    made.engine.dispose()


def article(sku: str, **more: Any) -> Write:
    record = {"sku": sku, "name": "Żarówka", "weight": "1.235", "active": True, "description": "łódź " * 9000, **more}
    return Write(sku, record, record, reference=f"hub-{sku}")


def read(connector: SqlConnector) -> list[Document]:
    return [document for page in connector.read("products", None, full=True) for document in page.documents]


def test_each_type_is_written_and_read_exactly(base: Base) -> None:
    """Decimals are rounded as the database does it, and fit whole numbers; long texts and CHAR columns come whole."""
    [done] = base.connect().write("products", [article("007")])
    assert (done.outcome, done.id) == ("done", "007")
    [document] = read(base.connect())
    told = {name: document.raw[name] for name in ("code", "POSITION", "name", "weight", "sold", "made")}
    assert told == {
        "code": "007",
        "POSITION": "1",
        "name": "Żarówka",
        "weight": "1.24",
        "sold": True,
        "made": "2026-07-01",
    }
    assert document.raw["text"] == ("łódź " * 9000).rstrip()
    assert base.do("SELECT weight FROM article") == [(Decimal("1.24"),)]


def test_a_column_that_is_a_word_of_sql_is_named_in_capitals(base: Base) -> None:
    base.connect()
    for number in (3, 1, 2):
        base.do(f"INSERT INTO article (code, name, \"POSITION\") VALUES ('A{number}', 'Lamp', {number})")
    found = read(base.connect(key="POSITION"))
    assert [document.id for document in found] == ["1", "2", "3"]
    [_, finding] = base.connect(key="position").check()
    assert 'key: there is no column position; did you mean "POSITION"?' in finding.message


def test_what_is_refused_is_told_with_the_databases_words_and_grouped(base: Base) -> None:
    base.do("INSERT INTO article (code) VALUES ('A')")
    writes = [article("A"), article("B", name="late"), article("C", name="x" * 21), article("D")]
    outcomes = {each.key: each for each in base.connect().write("products", writes)}
    assert {key: (each.outcome, each.cause) for key, each in outcomes.items()} == {
        "A": ("refused", "duplicate"),
        "B": ("refused", "refused"),
        "C": ("refused", "refused"),
        "D": ("done", ""),
    }
    assert "the period is closed" in outcomes["B"].message
    assert "expected length 20, actual 21" in outcomes["C"].message


def test_texts_of_an_old_database_are_read_by_the_character_set_that_the_address_names(base: Base) -> None:
    base.do(
        "INSERT INTO article (code, name, old) VALUES ('A', 'Lampa', CAST('Łódź' AS VARCHAR(9) CHARACTER SET WIN1250))"
    )
    with pytest.raises(Refused, match=r"not in the character set utf.8; name it .*\?charset=WIN1250"):
        read(base.connect())
    [document] = read(base.connect("?charset=WIN1250"))
    assert (document.raw["old"], document.raw["name"]) == ("Łódź", "Lampa")
    outcomes = base.connect("?charset=WIN1250").write("products", [article("B", name="漢"), article("C")])
    assert {each.key: each.outcome for each in outcomes} == {"B": "refused", "C": "done"}


def test_two_servers_with_a_database_of_the_same_path_are_two(base: Base) -> None:
    """The driver would keep an address by its path alone, for all of the process."""
    here, elsewhere = sa.create_engine(base.url), sa.create_engine(base.url.set(port=9))
    with here.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM article").all() == [(0,)]
    with pytest.raises(DatabaseError):
        elsewhere.connect()
    here.dispose()


def test_a_wrong_password_is_told_with_the_mend(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BASE_PASSWORD", "not-the-password")
    with pytest.raises(Refused, match=r"\[systems\.erp\] the database turns us away: .*mend url and password"):
        read(base.connect())


def test_a_missing_client_library_is_told_with_the_mend(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise FileNotFoundError("The location of Firebird Client Library could not be determined.")

    monkeypatch.setattr("adapters.sql.firebird.load_api", missing)
    with pytest.raises(Misconfigured, match=r"could not be determined.*libfbclient2.*sqlalchemy-firebird"):
        read(base.connect())


def test_a_reading_shows_one_moment_and_a_writing_the_latest(base: Base) -> None:
    base.do("INSERT INTO article (code, name) VALUES ('A', 'Lamp')")
    database = Database("erp", base.options(), Path())
    for opened, seen in ((database.reading, "Lamp"), (database.writing, "Lantern")):
        base.do("UPDATE article SET name = 'Lamp'")
        with opened("[systems.erp]") as connection:
            connection.execute(sa.text("SELECT * FROM article")).all()
            base.do("UPDATE article SET name = 'Lantern'")
            assert connection.execute(sa.text("SELECT name FROM article")).scalar() == seen


def test_a_hub_that_is_stopped_finishes_what_it_does(base: Base) -> None:
    """The client library has a handler for SIGTERM of its own, which shuts all connections."""
    address = base.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-c", STOPPED, address],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "finished\n", done.stderr
