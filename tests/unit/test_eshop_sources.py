"""Pictures of ours are known again in a shop, and told apart from others."""

import pytest

from adapters.eshop.sources import arranged, marks, sources
from adapters.rows import Row
from adapters.writing.writes import Unfit

A, B = "https://pictures.example/a.png", "https://pictures.example/b.png"


def test_each_picture_is_known_by_one_mark():
    assert marks([A, B, A], "hub ", 255) == {f"hub {A}": A, f"hub {B}": B}
    assert sources([f"hub {B}", None, "theirs", f"hub {A}"], "hub ") == [B, A]


def test_an_address_that_the_shop_cannot_keep_is_refused():
    assert marks([A], "hub ", len(A) + 4)
    with pytest.raises(Unfit, match=f"so long an address: {A}"):
        marks([A], "hub ", len(A) + 3)


def test_ours_stand_in_their_order_and_behind_them_what_others_added():
    held = [
        {"id": number, "tag": tag} for number, tag in enumerate([None, f"hub {B}", "hub gone", f"hub {B}", "theirs"])
    ]

    def mark(row: Row) -> str | None:
        return row["tag"] if sources([row["tag"]], "hub ") else None

    assert arranged(marks([A, B], "hub ", 255), held, mark) == [A, held[1], held[0], held[4]]
