"""What the orders of all shops have in common: names, addresses, sums, words. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from adapters.asking.http import exact

Raw = Mapping[str, Any]
Fields = dict[str, Any]

_SIXTH_DECIMAL = Decimal("0.000001")


def joined(*names: str | None) -> str | None:
    """Return the parts of a name in one; none, if there are none."""
    return " ".join(name for name in names if name) or None


def address(raw: Raw, theirs: Mapping[str, str], **more: str | None) -> Fields:
    """Return what an address says, less what is empty. `theirs`: our field -> the shop's; `more`: fields as they are."""
    fields = {name: raw.get(other) for name, other in theirs.items()} | more
    return {name: value for name, value in fields.items() if value}


def plain(value: Decimal) -> str:
    """Return a number with the six decimals that fit, less needless zeros."""
    return format(value.quantize(_SIXTH_DECIMAL, ROUND_HALF_UP).normalize(), "f")


def sums(net: Decimal, gross: Decimal) -> dict[str, str]:
    """Return the sums of a line or an order; the tax is what they differ by."""
    return {"net": plain(net), "tax": plain(gross - net), "gross": plain(gross)}


def charge(name: str, code: str | None, words: Mapping[str, str], amount: Decimal, rate: str | None) -> Fields:
    """Return a charge, such as shipping. `words`: the shop's code of it -> ours."""
    return {"name": name, "code": words.get(code, code) if code else None, "amount": plain(amount), "tax_rate": rate}


def parcels(*told: Raw) -> list[Fields]:
    """Return each parcel once, by its number, with all that is told of it."""
    found: dict[str, Fields] = {}
    for each in told:
        found.setdefault(each["number"], {}).update({name: value for name, value in each.items() if value})
    return list(found.values())


def in_coins(amount: Decimal, precision: int) -> int:
    """Return an amount in the smallest coin; halves are rounded up."""
    return int(amount.scaleb(precision).quantize(Decimal(1), ROUND_HALF_UP))


def rate_of(rates: Sequence[float | str]) -> str | None:
    """Return the per cent of several taxes together; none, if there are none."""
    return plain(sum((Decimal(exact(each)) for each in rates), Decimal(0))) if rates else None


def rate_between(net: Decimal, gross: Decimal, rates: Iterable[str]) -> str | None:
    """Return the one of some rates (per cent) by which two sums in coins differ; none, if no rate explains it."""
    return next((each for each in rates if in_coins(with_tax(net, each, held=False, wanted=True), 0) == gross), None)


def paid_by(payments: Sequence[Raw], due: Decimal) -> tuple[str, Sequence[Raw]]:
    """Return the state of an order's payment, and which payments count: those taken, else those only authorised.

    `payments`: each with its `state`, paid or authorised, its `amount`, and what was given `back`; `due`: the total.
    """
    taken, held = ([each for each in payments if each["state"] == state] for state in ("paid", "authorised"))
    if not taken:
        return ("authorised" if held else "unpaid"), held
    paid, back = (sum(Decimal(exact(each[name])) for each in taken) for name in ("amount", "back"))
    return ("refunded" if 0 < paid <= back else "unpaid" if paid < due else "paid"), taken


def with_tax(amount: Decimal, rate: str, *, held: bool, wanted: bool) -> Decimal:
    """Return an amount with tax or without, as `wanted`. `rate`: in per cent; `held`: whether it holds the tax now."""
    factor = 1 + Decimal(rate) / 100
    if held == wanted:
        return amount
    return amount * factor if wanted else amount / factor
