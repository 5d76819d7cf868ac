"""Text -> the canonical form of one value. Each refusal carries a fixed cause and a sentence for the operator.

These run once for each field of each row, a million times an import: plain functions, the common case first.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache

from pydantic_core import PydanticCustomError
from stdnum import ean

from hub.canonical.codes import TAX_CATEGORIES, UNIT_OF_WORD, currencies

LARGEST_INTEGER_DIGITS = 15
MOST_DECIMALS = 6
LONGEST_IDENTIFIER = 100
LONGEST_NAME = 500
LONGEST_DESCRIPTION = 100_000
LONGEST_SHOWN = 60
HIGHEST_RATE = 100

_PLAIN_NUMBER = re.compile(r"(-?)0*([0-9]+)(?:\.([0-9]*?)0*)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SCIENTIFIC = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+")
_POINT_ZERO = re.compile(r"([0-9]+)[.,]0+")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})"
)
_GTIN_LENGTHS = frozenset({8, 12, 13, 14})
_SHORTEST_GTIN, _USUAL_GTIN = 8, 13


def fault(cause: str, message: str) -> PydanticCustomError:
    """Return what a validator raises: `cause` is what quarantine groups by."""
    return PydanticCustomError(cause, "{message}", {"message": message})  # pyright: ignore[reportArgumentType]  # one of a fixed set


def shown(value: str) -> str:
    """Return the value in quotation marks, short enough for a message."""
    return f'"{value}"' if len(value) <= LONGEST_SHOWN else f'"{value[:LONGEST_SHOWN]}..."'


def text(value: str, longest: int) -> str:
    """Return text without blanks around it; control characters and more than `longest` characters are refused."""
    value = value.strip()
    if len(value) > longest:
        raise fault("too-long", f"{len(value):,} characters are more than the {longest:,} that fit")
    if not value.isprintable() and _CONTROL.search(value):
        raise fault("control-character", f"{shown(_CONTROL.sub('?', value))} holds characters that cannot be shown")
    return value


def name(value: str) -> str:
    """Return one line of text: line breaks and repeated blanks become one blank."""
    if not value.isprintable():
        value = " ".join(value.split())
    return text(value, LONGEST_NAME)


def description(value: str) -> str:
    """Return text that may have several lines."""
    return text(value, LONGEST_DESCRIPTION)


def identifier(value: str) -> str:
    """Return an identifier as it was written, leading zeros included; refuse what a spreadsheet has ruined."""
    value = text(value, LONGEST_IDENTIFIER)
    if not value:
        raise fault("missing-key", "an identifier is empty, and without it the record cannot be told from others")
    if "\n" in value or "\t" in value or "\r" in value:
        raise fault("control-character", f"{shown(' '.join(value.split()))} is broken over several lines")
    if _SCIENTIFIC.fullmatch(value) and not value.isdigit() and _looks_computed(value):
        raise fault(
            "identifier-ruined",
            f"{shown(value)} was shortened by a spreadsheet; format the column as text and enter it again",
        )
    return value


def _looks_computed(value: str) -> bool:
    """Tell 5,90123E+12 from an article number such as 12E3: programs write the sign of the exponent."""
    return "+" in value or "," in value or "." in value


def gtin(value: str) -> str:
    """Return a GTIN of 8, 12, 13 or 14 digits whose check digit is right, leading zeros kept."""
    number = value.strip()
    if not number.isdigit() or not number.isascii():
        number = _gtin_digits(number)
    if len(number) not in _GTIN_LENGTHS:
        raise _wrong_gtin_length(number)
    if _weighed(number) % 10:
        raise fault(
            "gtin-check-digit",
            f"{number} is not a GTIN: its check digit would be {ean.calc_check_digit(number[:-1])}, a digit is wrong",
        )
    if not number.strip("0"):
        raise fault("gtin-placeholder", f"{number} only fills the column; leave it empty if there is no GTIN")
    return number


def _weighed(number: str) -> int:
    """Return the sum of a GTIN's digits, every second one thrice, which ends in 0: as `stdnum.ean`, a million times."""
    digits = number.encode()
    once, thrice = digits[::-2], digits[-2::-2]
    return sum(once) + 3 * sum(thrice) - ord("0") * (len(once) + 3 * len(thrice))


def _gtin_digits(number: str) -> str:
    if _SCIENTIFIC.fullmatch(number):
        raise fault(
            "gtin-ruined",
            f"{shown(number)} was shortened by a spreadsheet, its last digits are lost; "
            "format the column as text and enter the GTIN again",
        )
    if whole := _POINT_ZERO.fullmatch(number):
        raise fault("gtin-ruined", f"{shown(number)} was made a number by a program; likely {whole[1]} was meant")
    digits = number.replace(" ", "").replace("-", "")
    if not (digits.isdigit() and digits.isascii()):
        raise fault("gtin-not-digits", f"{shown(number)} is not a GTIN: it may have digits only")
    return digits


def _wrong_gtin_length(number: str) -> PydanticCustomError:
    padded = number.zfill(_SHORTEST_GTIN if len(number) < _SHORTEST_GTIN else _USUAL_GTIN)
    if _SHORTEST_GTIN // 2 <= len(number) < _USUAL_GTIN and ean.calc_check_digit(padded[:-1]) == padded[-1]:
        return fault(
            "gtin-zeros-lost",
            f"{number} has {len(number)} digits; likely {padded}, whose zeros in front a spreadsheet dropped: "
            "format the column as text",
        )
    return fault("gtin-length", f"{shown(number)} has {len(number)} digits; a GTIN has 8, 12, 13 or 14")


def number(value: str, least_decimals: int = 0) -> str:
    """Return a decimal string without needless zeros: -?digits, a point, decimals; at most 15 and 6 digits."""
    plain = _PLAIN_NUMBER.fullmatch(value)
    if plain is None:
        raise fault("not-a-number", f"{shown(value)} is not a number")
    sign, whole, decimals = plain.groups("")
    if len(whole) > LARGEST_INTEGER_DIGITS:
        raise fault("number-too-large", f"{shown(value)} has more than {LARGEST_INTEGER_DIGITS} digits")
    if len(decimals) > MOST_DECIMALS:
        raise fault(
            "too-many-decimals", f"{shown(value)} has more than {MOST_DECIMALS} decimals; say to how many to round it"
        )
    if len(decimals) < least_decimals:
        decimals = decimals.ljust(least_decimals, "0")
    if sign and whole == "0" and not decimals.strip("0"):
        sign = ""
    return f"{sign}{whole}.{decimals}" if decimals else sign + whole


def quantity(value: str) -> str:
    """Return a quantity of zero or more, e.g. `12` or `0.5`."""
    return _not_negative(number(value))


def amount(value: str) -> str:
    """Return an amount of money of zero or more, with two decimals at least: `119.00`, `0.125`."""
    return _not_negative(number(value, 2))


def signed_quantity(value: str) -> str:
    """Return a quantity that may be below zero, e.g. `-1` of what came back."""
    return number(value)


def signed_amount(value: str) -> str:
    """Return an amount of money that may be below zero, with two decimals at least: `-10.00`."""
    return number(value, 2)


def _not_negative(value: str) -> str:
    if value[0] == "-":
        raise fault("negative", f"{value} is less than zero")
    return value


@lru_cache(1000)
def rate(value: str) -> str:
    """Return a percentage from 0 to 100, e.g. `23` for 23 %."""
    value = quantity(value)
    if Decimal(value) > HIGHEST_RATE:
        raise fault("rate-too-high", f"{value} % is more than 100 %")
    return value


def currency(value: str) -> str:
    """Return an ISO 4217 code in capitals."""
    code = value.strip().upper()
    if code not in currencies():
        raise fault("unknown-currency", f"{shown(value)} is not a currency of ISO 4217, such as PLN or EUR")
    return code


def unit(value: str) -> str:
    """Return a unit's code (UN/ECE Recommendation 20) for the code or a usual word such as `szt.` or `Stk`."""
    code = UNIT_OF_WORD.get(value.strip().rstrip(".").casefold())
    if code is None:
        raise fault("unknown-unit", f"{shown(value)} is not a known unit, such as szt., kg or H87")
    return code


def tax_category(value: str) -> str:
    """Return a code of UNCL5305: S standard, Z zero, E exempt ..."""
    code = value.strip().upper()
    if code not in TAX_CATEGORIES:
        raise fault("unknown-tax-category", f"{shown(value)} is not one of {', '.join(TAX_CATEGORIES)} (UNCL5305)")
    return code


def day(value: str) -> str:
    """Return a date as YYYY-MM-DD."""
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise fault("bad-date", f"{shown(value)} is not a date") from None


def instant(value: str) -> str:
    """Return a point in time in UTC as RFC 3339 has it, e.g. `2026-11-21T20:16:00.799Z`; it must say its offset."""
    given = value.strip()
    if not _INSTANT.fullmatch(given):
        raise fault("bad-instant", f'{shown(value)} is not a time with its offset, such as "2026-11-21T20:16:00Z"')
    try:
        utc = datetime.fromisoformat(given.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise fault("bad-instant", f"{shown(value)} is not a time that there is") from None
    whole, _, fraction = utc.replace(tzinfo=None).isoformat().partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}Z" if fraction else whole + "Z"
