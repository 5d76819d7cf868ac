"""Writes that take several steps together, and looking for records by several signs."""

from collections.abc import Mapping, Sequence

import pytest

from adapters.asking.http import KeyRefused, Rejected
from adapters.writing.bulk import Batch, portions
from adapters.writing.finding import Sign, by_signs, by_sku
from hub.connector import Write

WRITES = [Write(key, {"name": key}, {"name": key, "mail": f"{key}@x.example"}, reference=f"r-{key}") for key in "abcd"]


def test_s18_who_is_refused_at_a_step_stops_no_other() -> None:
    """Each outcome has its reason; what is no longer there is gone."""
    batch = Batch(WRITES)

    def create(names: Sequence[str]) -> list[int]:
        if "b" in names:
            raise Rejected("no b", status=400)
        return [ord(name) for name in names]

    def change(_key: str, _id: int) -> None:
        raise Rejected("not found", status=404)

    ids = batch.together({key: key for key in "abc"}, create)
    batch.each({"c": ids["c"]}, change)
    outcomes = {each.key: (each.outcome, each.id, each.message) for each in batch.outcomes(ids)}
    assert outcomes == {
        "a": ("done", "97", ""),
        "b": ("refused", None, "no b"),
        "c": ("gone", None, ""),
        "d": ("gone", None, ""),
    }


def test_a_key_that_is_refused_stops_all() -> None:
    """It is not this record's fault."""

    def change(_key: str, _item: str) -> None:
        raise KeyRefused("no", status=403)

    with pytest.raises(KeyRefused):
        Batch(WRITES).each({"a": "a"}, change)


def test_new_ones_are_made_at_once_and_others_changed() -> None:
    """One that should be there and is not, is gone."""
    old, lost = Write("e", {}, {}, id="5"), Write("f", {}, {}, id="6")
    changed: list[tuple[int, str]] = []
    outcomes = Batch([*WRITES[:2], old, lost]).make_or_change(
        {"e": 5},
        lambda key, _write: key.upper(),
        lambda values: [ord(value) for value in values],
        lambda id_, value: changed.append((id_, value)),
    )
    assert [(each.outcome, each.id) for each in outcomes] == [
        ("done", "65"),
        ("done", "66"),
        ("done", "5"),
        ("gone", None),
    ]
    assert changed == [(5, "E")]


def test_portions_are_all_in_order() -> None:
    """The last may be short."""
    assert [*portions([1, 2, 3], 2)] == [[1, 2], [3]]


def test_s06_the_surest_sign_goes_before_others() -> None:
    """Only who is not known by it is looked for by the next; doubles are told once."""
    signs = [
        Sign("party", "reference", "id", lambda write: write.reference),
        Sign("mail", "address", "party", lambda write: write.record["mail"] if write.key != "d" else None),
    ]
    rows = {
        "party": [{"reference": "r-a", "id": 1}, {"reference": "r-a", "id": 1}],
        "mail": [{"address": "a@x.example", "party": 9}, {"address": "b@x.example", "party": 2}],
    }
    asked: list[list[str]] = []

    def ask(sign: Sign, values: Sequence[str]) -> Sequence[Mapping[str, object]]:
        asked.append(list(values))
        return rows[sign.model]

    assert by_signs(WRITES, signs, ask) == {"a": ["1"], "b": ["2"], "c": [], "d": []}
    assert asked == [["r-a", "r-b", "r-c", "r-d"], ["b@x.example", "c@x.example"]]


def test_a_system_without_a_place_for_the_reference_finds_products_by_their_sku_alone() -> None:
    """It may show more than it was asked for, and products that have no SKU."""
    shown = [{"id": 1, "upc": "A"}, {"id": 2, "upc": None}, {"id": 3, "upc": "a"}]
    asked = list[str]()

    def rows(_: object, skus: Sequence[str]) -> Sequence[Mapping[str, object]]:
        asked.extend(skus)
        return shown

    wanted = [Write(f"of-{sku}", {}, {"sku": sku}, reference=f"r-{sku}") for sku in ("A", "B")]
    assert by_sku(rows, "upc")(None, wanted) == {"of-A": ["1"], "of-B": []}
    assert asked == ["A", "B"]
