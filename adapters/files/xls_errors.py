"""Cells of an XLS in which a formula has failed.

Source: Microsoft, "[MS-XLS]: Excel Binary File Format (.xls) Structure": 2.4.28 BoundSheet8, 2.4.24 BoolErr, 2.4.127
Formula, 2.5.10 Bes (what the codes of errors mean).
"""

import struct
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from olefile import OleFileIO
from olefile.olefile import OleFileError

from adapters.files.rows import FileRefused

STREAM = "Workbook"
_opened: Any = OleFileIO  # untyped
_BOUND_SHEET, _BOF, _EOF, _BOOL_ERR, _FORMULA = 0x0085, 0x0809, 0x000A, 0x0205, 0x0006
_SHOWN = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def failed_cells(path: Path, sheet: str) -> dict[int, dict[int, str]]:
    """Return what a sheet shows where a formula has failed: row -> column -> text, counted from 0."""
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    try:
        data = _stream(path)
        begins = [at for name, at in _sheets(data) if name == sheet]
        for kind, body in _records(data, begins[0]) if begins else ():
            code = _code(kind, body)
            if code is not None:
                row, column = struct.unpack_from("<HH", body)
                found[row][column] = _SHOWN.get(code, "#VALUE!")
    except (OleFileError, struct.error, IndexError) as error:
        raise FileRefused("file-damaged", f"the file is damaged: {error}") from None
    return found


def _stream(path: Path) -> bytes:
    """Return the workbook; nothing, if it is older than Excel 97, whose cells are written otherwise."""
    with path.open("rb") as raw, _opened(raw) as file:
        return file.openstream(STREAM).read() if file.exists(STREAM) else b""


def _sheets(data: bytes) -> Iterator[tuple[str, int]]:
    """Yield the names of sheets, and where each begins."""
    for kind, body in _records(data, 0):
        if kind == _BOUND_SHEET:
            length, wide = body[6], body[7] & 1
            name = body[8 : 8 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1", "replace")
            yield name, int.from_bytes(body[:4], "little")


def _records(data: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a sheet or of the workbook, less those of charts within."""
    depth = 0
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, at)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth < 1:
            return
        if depth == 1:
            yield kind, data[at + 4 : at + 4 + length]
        at += 4 + length


def _code(kind: int, body: bytes) -> int | None:
    """Return the code of the error that a cell shows, if it does."""
    if kind == _BOOL_ERR and body[7]:
        return body[6]
    if kind == _FORMULA and body[6] == 2 and body[12:14] == b"\xff\xff":  # noqa: PLR2004
        return body[8]
    return None
