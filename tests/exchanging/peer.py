"""A system with records of its own, in memory: what it stores, how it numbers changes, and what it does to values."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from hub.canonical import moves_forward
from tests.exchanging.plan import Traits
from tests.simulation.clock import SimClock

UNMARKED = frozenset(["amount", "tags", "phone", "on_hand"])
"""Fields whose change does not move the mark of a system that lies."""
NATURAL = {"products": ("sku",), "parties": ("email",), "orders": ("channel", "number")}
"""By which fields a record is found where there is no place for the hub's reference."""
CUT = 20
HELD = 25
"""Changes later, each is visible at the latest, however short the time: readers by revision go back by fifty."""


@dataclass(slots=True)
class Row:
    """A record as the system stores it."""

    id: str
    fields: dict[str, Any]
    modified: datetime
    revision: int
    reference: str = ""
    draft: bool = False
    by_hub: bool = False
    linked: frozenset[str] = frozenset()
    """Of an order that the hub made: the products that its lines named by their identity."""


Rows = dict[str, Row]


@dataclass(slots=True)
class Peer:
    """An ERP or a shop."""

    traits: Traits
    clock: SimClock
    tables: dict[str, Rows] = field(default_factory=dict[str, Rows])
    guards: list[set[tuple[str, str]]] = field(default_factory=list[set[tuple[str, str]]])
    """Of each run under way, what it has just looked at in order to write it: (stream, identity or `new`)."""
    writes: int = 0
    """Requests of the hub that were meant to change something."""
    told: list[str] = field(default_factory=list[str])
    """What the hub did, in words."""
    deleted: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict[tuple[str, str], dict[str, Any]])
    """What users have deleted."""
    removed: list[tuple[str, Row]] = field(default_factory=list[tuple[str, Row]])
    """What the hub has deleted."""
    broken: list[str] = field(default_factory=list[str])
    """What the hub must never do."""
    undoing: bool = False
    """Whether some program in it sets names back, see `Traits.undoes`; in the end somebody switches it off."""
    _pending: list[tuple[datetime, tuple[datetime, int] | None, Callable[[], None]]] = field(
        default_factory=list[tuple[datetime, tuple[datetime, int] | None, Callable[[], None]]]
    )
    _revision: int = 0
    _numbers: int = 0
    _stamp: tuple[datetime, int] | None = None

    def __post_init__(self) -> None:
        self.clock.moved.append(self.come_due)
        self.undoing = self.traits.undoes

    @property
    def name(self) -> str:
        """Return its name."""
        return self.traits.name

    def rows(self, table: str) -> Rows:
        """Return a table."""
        return self.tables.setdefault(table, {})

    def is_guarded(self, stream: str, number: str) -> bool:
        """Return whether somebody is about to write a record, and has looked at it already (see README.md)."""
        return any((stream, number) in each for each in self.guards)

    # Time

    def later(self, seconds: float, do: Callable[[], None], *, stamped: bool = False) -> None:
        """Have something become visible later; `stamped`: with the mark of now."""
        stamp = self._next_stamp() if stamped else None
        self._pending.append((self.clock.now() + timedelta(seconds=seconds), stamp, do))

    def come_due(self) -> None:
        """Make visible what is due, and what many others have followed."""
        now, oldest = self.clock.now(), self._revision - HELD
        due = [each for each in self._pending if each[0] <= now or (each[1] is not None and each[1][1] < oldest)]
        due.sort(key=lambda each: each[0])
        for each in due:
            self._pending.remove(each)
            self._stamp = each[1]
            each[2]()
            self._stamp = None

    @property
    def is_quiet(self) -> bool:
        """Return whether nothing is on its way to become visible."""
        return not self._pending

    def _next_stamp(self) -> tuple[datetime, int]:
        self._revision += 1
        return self.clock.now(), self._revision

    def mark_of(self, row: Row) -> str:
        """Return what the system says of when a record was changed."""
        if self.traits.mark == "revision":
            return f"{row.revision:09}"
        spec = "seconds" if self.traits.mark == "seconds" else "milliseconds"
        return row.modified.isoformat(timespec=spec).replace("+00:00", "Z")

    # Changes, by whomever

    def add(self, table: str, fields: Mapping[str, Any], *, reference: str = "", draft: bool = False) -> Row | None:
        """Add a record; None: there is one of its key, and the system wants them unique."""
        if self.traits.unique and self.search(table, fields):
            return None
        self._numbers += 1
        modified, revision = self._stamp or self._next_stamp()
        kept = reference if self.traits.keeps_reference else ""
        row = Row(f"{table[:2]}{self._numbers:04}", self.stored(fields), modified, revision, kept, draft)
        self.rows(table)[row.id] = row
        return row

    def change(self, table: str, number: str, fields: Mapping[str, Any]) -> None:
        """Change fields of a record."""
        row = self.rows(table).get(number)
        if row is None:
            return
        stored = self.stored(fields)
        different = {name for name, value in stored.items() if row.fields.get(name) != value}
        row.fields.update(stored)
        if different and not (self.traits.mark == "lies" and different <= UNMARKED):
            row.modified, row.revision = self._stamp or self._next_stamp()

    def touch(self, table: str, number: str) -> None:
        """Move a record's mark, though nothing has changed."""
        row = self.rows(table)[number]
        row.modified, row.revision = self._next_stamp()

    def delete(self, table: str, number: str) -> None:
        """Have a user delete a record, without a trace."""
        row = self.rows(table).pop(number, None)
        if row is not None:
            self.deleted[table, number] = dict(row.fields)

    def stored(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return values as the system stores them."""
        return {name: self.value(name, value) for name, value in fields.items()}

    def value(self, name: str, value: Any) -> Any:
        """Return one value as the system stores it."""
        changes = self.traits.changes
        if value is None:
            return None
        if "upper" in changes and name == "name":
            value = value.upper()
        if "cut" in changes and name in ("name", "description"):
            value = value.strip()[:CUT].rstrip()
        if "round" in changes and name in ("weight", "amount"):
            value = str(Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_EVEN))
        if "sort" in changes and name == "tags":
            value = sorted(value)
        return value

    def search(self, table: str, fields: Mapping[str, Any]) -> list[str]:
        """Return the identities of the records that have the same natural key."""
        names = [name for name in NATURAL.get(table, ()) if name in fields]
        if not names or any(not fields[name] for name in names):
            return []
        return [
            row.id for row in self.rows(table).values() if all(row.fields.get(name) == fields[name] for name in names)
        ]

    def by_reference(self, table: str, reference: str) -> list[str]:
        """Return the identities of the records with the hub's reference."""
        return [row.id for row in self.rows(table).values() if row.reference == reference]

    # Changes by the hub

    def hub_adds(self, table: str, fields: Mapping[str, Any], reference: str) -> Row | None:
        """Add a record for the hub."""
        row = self.add(table, fields, reference=reference, draft=self.traits.drafts and table == "orders")
        self.told.append(f"added {table} {row.id if row else 'refused'}: {dict(fields)}")
        if row is not None:
            row.by_hub = True
            self._undo_later(table, row, fields)
        return row

    def hub_changes(self, table: str, number: str, fields: Mapping[str, Any]) -> None:
        """Change a record for the hub."""
        self.told.append(f"changed {table} {number}: {dict(fields)}")
        row = self.rows(table)[number]
        old, new = row.fields.get("status"), fields.get("status")
        if new is not None and old is not None and old != new and not moves_forward(old, new):
            self.broken.append(f"the hub set the status of {self.name} {table} {number} back from {old} to {new}")
        self.change(table, number, fields)
        self._undo_later(table, row, fields)

    def hub_removes(self, table: str, number: str) -> bool:
        """Delete a record for the hub."""
        self.told.append(f"removed {table} {number}")
        row = self.rows(table).pop(number, None)
        if row is not None:
            self.removed.append((table, row))
        return row is not None

    def _undo_later(self, table: str, row: Row, fields: Mapping[str, Any]) -> None:
        if self.undoing and table == "products" and "name" in fields:
            self.later(5, lambda: self.change(table, row.id, {"name": f"*{row.id}*"}))


def all_rows(peer: Peer, table: str) -> Iterable[Row]:
    """Return a table's records in the order of their identities."""
    return sorted(peer.rows(table).values(), key=lambda row: row.id)
