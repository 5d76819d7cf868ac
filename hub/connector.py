"""The port that connectors fill: what a system has, page by page. The hub loops, stores, publishes and retries.

A connector sees this port, the canonical model, errors, log and clock; never the store or the broker.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Place:
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


@dataclass(frozen=True, slots=True)
class Change:
    """One record as the system has it now: canonical field values, JSON-ready. Fields left out are not touched."""

    key: str
    """The natural key within the entity, e.g. the SKU, or several joined by a vertical bar."""
    fields: Mapping[str, Any]
    place: Place


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


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `hub check`."""

    subject: str
    good: bool
    message: str
    mend: str | None = None
    """What to do about it, as a command or a sentence."""


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
