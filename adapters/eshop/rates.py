"""Options that name something of the shop's for each tax rate."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator

from hub.config.faults import refuse, show


def _checked(value: Mapping[str, str]) -> Mapping[str, str]:
    for rate in value:
        if not rate.replace(".", "", 1).isdigit():
            refuse(f'{show(rate)} is not a rate in per cent; write it like "23"')
    return {format(Decimal(rate).normalize(), "f"): theirs for rate, theirs in value.items()}


Rates = Annotated[Mapping[str, str], AfterValidator(_checked)]
"""Per cent -> the shop's word: `{"23": "standard"}`."""
