"""Sums over records: what may be sold, and what a document comes to by either way of rounding its taxes. Pure.

Two honest programs that agree on every line may differ by a cent in the sum, because a sum of rounded taxes is not the
rounded tax of a sum. So a document keeps its source's totals, and the sums here only say by which way they were made
and how much is left to explain.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from hub.canonical.codes import decimals_of
from hub.canonical.values import quantity

Rounding = Literal["line", "total"]
"""`line`: each line and its tax are rounded, then added; `total`: lines are added for each rate, then rounded."""
WAYS: tuple[Rounding, ...] = ("line", "total")
"""Where both give the same, the first is named."""

_ZERO = Decimal(0)
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Sums:
    """What a document comes to; gross is always net and tax together."""

    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class _Part:
    """A line or charge: its amount, as its document says with or without tax, and the rate."""

    amount: Decimal
    rate: Decimal


def available(on_hand: str | None, reserved: str | None = None, buffer: str | None = None) -> str:
    """Return what may be sold: on hand less reserved less buffer, never below zero. What is not known counts nothing."""
    left = Decimal(on_hand or 0) - Decimal(reserved or 0) - Decimal(buffer or 0)
    return quantity(f"{max(left, _ZERO):f}")


def rounded(amount: Decimal, currency: str | None) -> Decimal:
    """Return an amount rounded half up to the smallest coin of a currency; minus a half away from zero too."""
    return amount.quantize(Decimal(1).scaleb(-decimals_of(currency)), ROUND_HALF_UP)


def document_sums(document: Mapping[str, Any], way: Rounding) -> Sums:
    """Return what the lines and charges of an order or invoice come to.

    A line counts with the sum that its source gives it, else with quantity times unit price. Prices hold the tax if
    the document says `tax_included`. A line without a rate has no tax.
    """
    currency, included = document.get("currency"), bool(document.get("tax_included"))
    parts = list(_parts(document, included=included))
    groups = [
        _Part(rounded(part.amount, currency), part.rate) for part in (parts if way == "line" else _by_rate(parts))
    ]
    amount = sum((group.amount for group in groups), _ZERO)
    tax = sum((rounded(_tax(group, included=included), currency) for group in groups), _ZERO)
    return Sums(amount - tax, tax, amount) if included else Sums(amount, tax, amount + tax)


def fitting_method(document: Mapping[str, Any]) -> Rounding | None:
    """Return the way of rounding that gives the totals which the document's source has; None: neither does."""
    totals: Mapping[str, str] = document.get("totals") or {}
    wanted = {name: Decimal(totals[name]) for name in ("net", "tax", "gross") if totals.get(name) is not None}
    if not wanted:
        return None
    for way in WAYS:
        sums = document_sums(document, way)
        if all(getattr(sums, name) == value for name, value in wanted.items()):
            return way
    return None


def rounding_difference(source_gross: str | Decimal, computed_gross: str | Decimal) -> Decimal:
    """Return what has to be added to our own sum for it to be the source's."""
    return Decimal(source_gross) - Decimal(computed_gross)


def _parts(document: Mapping[str, Any], *, included: bool) -> Iterator[_Part]:
    for line in document.get("lines") or ():
        own = line.get("gross" if included else "net")
        amount = Decimal(line["quantity"]) * Decimal(line["unit_price"]) if own is None else Decimal(own)
        yield _Part(amount, _rate(line))
    for name in ("shipping", "discounts", "charges"):
        for charge in document.get(name) or ():
            yield _Part(Decimal(charge["amount"]), _rate(charge))


def _rate(part: Mapping[str, Any]) -> Decimal:
    return Decimal(part.get("tax_rate") or 0)


def _by_rate(parts: Iterable[_Part]) -> list[_Part]:
    amounts: defaultdict[Decimal, Decimal] = defaultdict(Decimal)
    for part in parts:
        amounts[part.rate] += part.amount
    return [_Part(amount, rate) for rate, amount in amounts.items()]


def _tax(part: _Part, *, included: bool) -> Decimal:
    return part.amount * part.rate / (_HUNDRED + part.rate if included else _HUNDRED)
