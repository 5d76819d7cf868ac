"""A stream's pages, read while the one before is stored, with the digests by which what has changed is found."""

from collections.abc import Generator, Iterable, Mapping
from contextlib import closing
from typing import Any, NamedTuple

from hub.connector import Document, Page
from hub.sync.digest import of_document
from hub.sync.system import Flow


class Shown(NamedTuple):
    """A document that a system has shown."""

    document: Document
    digest: str


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


def read(flow: Flow, since: Mapping[str, Any] | None, *, full: bool) -> Generator[Read]:
    """Yield a stream's pages. What is delivered comes one by one, each page when the one before has been stored.

    Not what documents say as well: two threads that compute wait for each other longer than one takes for both.
    """
    pages = _read(flow, since, full=full)
    return flow.system.ahead(pages) if flow.stream.asked else pages


def _read(flow: Flow, since: Mapping[str, Any] | None, *, full: bool) -> Generator[Read]:
    with closing(flow.system.connector.read(flow.name, since, full=full)) as pages:
        for page in pages:
            into = _flow_of(flow, page)
            yield Read(page, into, digested(into, page.documents))


def _flow_of(flow: Flow, page: Page) -> Flow:
    if page.entity == flow.stream.entity:
        return flow
    stream = flow.system.stream_of(page.entity)
    assert stream is not None, f"{flow.system.name} shows {page.entity} and has no stream of them"
    return flow.system.flow(stream)
