"""Lists that GraphQL shows as connections, by cursor only.

They are read in the order of their change mark: a row that changes meanwhile moves to the end, and is passed over by
nobody. Where the page behind a cursor is known by the values of the row before it, nothing else moves a row.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar, Unpack

from adapters.asking.cursors import by_cursor, rows_of
from adapters.asking.edges import PAGE, nodes, page_of, type_of
from adapters.asking.forms import Filled, Form
from adapters.declared import Kind, More, Source, Told, Way
from adapters.reading.stable import documents
from adapters.reading.walks import by_mark, source
from adapters.rows import Row, Spot
from adapters.writing.bulk import portions
from hub.connector import Document, Stream
from hub.errors import TryLater

Chosen = Mapping[str, object]
"""Arguments of a list that choose among its rows."""
NOTHING: Chosen = {}


class Shows(Protocol):
    """A system that shows its lists to those who have a right to them."""

    def shown(self, form: Filled, right: str) -> Any:
        """Return what a list shows; raises KeyRefused without the right."""
        ...


System = TypeVar("System", bound=Shows)


@dataclass(frozen=True)
class Dialect:
    """How a system's lists are asked for, as far as they are alike."""

    mark: str
    """The field that is the change mark."""
    order: Callable[[str], str]
    """ASC or DESC -> the arguments, as they are written, that order rows so by their mark."""
    since: Callable[[str], Chosen]
    """A mark -> the arguments that choose what bears it, or a later one."""
    by_id: Callable[[Sequence[str]], Chosen]
    takes: str
    """The types of all these arguments: see `Form`; braces stand for the name of a list's type."""
    size: int = 100
    """The rows of a page, and the identities that are asked for at once."""
    late: timedelta = timedelta(seconds=30)
    """A change may be seen so long after its mark, which is set before its transaction ends."""


@dataclass(frozen=True)
class Connection(Generic[System]):
    """A list."""

    dialect: Dialect
    name: str
    selected: str
    """What is selected of each row: its `id` and its mark among the rest."""
    right: str
    takes: str = ""
    """The types of further arguments."""
    own: Callable[[System], Chosen] = lambda _: NOTHING
    """Arguments that always go along."""
    by_id: Callable[[Sequence[str]], Chosen] | None = None
    """Instead of the dialect's."""

    def asked(self, system: System, chosen: Chosen, first: int = 0, direction: str = "ASC") -> Any:
        """Return the connection with the rows that are chosen: a page at most."""
        takes = f"first:Int! after:String {self.dialect.takes.format(type_of(self.name))} {self.takes}"
        form = Form(self.name, takes, f"edges{{node{{{self.selected}}}}} {PAGE}", self.dialect.order(direction))
        return system.shown(form(first=first or self.dialect.size, **self.own(system), **chosen), self.right)

    def after(self, system: System, since: str | None, after: str | None) -> tuple[list[Row], str | None]:
        """Return the rows behind a cursor, and the next cursor, none behind the last page."""
        place = {"after": after} if after else NOTHING
        told = self.asked(system, {**place, **(self.dialect.since(since) if since else NOTHING)})
        rows, following = page_of(told)
        if following and not rows:
            raise TryLater(f"the list {self.name} shows nothing, and says that there is more")
        return rows, following

    def last(self, system: System) -> list[Row]:
        """Return the row that was changed last, if there is any."""
        return nodes(self.asked(system, NOTHING, 1, "DESC"))

    def some(self, system: System, ids: Sequence[str]) -> list[Row]:
        """Return the rows of these identities, as far as they are there."""
        by_id = self.by_id or self.dialect.by_id
        told = [self.asked(system, by_id(each)) for each in portions(ids, self.dialect.size)]
        return [row for each in told for row in nodes(each)]

    def by_ids(self, system: System, ids: Iterable[str]) -> dict[str, Row]:
        """Return rows by their identities, as far as they are there."""
        return {row["id"]: row for row in self.some(system, list(dict.fromkeys(ids)))}


def listed(listing: Connection[System]) -> Source[System]:
    """Return everything in a list."""
    return source(Way(lambda system, spot: by_cursor(partial(listing.after, system, None), spot)), listing)


def changed(listing: Connection[System]) -> Way[System]:
    """Walk through what has changed."""

    def page(system: System, since: str | None, offset: int, size: int) -> Sequence[Row]:
        return list(islice(rows_of(partial(listing.after, system, since)), offset, offset + size))

    told = listing.dialect
    return by_mark(page, told.size, told.mark, told.late, listing.last)


def changed_with(listing: Connection[System], owners: Connection[System]) -> Way[System]:
    """Walk through what has changed, and then through what stands under `owners` that have, which moves no mark.

    The first time, that begins with what is changed from now on: all else is shown by the list itself.
    """
    ways = {"own": changed(listing), "owners": changed(owners)}

    def walk(system: System, spot: Spot | None) -> Iterable[tuple[Sequence[Row], Spot]]:
        spots = dict(
            spot or {"owners": next(({"mark": row[owners.dialect.mark]} for row in owners.last(system)), None)}
        )
        for name, way in ways.items():
            for rows, at in way.walk(system, spots.get(name)):
                spots = {**spots, name: at}
                yield rows, spots

    return Way(walk)


class Shown(More[System], Generic[System], total=False):
    """What else a `Kind` of a connection may have."""

    documents: Callable[[System, Sequence[Row]], Iterable[Document]]
    """Where a row is not a document as it is."""


def kind(
    stream: Stream,
    listing: Connection[System],
    translate: Callable[[Row, Told], dict[str, Any]],
    owners: Connection[System] | None = None,
    **more: Unpack[Shown[System]],
) -> Kind[System, Told]:
    """Return a stream whose records are the rows of a list, each as it is but for its mark.

    `owners`: the list of what these rows stand under, such as articles of variants, where that has a mark of its own.
    """
    way = changed_with(listing, owners) if owners else changed(listing)
    told: Shown[System] = {"documents": documents(listing.dialect.mark), "look": listing.last, **more}
    return Kind(stream, listed(listing), translate=translate, changes={"changed": way} if stream.delta else {}, **told)
