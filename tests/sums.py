"""What a document comes to by either way of rounding its taxes: told by nobody but its lines, to compare totals with.

Two honest programs that agree on every line may differ by a cent in the sum, because a sum of rounded taxes is not the
rounded tax of a sum.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from hub.canonical.sums import rounded

Rounding = Literal["line", "total"]
"""`line`: each line and its tax are rounded, then added; `total`: lines are added for each rate, then rounded."""
WAYS: tuple[Rounding, ...] = ("line", "total")

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
