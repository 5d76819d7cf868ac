"""All that is known of one record: its fields, where it is, what happened to it, what lost, what waits."""

from collections.abc import Iterable
from dataclasses import dataclass

from hub.canonical import ENTITIES
from hub.canonical.entity import natural_key
from hub.store import Tx, bindings, history, overview, records
from hub.store.bindings import Binding
from hub.store.history import Conflict, Event
from hub.store.quarantine import Entry
from hub.store.records import Record

ALSO_BY = {
    "orders": ("number",),
    "invoices": ("number",),
    "parties": ("email", "number", "vat_id"),
    "products": ("gtin",),
}
"""The fields by which people look for a record as well, where they have not its key at hand."""


@dataclass(frozen=True, slots=True)
class Bound:
    """Under which identity a system has the record."""

    system: str
    binding: Binding


@dataclass(frozen=True, slots=True)
class Story:
    """A record and its story. Without a record, something waits under its key."""

    record: Record | None
    bound: list[Bound]
    events: list[Event]
    """The oldest first."""
    conflicts: list[Conflict]
    """Values that lost; the latest first."""
    quarantine: list[Entry]


def find(tx: Tx, entity: str, given: str, systems: Iterable[str]) -> list[Record]:
    """Return the records that somebody may mean: by key, or else by what people call them."""
    found = records.by_keys(tx, entity, [given])
    if not found and not ENTITIES[entity].natural:
        found = records.by_keys(tx, entity, [natural_key([system, given]) for system in systems])
    if found:
        return list(found.values())
    held: dict[str, Record] = {}
    for field in ALSO_BY.get(entity, ()):
        held |= {each.key: each for each in records.holding(tx, entity, field, given, 10)}
    return list(held.values())


def story_of(tx: Tx, entity: str, key: str) -> Story:
    """Return what is known of a record."""
    found = records.by_keys(tx, entity, [key])
    return Story(
        record=found.get(key),
        bound=[Bound(system, binding) for system, binding in bindings.of_record(tx, entity, key)],
        events=history.of_record(tx, entity, key),
        conflicts=history.conflicts_of(tx, entity, key),
        quarantine=overview.waiting_for_record(tx, entity, key),
    )
