"""Lists that GraphQL shows as connections, by cursor only (page "GraphQL Cursor Connections Specification").

They are read in the order of their change mark: a row that changes meanwhile moves to the end, and is passed over by
nobody. Where the page behind a cursor is known by the values of the row before it, nothing else moves a row.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Protocol, TypeVar

from adapters.cursors import by_cursor
from adapters.declared import Row, Source, Way
from adapters.pages import Spot
from adapters.walks import by_mark
from hub.errors import TryLater

System_contra = TypeVar("System_contra", contravariant=True)
System = TypeVar("System")
PAGE = "pageInfo{hasNextPage endCursor}"


class Connected(Protocol[System_contra]):
    """A list that is asked for by cursor, or by the identities of records."""

    @property
    def size(self) -> int:
        """The rows of a page."""
        ...

    def ask(
        self, system: System_contra, first: int, after: str | None, since: str | None, *, last: bool = False
    ) -> Any:
        """Return a connection: its edges in the order of their marks, from `since` on, and its page's end.

        `last`: the other way round, the latest first.
        """
        ...

    def some(self, system: System_contra, ids: Sequence[str], /) -> Sequence[Row]:
        """Return the rows of these identities, as far as they are there."""
        ...


def rows_after(
    listing: Connected[System], system: System, since: str | None, after: str | None
) -> tuple[list[Row], str | None]:
    """Return the rows behind a cursor, and the next cursor, none behind the last page."""
    told = listing.ask(system, listing.size, after, since)
    more = told["pageInfo"]["hasNextPage"]
    if more and not told["edges"]:
        raise TryLater("the list shows nothing, and says that there is more")
    return [edge["node"] for edge in told["edges"]], told["pageInfo"]["endCursor"] if more else None


def listed(listing: Connected[System]) -> Source[System]:
    """Return everything in a list. What is behind a bar in a document's id, the system does not know."""

    def some(system: System, ids: Sequence[str]) -> Sequence[Row]:
        return listing.some(system, list(dict.fromkeys(id_.partition("|")[0] for id_ in ids)))

    return Source(Way(lambda system, spot: by_cursor(partial(rows_after, listing, system, None), spot)), some)


def changed(listing: Connected[System], mark: str, late: timedelta) -> Way[System]:
    """Walk through what has changed, by the field that is its change mark; `late`: see `walks.by_mark`."""

    def page(system: System, since: str | None, offset: int, size: int) -> Sequence[Row]:
        rows, after = list[Row](), None
        while len(rows) < offset + size:
            part, after = rows_after(listing, system, since, after)
            rows += part
            if after is None:
                break
        return rows[offset : offset + size]

    return by_mark(page, listing.size, mark, late, partial(_last, listing))


def _last(listing: Connected[System], system: System) -> Sequence[Row]:
    return [edge["node"] for edge in listing.ask(system, 1, None, None, last=True)["edges"]]


def changed_with(listing: Connected[System], owners: Connected[System], mark: str, late: timedelta) -> Way[System]:
    """Walk through what has changed, and then through what stands under `owners` that have, which moves no mark.

    The first time, that begins with what is changed from now on: all else is shown by the list itself.
    """
    ways = {"own": changed(listing, mark, late), "owners": changed(owners, mark, late)}

    def walk(system: System, spot: Spot | None) -> Iterable[tuple[Sequence[Row], Spot]]:
        spots = dict(spot or {"owners": next(({"mark": row[mark]} for row in _last(owners, system)), None)})
        for name, way in ways.items():
            for rows, at in way.walk(system, spots.get(name)):
                spots = {**spots, name: at}
                yield rows, spots

    return Way(walk)


def found(listing: Connected[System]) -> Callable[[System, Sequence[str]], dict[str, Row]]:
    """Return what looks for rows of a list by their identity: id -> row, as far as they are there."""
    return lambda system, ids: {row["id"]: row for row in listing.some(system, list(dict.fromkeys(ids)))}
