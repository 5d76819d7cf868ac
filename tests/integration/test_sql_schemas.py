"""What stands in databases that have grown for twenty years, on real servers, and what the connector `sql` makes of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from adapters.sql.connector import SqlConnector
from adapters.sql.options import SqlOptions
from hub.clock import SystemClock
from hub.connector import Write
from tests.contract.sql_office import KEYS

FIELDS = {"sku": "code", "name": "name"}
ARTICLES: dict[str, Any] = {
    "table": "article",
    "key": "id",
    "reference": "ref",
    "fields": FIELDS,
    "writes": ["sku", "name"],
    "create": "INSERT INTO article (code, name, ref) VALUES (:sku, :name, :reference)",
    "update": "UPDATE article SET name = :name WHERE id = :id",
}


@dataclass
class Schema:
    """A database, and whoever else works in it."""

    url: sa.URL
    folder: Path

    def __post_init__(self) -> None:
        self.engine = sa.create_engine(self.url)
        key = KEYS.get(self.engine.dialect.name, KEYS["other"])
        self.do(f"CREATE TABLE article (id {key}, code VARCHAR(40), name VARCHAR(10), ref VARCHAR(40))")

    def do(self, *statements: str) -> list[Any]:
        rows: list[Any] = []
        for each in statements:
            with self.engine.begin() as connection:
                result = connection.exec_driver_sql(each)
                rows = [tuple(row) for row in result] if result.returns_rows else []
        return rows

    def connect(self, stream: dict[str, Any], name: str = "products", **options: Any) -> SqlConnector:
        url = self.url.render_as_string(hide_password=False).replace(f":{self.url.password}@", "@")
        told = {"url": url, "password": "env:SCHEMA_PASSWORD", "streams": {name: stream}, **options}
        return SqlConnector("erp", SqlOptions.model_validate(told), self.folder, SystemClock())


def opened(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Schema]:
    schema = Schema(sa.make_url(url), folder)
    monkeypatch.setenv("SCHEMA_PASSWORD", str(schema.url.password))
    yield schema
    schema.engine.dispose()


@pytest.fixture
def maria(mariadb_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Schema]:
    yield from opened(mariadb_url, tmp_path, monkeypatch)


@pytest.fixture
def pg(postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Schema]:
    yield from opened(postgres_url, tmp_path, monkeypatch)


def new(sku: str, **fields: Any) -> Write:
    record = {"sku": sku, "name": "Lamp", "active": True, **fields}
    return Write(sku, record, record, reference=f"hub-{sku.lower()}")


def outcomes(connector: SqlConnector, *writes: Write) -> list[tuple[str, str]]:
    return sorted((each.key, each.outcome) for each in connector.write("products", writes))


def test_what_a_trigger_refuses_with_a_code_of_its_own_is_the_records_fault_and_nobody_is_away(pg: Schema) -> None:
    pg.do(
        "CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.code = 'X' THEN"
        " RAISE EXCEPTION 'the period is closed' USING ERRCODE = 'HB001'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER guard BEFORE INSERT ON article FOR EACH ROW EXECUTE FUNCTION guard()",
    )
    assert outcomes(pg.connect(ARTICLES), new("X"), new("Y")) == [("X", "refused"), ("Y", "done")]


@pytest.mark.parametrize("name", ["(SELECT code FROM article)", "STR_TO_DATE(:name, '%%Y')"])
def test_a_value_that_mariadb_cannot_work_out_is_the_records_fault_and_nobody_is_away(maria: Schema, name: str) -> None:
    maria.do("INSERT INTO article (code) VALUES ('A'), ('B')")
    create = f"INSERT INTO article (code, name, ref) SELECT :sku, IF(:sku = 'X', {name}, ''), :reference"
    connector = maria.connect({**ARTICLES, "create": create.replace("%%", "%")})
    assert outcomes(connector, new("X"), new("Y")) == [("X", "refused"), ("Y", "done")]
