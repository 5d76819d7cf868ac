"""Lists that lead on by cursors: walked to their end, never in circles, and changes are never passed by."""

from itertools import islice

import pytest

from adapters.asking.answers import Rejected
from adapters.asking.cursors import by_cursor, rows_of, since_mark
from hub.errors import TryLater


def list_of(count, size=2):
    def fetch(cursor):
        start = int(cursor or 0)
        following = str(start + size) if start + size < count else None
        return list(range(start, min(start + size, count))), following

    return fetch


def test_a_list_is_walked_to_its_end_and_on_from_any_page():
    whole = list(by_cursor(list_of(5)))
    assert [row for rows, _ in whole for row in rows] == [0, 1, 2, 3, 4]
    for number, (_, spot) in enumerate(whole[:-1]):
        rest = [row for rows, _ in by_cursor(list_of(5), spot) for row in rows]
        assert rest == list(range(2 * number + 2, 5))


def test_no_page_is_asked_for_before_it_is_come_to():
    asked = []

    def fetch(cursor):
        asked.append(cursor)
        return list_of(5)(cursor)

    assert list(islice(rows_of(fetch), 1, 4)) == [1, 2, 3]
    assert asked == [None, "2"]


def test_s17_a_cursor_that_has_ended_begins_anew():
    def fetch(cursor):
        if cursor == "old":
            raise Rejected("cursor expired", status=400)
        return list_of(3)(cursor)

    assert [row for rows, _ in by_cursor(fetch, {"cursor": "old"}) for row in rows] == [0, 1, 2]


def test_a_refusal_in_the_middle_is_raised():
    def fetch(cursor):
        if cursor == "2":
            raise Rejected("no", status=400)
        return list_of(5)(cursor)

    with pytest.raises(Rejected):
        list(by_cursor(fetch))


@pytest.mark.parametrize("rows", [[1], []])
def test_a_circle_is_noticed(rows):
    with pytest.raises(TryLater, match="circle"):
        list(by_cursor(lambda cursor: (rows, {None: "a", "a": "b", "b": "a"}[cursor])))


def test_empty_pages_that_lead_on_for_ever_are_noticed():
    with pytest.raises(TryLater, match="circle"):
        list(by_cursor(lambda cursor: ([], str(int(cursor or 0) + 1))))


class Shop:
    """Records in an order of no use; each page's showing may be followed by a change behind it."""

    def __init__(self):
        self.marks = dict.fromkeys("abcd", 10)
        self.clock = 10
        self.after_page = {}

    def change(self, name):
        self.clock += 1
        self.marks[name] = self.clock

    def walk(self, mark, within):
        names = sorted(name for name, at in self.marks.items() if mark is None or at >= int(mark))
        done = (within or {}).get("done", 0)
        for number, name in enumerate(names[done:], done + 1):
            yield [(name, self.marks[name])], {"done": number}
            for other in self.after_page.pop(name, ""):
                self.change(other)

    def passed(self, since):
        seen, spot = {}, since
        way = since_mark(
            self.walk, mark=lambda row: str(row[1]), moment=int, earlier=lambda mark: str(int(mark)), since=since
        )
        for rows, spot in way:  # noqa: B007  # the last one is the checkpoint
            seen.update(rows)
        return seen, spot


def test_s13_what_changes_behind_a_walk_in_no_order_is_read_by_the_next():
    shop = Shop()
    shop.after_page = {"b": "a", "c": "d"}  # `a` has been shown already, and `d` will bear a later mark
    seen, spot = shop.passed(None)
    assert (seen["a"], seen["d"]) == (10, 12)
    seen, spot = shop.passed(spot)
    assert seen["a"] == 11
    shop.change("b")
    seen, spot = shop.passed(spot)
    assert seen["b"] == 13
    for _ in range(2):
        seen, spot = shop.passed(spot)
    assert seen == {"b": 13}


def test_what_comes_in_one_page_is_not_read_twice():
    pages = [[("a", 7), ("b", 9)]]

    def walk(mark, _within):
        yield from (([row for row in page if mark is None or row[1] >= int(mark)], {}) for page in pages)

    def passed(since):
        *shown, (_, spot) = since_mark(
            walk, mark=lambda row: str(row[1]), moment=int, earlier=lambda mark: mark, since=since
        )
        return dict(row for rows, _ in shown for row in rows), spot

    seen, spot = passed(None)
    assert (seen, spot["base"]) == ({"a": 7, "b": 9}, "9")
    pages.append([("c", 9)])
    seen, spot = passed(spot)
    assert (seen, spot["base"]) == ({"b": 9, "c": 9}, "9")


def test_s17_a_pass_that_was_broken_off_goes_on_and_reaches_no_further_than_it_may():
    shop = Shop()
    _, spot = shop.passed(None)
    shop.change("a")
    way = since_mark(shop.walk, mark=lambda row: str(row[1]), moment=int, earlier=str, since=spot)
    _, broken = next(iter(way))
    assert broken
    assert spot
    assert broken["reached"] == spot["latest"]
    _, spot = shop.passed(broken)
    assert spot["base"] == "10"
