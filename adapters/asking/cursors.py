"""Walking through lists that lead on from page to page by a cursor or an address of the system's own.

Neither way can turn in circles: a cursor that comes twice ends in TryLater.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from adapters.asking.answers import Rejected
from adapters.rows import Spot
from hub.errors import TryLater

Row = TypeVar("Row")

MOST_EMPTY = 1000
"""So many pages in a row may be empty, though each leads on."""


def by_cursor(
    fetch: Callable[[str | None], tuple[Sequence[Row], str | None]], since: Spot | None = None
) -> Generator[tuple[Sequence[Row], Spot], None, None]:
    """Yield the rows of each page; `fetch(cursor)` gives them, and the next cursor, none behind the last page.

    A cursor from a checkpoint may have ended: then the list is walked from its beginning.
    """
    cursor: str | None = (since or {}).get("cursor")
    passed: set[str | None] = {cursor}
    empty = 0
    while True:
        try:
            rows, following = fetch(cursor)
        except Rejected:
            if cursor is None or len(passed) > 1:
                raise
            cursor, passed = None, {None}
            continue
        empty = 0 if rows else empty + 1
        if (following and following in passed) or empty > MOST_EMPTY:
            raise TryLater("the list leads round in a circle: the same page follows again")
        passed.add(following)
        if rows:
            yield rows, {"cursor": following} if following else {}
        if not following:
            return
        cursor = following


def rows_of(fetch: Callable[[str | None], tuple[Sequence[Row], str | None]]) -> Iterator[Row]:
    """Yield all rows of a list, whose pages are asked for as they are come to; `fetch`: see `by_cursor`."""
    return (row for rows, _ in by_cursor(fetch) for row in rows)


def since_mark(
    walk: Callable[[str | None, Spot | None], Iterable[tuple[Sequence[Row], Spot]]],
    *,
    mark: Callable[[Row], str],
    moment: Callable[[str], Any],
    earlier: Callable[[str], str],
    since: Spot | None,
) -> Generator[tuple[Sequence[Row], Spot], None, None]:
    """Yield what has changed since a mark, in whichever order the list has.

    `walk(mark, spot)` walks through all that bears this mark or a later one. While that goes on, records change behind
    it: so a mark counts as reached only when a whole further pass has begun at it, and each change is read twice. What
    comes in one page is seen at one moment: its latest mark is reached at once.
    """
    spot, at_once = dict(since or {}), "within" not in (since or {})
    base: str | None = spot.get("base")
    latest: str | None = spot.get("latest")
    reached = spot.get("reached", latest) if "within" in spot else latest
    for number, (rows, within) in enumerate(walk(base, spot.get("within"))):
        at_once = at_once and number == 0
        for row in rows:
            each = mark(row)
            latest = each if latest is None or moment(each) > moment(latest) else latest
        yield rows, {"base": base, "latest": latest, "reached": reached, "within": within}
    reached = latest if at_once else reached
    yield [], {"base": reached and earlier(reached), "latest": latest}
