"""Articles and the variants that stand under them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from adapters.eshop import variants
from adapters.rows import Row
from adapters.writing.writes import Gone, Unfit, called
from hub.connector import Document, Write

ROWS: list[dict[str, Any]] = [
    {"id": "a", "ref": "hub-1", "at": "now", "variants": [{"id": "1", "sku": "S"}, {"id": "2", "sku": "M"}]},
    {"id": "b", "ref": "hub-2", "at": "now", "variants": [{"id": "3", "sku": "LAMP"}]},
]


@dataclass
class Listing:
    """A list in memory that chooses by one field, of articles or of their variants."""

    field: str
    size: int = 2

    def page(
        self, system: list[str], offset: int, size: int, mark: str | None = None, since: str | None = None
    ) -> tuple[Sequence[Row], int | None]:
        return ROWS[offset : offset + size], len(ROWS)

    def some(self, system: list[str], ids: Sequence[str]) -> list[Row]:
        system += ids
        return [row for row in ROWS if {row[self.field]} & {*ids} or {each["sku"] for each in row["variants"]} & {*ids}]


def test_each_variant_is_a_document_with_its_article():
    shown = variants.with_article(
        ROWS, lambda raw: {name: raw[name] for name in raw if name != "at"}, path=lambda row: row["id"].upper()
    )
    assert [(each.id, each.raw["product"]["alone"], each.raw["product"]["path"]) for each in shown] == [
        ("1", False, "A"),
        ("2", False, "A"),
        ("3", True, "B"),
    ]


@pytest.mark.parametrize(
    ("alone", "active", "left"),
    [(True, False, {"name", "active", "gtin"}), (False, True, {"active", "gtin"}), (False, False, {"gtin"})],
)
def test_one_of_several_variants_does_not_name_or_hide_its_article(alone: bool, active: bool, left: set[str]):
    assert {*variants.for_article({"name": "S", "active": active, "gtin": "1"}, alone=alone)} == left


def test_products_are_found_by_reference_and_only_then_by_sku():
    look, asked = variants.find("ref", Listing("ref"), Listing("id")), list[str]()
    wanted = [Write("k1", {}, {"sku": "LAMP"}, reference="hub-1"), Write("k2", {}, {"sku": "LAMP"}, reference="hub-9")]
    assert look(asked, wanted) == {"k1": ["1", "2"], "k2": ["3"]}
    assert asked == ["hub-1", "hub-9", "LAMP"]


def test_articles_are_known_by_all_their_variants():
    class Whole(Listing):
        def some(self, system: list[str], ids: Sequence[str]) -> list[Row]:
            system += ids
            return [ROWS[0]]

    asked: list[str] = []
    assert variants.articles(Whole("id"), asked, ["2", None, "2"]) == {"1": ROWS[0], "2": ROWS[0]}
    assert asked == ["2"]


def test_what_is_written_comes_with_what_is_shown_whatever_the_order():
    """An id of one may be the SKU of another."""
    shown = [Document("12", {"sku": "7"}), Document("7", {"sku": "B"})]
    writes = [
        Write("new", {}, {"sku": "7"}),
        Write("old", {}, {"sku": "B"}, id="7"),
        Write("x", {}, {"sku": "X"}, id="9"),
    ]
    assert [(each.key, each.id, each.document) for each in variants.as_shown(writes, shown)] == [
        ("new", "12", shown[0]),
        ("old", "7", shown[1]),
        ("x", "9", None),
    ]


def test_a_line_is_called_by_its_article_and_its_variant():
    assert variants.full_name("Shirt", "S", "Default") == "Shirt (S)"
    assert {variants.full_name("Shirt", name, "Default") for name in (None, "", "Shirt", "Default")} == {"Shirt"}


def test_a_product_without_a_name_is_called_by_its_sku():
    assert called(Write("k", {"active": True}, {"sku": "S"})).fields == {"name": "S", "active": True}
    assert called(Write("k", {"name": None}, {"sku": "S"}, id="1")).fields == {"name": "S"}
    for named in (
        Write("k", {"name": "Lamp"}, {"sku": "S"}),
        Write("k", {"active": True}, {"sku": "S"}, id="1"),
        Write("k", {}, {}, id="1", remove=True),
    ):
        assert called(named) == named


def changed(id_: str, **fields: Any) -> Write:
    return Write(id_, fields, fields, id=id_)


def test_changes_are_parted_in_what_is_the_articles_and_what_is_the_variants():
    there = {"1": ROWS[0], "2": ROWS[0], "3": ROWS[1]}
    writes = [changed("1", name="S", gtin="1"), changed("2", text="soft"), changed("3", name="Lamp", active=False)]
    articles, own = variants.parted(there, writes, dict, dict)
    assert articles == {"a": {"gtin": "1", "text": "soft"}, "b": {"name": "Lamp", "active": False}}
    assert own == {"1": {"name": "S", "gtin": "1"}, "2": {"text": "soft"}, "3": {"active": False}}
    with pytest.raises(Unfit, match="cannot hide one of several"):
        variants.parted(there, [changed("1", active=False)], dict, dict)
    with pytest.raises(Gone):
        variants.parted(there, [changed("9", name="x")], dict, dict)
