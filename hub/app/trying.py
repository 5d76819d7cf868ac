"""Reading a few records of a system and keeping nothing: what they say, or why they cannot be taken."""

from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from hub.connector import Unreadable, peek
from hub.errors import Misconfigured
from hub.sync import System
from hub.sync.digest import of_document
from hub.sync.page import told
from hub.sync.understanding import understand


@dataclass(frozen=True, slots=True)
class Tried:
    """One record as the system shows it, and what it says."""

    entity: str
    id: str
    """The system's identity of it."""
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Canonical and valid; empty, if it cannot be taken."""
    cause: str = ""
    message: str = ""
    """Why it cannot be taken."""
    column: str | None = None
    """Our field that is at fault, where one is."""
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The document itself."""


def tried(system: System, stream: str, most: int) -> Iterator[Tried]:
    """Yield the first records of a stream, and as many that come along with them. Raises TryLater or Refused."""
    own = system.connector.streams[stream].entity
    shown: Counter[str] = Counter()
    with closing(_read(system, stream)) as found:
        for each in found:
            shown[each.entity] += 1
            if shown[each.entity] <= most:
                yield each
            if shown[own] == most:
                return


def _read(system: System, stream: str) -> Generator[Tried]:
    with closing(peek(system.connector, stream, None, full=True)) as pages:
        for page in pages:
            into = stream if page.entity == system.connector.streams[stream].entity else system.stream_of(page.entity)
            if into is None and page.documents:
                raise Misconfigured(f"{system.name} has no stream of {page.entity}, which come along with {stream}")
            for document in page.documents:
                said = understand(system, into or stream, document, of_document(document, system.settings_digest))
                if isinstance(said, Unreadable):
                    place = said.place.column
                    yield Tried(page.entity, document.id, {}, said.cause, said.message, place, document.raw)
                else:
                    yield Tried(page.entity, document.id, said.fields, raw=document.raw)
            for each in page.unreadable:
                place = each.place.column
                yield Tried(page.entity, told(each.place), {}, each.cause, each.message, place, each.raw)
