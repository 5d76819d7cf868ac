"""Sheets: XLSX, XLS and ODS. Numbers come as exact text, dates as YYYY-MM-DD, merged cells as people see them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
    WorksheetNotFound,
)

from adapters.files.archive import look_into
from adapters.files.header import ROWS_TO_LOOK_AT, Header, Wanted, column_letters, find_header
from adapters.files.rows import MOST_COLUMNS, Converted, ExactNumber, FileRefused, Row, Table, listed
from adapters.files.sheet_errors import ZIP, failed_cells
from adapters.files.trial import try_elsewhere
from hub.counting import counted

TOO_LONG = 1e15
"""A spreadsheet keeps 15 digits of a number; what is longer has lost its end."""
MOST_MERGED = 100_000
HIGHEST_MERGED = 10_000
MOST_MERGED_ROWS = 1_000_000
"""Over which a sheet's merged cells reach, all together."""
MOST_ROWS_NAMED = 10

_OLE = b"\xd0\xcf\x11\xe0"


def open_sheet(path: Path, sheet: str | int | None, wanted: Wanted, most_bytes: int) -> Table:
    """Open a sheet by name or number (from 1; None: the first that is shown); raises FileRefused or OSError."""
    _check_kind(path, most_bytes)
    workbook = _workbook(path)
    opened = _sheet(workbook, sheet)
    merged = Merged.of(opened.merged_cell_ranges or [])
    first_column = opened.start[1] if opened.start else 0
    cells = _Cells(opened, first_column, merged, failed_cells(path, opened.name))
    notes: list[str] = []
    header = find_header(list(islice(cells.rows(), ROWS_TO_LOOK_AT)), wanted)
    if header.row == 0:
        header = Header(0, tuple(column_letters(position) for position in range(first_column + opened.width)))
    height = opened.end[0] + 1 if opened.end else 0
    total = height - header.row - sum(row >= header.row for row in merged.across)
    return Table(header.titles, _data_rows(cells, header, notes), opened.name, max(total, 0), notes)


def _check_kind(path: Path, most_bytes: int) -> None:
    """Refuse what is no sheet, or a bomb."""
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(ZIP):
        if not look_into(path, most_bytes):
            try_elsewhere(path)
    elif start.startswith(_OLE):
        try_elsewhere(path)
    elif not start:
        raise FileRefused("empty-file", "the file is empty")
    else:
        raise FileRefused("not-a-sheet", 'this is no sheet, whatever its name says; is it text (type = "csv") or XML?')


def _workbook(path: Path) -> CalamineWorkbook:
    try:
        with path.open("rb") as file:
            return CalamineWorkbook.from_filelike(file)
    except PasswordError:
        raise FileRefused("file-protected", "the file is protected by a password; save it without one") from None
    except CalamineError as error:
        raise FileRefused("file-damaged", f"the file is damaged: {error}") from None
    except BaseException as error:  # noqa: BLE001 - a panic of the reader is no Exception
        raise _panic(error) from None


def _sheet(workbook: CalamineWorkbook, sheet: str | int | None) -> CalamineSheet:
    names = workbook.sheet_names
    try:
        if isinstance(sheet, str):
            return workbook.get_sheet_by_name(sheet)
        return workbook.get_sheet_by_index(_first_shown(workbook) if sheet is None else sheet - 1)
    except WorksheetNotFound:
        raise FileRefused("sheet-missing", f"there is no sheet {sheet!r}; the file has {listed(names)}") from None
    except (CalamineError, IndexError, OverflowError) as error:
        if isinstance(sheet, int) and sheet > len(names):
            raise FileRefused("sheet-missing", f"there is no sheet {sheet}; the file has {listed(names)}") from None
        raise FileRefused("file-damaged", f"the sheet cannot be read: {error}") from None
    except BaseException as error:  # noqa: BLE001 - a panic of the reader is no Exception
        raise _panic(error) from None


def _first_shown(workbook: CalamineWorkbook) -> int:
    """Return the position of the first sheet that people see: hidden ones hold old copies and lists to choose from."""
    shown = (place for place, sheet in enumerate(workbook.sheets_metadata) if sheet.visible is SheetVisibleEnum.Visible)
    return next(shown, 0)


def _panic(error: BaseException) -> BaseException:
    """Return what to raise: the reader's own panic on a broken file is not an Exception to Python."""
    if type(error).__name__ == "PanicException":
        return FileRefused("file-damaged", "the file is damaged")
    return error


@dataclass(frozen=True)
class Merged:
    """Merged cells; rows and columns counted from 0."""

    down: dict[int, list[tuple[int, int]]] = field(default_factory=dict[int, list[tuple[int, int]]])
    """Row -> (column, the row whose value it shows), where cells are merged over rows."""
    shown: dict[int, set[int]] = field(default_factory=dict[int, set[int]])
    """Row -> columns whose value is shown in rows below."""
    across: set[int] = field(default_factory=set[int])
    """Rows in which cells are merged over columns."""

    @classmethod
    def of(cls, ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> "Merged":
        """Sort a sheet's merged ranges; absurdly large ones are left as they are. Raises FileRefused."""
        merged, rows = cls(), 0
        for (top, left), (bottom, right) in ranges[:MOST_MERGED]:
            if right > left:
                merged.across.add(top)
            if bottom > top and bottom - top <= HIGHEST_MERGED and left < MOST_COLUMNS:
                rows += bottom - top
                if rows > MOST_MERGED_ROWS:
                    raise FileRefused("archive-bomb", f"merged cells reach over more than {MOST_MERGED_ROWS:,} rows")
                merged.shown.setdefault(top, set()).add(left)
                for row in range(top + 1, bottom + 1):
                    merged.down.setdefault(row, []).append((left, top))
        return merged


@dataclass(frozen=True)
class _Cells:
    """A sheet's rows as text, numbered from 1, columns from A on."""

    sheet: CalamineSheet
    first_column: int
    merged: Merged
    failed: Mapping[int, Mapping[int, str]]
    """Row -> column -> what is shown where a formula has failed; counted from 0."""

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows that are not empty."""
        margin = [""] * self.first_column
        values: dict[tuple[int, int], str] = {}
        for position, cells in enumerate(self.sheet.iter_rows()):
            row = margin + [cell if type(cell) is str else as_text(cell) for cell in cells[:MOST_COLUMNS]]
            for column, shown in self.failed.get(position, {}).items():
                if column < len(row):
                    row[column] = shown
            for column in self.merged.shown.get(position, ()):
                values[position, column] = row[column] if column < len(row) else ""
            if not any(map(str.strip, row)):
                continue
            for column, top in self.merged.down.get(position, ()):
                if column < len(row):
                    row[column] = values.get((top, column), "")
            yield position + 1, row


def _data_rows(cells: _Cells, header: Header, notes: list[str]) -> Iterator[Row]:
    """Yield what stands below the header, without headings: a single text in cells merged over columns."""
    headings: list[int] = []
    for number, row in cells.rows():
        if number <= header.row:
            continue
        if number - 1 in cells.merged.across and sum(map(bool, row)) == 1:
            headings.append(number)
            continue
        yield Row(number, row)
    if headings:
        named = ", ".join(map(str, headings[:MOST_ROWS_NAMED])) + (" ..." if len(headings) > MOST_ROWS_NAMED else "")
        notes.append(f"{counted(len(headings), 'heading')} (merged over columns) passed over, rows {named}")


def as_text(value: Any) -> str:
    """Return a cell's value as exact text."""
    if isinstance(value, bool):
        return Converted("true" if value else "false")
    if isinstance(value, int):
        return ExactNumber(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return Converted(value.isoformat(sep=" "))
    return Converted(value.isoformat()) if isinstance(value, date | time) else str(value)


def _number(value: float) -> str:
    """Return a number with the 15 digits that a spreadsheet keeps; longer ones show that by their exponent."""
    if value.is_integer() and abs(value) < TOO_LONG:
        return ExactNumber(int(value))
    if abs(value) >= TOO_LONG or not isfinite(value):
        return ExactNumber(f"{value:.14e}")
    return ExactNumber(format(Decimal(f"{value:.15g}"), "f"))
