"""Reading what has changed where a record's change shows on its relatives: by key, within a window of change marks.

A parent's own mark stays when a child changes, so that no single mark orders the parents. Instead the latest mark of all
is asked for first; then everything changed since the last time is read in the order of the keys. What changes meanwhile
is later than that mark, so that the next pass reads it.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hub.connector import Document, Page

Row = Mapping[str, Any]
Spot = Mapping[str, Any]

OVERLAP = timedelta(minutes=2)
"""Records may become visible so much later than their mark says: a transaction's mark is that of its beginning."""


def by_window(
    fetch: Callable[[datetime | None, int], Sequence[Row]],
    latest: Callable[[], str | None],
    size: int,
    since: Spot | None,
) -> Generator[tuple[Sequence[Row], dict[str, Any], bool], None, None]:
    """Yield the rows of each page, the place from which to go on, and whether the page is the last.

    `fetch(mark, key)` gives at most `size` rows changed at that mark or later (none: all), with a higher `id` than the
    given, in the order of their ids; `latest` the highest mark there is, as RFC 3339 text.
    """
    spot: dict[str, Any] = dict(since or {})
    if "after" not in spot:
        spot = {"since": spot.get("since"), "until": latest(), "after": 0}
    mark = datetime.fromisoformat(spot["since"]) if spot["since"] else None
    while True:
        rows = fetch(mark, spot["after"])
        if len(rows) < size:
            yield rows, {"since": spot["until"] and _earlier(spot["until"])}, True
            return
        spot |= {"after": rows[-1]["id"]}
        yield rows, dict(spot), False


def _earlier(mark: str) -> str:
    return (datetime.fromisoformat(mark) - OVERLAP).isoformat(timespec="microseconds")


def window_pages(
    entity: str,
    since: Spot | None,
    fetch: Callable[[datetime | None, int], Sequence[Row]],
    latest: Callable[[], str | None],
    documents: Callable[[Sequence[Row]], Iterable[Document]],
    *,
    full: bool,
    size: int,
) -> Generator[Page, None, None]:
    """Yield what `by_window` reads as pages; a full scan goes on only from the middle of another."""
    since = None if full and since and "after" not in since else since
    for rows, spot, last in by_window(fetch, latest, size, since):
        yield Page(entity, (), (), spot, documents=list(documents(rows)), complete=full and last)
