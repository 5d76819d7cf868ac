"""Numbers, dates and yes-or-no as people and programs write them -> plain text for the canonical checks. Pure."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from adapters.files.rows import ExactNumber
from hub.canonical.codes import currencies
from hub.canonical.values import fault, shown

Reader = Callable[[str], str]
"""Text of a cell -> text for the canonical check; raises PydanticCustomError."""

BLANKS = " \u00a0\u202f\u2009"
"""Among them the no-break ones that spreadsheets put between thousands."""
LONGEST_NUMBER = 60

_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_SHAPE = re.compile(r"([+-]?)([0-9.,' ]*[0-9])([+-]?)")
_MONEY_SIGN = re.compile(r"(?i:zł|kč|€|\$|£|ft|%)|[A-Z]{3}")
_CURRENCY_OF_SIGN = {"zł": "PLN", "kč": "CZK", "€": "EUR", "£": "GBP", "ft": "HUF"}
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000
_SERIAL_START = date(1899, 12, 30)
"""Day 0 of Excel's calendar, from March 1900 on."""

_TRUE = "1 true t yes y tak ja j oui si ano x prawda wahr"
_FALSE = "0 false f no n nie nein non ne - fałsz falsch"
TRUE, FALSE = frozenset(_TRUE.split()), frozenset(_FALSE.split())


def number_reader(decimal: str | None, thousands: str | None, decimals: int | None, *, percent: bool = True) -> Reader:
    """Return the reader of numbers in which `decimal` and `thousands` are the signs; None: any, if it is clear.

    `percent`: whether they may be written with a `%`.
    """
    unsigned = _reader_of_shape(decimal, thousands)
    # Most numbers are written plainly: they need no closer look.
    plainly = re.compile(rf"-?[0-9]+(?:{re.escape(decimal)}[0-9]+)?" if decimal else "-?[0-9]+").fullmatch

    def read(cell: str) -> str:
        if type(cell) is ExactNumber:
            plain = _without_exponent(cell)
        elif plainly(cell):
            plain = cell.replace(",", ".") if decimal == "," else cell
        elif "%" in cell and not percent:
            raise fault("not-a-number", f"{shown(cell.strip())} is a percentage, not a number of its own")
        else:
            plain = unsigned(cell)
        return plain if decimals is None else _rounded(plain, decimals)

    return read


def _reader_of_shape(decimal: str | None, thousands: str | None) -> Reader:
    groups = re.compile(_grouped(decimal, thousands))

    def read(cell: str) -> str:
        sign, digits = _sign_and_digits(cell)
        if decimal is None and thousands is None:
            return sign + _guessed(cell, digits)
        found = groups.fullmatch(digits)
        if found is None:
            raise fault("not-a-number", f"{shown(cell.strip())} is not a number with {_signs(decimal, thousands)}")
        whole = re.sub("[^0-9]", "", found[1])
        return f"{sign}{whole}.{found[2]}" if found[2] else sign + whole

    return read


def _grouped(decimal: str | None, thousands: str | None) -> str:
    """Return the form of a number: digits in groups of three or in one, then decimals."""
    mark = decimal or ("." if thousands == "," else ",")
    between = thousands if thousands is not None else (" '." if mark == "," else " ',")
    separators = f"[{re.escape(between)}]" if between else "(?!)"
    return rf"([0-9]{{1,3}}(?:{separators}[0-9]{{3}})+|[0-9]+)(?:{re.escape(mark)}([0-9]+))?"


def _signs(decimal: str | None, thousands: str | None) -> str:
    text = f'the decimal sign "{decimal}"' if decimal else "any decimal sign"
    return f'{text} and "{thousands}" between thousands' if thousands else text


def _sign_and_digits(cell: str) -> tuple[str, str]:
    """Take off blanks, currency and sign: `1 234,50- zł` -> ("-", "1 234,50")."""
    text = cell.strip() if len(cell) <= LONGEST_NUMBER else ""
    for blank in BLANKS[1:]:
        text = text.replace(blank, " ")
    text = text.replace("\u2212", "-").replace("\u2019", "'")
    if text and not (text[-1].isdigit() and (text[0].isdigit() or text[0] == "-")):
        text = _without_money_sign(text)
    shape = _SHAPE.fullmatch(text)
    if shape is None or (shape[1] and shape[3]):
        raise fault("not-a-number", f"{shown(cell.strip())} is not a number")
    return ("-" if "-" in (shape[1], shape[3]) else ""), shape[2].lstrip()


def _without_money_sign(text: str) -> str:
    for sign in _MONEY_SIGN.finditer(text):
        if len(sign[0]) < 3 or sign[0] in currencies():  # noqa: PLR2004 - a currency's code has three letters
            return (text[: sign.start()] + text[sign.end() :]).strip().rstrip(".")
    return text


def currency_in(cell: str) -> str | None:
    """Return the currency that is written with an amount; None for none, or for a sign that many have ($)."""
    if type(cell) is ExactNumber or (cell[:1].isdigit() and cell[-1:].isdigit()):
        return None
    codes = [_CURRENCY_OF_SIGN.get(sign[0].casefold(), sign[0]) for sign in _MONEY_SIGN.finditer(cell)]
    return next((code for code in codes if code in currencies()), None)


def _guessed(cell: str, digits: str) -> str:
    """Read a number whose signs nobody named, where it can mean one thing only."""
    digits = digits.replace(" ", "").replace("'", "") if re.fullmatch(_LOOSE_GROUPS, digits) else digits
    last = max(digits.rfind(","), digits.rfind("."))
    if last < 0:
        plain = digits
    elif "," in digits and "." in digits:
        other = "." if digits[last] == "," else ","
        plain = digits.replace(other, "").replace(",", ".")
        grouped = re.fullmatch(_grouped(digits[last], other), digits)
        plain = plain if grouped else ""
    elif digits.count(digits[last]) == 1 and len(digits) - last - 1 == 3 and digits[:last].strip("0"):  # noqa: PLR2004 - a group of thousands
        raise fault(
            "ambiguous-number",
            f"{shown(cell.strip())} can mean thousands or three decimals; say which with decimal in the format",
        )
    elif digits.count(digits[last]) > 1:
        plain = digits.replace(digits[last], "") if re.fullmatch(_grouped(None, digits[last]), digits) else ""
    else:
        plain = digits.replace(",", ".")
    if not _PLAIN.fullmatch(plain):
        raise fault("not-a-number", f"{shown(cell.strip())} is not a number")
    return plain


_LOOSE_GROUPS = r"[0-9]{1,3}(?:[ '][0-9]{3})*(?:[.,][0-9]+)?|[0-9]+(?:[.,][0-9]+)?"


def _without_exponent(cell: str) -> str:
    if "e" not in cell and "E" not in cell:
        return str(cell)
    try:
        value = Decimal(cell)
    except InvalidOperation:
        value = None
    if value is None or not value.is_finite() or abs(value.adjusted()) > LONGEST_NUMBER:
        raise fault("not-a-number", f"{shown(cell)} is not a number")
    return format(value, "f")


def _rounded(plain: str, decimals: int) -> str:
    if len(plain) - plain.find(".") - 1 <= decimals or "." not in plain:
        return plain
    if len(plain) > LONGEST_NUMBER:
        raise fault("not-a-number", f"{shown(plain)} is not a number")
    return format(Decimal(plain).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP), "f")


def date_reader(form: str) -> Reader:
    """Return the reader of dates written like `DD.MM.YYYY`; YYYY-MM-DD and a sheet's own dates are always read."""
    pattern = re.compile(
        re.escape(form)
        .replace("YYYY", r"(?P<year>[0-9]{4})")
        .replace("YY", r"(?P<short>[0-9]{2})")
        .replace("MM", r"(?P<month>[0-9]{1,2})")
        .replace("DD", r"(?P<day>[0-9]{1,2})")
    )

    def read(cell: str) -> str:
        text = cell.strip()
        if type(cell) is ExactNumber:
            return _from_serial(cell)
        found = pattern.fullmatch(text)
        if found is None:
            found = _ISO.fullmatch(text)
        if found is None:
            raise fault("bad-date", f"{shown(text)} is not a date like {form}")
        parts = found.groupdict()
        year = parts.get("year") or str(2000 + int(parts["short"]))
        try:
            return date(int(year), int(parts["month"]), int(parts["day"])).isoformat()
        except ValueError:
            raise fault("bad-date", f"{shown(text)} is not a day of the calendar ({form})") from None

    return read


_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?:[T ][0-9:.]+Z?)?")


def _from_serial(cell: str) -> str:
    days = int(cell.partition(".")[0]) if _PLAIN.fullmatch(cell) and len(cell) <= LONGEST_NUMBER else 0
    if not _FIRST_SERIAL <= days <= _LAST_SERIAL:
        raise fault("bad-date", f"{shown(cell)} is not a date")
    return (_SERIAL_START + timedelta(days=days)).isoformat()


def read_boolean(cell: str) -> bool:
    """Read yes or no in the languages of our users: tak/nie, ja/nein, yes/no, ano/ne, 1/0."""
    word = cell.strip().casefold()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise fault("not-yes-or-no", f"{shown(cell.strip())} is neither yes nor no")
