"""Which exchanges and queues there are, as data: pure, so that a test or `hub check` can look at it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

JOBS = "hub.jobs"
"""Runs that are due, from the relay; routed by the system's name."""
TRIGGERS = "hub.triggers"
"""External systems ask for runs here, each under its own routing keys: the name of a job, SYSTEM.WHAT."""
RESULTS = "hub.results"
"""What runs came to; others may bind."""
CHANGES = "hub.changes"
"""Record changes; others may bind."""

RUNLOG = "hub.runlog"
INVALID = "hub.invalid"
"""Messages nobody can understand, with the reason."""
DEAD = "hub.dead"
"""Messages that the broker itself gave up."""

MAINTENANCE = ("maintenance", "hub")
"""Kind and name of the built-in system, whose jobs keep the hub itself in order."""

DELIVERY_LIMIT = 20
NO_DELIVERY_LIMIT = 1_000_000_000
"""As good as none. Left out, it would mean 20 from RabbitMQ 4.0 on, and -1 (none) is refused before 4.0."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A durable exchange."""

    name: str
    type: str
    """direct or topic."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What an exchange hands to a queue."""

    exchange: str
    key: str


@dataclass(frozen=True, slots=True)
class Queue:
    """A durable queue with its arguments; changing an argument of an existing queue is refused by the broker (406)."""

    name: str
    arguments: Mapping[str, str | int]
    bindings: tuple[Binding, ...] = ()


@dataclass(frozen=True, slots=True)
class Topology:
    """All that the hub needs at the broker."""

    exchanges: tuple[Exchange, ...] = ()
    queues: tuple[Queue, ...] = field(default=())

    def queue(self, name: str) -> Queue | None:
        """Return the queue of that name, if there is one."""
        return next((queue for queue in self.queues if queue.name == name), None)


WORK_ARGUMENTS: Mapping[str, str | int] = {
    "x-queue-type": "quorum",
    "x-delivery-limit": DELIVERY_LIMIT,
    "x-dead-letter-exchange": "",
    "x-dead-letter-routing-key": DEAD,
    # Both are needed for a message to leave its queue only when hub.dead has it.
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
}
# What lies here has nowhere further to go: a limit would drop it. So no dead-lettering, and no limit to speak of.
LAST_ARGUMENTS: Mapping[str, str | int] = {
    "x-queue-type": "quorum",
    "x-delivery-limit": NO_DELIVERY_LIMIT,
    "x-overflow": "reject-publish",
}

EXCHANGES = (
    Exchange(JOBS, "direct"),
    Exchange(TRIGGERS, "topic"),
    Exchange(RESULTS, "topic"),
    Exchange(CHANGES, "topic"),
)


def queue_of(kind: str, system: str) -> str:
    """Return the name of a system's queue."""
    return f"hub.{kind}.{system}"


def topology(systems: Iterable[tuple[str, str]]) -> Topology:
    """Return what the hub needs for these systems (kind, name); the built-in one is always part of it."""
    own = sorted({*systems, MAINTENANCE})
    return Topology(
        EXCHANGES,
        (
            Queue(DEAD, LAST_ARGUMENTS),
            Queue(INVALID, LAST_ARGUMENTS),
            Queue(RUNLOG, WORK_ARGUMENTS, (Binding(RESULTS, "#"),)),
            *(Queue(queue_of(kind, system), WORK_ARGUMENTS, bindings_of(kind, system)) for kind, system in own),
        ),
    )


def bindings_of(kind: str, system: str) -> tuple[Binding, ...]:
    """Return what a system's queue is given: its runs, and triggers unless it is the built-in one (ours alone)."""
    runs = Binding(JOBS, system)
    return (runs,) if (kind, system) == MAINTENANCE else (runs, Binding(TRIGGERS, f"{system}.#"))
