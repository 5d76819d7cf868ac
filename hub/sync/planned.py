"""What would be done: action by action, with a digest that is the same as long as the same would be done. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from hub.errors import HubError
from hub.store.history import Conflict
from hub.sync.digest import digest


@dataclass(frozen=True, slots=True)
class Action:
    """What would become of one record."""

    stream: str
    direction: Literal["in", "out"]
    entity: str
    key: str
    outcome: str
    """In: new, update, conflict, deleted, gone, skipped. Out: created, told, found, removed. Both: quarantined, waits."""
    external_id: str | None = None
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict[str, tuple[Any, Any]])
    """Field: before, after."""
    lost: Sequence[Conflict] = ()
    """Values that would be kept aside."""
    cause: str = ""
    message: str = ""

    @property
    def does(self) -> bool:
        """Return whether anything is done at all."""
        return self.outcome != "skipped"

    @property
    def digest(self) -> str:
        """Return what tells it from any other action."""
        lost = [[each.field, each.lost_by, each.values] for each in self.lost]
        told = [self.direction, self.entity, self.key, self.outcome, self.changes, lost, self.cause]
        return digest(orjson.dumps(told, option=orjson.OPT_SORT_KEYS))[:16]


@dataclass(slots=True)
class StreamPlan:
    """What would be done by one stream."""

    stream: str
    entity: str
    actions: list[Action] = field(default_factory=list[Action])
    identical: int = 0
    """Records read that are as they were."""
    notes: list[str] = field(default_factory=list[str])
    fault: HubError | None = None
    """Why there is no plan."""

    def counts(self, direction: str) -> Counter[str]:
        """Return how many records there are of each outcome."""
        return Counter(each.outcome for each in self.actions if each.direction == direction)

    @property
    def digest(self) -> str:
        """Return what is the same as long as the same would be done."""
        return digest(orjson.dumps([self.stream, sorted(each.digest for each in self.actions if each.does)]))


@dataclass(frozen=True, slots=True)
class SystemPlan:
    """What would be done by some streams of a system, one after the other."""

    system: str
    streams: Sequence[StreamPlan]

    @property
    def actions(self) -> list[Action]:
        """Return what would become of every record, those that are skipped too."""
        return [action for each in self.streams for action in each.actions]

    @property
    def does(self) -> list[Action]:
        """Return everything that would be done."""
        return [each for each in self.actions if each.does]

    @property
    def faults(self) -> list[HubError]:
        """Return why some streams have no plan."""
        return [each.fault for each in self.streams if each.fault is not None]

    @property
    def can_be_done(self) -> bool:
        """Return whether there is anything to do, and all of it is known."""
        return bool(self.does) and not self.faults

    @property
    def digest(self) -> str:
        """Return what is the same as long as the same would be done."""
        return digest(orjson.dumps([self.system, [each.digest for each in self.streams]]))

    @property
    def id(self) -> str:
        """Return the name by which people call it."""
        return self.digest[:8]


ONLY_TOLD = ("quarantined", "waits", "skipped")
"""What changes no record, neither ours nor the system's."""

Known = Mapping[str, Sequence[str]]
"""A plan as it is kept: an action's digest -> direction, outcome, entity, key."""


def kept(plan: SystemPlan) -> dict[str, Any]:
    """Return what is stored of a plan: stream -> its actions, and a digest of it all."""
    streams = {
        each.stream: {a.digest: [a.direction, a.outcome, a.entity, a.key] for a in each.actions if a.does}
        for each in plan.streams
    }
    return {"digest": plan.digest, "streams": streams}


def known_of(body: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    """Return all actions of a stored plan."""
    streams: Mapping[str, Known] = body["streams"]
    return {digest: told for actions in streams.values() for digest, told in actions.items()}


def strays(known: Known, actions: Iterable[Action]) -> list[Action]:
    """Return what would change a record, and was not shown in a plan."""
    return [each for each in actions if each.outcome not in ONLY_TOLD and each.digest not in known]


def in_words(direction: str, outcome: str, entity: str, key: str, system: str) -> str:
    """Return an action as a line for people."""
    return f"{entity} {key}: {outcome}, {'to' if direction == 'out' else 'from'} {system}"
