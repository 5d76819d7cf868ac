"""Streams of lists that stand in the order of a key; each record is a document of what its table is made of."""

from collections.abc import Callable
from typing import Any, ClassVar, Protocol, TypeVar, Unpack

from adapters.declared import Kind, More, Told
from adapters.fields import Table
from adapters.reading import stable
from adapters.reading.walks import ByKey, Found, by_key, by_window, source
from adapters.rows import Row
from hub.connector import Stream

System = TypeVar("System")
System_contra = TypeVar("System_contra", contravariant=True)


class Keyed(ByKey[System_contra], Found[System_contra], Protocol[System_contra]):
    """A list that is read behind a key, and whose rows can be asked for by their identities."""

    key: ClassVar[str]
    """The field that holds the key: the identity, or a number that the system counts."""


def kind(
    stream: Stream,
    listing: Keyed[System],
    table: Table,
    translate: Callable[[Row, Told], dict[str, Any]],
    **more: Unpack[More[System]],
) -> Kind[System, Told]:
    """Return a stream whose records are the rows of a list; `table`: what is kept of them."""
    told: More[System] = {"documents": stable.by_table(table), "look": listing.latest, **more}
    changes = {"changed": by_window(listing, listing.key)} if stream.delta else {}
    return Kind(stream, source(by_key(listing, listing.key), listing), translate=translate, changes=changes, **told)
