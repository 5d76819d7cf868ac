"""What a system shows, what it showed when we last agreed, and what we hold: field by field. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.sync.ownership import Direction

MISSING = object()


@dataclass(frozen=True, slots=True)
class Rule:
    """How one field is treated."""

    direction: Direction | None
    wins: bool = False
    """Whether the system's value stands when ours has been changed, too."""
    forward: Callable[[Any, Any], bool] | None = None
    """Of a field that only moves on: whether the step from one value to another goes forward."""
    after_all: Callable[[Any, Any], bool] | None = None
    """Of such a field: whether a step that does not is the system's to take, from what it has said itself."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A value that did not become the record's."""

    field: str
    by_system: bool
    """Whose it was: the system's, or the hub's."""
    base: Any
    stands: Any
    lost: Any


@dataclass(slots=True)
class Arrived:
    """What a system's record comes to."""

    fields: dict[str, Any]
    """Our record, as it shall stand."""
    seen: dict[str, Any]
    """The base from now on: what the system shows ..."""
    sent: dict[str, Any]
    """... and what of ours was agreed on, where that differs."""
    changed: dict[str, tuple[Any, Any]] = field(default_factory=dict[str, tuple[Any, Any]])
    """Of our record: before, after."""
    lost: list[Lost] = field(default_factory=list[Lost])
    owed: bool = False
    """Whether the system has to be told our values."""
    undone: bool = False
    """Whether it went back to what stood there before we wrote, or changed what is not its own."""


def arrive(
    ours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    *,
    seen: Mapping[str, Any],
    sent: Mapping[str, Any],
    before: Mapping[str, Any],
    rule: Callable[[str], Rule],
) -> Arrived:
    """Merge what a system shows into our record. Fields that it does not show are not touched."""
    arrived = Arrived(dict(ours), dict(seen), dict(sent))
    for name, value in theirs.items():
        how = rule(name)
        if how.direction is not None:
            _field(arrived, name, value, how, seen, before)
    return arrived


def _field(
    arrived: Arrived, name: str, theirs: Any, how: Rule, seen: Mapping[str, Any], before: Mapping[str, Any]
) -> None:
    first = name not in seen
    agreed_theirs = seen.get(name)
    agreed_ours = arrived.sent.get(name, agreed_theirs)
    ours = arrived.fields.get(name, MISSING)
    arrived.seen[name] = theirs
    if not first and theirs == agreed_theirs:
        return
    if name in before and theirs == before[name]:
        arrived.undone = True
    arrived.sent.pop(name, None)
    if ours is not MISSING and ours == theirs:
        return
    if first and theirs is None and ours not in (MISSING, None) and not (how.direction == "in" and how.wins):
        # Somebody who knows nothing yet has not said that there is nothing.
        if how.direction == "in":
            arrived.sent[name] = ours
        arrived.owed |= how.direction != "in"
        return
    if how.direction == "out":
        _restore(arrived, name, ours, theirs, agreed_theirs, first=first)
    elif how.forward is not None or ours is MISSING or ours == (None if first else agreed_ours):
        own = not first and ours == agreed_theirs and name not in before
        _take(arrived, name, theirs, ours, agreed_theirs, how, own=own)
    elif how.wins:
        arrived.lost.append(Lost(name, False, agreed_ours, theirs, ours))
        _set(arrived, name, theirs, ours)
    else:
        arrived.lost.append(Lost(name, True, agreed_theirs, ours, theirs))
        arrived.owed |= how.direction == "both"


def _restore(arrived: Arrived, name: str, ours: Any, theirs: Any, base: Any, *, first: bool) -> None:
    """Keep our value of a field that the system only follows; it is told again."""
    if ours is MISSING:
        return
    arrived.owed = True
    if not first:
        arrived.undone = True
        arrived.lost.append(Lost(name, True, base, ours, theirs))


def _take(arrived: Arrived, name: str, theirs: Any, ours: Any, base: Any, how: Rule, *, own: bool) -> None:
    """Take a value. `own`: ours is what the system itself had said, and nobody has told it."""
    taken_back = own and how.after_all is not None and how.after_all(ours, theirs)
    if how.forward is not None and ours not in (MISSING, None) and not taken_back and not how.forward(ours, theirs):
        # A late word: the record has moved on, and the system is told where to.
        arrived.owed |= how.direction == "both"
        if not how.forward(theirs, ours):
            # No late word: both have come to an end, each to another (completed, and cancelled or refunded).
            arrived.lost.append(Lost(name, True, base, ours, theirs))
        return
    _set(arrived, name, theirs, ours)


def _set(arrived: Arrived, name: str, theirs: Any, ours: Any) -> None:
    arrived.fields[name] = theirs
    before = None if ours is MISSING else ours
    if before != theirs:
        arrived.changed[name] = (before, theirs)


def differing(
    ours: Mapping[str, Any], *, seen: Mapping[str, Any], sent: Mapping[str, Any], rule: Callable[[str], Rule]
) -> dict[str, Any]:
    """Return those of our values that the system has to be told: they differ from what was agreed on."""
    told: dict[str, Any] = {}
    for name, value in ours.items():
        agreed = sent[name] if name in sent else seen.get(name)
        if value != agreed and rule(name).direction in ("out", "both"):
            told[name] = value
    return told
