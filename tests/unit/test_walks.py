"""A list whose records change while it is read, and in which one becomes visible some time after its mark."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from adapters.reading.walks import changed
from adapters.rows import Row

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
LATE = timedelta(seconds=5)
BUSY = timedelta(seconds=60)
"""So long do two records change all the time."""


@dataclass
class Moving:
    """A system to which each request takes two seconds."""

    now: datetime = START
    size: int = 2

    def page(
        self, _system: object, offset: int, size: int, mark: str | None = None, since: str | None = None
    ) -> tuple[Sequence[Row], int | None]:
        """Return what can be seen now, in the order of its mark."""
        self.now += timedelta(seconds=2)
        busy = min(self.now, START + BUSY)
        marks = {"quiet": START, "c": busy - timedelta(seconds=1), "d": busy}
        if self.now >= START + timedelta(seconds=8):
            marks["late"] = START + timedelta(seconds=4)
        rows = [{"id": each, "at": at.isoformat()} for each, at in sorted(marks.items(), key=lambda item: item[1])]
        shown = [
            row for row in rows if since is None or datetime.fromisoformat(row["at"]) >= datetime.fromisoformat(since)
        ]
        return shown[offset : offset + size], len(shown)

    def some(self, _system: object, _ids: Sequence[str]) -> Sequence[Row]:
        """Return none."""
        return []


def test_s13_what_becomes_visible_late_while_others_change_faster_than_they_are_read_is_not_lost():
    listing, seen = Moving(), set[str]()
    way, spot = changed(listing, "at", LATE), None
    for _ in range(3):
        for rows, at in way.walk(None, spot):
            seen |= {row["id"] for row in rows}
            spot = at
        listing.now += BUSY
    assert seen == {"quiet", "c", "d", "late"}
