"""Faults in the user's file: where, what is wrong, and what would be right."""

import difflib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from pydantic_core import PydanticCustomError

from hub.counting import counted
from hub.errors import Misconfigured

Path = tuple[str | int, ...]
"""The way to a value: table names, keys, and positions in lists."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_LONGEST_SHOWN = 60
_LONGEST_GUESSED = 100
_MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend in the file."""

    line: int | None
    """Counted from 1; None where the file as a whole is meant."""
    place: str
    """The key as it would be written in TOML, e.g. `jobs."shop-pl.orders".every`."""
    message: str
    """What is wrong and what would be right. Never a secret's value."""


@dataclass(frozen=True, slots=True)
class Found:
    """A fault before its line is known."""

    path: Path
    message: str
    doubtful: bool = False
    """It may only follow from something else that could not be read, e.g. a table whose heading is broken."""


class Faults(Misconfigured):
    """The configuration file has faults; nothing was changed."""

    def __init__(self, faults: Iterable[Fault], source: str = "hub.toml") -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(faults, key=lambda fault: (fault.line or 0, fault.place)))
        self.source = source
        count = counted(len(self.faults), "fault")
        super().__init__(f"{source} has {count}:\n{self.table()}")

    def table(self) -> str:
        """Return one line for each fault, in columns: line, place, message."""
        lines = [f"line {fault.line}" if fault.line else "" for fault in self.faults]
        line_width = max(map(len, lines), default=0)
        place_width = max((len(fault.place) for fault in self.faults), default=0)
        return "\n".join(
            f"  {line:<{line_width}}  {fault.place:<{place_width}}  {' '.join(fault.message.split())}"
            for line, fault in zip(lines, self.faults, strict=True)
        )


def place_of(path: Path) -> str:
    """Return a path as it would be written in TOML; list positions count from 1, in brackets."""
    place = ""
    for step in path:
        if isinstance(step, int):
            place += f"[{step + 1}]"
        else:
            place += ("." if place else "") + (step if _BARE_KEY.fullmatch(step) else show(step))
    return place


def show(value: object) -> str:
    """Return a value for a message: text in quotes, shortened; never an address that may carry a password."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if not isinstance(value, str) or ("://" in value and "@" in value):
        return "this value"
    short = value if len(value) <= _LONGEST_SHOWN else value[:_LONGEST_SHOWN] + "..."
    return json.dumps(short, ensure_ascii=not short.isprintable())


def guess(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean "..."?` for the nearest known word, or nothing."""
    if len(word) > _LONGEST_GUESSED:
        return ""
    by_lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), by_lower, n=1)
    return f"; did you mean {show(by_lower[near[0]])}?" if near else ""


def guess_or_list(word: str, known: Sequence[str]) -> str:
    """Return the nearest known word, or else all of them if they are few, to end a message with."""
    listed = ", ".join(known[:_MOST_LISTED]) + (", ..." if len(known) > _MOST_LISTED else "")
    return guess(word, known) or (f" (there are: {listed})" if known else "")


def refuse(message: str, key: str | Path | None = None) -> NoReturn:
    """Refuse a value from within a pydantic validator, in words for the user.

    `key` names the key of the table that is to be shown as the place, or the way to it, where a whole table is judged.
    """
    way = (key,) if isinstance(key, str) else key or ()
    raise PydanticCustomError("refused", "{message}", {"message": message, "key": way})
