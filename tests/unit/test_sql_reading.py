"""What is read of a database, from which mark on, and what of it is a record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import pytest
import sqlalchemy as sa
import sqlalchemy.event

from adapters.sql.database import Database
from adapters.sql.paths import columns_in
from adapters.sql.reading import Source
from adapters.sql.texts import comparing
from hub.canonical import ENTITIES
from hub.canonical.faults import FieldFault
from hub.clock import SystemClock
from hub.connector import Change, Document, Unreadable
from hub.errors import Refused, TryLater
from tests.unit.sql_tables import PRODUCTS, Tables, ids


@pytest.fixture
def tables(tmp_path) -> Tables:
    return Tables(tmp_path)


def read_on(tables: Tables, since: Mapping[str, Any] | None, **options: Any) -> tuple[list[str], Mapping[str, Any]]:
    pages = list(tables.connect(**options).read("products", since, full=False))
    return ids(pages), pages[-1].checkpoint


def test_s14_the_mark_comes_from_the_rows_and_not_from_the_clock(tables: Tables):
    tables.add(1, "2001-01-01 10:00:00")
    _, mark = read_on(tables, None)
    tables.add(2, "2001-01-01 10:00:05")
    assert read_on(tables, mark)[0] == ["1", "2"]


def test_s13_what_became_visible_late_is_read_and_what_lies_before_is_not(tables: Tables):
    tables.add(1, "2026-01-01 10:00:00")
    tables.add(2, "2026-01-01 12:00:00")
    _, mark = read_on(tables, None)
    tables.add(3, "2026-01-01 11:58:30")
    tables.add(4, "2026-01-01 11:57:00")
    assert read_on(tables, mark)[0] == ["2", "3"]
    assert read_on(tables, mark, stream={**PRODUCTS, "overlap": "1h"})[0] == ["2", "3", "4"]


def test_s13_what_changes_while_pages_are_read_is_left_to_the_next_reading(tables: Tables, monkeypatch):
    monkeypatch.setattr("adapters.sql.reading.PAGE", 2)
    for number in range(6):
        tables.add(number, "2026-01-01 10:00:00")
    pages = tables.connect().read("products", None, full=False)
    first = next(pages)
    tables.do("UPDATE article SET changed = '2026-01-01 11:00:00', name = 'new' WHERE id = 0")
    tables.do("UPDATE article SET changed = '2026-01-01 12:00:00' WHERE id = 5")
    rest = list(pages)
    assert ids([first, *rest]) == ["0", "1", "2", "3", "4", "5"]
    assert read_on(tables, rest[-1].checkpoint, stream={**PRODUCTS, "overlap": "0s"})[0][:1] == ["0"]


def test_s11_local_times_are_told_in_utc_and_asked_for_as_they_are_kept(tables: Tables):
    stream = {
        **PRODUCTS,
        "fields": {"number": "sku", "placed_at": "changed", "channel": "'x'"},
        "overlap": "0s",
    }
    tables.add(1, "2026-07-01 12:00:00")
    connector = tables.connect(stream, "orders", timezone="Europe/Warsaw")
    pages = list(connector.read("orders", None, full=False))
    change = connector.translate("orders", pages[0].documents[0])
    assert isinstance(change, Change)
    assert ENTITIES["orders"].valid(change.fields)["placed_at"] == "2026-07-01T10:00:00Z"
    tables.add(2, "2026-07-01 12:00:01")
    tables.add(3, "2026-07-01 11:59:59")
    assert ids(list(connector.read("orders", pages[-1].checkpoint, full=False))) == ["1", "2"]


def test_s11_nothing_is_lost_in_the_hour_that_comes_twice(tables: Tables):
    tables.add(1, "2026-10-25 02:50:00")  # the first time
    stream = {**PRODUCTS, "overlap": "0s"}
    _, mark = read_on(tables, None, stream=stream, timezone="Europe/Warsaw")
    tables.add(2, "2026-10-25 02:10:00")  # the second time, twenty minutes later
    news, mark = read_on(tables, mark, stream=stream, timezone="Europe/Warsaw")
    assert news == ["1", "2"]
    tables.add(3, "2026-10-25 02:20:00")
    assert "3" in read_on(tables, mark, stream=stream, timezone="Europe/Warsaw")[0]


def test_s12_a_mark_that_moves_alone_changes_no_document(tables: Tables):
    tables.add(1, "2026-01-01 10:00:00")
    [before] = tables.connect().fetch("products", ["1"])
    tables.do("UPDATE article SET changed = '2026-01-02 10:00:00'")
    assert tables.connect().fetch("products", ["1"]) == [before]


def test_s12_a_row_without_a_mark_comes_with_the_first_reading_and_with_full_scans_and_the_check_tells(tables: Tables):
    tables.add(1, None)
    tables.add(2, "2026-01-01 10:00:00")
    found, mark = read_on(tables, None)
    assert found == ["1", "2"]
    tables.do("UPDATE article SET name = 'new' WHERE id = 1")
    assert read_on(tables, mark)[0] == ["2"]
    assert ids(list(tables.connect().read("products", None, full=True))) == ["1", "2"]
    bad = [each for each in tables.connect().check() if not each.good]
    assert [each.message for each in bad] == [
        "[systems.erp.streams.products] changed: there are rows without a value in changed"
    ]


def test_s15_what_is_marked_as_deleted_is_neither_shown_nor_fetched(tables: Tables):
    tables.add(1, "2026-01-01 10:00:00")
    tables.add(2, "2026-01-01 10:00:00", removed="2026-01-01 09:00:00")
    connector = tables.connect({**PRODUCTS, "deleted": "removed"})
    assert ids(list(connector.read("products", None, full=True))) == ["1"]
    assert connector.fetch("products", ["2"]) == []
    assert [each.gone for each in connector.read("products", {"mark": "2026-01-01"}, full=False)] == [["2"]]


def test_s16_a_scan_that_fails_is_never_complete(tables: Tables, monkeypatch):
    monkeypatch.setattr("adapters.sql.reading.PAGE", 2)
    for number in range(5):
        tables.add(number, "2026-01-01 10:00:00")
    pages = tables.connect().read("products", None, full=True)
    first = next(pages)
    tables.do("ALTER TABLE article RENAME TO other")
    with pytest.raises(Refused, match="no such table"):
        next(pages)
    assert not first.complete


@pytest.mark.parametrize("full", [True, False])
def test_s17_each_page_can_be_gone_on_from(tables: Tables, monkeypatch, full):
    monkeypatch.setattr("adapters.sql.reading.PAGE", 3)
    for number in range(10):
        tables.add(number, "2026-01-01 10:00:00")
    connector = tables.connect()
    whole = list(connector.read("products", None, full=full))
    assert ids(whole) == [str(number) for number in range(10)]
    for place, page in enumerate(whole[:-1]):
        rest = list(connector.read("products", page.checkpoint, full=full))
        assert ids(rest) == ids(whole[place + 1 :])


def test_s25_rows_that_go_while_pages_are_read_hide_no_others(tables: Tables, monkeypatch):
    monkeypatch.setattr("adapters.sql.reading.PAGE", 2)
    for number in range(6):
        tables.add(number, "2026-01-01 10:00:00")
    pages = tables.connect().read("products", None, full=True)
    first = next(pages)
    tables.do("DELETE FROM article WHERE id IN (0, 1)")
    assert ids([first, *pages]) == ["0", "1", "2", "3", "4", "5"]


def test_a_key_of_several_columns_is_gone_through_in_their_order(tables: Tables, monkeypatch):
    monkeypatch.setattr("adapters.sql.reading.PAGE", 2)
    tables.do("CREATE TABLE price (kind, number, sku, amount)")
    for kind, number in ((1, 2), (1, 1), (2, 1), (1, 3), (2, 0)):
        tables.do("INSERT INTO price VALUES (?, ?, ?, '1.50')", kind, number, f"a|{kind}{number}")
    fields = {"sku": "sku", "list": "'retail'", "currency": "'EUR'", "amount": "amount"}
    connector = tables.connect({"table": "price", "key": ["kind", "number"], "fields": fields}, "prices")
    assert ids(list(connector.read("prices", None, full=True))) == ["1|1", "1|2", "1|3", "2|0", "2|1"]
    assert [each.id for each in connector.fetch("prices", ["2|1", "1|1", "7|7", "no"])] == ["1|1", "2|1"]


def test_a_key_that_is_no_key_is_refused_with_its_place(tables: Tables):
    tables.add(1, "2026-01-01 10:00:00")
    tables.add(1, "2026-01-01 10:00:00")
    with pytest.raises(Refused, match=r"\[systems\.erp\.streams\.products\] key: 1 stands in several rows"):
        list(tables.connect().read("products", None, full=True))


def test_two_threads_that_look_at_the_key_at_once_find_one_and_nothing_counts_as_gone(tables: Tables):
    tables.add(1, None)
    connector = tables.connect()
    source = Source(
        Database("erp", connector.options, tables.folder),
        "products",
        connector.options.described["products"],
        SystemClock(),
    )

    @dataclass
    class Overtaken:
        """A connection on which another thread is quicker."""

        connection: Any

        def execute(self, statement: Any) -> Any:
            source.sample_key(self.connection)
            return self.connection.execute(statement)

    with source.database.reading("") as connection:
        source.sample_key(cast("Any", Overtaken(connection)))
        assert [row["id"] for row in source.there(connection, ["1"])] == [1]


def test_a_mark_that_is_no_time_is_refused_with_its_place(tables: Tables):
    tables.add(1, "yesterday")
    _, mark = read_on(tables, None)
    with pytest.raises(Refused, match=r"products\] changed: 'yesterday' is neither a time nor a number"):
        read_on(tables, mark)


def test_s13_a_time_in_the_far_future_hides_no_change_and_the_check_tells(tables: Tables):
    tables.add(1, "2099-12-31 10:00:00")
    tables.add(2, "2026-01-02 10:00:00")
    tables.add(3, "2026-01-01 10:00:00")
    _, mark = read_on(tables, None)
    tables.do("UPDATE article SET changed = '2026-01-02 11:00:00' WHERE id = 3")
    assert read_on(tables, mark)[0] == ["1", "2", "3"]
    assert read_on(tables, read_on(tables, mark)[1])[0] == ["1", "3"]
    [bad] = [each.message for each in tables.connect().check() if not each.good]
    assert "2099-12-31" in bad
    kept = {"mark": "2099-12-31 10:00:00", "by": ["changed", "id"]}  # from before
    assert read_on(tables, kept)[0] == ["1", "2", "3"]


@pytest.mark.parametrize(("old", "new"), [("2026-01-01 10:00:00", 5), (5, "2026-01-01 10:00:00")])
def test_a_column_that_becomes_of_another_type_is_read_anew(tables: Tables, old: Any, new: Any):
    tables.add(1, old)
    _, mark = read_on(tables, None)
    tables.do("UPDATE article SET changed = ?", new)
    assert read_on(tables, mark)[0] == ["1"]


def test_what_may_be_under_way_in_another_type_is_refused_with_its_place(tables: Tables):
    tables.add(1, 7)
    with pytest.raises(Refused, match=r"products\] until: 'x' is of another type than 7 in changed"):
        read_on(tables, None, stream={**PRODUCTS, "until": "SELECT 'x'"})


def test_a_number_serves_as_a_mark(tables: Tables):
    stream = {**PRODUCTS, "overlap_numbers": 10}
    for number in range(5):
        tables.add(number, 1000 * number)
    _, mark = read_on(tables, None, stream=stream)
    tables.add(7, 3995)
    tables.add(8, 3985)
    assert read_on(tables, mark, stream=stream)[0] == ["4", "7"]


def test_what_may_still_be_under_way_is_asked_for_again(tables: Tables):
    stream = {**PRODUCTS, "overlap_numbers": 0, "until": "SELECT 20"}
    for number in (10, 20, 30):
        tables.add(number, number)
    found, mark = read_on(tables, None, stream=stream)
    assert found == ["10", "20", "30"]
    assert read_on(tables, mark, stream=stream)[0] == ["20", "30"]


def test_a_stream_that_is_described_otherwise_is_read_anew(tables: Tables):
    tables.add(1, "2026-01-01 10:00:00")
    tables.add(2, "2026-01-01 20:00:00")
    _, mark = read_on(tables, None)
    tables.do("ALTER TABLE article ADD COLUMN version")
    tables.do("UPDATE article SET version = id")
    assert read_on(tables, mark, stream={**PRODUCTS, "changed": "version"})[0] == ["1", "2"]


@pytest.mark.parametrize("placed", ["0001-01-01 00:00:00", "9999-12-31 23:59:59"])
def test_the_first_and_the_last_of_all_days_end_no_reading(tables: Tables, placed: str):
    stream = {"table": "article", "key": "id", "fields": {"number": "sku", "placed_at": "changed"}}
    zone = "Europe/Warsaw" if placed < "2" else "America/New_York"
    told = tables.connect(stream, "orders", timezone=zone).translate(
        "orders", Document("1", {"sku": "1", "changed": placed})
    )
    assert isinstance(told, Change)
    with pytest.raises(FieldFault, match="is not a time"):
        ENTITIES["orders"].valid(told.fields)


def test_a_row_without_its_key_waits_with_the_reason(tables: Tables):
    told = tables.connect().translate("products", Document("1", {"sku": "", "name": "Lamp"}))
    assert isinstance(told, Unreadable)
    assert told.cause == "missing-key"


def test_texts_that_are_kept_as_html_has_them_are_told_as_people_typed_them(tables: Tables):
    connector = tables.connect({**PRODUCTS, "fields": {"sku": "sku", "name": "unescape(name)"}})
    for kept, name in (("Lamp &amp; &quot;shade&quot;", 'Lamp & "shade"'), ("&amp;lt;b&amp;gt;", "&lt;b&gt;")):
        told = connector.translate("products", Document("1", {"sku": "A", "name": kept}))
        assert isinstance(told, Change)
        assert told.fields["name"] == name


def test_an_expression_that_fails_stops_only_its_row(tables: Tables):
    connector = tables.connect({**PRODUCTS, "fields": {"sku": "sku", "name": "join(' ', name)"}})
    told = connector.translate("products", Document("1", {"sku": "A", "name": "Lamp"}))
    assert isinstance(told, Unreadable)
    assert told.cause == "not-understood"


def test_a_mistake_in_the_sql_is_told_with_the_databases_words(tables: Tables):
    stream = {"query": "SELECT id, skuu AS sku FROM article", "key": "id", "fields": {"sku": "sku"}}
    with pytest.raises(Refused, match=r"\[systems\.erp\.streams\.products\].*no such column: skuu.*mend"):
        list(tables.connect(stream).read("products", None, full=True))


def test_a_check_names_the_column_that_is_not_there_and_the_nearest(tables: Tables):
    connector = tables.connect({**PRODUCTS, "fields": {"sku": "skuu", "name": "name"}})
    [_, finding] = connector.check()
    assert not finding.good
    assert 'fields.sku: there is no column skuu; did you mean "sku"?' in finding.message


@pytest.mark.parametrize("path", ["nam", "unescape(nam)", "nam || sku", "[{a: nam}] | [0].a", "nam.first"])
def test_a_column_that_is_not_there_empties_no_field(tables: Tables, path: str):
    tables.add(1, None)
    with pytest.raises(Refused, match=r'fields\.name: there is no column nam; did you mean "name"\?'):
        list(tables.connect({**PRODUCTS, "fields": {"sku": "sku", "name": path}}).read("products", None, full=True))


@pytest.mark.parametrize(
    "path", ["to_array(name)[].{a: nam}", "sort_by([name], &nam)", "to_array(name)[?nam == 'x'] | nam"]
)
def test_what_an_expression_says_of_other_things_than_the_row_names_no_columns(path: str):
    assert columns_in(path) == {"name"}


def test_a_file_that_is_not_there_is_not_made(tables: Tables):
    with pytest.raises(TryLater):
        list(tables.connect(url="sqlite:///other.db").read("products", None, full=True))
    assert not (tables.folder / "other.db").exists()


def test_however_many_records_are_asked_for_few_statements_are_made(tables: Tables):
    """Each of another length would be kept, compiled: a process grew by hundreds of megabytes."""
    tables.add(1, "2026-01-01 10:00:00")
    connector = tables.connect()
    statements: set[str] = set()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.add(statement)

    sqlalchemy.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        found = [connector.fetch("products", [str(each) for each in range(1, most)]) for most in range(2, 150)]
    finally:
        sqlalchemy.event.remove(sa.Engine, "before_cursor_execute", note)
    assert {tuple(each.id for each in some) for some in found} == {("1",)}
    assert len(statements) < 12
    compare = comparing(["plain", "łamp"])
    assert type(compare("plain")) is type(compare("łamp"))
