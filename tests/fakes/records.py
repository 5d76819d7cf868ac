"""Tables of a fake system: records with change marks, which tell the truth unless a test has them lie."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.contract.store_steps import StandingClock


@dataclass(slots=True)
class Record:
    """One record, with what its vendor's interface would call its fields."""

    id: int
    values: dict[str, Any]
    created: datetime
    modified: datetime
    """The change mark, in UTC."""
    trashed: bool = False


@dataclass(slots=True)
class Table:
    """The records of one sort, numbered by the system."""

    clock: StandingClock
    first: int = 1
    records: dict[int, Record] = field(default_factory=dict[int, Record])
    _dice: random.Random = field(default_factory=lambda: random.Random(1))

    def add(self, values: dict[str, Any]) -> Record:
        """Make a record, marked with the present."""
        now = self.clock.now()
        record = Record(max([self.first - 1, *self.records]) + 1, values, now, now)
        self.records[record.id] = record
        return record

    def change(self, id_: int, values: dict[str, Any], *, marked: bool = True) -> Record:
        """Set some fields; not `marked`: the mark stays where it was, as if nothing had happened."""
        record = self.records[id_]
        record.values |= values
        return self.touch(id_) if marked else record

    def touch(self, id_: int) -> Record:
        """Move the mark; nothing else changes."""
        self.records[id_].modified = self.clock.now()
        return self.records[id_]

    def remove(self, id_: int) -> None:
        """Delete a record for good."""
        del self.records[id_]

    def there(self) -> list[Record]:
        """Return what is not in the trash, by id."""
        return sorted((each for each in self.records.values() if not each.trashed), key=lambda each: each.id)

    def in_any_order(self, records: Iterable[Record], key: Callable[[Record], Any]) -> list[Record]:
        """Return records by a key; those of equal keys come in another order each time, as databases are free to."""
        found = list(records)
        self._dice.shuffle(found)
        return sorted(found, key=key)
