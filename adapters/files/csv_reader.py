"""Delimited text, a row at a time and in constant memory, however broken the file is.

A quotation mark that is never closed would swallow the rest of the file. So a row that spans several lines and does
not come out right is given up as its first line only, and reading goes on with the second.
"""

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TextIO

from adapters.files import encodings
from adapters.files.header import Header, Wanted, find_header
from adapters.files.rows import LONGEST_ROW, MOST_COLUMNS, Broken, FileRefused, Row, Table
from hub.counting import counted

DELIMITERS = (";", ",", "\t", "|")
MOST_LINES_IN_A_ROW = 500
LINES_TO_LOOK_AT = 60
"""Within so many lines the header must come."""

_UNDECODED = re.compile("[\ud800-\udfff\ufffd]")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a delimited file is written; None: find out."""

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = '"'
    """None: quotation marks mean nothing."""


def open_csv(path: Path, dialect: Dialect, wanted: Wanted) -> Table:
    """Open a delimited file; raises FileRefused where no header with the wanted titles is found."""
    encoding = _encoding(path, dialect.encoding)
    if encoding == "utf-8":
        encoding = "utf-8-sig"  # a mark is dropped if there is one
    start = list(islice(_rows_of(path, encoding, dialect, dialect.delimiter or ";", width=None), 1))
    if not start:
        raise FileRefused("empty-file", "the file is empty")
    delimiter, header = _settle(path, encoding, dialect, wanted)
    width = _width(header.titles)
    rows = _rows_of(path, encoding, dialect, delimiter, width if header.row else None)
    return Table(header.titles, (row for row in rows if row.number > header.row))


def _encoding(path: Path, named: str | None) -> str:
    """Return the one that is named, unless the file has a mark or is UTF-8: read otherwise, its letters were ruined."""
    found = encodings.detect(path)
    if named is None or found in encodings.MARKED:
        return found
    return found if found.startswith("utf-") and not named.startswith("utf-16") else named


def _settle(path: Path, encoding: str, dialect: Dialect, wanted: Wanted) -> tuple[str, Header]:
    """Find the delimiter under which the wanted titles stand in a row."""
    best: tuple[int, str, Header] | None = None
    refusals: list[tuple[int, FileRefused]] = []
    for delimiter in [dialect.delimiter] if dialect.delimiter else DELIMITERS:
        columns = 0
        try:
            rows = [
                (row.number, row.cells if row.broken is None else ())
                for row in islice(_rows_of(path, encoding, dialect, delimiter, width=None), LINES_TO_LOOK_AT)
            ]
            columns = sum(len(cells) > 1 for _, cells in rows) * MOST_COLUMNS + max(len(cells) for _, cells in rows)
            header = find_header(rows, wanted)
        except FileRefused as refusal:
            refusals.append((columns, refusal))
            continue
        if best is None or columns > best[0]:
            best = columns, delimiter, header
    if best is not None:
        return best[1], best[2]
    refused = max(refusals, key=lambda refusal: refusal[0])[1]
    if dialect.delimiter and (other := _other_delimiter(path, encoding, dialect, wanted)):
        raise FileRefused(refused.cause, f"{refused}; its titles are there with delimiter = {other}")
    raise refused


def _other_delimiter(path: Path, encoding: str, dialect: Dialect, wanted: Wanted) -> str | None:
    """Return the delimiter, as a format writes it, under which the titles stand in a row; none: under no other."""
    try:
        found, _ = _settle(path, encoding, replace(dialect, delimiter=None), wanted)
    except FileRefused:
        return None
    return '"tab"' if found == "\t" else f'"{found}"'


def _width(titles: Sequence[str]) -> int:
    """Count the columns up to the last that has a title."""
    return max((position for position, title in enumerate(titles, 1) if title.strip()), default=0)


def _rows_of(path: Path, encoding: str, dialect: Dialect, delimiter: str, width: int | None) -> Iterator[Row]:
    # A byte that the encoding does not have must cost its row, not the file.
    errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
    with path.open("r", encoding=encoding, errors=errors, newline="") as file:
        yield from _read(_Lines(file), delimiter, dialect.quote, width)


class _Lines:
    """Hands lines to the csv module, remembers those of the present row, and can take them back."""

    def __init__(self, file: TextIO) -> None:
        self._readline = file.readline
        self._again: deque[str] = deque()
        self.row: list[str] = []
        self.size = 0
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._next_from_file()
        self.row.append(line)
        self.size += len(line)
        self.number += 1
        if len(self.row) > MOST_LINES_IN_A_ROW or self.size > LONGEST_ROW:
            raise _TooMuchError
        return line

    def _next_from_file(self) -> str:
        line = self._readline(LONGEST_ROW + 1)
        if not line:
            raise StopIteration
        if len(line) > LONGEST_ROW:
            while (more := self._readline(LONGEST_ROW)) and not more.endswith(("\n", "\r")):
                pass
        return line

    def take_back(self) -> None:
        """Give up the row's first line, and hand out the others again.

        That stays cheap, however many lines are broken: a line that leaves a quotation mark open would have closed
        an earlier one, so no line is read again more than a few times.
        """
        self._again.extendleft(reversed(self.row[1:]))
        self.number -= len(self.row) - 1


class _TooMuchError(Exception):
    """The present row is longer than any row can be."""


def _read(lines: _Lines, delimiter: str, quote: str | None, width: int | None) -> Iterator[Row]:
    reader = csv.reader(
        lines,
        delimiter=delimiter,
        quotechar=quote,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        strict=True,
    )
    while True:
        lines.row.clear()
        lines.size = 0
        number = lines.number + 1
        broken: Broken | None = None
        cells: list[str] = []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _TooMuchError:
            broken = _too_much(lines)
        except csv.Error as error:
            broken = _unreadable(lines, error)
        if broken is None:
            if not cells or (len(cells) == len(lines.row) == 1 and not cells[0].strip()):
                continue
            broken = _fault(lines.row, cells, width, delimiter)
        if broken is not None and len(lines.row) > 1:
            broken = Broken("unclosed-quote", f"a quotation mark is opened here and not closed ({broken.message})")
            lines.take_back()
        yield Row(number, cells if broken is None else [_shown(lines.row[0])], broken)


def _too_much(lines: _Lines) -> Broken:
    if len(lines.row) == 1:
        return Broken("too-long", f"the line is longer than {LONGEST_ROW:,} characters")
    return Broken("too-long", f"the row is longer than {MOST_LINES_IN_A_ROW} lines or {LONGEST_ROW:,} characters")


def _unreadable(lines: _Lines, error: csv.Error) -> Broken:
    if "field larger than field limit" in str(error):
        return Broken("too-long", f"a field is longer than {csv.field_size_limit():,} characters")
    if len(lines.row) == 1 and "unexpected end of data" not in str(error):
        return Broken("stray-quote", "a quotation mark stands within a quoted field; inside one it is written twice")
    return Broken("unclosed-quote", "a quotation mark is opened and not closed")


def _fault(lines: list[str], cells: list[str], width: int | None, delimiter: str) -> Broken | None:
    for line in lines:
        if not line.isascii() and _UNDECODED.search(line):
            return Broken("wrong-encoding", "some bytes are no characters in the file's encoding")
        if "\0" in line:
            return Broken("control-character", "the row holds NUL characters")
    if len(cells) > MOST_COLUMNS:
        return Broken("too-many-columns", f"{len(cells):,} columns are more than {MOST_COLUMNS:,}")
    if width is None or len(cells) == width:
        return None
    if len(cells) < width:
        return Broken("ragged-row", f"the row has {counted(len(cells), 'column')}, the header has {width}")
    if any(map(str.strip, cells[width:])):
        return Broken(
            "ragged-row",
            f"the row has {counted(len(cells), 'column')}, the header has {width}; is a {delimiter!r} not in quotes?",
        )
    return None


def _shown(line: str) -> str:
    return codecs.encode(line[:2000].rstrip("\r\n"), "utf-8", "replace").decode("utf-8")
