"""Tables of fields: what they ask for, and what a record then says."""

from adapters.fields import (
    Field,
    asked,
    at,
    backwards,
    below,
    emptied,
    first,
    fixed,
    given,
    in_use,
    of_type,
    parts,
    parts_in_use,
    picked,
    table,
    told,
    tree,
    words,
    written,
)

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


def test_what_is_taken_as_it_is_needs_only_names() -> None:
    """Others stand beside it."""
    fields = table("sku name=product.title", active=Field("state", "on".__eq__))
    raw = {"sku": "A", "product": {"title": "Lamp"}, "state": "on"}
    assert told(fields, raw) == {"sku": "A", "name": "Lamp", "active": True}
    assert told({"rounding": fixed("total")}, {}) == {"rounding": "total"}


def test_many_words_of_theirs_are_one_of_ours() -> None:
    """By their word, which is what has to be looked up."""
    assert words(shipped="Sent Delivered", cancelled="Void") == {
        "Sent": "shipped",
        "Delivered": "shipped",
        "Void": "cancelled",
    }


def test_only_what_is_given_is_set() -> None:
    """A field that is emptied is given, and may be called something."""
    fields = table("title=name", body=Field("description", lambda text: text or ""), tags=Field("tags"))
    assert given(fields, {"description": None, "tags": None, "other": 1}) == {"body": "", "tags": None}
    assert given(fields, {"name": "Lamp"}) == {"title": "Lamp"}


def test_a_path_through_lists_of_lists_leads_to_one_list() -> None:
    """Labels of parcels, payments of collections."""
    raw = {"parcels": [{"labels": [{"n": 1}, {"n": 2}]}, {"labels": []}, {"labels": [{"n": 3}]}]}
    assert at(raw, "parcels.labels.n") == [1, 2, 3]


def test_what_is_asked_for_under_a_name_of_ours_is_read_by_it():
    named = table("number:code total=sum:total", city=Field("address:billingAddress.city"))
    assert asked(named) == "number:code sum:total address:billingAddress.city"
    assert told(named, {"number": "7", "sum": 12, "address": {"city": "Ptuj"}}) == {
        "number": "7",
        "total": 12,
        "city": "Ptuj",
    }


def test_paths_go_on_behind_another():
    assert below("customer", "id addresses.city") == "customer.id customer.addresses.city"
    assert (below("customer", ""), below("", "id name")) == ("customer", "id name")


def test_nothing_empties_a_text_and_no_is_not_nothing():
    assert [emptied(each) for each in (None, "", False, "x")] == ["", "", False, "x"]


def test_a_record_is_picked_down_to_what_paths_lead_to():
    wanted = tree("id lines.sku lines.price.total note")
    assert wanted == {"id": {}, "lines": {"sku": {}, "price": {"total": {}}}, "note": {}}
    raw = {
        "id": "1",
        "moved": "now",
        "lines": [{"sku": "A", "price": {"total": 1, "net": 2}}, {"sku": "B", "price": []}],
    }
    lines = [{"sku": "A", "price": {"total": 1}}, {"sku": "B", "price": []}]
    assert picked(raw, wanted) == {"id": "1", "lines": lines, "note": None}
