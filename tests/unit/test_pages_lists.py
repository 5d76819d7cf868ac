"""Lists that come whole: a scan that goes on where it broke off, and the blocks in which something has changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import orjson
from hypothesis import given
from hypothesis import strategies as st

from adapters.asking.answers import Answer
from adapters.asking.http import Api, Rejected
from adapters.reading.lists import Listing, in_blocks, listed
from adapters.rows import Row
from adapters.writing.writes import one_by_one
from hub.connector import Write, Written


@dataclass
class Shop:
    """A shop that is its list of rows, and its own interface."""

    rows: Sequence[Row]
    asked: list[str] = field(default_factory=list[str])
    """Rows that were asked for alone, or whose rest was."""
    name: str = "shop"

    @property
    def api(self) -> Api:
        return cast("Api", self)

    def get(self, path: str) -> Answer:
        assert path == "things/"
        return Answer(200, {}, self.rows)

    def look_up(self, path: str) -> Row | None:
        self.asked.append(path)
        return next((row for row in self.rows if path == f"things/{row['id']}/"), None)


def rest(shop: Shop):
    def complete(row: Row) -> Row:
        shop.asked.append(str(row["id"]))
        return {**row, "rest": True}

    return complete


THINGS = Listing("things/", rest=rest)


def shop_of(ids: set[int]) -> Shop:
    return Shop([{"id": id_} for id_ in ids])


def through_json(spot: Mapping[str, Any]) -> Mapping[str, Any]:
    return orjson.loads(orjson.dumps(spot))


@given(st.sets(st.integers(0, 200)), st.sets(st.integers(0, 200)), st.integers(1, 20), st.integers(0, 5))
def test_s17_a_whole_list_that_was_broken_off_goes_on_to_its_end(ids: set[int], gone: set[int], size: int, after: int):
    walk = listed(THINGS, size).everything.walk
    pages = list(walk(shop_of(ids), None))[: after + 1]
    spot = through_json(pages[-1][1]) if pages else None
    shown = [row["id"] for rows, _ in pages for row in rows]
    rest_of_it = [row["id"] for rows, _ in walk(shop_of(ids - gone), spot) for row in rows]
    assert shown + rest_of_it == sorted({*shown, *rest_of_it})
    assert ids - gone <= {*shown, *rest_of_it} <= ids


def test_some_rows_are_asked_for_one_by_one_and_completed():
    shop = shop_of({1, 2})
    assert listed(THINGS).some(shop, ["2", "7"]) == [{"id": 2, "rest": True}]
    assert shop.asked == ["things/2/", "things/7/", "2"]


def blocks(
    rows: Mapping[int, str], since: Mapping[str, Any] | None
) -> tuple[list[int], Mapping[str, Any] | None, Shop]:
    """Return what is shown of rows, where the next walk begins, and the shop that was asked."""
    shop = Shop([{"id": id_, "status": status} for id_, status in rows.items()])
    pages = list(in_blocks(THINGS, size=5).walk(shop, since))
    shown = [row["id"] for block, _ in pages for row in block]
    return shown, through_json(pages[-1][1]) if pages else since, shop


@given(
    st.dictionaries(st.integers(0, 60), st.text(max_size=2)), st.dictionaries(st.integers(0, 60), st.text(max_size=2))
)
def test_s12_only_blocks_in_which_something_changed_are_shown(first: dict[int, str], then: dict[int, str]):
    shown, since, _ = blocks(first, None)
    assert shown == sorted(first)
    assert blocks(first, since)[0] == []
    news, _, shop = blocks(first | then, since)
    changed = {id_ for id_ in then if first.get(id_) != then[id_]}
    assert changed <= {*news}
    assert {id_ // 5 for id_ in news} == {id_ // 5 for id_ in changed}
    assert shop.asked == [str(id_) for id_ in news]


def test_s17_blocks_go_on_from_any_of_their_places():
    rows = [{"id": id_} for id_ in range(23)]
    (first, spot), *_ = in_blocks(THINGS, size=5).walk(Shop(rows), None)
    rest_of_it = in_blocks(THINGS, size=5).walk(Shop(rows), through_json(spot))
    assert [row["id"] for row in first] == [0, 1, 2, 3, 4]
    assert [row["id"] for block, _ in rest_of_it for row in block] == [*range(5, 23)]


def test_s18_one_refusal_does_not_stop_the_others():
    def carry_out(write: Write) -> Written:
        if write.key == "a":
            raise Rejected("upc: taken", status=400, body={"upc": ["taken"]})
        if write.key == "b":
            raise Rejected("no such thing", status=404)
        return Written(write.key, "done", id="1")

    outcomes = list(one_by_one([Write(key, {}, {}) for key in "abc"], carry_out))
    assert [(each.outcome, each.cause) for each in outcomes] == [
        ("refused", "refused-upc"),
        ("gone", "refused"),
        ("done", ""),
    ]
    assert outcomes[0].message == "upc: taken"
