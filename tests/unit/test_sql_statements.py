"""What SQL Server and Oracle would be told, of which there are none here: each statement is read by a parser of theirs."""

import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import sqlglot
from sqlalchemy.dialects import mssql, oracle
from sqlglot import exp
from sqlglot.errors import ParseError

from adapters.sql.connector import SqlConnector
from adapters.sql.options import SqlOptions
from adapters.sql.reading import EVERYTHING, among, behind
from adapters.sql.texts import bound, compared, rows_of
from hub.app.registry import OPTIONS
from hub.canonical import ENTITIES
from hub.clock import SystemClock
from hub.config import load
from hub.connector import Write
from tests.unit.sql_server import SqlServer

EXAMPLES = Path(__file__).parents[2] / "examples" / "sql"
MARKS = {"optima.toml": datetime(2026, 7, 13, 12, 0, 0, 7000), "xl.toml": 1_132_000_000}  # noqa: DTZ001 - local
ORDER = {
    "channel": "shop",
    "number": "1001",
    "placed_at": "2026-07-13T10:00:00.5Z",
    "party": "p1",
    "currency": "PLN",
    "lines": [{"id": "1", "sku": "A1", "name": "Lampa", "quantity": "2", "unit_price": "4.00", "tax_rate": "23"}],
    "totals": {"gross": "9.84"},
}
PARTY = {"name": "Żaneta Łoś", "vat_id": "PL5260250274", "email": "z@example.com"}
LINKS = {"parties": {"p1": "5"}, "products": {"A1": "5"}}


def parsed(statement: str, dialect: str) -> exp.Expr:
    named = re.sub(r"%\((\w+)\)s|(?<![:\w]):(\w+)", r"@\1\2" if dialect == "tsql" else r":\1\2", statement)
    [tree] = sqlglot.parse(named, read=dialect, error_level=sqlglot.ErrorLevel.RAISE)
    assert tree is not None
    return tree


def selected(query: str) -> list[str]:
    tree = parsed(query, "tsql")
    assert isinstance(tree, exp.Query)
    return tree.named_selects


def written(record: dict[str, Any], entity: str, id_: str | None = None) -> Write:
    valid = ENTITIES[entity].valid(record)
    return Write("k", valid, valid, id=id_, reference="hub-k", links=LINKS)


def carry_out_everything(connector: SqlConnector) -> None:
    assert all(finding.good for finding in connector.check()), connector.check()
    for name, stream in connector.streams.items():
        [page] = connector.read(name, None, full=True)
        assert len(page.documents) == 1
        connector.fetch(name, [page.documents[0].id])
        if stream.delta:
            *_, last = connector.read(name, None, full=False)
            list(connector.read(name, last.checkpoint, full=False))
    for name, record in (("parties", PARTY), ("orders", ORDER)):
        assert [*connector.find(name, [written(record, name)]).values()] == [["5"]]
        assert [each.outcome for each in connector.write(name, [written(record, name)])] == ["done"]
    change = written(PARTY, "parties", "5")
    assert [each.outcome for each in connector.write("parties", [change])] == ["done"]


@pytest.fixture(params=["optima.toml", "xl.toml"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SqlServer:
    """A SQL Server to which everything has been said that an example says."""
    text = (EXAMPLES / request.param).read_text("utf-8")
    options: Any = load(text, OPTIONS).systems["erp"].options
    values: dict[str, Any] = {"changed": MARKS[request.param], "id": 5, "product": 5, "place": 5, "state": 2}
    values |= {"reference": "hub-k", "vat_id": "PL5260250274", "code": "hub-k", "email": "z@example.com"}
    streams = options.described.values()
    queries = [each.query for stream in streams for each in (stream, *stream.children.values())]
    rows = {each.strip(): {name: values.get(name, "1") for name in selected(each)} for each in queries}
    met = SqlServer(rows)
    monkeypatch.setitem(sys.modules, "pymssql", met)
    monkeypatch.setenv("ERP_PASSWORD", "not-needed")
    carry_out_everything(SqlConnector("erp", options, tmp_path, SystemClock()))
    return met


def ours(server: SqlServer) -> Sequence[str]:
    """Return the statements of the connector's own; those that SQLAlchemy meets a server with come before."""
    return server.told[server.told.index("SET LOCK_TIMEOUT 30000") :]


def test_each_statement_can_be_read_by_sql_server(server: SqlServer) -> None:
    kinds = {type(parsed(statement, "tsql")).__name__ for statement in ours(server)}
    assert {"Select", "Insert", "Update", "Set"} <= kinds
    assert not [statement for statement in ours(server) if re.search(r"\bLIMIT\b|\bFETCH\b", statement)]


def test_a_parser_of_sql_server_refuses_what_is_none() -> None:
    for wrong in ("SELECT TOP 5 FROM", "SELECT * FROM (SELECT 1 AS a ORDER r", "INSERT INTO a VALUES (1"):
        with pytest.raises(ParseError):
            parsed(wrong, "tsql")


def test_a_table_within_a_query_has_each_column_once_by_a_name_and_no_order(server: SqlServer) -> None:
    """Errors 8155 and 8156, and 1033; a union is called by its first part."""
    within = chain.from_iterable(parsed(each, "tsql").find_all(exp.Subquery) for each in ours(server))
    derived = [each.this for each in within if isinstance(each.parent, exp.From | exp.Join)]
    assert derived
    for query in derived:
        names = [name.lower() for name in query.named_selects]
        assert all(names)
        assert len({*names}) == len(names), names
        assert not query.args.get("order")


def test_times_are_told_in_the_form_that_every_language_reads_alike(server: SqlServer) -> None:
    """As a Polish server would take 2026-07-13 for a day of the 13th month, and 2026-07-01 for one of January."""
    given = [str(value) for value in server.given]
    assert not [value for value in server.given if isinstance(value, datetime)]
    times = [value for value in given if value.startswith("2026")]
    assert times
    assert all(re.fullmatch(r"2026-07-\d\dT\d\d:\d\d:\d\d\.\d{3}|2026\d{4}", each) for each in times), times


def test_a_text_is_compared_as_varchar_so_that_an_index_serves(server: SqlServer) -> None:
    looked = [each for each in ours(server) if "r.reference IN" in each or "r.code IN" in each]
    assert looked
    assert all("IN (CAST(%(param_1)s AS VARCHAR(8000)))" in each for each in looked), looked
    [plain] = [str(compared(each).compile(dialect=mssql.dialect())) for each in ["Łoś"]]
    assert "CAST" not in plain


def oracle_statements() -> Iterator[sa.Select[Any] | sa.TextClause]:
    """Yield what is read, looked for and marked in each stream of the contract's ERP."""
    office = Path(__file__).parents[1] / "contract" / "sql_office.toml"
    told = {"url": "oracle+oracledb://hub@erp.example/?service_name=ERP"}
    options = SqlOptions.model_validate({**tomllib.loads(office.read_text("utf-8")), **told})
    for stream in options.described.values():
        from_ = rows_of(stream.table, stream.query, (name for _, name in stream.columns()))
        key = [from_.c[name] for name in stream.key]
        everything = sa.select(EVERYTHING).select_from(from_)
        yield everything.limit(0)
        yield everything.order_by(*key).limit(1001).where(behind(key, [1, "A"][: len(key)]))
        yield everything.where(among(key, [[1, "A"][: len(key)]] * 3))
        if stream.changed:
            column = from_.c[stream.changed]
            yield sa.select(column).where(column.is_not(None)).order_by(column.desc()).limit(1)
            yield everything.where(column >= compared(datetime(2026, 7, 13)))  # noqa: DTZ001 - local
        for step in (*stream.create, *stream.update, *stream.remove):
            yield bound(step.sql, {})
        for child in stream.children.values():
            yield sa.select(EVERYTHING).select_from(rows_of(child.table, child.query, ()))


def test_each_statement_can_be_read_by_oracle() -> None:
    dialect = oracle.dialect()
    spelled = {"render_postcompile": True}
    told = [str(each.compile(dialect=dialect, compile_kwargs=spelled)) for each in oracle_statements()]
    assert len(told) > 25
    for statement in told:
        parsed(statement, "oracle")
        assert " AS r" not in statement
        assert all(len(name) <= 30 for name in re.findall(r"\w+", statement)), statement
