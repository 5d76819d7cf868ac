"""Quarantined rows as a file with their original titles, to be corrected and put into the folder again."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.files.encodings import MARKED
from adapters.files.format import Format
from adapters.files.options import FolderOptions
from hub.config import Settings
from hub.errors import Misconfigured
from hub.store.quarantine import DIFFERS, Entry

NO_HEADER = "none"
BROKEN = ("line",)
"""What is kept of a row that could not be taken apart."""
FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d.,\s]*$)")
"""How a cell begins that a spreadsheet would carry out."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to be written."""

    titles: Sequence[str]
    rows: Sequence[Sequence[str]]
    left_out: int
    """Entries that are no rows: whole files, broken lines, records for review."""
    disarmed: int
    """Cells that a spreadsheet would have carried out as a formula."""


def correction(entries: Iterable[Entry], format_: Format | None) -> Correction:
    """Return the rows that can be corrected; the titles that the format needs are always there."""
    entries = list(entries)
    raws = [entry.raw for entry in entries if entry.cause != DIFFERS and entry.raw and tuple(entry.raw) != BROKEN]
    mapped = [column.column for column in format_.columns.values() if column.column] if format_ else []
    titles = list(dict.fromkeys([*mapped, *(title for raw in raws for title in raw)]))
    if format_ is not None and format_.header == NO_HEADER:
        titles.sort(key=lambda title: (len(title), title))
    cells = [[raw.get(title, "") for title in titles] for raw in raws]
    disarmed = sum(bool(FORMULA.match(cell)) for row in cells for cell in row)
    rows = [[f"'{cell}" if FORMULA.match(cell) else cell for cell in row] for row in cells]
    return Correction(titles, rows, len(entries) - len(raws), disarmed)


def format_of(settings: Settings, system: str, stream: str) -> Format | None:
    """Return the import format that the rows came by, if the configuration still has it."""
    configured = settings.systems.get(system)
    options = configured.options if configured else None
    return options.formats.get(stream) if isinstance(options, FolderOptions) else None


def write(path: Path, correction: Correction, format_: Format | None) -> None:
    """Write a CSV file as the format reads it; raises Misconfigured if that cannot be."""
    encoding = (format_.encoding if format_ else None) or MARKED[0]
    delimiter = (format_.delimiter if format_ else None) or ";"
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    if format_ is None or format_.header != NO_HEADER:
        writer.writerow(correction.titles)
    writer.writerows(correction.rows)
    try:
        content = text.getvalue().encode(encoding)
    except UnicodeEncodeError:
        content = text.getvalue().encode(MARKED[0], "replace")  # which is taken whatever encoding a format names
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise Misconfigured(f"{path} is there already, and stays as it is; take another name") from None
    except OSError as error:
        raise Misconfigured(f"{path} cannot be written: {error}") from None
