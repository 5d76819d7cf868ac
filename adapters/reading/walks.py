"""Ways through a system's lists, for the declarations of `adapters.declared`."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter
from typing import Any, ClassVar, Protocol, TypeVar, Unpack

from adapters.asking.cursors import since_mark
from adapters.declared import Kind, More, Source, Told, Way
from adapters.reading import pages, windows
from adapters.rows import Row
from hub.connector import Document, Stream

System = TypeVar("System")
Asked_contra = TypeVar("Asked_contra", contravariant=True)
ID = itemgetter("id")


def by_offset(ask: Callable[[System, int, int], tuple[Sequence[Row], int | None]], size: int) -> Way[System]:
    """Walk through everything; `ask(system, offset, size)` gives rows, and how many there are in all."""

    def walk(system: System, spot: pages.Spot | None) -> Iterable[tuple[Sequence[Row], pages.Spot]]:
        return pages.by_offset(partial(ask, system), size, key=ID, since=spot)

    return Way(walk)


def by_mark(
    ask: Callable[[System, str | None, int, int], Sequence[Row]],
    size: int,
    mark: str,
    late: timedelta,
    last: Callable[[System], Sequence[Row]],
) -> Way[System]:
    """Walk through what has changed, in the order of a mark (an RFC 3339 text).

    `ask(system, mark, offset, size)` gives rows of that mark and later, ordered by it; `late`: so long after its mark a
    record may become visible; `last(system)` gives the row that was changed last, or none: see `pages.by_mark`.

    What lies within `late` of the latest mark is read with each pass until something is changed later than that. After a
    mass change on which nothing follows, each pass reads it again: that `late` has gone by since, only the clock by which
    the system sets its marks could tell. The marks that were read stand still, ours is another clock (PAINS S14), and so
    may be the one that dates a system's answers: its web server's, or a proxy's. It costs requests, and no writes: what
    is read is known by its digest.
    """

    def newest(system: System) -> str | None:
        return next((row[mark] for row in last(system)), None)

    def walk(system: System, spot: pages.Spot | None) -> Iterable[tuple[Sequence[Row], pages.Spot]]:
        return pages.by_mark(
            partial(ask, system),
            size,
            since=spot,
            key=ID,
            mark=itemgetter(mark),
            earlier=pages.before(late),
            moment=pages.instant,
            newest=partial(newest, system),
        )

    return Way(walk)


class ByKey(Protocol[Asked_contra]):
    """A list that a system shows in the order of a key, and by a change mark, but not in the order of that."""

    size: ClassVar[int]
    """The rows of a page."""

    def behind(self, system: Asked_contra, since: datetime | None, after: Any, /) -> Sequence[Row]:
        """Return the first rows with a higher key than `after`; `since`: of those that have changed then or later."""
        ...

    def latest(self, system: Asked_contra, /) -> str | None:
        """Return the latest change mark that there is, as RFC 3339 text."""
        ...


def by_key(listing: ByKey[System], key: str = "id") -> Way[System]:
    """Walk through everything; `key`: the field of a row that holds its key."""
    return Way(lambda system, spot: windows.by_key(partial(listing.behind, system, None), listing.size, spot, key))


def by_window(listing: ByKey[System], key: str = "id") -> Way[System]:
    """Walk through what has changed; the first time, everything."""

    def walk(system: System, spot: pages.Spot | None) -> Iterable[tuple[Sequence[Row], pages.Spot]]:
        latest = partial(listing.latest, system)
        return windows.by_window(partial(listing.behind, system), latest, listing.size, spot, key)

    return Way(walk)


def changed_from_now(
    listing: ByKey[System], leads_to: Callable[[System, Sequence[Row]], Sequence[Row]], key: str = "id"
) -> Way[System]:
    """Walk through what rows lead to that have changed since the first time: then, only the latest mark is looked at."""

    def walk(system: System, spot: pages.Spot | None) -> Iterable[tuple[Sequence[Row], pages.Spot]]:
        page = partial(listing.behind, system) if spot else _nothing
        for rows, place in windows.by_window(page, partial(listing.latest, system), listing.size, spot, key):
            yield leads_to(system, rows), place

    return Way(walk)


def _nothing(_since: datetime | None, _after: Any) -> Sequence[Row]:
    return ()


def from_time_on(begin: Callable[[System], str], way: Way[System]) -> Way[System]:
    """Walk anew each time through what bears a mark since `begin`: records whose change moves no mark."""

    def walk(system: System, spot: pages.Spot | None) -> Iterable[tuple[Sequence[Row], pages.Spot]]:
        return way.walk(system, spot or {"mark": begin(system)})

    return Way(walk, anew=True)


class Found(Protocol[Asked_contra]):
    """A list whose rows can be asked for by the identities of records."""

    def some(self, system: Asked_contra, ids: Sequence[str], /) -> Sequence[Row]:
        """Return the rows that these records are in, as far as they are there."""
        ...


class Listing(Found[Asked_contra], Protocol[Asked_contra]):
    """A list that a system shows by offset and size, ordered by identity or by a change mark."""

    @property
    def size(self) -> int:
        """The rows of a page."""
        ...

    def page(
        self, system: Asked_contra, offset: int, size: int, mark: str | None = None, since: str | None = None, /
    ) -> tuple[Sequence[Row], int | None]:
        """Return rows, and how many there are in all.

        `mark`: the field to order by, none: the identity; `since`: only rows of that mark and later.
        """
        ...


def source(everything: Way[System], listing: Found[System]) -> Source[System]:
    """Return where a list's records are. What is behind a bar in a document's id, the system does not know."""

    def some(system: System, ids: Sequence[str]) -> Sequence[Row]:
        return listing.some(system, list(dict.fromkeys(id_.partition("|")[0] for id_ in ids)))

    return Source(everything, some)


def listed(listing: Listing[System]) -> Source[System]:
    """Return everything in a list."""
    return source(by_offset(listing.page, listing.size), listing)


def changed(
    listing: Listing[System], mark: str, late: timedelta, last: Callable[[System], Sequence[Row]] | None = None
) -> Way[System]:
    """Walk through what has changed in a list, by the field that is its change mark; `late`, `last`: see `by_mark`.

    Without `last`, the row that was changed last is the one behind all others.
    """

    def ask(system: System, since: str | None, offset: int, size: int) -> Sequence[Row]:
        return listing.page(system, offset, size, mark, since)[0]

    def behind(system: System) -> Sequence[Row]:
        total = listing.page(system, 0, 1, mark)[1]
        return listing.page(system, total - 1, 1, mark)[0] if total else ()

    return by_mark(ask, listing.size, mark, late, last or behind)


def kind(
    stream: Stream,
    listing: Listing[System],
    documents: Callable[[System, Sequence[Row]], Iterable[Document]],
    translate: Callable[[Row, Told], dict[str, Any]],
    changes: Callable[[Listing[System]], Way[System]] | None = None,
    **more: Unpack[More[System]],
) -> Kind[System, Told]:
    """Return a stream whose records are the rows of a list; `changes`: a list -> the way through what has changed in it."""
    told: More[System] = {"look": lambda system: listing.page(system, 0, 1), **more}
    ways = {"changed": changes(listing)} if changes else {}
    return Kind(stream, listed(listing), documents, translate, ways, **told)


def changed_in_any_order(listing: Listing[System], mark: str, late: timedelta) -> Way[System]:
    """Walk through what has changed in a list that is not shown in the order of its change mark, a UNIX timestamp."""

    def walk(system: System, spot: pages.Spot | None) -> Iterable[tuple[Sequence[Row], pages.Spot]]:
        def since(at: str | None, within: pages.Spot | None) -> Iterable[tuple[Sequence[Row], pages.Spot]]:
            def ask(offset: int, size: int) -> tuple[Sequence[Row], int | None]:
                return listing.page(system, offset, size, None, at)

            return pages.by_offset(ask, listing.size, key=ID, since=within)

        seconds = int(late.total_seconds())
        return since_mark(
            since,
            mark=lambda row: str(row[mark]),
            moment=int,
            earlier=lambda at: str(int(at) - seconds),
            since=spot,
        )

    return Way(walk)


def found(listing: Found[System]) -> Callable[[System, Sequence[str]], dict[str, Row]]:
    """Return what looks for rows of a list by their identity: id -> row, as far as they are there."""
    return lambda system, ids: {row["id"]: row for row in listing.some(system, list(dict.fromkeys(ids)))}
