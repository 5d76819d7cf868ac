"""What a pass within a window of change marks promises, and writing by halves."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.asking.http import Rejected
from adapters.reading.windows import OVERLAP, by_key, by_window
from adapters.writing.bulk import in_halves

START = datetime(2026, 11, 22, tzinfo=UTC)


class Rows:
    """A list of records that change while it is read."""

    def __init__(self, count: int) -> None:
        self.marks = {key: START + timedelta(hours=key) for key in range(1, count + 1)}

    def latest(self) -> str | None:
        """Return the highest mark."""
        return max(self.marks.values()).isoformat() if self.marks else None

    def fetch(self, mark: datetime | None, key: int) -> list[Mapping[str, Any]]:
        """Return two records behind a key."""
        changed = [each for each, at in sorted(self.marks.items()) if each > key and (mark is None or at >= mark)]
        return [{"id": each} for each in changed[:2]]


def read(rows: Rows, since: Mapping[str, Any] | None) -> tuple[list[int], Mapping[str, Any]]:
    """Return what a whole pass shows, and where the next goes on."""
    pages = list(by_window(rows.fetch, rows.latest, 2, since))
    return [row["id"] for page, _ in pages for row in page], pages[-1][1]


def test_s13_s25_what_changes_behind_the_reader_comes_in_the_next_pass() -> None:
    """A record that has been read already changes while the pass goes on: its mark is later than the pass's own."""
    rows = Rows(5)
    walk = by_window(rows.fetch, rows.latest, 2, None)
    seen = [row["id"] for row in next(walk)[0]]
    rows.marks[1] = START + timedelta(hours=9)
    rows.marks[5] = START + timedelta(hours=10)
    rest = list(walk)
    seen += [row["id"] for page, _ in rest for row in page]
    assert seen == [1, 2, 3, 4, 5]
    again, _ = read(rows, rest[-1][1])
    assert again == [1, 5]


def test_s14_the_mark_is_the_datas_and_laps_over() -> None:
    """No clock is asked; what became visible late is read once more."""
    rows = Rows(3)
    _, spot = read(rows, None)
    assert datetime.fromisoformat(spot["since"]) == rows.marks[3] - OVERLAP
    rows.marks[2] = rows.marks[3] - OVERLAP / 2
    assert read(rows, spot)[0] == [2, 3]


def test_s17_a_pass_goes_on_from_its_last_page() -> None:
    """With the window that it began with."""
    rows = Rows(5)
    walk = by_window(rows.fetch, rows.latest, 2, None)
    next(walk)
    _, spot = next(walk)
    rows.marks[6] = START + timedelta(hours=6)
    shown, done = read(rows, spot)
    assert shown == [5, 6]
    assert datetime.fromisoformat(done["since"]) == rows.marks[5] - OVERLAP


def test_s17_a_walk_by_key_goes_on_behind_its_last_row() -> None:
    """Also from the place of its last page, where nothing is left."""
    rows = Rows(5)
    pages = list(by_key(lambda key: rows.fetch(None, key), 2, None))
    assert [[row["id"] for row in page] for page, _ in pages] == [[1, 2], [3, 4], [5]]
    assert [page for page, _ in by_key(lambda key: rows.fetch(None, key), 2, pages[1][1])] == [pages[2][0]]
    assert [page for page, _ in by_key(lambda key: rows.fetch(None, key), 2, pages[2][1])] == [[]]


def test_an_empty_list_leaves_nothing_to_go_on_from() -> None:
    """The next pass reads all."""
    assert read(Rows(0), None) == ([], {"since": None})


def test_s18_one_refused_does_not_stop_the_others() -> None:
    """It is found by halves, and named with its reason."""
    done: list[int] = []

    def carry_out(some: Sequence[int]) -> None:
        if 5 in some:
            raise Rejected("no five", status=400)
        done.extend(some)

    refused = dict(in_halves(range(8), carry_out))
    assert sorted(done) == [0, 1, 2, 3, 4, 6, 7]
    assert {key: str(refusal) for key, refusal in refused.items()} == {5: "no five"}


def test_a_key_may_be_another_field_than_the_identity() -> None:
    """Where identities come in no order, a number that the system counts does."""
    rows = Rows(3)

    def fetch(mark: datetime | None, key: int) -> list[Mapping[str, Any]]:
        return [{"id": f"x{9 - row['id']}", "number": row["id"]} for row in rows.fetch(mark, key)]

    pages = list(by_window(fetch, rows.latest, 2, None, "number"))
    assert [row["id"] for page, _ in pages for row in page] == ["x8", "x7", "x6"]
    assert pages[0][1]["after"] == 2
