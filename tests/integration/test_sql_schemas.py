"""What stands in databases that have grown for twenty years, on real servers, and what the connector `sql` makes of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from adapters.sql.connector import SqlConnector
from adapters.sql.database import Database
from adapters.sql.options import SqlOptions
from hub.clock import SystemClock
from hub.connector import Change, Write
from hub.errors import Refused, TryLater
from tests.contract.sql_office import KEYS
from tests.servers.mariadb import MariaServer

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

    @property
    def address(self) -> str:
        """As hub.toml may hold it."""
        return self.url.render_as_string(hide_password=False).replace(f":{self.url.password}@", "@")

    def connect(self, stream: dict[str, Any], name: str = "products", **options: Any) -> SqlConnector:
        told = {"url": self.address, "password": "env:SCHEMA_PASSWORD", "streams": {name: stream}, **options}
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
def lenient(mariadb: MariaServer, maria: Schema) -> Iterator[Schema]:
    """One on a server as providers of shops set it up."""
    [(before,)] = maria.do("SELECT @@GLOBAL.sql_mode")
    maria.do("SET GLOBAL sql_mode = ''", "SET GLOBAL tx_isolation = 'READ-COMMITTED'")
    yield maria
    mariadb.execute(f"SET GLOBAL sql_mode = '{before}'")
    mariadb.execute("SET GLOBAL tx_isolation = 'REPEATABLE-READ'")


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


WRONG_KEY = "INSERT INTO article (code, name, ref) VALUES (:sku, :name, :reference) RETURNING"


@pytest.mark.parametrize("returned", ["1", "0", "name", "NULL"])
def test_a_key_that_is_not_the_new_rows_is_not_believed(pg: Schema, returned: str) -> None:
    pg.do("INSERT INTO article (code) VALUES ('A')")
    [done] = pg.connect({**ARTICLES, "create": f"{WRONG_KEY} {returned}"}).write("products", [new("B", name="1")])
    assert (done.outcome, done.id) == ("done", "2")


def test_a_key_that_is_not_the_new_rows_gets_no_lines(pg: Schema) -> None:
    pg.do("INSERT INTO article (code) VALUES ('A')")
    create = [f"{WRONG_KEY} 1", "UPDATE article SET name = 'others' WHERE id = :id"]
    [refused] = pg.connect({**ARTICLES, "create": create}).write("products", [new("B")])
    assert (refused.outcome, refused.cause) == ("refused", "wrong-key")
    assert pg.do("SELECT code, name FROM article") == [("A", None)]


def test_a_part_of_a_key_is_no_key(maria: Schema) -> None:
    maria.do("ALTER TABLE article ADD COLUMN firm INT NOT NULL DEFAULT 7")
    stream = {**ARTICLES, "key": ["firm", "id"], "returning": "SELECT LAST_INSERT_ID()"}
    connector = maria.connect(stream)
    [done] = connector.write("products", [new("A")])
    assert [each.id for each in connector.fetch("products", [done.id or ""])] == ["7|1"]


def test_s06_a_reference_that_is_cut_short_is_refused_and_not_made_twice(maria: Schema) -> None:
    maria.do("CREATE TRIGGER cut BEFORE INSERT ON article FOR EACH ROW SET NEW.ref = LEFT(NEW.ref, 10)")
    [refused] = maria.connect({**ARTICLES, "returning": "SELECT LAST_INSERT_ID()"}).write("products", [new("A" * 10)])
    assert (refused.outcome, refused.cause) == ("refused", "nothing-written")
    assert maria.do("SELECT * FROM article") == []


def test_the_new_key_can_be_asked_for_by_the_records_values(maria: Schema) -> None:
    by_name = {**ARTICLES, "returning": "SELECT id FROM article WHERE ref = :reference"}
    [done] = maria.connect(by_name).write("products", [new("A")])
    assert done.id == "1"


def test_s06_a_reference_that_is_kept_in_capitals_is_found_again(maria: Schema) -> None:
    maria.do("CREATE TRIGGER capitals BEFORE INSERT ON article FOR EACH ROW SET NEW.ref = UPPER(NEW.ref)")
    connector = maria.connect(ARTICLES)
    [done] = connector.write("products", [new("A")])
    maria.do("UPDATE article SET code = 'B'")
    assert connector.find("products", [new("A")]) == {"A": [done.id]}
    [document] = connector.fetch("products", [done.id or ""])
    told = connector.translate("products", document)
    assert isinstance(told, Change)
    assert told.reference == "hub-a"


ORDERS: dict[str, Any] = {
    "table": "head",
    "key": "number",
    "fields": {"number": "number", "lines": "lines[].{sku: sku}"},
    "children": {"lines": {"table": "line", "parent": "parent", "order": "sku"}},
}


@pytest.mark.parametrize(
    ("type_", "number", "child_type", "parent"),
    [
        ("VARCHAR(10)", "zk-é1", "VARCHAR(10)", "ZK-E1"),
        ("VARCHAR(10)", "ß1", "VARCHAR(10)", "SS1 "),
        ("DECIMAL(10, 2)", "1.00", "INT", "1"),
        ("VARCHAR(10)", "17", "INT", "17"),
    ],
)
def test_lines_come_to_the_order_that_the_database_says_they_belong_to(
    maria: Schema, type_: str, number: str, child_type: str, parent: str
) -> None:
    collation = "DEFAULT COLLATE utf8mb4_unicode_ci"
    maria.do(
        f"CREATE TABLE head (number {type_} PRIMARY KEY) {collation}",
        f"CREATE TABLE line (parent {child_type}, sku VARCHAR(10)) {collation}",
        f"INSERT INTO head VALUES ('{number}')",
        f"INSERT INTO line VALUES ('{parent}', 'A')",
    )
    [page] = maria.connect(ORDERS, "orders").read("orders", None, full=True)
    assert [[line["sku"] for line in each.raw["lines"]] for each in page.documents] == [["A"]]


def test_lines_of_which_nobody_can_tell_the_order_are_refused_with_their_place(maria: Schema) -> None:
    maria.do(
        "CREATE TABLE head (number VARCHAR(10) PRIMARY KEY)",
        "CREATE TABLE line (parent INT, sku VARCHAR(10))",
        "INSERT INTO head VALUES ('0017')",
        "INSERT INTO line VALUES (17, 'A')",
    )
    with pytest.raises(Refused, match=r"streams\.orders\.children\.lines\] parent: 17 is written otherwise"):
        list(maria.connect(ORDERS, "orders").read("orders", None, full=True))


def test_the_zero_time_of_mysql_means_that_there_is_none(maria: Schema) -> None:
    maria.do(
        "CREATE TABLE old (id INT PRIMARY KEY, code VARCHAR(9), removed DATETIME NOT NULL, changed DATETIME NOT NULL)"
    )
    zero = "'0000-00-00 00:00:00'"
    maria.do(
        f"SET STATEMENT sql_mode = '' FOR INSERT INTO old VALUES (1, 'A', {zero}, {zero}), (2, 'B', {zero}, {zero})"
    )
    old = {"table": "old", "key": "id", "changed": "changed", "deleted": "removed", "fields": {"sku": "code"}}
    connector = maria.connect(old)

    def read(since: Any) -> tuple[list[str], Any]:
        [page] = connector.read("products", since, full=False)
        return [each.id for each in page.documents], page.checkpoint

    found, mark = read(None)
    assert found == ["1", "2"]
    maria.do("UPDATE old SET changed = '2026-01-01 10:00:00' WHERE id = 2")
    found, mark = read(mark)
    assert "2" in found
    assert read(mark)[0] == ["2"]


def test_what_does_not_fit_is_refused_also_where_mariadb_would_cut_it(lenient: Schema) -> None:
    lenient.do("ALTER TABLE article ADD COLUMN price DECIMAL(5, 2)")
    create = "INSERT INTO article (code, name, ref, price) VALUES (:sku, :name, :reference, :weight)"
    connector = lenient.connect({**ARTICLES, "create": create})
    writes = [new("LONG", name="x" * 11), new("HIGH", weight="1000.00"), new("FITS", weight="999.99")]
    assert outcomes(connector, *writes) == [("FITS", "done"), ("HIGH", "refused"), ("LONG", "refused")]


def test_a_page_and_its_lines_show_one_moment_whatever_the_server_is_set_to(lenient: Schema) -> None:
    lenient.do("INSERT INTO article (code) VALUES ('A')")
    connector = lenient.connect(ARTICLES)
    database = Database("erp", connector.options, lenient.folder)
    with database.reading("") as connection:
        count = sa.text("SELECT COUNT(*) FROM article")
        assert connection.execute(count).scalar() == 1
        lenient.do("INSERT INTO article (code) VALUES ('B')")
        assert connection.execute(count).scalar() == 1


def test_a_mariadb_that_is_taken_for_a_mysql_is_read_and_ends_what_takes_too_long(maria: Schema) -> None:
    maria.do("INSERT INTO article (code) VALUES ('A')")
    url = maria.address.replace("mariadb+", "mysql+")
    [page] = maria.connect(ARTICLES, url=url).read("products", None, full=True)
    assert [each.id for each in page.documents] == ["1"]
    slow = {"query": "SELECT id, code, SLEEP(20) AS name FROM article", "key": "id", "fields": FIELDS}
    with pytest.raises(TryLater, match="took longer than timeout"):
        list(maria.connect(slow, url=url, timeout="1s").read("products", None, full=True))


def test_bits_of_mysql_are_true_or_false(maria: Schema) -> None:
    maria.do(
        "CREATE TABLE bits (id INT PRIMARY KEY, code VARCHAR(9), sold BIT(1))",
        "INSERT INTO bits VALUES (1, 'A', 1), (2, 'B', 0)",
    )
    connector = maria.connect({"table": "bits", "key": "id", "fields": {"sku": "code", "active": "sold"}})
    [page] = connector.read("products", None, full=True)
    told = [connector.translate("products", each) for each in page.documents]
    assert [each.fields["active"] for each in told if isinstance(each, Change)] == [True, False]


def test_a_view_that_gets_another_column_goes_on_being_read(pg: Schema) -> None:
    connector = pg.connect(ARTICLES)
    for _ in range(8):
        list(connector.read("products", None, full=True))
    pg.do("ALTER TABLE article ADD COLUMN colour VARCHAR(9)", "INSERT INTO article (code) VALUES ('A')")
    [page] = connector.read("products", None, full=True)
    assert [each.raw["colour"] for each in page.documents] == [None]


@pytest.mark.parametrize("name", ["code::int", "1 / (id - 1)", "'infinity'::timestamp"])
def test_a_row_that_cannot_be_read_is_told_with_its_place_and_the_mend(pg: Schema, name: str) -> None:
    pg.do("INSERT INTO article (code) VALUES ('A')")
    stream = {"query": f"SELECT id, code, {name} AS name FROM article", "key": "id", "fields": FIELDS}
    with pytest.raises(Refused, match=r"\[systems\.erp\.streams\.products\]: a row cannot be read: .*NULLIF"):
        list(pg.connect(stream).read("products", None, full=True))


def test_two_columns_of_one_name_are_refused_and_none_is_guessed(pg: Schema) -> None:
    pg.do("INSERT INTO article (code, name) VALUES ('A', 'Lamp')")
    stream = {"query": "SELECT *, 'other' AS name FROM article", "key": "id", "fields": FIELDS}
    connector = pg.connect(stream)
    with pytest.raises(Refused, match=r"streams\.products\]: there are two columns name"):
        list(connector.read("products", None, full=True))
    assert "two columns name" in connector.check()[1].message


def test_a_query_may_end_with_a_comment(pg: Schema) -> None:
    pg.do("INSERT INTO article (code) VALUES ('A')")
    stream = {"query": "SELECT * FROM article -- all of them", "key": "id", "fields": FIELDS}
    [page] = pg.connect(stream).read("products", None, full=True)
    assert len(page.documents) == 1


def test_a_password_that_is_changed_counts_without_a_restart(pg: Schema) -> None:
    kept = pg.folder / "password"
    kept.write_text("first", "utf-8")
    pg.do("CREATE ROLE keeper LOGIN PASSWORD 'first'", "GRANT SELECT ON article TO keeper")
    connector = pg.connect(ARTICLES, url=pg.address.replace("//hub@", "//keeper@"), password=f"file:{kept}")
    assert all(each.good for each in connector.check())
    pg.do(
        "ALTER ROLE keeper PASSWORD 'second'",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'keeper'",
    )
    with pytest.raises(Refused, match="turns us away"):
        list(connector.read("products", None, full=True))
    kept.write_text("second", "utf-8")
    assert list(connector.read("products", None, full=True))


@pytest.mark.parametrize("type_", ["ENUM('3', '1', '2')", "FLOAT"])
@pytest.mark.parametrize("resumed", [False, True])
def test_s16_a_key_that_is_ordered_otherwise_than_compared_is_refused_and_no_row_is_passed_over(
    maria: Schema, monkeypatch: pytest.MonkeyPatch, type_: str, resumed: bool
) -> None:
    monkeypatch.setattr("adapters.sql.reading.PAGE", 1)
    maria.do(f"CREATE TABLE odd (id {type_} PRIMARY KEY, code VARCHAR(9))")
    tenth = "+ 0.1" if type_ == "FLOAT" else ""
    maria.do(*(f"INSERT INTO odd VALUES ({number} {tenth}, 'A')" for number in (1, 2, 3)))
    connector = maria.connect({"table": "odd", "key": "id", "fields": {"sku": "code"}})
    pages = connector.read("products", None, full=True)
    first = next(pages)
    with pytest.raises(Refused, match=r"products\] key: the database does not order by"):
        list(connector.read("products", first.checkpoint, full=True) if resumed else pages)


def test_s25_a_row_that_goes_at_the_border_of_a_page_is_no_fault_of_the_key(
    maria: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.sql.reading.PAGE", 1)
    maria.do("INSERT INTO article (code) VALUES ('A'), ('B'), ('C')")
    pages = maria.connect(ARTICLES).read("products", None, full=True)
    first = next(pages)
    maria.do("DELETE FROM article WHERE id = 2")
    assert [each.id for page in [first, *pages] for each in page.documents] == ["1", "3"]


@pytest.mark.parametrize("told", ["ssl_ca=/not/there.pem", "colour=red", "charset=runes", "connect_timeout=soon"])
def test_what_the_driver_does_not_understand_of_the_address_is_told_with_its_place(maria: Schema, told: str) -> None:
    connector = maria.connect(ARTICLES, url=f"{maria.address}?{told}")
    [finding] = connector.check()
    assert finding.message.startswith("[systems.erp] url: the driver cannot connect as it is told there")
    with pytest.raises(Refused, match="behind the \\?"):
        list(connector.read("products", None, full=True))


def test_options_of_postgresql_in_the_address_count_beside_the_hubs_own(pg: Schema) -> None:
    pg.do("CREATE SCHEMA other", "CREATE TABLE other.article AS SELECT 7 AS id, 'O' AS code, 'x' AS name, '' AS ref")
    connector = pg.connect(ARTICLES, url=f"{pg.address}?options=-c%20search_path%3Dother")
    [page] = connector.read("products", None, full=True)
    assert [each.id for each in page.documents] == ["7"]


def test_too_many_connections_are_no_wrong_password(pg: Schema) -> None:
    pg.do("CREATE ROLE crowd LOGIN PASSWORD 'first' CONNECTION LIMIT 0", "GRANT SELECT ON article TO crowd")
    kept = pg.folder / "password"
    kept.write_text("first", "utf-8")
    connector = pg.connect(ARTICLES, url=pg.address.replace("//hub@", "//crowd@"), password=f"file:{kept}")
    with pytest.raises(TryLater, match="too many connections"):
        list(connector.read("products", None, full=True))


def test_a_copy_that_takes_no_changes_is_told_as_such(pg: Schema) -> None:
    url = f"{pg.address}?options=-c%20default_transaction_read_only%3Don"
    with pytest.raises(Refused, match=r"products\] create: the database takes no changes: .* let url lead"):
        list(pg.connect(ARTICLES, url=url).write("products", [new("A")]))


@pytest.mark.parametrize(("told", "name"), [("", "Lamp"), ("?client_encoding=latin2", "\u0142")])
def test_a_postgresql_without_an_encoding_is_read(pg: Schema, told: str, name: str) -> None:
    old = f"old_{pg.url.database}"
    with pg.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        make = f"CREATE DATABASE {old} ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
        connection.exec_driver_sql(make)
    address = pg.address.replace(str(pg.url.database), old)
    schema = Schema(pg.url.set(database=old, query={"client_encoding": "latin2"}), pg.folder)
    schema.do(f"INSERT INTO article (code, name) VALUES ('A', '{name}')")
    [page] = pg.connect(ARTICLES, url=address + told).read("products", None, full=True)
    assert [each.raw["name"] for each in page.documents] == [name]
    schema.engine.dispose()
