"""The port that connectors fill: what a system has, page by page. The hub loops, stores, publishes and retries.

A connector sees this port, the canonical model, errors, log and clock; never the store or the broker.

There are two sorts. One reads what was delivered (files): it yields pages of `Change`, which are known by their natural
key alone. The other speaks to a system that has records of its own (`Exchange`): it yields pages of `Document`, says how
each is to be understood, writes, and finds. Such a system may deliver its records, too (`Stream.asked`, `Delivering`).
"""

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol, runtime_checkable


class Place(NamedTuple):
    """Where something was read, in the words of who delivered it: shown to the operator who has to mend it."""

    source: str
    """A file's name, or the address of a document."""
    row: int | None = None
    """As the user's own program counts: the first line of a file or sheet is 1."""
    sheet: str | None = None
    column: str | None = None
    """The column's title in the source, not the name of our field."""
    version: str | None = None
    """Which delivery of the source, e.g. a digest: two files of one name are told apart by it."""


class Change(NamedTuple):
    """One record as the system has it now: canonical field values, JSON-ready. Fields left out are not touched."""

    key: str
    """The natural key within the entity, e.g. the SKU, or several joined by a vertical bar.

    Of a document whose entity has no natural key (orders, parties ...) it is empty: the hub gives the key.
    """
    fields: Mapping[str, Any]
    place: Place
    reference: str = ""
    """The hub's own reference, where the document carries one (see `Write.reference`): the hub made this record."""
    born: str = ""
    """When the system made the record, in its own words; empty where it does not say. A system that was put back to a
    backup gives numbers out once more: under the same identity there is another record then, of another time."""


GUEST = "guest:"
"""Begins the identity of somebody who has no account in the system, before the e-mail address: several identities may
then mean one party."""


class Document(NamedTuple):
    """One record as the system itself shows it."""

    id: str
    """The system's own identity of it, which never changes."""
    raw: Mapping[str, Any]
    """JSON-ready, and the same each time as long as nothing has changed: what always moves (a time of reading, a
    signature, addresses with the host's port) is left out. The hub keeps a digest of it."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that could not be read; it waits in quarantine with its cause, the rest goes on."""

    cause: str
    """A short fixed word to group by, e.g. `gtin-ruined`."""
    message: str
    """One sentence for the operator: what is wrong and what would be right."""
    place: Place
    key: str | None = None
    raw: Mapping[str, str] = field(default_factory=dict[str, str])
    """The record as it was delivered: column title to text."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is stored in one transaction, together with the checkpoint that says it was."""

    entity: str
    changes: Sequence[Change]
    unreadable: Sequence[Unreadable]
    checkpoint: Mapping[str, Any]
    """JSON-ready; opaque to the hub, handed back to `read` as it came."""
    policy: str = "upsert"
    """What may be done to records: insert, update, upsert or review."""
    completes: Place | None = None
    """The source (and version) that has been read to its end with this page: what waits in quarantine from its other
    versions is superseded."""
    notes: Sequence[str] = ()
    """Lines for the run log, e.g. that a file was already taken."""
    total: int | None = None
    """Records in the source, where that is known beforehand; for progress bars."""
    documents: Sequence[Document] = ()
    """Instead of changes, from an `Exchange`; what could not be read stands beside them only where it was delivered."""
    gone: Sequence[str] = ()
    """Identities of records that the system itself says it has no more, from an `Exchange` that is asked for what has
    changed. The hub fetches each once more before it takes it for gone."""
    complete: bool = False
    """The last page of a full scan: everything that the system has of this stream has been shown. Only to be said by who
    knows it, never after a page that failed, was short without a reason, or came twice."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `hub check`."""

    subject: str
    good: bool
    message: str
    mend: str | None = None
    """What to do about it, as a command or a sentence."""
    away: bool = False
    """Whether the system as a whole does not answer, or does not let us in."""


@dataclass(frozen=True, slots=True)
class Stream:
    """What a system has of one sort of records: declared by its connector, looped over by the hub."""

    entity: str
    """The canonical entity: products, prices, stock, parties, orders ..."""
    reads: bool = True
    delta: bool = True
    """Whether the system can be asked for what has changed; otherwise every reading is a full scan."""
    writes: frozenset[str] = frozenset()
    """The canonical fields that the connector can write; empty: it only reads."""
    create: Literal["intent", "put", "never"] = "never"
    """How a record comes into the system: `intent`, by a create that must not be repeated blindly; `put`, by setting what
    belongs to another record that is there (the price or stock of a product), which may be repeated; `never`."""
    removes: bool = False
    """Whether a record can be taken away (or hidden) there."""
    bulk: int = 50
    """The most records that `write` should be handed at once."""
    late: float = 60.0
    """Seconds after which a create that was not answered has surely been carried out, or never will be."""
    asked: bool = True
    """Whether the system can be asked for its records. If not, they are delivered: a reading takes what has come, nothing
    can be had a second time, and there are no full scans. Its pages are stored one by one, each before the next is read,
    as those of a `Connector` are. What is written stands for itself: it waits for no record that it refers to, but for
    the first list of these, if the system delivers any. An order that is cancelled is written once more, whether its
    status is among `writes` or not."""


@dataclass(frozen=True, slots=True)
class Write:
    """What the hub wants a record to be in the system."""

    key: str
    """The canonical key; comes back in `Written`."""
    fields: Mapping[str, Any]
    """To be set, canonical: of a create all that is known, of an update only what differs. Fields that the stream does
    not write are never among them. References hold canonical keys: see `links`."""
    record: Mapping[str, Any]
    """The whole record as it shall stand, for what can only be written together."""
    id: str | None = None
    """The system's identity; none: to be created, or put."""
    reference: str = ""
    """The hub's own reference, the same for this record for ever, at most 40 letters, digits and hyphens. A connector
    stores it with what it creates, wherever the system has a place for it, and finds by it."""
    remove: bool = False
    """Take the record away, or hide it."""
    agreed: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Of an update: what the same fields were agreed to be before, for what can only be replaced as a whole."""
    free: bool = False
    """Of a stock level: the product's price is 0, and that is meant; not only that no price has come yet."""
    links: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """Entity -> canonical key -> this system's identity, of all records that this one refers to, and of products that its
    lines no longer have, as far as known."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one write."""

    key: str
    outcome: Literal["done", "refused", "gone", "unknown"]
    """`refused`: it understood and said no; `gone`: there is no such record (any more); `unknown`: it may or may not have
    been carried out."""
    id: str | None = None
    """The system's identity, with `done`."""
    document: Document | None = None
    """The record as the system has it now, where its answer says so; otherwise the hub fetches it."""
    cause: str = ""
    """Of a refusal, or of what was left out: a short fixed word to group by."""
    message: str = ""
    """Of the same: one sentence for the operator, in the system's own words where it has some."""
    instead: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """With `done`: what was written of fields of which a part had to be left out (the pictures that can be had). The hub
    tells them whole again with the record's next change, with the next full scan, and when somebody wants it tried."""


@dataclass(frozen=True, slots=True)
class Call:
    """A webhook call, just as it arrived."""

    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    """What signatures are made of: not parsed, not decoded."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What a webhook call says: something may have changed. What it is now, the run that follows fetches."""

    stream: str
    ids: tuple[str, ...] = ()
    """The system's identities of the records; none: whatever has changed."""
    event: str = ""
    """The vendor's identity of what happened, the same in each delivery of it; empty: that of the body."""
    at: datetime | None = None
    """When it happened, where the vendor says so under its signature."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A webhook as it is registered in the system."""

    id: str
    topic: str
    address: str
    active: bool
    """False: the system has switched it off, as most do after some deliveries that failed."""


class Hooks(Protocol):
    """What the hub asks of a system that calls when something happens there."""

    @property
    def topics(self) -> Mapping[str, str]:
        """The system's own word for what it can tell -> the stream that it is about; empty: only people register."""
        ...

    def hints(self, call: Call, secret: str) -> Sequence[Hint]:
        """Return what a call says; nothing for a first ping. Pure.

        Raises Refused for a call that is not signed with our secret, or cannot be understood.
        """
        ...

    def subscriptions(self) -> Sequence[Subscription]:
        """Return all webhooks that are registered, whoever they call. Raises TryLater or Refused."""
        ...

    def subscribe(self, topic: str, address: str, secret: str) -> None:
        """Register a webhook. Raises TryLater or Refused."""
        ...

    def revive(self, subscription: Subscription, secret: str) -> None:
        """Switch on again what the system has switched off, signed with this secret. Raises TryLater or Refused."""
        ...

    def sign(self, subscription: Subscription, secret: str) -> None:
        """Have calls signed with this secret from now on; nothing, where it is the system's own. Raises as `revive`."""
        ...


class Connector(Protocol):
    """What the hub asks of a system."""

    def check(self) -> list[Finding]:
        """Look whether the system can be reached and allows what its jobs need. Changes nothing, raises nothing."""
        ...

    def read(self, stream: str, since: Mapping[str, Any] | None) -> Generator[Page, None, None]:
        """Yield what has changed since a checkpoint.

        The generator is resumed only after the page it yielded was committed, so what stands behind a `yield`
        (moving a finished file away, say) happens after the commit, or not at all. A crash between the two is met by
        the next `read`, which gets the committed checkpoint. The generator is closed when the slice is over. Raises
        TryLater or Refused.
        """
        ...

    def peek(self, stream: str, since: Mapping[str, Any] | None) -> Generator[Page, None, None]:
        """Yield what `read` would, and leave no trace in the system: for plans."""
        ...


class Exchange(Protocol):
    """What the hub asks of a system with records of its own."""

    @property
    def streams(self) -> Mapping[str, Stream]:
        """What the system has, by the word that stands in hub.toml under `sync`."""
        ...

    @property
    def hooks(self) -> Hooks | None:
        """How it calls when something happens; none: it does not."""
        ...

    def check(self) -> list[Finding]:
        """Look whether the system can be reached and allows what its jobs need. Changes nothing, raises nothing."""
        ...

    def read(self, stream: str, since: Mapping[str, Any] | None, *, full: bool) -> Generator[Page, None, None]:
        """Yield pages of documents; `since` is the checkpoint of the last page that was stored, none at the beginning.

        Not `full`: what has changed, in the order of the system's own change mark. A checkpoint advances by what was
        read, never by a clock, and asks again for what lies at and shortly before the mark: doubles cost nothing.
        `full`: everything there is, in an order that stands still while records change; the last page says `complete`.
        Its checkpoints are of a kind of their own.

        A page may belong to another entity than its stream's (the parties of orders); its documents are then
        translated by that entity's stream. The generator may be resumed, by another thread, while the page that it
        yielded is being stored: nothing that counts may stand behind a `yield`. Raises TryLater or Refused.
        """
        ...

    def fetch(self, stream: str, ids: Sequence[str]) -> list[Document]:
        """Return these records as they are now; those that are gone are left out. Raises TryLater or Refused."""
        ...

    def translate(self, stream: str, document: Document) -> Change | Unreadable:
        """Return what a document says, canonically. Pure: the same document gives the same answer.

        A field that refers to another record (an order's party) holds the other's identity in this system.
        """
        ...

    def write(self, stream: str, writes: Sequence[Write]) -> Iterable[Written]:
        """Carry writes out; yields what became of each as soon as it is known, in any order.

        Raises TryLater, or Unanswered if what was under way may have been carried out; of those that were not yielded,
        nothing is known then. One that is refused does not stop the others.
        """
        ...

    def find(self, stream: str, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
        """Look for records by the hub's reference; where none has it, by their natural key.

        Returns canonical key -> the system's identities, none for what is not there. Raises TryLater or Refused.
        """
        ...


@runtime_checkable
class Delivering(Protocol):
    """What else the hub asks of an `Exchange` with streams that cannot be asked (see `Stream.asked`)."""

    def peek(self, stream: str, since: Mapping[str, Any] | None, *, full: bool) -> Generator[Page, None, None]:
        """Yield what `read` would, and leave no trace in the system."""
        ...


@runtime_checkable
class FromFolders(Protocol):
    """What else the hub asks of a connector whose streams come from folders: an empty one may be no quiet day."""

    def unmounted(self, stream: str, since: Mapping[str, Any] | None) -> str | None:
        """Say that a stream's folder is not the one from which files were taken before; None if all is well.

        `since`: the checkpoint of the last page that was stored. Raises TryLater or Refused.
        """
        ...


def peek(
    connector: Exchange, stream: str, since: Mapping[str, Any] | None, *, full: bool
) -> Generator[Page, None, None]:
    """Yield what a reading would, for plans: most systems are not changed by being read."""
    look = connector.peek if isinstance(connector, Delivering) else connector.read
    return look(stream, since, full=full)
