"""Files without a header, whose records name their own fields: whether the wanted names come at all."""

from collections.abc import Iterator
from itertools import chain, islice

from adapters.files.header import Wanted
from adapters.files.rows import FileRefused, Row, listed

RECORDS_TO_LOOK_AT = 200


def checked(rows: Iterator[Row], wanted: Wanted, what: str) -> Iterator[Row]:
    """Return the rows; raises FileRefused at once where a key column is empty in all of the first ones."""
    first = list(islice(rows, RECORDS_TO_LOOK_AT))
    good = [row for row in first if row.broken is None]
    come = {title for row in good for title, cell in zip(wanted.titles, row.cells, strict=False) if cell}
    missing = [title for title in wanted.key_titles if title not in come]
    if good and missing:
        raise FileRefused("columns-missing", f"none of the first {len(good)} {what} has {listed(missing)}")
    return chain(first, rows)
