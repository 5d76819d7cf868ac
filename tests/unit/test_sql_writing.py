"""Statements of hub.toml: what they are given, and what becomes of a write."""

from typing import Any

import pytest

from adapters.sql.database import Busy
from hub.connector import Write
from hub.errors import Refused, TryLater
from tests.unit.sql_tables import PRODUCTS, Tables

WRITTEN = {
    **PRODUCTS,
    "writes": ["sku", "name", "active"],
    "create": "INSERT INTO article (id, sku, name) VALUES ((SELECT count(*) + 1 FROM article), :sku, :name)",
    "update": "UPDATE article SET name = :name WHERE id = :id",
}


@pytest.fixture
def tables(tmp_path) -> Tables:
    return Tables(tmp_path)


def write(sku: str, id_: str | None = None, **fields: str) -> Write:
    return Write(sku, fields, {"sku": sku, "name": "Lamp", "active": True, **fields}, id=id_, reference=f"hub-{sku}")


def test_values_are_bound_and_never_become_part_of_a_statement(tables: Tables):
    name = "'); DROP TABLE article; --"
    [done] = tables.connect(WRITTEN).write("products", [write("A", name=name)])
    assert (done.outcome, done.id) == ("done", "1")
    assert tables.do("SELECT name FROM article") == [(name,)]


def test_a_new_row_is_known_by_what_its_statement_returns(tables: Tables):
    returning = {**WRITTEN, "create": "INSERT INTO article (id, sku, name) VALUES (41 + 1, :sku, :name) RETURNING id"}
    [done] = tables.connect(returning).write("products", [write("A", name="x")])
    assert done.id == "42"
    asked = {**WRITTEN, "returning": "SELECT id FROM article WHERE sku = 'B'"}
    [done] = tables.connect(asked).write("products", [write("B", name="x")])
    assert done.id == "2"


def test_a_change_that_no_statement_names_is_refused_and_not_passed_over(tables: Tables):
    tables.add(1, None)
    [refused] = tables.connect(WRITTEN).write("products", [write("S1", "1", active="x")])
    assert (refused.outcome, refused.cause) == ("refused", "cannot-change")
    assert "active" in refused.message


def test_a_record_written_whole_once_more_after_a_crash_is_done(tables: Tables):
    tables.add(1, None)
    whole = Write(
        "S1", {"sku": "S1", "name": "New", "active": True}, {"sku": "S1", "name": "New", "active": True}, id="1"
    )
    [done] = tables.connect(WRITTEN).write("products", [whole])
    assert done.outcome == "done"
    assert tables.do("SELECT name FROM article") == [("New",)]


def test_what_is_not_there_is_gone(tables: Tables):
    tables.add(1, None)
    outcomes = tables.connect(WRITTEN).write("products", [write("S1", "1", name="New"), write("X", "9", name="New")])
    assert [each.outcome for each in outcomes] == ["done", "gone"]


def test_what_is_gone_is_gone_also_where_another_statement_notes_the_change(tables: Tables):
    tables.add(1, None)
    tables.do("CREATE TABLE log (id, name)")
    noted = {**WRITTEN, "update": ["INSERT INTO log VALUES (:id, :name)", WRITTEN["update"]]}
    outcomes = tables.connect(noted).write("products", [write("S1", "1", name="New"), write("X", "9", name="New")])
    assert [each.outcome for each in outcomes] == ["done", "gone"]


def test_what_a_procedure_did_not_find_is_gone_though_no_rows_are_counted(tables: Tables):
    tables.add(1, None)
    procedure = {**WRITTEN, "update": "SELECT :name, :id"}  # as CALL and EXEC do: the driver's count is -1
    outcomes = tables.connect(procedure).write("products", [write("S1", "1", name="New"), write("X", "9", name="New")])
    assert [each.outcome for each in outcomes] == ["done", "gone"]


def test_s18_what_the_database_refuses_does_not_stop_the_others(tables: Tables):
    tables.do("CREATE UNIQUE INDEX one_sku ON article (sku)")
    tables.add(1, None)
    outcomes = {
        each.key: each
        for each in tables.connect(WRITTEN).write("products", [write(sku, name="x") for sku in ("A", "S1", "B", "C")])
    }
    assert {key: each.outcome for key, each in outcomes.items()} == dict.fromkeys("ABC", "done") | {"S1": "refused"}
    assert outcomes["S1"].cause == "duplicate"
    assert len(tables.do("SELECT * FROM article")) == 4


def test_a_mistake_in_a_statement_is_no_fault_of_the_record(tables: Tables):
    wrong = {**WRITTEN, "create": "INSERT INTO articles (sku) VALUES (:sku)"}
    with pytest.raises(Refused, match=r"\[systems\.erp\.streams\.products\] create: .*no such table: articles"):
        list(tables.connect(wrong).write("products", [write("A", name="x")]))


def test_a_database_that_stays_busy_is_tried_again_and_then_later(tables: Tables, monkeypatch):
    monkeypatch.setattr("adapters.sql.writing.AT_ONCE", 2)
    connector, tries = tables.connect(WRITTEN), []

    def busy(*_: object) -> None:
        tries.append(1)
        raise Busy

    monkeypatch.setattr("adapters.sql.writing.Writer._one", busy)
    with pytest.raises(TryLater):
        list(connector.write("products", [write("A", name="x")]))
    assert len(tries) == 2


def test_s03_a_record_is_found_by_the_reference_or_else_by_its_fields(tables: Tables):
    tables.add(1, None, name="hub-A")
    tables.add(2, None, sku="B")
    tables.add(3, None, sku="B")
    connector = tables.connect({**WRITTEN, "reference": "name"})
    found = connector.find("products", [write("A"), write("B"), write("C")])
    assert found == {"A": ["1"], "B": ["2", "3"], "C": []}


ORDERS = {
    "table": "sale",
    "key": "id",
    "reference": "ref",
    "fields": {"number": "number"},
    "writes": ["number", "lines"],
    "create": [
        "INSERT INTO sale (ref, number) VALUES (:reference, :number)",
        {"each": "lines", "sql": "INSERT INTO line VALUES (:id, :position, :sku, :product)"},
    ],
}


def test_s20_a_line_stands_without_its_product_and_s24_zeros_in_front_stay(tables: Tables):
    tables.do("CREATE TABLE sale (id INTEGER PRIMARY KEY, ref TEXT, number TEXT)")
    tables.do("CREATE TABLE line (sale INTEGER, position INTEGER, sku TEXT, product INTEGER)")
    lines = [{"id": "a", "sku": "007", "quantity": "1"}, {"id": "b", "sku": "GONE", "quantity": "1"}]
    record = {"channel": "shop", "number": "0012", "lines": lines}
    order = Write("shop|0012", record, record, reference="hub-1", links={"products": {"007": "5"}})
    [done] = tables.connect(ORDERS, "orders").write("orders", [order])
    assert done.outcome == "done"
    assert tables.do("SELECT number FROM sale") == [("0012",)]
    assert tables.do("SELECT * FROM line") == [(1, 1, "007", 5), (1, 2, "GONE", None)]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("weight", "2.50"),
        ("to_number(weight)", 2.5),
        ("join(' ', [sku, weight])", "A 2.50"),
        ("to_number(weight) > `2.4` && 'heavy' || 'light'", "heavy"),
        ("to_string(weight)", "2.50"),
    ],
)
def test_expressions_over_a_record_find_numbers_as_text_and_cut_nothing(tables: Tables, path: str, told: Any):
    create = "INSERT INTO article (id, sku, name) VALUES (1, :sku, :told)"
    connector = tables.connect({**WRITTEN, "create": create, "values": {"told": path}})
    [done] = connector.write("products", [write("A", weight="2.50")])
    assert done.outcome == "done"
    assert tables.do("SELECT name FROM article") == [(told,)]


def test_s24_an_identifier_of_digits_is_read_as_it_stands(tables: Tables):
    tables.do("CREATE TABLE good (code TEXT PRIMARY KEY)")
    tables.do("INSERT INTO good VALUES ('0012')")
    stream = {"table": "good", "key": "code", "fields": {"sku": "code"}}
    [page] = tables.connect(stream).read("products", None, full=True)
    assert [(each.id, each.raw) for each in page.documents] == [("0012", {"code": "0012"})]
    assert tables.connect(stream).fetch("products", ["0012", "12"]) == list(page.documents)


CHARGED = {
    "table": "sale",
    "key": "id",
    "reference": "ref",
    "writes": ["channel", "number", "name", "lines", "shipping"],
    "create": [
        "INSERT INTO sale (ref) VALUES (:reference) RETURNING id",
        {
            "each": "[lines, shipping[].{name: name, quantity: '1', unit_price: amount}][]",
            "sql": "INSERT INTO item VALUES (:id, :position, :name, :quantity, :unit_price)",
        },
    ],
    "fields": {"number": "ref"},
}


def test_what_is_made_for_several_lists_has_a_value_for_each_of_them(tables: Tables):
    """Only of one list was it known what its items have; and a line without a name was given the buyer's."""
    tables.do("CREATE TABLE sale (id INTEGER PRIMARY KEY, ref)")
    tables.do("CREATE TABLE item (sale, position, name, quantity, price)")
    lines = [
        {"id": "7", "name": "Lamp", "quantity": "2", "unit_price": "5"},
        {"id": "8", "quantity": "1", "unit_price": "3"},
    ]
    order = {
        "channel": "shop",
        "number": "1",
        "name": "Ana",
        "lines": lines,
        "shipping": [{"name": "Post", "amount": "4"}],
    }
    [done] = tables.connect(CHARGED, "orders").write("orders", [Write("k", order, order, reference="hub-1")])
    assert done.outcome == "done", done.message
    assert [*map(str, tables.do("SELECT * FROM item"))] == [
        "(1, 1, 'Lamp', '2', '5')",
        "(1, 2, None, '1', '3')",
        "(1, 3, 'Post', '1', '4')",
    ]


def test_lines_with_their_prices_and_no_charges_are_told_by_the_check(tables: Tables):
    """What the way costs was in no row: the ERP billed less than the customer had paid."""
    tables.do("CREATE TABLE sale (id INTEGER PRIMARY KEY, ref)")
    first, each = CHARGED["create"]
    alone = {**CHARGED, "create": [first, {**each, "each": "lines"}]}
    said = [finding.message for finding in tables.connect(alone, "orders").check() if not finding.good]
    assert said == [
        "lines are written with their prices, and not shipping, discounts: the total of an order is another"
    ]
    [said] = [finding.message for finding in tables.connect(CHARGED, "orders").check() if not finding.good]
    assert "not discounts" in said
