"""How a cell becomes the canonical value of one field: the file's way of writing it, then our check. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from adapters.files.numbers import date_reader, number_reader, read_boolean
from adapters.files.rows import INVISIBLE, Converted, ExactNumber
from hub.canonical import values
from hub.canonical.entity import Check
from hub.canonical.values import fault, shown

_AMOUNTS = frozenset({values.amount, values.signed_amount})
_NUMBERS = _AMOUNTS | {values.quantity, values.signed_quantity, values.rate}
_FORMULA_STARTS = ("=", "@", "+", "-", "\t", "\r")
_HARMLESS_SIGN = re.compile(r"[+-][^=(|!@\t\r]*")
"""A phone number, a dash, `-20 % off`: without these no program computes or fetches anything."""

_ERROR_STARTS = ("#", "E", " ")
ERROR = re.compile(
    "#N/A|#DIV/0!|#REF!|#NAME[?]|#VALUE!|#NUM!|#NULL!|#SPILL!|#CALC!"
    "|#N/D!?|#DZIEL/0!|#ADR!|#NAZWA[?]|#ARG!|#LICZBA!|#ZERO!"
    "|#NV|#BEZUG!|#WERT!|#ZAHL!"
    "|#NENÍ_K_DISPOZICI|#DĚLENÍ_NULOU!|#ODKAZ!|#NÁZEV[?]|#HODNOTA!|#ČÍSLO!"
    "|#NOM[?]|#VALEUR!|#NOMBRE!|#NUL!"
    "|#{3,}|Err:[0-9]{3}"
)
"""What Excel in English, Polish, German, Czech and French, and LibreOffice, write where a formula has failed; and what
stands in a column that is too narrow."""


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
        decimals = spelling.decimals if check in _AMOUNTS else None
        percent = check is values.rate
        read = _both(number_reader(spelling.decimal, spelling.thousands, decimals, percent=percent), check)
        return _percentage(read) if percent else read
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


def _percentage(read: Check) -> Check:
    """Refuse what is likelier a fraction: a cell that shows 23% holds the number 0.23."""

    def read_rate(cell: str) -> str:
        rate = read(cell)
        if rate.startswith("0.") and "%" not in cell:
            raise fault(
                "ambiguous-rate",
                f"{shown(cell.strip())} is likelier a fraction than a percentage; say which in the format: "
                f'values = {{ "{cell.strip()}" = "{Decimal(rate) * 100:f} %" }}',
            )
        return rate

    return read_rate


def _text(check: Check) -> Check:
    def read(cell: str) -> str:
        if not cell.isprintable():
            cell = cell.translate(INVISIBLE)
        if cell[:1] in _FORMULA_STARTS or cell[:1] == " ":
            _refuse_formula(cell)
        if cell[:1] in _ERROR_STARTS and ERROR.fullmatch(cell.strip()):
            raise fault(
                "formula-error", f"{shown(cell.strip())} is a spreadsheet's error, not a value; mend its formula"
            )
        return check(cell)

    return _unconverted(read) if check is values.identifier else read


def _unconverted(read: Check) -> Check:
    def read_text(cell: str) -> str:
        if type(cell) is Converted:
            raise fault(
                "identifier-ruined",
                f"a spreadsheet made {shown(cell)} of it; format the column as text and enter it again",
            )
        return read(cell)

    return read_text


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
