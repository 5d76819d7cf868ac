"""Tax rates: options that name something of the system's for each, and the one by which two sums differ."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator

from adapters.writing.writes import Unfit
from hub.config.faults import refuse, show


def _plain(rate: str) -> str:
    if not rate.replace(".", "", 1).isdigit():
        refuse(f'{show(rate)} is not a rate in per cent; write it like "23"')
    return format(Decimal(rate).normalize(), "f")


def rate_about(net: Decimal, gross: Decimal, rates: Iterable[str], slack: Decimal) -> str | None:
    """Return the rate (per cent) by which two sums differ, where nothing tells it; none, if they do not.

    It is one of `rates`, the nearest, if that gives `gross` but for some `slack` of rounding; else the roundest that does.
    """
    if not net or net == gross:
        return None
    about = (gross / net - 1) * 100
    near = sorted(rates, key=lambda each: abs(Decimal(each) - about))
    told = [*near, *(format(round(about, digits).normalize(), "f") for digits in (0, 1, 2))]
    off = {each: abs(net * (1 + Decimal(each) / 100) - gross) for each in told}
    return next((each for each in told if off[each] <= slack), told[-1])


def _checked(value: Mapping[str, str]) -> Mapping[str, str]:
    return {_plain(rate): theirs for rate, theirs in value.items()}


Rate = Annotated[str, AfterValidator(_plain)]
"""Per cent, plain: "23"."""
Rates = Annotated[Mapping[str, str], AfterValidator(_checked)]
"""Per cent, plain (20 for 20.00) -> the system's word: `{"23": "standard"}`."""


def theirs_for(rates: Mapping[str, str], rate: str | None, what: str, option: str) -> str | None:
    """Return the shop's word for a rate; none, if there is none or the options name none at all: Unfit for another.

    `what`: is what the option of this name calls by it.
    """
    if not rates or rate is None:
        return None
    if rate not in rates:
        raise Unfit("unknown-tax-rate", f"no {what} is named for {rate} %; see {option} of this shop")
    return rates[rate]
