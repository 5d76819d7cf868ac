"""What a job's handler is given, and what it returns. The worker drives handlers; `hub.app` hands them to it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from hub.messages import RecordOutcome
from hub.store import Tx

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Work:
    """A run that is to be carried out now."""

    run: int
    generation: int
    job: str
    system: str
    cause: str
    scheduled_at: datetime | None
    scope: Sequence[str] | None
    """Only these keys were asked for; none: everything that has changed."""
    plan: str | None = None
    """To be done only if this plan is still what would be done."""
    counts: Counts = field(default_factory=dict[str, int])
    """What the run's earlier slices and attempts have come to."""


@dataclass(frozen=True, slots=True)
class Done:
    """All that was due is done."""

    message: str | None = None
    """What it came to, all slices and attempts together."""
    again: datetime | None = None
    """When the job has to run once more, whatever its schedule: something is under way that can be looked for only then."""


@dataclass(frozen=True, slots=True)
class HandedOn:
    """The slice has ended with work left; a new message goes on from the checkpoint."""


@dataclass(frozen=True, slots=True)
class Later:
    """The system could not answer; the run is tried again later. `after`: seconds the system asked for."""

    message: str
    after: float | None = None
    system_away: bool = True
    """Whether this counts against the system's breaker."""


@dataclass(frozen=True, slots=True)
class Snoozed:
    """Put off for a moment without using an attempt: what is missing is the hub's own, its database say, or a revision."""

    message: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A retry cannot help: the run is dead until somebody mends the cause and replays it."""

    message: str
    system_away: bool = False
    """Whether this counts against the system's breaker: it does not let us in."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """An operator stopped the run."""

    message: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The lease is somebody else's now: nothing may be settled."""


Outcome = Done | HandedOn | Later | Snoozed | Refused | Cancelled | Lost


@dataclass(slots=True)
class PageReport:
    """What a page's transaction came to; filled in by the handler before the transaction ends."""

    entity: str = ""
    counts: dict[str, int] = field(default_factory=dict[str, int])
    records: list[RecordOutcome] = field(default_factory=list[RecordOutcome])
    details: list[Any] = field(default_factory=list[Any])
    """What the handler knows beyond that of each record. Plans look at it; of a run nothing of it is kept."""


class Hold(Protocol):
    """A handler's hold on its run."""

    def page(self) -> AbstractContextManager[tuple[Tx, PageReport]]:
        """Open a page's transaction; it commits at the block's end if the run is still ours.

        Raises LeaseLost or RunCancelled, and nothing of the page is stored.
        """
        ...

    def reading(self) -> AbstractContextManager[Tx]:
        """Open a transaction that only reads."""
        ...

    def over(self) -> bool:
        """Return whether the slice has lasted long enough, or the process is about to stop: hand on."""
        ...

    def tell(self, text: str, level: Literal["info", "warning", "error"] = "info") -> None:
        """Write a line of the run's own log."""
        ...


Handler = Callable[[Work, Hold], Outcome]
