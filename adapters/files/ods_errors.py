"""Cells of an ODS in which a formula has failed."""

import re
import zipfile
from collections import defaultdict
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from adapters.files.archive import PIECE
from adapters.files.reading import ERROR
from adapters.files.rows import FileRefused, local_name

CONTENT = "content.xml"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_HINT = re.compile(rb"""value-type\s*=\s*["']error["']|>\s*(?:#|Err:)""")
_OVERLAP = 100
_OTHER = "#VALUE!"
"""For what stands there in another language than those that we know."""
_CELLS = ("table-cell", "covered-table-cell")


def failed_cells(archive: zipfile.ZipFile, sheet: str) -> dict[int, dict[int, str]]:
    """Return what a sheet shows where a formula has failed: row -> column -> text, counted from 0."""
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    if not _may_have_failed(archive):
        return found
    try:
        _look(archive, sheet, found)
    except (ParseError, DefusedXmlException) as error:
        raise FileRefused("file-damaged", f"the file is damaged: {error}") from None
    return found


def _look(archive: zipfile.ZipFile, sheet: str, found: defaultdict[int, dict[int, str]]) -> None:
    with archive.open(CONTENT) as file:
        table: Any = None
        here = False
        row = column = 0
        for event, element in iterparse(file, ("start", "end"), forbid_dtd=True):
            name = local_name(element.tag)
            if (event, name) == ("start", "table"):
                table, row = element, 0
                here = element.get(f"{_TABLE}name") == sheet
            elif (event, name) == ("start", "table-row"):
                column = 0
            elif event == "end" and name in _CELLS:
                following = column + int(element.get(f"{_TABLE}number-columns-repeated", "1"))
                if here and (shown := _failed(element)):
                    found[row] |= dict.fromkeys(range(column, following), shown)
                column = following
            elif (event, name) == ("end", "table-row"):
                following = row + int(element.get(f"{_TABLE}number-rows-repeated", "1"))
                found |= {each: found[row] for each in range(row + 1, following) if row in found}
                row = following
                table.clear()  # what was read is not kept


def _may_have_failed(archive: zipfile.ZipFile) -> bool:
    """Look before all of it is parsed: few files have a formula that has failed."""
    rest = b""
    with archive.open(CONTENT) as file:
        while piece := file.read(PIECE):
            if _HINT.search(rest + piece):
                return True
            rest = piece[-_OVERLAP:]
    return False


def _failed(cell: Any) -> str | None:
    """Return what a cell shows whose formula has failed: LibreOffice says so, other programs only show it."""
    shown = "".join(cell.itertext()).strip()
    if cell.get(f"{_CALC}value-type") == "error":
        return shown if ERROR.fullmatch(shown) else _OTHER
    return shown if cell.get(f"{_TABLE}formula") and ERROR.fullmatch(shown) else None
