from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.reading.pages import by_offset
from hub.errors import TryLater

Moves = Callable[[int, list[int]], None]


class Listing:
    """A list, ordered by id, that is asked for by offset; `move` changes it before each page but the first."""

    def __init__(self, ids: Sequence[int], move: Moves = lambda _page, _ids: None, *, most: int = 1000, counts=False):
        self.ids = sorted(ids)
        self.move, self.most, self.counts = move, most, counts
        self.pages = 0

    def fetch(self, offset: int, size: int) -> tuple[list[int], int | None]:
        if self.pages:
            self.move(self.pages, self.ids)
            self.ids.sort()
        self.pages += 1
        page = self.ids[offset : offset + min(size, self.most)]
        return page, len(self.ids) if self.counts else None

    def read(self, size: int, **options) -> Iterator[tuple[list[int], Mapping[str, Any]]]:
        return by_offset(self.fetch, size, key=str, **options)

    def all(self, size: int, **options) -> list[int]:
        return [row for rows, _ in self.read(size, **options) for row in rows]


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 9, 10, 11, 99, 100, 101, 250])
@pytest.mark.parametrize("most", [2, 7, 1000])
def test_what_stands_still_is_shown_once_and_in_order(count: int, most: int, counts: bool):
    listing = Listing(range(count), most=most, counts=counts)
    assert listing.all(100) == list(range(count))


def test_the_systems_total_saves_the_last_request():
    listing = Listing(range(250), counts=True)
    listing.all(100)
    assert listing.pages == 3
    listing = Listing(range(250))
    listing.all(100)
    assert listing.pages == 4


def test_s25_rows_that_move_up_are_not_passed_over():
    def remove(_page: int, ids: list[int]) -> None:
        del ids[:5]

    assert {*range(10, 40)} <= {*Listing(range(40), remove).all(10)}


def test_s25_a_page_that_does_not_join_is_asked_for_further_in_front():
    def remove_most(page: int, ids: list[int]) -> None:
        if page == 4:
            del ids[2:60]

    listing = Listing(range(100), remove_most)
    assert {0, 1, *range(60, 100)} <= {*listing.all(20)}


def test_s25_rows_that_move_down_come_once():
    def insert(page: int, ids: list[int]) -> None:
        ids.extend(range(-50 * page, -50 * (page - 1))) if page < 4 else None

    seen = Listing(range(100), insert).all(20)
    assert {*range(100)} <= {*seen}
    assert len(seen) == len({*seen})


@given(st.data())
def test_s25_whatever_comes_and_goes_what_was_always_there_is_shown_exactly_once(data: st.DataObject):
    ids = data.draw(st.lists(st.integers(0, 120), unique=True, max_size=80), "ids")
    gone: set[int] = set()

    def move(page: int, now: list[int]) -> None:
        if page > 30:
            return
        for id_ in data.draw(st.lists(st.sampled_from(now), unique=True, max_size=25) if now else st.just([])):
            now.remove(id_)
            gone.add(id_)
        for id_ in data.draw(st.lists(st.integers(-40, 160), unique=True, max_size=10)):
            if id_ not in now:
                now.append(id_)

    size, overlap = data.draw(st.integers(2, 20), "size"), data.draw(st.integers(1, 10), "overlap")
    most, counts = data.draw(st.sampled_from([2, 5, 1000]), "most"), data.draw(st.booleans(), "counts")
    seen: list[int] = []
    try:
        for rows, _ in Listing(ids, move, most=most, counts=counts).read(size, overlap=overlap):
            assert rows
            seen += rows
    except TryLater:
        return  # said aloud, and nothing is taken for complete
    assert {*ids} - gone <= {*seen}
    assert len(seen) == len({*seen})


@given(st.sets(st.integers(0, 100)), st.integers(2, 20), st.integers(0, 6), st.sets(st.integers(0, 100)))
def test_s17_a_pass_that_was_broken_off_goes_on_where_it_was(ids: set[int], size: int, after: int, gone: set[int]):
    listing = Listing([*ids])
    seen: set[int] = set()
    since = None
    for rows, spot in listing.read(size):
        seen.update(rows)
        since = orjson.loads(orjson.dumps(spot))
        if not after:
            break
        after -= 1
    listing.ids = sorted(ids - gone)
    seen.update(listing.all(size, since=since))
    assert ids - gone <= seen


def test_a_system_that_does_not_heed_the_offset_is_found_out():
    calls: list[int] = []

    def fetch(offset: int, size: int) -> tuple[list[int], None]:
        calls.append(offset)
        return list(range(size)), None

    with pytest.raises(TryLater, match="does it heed the offset"):
        list(by_offset(fetch, 50, key=str))
    assert len(calls) == 2


def test_a_system_that_goes_round_in_circles_is_found_out():
    def fetch(offset: int, size: int) -> tuple[list[int], None]:
        return [place % 300 for place in range(offset, offset + size)], None

    with pytest.raises(TryLater, match="again and again"):
        list(by_offset(fetch, 50, key=str))


def test_a_list_that_never_stands_still_is_left_alone():
    pages = iter(range(10**6))

    def fetch(offset: int, size: int) -> tuple[list[int], None]:
        page = next(pages)
        return [page * size + place for place in range(size)] if offset else [-1, -2], None

    with pytest.raises(TryLater, match=r"moves faster|again and again"):
        list(by_offset(fetch, 50, key=str))


def test_s16_fewer_rows_than_the_system_itself_counts_are_not_taken_for_all():
    def fetch(offset: int, size: int) -> tuple[list[int], int]:
        return list(range(offset, min(offset + size, 120))), 500

    with pytest.raises(TryLater, match="says that it has 500 records, but shows only 120"):
        list(by_offset(fetch, 50, key=str))


def test_s16_a_short_page_in_the_middle_is_not_the_end():
    def fetch(offset: int, size: int) -> tuple[list[int], None]:
        rows = list(range(offset, min(offset + size, 200)))
        return (rows[:30] if offset == 40 else rows), None

    seen = [row for rows, _ in by_offset(fetch, 50, key=str) for row in rows]
    assert seen == list(range(200))
