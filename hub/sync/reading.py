"""A stream's pages, read while the one before is stored, with the digests by which what has changed is found."""

import json
from collections.abc import Generator, Iterable, Mapping
from contextlib import closing
from typing import Any, NamedTuple

from hub.connector import Document, Page
from hub.errors import TryLater
from hub.store import DatabaseAway
from hub.sync.apart import is_well
from hub.sync.digest import of_document
from hub.sync.system import Flow


class PageBreaks(TryLater):
    """The system is well, and breaks on one page of a list: on a record in it, perhaps."""

    system_away = False


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
    behind = since
    with closing(flow.system.connector.read(flow.name, since, full=full)) as pages:
        try:
            for page in pages:
                into = _flow_of(flow, page)
                yield Read(page, into, digested(into, page.documents))
                behind = page.checkpoint
        except TryLater as fault:
            raise _told(flow, behind, fault) from fault


def _told(flow: Flow, behind: Mapping[str, Any] | None, fault: TryLater) -> TryLater:
    """Return a fault with its page, if the system is well otherwise: each run would end there until somebody looks."""
    if fault.after is not None or isinstance(fault, DatabaseAway) or not is_well(flow.system.connector):
        return fault
    name, place = flow.system.name, f"behind {json.dumps(behind)}" if behind else "at its beginning"
    return PageBreaks(
        f"{name} is well, but cannot show the page of {flow.name} {place}: {fault}; if that goes on, its own log may name "
        "the record that it breaks on: mend that one there. What comes behind it waits, the other streams go on"
    )


def _flow_of(flow: Flow, page: Page) -> Flow:
    if page.entity == flow.stream.entity:
        return flow
    stream = flow.system.stream_of(page.entity)
    assert stream is not None, f"{flow.system.name} shows {page.entity} and has no stream of them"
    return flow.system.flow(stream)
