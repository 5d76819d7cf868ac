"""Tables of fields: what they ask for, and what a record then says."""

from adapters.fields import Field, asked, at, backwards, first, in_use, of_type, parts, parts_in_use, told, written

LINE = {"sku": Field("product.code"), "count": Field("quantity", str)}
ORDER = {
    "number": Field("id", str),
    "buyer": Field("party.name"),
    "lines": parts("lines", LINE, "kind", where=lambda line: line["kind"] == "line"),
    "mail": Field("party.contacts", of_type("value", "email", "other"), "type value"),
    "codes": Field("lines.product.code"),
}
RAW = {
    "id": 7,
    "party": {"name": "Jane", "contacts": [{"type": "other", "value": "a"}, {"type": "email", "value": "b"}]},
    "lines": [
        {"kind": "line", "quantity": 2, "product": {"code": "W1"}},
        {"kind": "title", "quantity": None, "product": None},
    ],
}


def test_a_table_asks_for_all_that_it_needs_once() -> None:
    """Also for what only chooses, and for what its parts need."""
    paths = asked(ORDER | {"again": Field("id")}).split()
    wanted = {"id", "party.name", "lines.kind", "lines.product.code", "lines.quantity", "party.contacts.type"}
    assert {*paths} == wanted | {"party.contacts.value"}
    assert len(paths) == len({*paths})


def test_a_record_is_told_by_our_names() -> None:
    """Of records of several types the first type counts, whatever their order."""
    assert told(ORDER, RAW) == {
        "number": "7",
        "buyer": "Jane",
        "lines": [{"sku": "W1", "count": "2"}],
        "mail": "b",
        "codes": ["W1"],
    }


def test_of_what_is_not_there_nothing_is_made() -> None:
    """A relation may lead nowhere, at any step."""
    assert told(ORDER, {"id": 7, "party": None, "lines": []})["buyer"] is None
    assert told({"count": Field("quantity", str)}, {"quantity": None}) == {"count": None}
    assert at({"lines": []}, "lines.product.code") == []


def test_what_is_read_as_it_is_is_written_backwards():
    table = {"name": Field("attn"), "street": Field("street", str.upper), "country": Field("country.code")}
    assert backwards(table) == {"attn": Field("name")}
    assert written(backwards(table) | {"zip": Field("postcode")}, {"name": "Ana", "postcode": None}) == {"attn": "Ana"}


def test_only_children_in_use_are_looked_at():
    rows = [{"value": "old", "active": False}, {"value": "new", "active": True}]
    table = {
        "one": in_use("rows", first(lambda row: row["value"]), "value"),
        "all": parts_in_use("rows", {"said": Field("value")}),
    }
    assert told(table, {"rows": rows}) == {"one": "new", "all": [{"said": "new"}]}
    assert asked(table).split() == ["rows.value", "rows.active"]
    assert first(str)([]) is None
