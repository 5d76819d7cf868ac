"""Streams by model and table of fields, in an ERP that is a few tables: read, found, looked up, and told of parties."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from adapters.declared import Declared
from adapters.erp.known import NO_TAX, known_in
from adapters.erp.models import PAGE, Conditions, Model, having, kept
from adapters.erp.options import ErpOptions
from adapters.erp.orders import Unwritable
from adapters.erp.parties import HIDDEN, PARTIES, Children, PartyForms, addresses, bring_parties, typed
from adapters.erp.reference import OURS, reference_in
from adapters.erp.warehouses import warehouses
from adapters.fields import Field
from adapters.rows import Row
from adapters.writing.finding import Sign
from hub.connector import Change, Document, Page, Stream, Write
from hub.errors import Refused, TryLater


@dataclass
class Erp:
    """Its conditions are triples; `at` is a change mark."""

    tables: dict[str, list[dict[str, Any]]]
    options: ErpOptions = field(default_factory=lambda: ErpOptions.model_validate({"url": "https://erp.example"}))
    name: str = "erp"
    asked: list[str] = field(default_factory=list[str])
    away: bool = False

    def search(
        self, model: Model, only: Conditions = (), *, limit: int = 0, hidden: bool = False, **context: Any
    ) -> list[Row]:
        if self.away:
            raise TryLater
        self.asked.append(model.name)
        rows: list[Row] = [
            row for row in self.tables[model.name] if all(holds(row, each) for each in [*model.only, *only])
        ]
        shown = [row for row in rows if hidden or row.get("active", True)]
        return shown[: limit or None]

    def since(self, mark: datetime, relatives: Iterable[str]) -> Conditions:
        return [["at", ">=", mark.isoformat()]]

    def latest(self, models: Iterable[str]) -> str | None:
        return max((row["at"] for model in models for row in self.tables[model]), default=None)

    def create(self, model: str, values: Sequence[dict[str, Any]]) -> list[int]:
        ids = [*range(len(self.tables[model]) + 1, len(self.tables[model]) + 1 + len(values))]
        self.tables[model] += [{"id": id_, **value} for id_, value in zip(ids, values, strict=True)]
        return ids

    def change(self, model: str, id_: int, values: dict[str, Any]) -> None:
        next(row for row in self.tables[model] if row["id"] == id_).update(values)

    def press(self, model: str, button: str, ids: Sequence[int]) -> Sequence[int]:
        return ids


def holds(row: Row, condition: Sequence[Any]) -> bool:
    name, operator, value = condition
    there = row.get(name)
    return there in value if operator == "in" else there > value if operator == ">" else there >= value


def mark(hour: int) -> str:
    return f"2026-11-22T{hour:02}:00:00+00:00"


def items(count: int) -> list[dict[str, Any]]:
    return [{"id": id_, "code": f"W{id_}", "note": f"hub:o-{id_}", "at": mark(1)} for id_ in range(1, count + 1)]


THINGS = Model("thing", {"sku": Field("code")}, reference=Field("note", lambda text: reference_in([text])))
MOVES = Model("move", {"thing": Field("thing")})


def moved(_: Erp, rows: Sequence[Row]) -> Iterable[Document]:
    return (Document(str(row.get("thing") or row["id"]), {"code": "W", "also": {"available": "1"}}) for row in rows)


def connector(erp: Erp) -> Declared[Erp, ErpOptions]:
    signs = [Sign("thing", "note", "id", lambda write: OURS + write.reference)]
    kinds = {
        "products": kept(Stream("products"), THINGS, signs=signs),
        "stock": kept(Stream("stock"), THINGS, moved, moved=MOVES),
    }
    return Declared("erp", erp.options, erp, kinds)


def ids(pages: Iterable[Page]) -> list[str]:
    return [each.id for page in pages for each in page.documents]


def test_a_full_scan_shows_everything_by_number_and_those_out_of_use():
    erp = Erp({"thing": [*items(PAGE + 1), {"id": PAGE + 2, "code": "old", "at": mark(1), "active": False}]})
    pages = list(connector(erp).read("products", None, full=True))
    assert ids(pages) == [str(id_) for id_ in range(1, PAGE + 3)]
    assert [page.complete for page in pages] == [False, False, True]


def test_s12_changes_are_read_within_a_window_of_marks():
    erp = Erp({"thing": items(3)})
    *_, last = connector(erp).read("products", None, full=False)
    erp.tables["thing"][1]["at"] = mark(9)
    *_, later = pages = list(connector(erp).read("products", last.checkpoint, full=False))
    assert "2" in ids(pages)
    assert ids(connector(erp).read("products", later.checkpoint, full=False)) == ["2"]


def test_the_first_reading_shows_all_and_the_next_what_was_moved():
    erp = Erp({"thing": items(2), "move": [{"id": 7, "thing": 2, "at": mark(3)}]})
    first = list(connector(erp).read("stock", None, full=False))
    assert ids(first) == ["1", "2"]
    assert ids(connector(erp).read("stock", first[-1].checkpoint, full=False)) == ["2"]


def test_a_document_says_its_table_and_whose_it_is():
    told = connector(Erp({})).translate("products", Document("1", items(1)[0]))
    assert isinstance(told, Change)
    assert (told.key, told.fields, told.reference) == ("W1", {"sku": "W1"}, "o-1")
    stock = connector(Erp({})).translate("stock", Document("1", {"code": "W1", "also": {"available": "3"}}))
    assert isinstance(stock, Change)
    assert stock.fields == {"sku": "W1", "available": "3"}


def test_s06_a_record_is_found_by_the_hubs_reference():
    wanted = [Write("a", {}, {}, reference="o-2"), Write("b", {}, {}, reference="o-9")]
    assert connector(Erp({"thing": items(3)})).find("products", wanted) == {"a": ["2"], "b": []}


def test_many_values_are_asked_for_in_several_requests():
    erp = Erp({"thing": items(250)})
    assert len(having(erp, THINGS, "id", [*range(1, 251)])) == 250
    assert erp.asked == ["thing"] * 3


def test_a_check_asks_for_one_record_of_each_kind():
    erp = Erp({"thing": items(3)})
    ((said,), asked) = connector(erp).check(), list(erp.asked)
    assert (said.good, said.message) == (True, "products, stock can be read")
    assert set(asked) == {"thing"}
    erp.away = True
    (said,) = connector(erp).check()
    assert not said.good


TAX = {"name": Field("name"), "rate": Field("rate"), "company": Field("company")}
NAMES = {"tax": Model("tax", TAX), "country": Model("country", {"name": Field("code")})}
TABLES: dict[str, list[dict[str, Any]]] = {
    "tax": [
        {"id": 1, "name": "Theirs", "rate": "20", "company": 2},
        {"id": 2, "name": "Domestic", "rate": "20", "company": 1},
        {"id": 3, "name": "Goods", "rate": "20", "company": 1},
    ],
    "country": [{"id": 5, "code": "SI"}],
}


def test_of_several_taxes_of_one_rate_ours_the_named_or_the_first_is_meant():
    assert known_in(Erp(TABLES), NAMES).number("tax", "20") == 2
    named = ErpOptions.model_validate({"url": "https://erp.example", "taxes": {"20.0": "Goods"}})
    assert known_in(Erp(TABLES, named), NAMES).number("tax", "20") == 3


def test_one_tax_of_nothing_is_meant_but_not_one_of_several_that_nobody_has_named():
    """Exempt, reverse charged and exported are different returns; without any, what is taxed at 0 % has no tax, as before."""
    exempt, exported = ({"id": 7, "name": "Exempt", "rate": "0"}, {"id": 8, "name": "Export", "rate": "0"})
    ours = [{**each, "company": 1} for each in (exempt, exported)]
    assert known_in(Erp({"tax": ours[:1]}), NAMES).any_number("tax", "0") == 7
    assert known_in(Erp({"tax": ours}), NAMES).any_number("tax", "0") == NO_TAX
    assert known_in(Erp({"tax": []}), NAMES).any_number("tax", "0") == NO_TAX
    for name, number in (("Export", 8), ("Import", None)):
        named = ErpOptions.model_validate({"url": "https://erp.example", "taxes": {"0": name}})
        known = known_in(Erp({"tax": ours}, named), NAMES)
        if number:
            assert known.any_number("tax", "0") == number
        else:
            with pytest.raises(Unwritable, match="no tax 0"):
                known.any_number("tax", "0")


def test_what_is_referred_to_is_looked_up_once_and_missed_by_name():
    erp = Erp(TABLES)
    known = known_in(erp, NAMES)
    assert [known.any_number("country", each) for each in ("SI", None, "SI")] == [5, None, 5]
    assert erp.asked == ["country"]
    with pytest.raises(Unwritable, match="no country DE"):
        known.number("country", "DE")


def test_warehouses_have_our_names_and_must_be_there():
    places = Model("place", {"code": Field("code")})
    tables = {"place": [{"id": 1, "code": "WH"}, {"id": 2, "code": "MAG"}]}
    assert warehouses(Erp(tables), places) == {1: "WH", 2: "MAG"}
    chosen = ErpOptions.model_validate({"url": "https://erp.example", "storage": {"MAG": "shop"}})
    assert warehouses(Erp(tables, chosen), places) == {2: "shop"}
    with pytest.raises(Refused, match=r"no warehouse MAG; mend storage in \[systems\.erp\]"):
        warehouses(Erp({"place": []}, chosen), places)


PLACE = {"street": Field("line"), "country": Field("country.code")}
FORMS = PartyForms(
    party=Model("party", {"name": Field("called")}),
    own={"called": Field("name")},
    children={
        "reference": Children("marks", lambda _: None, lambda text, _: {text: {"mark": text}}),
        "email": typed("contacts", "email"),
        "phone": typed("contacts", "phone"),
        "addresses": addresses("places", PLACE, {"line": Field("street"), "country": Field("country")}),
    },
    add=lambda values: ("new", values),
    change=lambda id_, values: ("change", id_, values),
    names=NAMES,
)
JANE: dict[str, Any] = {
    "id": 1,
    "called": "Jane",
    "marks": [],
    "contacts": [{"id": 8, "type": "email", "value": "jane@example.com", "active": True}],
    "places": [{"id": 9, "line": "Main 1", "country": {"code": "SI"}, "active": True}],
}


def test_s06_a_new_party_carries_our_reference_and_is_called_by_what_is_known():
    erp = Erp({"party": [], **TABLES})
    place = {"street": "Main 1", "country": "SI"}
    fields = {"email": "jane@example.com", "addresses": [place]}
    [done] = bring_parties(FORMS, erp, [Write("k", fields, fields, reference="p-1")])
    assert (done.outcome, done.id) == ("done", "1")
    [row] = erp.tables["party"]
    assert row["called"] == "jane@example.com"
    assert row["marks"][0] == ("new", {"mark": "p-1"})
    assert row["places"][0] == ("new", {"line": "Main 1", "country": 5})


def test_only_children_that_differ_are_told_of():
    erp = Erp({"party": [dict(JANE)], **TABLES})
    fields = {"phone": "+38640123456", "email": None, "addresses": [{"street": "MAIN 1", "country": "SI"}]}
    [done] = bring_parties(FORMS, erp, [Write("k", fields, fields, id="1", reference="p-1")])
    assert done.outcome == "done"
    [row] = erp.tables["party"]
    assert (row["called"], row["marks"]) == ("Jane", [])
    phone = {"type": "phone", "value": "+38640123456"}
    assert row["contacts"] == [("change", 8, HIDDEN), ("new", phone)]
    assert row["places"] == []


def test_s26_only_the_first_of_several_is_what_is_told():
    """The others are the ERP's own: a contact person's address, a second phone."""
    others = [{"id": id_, "type": "email", "value": f"{id_}@example.com", "active": True} for id_ in (9, 10)]
    for email, told in (
        ("new@example.com", [("change", 8, {"type": "email", "value": "new@example.com"})]),
        ("10@example.com", [("change", 8, HIDDEN)]),
        ("jane@example.com", []),
    ):
        erp = Erp({"party": [{**JANE, "contacts": [*JANE["contacts"], *others]}], **TABLES})
        [done] = bring_parties(FORMS, erp, [Write("k", {"email": email}, {}, id="1", reference="p-1")])
        assert (done.outcome, erp.tables["party"][0]["contacts"]) == ("done", told)


def test_s18_a_party_that_cannot_be_told_stops_no_other_and_one_that_is_gone_is_said():
    erp = Erp({"party": [dict(JANE)], **TABLES})
    abroad, gone = {"addresses": [{"country": "DE"}]}, {"name": "Ann"}
    writes = [Write("a", abroad, abroad), Write("b", gone, gone, id="7"), Write("c", gone, gone)]
    told = {each.key: (each.outcome, each.cause) for each in bring_parties(FORMS, erp, writes)}
    assert told == {"a": ("refused", "country-unknown"), "b": ("gone", ""), "c": ("done", "")}


def test_the_stream_of_parties_is_what_is_told():
    told = {field.path for field in FORMS.own.values()} | {*FORMS.children}
    assert told - {"reference"} <= PARTIES.writes
