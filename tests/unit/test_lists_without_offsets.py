"""Lists that cannot be asked for from any offset: numbered pages, instants, journals; what moves is not passed over."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from adapters.reading.instants import by_instant
from adapters.reading.journals import by_journal
from adapters.reading.numbered import Numbered
from adapters.reading.walks import listed
from hub.errors import Refused

Row = Mapping[str, Any]
SIZE = 10


def rows_of(ids: Sequence[int]) -> list[Row]:
    return [{"id": str(id_)} for id_ in ids]


def shown(pages) -> list[str]:
    return [row["id"] for rows, _ in pages for row in rows]


@pytest.mark.parametrize("goes_at", range(1, 9))
@pytest.mark.parametrize("many", [1, 3, 9])
def test_rows_that_move_up_between_two_numbered_pages_are_not_passed_over(goes_at, many):
    there, asked = list(range(1, 46)), []

    def ask(_, number):
        asked.append(number)
        page = rows_of(there[(number - 1) * SIZE : number * SIZE])
        if len(asked) == goes_at:
            del there[:many]
        return page

    numbered: Numbered[object] = Numbered(ask, lambda _, ids: rows_of(list(map(int, ids))), SIZE)
    found = shown(listed(numbered).everything.walk(object(), None))
    assert {*map(str, there)} <= {*found}
    assert len(found) == len({*found})


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 19, 20, 30])
def test_numbered_pages_of_any_count_are_shown_once(count):
    numbered: Numbered[object] = Numbered(
        lambda _, number: rows_of(range(count)[(number - 1) * SIZE : number * SIZE]), lambda *_: [], SIZE
    )
    assert shown(listed(numbered).everything.walk(object(), None)) == [str(each) for each in range(count)]


def asking(rows):
    """What a list answers that is ordered by mark and then id."""

    def ask(_, at, key):
        found = [row for row in rows if row["at"] >= at and int(row["id"]) >= key]
        return sorted(found, key=lambda row: (row["at"], int(row["id"])))[:SIZE]

    return ask


def at(mark, *ids):
    return [{"id": str(id_), "at": mark} for id_ in ids]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        at(5, 1),
        at(5, *range(SIZE)),
        at(5, *range(SIZE + 1)),
        at(5, *range(3 * SIZE)),
        [*at(5, *range(50, 75)), *at(6, *range(40)), *at(9, 90)],
        [*at(5, 80, 81, 82), *at(6, *range(SIZE)), *at(7, 30, 31)],
        [row for number in range(40) for row in at(number // 3, number)],
    ],
)
def test_instants_are_read_whole_and_once_from_anywhere(rows):
    way = by_instant(asking(rows), SIZE, "at")
    pages = list(way.walk(object(), None))
    found = shown(pages)
    assert sorted(found) == sorted(row["id"] for row in rows)
    for number, (_, spot) in enumerate(pages):
        rest = shown(way.walk(object(), spot))
        assert {*shown(pages[: number + 1]), *rest} == {*found}


def test_what_comes_at_the_last_instant_is_read():
    rows = at(5, 1, 2)
    way = by_instant(asking(rows), SIZE, "at")
    _, spot = list(way.walk(object(), None))[-1]
    rows += at(5, 3)
    assert "3" in shown(way.walk(object(), spot))


def test_rows_of_one_instant_that_do_not_come_by_their_numbers_are_refused():
    rows = at(5, *range(SIZE + 1))[::-1]
    with pytest.raises(Refused, match="numbers"):
        list(by_instant(lambda *_: rows[:SIZE], SIZE, "at").walk(object(), None))


@pytest.mark.parametrize("includes_the_last", [True, False])
def test_a_journal_is_read_from_its_end_on(includes_the_last):
    journal = [(number, f"r{number % 4}") for number in range(1, 8)]

    def ask(_, behind):
        return [each for each in journal if each[0] > behind or (includes_the_last and each[0] == behind)][:3]

    way = by_journal(ask, lambda _, ids: [{"id": id_} for id_ in ids])
    ((rows, spot),) = way.walk(object(), None)
    assert (rows, spot) == ([], {"entry": 7})
    assert list(way.walk(object(), spot)) == []
    journal += [(8, "r9"), (9, "r9"), (10, "r1"), (12, "r2")]
    pages = list(way.walk(object(), spot))
    assert shown(pages) == ["r9", "r1", "r2"]
    assert pages[-1][1] == {"entry": 12}
