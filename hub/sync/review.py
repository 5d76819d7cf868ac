"""Taking what differs and was kept for review: an operator has looked at it and says yes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from hub.store import Tx, quarantine, records
from hub.store.quarantine import DIFFERS, Entry

MOST = 100_000


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What accepting one entry means."""

    entry: Entry
    changes: Mapping[str, tuple[Any, Any]]
    """Field: as it stands, as it would be."""
    stale: bool
    """The record was changed after it was put aside: what would be overwritten is not what was compared."""


def review(tx: Tx, numbers: Collection[int]) -> list[Reviewed]:
    """Return what accepting some entries would change; those that are not open or not for review are left out."""
    found = quarantine.find(tx, numbers=numbers, cause=DIFFERS, most=MOST)
    return [_reviewed(tx, entry) for entry in found if entry.proposed is not None and entry.key is not None]


def accept(tx: Tx, numbers: Collection[int], *, force: bool = False) -> tuple[list[Reviewed], list[Reviewed]]:
    """Take the proposed fields into the records; returns what was taken, and what was refused because it is stale."""
    for entity in sorted({each.entry.entity for each in review(tx, numbers)}):
        records.take_turn(tx, entity)
    # Looked at again: before our turn came somebody may have written, or accepted the same.
    known = review(tx, numbers)
    refused = [each for each in known if each.stale and not force]
    taken = [each for each in known if force or not each.stale]
    for each in taken:
        _write(tx, each)
    quarantine.close(tx, [each.entry.id for each in taken], "accepted")
    return taken, refused


def _reviewed(tx: Tx, entry: Entry) -> Reviewed:
    found = records.find(tx, entry.entity, key=entry.key, most=1)
    known: Mapping[str, Any] = found[0].fields if found else {}
    proposed = entry.proposed or {}
    changes = {name: (known.get(name), value) for name, value in proposed.items() if known.get(name) != value}
    return Reviewed(entry, changes, bool(found) and found[0].changed_at > entry.changed_at)


def _write(tx: Tx, each: Reviewed) -> None:
    entry = each.entry
    latest = records.take_turn(tx, entry.entity)
    known = records.fields_of(tx, entry.entity, {entry.key or ""}).get(entry.key or "", {})
    write = records.Write(entry.key or "", {**known, **(entry.proposed or {})})
    records.write(tx, entry.entity, [write], system=entry.system, run=entry.run, latest=latest)
