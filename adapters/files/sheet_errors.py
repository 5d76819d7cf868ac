"""Cells in which a formula has failed: the reader of sheets gives them as if nothing stood there."""

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from html import unescape
from pathlib import Path, PurePosixPath

from adapters.files import ods_errors, xls_errors
from adapters.files.archive import PIECE, column_number

ZIP = b"PK\x03\x04"
WORKBOOK, LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
LONGEST_CELL = 1 << 16
"""Bytes: a formula has 8,192 letters at most ("Excel specifications and limits")."""
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^<>]*>")
_LINK = re.compile(rb"<(?:\w+:)?Relationship\s[^<>]*>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TYPE = re.compile(rb"""\st=["']e["']""")
_FAILED = re.compile(
    rb"""<(?:\w+:)?c(?=[^<>]*\st=["']e["'])[^<>]*?\sr=["']([A-Z]{1,3})([0-9]{1,7})["'][^<>]*>"""
    rb"(?:<(?:\w+:)?f[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>))?<(?:\w+:)?v>([^<]*)<"
)
"""ECMA-376, part 1, 18.3.1.4 "c (Cell)": its type is `e`, and what it shows stands in `v`, behind its formula."""


def failed_cells(path: Path, sheet: str) -> dict[int, dict[int, str]]:
    """Return what a sheet shows where a formula has failed, e.g. `#N/A`: row -> column -> text, counted from 0."""
    with path.open("rb") as file:
        is_zip = file.read(len(ZIP)) == ZIP
    if not is_zip:
        return xls_errors.failed_cells(path, sheet)
    with zipfile.ZipFile(path) as archive:
        if ods_errors.CONTENT in archive.namelist():
            return ods_errors.failed_cells(archive, sheet)
        return _in_xlsx(archive, sheet)


def _in_xlsx(archive: zipfile.ZipFile, sheet: str) -> dict[int, dict[int, str]]:
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    part = _part_of(archive, sheet)
    for text in _pieces(archive, part) if part else ():
        for letters, row, shown in _FAILED.findall(text) if _TYPE.search(text) else ():
            found[int(row) - 1][column_number(letters) - 1] = _text(shown)
    return found


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Return the part that holds a sheet; none, if the file is no XLSX, or says it as spreadsheets do not."""
    parts = {*archive.namelist()}
    if not {WORKBOOK, LINKS} <= parts:
        return None
    sheets = {each.get("name"): each.get("r:id") for each in _tags(archive.read(WORKBOOK), _SHEET)}
    links = {each.get("Id"): each.get("Target", "") for each in _tags(archive.read(LINKS), _LINK)}
    target = links.get(sheets.get(sheet), "")
    part = str(PurePosixPath("/xl") / target).removeprefix("/")
    return part if part in parts else None


def _tags(text: bytes, tag: re.Pattern[bytes]) -> Iterator[dict[str, str]]:
    for each in tag.findall(text):
        yield {_text(name): _text(one or other) for name, one, other in _ATTRIBUTE.findall(each)}


def _text(found: bytes) -> str:
    return unescape(found.decode("utf-8", "replace"))


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield a part piece by piece, each with the end of the one before: a cell may lie across both."""
    rest = b""
    with archive.open(part) as file:
        while piece := file.read(PIECE):
            yield rest + piece
            rest = (rest + piece)[-LONGEST_CELL:]
