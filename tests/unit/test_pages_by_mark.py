from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.reading.pages import before, by_mark, instant
from hub.errors import Refused, TryLater

Row = tuple[int, int]
"""(id, when it was last changed)"""


class Table:
    """Rows with a change mark; `move` changes them before each request but the first of a pass."""

    def __init__(self, rows: Sequence[Row], move: Callable[["Table"], None] = lambda _table: None):
        self.rows = dict(rows)
        self.move = move
        self.requests = 0
        self.now = max(self.rows.values(), default=0)

    def change(self, id_: int, passed: int = 1) -> None:
        self.now += passed
        self.rows[id_] = self.now

    def fetch(self, mark: str | None, offset: int, size: int) -> list[Row]:
        if self.requests:
            self.move(self)
        self.requests += 1
        found = sorted(
            ((id_, at) for id_, at in self.rows.items() if mark is None or at >= int(mark)),
            key=lambda row: (row[1], row[0]),
        )
        return found[offset : offset + size]

    def newest(self) -> str | None:
        self.move(self)
        return f"{max(self.rows.values()):09}" if self.rows else None

    def read(self, size: int, since=None, *, overlap: int = 0, **options):
        return by_mark(
            self.fetch,
            size,
            since=since,
            key=lambda row: str(row[0]),
            mark=lambda row: f"{row[1]:09}",
            earlier=lambda mark: f"{int(mark) - overlap:09}",
            newest=self.newest,
            **options,
        )

    def all(self, size: int, since=None, **options) -> tuple[list[Row], Any]:
        seen: list[Row] = []
        for rows, spot in self.read(size, since, **options):
            seen += rows
            since = orjson.loads(orjson.dumps(spot))
        return seen, since


def mark(number: int) -> dict[str, str]:
    return {"mark": f"{number:09}"}


def test_everything_comes_once_in_the_order_of_its_change():
    table = Table([(id_, 1000 - id_) for id_ in range(250)])
    seen, since = table.all(100)
    assert seen == [(id_, 1000 - id_) for id_ in reversed(range(250))]
    assert since == mark(1000)
    assert table.requests == 4  # the first page twice: see `newest`


def test_nothing_changed_costs_one_request_and_shows_what_lies_at_the_mark():
    table = Table([(1, 10), (2, 20), (3, 20)])
    assert table.all(100, mark(20)) == ([(2, 20), (3, 20)], mark(20))
    assert table.requests == 1
    assert Table([]).all(100) == ([], None)


def test_s13_rows_that_become_visible_late_at_or_before_the_mark_are_found():
    table = Table([(1, 10), (2, 20)])
    _, since = table.all(100)
    table.rows |= {3: 20, 4: 17}
    seen, _ = table.all(100, since, overlap=5)
    assert {(3, 20), (4, 17)} <= {*seen}


def test_s13_more_rows_of_one_mark_than_a_page_holds_all_come():
    table = Table([*((id_, 50) for id_ in range(95)), (100, 49), (101, 51)])
    seen, since = table.all(10)
    assert len(seen) == len({*seen}) == 97
    assert since == mark(51)


def test_s17_a_pass_broken_off_within_one_mark_goes_on_within_it():
    table = Table([(id_, 50) for id_ in range(1000)])
    since, seen, passes = None, [], 0
    while len({*seen}) < 1000:
        reading = table.read(10, since)
        for _ in range(20):  # pages of a slice
            rows, since = next(reading, ([], since))
            seen += rows
        passes += 1
    assert passes <= 11


def test_s14_the_mark_is_one_that_was_read_and_never_goes_back():
    table = Table([(id_, 100 + id_) for id_ in range(60)])
    _, since = table.all(10)
    marks = [spot["mark"] for _, spot in table.read(10, since, overlap=50)]
    assert marks
    assert {*marks} == {since["mark"]}


def test_s14_nothing_read_moves_nothing():
    assert Table([(1, 10)]).all(10, mark(500)) == ([], mark(500))


def test_the_overlap_is_not_read_again_and_again_when_it_holds_many_rows():
    table = Table([(id_, 1000 + id_ // 50) for id_ in range(2000)])
    seen, _ = table.all(100, overlap=30)
    assert len(seen) == 2000
    assert table.requests < 45


@given(st.data())
def test_s13_whatever_changes_meanwhile_what_was_there_is_shown(data: st.DataObject):
    rows = data.draw(st.dictionaries(st.integers(0, 60), st.integers(1, 12), max_size=60), "rows")
    overlap, size = data.draw(st.integers(0, 3), "overlap"), data.draw(st.integers(2, 12), "size")
    touched: set[int] = set()

    def move(table: Table) -> None:
        if table.requests > 30:
            return
        for id_ in data.draw(st.lists(st.integers(0, 80), max_size=4), "changed"):
            table.change(id_, data.draw(st.integers(0, 2), "passed"))
            touched.add(id_)
        for id_ in data.draw(st.lists(st.integers(100, 140), max_size=3), "visible late"):
            table.rows[id_] = table.now - data.draw(st.integers(0, overlap), "by")
        for id_ in data.draw(st.lists(st.integers(0, 80), max_size=15), "removed"):
            table.rows.pop(id_, None)
            touched.add(id_)

    table = Table([*rows.items()], move)
    seen: list[Row] = []
    try:
        seen, since = table.all(size, overlap=overlap)
    except TryLater:
        return  # said aloud: the next pass goes on from the last mark
    assert {*rows.items()} <= {*seen} | {(id_, at) for id_, at in rows.items() if id_ in touched}
    table.move = lambda _table: None
    more, _ = table.all(size, since, overlap=overlap)
    assert {*table.rows.items()} <= {*seen, *more}  # and what changed meanwhile comes with the next pass at the latest


@given(st.data())
def test_s14_passes_broken_off_anywhere_lose_nothing(data: st.DataObject):
    rows = data.draw(st.dictionaries(st.integers(0, 60), st.integers(1, 9), max_size=60), "rows")
    size = data.draw(st.integers(2, 12), "size")
    table = Table([*rows.items()])
    seen: set[Row] = set()
    since = None
    for pages in [*data.draw(st.lists(st.integers(1, 4), max_size=5), "slices"), 10**6]:
        reading = table.read(size, since, overlap=data.draw(st.integers(0, 3)))
        for _ in range(pages):
            page = next(reading, None)
            if page is None:
                break
            seen.update(page[0])
            since = orjson.loads(orjson.dumps(page[1]))
        table.rows.pop(data.draw(st.integers(0, 60), "removed"), None)
    assert {*table.rows.items()} <= seen


def test_an_order_by_something_else_is_refused():
    reading = by_mark(
        lambda _mark, _offset, _size: [3, 1, 2], 3, since=None, key=str, mark=lambda row: f"2026-01-0{row}"
    )
    with pytest.raises(Refused, match="order of their change marks"):
        next(reading)


def test_a_system_that_does_not_heed_the_mark_is_found_out():
    reading = by_mark(lambda _mark, _offset, _size: [1, 2, 3], 3, since=mark(5), key=str, mark=lambda row: f"{row:09}")
    with pytest.raises(Refused, match="does not heed the change mark"):
        next(reading)


def test_a_system_that_does_not_heed_the_offset_is_found_out():
    def fetch(_mark: str | None, _offset: int, size: int) -> list[int]:
        return list(range(size))

    with pytest.raises(TryLater, match="does it heed the offset"):
        list(by_mark(fetch, 10, since=None, key=str, mark=lambda _row: "5"))


def test_marks_that_are_instants_are_compared_as_such():
    rows = ["2026-11-22T10:00:00Z", "2026-11-22T10:00:00.500Z", "2026-11-22T11:00:01+01:00"]
    asked: list[str | None] = []

    def fetch(at: str | None, offset: int, size: int) -> list[str]:
        asked.append(at)
        since = instant(at) if at else instant("1970-01-01")
        return [row for row in rows if instant(row) >= since][offset : offset + size]

    reading = by_mark(fetch, 2, since=None, key=str, mark=str, earlier=before(timedelta(seconds=2)), moment=instant)
    pages = list(reading)
    assert [row for page, _ in pages for row in page] == rows
    assert pages[-1][1] == {"mark": rows[-1]}
    assert before(timedelta(seconds=2))("2026-11-22T11:00:01+01:00") == "2026-11-22T09:59:59.000Z"


def test_s13_a_pass_that_ends_within_a_mark_leaves_the_whole_mark_to_the_next():
    table = Table([(id_, 50) for id_ in range(1, 11)])
    _, since = table.all(5)
    assert since == mark(50)
    table.rows[0] = 50
    assert (0, 50) in table.all(5, since)[0]
