"""JSON lines: one object a line. A line that is none costs itself only."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import orjson

from adapters.files.header import Wanted
from adapters.files.records import checked
from adapters.files.rows import LONGEST_ROW, Broken, ExactNumber, Row, Table

_MARK = b"\xef\xbb\xbf"


def open_jsonl(path: Path, wanted: Wanted) -> Table:
    """Open a file of JSON lines; raises FileRefused. A column is a key, or a path of keys: `price.amount`."""
    return Table(wanted.titles, checked(_rows(path, wanted), wanted, "lines"))


def _rows(path: Path, wanted: Wanted) -> Iterator[Row]:
    columns = [(title, tuple(title.split("."))) for title in wanted.titles]
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_ROW + 1):
            number += 1
            if len(line) > LONGEST_ROW:
                while (more := file.readline(LONGEST_ROW)) and not more.endswith(b"\n"):
                    pass
                yield _bad(number, line, "too-long", f"the line is longer than {LONGEST_ROW:,} bytes")
                continue
            if number == 1:
                line = line.removeprefix(_MARK)
            if line.strip():
                yield _row(number, line, columns)


def _row(number: int, line: bytes, columns: list[tuple[str, tuple[str, ...]]]) -> Row:
    try:
        document: Any = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return _bad(number, line, "bad-json", f"the line is not JSON: {str(error).rpartition(': line ')[0] or error}")
    if not isinstance(document, dict):
        return _bad(number, line, "bad-json", "the line is not a JSON object in braces")
    record = cast("Mapping[str, Any]", document)
    cells: list[str] = []
    for title, path in columns:
        value = record[title] if title in record else _at(record, path)
        if isinstance(value, dict | list):
            return _bad(number, line, "bad-json", f'"{title}" holds a list or an object instead of one value')
        cells.append(value if type(value) is str else _text(value))
    return Row(number, cells)


def _at(record: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if not isinstance(record, dict):
            return None
        record = cast("Mapping[str, Any]", record).get(key)
    return record


def _text(value: Any) -> str:
    """Return a JSON value as exact text; a number too long for a float shows its exponent."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return ExactNumber(format(Decimal(repr(value)), "f") if abs(value) < 1e15 else repr(value))  # noqa: PLR2004 - as in sheets
    return ExactNumber(value)


def _bad(number: int, line: bytes, cause: str, message: str) -> Row:
    return Row(number, [line[:2000].decode("utf-8", "replace").rstrip("\r\n")], Broken(cause, message))
