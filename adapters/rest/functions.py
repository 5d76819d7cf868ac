"""What expressions may call beside JMESPath's own functions: pure. Null in, null out."""

import html
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from jmespath.functions import Functions, signature

from adapters.asking.http import exact
from adapters.rates import rate_about
from adapters.rest import dates
from hub.canonical.codes import decimals_of
from hub.config.faults import show

_DIGITS = Decimal("0.000001")
_COIN = Decimal("0.01")
_NUMBER = ["number", "string", "null"]
_TEXT = ["string", "number", "null"]

Tables = Callable[[str], Mapping[str, Any]]
"""Name of a table -> what it has; raises KeyError for one that there is not."""


class RestFunctions(Functions):
    """Functions for texts, amounts, dates and tables. Amounts are exact: decimal texts, of at most six decimals."""

    def __init__(self, tables: Tables) -> None:
        """`tables`: what `lookup` looks into."""
        self._tables = tables

    # Tables

    @signature({"types": ["string"]}, {"types": [], "variadic": True})
    def _func_lookup(self, table: str, *args: Any) -> Any:
        """lookup(table, key) or lookup(table, key, otherwise): what a table has for a key."""
        key, otherwise = args[0], args[1] if len(args) > 1 else None
        try:
            entries = self._tables(table)
        except KeyError:
            raise ValueError(f"there is no table {show(table)}") from None
        return otherwise if key is None else entries.get(_text(key), otherwise)

    @signature({"types": ["array", "null"]})
    def _func_object(self, pairs: Sequence[Sequence[Any]] | None) -> Any:
        """object([[name, value], ...]): what is known by names that the system chooses."""
        return None if pairs is None else {_text(pair[0]): pair[1] for pair in pairs if pair[0] is not None}

    # Lists

    @signature({"types": ["array", "null"]}, {"types": []})
    def _func_with_parent(self, members: Sequence[Any] | None, around: Any) -> Any:
        """with_parent(list, @): the members of a list, each of which sees what is around it as `parent`."""
        if not all(isinstance(each, Mapping) for each in members or ()):
            raise ValueError("with_parent takes a list of records")
        return None if members is None else [{**each, "parent": around} for each in members]

    # Texts

    @signature({"types": ["string"]}, {"types": ["array", "null"]})
    def _func_joined(self, between: str, parts: Sequence[Any] | None) -> str | None:
        """joined(' ', [a, b]): the parts that there are, in one; null, if there are none."""
        return between.join(_text(part) for part in parts or () if part not in (None, "")) or None

    @signature({"types": _TEXT}, {"types": ["string"]})
    def _func_split(self, text: Any, between: str) -> Any:
        """split(text, ','): the parts of a text, without blanks around them."""
        return None if text is None else [part.strip() for part in _text(text).split(between) if part.strip()]

    @signature({"types": _TEXT})
    def _func_text(self, value: Any) -> Any:
        """text(value): a number as text."""
        return None if value is None else _text(value)

    @signature({"types": _TEXT})
    def _func_unescape(self, text: Any) -> Any:
        """unescape(text): `&amp;` as `&`, where systems show texts as HTML has them."""
        return None if text is None else html.unescape(_text(text))

    @signature({"types": _TEXT})
    def _func_lower(self, text: Any) -> Any:
        return None if text is None else _text(text).lower()

    @signature({"types": _TEXT})
    def _func_upper(self, text: Any) -> Any:
        return None if text is None else _text(text).upper()

    @signature({"types": _TEXT})
    def _func_slug(self, text: Any) -> Any:
        """slug(text): letters, digits and hyphens, as addresses have it."""
        return None if text is None else re.sub(r"[\W_]+", "-", _text(text).lower()).strip("-")

    @signature({"types": _TEXT})
    def _func_tail(self, address: Any) -> Any:
        """tail(address): the last part of an address, where systems name others by it."""
        return None if address is None else _text(address).rstrip("/").rpartition("/")[2]

    @signature({"types": _TEXT}, {"types": ["string"]})
    def _func_match(self, text: Any, pattern: str) -> Any:
        """match(text, pattern): the first part that a regular expression finds; its first group, if it has one."""
        found = None if text is None else re.search(pattern, _text(text))
        return None if found is None else found[1 if found.re.groups else 0]

    # Amounts

    @signature({"types": _NUMBER})
    def _func_money(self, amount: Any) -> Any:
        """money(amount): an amount exactly, whether the system writes a number, "1 234,50" or "1234.50"."""
        return None if amount in (None, "") else _plain(_decimal(amount))

    @signature({"types": _NUMBER}, {"types": ["number"]})
    def _func_from_coins(self, coins: Any, decimals: int) -> Any:
        """from_coins(1999, `2`): an amount that is counted in its smallest coin."""
        return None if coins is None else _plain(_decimal(coins).scaleb(-int(decimals)))

    @signature({"types": _NUMBER}, {"types": ["number"]})
    def _func_to_coins(self, amount: Any, decimals: int) -> Any:
        """to_coins('19.99', `2`): how many of the smallest coin."""
        return None if amount is None else int(_rounded(_decimal(amount).scaleb(int(decimals)), 0))

    @signature({"types": _NUMBER}, {"types": _TEXT})
    def _func_rounded(self, amount: Any, decimals: int | str | None) -> Any:
        """rounded(amount, `2`), or rounded(amount, 'EUR') to the currency's smallest coin: halves are rounded up."""
        if amount is None:
            return None
        digits = int(decimals) if isinstance(decimals, int | float) else decimals_of((decimals or "").upper())
        return _plain(_rounded(_decimal(amount), digits))

    @signature({"types": _NUMBER, "variadic": True})
    def _func_add(self, *amounts: Any) -> str:
        """add(a, b, ...): null counts as nothing."""
        return _plain(sum((_decimal(each or 0) for each in amounts), Decimal(0)))

    @signature({"types": ["array", "null"]})
    def _func_total(self, amounts: Sequence[Any] | None) -> str:
        """total(list): all amounts of a list together."""
        return self._func_add(*(amounts or ()))

    @signature({"types": _NUMBER}, {"types": _NUMBER})
    def _func_less(self, amount: Any, other: Any) -> Any:
        """less(a, b): what is left of a."""
        return None if amount is None else _plain(_decimal(amount) - _decimal(other or 0))

    @signature({"types": _NUMBER}, {"types": _NUMBER})
    def _func_times(self, amount: Any, factor: Any) -> Any:
        return None if None in (amount, factor) else _plain(_decimal(amount) * _decimal(factor))

    @signature({"types": _NUMBER}, {"types": _NUMBER})
    def _func_per(self, amount: Any, number: Any) -> Any:
        """per(amount, quantity): the part of one; null, where there is nothing to share among."""
        if amount is None or number is None or not _decimal(number):
            return None
        return _plain(_decimal(amount) / _decimal(number))

    @signature({"types": _NUMBER}, {"types": _NUMBER, "variadic": True})
    def _func_tax_rate(self, net: Any, gross: Any, quantity: Any = 1, *rates: Any) -> Any:
        """tax_rate(net, gross, quantity, '23', '8'): the per cent by which the sums of so many pieces differ.

        The nearest of the rates that are named, if it explains the sums but for a coin a piece; else the roundest.
        """
        if None in (net, gross):
            return None
        known = [_plain(_decimal(each)) for each in rates]
        return rate_about(_decimal(net), _decimal(gross), known, _COIN * _decimal(quantity or 1))

    # Dates

    @signature({"types": _TEXT}, {"types": ["string"], "variadic": True})
    def _func_date(self, value: Any, *form: str) -> Any:
        """date(value, form) or date(value, zone, pattern): an instant, from the system's form; see `dates.read`."""
        if value in (None, ""):
            return None
        when = dates.read(value, *form[:2])
        return when.isoformat().replace("+00:00", "Z")

    @signature({"types": _TEXT}, {"types": ["string"], "variadic": True})
    def _func_date_as(self, instant: Any, *form: str) -> Any:
        """date_as(instant, form) or date_as(instant, zone, pattern): one of our instants in the system's form."""
        return None if instant is None else dates.written(dates.read(instant, dates.RFC3339), *form[:2])


def _text(value: Any) -> str:
    return value if isinstance(value, str) else exact(value)


def _decimal(value: Any) -> Decimal:
    text = (
        exact(value) if not isinstance(value, str) else value.strip().replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    )
    if "," in text and "." not in text:
        text = text.replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValueError(f"{show(value)} is not a number")
    return number


def _rounded(number: Decimal, decimals: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _plain(number: Decimal) -> str:
    return format(number.quantize(_DIGITS, ROUND_HALF_UP).normalize(), "f")
