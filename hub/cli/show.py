"""How things are shown: tables for people, JSON for programs, errors in one line."""

import sys
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hub.config import Faults
from hub.errors import HubError

NO_END = 100_000
"""Characters of a line that nobody looks at on a terminal: nothing is folded or cut in pipes."""
WORD, GAP = 18, 2
"""Characters: what is no longer is folded last, as IDs and causes are; and what lies between two columns."""
STYLES = {"good": "green", "bad": "red", "dead": "red", "done": "green", "running": "cyan", "quarantined": "yellow"}


@cache
def people() -> Console:
    """Return the console of standard output."""
    return Console(width=None if sys.stdout.isatty() else NO_END, highlight=False, markup=False, emoji=False)


@cache
def aside() -> Console:
    """Return the console of standard error, for what is not the answer itself."""
    return Console(
        stderr=True, width=None if sys.stderr.isatty() else NO_END, highlight=False, markup=False, emoji=False
    )


def plain(value: object) -> str:
    """Return a value as text that cannot steer a terminal, wherever it came from."""
    text = "" if value is None else str(value)
    return text if text.isprintable() else "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)


def say(text: str = "", style: str | None = None) -> None:
    """Write a line for people."""
    people().print(Text(plain(text), style=style or ""), soft_wrap=True)


def remark(text: str) -> None:
    """Write a line beside the answer, to standard error."""
    aside().print(Text(plain(text)), soft_wrap=True)


def as_it_is(text: str) -> None:
    """Write a text that may become a file: in UTF-8, with its own line ends, whatever a terminal here would show."""
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()


def json(value: object) -> None:
    """Write a value as indented JSON; instants become UTC, RFC 3339."""
    sys.stdout.buffer.write(as_json(value, orjson.OPT_INDENT_2))
    sys.stdout.buffer.flush()


def json_line(value: object) -> None:
    """Write a value as one line of JSON."""
    sys.stdout.buffer.write(as_json(value, 0))
    sys.stdout.buffer.flush()


def as_json(value: object, option: int) -> bytes:
    """Return JSON of dataclasses, named tuples, instants and plain values; what is no UTF-8 is a question mark."""
    option |= orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE
    try:
        return orjson.dumps(value, default=_told, option=option)
    except orjson.JSONEncodeError:  # an argument that was given to us and is told again, say
        from hub.store.types import json_text  # noqa: PLC0415  # only then: it brings SQLAlchemy along

        return orjson.dumps(orjson.loads(json_text(value)), option=option)


def _told(value: Any) -> Any:
    as_dict = getattr(value, "_asdict", None)
    return str(value) if as_dict is None else as_dict()


def table(titles: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()) -> None:
    """Write a table; on a narrow terminal its widest columns fold, nothing is ever cut off."""
    cells = [[plain(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(titles, *cells, strict=True)]
    short = [width <= WORD for width in widths]
    room = sum(width if whole else WORD for width, whole in zip(widths, short, strict=True)) + GAP * len(widths)
    drawn = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold", show_header=any(titles))
    for title, whole in zip(titles, short, strict=True):
        keep = whole and room <= people().width
        drawn.add_column(title, overflow="fold", no_wrap=keep, justify="right" if title in right else "left")
    for row in cells:
        drawn.add_row(*(Text(cell, style=STYLES.get(cell, "")) for cell in row))
    if any(titles) or cells:
        _draw(drawn)


def _draw(drawn: Table) -> None:
    """Write a table; in pipes without the blanks that fill up its last column."""
    if people().is_terminal:
        people().print(drawn)
        return
    with people().capture() as written:
        people().print(drawn)
    say("\n".join(line.rstrip() for line in written.get().splitlines()))


def pairs(rows: Iterable[tuple[str, object]]) -> None:
    """Write names and values below each other; what has no value is left out."""
    table(("", ""), [(name, value) for name, value in rows if value not in (None, "")])


def fault(error: HubError, *, as_json: bool) -> None:
    """Write what went wrong and how to mend it: one line, or one for each fault of the file; of JSON always one line."""
    faults = error.faults if isinstance(error, Faults) else ()
    if as_json:
        json_line({"error": str(error).splitlines()[0].rstrip(":"), "faults": faults})
    elif isinstance(error, Faults):
        count = f"{len(faults)} fault{'s' * (len(faults) != 1)}"
        remark(f"{error.source} has {count}, nothing was changed.\n{error.table()}")
    else:
        remark(f"hub: {error}")
