"""Where the header of a table stands: often not in the first line, but below a title and a date."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adapters.files.rows import MOST_COLUMNS, FileRefused, listed, same_title

ROWS_TO_LOOK_AT = 50

_LETTERS = re.compile(r"[A-Z]{1,3}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which columns a format needs, and where it says they are."""

    titles: tuple[str, ...]
    """As the format writes them; numbers or letters where there is no header."""
    key_titles: tuple[str, ...] = ()
    """Those among them without which no record can be told from another."""
    row: int | None = None
    """The header's row, counted from 1; 0: there is none; None: the first with all the titles."""


@dataclass(frozen=True, slots=True)
class Header:
    """The header that was found."""

    row: int
    """0: there is none."""
    titles: tuple[str, ...]


def find_header(rows: Iterable[tuple[int, Sequence[str]]], wanted: Wanted) -> Header:
    """Return the header among numbered rows; raises FileRefused that says what is missing."""
    if wanted.row == 0:
        return Header(0, tuple(column_letters(position) for position in range(_columns_needed(wanted))))
    needed = {same_title(title) for title in wanted.titles}
    nearest: tuple[int, int, Sequence[str]] | None = None
    for number, cells in rows:
        if number > (wanted.row or ROWS_TO_LOOK_AT):
            break
        if wanted.row and number != wanted.row:
            continue
        found = [same_title(cell) for cell in cells[:MOST_COLUMNS]]
        have = len(needed.intersection(found))
        if have == len(needed):
            return Header(number, _unambiguous(number, tuple(cells[:MOST_COLUMNS]), found, needed))
        if nearest is None or have > nearest[0]:
            nearest = have, number, cells
    raise _not_found(wanted, nearest)


def _unambiguous(number: int, titles: tuple[str, ...], found: list[str], needed: set[str]) -> tuple[str, ...]:
    twice = sorted(title for title in needed if found.count(title) > 1)
    if twice:
        raise FileRefused("columns-ambiguous", f"row {number} has several columns called {listed(twice)}")
    return titles


def _not_found(wanted: Wanted, nearest: tuple[int, int, Sequence[str]] | None) -> FileRefused:
    if nearest is None:
        where = f"row {wanted.row}" if wanted.row else "any row"
        return FileRefused("columns-missing", f"there are no column titles in {where}")
    _, number, cells = nearest
    there = {same_title(cell): cell for cell in cells if cell.strip()}
    missing = [title for title in wanted.titles if same_title(title) not in there]
    near = [there[match] for title in missing for match in difflib.get_close_matches(same_title(title), there, n=1)]
    hint = f"; is {listed(near)} meant?" if near else ""
    titles = listed(there.values(), 20) or "nothing"
    return FileRefused(
        "columns-missing", f"no column is called {listed(missing)}: row {number} comes nearest, with {titles}{hint}"
    )


def column_position(column: str) -> int | None:
    """Return the position, counted from 0, of a column given as number (from 1) or letters (A, B ... AA); else None."""
    column = column.strip().upper()
    if column.isascii() and column.isdigit():
        return int(column) - 1 if 1 <= int(column) <= MOST_COLUMNS else None
    if not _LETTERS.fullmatch(column):
        return None
    position = 0
    for letter in column:
        position = position * 26 + ord(letter) - ord("A") + 1
    return position - 1 if position <= MOST_COLUMNS else None


def column_letters(position: int) -> str:
    """Return a column's letters as spreadsheets show them, for a position counted from 0."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def positions(titles: Sequence[str], wanted: Wanted) -> list[int]:
    """Return where each wanted column stands in a row."""
    if wanted.row == 0:
        return [column_position(title) or 0 for title in wanted.titles]
    places = {same_title(title): place for place, title in reversed(list(enumerate(titles)))}
    return [places[same_title(title)] for title in wanted.titles]


def _columns_needed(wanted: Wanted) -> int:
    return 1 + max((column_position(title) or 0 for title in wanted.titles), default=0)
