"""A stream's pages with what can be worked out while the one before is stored: digests, and what documents say. Pure."""

from collections.abc import Generator, Iterable, Mapping
from contextlib import closing
from typing import Any, NamedTuple

from hub.connector import Document, Page, Unreadable
from hub.sync.digest import of_document
from hub.sync.system import Flow
from hub.sync.understanding import Understood, understand


class Shown(NamedTuple):
    """A document that a system has shown."""

    document: Document
    digest: str
    said: Understood | Unreadable | None = None
    """What it says, where that was worked out while it was read."""

    def understood(self, flow: Flow) -> Understood | Unreadable:
        """Return what it says."""
        return self.said or understand(flow.system, flow.name, self.document, self.digest)


class Read(NamedTuple):
    """A page, and what it shows."""

    page: Page
    flow: Flow
    """The flow of its records: orders come with the parties that they are for."""
    shown: list[Shown]


def digested(flow: Flow, documents: Iterable[Document]) -> list[Shown]:
    """Return documents with their digests."""
    settings = flow.system.settings_digest
    return [Shown(each, of_document(each, settings)) for each in documents]


def read(flow: Flow, since: Mapping[str, Any] | None, *, full: bool, first: bool) -> Generator[Read]:
    """Yield a stream's pages; `first`: it has never been read, so that most documents are about to be understood.

    What is delivered comes one by one, each page when the one before has been stored.
    """
    pages = _read(flow, since, full=full, first=first)
    return flow.system.ahead(pages) if flow.stream.asked else pages


def _read(flow: Flow, since: Mapping[str, Any] | None, *, full: bool, first: bool) -> Generator[Read]:
    with closing(flow.system.connector.read(flow.name, since, full=full)) as pages:
        for page in pages:
            into = _flow_of(flow, page)
            shown = digested(into, page.documents)
            yield Read(page, into, [each._replace(said=each.understood(into)) for each in shown] if first else shown)


def _flow_of(flow: Flow, page: Page) -> Flow:
    if page.entity == flow.stream.entity:
        return flow
    stream = flow.system.stream_of(page.entity)
    assert stream is not None, f"{flow.system.name} shows {page.entity} and has no stream of them"
    return flow.system.flow(stream)
