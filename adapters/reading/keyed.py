"""Streams of lists that stand in the order of a key."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar, Unpack

from adapters.declared import Kind, More, Source, Told, Way
from adapters.reading.walks import ByKey, Found, by_key, by_window, changed_from_now, source
from adapters.rows import Row
from hub.connector import Document, Stream

System = TypeVar("System")
System_contra = TypeVar("System_contra", contravariant=True)


class Keyed(ByKey[System_contra], Found[System_contra], Protocol[System_contra]):
    """A list that is read behind a key, and whose rows can be asked for by their identities."""

    @property
    def key(self) -> str:
        """The field that holds the key: the identity, or a number that the system counts."""
        ...

    def first(self, system: System_contra, /) -> Sequence[Row]:
        """Return the first row, if there is any."""
        ...


def kind(
    stream: Stream,
    listing: Keyed[System],
    documents: Callable[[System, Sequence[Row]], Iterable[Document]],
    translate: Callable[[Row, Told], dict[str, Any]],
    *,
    some: Callable[[System, Sequence[str]], Sequence[Row]] | None = None,
    related: Mapping[str, Keyed[System]] | None = None,
    leads_to: Callable[[System, Sequence[Row]], Sequence[Row]] | None = None,
    **more: Unpack[More[System]],
) -> Kind[System, Told]:
    """Return a stream whose records are the rows of a list; what has changed is read within a window of marks.

    `some`: the identities of documents -> their rows, if not by the list itself. `related`: lists whose changes `leads_to`
    rows of this one without moving their marks, by the names of these ways; they come first, so that what changes
    meanwhile comes after. `hub check` makes a document of the first row.
    """
    told: More[System] = {"look": lambda system: list(documents(system, listing.first(system))), **more}
    everything = by_key(listing, listing.key)
    changes = dict[str, Way[System]]()
    if related and leads_to:
        changes |= {name: changed_from_now(each, leads_to, each.key) for name, each in related.items()}
    if stream.delta:
        changes["changed"] = by_window(listing, listing.key)
    shown = Source(everything, some) if some else source(everything, listing)
    return Kind(stream, shown, documents, translate, changes, **told)
