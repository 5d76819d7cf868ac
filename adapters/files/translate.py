"""A row of a file -> a canonical record, or why not. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import PydanticCustomError

from adapters.files.format import ID, Format
from adapters.files.header import positions
from adapters.files.nested import folded
from adapters.files.numbers import currency_in
from adapters.files.reading import reading_of
from adapters.files.rows import Row, Table
from hub.canonical.entity import EntityModel
from hub.canonical.values import fault, shown
from hub.connector import Change, Place, Unreadable
from hub.counting import counted

LONGEST_RAW = 2_000
"""Characters of a cell that are kept with a row that could not be read."""
MOST_RAW = 200
"""Columns that are kept of it."""

_Step = tuple[int, str, Callable[[str], Any], "Mapping[str, str] | None"]


@dataclass(frozen=True, slots=True)
class Translator:
    """What is needed for each row of one table, worked out once."""

    source: Place
    """The file; each row's place is within it."""
    titles: Sequence[str]
    steps: Sequence[_Step]
    """Position in the row, our field, how it is read, words -> values."""
    column_names: Mapping[str, str]
    fixed: Mapping[str, Any]
    entity: EntityModel
    key: frozenset[str]
    """Fields that make the key."""
    telling: Sequence[str]
    """Columns that must have a value."""
    clears: bool
    """An empty cell empties the field, instead of leaving it alone."""
    shortest: int
    amount: int | None
    """Where the amount stands, which may be written with its currency."""
    headed: bool
    """The titles come from the file, and can stand in it again where lists were put together."""

    def __call__(self, row: Row) -> Change | Unreadable:
        """Translate one row."""
        if refused := self._no_record(row):
            return refused
        cells = row.cells
        fields: dict[str, Any] = dict(self.fixed)
        faults: list[tuple[str, PydanticCustomError]] = []
        for position, name, read, words in self.steps:
            cell = cells[position]
            if words is not None:
                cell = words.get(cell.strip().casefold(), cell)
            try:
                if cell and not cell.isspace():
                    fields[name] = read(cell)
                else:
                    self._take_empty(name, fields)
            except PydanticCustomError as error:
                faults.append((name, error))
        if self.amount is not None:
            faults += self._other_currency(cells[self.amount], fields.get("currency"))
        if faults:
            return self._refuse_for(row, faults, fields)
        place = self._place(row.number)
        if not self.entity.natural:
            return Change(fields.pop(ID), folded(self.entity.model, fields), place)
        return Change(self.entity.key(fields, self.key), folded(self.entity.model, fields), place)

    def _no_record(self, row: Row) -> Unreadable | None:
        """Return why a row is none, whatever stands in its cells."""
        number, cells, broken = row
        if broken is not None:
            raw = {"line": cells[0]} if cells else {}
            return Unreadable(broken.cause, broken.message, self._place(number), raw=raw)
        if len(cells) < self.shortest:
            return self._refuse(row, "ragged-row", f"the row has only {counted(len(cells), 'column')}", None)
        first = self.steps[0][0]
        if (
            self.headed
            and cells[first] == self.titles[first]
            and all(cells[position] == self.titles[position] for position, *_ in self.steps)
        ):
            return self._refuse(row, "header-again", "the row repeats the column titles", None)
        return None

    @staticmethod
    def _other_currency(amount: str, currency: str | None) -> Iterator[tuple[str, PydanticCustomError]]:
        said = currency_in(amount)
        if said is not None and currency is not None and said != currency:
            told = f"{shown(amount.strip())} is an amount in {said}, and the row's currency is {currency}"
            yield "amount", fault("other-currency", told)

    def _take_empty(self, name: str, fields: dict[str, Any]) -> None:
        if name in self.telling:
            column = shown(self.column_names[name])
            raise fault("missing-key", f"{column} is empty, and without it the record cannot be told from others")
        if name in self.entity.essential:
            raise fault("empty", f"{shown(self.column_names[name])} is empty")
        if self.clears:
            fields[name] = None

    def _refuse_for(
        self, row: Row, faults: Sequence[tuple[str, PydanticCustomError]], fields: Mapping[str, Any]
    ) -> Unreadable:
        """Quarantine the row for its first fault, and name the others."""
        name, error = faults[0]
        column = self.column_names[name]
        message = error.message()
        if len(faults) > 1:
            message += "; look also at " + ", ".join(
                f"{self.column_names[name]} ({error.type})" for name, error in faults[1:]
            )
        known = self.entity.natural and all(name in fields for name in self.telling)
        return self._refuse(row, error.type, message, column, self.entity.key(fields, self.key) if known else None)

    def _refuse(self, row: Row, cause: str, message: str, column: str | None, key: str | None = None) -> Unreadable:
        place = self._place(row.number, column)
        return Unreadable(cause, message, place, key, self.raw(row))

    def _place(self, row: int, column: str | None = None) -> Place:
        return Place(self.source.source, row, self.source.sheet, column, self.source.version)

    def raw(self, row: Row) -> dict[str, str]:
        """Return the row as it was delivered: column title -> text."""
        pairs = zip(self.titles[:MOST_RAW], row.cells, strict=False)
        return {" ".join(title.split()): str(cell[:LONGEST_RAW]) for title, cell in pairs if title.strip() and cell}


def translator(format_: Format, table: Table, source: Place, locations: frozenset[str] = frozenset()) -> Translator:
    """Return what translates the rows of one opened table.

    `source`: the file; `locations`: those that may come, empty for any.
    """
    entity = format_.record_kind
    spelling = format_.spelling()
    reads = {name: reading_of(format_.checks[name], name, spelling, locations) for name in format_.columns}
    wanted = format_.wanted()
    mapped = {name: column for name, column in format_.columns.items() if column.value is None}
    places = positions(table.titles, wanted)
    steps = [
        (place, name, reads[name], {word.casefold(): value for word, value in column.values.items()} or None)
        for place, (name, column) in zip(places, mapped.items(), strict=True)
    ]
    return Translator(
        source=source._replace(sheet=table.sheet),
        titles=table.titles,
        steps=steps,
        column_names={name: column.column or name for name, column in format_.columns.items()},
        fixed={name: reads[name](column.value) for name, column in format_.columns.items() if column.value is not None},
        entity=entity,
        key=frozenset(format_.key_fields()),
        telling=format_.telling,
        clears=format_.empty == "clear",
        shortest=max(places, default=0) + 1,
        amount=next((place for place, name, *_ in steps if name == "amount"), None),
        headed=wanted.row != 0,
    )
