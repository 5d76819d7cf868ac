"""From TOML text to plain data. tomllib stops at the first mistake; this goes on behind it to find the others."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from hub.config.faults import Fault, Found, Path

MOST_FAULTS = 20
DEEPEST = 20
"""Tables within tables; real files need five."""
LARGEST_NUMBER = 2**63 - 1

_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_PRINTED_QUOTES = tuple("\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u00ab\u00bb")
_COMMA = re.compile(r"[^=#\"']*=\s*[+-]?\d+\s*")
_PLAIN_WORDS = (
    ("Invalid value", 'there is no value that TOML knows here; text needs quotes, as in "text"'),
    ("Expected '='", 'there must be = between a key and its value, as in key = "value"'),
    ("Expected newline", "there is more on this line than one value; text and dates with times need care with quotes"),
    ("Expected ']", "the heading of a table needs its closing bracket, as in [hub]"),
    ("Cannot declare", "this table stands here for the second time; put both together"),
    ("Cannot overwrite", "this key is set for the second time; leave one of them out"),
    ("Duplicate inline table key", "a key is set twice within the braces; leave one of them out"),
    ("Cannot mutate", "this table was closed above and cannot be added to here"),
    ("Illegal character '\\n'", "the text is not closed on this line; put the missing quote at its end"),
    (
        "Invalid hex value",
        r"a backslash within double quotes must be doubled; or write single quotes, as in 'C:\folder'",
    ),
    ("Unescaped '\\'", r"a backslash within double quotes must be doubled; or write single quotes, as in 'C:\folder'"),
    ("Unclosed array", "a list that was opened above is not closed; put ] at its end"),
    ("Unclosed inline table", "a table in braces is not closed; put } at its end"),
    ("Unterminated string", "a text that was opened above is not closed; put the missing quotes at its end"),
    ("Invalid initial character", "there is no key here; a key with other than letters, digits, - or _ needs quotes"),
    ("Invalid statement", "a line must be a [table], a key = value or a # comment"),
    ("Found invalid character", "there is a control character here that TOML does not allow"),
    ("Illegal character", "there is a control character here that TOML does not allow"),
)


_LIST_GOES_ON = "there is no value that TOML knows here; text needs quotes, or the list above its closing bracket"
_OPEN_ENDED = (
    _LIST_GOES_ON,
    *(words for beginning, words in _PLAIN_WORDS if beginning in ("Unclosed array", "Unterminated string")),
)
"""Where something that began above does not end, all that follows would be misread."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What could be read of a text."""

    data: dict[str, Any]
    text: str
    """The text that `data` was read from: as it came, or with the lines that could not be read left empty."""
    faults: tuple[Fault, ...]
    readable: bool
    """False where so little could be read that the rest should not be judged."""


def parse(text: str) -> Parsed:
    """Read a TOML text; what cannot be read is reported, left out, and the rest is read."""
    lines = text.replace("\r\n", "\n").split("\n")
    faults: list[Fault] = []
    while len(faults) < MOST_FAULTS:
        try:
            return Parsed(tomllib.loads("\n".join(lines)), "\n".join(lines), tuple(faults), readable=True)
        except RecursionError:
            faults.append(Fault(None, "", "lists or tables are nested too deeply to be read"))
            break
        except tomllib.TOMLDecodeError as error:
            fault = _fault(str(error), lines)
            faults.append(fault)
            if fault.line is None or fault.message in _OPEN_ENDED or not _leave_out(lines, fault.line - 1):
                break
        except ValueError:
            # Python's own limit on the digits of a number, which names no place.
            faults.append(Fault(_longest_line(lines), "", "a number has far too many digits"))
            break
    return Parsed({}, "", tuple(faults), readable=False)


def as_table(value: Any) -> dict[str, Any] | None:
    """Return what tomllib read if it is a table."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def as_list(value: Any) -> list[Any] | None:
    """Return what tomllib read if it is a list."""
    return cast("list[Any]", value) if isinstance(value, list) else None


def unusable(value: Any, path: Path = ()) -> Iterator[Found]:
    """Yield the values that TOML allows but that cannot be stored: huge numbers, NUL characters, endless nesting."""
    table, values = as_table(value), as_list(value)
    if len(path) > DEEPEST:
        yield Found(path[:3], f"tables or lists are nested more than {DEEPEST} deep")
    elif table is not None:
        for key, inner in table.items():
            yield from _unusable_key(key, path)
            yield from unusable(inner, (*path, key))
    elif values is not None:
        for position, inner in enumerate(values):
            yield from unusable(inner, (*path, position))
    elif isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        yield Found(path, "the number is too large")
    elif isinstance(value, str) and "\0" in value:
        yield Found(path, r"the text contains the character \u0000, which cannot be stored")


def _unusable_key(key: str, path: Path) -> Iterator[Found]:
    if not key.isprintable():
        yield Found((*path, key), "a key must not contain control characters")


def _fault(message: str, lines: list[str]) -> Fault:
    where = _WHERE.search(message)
    what = message[: where.start()] if where else message
    if where is None or where[1] is None:
        at_end = max((number for number, line in enumerate(lines, 1) if line.strip()), default=None)
        return Fault(at_end, "", _in_plain_words(what))
    line, column = int(where[1]), int(where[2])
    if special := _written_otherwise(lines[line - 1], column):
        return Fault(line, f"column {column}", special)
    begins_line = not lines[line - 1][: column - 1].strip()
    words = _LIST_GOES_ON if begins_line and what == "Invalid value" else _in_plain_words(what)
    return Fault(line, f"column {column}", words)


def _written_otherwise(line: str, column: int) -> str | None:
    """Return what is wrong where somebody wrote as people do: numbers with a comma, quotes as word processors make them."""
    if line[column - 1 : column] in _PRINTED_QUOTES:
        return 'these are quotation marks for print; write straight ones, as in "text"'
    if _COMMA.fullmatch(line[: column - 1]) and line[column - 1 : column] == ",":
        return "a decimal sign is a point here, as in 2.5"
    return None


def _in_plain_words(message: str) -> str:
    for beginning, words in _PLAIN_WORDS:
        if message.startswith(beginning):
            return words
    return f"this is not TOML: {message[:1].lower()}{message[1:]}"


def _leave_out(lines: list[str], number: int) -> bool:
    """Empty a line; with a heading go the lines of its table, which would else fall to the table above."""
    if number >= len(lines) or not lines[number].strip():
        return False
    was_heading = lines[number].lstrip().startswith("[")
    lines[number] = ""
    while was_heading and (number := number + 1) < len(lines) and not lines[number].lstrip().startswith("["):
        lines[number] = ""
    return True


def _longest_line(lines: list[str]) -> int:
    return max(range(len(lines)), key=lambda number: len(lines[number])) + 1
