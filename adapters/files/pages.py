"""Rows -> pages of changes and of what could not be read."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from adapters.files.rows import FileRefused, Row
from adapters.files.translate import Translator
from hub.connector import Change, Unreadable
from hub.counting import counted

MOST_ROWS_NAMED = 5


@dataclass(slots=True)
class Batch:
    """What becomes of one page's rows."""

    changes: list[Change] = field(default_factory=list[Change])
    unreadable: list[Unreadable] = field(default_factory=list[Unreadable])
    notes: list[str] = field(default_factory=list[str])


def batches(rows: Iterator[Row], size: int) -> Iterator[tuple[list[Row], bool]]:
    """Yield rows in pages, and whether it is the last one; a file without rows has one empty page."""
    batch = list(islice(rows, size))
    while True:
        try:
            ahead = list(islice(rows, size))
        except FileRefused:
            yield batch, False
            raise
        yield batch, not ahead
        if not ahead:
            return
        batch = ahead


def translated(rows: list[Row], translate: Translator) -> Batch:
    """Translate a page.

    A key that comes again with other values is put aside: which of the two is meant, only a person knows. A row that
    only says the same again is left as it is. Memory stays constant because only one page is compared.
    """
    batch = Batch()
    first: dict[str, Change] = {}
    repeated: list[int] = []
    for row in rows:
        outcome = translate(row)
        if isinstance(outcome, Unreadable):
            batch.unreadable.append(outcome)
            continue
        earlier = first.setdefault(outcome.key, outcome)
        if earlier is outcome:
            batch.changes.append(outcome)
        elif earlier.fields == outcome.fields:
            repeated.append(row.number)
            batch.changes.append(outcome)
        else:
            batch.unreadable.append(_twice(earlier, outcome, translate.raw(row)))
    if repeated:
        more = " ..." if len(repeated) > MOST_ROWS_NAMED else ""
        named = ", ".join(map(str, repeated[:MOST_ROWS_NAMED])) + more
        batch.notes.append(f"{counted(len(repeated), 'row')} as an earlier row, word for word: {named}")
    return batch


def _twice(earlier: Change, later: Change, raw: dict[str, str]) -> Unreadable:
    different = sorted(name for name in later.fields if later.fields[name] != earlier.fields.get(name))
    return Unreadable(
        "duplicate-key",
        f"row {earlier.place.row} has the same key with another {', '.join(different) or 'value'}; one of the two is "
        "wrong, and the first was taken",
        later.place,
        later.key,
        raw,
    )
