"""Reading a list page by page while it moves: what stands in it all the time, unchanged, is never missed.

Both ways yield rows with the place from which to go on: JSON-ready, made for a checkpoint, handed back as `since`.
Neither can turn in circles: an answer that leads nowhere ends in TryLater or Refused.
"""

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from operator import itemgetter
from typing import Any, TypeVar

from adapters.rows import Spot
from hub.counting import counted
from hub.errors import Refused, TryLater

Row = TypeVar("Row")

OVERLAP = 10
SETBACKS = 100
"""So often is a page asked for again, further in front, before the list is left alone for a while."""


def by_offset(
    fetch_page: Callable[[int, int], tuple[Sequence[Row], int | None]],
    size: int,
    *,
    key: Callable[[Row], str],
    since: Spot | None = None,
    overlap: int = OVERLAP,
) -> Generator[tuple[list[Row], Spot], None, None]:
    """Yield the new rows of each page, in an order of the system that stands still, e.g. by id.

    `fetch_page(offset, size)` gives rows and how many there are in all, or None if the system does not say. Rows move up
    when one in front of them goes: so each page has to show again the end of what was seen (`overlap` rows, half a page
    at most), otherwise it is asked for further in front. A system may give shorter pages than it was asked for; the end
    is where nothing new comes, or the system's own total. When the generator ends, everything has been shown.
    """
    walk = _Walk.resumed(overlap, since)
    while True:
        rows, total = fetch_page(walk.offset, size)
        ids = [key(row) for row in rows]
        if not walk.joins(ids):
            walk.step_back()
            continue
        new = walk.see(ids, rows)
        ended = walk.at_end(len(rows), total, has_new=bool(new))
        walk.advance(ids, has_new=bool(new), ended=ended)
        if new:
            yield new, walk.spot()
        if ended:
            return


def everything(fetch_page: Callable[[int, int], tuple[Sequence[Any], int | None]], size: int) -> list[Any]:
    """Return a list that is not long, at once; its rows are known by their `id`, and come in an order that stands still."""
    return [row for rows, _ in by_offset(fetch_page, size, key=itemgetter("id")) for row in rows]


def by_mark(
    fetch_after: Callable[[str | None, int, int], Sequence[Row]],
    size: int,
    *,
    since: Spot | None,
    key: Callable[[Row], str],
    mark: Callable[[Row], str],
    earlier: Callable[[str], str] = str,
    moment: Callable[[str], Any] = str,
    newest: Callable[[], str | None] | None = None,
    overlap: int = OVERLAP,
) -> Generator[tuple[list[Row], Spot], None, None]:
    """Yield rows in the order of their change mark, from shortly before the last mark that was read.

    `fetch_after(mark, offset, size)` gives the rows whose mark is the given one or later, ordered by mark and id, less
    the first `offset` of them; it must be able to give `size`: a page with fewer is the last. `earlier` takes a mark back
    by as much as records may become visible late; `moment` makes a mark comparable, if its text is not. More records of
    one mark than a page holds are read by offset within it. The place that is yielded advances only to marks that were
    read, and never goes back.

    `newest()` gives the latest mark that there is. A pass of several pages asks for it once, and leaves what is later to
    the next: what became visible late while it was under way lies shortly before that mark, and so is read again.
    Without it, a record may be lost that becomes visible late while others change faster than they are read.
    """
    flow = _Flow(since, earlier, moment, overlap)
    while True:
        rows = fetch_after(flow.base, flow.walk.offset, size)
        marks = [mark(row) for row in rows]
        flow.check_order(marks)
        idents = [f"{at} {key(row)}" for at, row in zip(marks, rows, strict=True)]
        if newest and flow.until is None and len(rows) == size:
            flow.until = newest() or marks[-1]
            continue  # the first page again: what is read from here on is read after that
        if not flow.walk.joins(idents):
            flow.walk.step_back()
            continue
        new = flow.walk.see(idents, rows)
        within = flow.walk.offset > 0
        ended = len(rows) < size or flow.is_beyond(marks[-1])
        flow.advance(idents, marks, has_new=bool(new), ended=ended)
        if new or (ended and within):  # a place within a mark must not be where the next pass begins
            yield new, flow.spot()
        if ended:
            return


def instant(mark: str) -> datetime:
    """Return the instant that an RFC 3339 text means: a `moment` for `by_mark`."""
    when = datetime.fromisoformat(mark)
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def before(time: timedelta) -> Callable[[str], str]:
    """Return an `earlier` for `by_mark`, for marks that are RFC 3339 texts."""

    def earlier(mark: str) -> str:
        return (instant(mark) - time).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    return earlier


@dataclass
class _Walk:
    """Where a walk through one list stands.

    As long as a page shows a row that was seen before, or begins at the front, nothing lies unseen between the two: what
    follows a seen row in a page followed it all the time.
    """

    overlap: int
    offset: int = 0
    seen: set[str] = field(default_factory=set[str])
    largest: int = 0
    """Rows of the longest page so far: what the system gives at most, as far as is known."""
    tail: Sequence[str] = ()
    _setbacks: int = 0
    _stride: int = 0
    _idle: int = 0
    _last: tuple[int, Sequence[str]] = (0, ())

    @classmethod
    def resumed(cls, overlap: int, spot: Spot | None) -> "_Walk":
        if not spot or "offset" not in spot:
            return cls(overlap)
        tail = list[str](spot["tail"])
        return cls(overlap, spot["offset"], set(tail), spot["page"], tail)

    def spot(self) -> dict[str, Any]:
        return {"offset": self.offset, "tail": list(self.tail), "page": self.largest}

    def joins(self, ids: Iterable[str]) -> bool:
        return self.offset == 0 or any(id_ in self.seen for id_ in ids)

    def step_back(self) -> None:
        """Begin further in front, each time by more."""
        self._setbacks += 1
        if self._setbacks > SETBACKS:
            raise TryLater("the list moves faster than it can be read")
        self._stride = max(1, self.largest - self._shared, 2 * self._stride)
        self.offset = max(0, self.offset - self._stride)

    def see(self, ids: Sequence[str], rows: Sequence[Row]) -> list[Row]:
        """Return the rows that were not seen before."""
        self.largest = max(self.largest, len(ids))
        new: list[Row] = []
        for id_, row in zip(ids, rows, strict=True):
            if id_ not in self.seen:
                self.seen.add(id_)
                new.append(row)
        return new

    def at_end(self, count: int, total: int | None, *, has_new: bool) -> bool:
        """Return whether this page is the last; what is less than the system's own total is not taken for all."""
        if total is not None and self.offset + count >= total:
            return True
        if has_new or (count == self.largest and count > self._shared):
            return False
        if total is not None:
            raise TryLater(
                f"the system says that it has {counted(total, 'record')}, but shows only {self.offset + count}"
            )
        return True

    def advance(self, ids: Sequence[str], *, has_new: bool, ended: bool) -> None:
        """Go on behind this page, less what is to be shown again."""
        self._stride = 0
        self._idle = 0 if has_new else self._idle + len(ids)
        if not ended and (self._idle > 2 * (len(self.seen) + self.largest) or self._came_before(ids)):
            raise TryLater("the system shows the same page again and again; does it heed the offset?")
        self._last = (self.offset, ids)
        end = self.offset + len(ids)
        self.offset = max(0, end - self._shared)
        self.tail = ids[len(ids) - self._shared :]

    def _came_before(self, ids: Sequence[str]) -> bool:
        offset, last = self._last
        return offset != self.offset and len(ids) > self._shared and ids == last

    @property
    def _shared(self) -> int:
        """How many rows are to be shown again, of pages as long as they really come."""
        return min(self.overlap, max(1, self.largest // 2))


class _Flow:
    """Where a pass along the change marks stands: a walk through what lies at and behind one mark, the base."""

    def __init__(
        self, since: Spot | None, earlier: Callable[[str], str], moment: Callable[[str], Any], overlap: int
    ) -> None:
        self.earlier, self.moment, self.overlap = earlier, moment, overlap
        self.last: str | None = since["mark"] if since else None
        """The latest mark that was read, in this pass or before, but none later than `until`."""
        within = since if since and "from" in since else None
        self.walk = _Walk.resumed(overlap, within)
        self.base = within["from"] if within else self.last and earlier(self.last)
        self.until: str | None = within["until"] if within else None
        """The latest mark there was when the pass began."""
        self._ended = False

    def spot(self) -> dict[str, Any]:
        if self._ended or self.walk.offset == 0:
            return {"mark": self.last}
        return {"mark": self.last, "from": self.base, "until": self.until} | self.walk.spot()

    def is_beyond(self, mark: str) -> bool:
        return self.until is not None and self.moment(mark) > self.moment(self.until)

    def check_order(self, marks: Sequence[str]) -> None:
        """Refuse an order by which something could be passed over."""
        moments = [self.moment(mark) for mark in marks]
        if any(one > other for one, other in pairwise(moments)):
            raise Refused("the records do not come in the order of their change marks")
        if moments and self.base is not None and moments[-1] < self.moment(self.base):
            raise Refused("the system does not heed the change mark that was asked for")

    def advance(self, idents: Sequence[str], marks: Sequence[str], *, has_new: bool, ended: bool) -> None:
        self._ended = ended
        if marks:
            self._reach(self.until if self.until is not None and self.is_beyond(marks[-1]) else marks[-1])
        base = None if ended else self._next_base(marks)
        if base is None or (self.base is not None and self.moment(base) <= self.moment(self.base)):
            self.walk.advance(idents, has_new=has_new, ended=ended)
        else:
            self._begin_at(base, idents, marks)

    def _reach(self, mark: str) -> None:
        if self.last is None or self.moment(mark) > self.moment(self.last):
            self.last = mark

    def _next_base(self, marks: Sequence[str]) -> str:
        """Return the mark to ask from next: the last; shortly before it, if that is needed and not half a page again."""
        base = marks[-1] if self.until is not None else self.earlier(marks[-1])
        again = sum(self.moment(mark) >= self.moment(base) for mark in marks)
        return base if again <= len(marks) // 2 else marks[-1]

    def _begin_at(self, base: str, idents: Sequence[str], marks: Sequence[str]) -> None:
        since = self.moment(base)
        seen = {ident for ident, mark in zip(idents, marks, strict=True) if self.moment(mark) >= since}
        self.base = base
        self.walk = _Walk(self.overlap, seen=seen, largest=self.walk.largest)
