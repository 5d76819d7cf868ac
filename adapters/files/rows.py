"""What the readers of all file types hand on: titles, and rows of text."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hub.errors import Refused

LONGEST_ROW = 1_000_000
"""Characters (or bytes of JSON). What is longer is no row of a warehouse."""
MOST_COLUMNS = 2_000
LONGEST_SHOWN = 40
INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200e\u200f\u2060"))
"""Marks that come along when texts are copied or files put together; nobody sees them, and no two texts differ by them."""


class FileRefused(Refused):
    """The file as a whole cannot be read; it goes to failed/ with the reason beside it."""

    def __init__(self, cause: str, message: str) -> None:
        """`cause`: a short fixed word to group by, e.g. `too-large`."""
        super().__init__(message)
        self.cause = cause


class ExactNumber(str):
    """A number that the source itself stored as a number: plain, with a point, whatever the format's decimal sign."""

    __slots__ = ()


class Converted(str):
    """A date or a yes-or-no that the source itself stored as such: of an identifier, what a spreadsheet made of it."""

    __slots__ = ()


class Broken(NamedTuple):
    """Why a row could not be read."""

    cause: str
    message: str


class Row(NamedTuple):
    """One row, before anything is understood."""

    number: int
    """As the user's own program counts; records of XML are counted from 1."""
    cells: Sequence[str]
    """In the order of the titles; the raw line where the row is broken."""
    broken: Broken | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """An opened file."""

    titles: Sequence[str]
    rows: Iterator[Row]
    sheet: str | None = None
    total: int | None = None
    """Data rows, where that is known beforehand."""
    notes: Sequence[str] = ()


def same_title(title: str) -> str:
    """Return a title in the form in which titles are compared: case, line breaks and doubled blanks do not count."""
    return " ".join(title.translate(INVISIBLE).split()).casefold()


def listed(words: Iterable[str], most: int = 8) -> str:
    """Return words in quotation marks for a message, cut off after `most`."""
    all_words = [f'"{word if len(word) <= LONGEST_SHOWN else word[:LONGEST_SHOWN] + "..."}"' for word in words]
    return ", ".join(all_words[:most]) + (f" and {len(all_words) - most} more" if len(all_words) > most else "")


def local_name(tag: str) -> str:
    """Return an XML name without its namespace."""
    return tag.rpartition("}")[2]
