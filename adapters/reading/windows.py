"""Reading by key; and, within a window of change marks, what has changed where that shows on a record's relatives.

A parent's own mark stays when a child changes, so that no single mark orders the parents. Instead the latest mark of all
is asked for first; then everything changed since the last time is read in the order of the keys. What changes meanwhile
is later than that mark, so that the next pass reads it.
"""

from collections.abc import Callable, Generator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from adapters.rows import Row, Spot

OVERLAP = timedelta(minutes=2)
"""Records may become visible so much later than their mark says: a transaction's mark is that of its beginning."""


def by_key(
    fetch: Callable[[Any], Sequence[Row]], size: int, since: Spot | None, key: str = "id"
) -> Generator[tuple[Sequence[Row], dict[str, Any]], None, None]:
    """Yield the rows of each page, and the place from which to go on; the last page has less than `size`.

    `fetch(key)` gives at most `size` rows with a higher key than the given, in the order of their keys; `key`: the field
    that holds it, where it is not the record's identity.
    """
    spot: dict[str, Any] = dict(since or {"after": 0})
    while True:
        rows = fetch(spot["after"])
        spot |= {"after": rows[-1][key]} if rows else {}
        yield rows, dict(spot)
        if len(rows) < size:
            return


def by_window(
    fetch: Callable[[datetime | None, int], Sequence[Row]],
    latest: Callable[[], str | None],
    size: int,
    since: Spot | None,
    key: str = "id",
) -> Generator[tuple[Sequence[Row], dict[str, Any]], None, None]:
    """Yield as `by_key` does; the place of the last page is where the next pass begins.

    `fetch(mark, key)` gives only what changed at that mark or later (none: all); `latest` the highest mark there is, as
    RFC 3339 text.
    """
    spot: dict[str, Any] = dict(since or {})
    if "after" not in spot:
        spot = {"since": spot.get("since"), "until": latest(), "after": 0}
    mark = datetime.fromisoformat(spot["since"]) if spot["since"] else None
    for rows, place in by_key(partial(fetch, mark), size, spot, key):
        yield rows, place if len(rows) == size else {"since": spot["until"] and _earlier(spot["until"])}


def _earlier(mark: str) -> str:
    return (datetime.fromisoformat(mark) - OVERLAP).isoformat(timespec="microseconds")
