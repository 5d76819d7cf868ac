"""What moves by itself is left out of documents."""

from adapters.fields import Field, table
from adapters.reading.stable import by_table, documents, shown, stable, without_host
from hub.connector import Document


def test_s12_what_moves_by_itself_is_left_out_at_every_depth():
    one = {"id": 1, "at": "today", "lines": [{"id": 2, "at": "today", "text": "a"}], "tags": ["b", "a"]}
    assert stable(one, {"at"}.__contains__) == {"id": 1, "lines": [{"id": 2, "text": "a"}], "tags": ["b", "a"]}


def test_s12_parts_that_come_in_any_order_get_one():
    one = {"lines": [{"id": "b", "parts": [{"x": 2}, {"x": 1}]}, {"id": "a"}], "words": ["b", "a"]}
    other = {"lines": [{"id": "a"}, {"id": "b", "parts": [{"x": 1}, {"x": 2}]}], "words": ["b", "a"]}
    assert stable(one, set[str]().__contains__, ordered=False) == stable(other, set[str]().__contains__, ordered=False)
    assert stable(one, set[str]().__contains__) == one


def test_addresses_of_the_system_itself_become_ids():
    row = {
        "owner": "http://shop:8000/api/users/7/",
        "site": "http://other/9/",
        "lines": ["http://shop:8000/api/lines/3/"],
    }
    short = without_host("http://shop:8000/api/")
    told = stable(row, lambda _: False, leaf=short)
    assert told == {"owner": "7", "site": "http://other/9/", "lines": ["3"]}


def test_each_row_is_shown_as_a_document_without_what_moves():
    show = shown(lambda row: {name: row[name] for name in row if name != "at"})
    assert [(each.id, each.raw) for each in show(None, [{"id": "1", "at": "now"}])] == [("1", {"id": "1"})]


def test_what_stands_under_an_owner_is_shown_without_its_mark():
    rows = [
        {"id": 1, "at": "now", "sku": "A"},
        {"id": 2, "at": "now", "variants": [{"id": 3, "at": "then", "sku": "B"}]},
    ]
    shown_ = [Document("1", {"id": 1, "sku": "A"}), Document("3", {"id": 3, "sku": "B"})]
    assert [*documents("at")(None, rows)] == shown_


def test_s12_a_document_holds_what_its_table_is_made_of_and_nothing_else():
    show = by_table(table("sku=code", name=Field("names", lambda names: names[0]["text"], "text")))
    rows = [{"id": "1", "code": "A", "names": [{"text": "b", "at": 1}, {"text": "a", "at": 2}], "at": "today"}]
    assert [*show(None, rows)] == [Document("1", {"code": "A", "names": [{"text": "a"}, {"text": "b"}]})]
