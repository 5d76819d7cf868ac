"""How a cell becomes the canonical value of one field: the file's way of writing it, then our check. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adapters.files.numbers import date_reader, number_reader, read_boolean
from adapters.files.rows import ExactNumber
from hub.canonical import values
from hub.canonical.entity import Check
from hub.canonical.values import fault, shown

_NUMBERS = frozenset({values.quantity, values.amount, values.rate})
_FORMULA_STARTS = ("=", "@", "+", "-", "\t", "\r")
_HARMLESS_SIGN = re.compile(r"[+-][^=(|!@\t\r]*")
"""A phone number, a dash, `-20 % off`: without these no program computes or fetches anything."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a format's files write numbers and dates; None: found out, or not rounded."""

    decimal: str | None = None
    thousands: str | None = None
    decimals: int | None = None
    date: str = "YYYY-MM-DD"


def reading_of(
    check: Check | None, name: str, spelling: Spelling, locations: frozenset[str] = frozenset()
) -> Callable[[str], Any]:
    """Return what reads the cells of one field that are not empty; it raises PydanticCustomError.

    `check` is the canonical one; `locations`: those that may come, empty for any.
    """
    if check is None:
        return read_boolean
    if check in _NUMBERS:
        decimals = spelling.decimals if check is values.amount else None
        return _both(number_reader(spelling.decimal, spelling.thousands, decimals), check)
    if check is values.day:
        return date_reader(spelling.date)
    if check is values.gtin:
        return check
    if name == "location" and locations:
        return _known_location(locations)
    return _text(check)


def _both(read: Check, check: Check) -> Check:
    def read_and_check(cell: str) -> str:
        return check(read(cell))

    return read_and_check


def _text(check: Check) -> Check:
    def read(cell: str) -> str:
        if cell[0] in _FORMULA_STARTS or cell[0] == " ":
            _refuse_formula(cell)
        return check(cell)

    return read


def _refuse_formula(cell: str) -> None:
    """Refuse what a spreadsheet would compute when somebody opens the record there."""
    start = cell.strip(" ")
    if type(cell) is ExactNumber or not start.startswith(_FORMULA_STARTS) or _HARMLESS_SIGN.fullmatch(start):
        return
    raise fault("formula", f"{shown(start.strip())} would be computed as a formula by a spreadsheet; write it as text")


def _known_location(locations: frozenset[str]) -> Check:
    read_text = _text(values.identifier)

    def read(cell: str) -> str:
        location = read_text(cell)
        if location not in locations:
            raise fault("unknown-location", f"location {location} is not known")
        return location

    return read
