"""Streams of lists that stand in the order of a key."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Protocol, TypeVar, Unpack

from adapters.declared import Kind, More, Told
from adapters.reading.walks import ByKey, Found, by_key, by_window, source
from adapters.rows import Row
from hub.connector import Document, Stream

System = TypeVar("System")
System_contra = TypeVar("System_contra", contravariant=True)


class Keyed(ByKey[System_contra], Found[System_contra], Protocol[System_contra]):
    """A list that is read behind a key, and whose rows can be asked for by their identities."""

    key: ClassVar[str]
    """The field that holds the key: the identity, or a number that the system counts."""


def kind(
    stream: Stream,
    listing: Keyed[System],
    documents: Callable[[System, Sequence[Row]], Iterable[Document]],
    translate: Callable[[Row, Told], dict[str, Any]],
    **more: Unpack[More[System]],
) -> Kind[System, Told]:
    """Return a stream whose records are the rows of a list; what has changed is read within a window of marks."""
    told: More[System] = {"look": listing.latest, **more}
    everything = source(by_key(listing, listing.key), listing)
    changes = {"changed": by_window(listing, listing.key)} if stream.delta else {}
    return Kind(stream, everything, documents, translate, changes, **told)
