"""Records in quarantine that an operator wants tried again."""

from collections.abc import Collection
from dataclasses import dataclass, field

from hub.store import Tx, bindings, quarantine
from hub.store.quarantine import Entry
from hub.sync import scanning
from hub.sync.replaced import ANOTHER, REUSED
from hub.sync.scanning import IDENTITY

PARKED = "flips"
"""The cause of what a system has undone too often."""
TRIED = ("id:", "push:", IDENTITY)
"""How the identities begin of what can be tried again: what came from a system by its identity, and what goes to one."""


@dataclass(slots=True)
class Retried:
    """What became of some entries."""

    again: list[Entry] = field(default_factory=list[Entry])
    """To be tried with the next run."""
    released: list[Entry] = field(default_factory=list[Entry])
    """Were parked, and are taken up again."""
    left: list[Entry] = field(default_factory=list[Entry])
    """Delivered in files: they come again when they are delivered again."""
    closed: list[int] = field(default_factory=list[int])
    """Not open, or not there."""


def retry(tx: Tx, numbers: Collection[int]) -> Retried:
    """Have entries tried again; what was parked is released, and its entry closed."""
    found = quarantine.find(tx, numbers=numbers, most=len(numbers)) if numbers else []
    there = {each.id for each in found}
    retried = Retried(closed=[number for number in numbers if number not in there])
    for each in found:
        if each.cause in (PARKED, REUSED) and each.external_id:
            retried.released.append(each)
        elif each.identity.startswith(TRIED):
            retried.again.append(each)
        else:
            retried.left.append(each)
    _release(tx, retried.released)
    quarantine.again(tx, [each.id for each in retried.again if each.cause != ANOTHER])
    # Last, as a page moves its checkpoint after all else: neither waits for the other in a circle.
    for system, stream in sorted({(e.system, e.stream) for e in found if e.identity == IDENTITY or e.cause == ANOTHER}):
        scanning.ask(tx, system, stream)
    return retried


def _release(tx: Tx, entries: Collection[Entry]) -> None:
    by_stream: dict[tuple[str, str], list[str]] = {}
    for each in entries:
        by_stream.setdefault((each.system, each.entity), []).append(each.external_id or "")
    for (system, entity), ids in by_stream.items():
        bindings.release(tx, system, entity, ids)
    quarantine.close(tx, [each.id for each in entries], "resolved")
