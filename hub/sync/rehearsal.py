"""Stand-ins for a rehearsed run: a connector that answers from memory only, and a hold whose pages are never kept.

A rehearsal asks no system anything: what it would have to ask is noted, and answered between two rehearsals.
"""

from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import orjson

from hub.connector import Change, Document, Exchange, Finding, Page, Place, Stream, Unreadable, Write, Written
from hub.errors import Refused
from hub.handler import PageReport
from hub.store import Tx, bindings
from hub.sync.taken import Arrival

AS_LAST_SEEN = "as last seen"
"""The raw form of a record that has to be asked for yet: until then it counts as unchanged."""
NOT_MADE = "planned:"
"""Begins the identity of a record that would have been created."""
RUN = -1
"""Stands for the run in what is written, and rolled back, while a run is rehearsed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A way through a stream: what has changed since a checkpoint, or everything."""

    stream: str
    since: str
    full: bool

    @classmethod
    def of(cls, stream: str, since: Mapping[str, Any] | None, *, full: bool) -> "Reading":
        """Name a reading by its checkpoint."""
        return cls(stream, orjson.dumps(since, option=orjson.OPT_SORT_KEYS).decode(), full)

    @property
    def checkpoint(self) -> Mapping[str, Any] | None:
        """Where it begins."""
        return orjson.loads(self.since)


@dataclass(slots=True)
class Memory:
    """What a system has said, and what has to be asked yet."""

    pages: dict[Reading, list[Page]] = field(default_factory=dict[Reading, list[Page]])
    documents: dict[tuple[str, str], Document | None] = field(default_factory=dict[tuple[str, str], Document | None])
    """(stream, identity) -> the record; none: it is not there."""
    found: dict[tuple[str, str], Sequence[str]] = field(default_factory=dict[tuple[str, str], Sequence[str]])
    """(stream, our key) -> identities of what may be the record."""
    unshown: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    """(stream, identity) -> why the record cannot be had."""
    unfound: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    """(stream, our key) -> why it cannot be looked for."""
    to_read: dict[Reading, None] = field(default_factory=dict[Reading, None])
    to_fetch: dict[str, dict[str, None]] = field(default_factory=dict[str, dict[str, None]])
    """Stream -> identities."""
    to_find: dict[str, dict[str, Write]] = field(default_factory=dict[str, dict[str, Write]])
    """Stream -> our key -> what would be created."""

    @property
    def complete(self) -> bool:
        """Whether nothing has to be asked."""
        return not (self.to_read or self.to_fetch or self.to_find)


@dataclass(frozen=True, slots=True)
class Sent:
    """A record that a system would be told of."""

    entity: str
    key: str
    external_id: str | None
    outcome: Literal["created", "told", "removed", "found"]
    changes: Mapping[str, tuple[Any, Any]]


@dataclass(slots=True)
class Rehearsed:
    """An `Exchange` that answers from memory, and notes what would be written."""

    name: str
    connector: Exchange
    memory: Memory
    tx: Tx
    sent: list[Sent] = field(default_factory=list[Sent])
    _written: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    _unknown: dict[tuple[str, str], Change] = field(default_factory=dict[tuple[str, str], Change])

    @property
    def hooks(self) -> None:
        """Nobody calls in a rehearsal."""
        return

    @property
    def streams(self) -> Mapping[str, Stream]:
        """What the system has."""
        return self.connector.streams

    def check(self) -> list[Finding]:
        """Nothing is asked."""
        return []

    def read(self, stream: str, since: Mapping[str, Any] | None, *, full: bool) -> Generator[Page, None, None]:
        """Yield what was read outside; nothing, if it has not been yet."""
        wanted = Reading.of(stream, since, full=full)
        if wanted not in self.memory.pages:
            self.memory.to_read[wanted] = None
        yield from self.memory.pages.get(wanted, ())

    def fetch(self, stream: str, ids: Sequence[str]) -> list[Document]:
        """Return what was fetched or read; the rest as it was last seen. What was just written is not read back.

        Raises Refused where one of them could not be had.
        """
        asked = [each for each in ids if (stream, each) not in self._written]
        _refuse(self.memory.unshown, stream, asked)
        unknown = [each for each in asked if (stream, each) not in self.memory.documents]
        known = (self.memory.documents.get((stream, each)) for each in asked)
        return [each for each in known if each is not None] + self._as_last_seen(stream, unknown)

    def _as_last_seen(self, stream: str, ids: Sequence[str]) -> list[Document]:
        if not ids:
            return []
        self.memory.to_fetch.setdefault(stream, {}).update(dict.fromkeys(ids))
        there = bindings.by_ids(self.tx, self.name, self.streams[stream].entity, ids)
        for identity, each in there.items():
            # Without what refers to other records: the base holds our keys, a document the system's identities.
            self._unknown[stream, identity] = Change(each.key, {}, Place(f"{self.name} {identity}"))
        return [Document(identity, {AS_LAST_SEEN: identity}) for identity in there]

    def translate(self, stream: str, document: Document) -> Change | Unreadable:
        """Return what a document says; of one that has to be asked for yet, nothing."""
        if AS_LAST_SEEN in document.raw:
            return self._unknown[stream, document.id]
        return self.connector.translate(stream, document)

    def find(self, stream: str, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
        """Return what was found outside; nothing for what was not looked for yet. Raises Refused as `fetch` does."""
        _refuse(self.memory.unfound, stream, [each.key for each in wanted])
        answers = {each.key: self.memory.found.get((stream, each.key)) for each in wanted}
        missing = {each.key: _with_real_links(each) for each in wanted if answers[each.key] is None}
        if missing:
            self.memory.to_find.setdefault(stream, {}).update(missing)
        entity = self.streams[stream].entity
        self.sent += [Sent(entity, key, ids[0], "found", {}) for key, ids in answers.items() if ids and len(ids) == 1]
        return {key: ids or () for key, ids in answers.items()}

    def write(self, stream: str, writes: Sequence[Write]) -> Iterable[Written]:
        """Note what would be written; everything goes well."""
        entity = self.streams[stream].entity
        there = bindings.by_ids(self.tx, self.name, entity, [each.id for each in writes if each.id])
        nothing: Mapping[str, Any] = {}
        for each in writes:
            before = there[each.id].seen if each.id in there else nothing
            changes = {name: (before.get(name), value) for name, value in each.fields.items()}
            if each.id is not None:
                changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
            outcome = "removed" if each.remove else "told" if each.id is not None else "created"
            self.sent.append(Sent(entity, each.key, each.id, outcome, changes))
            identity = each.id or f"{NOT_MADE}{each.key}"
            self._written.add((stream, identity))
            yield Written(each.key, "done", identity)


def _refuse(broken: Mapping[tuple[str, str], str], stream: str, asked: Iterable[str]) -> None:
    """Break as the system did, where one of those that are asked for is why."""
    for each in asked:
        if (stream, each) in broken:
            raise Refused(broken[stream, each])


def _with_real_links(write: Write) -> Write:
    """Return a write without the identities of records that are only planned."""
    links = {
        entity: {key: identity for key, identity in there.items() if not identity.startswith(NOT_MADE)}
        for entity, there in write.links.items()
    }
    return replace(write, links=links)


@dataclass(slots=True)
class Rehearsal:
    """A hold without a run: all pages are one transaction, which whoever opened it rolls back."""

    tx: Tx
    arrivals: list[Arrival] = field(default_factory=list[Arrival])
    gone: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """(entity, key) of what a complete scan did not show."""
    notes: list[str] = field(default_factory=list[str])
    counts: Counter[str] = field(default_factory=Counter[str])

    @contextmanager
    def page(self) -> Generator[tuple[Tx, PageReport]]:
        """Take part in the one transaction."""
        report = PageReport()
        yield self.tx, report
        self.arrivals += report.details
        self.gone += [(report.entity, each.key or "") for each in report.records if each.outcome == "deleted"]

    @contextmanager
    def reading(self) -> Generator[Tx]:
        """Read what was rehearsed so far."""
        yield self.tx

    def over(self) -> bool:
        """A rehearsal goes to the end."""
        return False

    def tell(self, text: str, level: Literal["info", "warning", "error"] = "info") -> None:
        """Keep a line for who looks at the plan."""
        self.notes.append(text if level == "info" else f"{level}: {text}")
