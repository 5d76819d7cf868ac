"""Looks into a zipped sheet before a reader unpacks it: bombs are refused while they are small.

The sizes in a zip's directory can lie, so every part is unpacked once here, a piece at a time, and nothing is kept.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from adapters.files.rows import FileRefused

PIECE = 1 << 20
HARMLESS = 10_000_000
"""Bytes unpacked, below which no ratio is suspicious."""
HIGHEST_RATIO = 200
MOST_PARTS = 10_000
LOCAL_HEADER = 30
"""Bytes before a part's name."""
MOST_CELLS = 20_000_000
"""In the rectangle that holds all filled cells of a sheet: readers reserve memory for the whole of it."""

LONGEST_TAG = 1 << 16
"""Bytes."""

_VALUE = rb"""\s*=\s*(?:"[^"<]*"|'[^'<]*')"""
_XLSX_CELL = re.compile(
    rb"""<(?:[^\s<>/]*:)?c(?:\s+r=["']([A-Z]{1,3})([0-9]{1,7})["'](?:\s+[\w:.-]+%b)*\s*(/?)>|(?=[\s/>]))""" % _VALUE
)
"""A cell that says where it stands, as spreadsheets write it; or the beginning of another, without groups."""
_ODS_TAG = re.compile(
    rb"<table:(table-row|table-cell|covered-table-cell)(?:((?:\s+[\w:.-]+%b)*)\s*(/?)>|(?=[\s/>]))"
    rb"|<(/)table:table-row\s*>|<table:table[\s/>]" % _VALUE
)
_REPEATS = re.compile(rb"number-(?:rows|columns)-repeated(?:\s*=\s*[\"']([0-9]{1,9})[\"'])?")
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def look_into(path: Path, most_bytes: int) -> bool:
    """Raise FileRefused where unpacking the sheet would take more than `most_bytes` or absurdly many cells.

    Returns whether all cells could be counted: in XML as spreadsheets do not write it, some hide from this look.
    """
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _check_directory(parts, path.stat().st_size, most_bytes)
            return _check_contents(file, parts, most_bytes)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, EOFError) as error:
        raise FileRefused("file-damaged", f"the file is damaged: {error}") from None


def _check_directory(parts: list[zipfile.ZipInfo], size: int, most_bytes: int) -> None:
    if len(parts) > MOST_PARTS:
        raise FileRefused("archive-bomb", f"the file holds {len(parts):,} parts, more than {MOST_PARTS:,}")
    if sum(part.compress_size for part in parts) > size:
        raise FileRefused("archive-bomb", "the file's parts overlap")
    for part in parts:
        if part.filename.casefold().endswith("workbook.bin"):
            raise FileRefused("not-a-sheet", "the file is an XLSB, which is not read; save it as XLSX")
        if part.flag_bits & 1:
            raise FileRefused("file-protected", "the file is protected by a password; save it without one")
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FileRefused("file-damaged", f"{part.filename[:80]!r} is packed in a way that sheets do not use")
    _check_size(sum(part.file_size for part in parts), size, most_bytes)


def _check_size(unpacked: int, packed: int, most_bytes: int) -> None:
    if unpacked > most_bytes:
        raise FileRefused("archive-bomb", f"unpacked the file has more than {most_bytes:,} bytes (max_bytes)")
    if unpacked > HARMLESS and unpacked > HIGHEST_RATIO * packed:
        raise FileRefused("archive-bomb", f"the file unpacks to more than {HIGHEST_RATIO} times its size")


def _check_contents(file: BinaryIO, parts: list[zipfile.ZipInfo], most_bytes: int) -> bool:
    packed = sum(part.compress_size for part in parts)
    unpacked = 0
    counted = True
    for part in parts:
        # Which part is a sheet, the file itself says: any can be one.
        checks = [_Tags(_XlsxCells()), *([_Tags(_OdsCells())] if part.filename == "content.xml" else [])]
        for number, piece in enumerate(_unpacked(file, part)):
            unpacked += len(piece)
            _check_size(unpacked, packed, most_bytes)
            if number == 0 and piece.startswith(_UTF_16_MARKS) and part.filename.endswith(".xml"):
                raise FileRefused("file-damaged", "the sheet inside is not written in UTF-8")
            for check in checks:
                check.look(piece)
        for check in checks:
            counted &= check.end()
    return counted


def _unpacked(file: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what a part really holds, whatever the directory says."""
    file.seek(part.header_offset)
    local = file.read(LOCAL_HEADER)
    if len(local) < LOCAL_HEADER or local[:4] != b"PK\x03\x04":
        raise zipfile.BadZipFile(f"no part begins where {part.filename[:80]!r} should")
    file.seek(int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little"), 1)
    left = part.compress_size
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if part.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0 and (packed := file.read(min(PIECE, left))):
        left -= len(packed)
        if inflate is None:
            yield packed
            continue
        while packed:
            yield inflate.decompress(packed, PIECE)
            packed = inflate.unconsumed_tail


@dataclass
class _Tags:
    """Hands on the XML that streams by in pieces that end between two tags."""

    cells: "_XlsxCells | _OdsCells"
    rest: bytes = b""
    whole: bool = True

    def look(self, piece: bytes) -> None:
        text = self.rest + piece
        cut = text.rfind(b"<")
        if cut < 0 or len(text) - cut > LONGEST_TAG:
            self.whole &= cut < 0 or b">" in text[cut:]
            cut = len(text)
        self.cells.count(text[:cut])
        self.rest = text[cut:]

    def end(self) -> bool:
        """Count what is left; returns whether all cells could be counted."""
        self.cells.count(self.rest)
        return self.whole and self.cells.clear


@dataclass
class _XlsxCells:
    """Measures the rectangle of filled cells."""

    rows: int = 0
    columns: int = 0
    clear: bool = True

    def count(self, text: bytes) -> None:
        for cell in _XLSX_CELL.finditer(text):
            if cell[1] is None:
                self.clear = False
            elif not cell[3]:
                self.rows = max(self.rows, int(cell[2]))
                self.columns = max(self.columns, column_number(cell[1]))
        if self.rows * self.columns > MOST_CELLS:
            raise _too_many_cells(self.rows, self.columns)


def column_number(letters: bytes) -> int:
    """Return a column's number, from 1, by its letters."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


@dataclass
class _OdsCells:
    """Adds up repeated cells and rows, up to the last of a row and of a table that has something in it."""

    clear: bool = True
    before: int = 0
    """Cells of the tables before: a reader takes them all."""
    rows: int = 0
    widest: int = 0
    empty_rows: int = 0
    """Behind the last that has something in it."""
    repeated: int = 1
    in_row: int = 0
    empty: int = 0
    """Behind the last cell of the row that has something in it."""

    def count(self, text: bytes) -> None:
        for tag in _ODS_TAG.finditer(text):
            self._take(tag)
            if self.before + self.rows * max(self.widest, self.in_row) > MOST_CELLS or self.in_row > MOST_CELLS:
                raise _too_many_cells(self.rows, max(self.widest, self.in_row))

    def _take(self, tag: re.Match[bytes]) -> None:
        if tag[4]:
            self._end_row()
        elif tag[1] is None:
            self.before += self.rows * self.widest
            self.rows = self.widest = self.empty_rows = 0
        elif tag[2] is None:
            self.clear = False
        elif tag[1] == b"table-row":
            self.repeated = self._repeats(tag[2])
            self.in_row = self.empty = 0
            if tag[3]:
                self._end_row()
        elif b"office:" in tag[2] or not tag[3]:
            self.in_row += self.empty + self._repeats(tag[2])
            self.empty = 0
        else:
            self.empty += self._repeats(tag[2])

    def _end_row(self) -> None:
        if self.in_row:
            self.rows += self.empty_rows + self.repeated
            self.widest = max(self.widest, self.in_row)
            self.empty_rows = 0
        else:
            self.empty_rows += self.repeated
        self.in_row = self.empty = 0

    def _repeats(self, attributes: bytes) -> int:
        found = _REPEATS.findall(attributes)
        self.clear &= all(found)
        return max((int(each) for each in found if each), default=1)


def _too_many_cells(rows: int, columns: int) -> FileRefused:
    return FileRefused(
        "archive-bomb",
        f"filled cells reach over {rows:,} rows and {columns:,} columns, more than {MOST_CELLS:,} cells; "
        "delete what stands far outside the table",
    )
